"""The way of a request: the door, the session, the member; then the view, and its page, as that member."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from kohti.config import account, counters, sessions, sign_in, unsent, views
from kohti.config.sessions import LOCKED
from kohti.config.sign_in import BACK, GIVEN, TELL
from kohti.kernel import actor as actors
from kohti.kernel import live, words
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import KohtiError
from kohti.team import queries as team

Respond = Callable[[HttpRequest], HttpResponseBase]
MEMBERSHIP = "membership"
PLACES = "places"
BEFORE_WORK = ("/account/", "/language/", "/hsds/")
"""Addresses that are served at the door: whoever signs in may need them before there is work to see; and what is the
same for all the world."""

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
    """Whether somebody is signed in and there, wherever they may work."""
    return SESSION_KEY in request.session and not _locked(request) and request.user.is_authenticated


def _locked(request: HttpRequest) -> bool:
    """Whether nobody gets on before they have shown who they are; then nobody counts as signed in.

    A shared counter that was left alone locks itself.
    """
    session: Any = request.session
    if LOCKED not in session:
        if not (session.locks and session.left_alone()):
            return False
        session[LOCKED] = {BACK: account.safe(request, request.path if request.method == "GET" else "")}
    request.user = AnonymousUser()
    return True


def member_of(request: HttpRequest) -> Actor | None:
    """The membership this session works under, if it still holds; else the first one the user has."""
    chosen = request.session.get(MEMBERSHIP)
    actor = actors.enter_member(uuid.UUID(chosen)) if chosen else None
    if actor is not None and actor.facts["user_id"] == str(request.user.pk) and _within(request, actor):
        return actor
    assert request.user.pk is not None
    places = team.memberships_of(request.user.pk)
    for place in places:
        first = actors.member(place.member_id)
        if first is not None and _within(request, first):
            request.session[PLACES] = len(places)
            request.session[MEMBERSHIP] = str(place.member_id)
            return first
    return None


def _within(request: HttpRequest, actor: Actor) -> bool:
    """Whether the way somebody signed in holds for this service: another organisation's may be for one alone."""
    return bool(
        actor.facts["service_code"] == request.session.get(sign_in.WITHIN, actor.facts["service_code"])
    )


def _is_use(request: HttpRequest) -> bool:
    """Whether somebody did this: what a page asks for by itself does not keep a session awake."""
    by_itself = request.headers.get("X-Kohti-Fresh") or "text/event-stream" in request.headers.get(
        "Accept", ""
    )
    return not by_itself


def _to(request: HttpRequest, path: str) -> HttpResponseBase:
    """Another page; where a part of one was asked for, the whole page goes there."""
    if not request.headers.get("HX-Request"):
        return redirect(path)
    answer = HttpResponse(status=200)
    answer.headers["HX-Redirect"] = path
    return answer


class AsTheMember:
    """Runs the view, and renders its page, as the member. Errors made on purpose become pages."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        somebody = signed_in(request)
        session: Any = request.session
        if somebody and _is_use(request):
            session.used()
        actor = member_of(request) if somebody else None
        request.actor = actor  # type: ignore[attr-defined]
        if request.path.startswith(BEFORE_WORK):
            response = self.respond(request)
            response.headers.setdefault("Cache-Control", "no-store")
            return response
        if LOCKED in session:
            return _to(request, reverse("lock"))
        if actor is None:
            return account.no_place(request) if somebody else self._as_nobody(request)
        if sign_in.lacks_second_factor(request, actor):
            if request.method == "GET" and _is_use(request) and not request.headers.get("HX-Request"):
                session[BACK] = request.get_full_path()
            return _to(request, sign_in.set_up_page())
        counters.arrive(request, actor, strong=bool(session.get(GIVEN)))
        session.keep_for(counters.left_alone_for(actor, shared=session.locks), locks=session.locks)
        if session.get(TELL) and request.method == "GET" and not request.headers.get("HX-Request"):
            request.notices = [account.notice_of(actor, session.pop(TELL))]  # type: ignore[attr-defined]
        key = session.session_key
        request.still_here = lambda: sessions.open_now(key)  # type: ignore[attr-defined]
        # Asked before the page looks at anything: what happens from here on, its stream will say.
        request.live_version = live.version(actor.centre_id)  # type: ignore[attr-defined]
        with as_actor(actor), words.spoken(words.language(), actor=actor):
            response = self.respond(request)
        # The next colleague at this counter must not find the last one's pages by going back.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _as_nobody(self, request: HttpRequest) -> HttpResponseBase:
        response = unsent.instead_of(request, self.respond(request))
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.session.session_key is None:
            response.set_cookie(
                sign_in.ENDED, "1", max_age=60, httponly=True, samesite="Lax", secure=settings.HTTPS
            )
        return response

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Of a failed request only what its session learned is kept; what failed on purpose is said."""
        connection.start_over()  # type: ignore[attr-defined]
        if isinstance(trouble, KohtiError):
            return views.said_in_words(request, trouble)
        return None
