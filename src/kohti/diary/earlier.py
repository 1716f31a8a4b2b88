"""Who waits for an earlier time at a centre, or for a time at all, in order, and the first time that would suit each."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection
from django.db.models import QuerySet

from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor

from .free import GRID, Free, Rule, all_offers, lasts
from .models import Kind, Offer, Wish

MOST_DAYS = 21
MOST = 50
"""So many stand on one page of the list."""


class Waits(NamedTuple):
    """Somebody who waits, what they have now if anything, and what they would come to."""

    id: uuid.UUID
    booking_id: uuid.UUID | None
    version: int
    starts: datetime | None
    minutes: int
    person_id: uuid.UUID
    name: str
    staff: str
    with_id: uuid.UUID | None
    weekdays: list[int]
    opens: time | None
    closes: time | None
    until: date | None
    before: datetime
    kind_id: uuid.UUID
    kinds: str
    own_starts: list[datetime]
    own_ends: list[datetime]

    @property
    def kind(self) -> str:
        """What it is, in the language in use."""
        return words.title(self.kinds)

    @property
    def long(self) -> timedelta:
        """How long it takes."""
        return timedelta(minutes=self.minutes)

    @property
    def limit(self) -> datetime:
        """Only what begins before this is any use to them."""
        return min(self.before, self.starts) if self.starts else self.before


@dataclass(frozen=True, slots=True)
class Earlier:
    """A place on the list: who, the soonest time that suits them, if any is free, and how many stand behind them."""

    who: Waits
    offer: Free | None
    further: int = 0


WAITING = """
select w.id, b.id, coalesce(b.version, 0), b.starts,
    coalesce((extract(epoch from b.ends - b.starts) / 60)::int, k.minutes), w.person_id, coalesce(p.full_name, ''),
    coalesce(t.full_name, ''), coalesce(w.staff_id, case when not w.anybody then b.staff_id end), w.weekdays, w.opens,
    w.closes, w.until, w.before, k.id, k.title,
    array(select o.starts from diary_booking o where o.person_id = w.person_id and o.id is distinct from b.id and o.holds
          and o.ends > %(now)s and o.starts < w.before order by o.starts),
    array(select o.ends from diary_booking o where o.person_id = w.person_id and o.id is distinct from b.id and o.holds
          and o.ends > %(now)s and o.starts < w.before order by o.starts)
from diary_wish w left join diary_booking b on b.id = w.booking_id join diary_kind k on k.id = coalesce(w.kind_id, b.kind_id)
left join people_person p on p.id = w.person_id left join team_staff t on t.id = coalesce(w.staff_id, b.staff_id)
where w.centre_id = %(centre)s and w.ended_at is null and w.before > %(now)s and p.died_on is null
  and (w.booking_id is null or (b.state = 'booked' and b.starts > %(now)s))
order by w.asked_at, w.id
"""


def who_waits(centre_id: uuid.UUID) -> list[Waits]:
    """All who wait at a centre, longest first; nothing of it is in the history. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"centre": centre_id, "now": clock.now()})
        return [Waits(*row) for row in cursor.fetchall()]


def waiting(actor: Actor, *, after: uuid.UUID | None = None) -> list[Earlier]:
    """Who waits at the actor's centre, longest first, each with the soonest time that suits them and nobody before them.

    At most `MOST`, from the first on or those who stand behind `after`. A time within the next three weeks, with whom and when
    they asked for. Whose it is is in the history. Four statements.
    """
    who = who_waits(actor.centre)
    if not who:
        return []
    times = Times(actor, actor.centre, who)
    asked = {one.wish_id: Free(one.starts, one.ends, one.staff_id) for one in _open_offers(actor.centre)}
    times.given.extend(asked.values())
    first = next((nth for nth, one in enumerate(who, 1) if one.id == after), 0)
    last = first + MOST
    found = [
        Earlier(one, asked.get(one.id) or times.first_for(one), len(who) - nth)
        for nth, one in enumerate(who[:last], 1)
    ][first:]
    persons = list(dict.fromkeys(one.who.person_id for one in found))
    history.record("person.listed", "centre", actor.centre, persons=persons)
    return found


def _open_offers(centre_id: uuid.UUID) -> QuerySet[Offer]:
    """What somebody is being asked about now: staff offer that time to nobody else, and may give it to them at once."""
    now = clock.now()
    return Offer.objects.filter(centre_id=centre_id, state=Offer.State.OPEN, until__gt=now).order_by(
        "at", "id"
    )


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """What a person waits for, on the pages about them."""

    id: uuid.UUID
    booking_id: uuid.UUID | None
    kind: str
    staff: str
    until: str
    here: bool


def waits_for(actor: Actor, person_id: uuid.UUID) -> list[WaitsFor]:
    """What somebody waits for at centres whose book the actor sees, longest first. One statement."""
    found = (
        Wish.objects.filter(person_id=person_id, ended_at=None, before__gt=clock.now())
        .select_related("kind", "booking__kind", "staff")
        .order_by("asked_at", "id")
    )
    return [
        WaitsFor(
            one.id,
            one.booking_id,
            words.title(kind.title),
            one.staff.full_name if one.staff else "",
            words.day_short(one.until) if one.until else "",
            one.centre_id == actor.centre_id,
        )
        for one in found
        if (kind := _kind_of(one)) is not None
    ]


def _kind_of(one: Wish) -> Kind | None:
    if one.kind is not None:
        return one.kind
    return one.booking.kind if one.booking is not None else None


class Times:
    """What is free at a centre for those who wait, and what of it was found for one of them already. One statement."""

    def __init__(self, actor: Actor, centre_id: uuid.UUID, who: Sequence[Waits]) -> None:
        self.zone = actor.zone
        self.short = max(GRID, min(one.long for one in who))
        today, last = clock.today(actor.zone), max(one.limit for one in who)
        rule = Rule(
            minutes=int(self.short / timedelta(minutes=1)),
            first=today,
            days=min(MOST_DAYS, (last.astimezone(actor.zone).date() - today).days),
            centres=(centre_id,),
            before=last,
        )
        self.free = list(all_offers(actor, rule))
        self.given: list[Free] = []
        self.begins: dict[uuid.UUID | None, set[datetime]] = defaultdict(set)
        for one in self.free:
            self.begins[one.staff_id].add(one.starts)

    def first_for(self, one: Waits, among: Iterable[Free] | None = None) -> Free | None:
        """The soonest time that suits somebody, `among` some of the free ones or all; nobody else is found it after."""
        found = next(
            (time for time in (self.free if among is None else among) if self.suits(one, time)), None
        )
        if found is None:
            return None
        offer = Free(found.starts, found.starts + one.long, found.staff_id)
        self.given.append(offer)
        return offer

    def suits(self, one: Waits, free: Free) -> bool:
        """Whether a time is what somebody asked for, long enough, and neither they nor another has it already."""
        starts, ends = free.starts, free.starts + one.long
        local = starts.astimezone(self.zone)
        return (
            starts < one.limit
            and (one.with_id is None or free.staff_id == one.with_id)
            and (not one.weekdays or local.weekday() in one.weekdays)
            and (one.opens is None or local.time() >= one.opens)
            and (one.closes is None or ends.astimezone(self.zone).time() <= one.closes)
            and lasts(self.begins[free.staff_id], starts, one.long, self.short)
            and not any(a < ends and b > starts for a, b in zip(one.own_starts, one.own_ends, strict=True))
            and not any(
                x.starts < ends and x.ends > starts and x.staff_id == free.staff_id for x in self.given
            )
        )
