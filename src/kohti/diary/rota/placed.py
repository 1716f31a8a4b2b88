"""Who is placed at a centre by the rota, read for pages: one row for each place on each day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from kohti.kernel import reading


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place by the rota on one day: from when to when, and the stretches of it that they are here.

    `name` is empty for whoever the organisation sends. `instead_of`: whose place it is, where they stand in.
    """

    line_id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    staff_id: uuid.UUID | None
    name: str
    instead_of: uuid.UUID | None
    instead: str
    room: str
    day: date
    starts: datetime
    ends: datetime
    holiday: bool
    here: tuple[tuple[datetime, datetime], ...] = ()

    def at(self, instant: datetime) -> tuple[datetime, datetime] | None:
        """The stretch in which they are here at an instant."""
        return next((one for one in self.here if one[0] <= instant < one[1]), None)

    def after(self, instant: datetime) -> tuple[datetime, datetime] | None:
        """The next stretch that begins after an instant."""
        return next((one for one in self.here if one[0] > instant), None)

    @property
    def called(self) -> str:
        """Who it is, with whom they are from."""
        return ", ".join(part for part in (self.name, self.organisation) if part)


PLACED = reading.Part(
    """
select p.*, coalesce(o.name, '') as organisation, coalesce(r.name, '') as room
from kohti.who_is_placed(%(centre)s, %(first)s, %(last)s, %(zone)s) p
left join team_organisation o on o.id = p.organisation_id
left join diary_room r on r.id = p.room_id
order by p.day, p.starts, organisation, p.name, p.line_id, p.here_from
""",
    lambda row: Place(
        uuid.UUID(row["line_id"]),
        uuid.UUID(row["organisation_id"]),
        row["organisation"],
        reading.identifier(row["staff_id"]),
        row["name"],
        reading.identifier(row["instead_of"]),
        row["instead"],
        row["room"],
        date.fromisoformat(row["day"]),
        datetime.fromisoformat(row["starts"]),
        datetime.fromisoformat(row["ends"]),
        row["holiday"],
        ((datetime.fromisoformat(row["here_from"]), datetime.fromisoformat(row["here_until"])),)
        if row["here_from"]
        else (),
    ),
)
"""A row for each stretch, beside other readings of a page; `gathered` puts those of one place together."""


def gathered(rows: Iterable[Place]) -> list[Place]:
    """The stretches of each place together, in the order of the rows."""
    found: dict[tuple[date, uuid.UUID, uuid.UUID | None], Place] = {}
    for one in rows:
        key = (one.day, one.line_id, one.staff_id)
        before = found.get(key)
        found[key] = one if before is None else replace(before, here=(*before.here, *one.here))
    return list(found.values())
