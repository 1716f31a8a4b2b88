"""Who could see people instead of a colleague who is not there, at the same time or near it."""

from __future__ import annotations

import uuid
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.team.models import Staff

from .free import GRID, Free, Rule, all_offers, lasts

MOST_OFFERS = 3


@dataclass(frozen=True, slots=True)
class AtWork:
    """A colleague with appointments still to come today; `away`: they are known not to come."""

    staff_id: uuid.UUID
    name: str
    booked: int
    away: bool


@dataclass(frozen=True, slots=True)
class Left:
    """An appointment that its colleague will not keep, and who has time instead, best first; `why` in a code."""

    id: uuid.UUID
    version: int
    starts: datetime
    ends: datetime
    person_id: uuid.UUID | None
    name: str
    kinds: str
    staff_id: uuid.UUID | None
    staff: str = ""
    why: str = ""
    offers: tuple[Free, ...] = ()

    @property
    def kind(self) -> str:
        """What it is, in the language in use."""
        return words.title(self.kinds)


def at_work(actor: Actor) -> list[AtWork]:
    """Whose appointments are still to come today at the actor's centre, by name. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select s.id, s.full_name, count(*), exists (select 1 from diary_absence a where a.staff_id = s.id"
            " and a.starts <= %(now)s and a.ends > %(now)s)"
            " from diary_booking b join team_staff s on s.id = b.staff_id"
            " where b.centre_id = %(centre)s and b.day = %(day)s and b.state = 'booked' and b.ends > %(now)s"
            " group by s.id, s.full_name, s.sort_key order by s.sort_key, s.id",
            {"centre": actor.centre, "day": clock.today(actor.zone), "now": clock.now()},
        )
        return [AtWork(*row) for row in cursor.fetchall()]


def colleague(actor: Actor, staff_id: uuid.UUID) -> str:
    """The name of a colleague of the actor's centre. Raises NotThere."""
    found = (
        Staff.objects.filter(id=staff_id, centre_id=actor.centre).values_list("full_name", flat=True).first()
    )
    if found is None:
        raise NotThere("no such colleague here")
    return found


LEFT = """
select b.id, b.version, b.starts, b.ends, b.person_id, coalesce(p.full_name, ''), k.title, b.staff_id
from diary_booking b join diary_kind k on k.id = b.kind_id left join people_person p on p.id = b.person_id
where b.centre_id = %(centre)s and b.day = %(day)s and b.staff_id = %(staff)s and b.state = 'booked'
  and b.ends > %(now)s
order by b.starts, b.id
"""


def left_alone(actor: Actor, staff_id: uuid.UUID) -> list[Left]:
    """The appointments of a colleague that are still to come today, each with who could see them instead.

    A colleague who has time at the same hour comes first, then the nearest hours; what is offered first to one is
    offered first to no other. Whose they are is in the history. Three statements.
    """
    today = clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(LEFT, {"centre": actor.centre, "day": today, "staff": staff_id, "now": clock.now()})
        found = [Left(*row) for row in cursor.fetchall()]
    if not found:
        return []
    found = _with_offers(actor, found, today, today)
    _listed(actor, found)
    return found


MOST_OFFERED = 25
MOST_DAYS = 14
"""So many appointments have somebody proposed at once, and so far ahead; the others as those are done."""

AWAY = """exists (select 1 from diary_absence a where a.staff_id = b.staff_id and a.starts <= b.starts
    and a.ends > b.starts)"""
CLOSED = "(c.id is not null and (c.closes is null or (b.ends at time zone %(zone)s) > b.day + c.closes))"
"""A centre that closes at noon keeps what ends by then."""
BY_ROTA = """(b.staff_id in (select l.staff_id from diary_rotaline l join diary_rota r on r.id = l.rota_id
        where r.centre_id = %(centre)s and (r.ends is null or r.ends > %(today)s))
    and exists (select 1 from kohti.fenced_between(array[%(centre)s]::uuid[], b.day, b.day) f
                where f.staff_id = b.staff_id)
    and not exists (select 1 from kohti.placed_between(array[%(centre)s]::uuid[], b.day, b.day, %(zone)s) p
                    where p.staff_id = b.staff_id and p.present @> tstzrange(b.starts, b.ends)))"""
"""A rota that began after it was booked has its colleague here at other hours."""
NEEDS = f"""
select b.id, b.version, b.starts, b.ends, b.person_id, coalesce(p.full_name, ''), k.title, b.staff_id,
    coalesce(t.full_name, ''), case when {CLOSED} then 'closed' when {AWAY} then 'away'
    when {BY_ROTA} then 'rota' else 'left' end
from diary_booking b join diary_kind k on k.id = b.kind_id
left join people_person p on p.id = b.person_id
left join team_staff t on t.id = b.staff_id
left join diary_closure c on c.centre_id = b.centre_id and c.day = b.day
where b.centre_id = %(centre)s and b.day >= %(today)s and b.state = 'booked' and b.starts >= %(now)s
  and ({CLOSED} or {AWAY} or {BY_ROTA}
       or (exists (select 1 from team_membership m where m.staff_id = b.staff_id)
           and not exists (select 1 from team_membership m
                           where m.staff_id = b.staff_id and (m.ends is null or m.ends > b.starts))))
order by b.day, b.starts, b.id
limit %(most)s
"""


def needs_somebody(actor: Actor, *, most: int = 200) -> list[Left]:
    """Appointments to come of the actor's centre that nobody will keep as they stand, soonest first.

    Their colleague has left by then, is away, or is not here at that time by the rota; or the centre is closed on that
    day. The first of them have who could see them instead, as near to the hour as can be. Whose they are is in the
    history. Four statements.
    """
    actors.must(actor, "diary.cover")
    today = clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(
            NEEDS,
            {
                "centre": actor.centre,
                "today": today,
                "now": clock.now(),
                "zone": str(actor.zone),
                "most": most,
            },
        )
        found = [Left(*row) for row in cursor.fetchall()]
    if not found:
        return []
    first = found[0].starts.astimezone(actor.zone).date()
    days = [one.starts.astimezone(actor.zone).date() for one in found[:MOST_OFFERED]]
    last = max(day for day in days if (day - first).days <= MOST_DAYS) + timedelta(days=DAYS_NEAR)
    found = _with_offers(actor, found[:MOST_OFFERED], first, last) + found[MOST_OFFERED:]
    _listed(actor, found)
    return found


DAYS_NEAR = 3
"""So many days after its own an appointment is offered another time on."""


def _listed(actor: Actor, found: Sequence[Left]) -> None:
    persons = [one.person_id for one in found if one.person_id is not None]
    if persons:
        history.record("person.listed", "centre", actor.centre, persons=list(dict.fromkeys(persons)))


OWN = """
select o.person_id, o.id, o.starts, o.ends from diary_booking o
where o.person_id = any(%s) and o.holds and o.ends > %s and o.starts < %s
"""


def _with_offers(actor: Actor, found: Sequence[Left], first: date, last: date) -> list[Left]:
    """The same with who has time instead between two days. Two statements."""
    short = max(GRID, min(one.ends - one.starts for one in found))
    rule = Rule(minutes=int(short / timedelta(minutes=1)), first=first, days=(last - first).days)
    begins, ends = clock.local(first, "00:00", actor.zone), clock.local(last, "23:59", actor.zone)
    own: dict[uuid.UUID, list[tuple[uuid.UUID, datetime, datetime]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OWN, [[one.person_id for one in found if one.person_id], begins, ends])
        for person_id, *booked in cursor.fetchall():
            own.setdefault(person_id, []).append((booked[0], booked[1], booked[2]))
    free: dict[uuid.UUID, list[datetime]] = {}
    for one in all_offers(actor, rule):
        if one.staff_id is not None:
            free.setdefault(one.staff_id, []).append(one.starts)
    promised: list[Free] = []
    offered = []
    for left in found:
        theirs = own.get(left.person_id, []) if left.person_id else []
        others = (
            free if left.why in ("closed", "rota") else {k: v for k, v in free.items() if k != left.staff_id}
        )
        taken = [(starts, ends) for booking_id, starts, ends in theirs if booking_id != left.id]
        fitting = _nearest(others, left, short, taken, promised)
        promised.extend(fitting[:1])
        offered.append(replace(left, offers=tuple(fitting)))
    return offered


def _nearest(
    free: dict[uuid.UUID, list[datetime]],
    left: Left,
    short: timedelta,
    own: list[tuple[datetime, datetime]],
    promised: list[Free],
) -> list[Free]:
    """The best times of a few colleagues: nearest to its own; of two as near the later, then the idler."""
    starts, long = left.starts, left.ends - left.starts
    best: list[tuple[timedelta, bool, int, Free]] = []
    for staff_id, begins in free.items():
        taken = own + [(one.starts, one.ends) for one in promised if one.staff_id == staff_id]
        for at in _outward(begins, starts):
            if not any(begin < at + long and end > at for begin, end in taken) and _lasts(
                begins, at, long, short
            ):
                best.append((abs(at - starts), at < starts, -len(begins), Free(at, at + long, staff_id)))
                break
    best.sort(key=lambda one: (*one[:3], str(one[3].staff_id)))
    return [one for _far, _sooner, _idle, one in best[:MOST_OFFERS]]


def _outward(begins: Sequence[datetime], starts: datetime) -> Iterator[datetime]:
    """Times in order, the nearest to one of them first; of two as near the later."""
    after = bisect_left(begins, starts)
    before = after - 1
    while before >= 0 or after < len(begins):
        if before < 0 or (after < len(begins) and begins[after] - starts <= starts - begins[before]):
            yield begins[after]
            after += 1
        else:
            yield begins[before]
            before -= 1


def _lasts(begins: Sequence[datetime], at: datetime, long: timedelta, short: timedelta) -> bool:
    place = bisect_left(begins, at)
    return lasts(begins[place : place + ceil(long / GRID)], at, long, short)
