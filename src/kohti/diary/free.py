"""When somebody has time: what the opening hours leave once closures, absences, drop-ins and bookings are taken away."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.people.promising import OF_ROOMS

GRID_MINUTES = 10
"""Appointments begin at full tens of minutes."""
GRID = timedelta(minutes=GRID_MINUTES)


@dataclass(frozen=True, slots=True)
class Free:
    """A stretch of time that could be booked: when, with whom, where; a room only where one is needed."""

    starts: datetime
    ends: datetime
    staff_id: uuid.UUID | None = None
    staff: str = ""
    centre_id: uuid.UUID | None = None
    centre: str = ""
    room_id: uuid.UUID | None = None
    room: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a free time must be.

    minutes      its length
    first, days  from which local day on, and how many days are looked at
    centres      at which centres; none: the actor's own
    staff        with which colleagues; none: with any who has people in hand and belongs to that centre
    person_id    who must have time as well
    but          an appointment to be moved, which does not stand in its own way
    needs        what the room must have (`Room.has`); with any of it a room is found as well
    weekdays     on which weekdays only, 0 Monday
    opens, closes  between which local wall times only
    before       only what begins before this instant
    """

    minutes: int
    first: date
    days: int = 21
    centres: Sequence[uuid.UUID] = ()
    staff: Sequence[uuid.UUID] = ()
    person_id: uuid.UUID | None = None
    but: uuid.UUID | None = None
    needs: Sequence[str] = ()
    weekdays: Sequence[int] = ()
    opens: time | None = None
    closes: time | None = None
    before: datetime | None = None


STRETCHES = """
select f.centre_id, f.staff_id, f.room_id, f.starts, f.ends
from kohti.free_stretches(%(centres)s, %(staff)s, %(person)s, %(but)s, %(needs)s, %(first)s, %(last)s, %(from)s,
                          %(until)s, make_interval(mins => %(minutes)s), %(zone)s) f
"""
# Each stretch cut to the hours that are asked for, day by day, and begun at a full ten minutes.
BEGINNINGS = f"""
select s.centre_id, s.staff_id, s.room_id, s.day, s.starts, s.ends from (
    select w.centre_id, w.staff_id, w.room_id, w.day, to_timestamp(
            ceil(extract(epoch from w.starts) / {GRID_MINUTES * 60}) * {GRID_MINUTES * 60}) as starts, w.ends
    from (
        select f.centre_id, f.staff_id, f.room_id, (f.starts at time zone %(zone)s)::date as day,
            greatest(f.starts, ((f.starts at time zone %(zone)s)::date + %(opens)s::time) at time zone %(zone)s)
                as starts,
            least(f.ends, ((f.starts at time zone %(zone)s)::date + %(closes)s::time) at time zone %(zone)s) as ends
        from ({STRETCHES}) f) w) s
where s.starts + make_interval(mins => %(minutes)s) <= s.ends
  and (%(before)s::timestamptz is null or s.starts < %(before)s)
  and (%(weekdays)s::int[] = '{{}}' or extract(isodow from s.day) - 1 = any(%(weekdays)s))
"""
FIRST = f"""
select b.centre_id, b.staff_id, b.room_id, b.starts, b.ends, t.full_name, c.name, r.name
from (
    select x.*, row_number() over (partition by x.day order by x.starts, x.staff_id, x.room_id) as nth from ({BEGINNINGS}) x) b
left join team_staff t on t.id = b.staff_id
left join team_centre c on c.id = b.centre_id
left join diary_room r on r.id = b.room_id
where %(a_day)s::int is null or b.nth <= %(a_day)s
order by b.starts, t.full_name, b.staff_id, b.room_id
limit %(most)s
"""


def offers(actor: Actor, rule: Rule, *, a_day: int | None = None, most: int | None = None) -> list[Free]:
    """The earliest beginning of each free stretch that fits a rule, soonest first. One statement.

    `a_day`: at most so many on one day; `most`: at most so many in all. What colleagues at other centres do then is
    not told, only when they have time. Whoever books, works with people, or is a guest of the centre is answered.
    """
    return _offers(actor, rule, FIRST, a_day=a_day, most=most)


def _offers(actor: Actor, rule: Rule, query: str, *, a_day: int | None, most: int | None) -> list[Free]:
    with connection.cursor() as cursor:
        cursor.execute(query, _values(actor, rule) | {"a_day": a_day, "most": most})
        rows = cursor.fetchall()
    long = timedelta(minutes=rule.minutes)
    return [
        Free(
            starts.astimezone(UTC),
            starts.astimezone(UTC) + long,
            staff_id,
            staff or "",
            centre_id,
            centre or "",
            room_id,
            room or "",
        )
        for centre_id, staff_id, room_id, starts, _ends, staff, centre, room in rows
    ]


def all_offers(actor: Actor, rule: Rule) -> Iterator[Free]:
    """Every beginning at a full ten minutes that fits a rule, colleague by colleague in order of time. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"{BEGINNINGS} order by s.starts, s.staff_id, s.room_id", _values(actor, rule))
        rows = cursor.fetchall()
    long, grid = timedelta(minutes=rule.minutes), timedelta(minutes=GRID_MINUTES)
    for centre_id, staff_id, room_id, _day, starts, ends in rows:
        one = Free(
            starts.astimezone(UTC), starts.astimezone(UTC) + long, staff_id, "", centre_id, "", room_id, ""
        )
        while one.ends <= ends and (rule.before is None or one.starts < rule.before):
            yield one
            one = replace(one, starts=one.starts + grid, ends=one.ends + grid)


def lasts(begins: Collection[datetime], at: datetime, long: timedelta, short: timedelta) -> bool:
    """Whether somebody has time from `at` on for all of it: times for `short` begin without a break until it is full."""
    while at not in begins or long > short:
        if at not in begins:
            return False
        at, long = at + GRID, long - GRID
    return True


def _values(actor: Actor, rule: Rule) -> dict[str, Any]:
    last = rule.first + timedelta(days=rule.days)
    return {
        "zone": str(actor.zone),
        "first": rule.first,
        "last": last,
        "until": clock.local(last + timedelta(days=1), "00:00", actor.zone),
        "from": max(clock.now(), clock.local(rule.first, "00:00", actor.zone)),
        "centres": list(rule.centres) or [actor.centre],
        "staff": list(rule.staff) or None,
        "person": rule.person_id,
        "but": rule.but,
        "needs": list(rule.needs),
        "of_rooms": list(OF_ROOMS),
        "minutes": rule.minutes,
        "opens": rule.opens or time(),
        "closes": rule.closes or time(23, 59, 59),
        "before": rule.before,
        "weekdays": list(rule.weekdays),
    }


NEEDED = """(
    select coalesce(array_agg(distinct c.code), '{}')
    from people_person p cross join lateral jsonb_array_elements(p.heed) m
    cross join lateral jsonb_array_elements_text(m -> 3 -> 'promises') c(code)
    where p.id = %(person)s and c.code = any(%(of_rooms)s)
      and coalesce(m -> 3 ->> 'from', '') <= %(last)s::text and coalesce(m ->> 2, '9999') >= %(first)s::text)"""
"""What helps the person and a room has, on any of the days (`promising.of_a_room` says it of one)."""


def free_times(
    actor: Actor,
    *,
    staff_id: uuid.UUID,
    person_id: uuid.UUID,
    minutes: int,
    first: date,
    days: int = 21,
    most: int = 3,
) -> list[Free]:
    """The first free stretch of each of the next days on which both have time, at most `most`.

    Where something that a room has helps the person, with a room that has it; any time where none is free. One
    statement, or two where there is none.
    """
    rule = Rule(minutes=minutes, first=first, days=days, staff=(staff_id,), person_id=person_id)
    found = _offers(actor, rule, FIRST.replace("%(needs)s", NEEDED), a_day=1, most=most)
    return found or offers(actor, rule, a_day=1, most=most)
