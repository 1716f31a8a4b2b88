"""Where a screen becomes a kiosk or board: the code that was made for it, typed at it once."""

from __future__ import annotations

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel.actor import DOOR, as_actor
from kohti.kernel.doors import DEVICE_COOKIE, keep_token, open_to_all
from kohti.team import devices


@open_to_all(methods=("GET", "POST"))
def page(request: HttpRequest) -> HttpResponseBase:
    """Type the code; the screen keeps a token from then on, and goes on by itself after a power cut."""
    # Also where somebody is signed in: it is the screen that is set up, not they.
    with as_actor(DOOR):
        return _page(request)


def _page(request: HttpRequest) -> HttpResponseBase:
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    device = actors.device(token) if token else None
    shown = {"error": "", "now": device.role if device is not None else ""}
    if request.method == "GET":
        return render(request, "config/set_up.html", shown)
    if not ratelimit.consume(request, action="device", key="", dry_run=True):
        shown["error"] = _("That was tried too often. Wait five minutes.")
        return render(request, "config/set_up.html", shown, status=429)
    paired = devices.pair(request.POST.get("code", "")[:40])
    if paired is None:
        ratelimit.consume(request, action="device", key="")
        shown["error"] = _("This code is not good, or no longer. Ask for a new one.")
        return render(request, "config/set_up.html", shown, status=422)
    kind, token = paired
    response = redirect(kind)
    keep_token(response, token)
    return response
