"""The board of a centre: who is called where, who is next, and how many wait. Tickets, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, live, pages, words
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.doors import DEVICE_COOKIE, for_device
from kohti.kernel.live import News, View
from kohti.team import devices

from . import paces
from .actions.visits import ticket_of
from .line_hours import Session, held_next
from .paces import Line, Wait


def desk_words(desk: str) -> str:
    """A desk as one says it: colleagues type `4`, or what their place is called."""
    return _("desk %(desk)s") % {"desk": desk} if desk.isdigit() else words.apart(desk)


class Called(NamedTuple):
    """A ticket that is called, and where it goes."""

    ticket: str
    desk: str
    since: datetime

    @property
    def where(self) -> str:
        """Where to go, in the language in use; empty where nobody said."""
        return desk_words(self.desk)


class Board(NamedTuple):
    """What a board shows."""

    called: list[Called]
    following: list[str]
    lines: list[tuple[Line, Wait]]
    held: list[Session]


def on_the_board(device: Actor) -> Board:
    """What the board that asks may show: called tickets with the last one first, the next three, and how long each line
    in which somebody waits is going to take; when drop-ins are held. Three statements.
    """
    busy = [one for one in paces.lines(device.centre, clock.today(device.zone)) if one.waiting]
    found = Board([], [], [(one, paces.new_in(one)) for one in busy], held_next(device))
    with connection.cursor() as cursor:
        cursor.execute("select what, letter, number, desk, since from kohti.on_the_board()")
        for what, letter, number, desk, since in cursor.fetchall():
            if what == "called":
                found.called.append(Called(ticket_of(letter, number), desk, since))
            else:
                found.following.append(ticket_of(letter, number))
    return found


def _faces(device: Actor, languages: Sequence[str]) -> str:
    """The board in each of its languages, of which the screen shows one after the other."""
    shown = on_the_board(device)
    face, made = get_template("frontdesk/_board_face.html"), []
    for place, code in enumerate(languages):
        with words.spoken(code, actor=device):
            made.append(
                face.render(
                    {
                        "board": shown,
                        "held": [one.said(device) for one in shown.held],
                        "code": code,
                        "first": place == 0,
                        "time": words.clock_time(clock.now(), device.zone),
                    }
                )
            )
    return "".join(made)


def _languages(device: Actor) -> list[str]:
    return devices.languages_of(device.facts["settings"])


@for_device("board")
def board(request: HttpRequest, device: Actor) -> HttpResponseBase:
    """The board itself."""
    languages = _languages(device)
    with words.spoken(languages[0], actor=device):
        return render(
            request,
            "frontdesk/board.html",
            {
                "faces": _faces(device, languages),
                "sound": devices.has_sound(device.facts["settings"]),
                "rotates": len(languages) > 1,
                "centre": device.facts["centre"],
            },
        )


def _part(device: Actor, languages: Sequence[str]) -> live.Render:
    """The board after some news, for every board of the centre in the same languages."""

    def render_part(news: Sequence[News]) -> str | None:
        with as_actor(device), words.spoken(languages[0], actor=device):
            return _faces(device, languages)

    return render_part


@for_device("board")
def board_news(request: HttpRequest, device: Actor) -> HttpResponseBase:
    """Live news of the board, made once for all boards of the centre."""
    token, languages = request.COOKIES[DEVICE_COOKIE], _languages(device)

    def still_allowed() -> bool:
        with as_actor(actors.DOOR):
            return actors.device(token) is not None

    view = View("board", device.centre, device.role, " ".join(languages))
    return pages.streamed(live.hub().stream(view, _part(device, languages), still_allowed))
