"""What a life of the sample is made of: what is known of somebody, whom they met when, how it ended."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

DAY = date(2026, 3, 11)
YESTERDAY = DAY - timedelta(days=1)
FILES = resources.files("kohti.config") / "sample" / "lives"
MOVES_ON_AFTER = 42
"""In so many days at the earliest somebody of the sample moves on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """A step that begins. `number` says which it is to those that move it later."""

    number: int
    words: str
    who: str
    due: date
    offered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What becomes of a step."""

    number: int
    state: str = ""
    why: str = ""
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A contact with all that was done in it. `needs`: field of life, the person's level, the coach's."""

    day: date
    wall: str
    channel: str
    came: bool = True
    text: str = ""
    needs: tuple[tuple[str, int | None, int], ...] = ()
    begins: tuple[Begin, ...] = ()
    moves: tuple[Move, ...] = ()
    stage: str = ""
    stage_why: str = ""
    reached: tuple[str, str] | None = None
    agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a way ended. `kind` is an outcome; `success` that it counts as one."""

    day: date
    stage: str
    kind: str
    kind_words: str
    words: str
    success: bool
    evidence: str = ""
    lasts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """Somebody of the sample, from the day their way began.

    coach       who has them in hand; `met_by` somebody else at first, who found them
    trouble     why they stand on a list: a rule of `journeys.holding`; empty: they do not
    booked      the day and time of an appointment to come, or of one that was missed
    pause       why the time limit stands still
    more        on which day a leader gave how many days more
    """

    service: str
    number: int
    reference: str
    centre: str
    coach: str
    met_by: str
    name: str
    born: date
    languages: tuple[str, ...]
    interpreter: str
    phone: str
    email: str
    opened: date
    why: str
    aim: str
    aim_field: str
    facts: dict[str, str]
    meetings: tuple[Meeting, ...]
    ending: Ending | None = None
    trouble: str = ""
    booked: tuple[date, str] | None = None
    pause: str = ""
    more: tuple[date, int] | None = None


@dataclass(frozen=True, slots=True)
class Hired:
    """A colleague who works there from a day on."""

    name: str
    role: str
    organisation: str
    centre: str
    since: date


def words_of(service: str) -> dict[str, Any]:
    """The names, phrases and figures of a service of the sample."""
    return tomllib.loads((FILES / f"{service}.toml").read_text("utf-8"))


def crew(service: str) -> list[Hired]:
    """Who joined after the first day, a few every fortnight."""
    told = words_of(service)
    everybody = [
        (name, one["role"], one["organisation"], one["centre"])
        for one in told["crew"]
        for name in one["people"]
    ]
    first: dict[str, tuple[str, str, str, str]] = {}  # Each centre has somebody from the first day.
    for one in everybody:
        first.setdefault(one[3], one)
    begun: date = told["first"]
    main = told["centres"][0]["code"]
    return [
        Hired(*one, begun if one[3] != main and first[one[3]] is one else begun + timedelta(days=4 * place))
        for place, one in enumerate(everybody)
    ]


def weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
