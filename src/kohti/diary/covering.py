"""A colleague is not coming today: who could see their people instead, at the same time or near it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from kohti.kernel import clock, history, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere
from kohti.team.models import Staff

from .free import GRID_MINUTES, Free, Rule, all_offers

MOST_OFFERS = 3
GRID = timedelta(minutes=GRID_MINUTES)


@dataclass(frozen=True, slots=True)
class AtWork:
    """A colleague with appointments still to come today; `away`: they are known not to come."""

    staff_id: uuid.UUID
    name: str
    booked: int
    away: bool


@dataclass(frozen=True, slots=True)
class Left:
    """An appointment whose colleague is not coming, and who has time instead, best first."""

    id: uuid.UUID
    version: int
    starts: datetime
    ends: datetime
    person_id: uuid.UUID | None
    name: str
    kinds: str
    offers: tuple[Free, ...]

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
select b.id, b.version, b.starts, b.ends, b.person_id, coalesce(p.full_name, ''), k.title,
    array(select o.starts from diary_booking o where o.person_id = b.person_id and o.id <> b.id and o.holds
          and o.day = b.day order by o.starts),
    array(select o.ends from diary_booking o where o.person_id = b.person_id and o.id <> b.id and o.holds
          and o.day = b.day order by o.starts)
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
        rows = cursor.fetchall()
    if not rows:
        return []
    short = max(GRID, min(row[3] - row[2] for row in rows))
    beginnings = _beginnings(actor, staff_id, today, short)
    promised: list[Free] = []
    found = []
    for row in rows:
        own = list(zip(row[7], row[8], strict=True))
        fitting = _nearest(beginnings, row[2], row[3], short, own, promised)
        if fitting:
            promised.append(fitting[0])
        found.append(Left(row[0], row[1], row[2], row[3], row[4], row[5], row[6], tuple(fitting)))
    persons = [one.person_id for one in found if one.person_id is not None]
    if persons:
        history.record("person.listed", "centre", actor.centre, persons=list(dict.fromkeys(persons)))
    return found


def _beginnings(
    actor: Actor, staff_id: uuid.UUID, today: date, short: timedelta
) -> dict[uuid.UUID, list[datetime]]:
    """At which full ten minutes each other colleague has time today for the shortest of them, in order."""
    minutes = int(short / timedelta(minutes=1))
    found: dict[uuid.UUID, list[datetime]] = {}
    for one in all_offers(actor, Rule(minutes=minutes, first=today, days=0)):
        if one.staff_id is not None and one.staff_id != staff_id:
            found.setdefault(one.staff_id, []).append(one.starts)
    return found


def _nearest(
    beginnings: dict[uuid.UUID, list[datetime]],
    starts: datetime,
    ends: datetime,
    short: timedelta,
    own: list[tuple[datetime, datetime]],
    promised: list[Free],
) -> list[Free]:
    """The best times of a few colleagues: nearest to `starts`; of two as near the later, then the idler."""
    long = ends - starts
    best: list[tuple[timedelta, bool, int, Free]] = []
    for staff_id, free in beginnings.items():
        taken = own + [(one.starts, one.ends) for one in promised if one.staff_id == staff_id]
        times = [
            one
            for one in free
            if not any(begin < one + long and end > one for begin, end in taken)
            and _holds(free, one, long, short)
        ]
        if times:
            at = min(times, key=lambda one: (abs(one - starts), one < starts))
            best.append((abs(at - starts), at < starts, -len(free), Free(at, at + long, staff_id)))
    best.sort(key=lambda one: (*one[:3], str(one[3].staff_id)))
    return [one for _far, _sooner, _idle, one in best[:MOST_OFFERS]]


def _holds(free: list[datetime], at: datetime, long: timedelta, short: timedelta) -> bool:
    """Whether they have time from `at` on for all of it: times for `short` begin without a break until it is full."""
    while at not in free or long > short:
        if at not in free:
            return False
        at, long = at + GRID, long - GRID
    return True
