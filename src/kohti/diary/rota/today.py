"""Who of the placed is here now, comes later today, or is away: the places of a day in words."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor

from .placed import Place


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who is here now or comes later today, in words of the language in use."""

    organisation: str
    name: str
    instead: str
    room: str
    hours: str


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who would be here today and is not; `covers`: who stands in."""

    organisation: str
    name: str
    covers: str
    instead: str = ""


FEW = 8


@dataclass(frozen=True, slots=True)
class Day:
    """Who is here now, who comes later, who is away, and whose holiday it is."""

    now: Sequence[Here]
    later: Sequence[Here]
    away: Sequence[Away]
    holidays: Sequence[str]

    @property
    def few(self) -> bool:
        """Whether all of it is read at a glance."""
        return len(self.now) + len(self.later) + len(self.away) + len(self.holidays) <= FEW

    def __bool__(self) -> bool:
        return bool(self.now or self.later or self.away or self.holidays)


def of_the_day(actor: Actor, places: Sequence[Place]) -> Day:
    """The places of one day as they stand now."""
    now = clock.now()
    here, later = [], []
    for one in places:
        at, after = one.at(now), one.after(now)
        if at is not None:
            until = _("until %(time)s") % {"time": words.clock_time(at[1], actor.zone)}
            here.append(Here(one.organisation, one.name, one.instead, one.room, until))
        elif after is not None:
            hours = f"{words.clock_time(after[0], actor.zone)}–{words.clock_time(after[1], actor.zone)}"
            later.append(Here(one.organisation, one.name, one.instead, one.room, hours))
    return Day(here, later, _away(places), sorted({one.organisation for one in places if one.holiday}))


def _away(places: Sequence[Place]) -> list[Away]:
    """Those who have a place today and none of it left to them, each once."""
    covers: dict[uuid.UUID, dict[str, None]] = {}
    for one in places:
        if one.instead_of and one.here:
            covers.setdefault(one.instead_of, {})[one.name] = None
    present = {one.staff_id for one in places if one.here}
    gone: dict[uuid.UUID, Place] = {}
    for one in places:
        if one.staff_id and not one.instead_of and not one.holiday and one.staff_id not in present:
            gone.setdefault(one.staff_id, one)
    return [
        Away(
            one.organisation,
            one.name,
            words.all_of([*covers.get(staff_id, {})]) if staff_id in covers else "",
        )
        for staff_id, one in gone.items()
    ]
