"""Who may open a page: each view says so in one place, and `kohti routes` reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods

from . import actor as actors
from .actor import Actor

EVERYBODY = "everybody"
SIGNED_IN = "signed-in"

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


def _marked(view: View, who: str, methods: Sequence[str]) -> View:
    allowed = [*methods, "HEAD"] if "GET" in methods else list(methods)
    checked: Any = require_http_methods(allowed)(view)
    checked.who_may = who
    checked.methods = tuple(methods)
    return checked  # type: ignore[no-any-return]
