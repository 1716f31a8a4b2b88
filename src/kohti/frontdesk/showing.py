"""How the day's lines and cards are shown: times, states and what to know at a glance, in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import get_template
from django.utils.translation import gettext as _
from markupsafe import Markup

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.ids import short
from kohti.people.spoken import own_languages

from .elsewhere import Known
from .glance import as_promises, at_a_glance
from .paces import wait_words
from .queries import Arrival, Card
from .said import say_aloud

STATE_WORDS: dict[str, Callable[[], str]] = {
    "expected": lambda: _("Expected"),
    "missed": lambda: _("Did not come"),
    "waiting": lambda: _("Waiting"),
    "parked": lambda: _("Parked"),
    "called": lambda: _("Called"),
    "serving": lambda: _("With a colleague"),
    "done": lambda: _("Done"),
    "absent": lambda: _("Did not come when called"),
    "left": lambda: _("Left"),
}


GONE = ("missed", "done", "absent", "left")
"""Whoever is no longer expected nor here can come again, without an appointment."""


def _line(line: Arrival, zone: ZoneInfo, opens: bool, own: Sequence[str]) -> dict[str, Any]:
    """A line of the arrivals, its time and state in words. `own`: what the service speaks."""
    at = words.clock_time(line.at, zone)
    return {
        "id": short(line.id),
        "at": at,
        "name": line.name,
        "person_id": short(line.person_id) if opens and line.person_id else "",
        "again": line.person_id if line.ask is None and line.state in GONE else "",
        "look": at_a_glance(
            note=line.note,
            heed=line.heed,
            languages=line.languages,
            interpreter=line.interpreter,
            ask=line.ask,
            day=line.at.astimezone(zone).date(),
            own=own,
        ),
        "kind": line.kind_title,
        "staff": line.staff,
        "state": line.state,
        "state_words": later(line.late)
        if line.late and line.state == "expected"
        else STATE_WORDS[line.state](),
        "ticket": line.ticket,
        "booking_id": short(line.booking_id) if line.booking_id else "",
        "booking_version": line.booking_version,
        "visit_id": short(line.visit_id) if line.visit_id else "",
        "visit_version": line.visit_version,
    }


def later(minutes: int) -> str:
    """What somebody said themselves, by the link to their appointment."""
    return _("Comes %(minutes)s minutes later") % {"minutes": minutes}


def as_lines(actor: Actor, lines: Iterable[Arrival]) -> list[dict[str, Any]]:
    """Lines of the arrivals as this role sees them, in the language in use."""
    opens = may(actor, "people.open")
    return [_line(line, actor.zone, opens, own_languages(actor)) for line in lines]


def as_known(known: Iterable[Known]) -> list[dict[str, Any]]:
    """Those not booked here today whom the role may know, with what is said to them, in the language in use."""
    return [
        {
            "person_id": one.person_id,
            "name": one.name,
            "born": words.day_short(one.born) if one.born else "",
            "said": say_aloud(one.said) if one.said else "",
        }
        for one in known
    ]


@lru_cache(maxsize=20_000)
def _row(
    line: Arrival,
    zone: ZoneInfo,
    speaks: object,
    opens: bool,
    may_check_in: bool,
    may_book: bool,
    into: str,
    own: tuple[str, ...],
) -> Markup:
    """The HTML of one line. Kept, because of three hundred lines one has changed since the page before.

    `speaks` are the words it is made in: two services of one language have words of their own.
    """
    macros: Any = get_template("frontdesk/_arrival_row.html")
    made: Markup = macros.template.module.rows((_line(line, zone, opens, own),), may_check_in, may_book, into)
    return made


def as_rows(actor: Actor, lines: Iterable[Arrival], *, into: str = "") -> Markup:
    """The HTML of these lines, one after the other, as this role sees them, in the language in use."""
    zone, speaks = actor.zone, words.spoken_now()
    opens, may_check_in = may(actor, "people.open"), may(actor, "arrivals.check_in")
    may_book, own = may(actor, "diary.book"), own_languages(actor)
    rows = [_row(line, zone, speaks, opens, may_check_in, may_book, into, own) for line in lines]
    return Markup("".join(rows))  # noqa: S704 - each is rendered


def as_cards(
    actor: Actor, cards: Sequence[Card], *, waits: Mapping[uuid.UUID, int | None] | None = None
) -> list[dict[str, Any]]:
    """Cards of the queue, with how long they wait and why they stand where they do, in the language in use.

    `waits`: how long each still waits, where the whole queue is known.
    """
    zone, own, day = actor.zone, own_languages(actor), clock.today(actor.zone)
    return [
        as_it_stands(card, zone, own, day) | by_the_clock(card, waits.get(card.id) if waits else None)
        for card in cards
    ]


def by_the_clock(card: Card, still: int | None) -> dict[str, Any]:
    """What of a card time alone changes. `still`: how many minutes they still wait, where that is known."""
    now = clock.now()
    waited = card.waited()
    parked = card.parked_until if card.state == "parked" else None
    return {
        "waited": waited,
        "late": card.state == "waiting" and waited >= card.promise,
        "soon": still is not None and waited < card.promise < waited + still,
        "about": wait_words(still),
        "back_s": int((parked - now).total_seconds()) if parked else 0,
    }


def as_it_stands(card: Card, zone: ZoneInfo, own: Sequence[str], day: date) -> dict[str, Any]:
    """What of a card stays while nobody changes it, in the language in use."""
    look = at_a_glance(
        note=card.note,
        heed=card.heed,
        languages=card.languages,
        interpreter=card.interpreter,
        ask=card.ask,
        day=day,
        own=own,
    )
    return {
        "card": card,
        "order": f"{2 - card.urgency}{card.order_at:%Y%m%d%H%M%S}{card.number:04d}",
        "until": _("until %(time)s") % {"time": words.clock_time(card.parked_until, zone)}
        if card.state == "parked" and card.parked_until
        else "",
        "agreed": words.clock_time(card.agreed_at, zone) if card.agreed_at else "",
        "arrived": words.clock_time(card.arrived_at, zone),
        "why": _why(card),
        "look": look,
        "promises": as_promises(look.promised, card.promises),
    }


def _why(card: Card) -> str:
    """Why this visit stands where it does, in words."""
    if card.urgency == 2:
        return _("First, because it is a crisis.")
    if card.urgency == 1:
        return _("Before others, because it is urgent.")
    if card.agreed_at and card.order_at == card.agreed_at:
        return _("By the agreed time.")
    if card.agreed_at:
        return _("By arrival, because they came late.")
    return _("By arrival.")


def state_words() -> dict[str, str]:
    """What each state of a visit is called in the language in use."""
    return {state: text() for state, text in STATE_WORDS.items()}
