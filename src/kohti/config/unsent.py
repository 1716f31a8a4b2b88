"""Words that somebody sent and we did not take: they stand on the page that says so, to be copied. Nothing is kept."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kohti.workbench import lost


def typed_words(request: HttpRequest) -> list[str]:
    """What somebody had typed in words and sent; empty for a part of a page, which stays as it is."""
    if request.method != "POST" or request.headers.get("HX-Request"):
        return []
    return lost.typed_words(request)


def to_copy(request: HttpRequest, why: str, *, status: int, back: str = "") -> HttpResponse | None:
    """The page that gives back what was typed; None where nothing was. `back`: where to sign in again.

    It names nobody: whoever sent it may see the person no more.
    """
    typed = typed_words(request)
    if not typed:
        return None
    found: dict[str, object] = {"why": why, "typed": typed, "back": back}
    found["public"] = getattr(request, "actor", None) is None
    return render(request, "config/unsent.html", found, status=status)


def instead_of(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """For nobody in particular: what was typed, instead of being sent to sign in as if nothing had been."""
    sign_in = resolve_url(settings.LOGIN_URL)
    if response.status_code != 302 or not response.headers.get("Location", "").startswith(sign_in):
        return response
    view = request.resolver_match.func if request.resolver_match else None
    page = request.path if "GET" in getattr(view, "methods", ()) else "/"
    back = f"{sign_in}?{urlencode({'next': page})}"
    return to_copy(request, _("You have been signed out."), status=401, back=back) or response
