"""When a person could come instead: with the same colleague, else with another one of the centre."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .free import Free, Rule, all_offers
from .models import Booking

DAYS_AHEAD = 28
ENOUGH = 3
NOTICE = timedelta(minutes=30)
"""So soon nobody offers a time by itself."""
NOON = 12


@dataclass(frozen=True, slots=True)
class Others:
    """Every time that could be had, and the few that are offered."""

    free: Sequence[Free]
    offered: Sequence[Free]
    own: bool
    """Whether all of them are with the colleague it is with now."""

    def at(self, starts: datetime) -> Free | None:
        """The first of those that begin then."""
        return next((one for one in self.free if one.starts == starts), None)


def other_times(guest: Actor, most: int) -> Others:
    """When the guest's appointment could be instead, in the next four weeks. Two statements, or three.

    Others of the centre are asked where the colleague it is with has hardly any time. Raises NotThere.
    """
    booking = Booking.objects.filter(id=str(guest.admitted)).first()
    if booking is None:
        raise NotThere("no such booking")
    rule = Rule(
        minutes=int((booking.ends - booking.starts) / timedelta(minutes=1)),
        first=clock.today(guest.zone),
        days=DAYS_AHEAD,
        centres=(booking.centre_id,),
        staff=(booking.staff_id,) if booking.staff_id else (),
        person_id=booking.person_id,
        but=booking.id,
    )
    free = _usable(guest, rule, booking)
    offered = spread(free, guest.zone, most)
    own = booking.staff_id is not None
    if own and len(offered) < ENOUGH:
        others = _usable(guest, replace(rule, staff=()), booking)
        taken = {one.starts for one in free}
        free = sorted(
            [*free, *(one for one in others if one.starts not in taken)], key=lambda one: one.starts
        )
        offered, own = spread(free, guest.zone, most), not others
    return Others(free, offered, own)


def _usable(guest: Actor, rule: Rule, booking: Booking) -> list[Free]:
    soon = clock.now() + NOTICE
    found = [one for one in all_offers(guest, rule) if one.starts >= soon and one.starts != booking.starts]
    return sorted(found, key=lambda one: one.starts)


def spread(free: Sequence[Free], zone: ZoneInfo, most: int) -> list[Free]:
    """A few of the free times, spread: the first of each morning and each afternoon, soonest first."""
    found: dict[tuple[date, bool], Free] = {}
    for one in free:
        local = one.starts.astimezone(zone)
        found.setdefault((local.date(), local.hour >= NOON), one)
    chosen = list(found.values())[:most]
    return chosen if len(chosen) >= min(most, len(free)) else list(free[:most])
