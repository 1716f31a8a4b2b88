"""When somebody has time: what the opening hours leave once closures, absences and bookings are taken away."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kohti.kernel import clock, reading
from kohti.kernel.actor import Actor

GRID_MINUTES = 10
"""Appointments begin at full tens of minutes."""


@dataclass(frozen=True, slots=True)
class Free:
    """A stretch of time that could be booked."""

    starts: datetime
    ends: datetime


OPEN_DAYS = reading.Part(
    """
select (d.day::date + o.opens) at time zone %(zone)s as starts, (d.day::date + o.closes) at time zone %(zone)s as ends
from generate_series(%(first)s::date, %(last)s::date, interval '1 day') d(day)
join diary_opening o on o.centre_id = %(centre)s and o.weekday = extract(isodow from d.day) - 1
where not exists (select 1 from diary_closure c where c.centre_id = %(centre)s and c.day = d.day::date)
order by 1
""",
    lambda row: (datetime.fromisoformat(row["starts"]), datetime.fromisoformat(row["ends"])),
)
TAKEN = reading.Part(
    """
select starts, ends from diary_booking where holds and ends > %(from)s and starts < %(until)s
    and (staff_id = %(staff)s or person_id = %(person)s)
union all
select starts, ends from diary_absence where staff_id = %(staff)s and ends > %(from)s and starts < %(until)s
order by 1
""",
    OPEN_DAYS.make,
)


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
    """The first free stretch of each of the next days on which both have time, at most `most`. One statement."""
    last = first + timedelta(days=days)
    values: dict[str, Any] = {
        "zone": str(actor.zone),
        "first": first,
        "last": last,
        "centre": actor.centre_id,
        "from": clock.local(first, "00:00", actor.zone),
        "until": clock.local(last + timedelta(days=1), "00:00", actor.zone),
        "staff": staff_id,
        "person": person_id,
    }
    opened, taken = reading.together(values, OPEN_DAYS, TAKEN)
    now = clock.now()
    long = timedelta(minutes=minutes)
    found: list[Free] = []
    for opens, closes in opened:
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
