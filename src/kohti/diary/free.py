"""When somebody has time: what the opening hours leave once closures, absences and bookings are taken away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from kohti.kernel import clock
from kohti.kernel.actor import Actor

GRID_MINUTES = 10
"""Appointments begin at full tens of minutes."""


@dataclass(frozen=True, slots=True)
class Free:
    """A stretch of time that could be booked."""

    starts: datetime
    ends: datetime


OPEN_DAYS = """
select d.day::date, (d.day::date + o.opens) at time zone %(zone)s, (d.day::date + o.closes) at time zone %(zone)s
from generate_series(%(first)s::date, %(last)s::date, interval '1 day') d(day)
join diary_opening o on o.centre_id = %(centre)s and o.weekday = extract(isodow from d.day) - 1
where not exists (select 1 from diary_closure c where c.centre_id = %(centre)s and c.day = d.day::date)
order by 1
"""
TAKEN = """
select starts, ends from diary_booking where holds and ends > %(from)s and starts < %(until)s
    and (staff_id = %(staff)s or person_id = %(person)s)
union all
select starts, ends from diary_absence where staff_id = %(staff)s and ends > %(from)s and starts < %(until)s
order by 1
"""


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
    """The first free stretch of each of the next days on which both have time, at most `most`. Two statements."""
    last = first + timedelta(days=days)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "zone": str(actor.zone),
            "first": first,
            "last": last,
            "centre": actor.centre_id,
        }
        cursor.execute(OPEN_DAYS, values)
        opened = cursor.fetchall()
        if not opened:
            return []
        cursor.execute(
            TAKEN,
            {"from": opened[0][1], "until": opened[-1][2], "staff": staff_id, "person": person_id},
        )
        taken = cursor.fetchall()
    now = clock.now()
    long = timedelta(minutes=minutes)
    found: list[Free] = []
    for _day, opens, closes in opened:
        start = next(_starts(max(opens, now), closes, long, taken), None)
        if start is not None:
            found.append(Free(start, start + long))
        if len(found) == most:
            break
    return found


def _starts(
    opens: datetime, closes: datetime, long: timedelta, taken: list[tuple[datetime, datetime]]
) -> Iterator[datetime]:
    """The beginnings on the grid, between two instants, at which nothing is taken for so long."""
    grid = timedelta(minutes=GRID_MINUTES)
    behind = timedelta(
        minutes=opens.minute % GRID_MINUTES, seconds=opens.second, microseconds=opens.microsecond
    )
    start = opens - behind + (grid if behind else timedelta())
    while start + long <= closes:
        clash = next((end for begin, end in taken if begin < start + long and end > start), None)
        if clash is None:
            yield start
            start += grid
        else:
            while start < clash:
                start += grid
