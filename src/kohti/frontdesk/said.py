"""What is said to whoever comes at another time or to another place than agreed: kindly, and with what to do.

The same words stand on the host's page, to be said aloud, and on a kiosk, to be read: they speak to the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import clock, words

EARLY = timedelta(minutes=20)
"""Whoever comes longer than this before the agreed time hears that they may wait or come back."""
LATE = timedelta(minutes=10)
"""Whoever comes later than this is put in the order of arrivals, behind those who are waiting."""
EARTH_KM = 6371

Code = Literal["here", "cancelled", "missed", "another-centre", "another-day", "past", "early", "late"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """An appointment as far as it matters to whoever stands at the door.

    `centre` is the name of another centre where it is, empty where it is here; `km` how far that is, if known.
    `ticket`: they are checked in under it.
    """

    day: date
    starts: datetime
    state: str = "booked"
    centre: str = ""
    km: float | None = None
    ticket: str = ""


class Said(NamedTuple):
    """What is so, and what to do now."""

    code: Code
    text: str
    then: str


def at_the_door(agreed: Agreed, zone: ZoneInfo, *, before: int | None = None) -> Said | None:
    """What to say to whoever comes now for this appointment; None where they are simply right.

    `before`: how many wait before them, for who comes late.
    """
    now = clock.now()
    today = now.astimezone(zone).date()
    time = words.clock_time(agreed.starts, zone)
    when = _("%(day)s at %(time)s") % {"day": words.day_long(agreed.day), "time": time}
    if agreed.ticket:
        return Said(
            "here",
            _("You are checked in already: your ticket is %(ticket)s.") % {"ticket": agreed.ticket},
            _("Take a seat. We call your number when it is your turn."),
        )
    if agreed.state == "cancelled":
        return Said(
            "cancelled", _("The appointment on %(when)s was cancelled.") % {"when": when}, _another_time()
        )
    if agreed.day < today:
        return Said("past", _("Your appointment was on %(when)s.") % {"when": when}, _another_time())
    if agreed.state == "missed":
        return Said("missed", _("Your appointment was at %(time)s.") % {"time": time}, _another_time())
    if agreed.centre:
        said = _("Your appointment is at another centre: %(centre)s, %(when)s.") % {
            "centre": agreed.centre,
            "when": when,
        }
        return Said(
            "another-centre",
            f"{said} {_far(agreed.km)}".strip(),
            _("We can tell them that you are on your way."),
        )
    if agreed.day > today:
        return Said(
            "another-day",
            _("Your appointment is on another day: %(when)s.") % {"when": when},
            _("Come back then, or tell us if it cannot wait."),
        )
    if now + EARLY < agreed.starts:
        return Said(
            "early",
            _("You are early: your appointment is at %(time)s.") % {"time": time},
            _("You are welcome to wait here, or to come back by then."),
        )
    if now - agreed.starts > LATE:
        return Said(
            "late",
            _("Your appointment was at %(time)s. You will still be seen.") % {"time": time},
            _in_line(before),
        )
    return None


def say_aloud(said: Said) -> str:
    """The words for a host, to be said to the person."""
    return _("Say to them: %(words)s") % {"words": words.quoted(f"{said.text} {said.then}")}


def _another_time() -> str:
    return _("Tell us what you need: we help you now, or find another time.")


def _far(km: float | None) -> str:
    if km is None:
        return ""
    return _("That is about %(km)s km from here.") % {"km": words.number(max(1, round(km)))}


def _in_line(before: int | None) -> str:
    if before is None:
        return _("Take a seat. We call your number when it is your turn.")
    if before == 0:
        return _("You are next.")
    return ngettext("%(n)s person is ahead of you.", "%(n)s people are ahead of you.", before) % {
        "n": words.number(before)
    }


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """How far two places are from each other, as the crow flies; each as degrees north and east."""
    north, east, north_too, east_too = map(radians, (*one, *other))
    half = sin((north_too - north) / 2) ** 2 + cos(north) * cos(north_too) * sin((east_too - east) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
