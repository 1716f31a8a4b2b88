"""The way of a request: the door, the session, the member; then the view, and its page, as that member."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from kohti.config import sign_in, views
from kohti.kernel import actor as actors
from kohti.kernel import live, words
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import KohtiError
from kohti.team import queries as team

Respond = Callable[[HttpRequest], HttpResponseBase]
MEMBERSHIP = "membership"
PLACES = "places"
HAS_CODE = "code"
BEFORE_WORK = ("/account/", "/language/")
"""Addresses that are served at the door: whoever signs in may need them before there is work to see."""

COUNT_STATEMENTS = "X-Kohti-Statements"


def at_the_door(respond: Respond) -> Respond:
    """One transaction a request, begun as nobody: sessions and sign-in are all it sees until we know who."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        connection.statements = 0  # type: ignore[attr-defined]
        with as_actor(DOOR):
            response = respond(request)
        response.headers[COUNT_STATEMENTS] = str(connection.statements)  # type: ignore[attr-defined]
        return response

    return middleware


def signed_in(request: HttpRequest) -> bool:
    """Whether somebody is signed in, wherever they may work."""
    return "_auth_user_id" in request.session and request.user.is_authenticated


def member_of(request: HttpRequest) -> Actor | None:
    """The membership this session works under, if it still holds; else the first one the user has."""
    chosen = request.session.get(MEMBERSHIP)
    actor = actors.enter_member(uuid.UUID(chosen)) if chosen else None
    if actor is not None and actor.facts["user_id"] == str(request.user.pk):
        return actor
    assert request.user.pk is not None
    places = team.memberships_of(request.user.pk)
    if not places:
        return None
    request.session[PLACES] = len(places)
    request.session[MEMBERSHIP] = str(places[0].member_id)
    return actors.member(places[0].member_id)


def lacks_code(request: HttpRequest) -> bool:
    """Whether this member has to set up one-time codes first; asked once a session when they have."""
    if not sign_in.codes_are_required() or request.session.get(HAS_CODE):
        return False
    if not sign_in.has_code(request.user):
        return True
    request.session[HAS_CODE] = True
    return False


class AsTheMember:
    """Runs the view, and renders its page, as the member. Errors made on purpose become pages."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        somebody = signed_in(request)
        actor = member_of(request) if somebody else None
        request.actor = actor  # type: ignore[attr-defined]
        if request.path.startswith(BEFORE_WORK):
            return self.respond(request)
        if actor is None:
            return views.no_place(request) if somebody else self.respond(request)
        if lacks_code(request):
            return redirect("mfa_activate_totp")
        # Asked before the page looks at anything: what happens from here on, its stream will say.
        request.live_version = live.version(actor.centre_id)  # type: ignore[attr-defined]
        with as_actor(actor), words.spoken(words.language(), actor=actor):
            response = self.respond(request)
        # The next colleague at this counter must not find the last one's pages by going back.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Of a failed request only what its session learned is kept; what failed on purpose is said."""
        connection.start_over()  # type: ignore[attr-defined]
        if isinstance(trouble, KohtiError):
            return views.said_in_words(request, trouble)
        return None
