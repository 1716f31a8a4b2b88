"""The way of a request: the door, the session, the member; then the view, and its page, as that member."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from kohti.config import views
from kohti.kernel import actor as actors
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import KohtiError
from kohti.team import queries as team

Respond = Callable[[HttpRequest], HttpResponseBase]
MEMBERSHIP = "membership"
PLACES = "places"
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


def member_of(request: HttpRequest) -> Actor | None:
    """The membership this session works under, if it still holds; else the first one the user has."""
    if "_auth_user_id" not in request.session or not request.user.is_authenticated:
        return None
    chosen = request.session.get(MEMBERSHIP)
    actor = actors.member(uuid.UUID(chosen)) if chosen else None
    if actor is not None and actor.facts["user_id"] == str(request.user.pk):
        return actor
    places = team.memberships_of(request.user.pk)
    if not places:
        return None
    request.session[PLACES] = len(places)
    request.session[MEMBERSHIP] = str(places[0].member_id)
    return actors.member(places[0].member_id)


class AsTheMember:
    """Runs the view, and renders its page, as the member. Errors made on purpose become pages."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor = member_of(request)
        request.actor = actor  # type: ignore[attr-defined]
        if actor is None or request.path.startswith("/account/"):
            return self.respond(request)
        with as_actor(actor):
            return self.respond(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        """Nothing of a failed request is kept; what failed on purpose is said in words."""
        transaction.set_rollback(True)
        if isinstance(trouble, KohtiError):
            return views.said_in_words(request, trouble)
        return None
