"""Who may open a page: each view says so in one place, and `kohti routes` reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from . import actor as actors
from . import live, words
from .actor import Actor

EVERYBODY = "everybody"
SIGNED_IN = "signed-in"
GUEST = "a guest"

MemberView = Callable[Concatenate[HttpRequest, Actor, ...], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def needs(verb: str, *, methods: Sequence[str] = ("GET",)) -> Callable[[MemberView], View]:
    """A page for members whose role has `verb` (or any member: SIGNED_IN).

    The view gets the actor after the request. Others are sent to sign in, or told that they may not.
    """

    def decorate(view: MemberView) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
            if verb != SIGNED_IN:
                actors.must(actor, verb)
            return view(request, actor, *args, **kwargs)

        return _marked(opened, verb, methods)

    return decorate


def open_to_all(*, methods: Sequence[str] = ("GET",)) -> Callable[[View], View]:
    """A page that needs no sign-in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return view(request, *args, **kwargs)

        return _marked(opened, EVERYBODY, methods)

    return decorate


DEVICE_COOKIE = "kohti_device"
"""Where a kiosk or board keeps its token: from the day it is set up until somebody ends it, power cuts included."""


KEPT_S = 400 * 24 * 3600
"""How long a browser keeps anything; for a device it begins anew with each page."""


def keep_token(response: HttpResponseBase, token: str) -> None:
    """Let the browser of a kiosk or board keep what it is known by."""
    response.set_cookie(
        DEVICE_COOKIE, token, max_age=KEPT_S, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def for_device(kind: str, *, methods: Sequence[str] = ("GET",)) -> Callable[[MemberView], View]:
    """A page for a kiosk or board of a centre (`kind`), whoever is signed in at it.

    The view gets the device as its actor, and everything in it is asked as the device; its template must be rendered
    in it. What is no such device, or one no longer, goes to where devices are set up.
    """

    def decorate(view: MemberView) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            token = request.COOKIES.get(DEVICE_COOKIE, "")
            device = actors.device(token) if token else None
            if device is None or device.role != kind:
                # A stream that gets nothing is not asked for again; what it belongs to comes anew by itself.
                streams = request.headers.get("Accept") == "text/event-stream"
                return HttpResponse(status=204) if streams else redirect("device_set_up")
            request.device = device  # type: ignore[attr-defined]
            request.live_version = live.version(device.centre_id)  # type: ignore[attr-defined]
            with actors.as_actor(device), words.spoken(words.language(), actor=device):
                response = view(request, device, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            keep_token(response, token)
            return response

        return _marked(opened, f"a {kind}", methods)

    return decorate


def for_guest(
    known: Callable[..., Actor | None], *, methods: Sequence[str] = ("GET",), otherwise: View | None = None
) -> Callable[[MemberView], View]:
    """A page for whoever holds a link to one appointment.

    `known` gets what the view gets and says who that is, or None where the link does not hold; then the page is not
    there, or is what `otherwise` makes of it. The view gets the guest as its actor, and everything in it is asked as the guest.
    """

    def decorate(view: MemberView) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            guest = known(request, *args, **kwargs)
            if guest is None:
                if otherwise is None:
                    raise Http404
                return otherwise(request, *args, **kwargs)
            with actors.as_actor(guest), words.spoken(words.language(), actor=guest):
                response = view(request, guest, *args, **kwargs)
            response.headers.setdefault("Cache-Control", "no-store")
            response.headers.setdefault("Referrer-Policy", "no-referrer")
            return response

        return _marked(opened, GUEST, methods)

    return decorate


def _marked(view: View, who: str, methods: Sequence[str]) -> View:
    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
    checked: Any = require_http_methods(allowed)(view)
    checked.who_may = who
    checked.methods = tuple(methods)
    return checked  # type: ignore[no-any-return]
