"""Reads of drop-ins and open access hours: what is held on a day, and what a centre holds every week."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection

from kohti.kernel import clock, reading, words
from kohti.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Session:
    """A session of one day: when, what, whose, where, and the line its visitors wait in."""

    id: uuid.UUID
    starts: datetime
    ends: datetime
    titles: str
    open_access: bool
    organisation: str
    staff_id: uuid.UUID | None
    staff: str
    room_id: uuid.UUID | None
    room: str
    stream: str
    code: str
    """Of the blueprint; none where it was added by hand."""

    @property
    def title(self) -> str:
        """What it is called, in the language in use."""
        return words.title(self.titles)

    @property
    def by(self) -> str:
        """Who holds it: the colleague, else the organisation."""
        return self.staff or self.organisation

    def runs(self) -> bool:
        """Whether it is held now."""
        return self.starts <= clock.now() < self.ends


OF_DAYS = """
select d.id, s.starts, s.ends, d.title::text as titles, d.open_access, coalesce(o.name, '') as organisation, d.staff_id,
    coalesce(t.full_name, '') as staff, d.room_id, coalesce(r.name, '') as room, d.stream, d.code
from kohti.drop_ins_between(array[%(centre)s]::uuid[], %(first)s, %(last)s, %(zone)s) s
join diary_dropin d on d.id = s.id
left join team_organisation o on o.id = d.organisation_id
left join team_staff t on t.id = d.staff_id
left join diary_room r on r.id = d.room_id
order by s.starts, s.ends, d.id
"""


HELD = reading.Part(
    OF_DAYS,
    lambda row: Session(
        uuid.UUID(row["id"]),
        datetime.fromisoformat(row["starts"]),
        datetime.fromisoformat(row["ends"]),
        row["titles"],
        row["open_access"],
        row["organisation"],
        reading.identifier(row["staff_id"]),
        row["staff"],
        reading.identifier(row["room_id"]),
        row["room"],
        row["stream"],
        row["code"],
    ),
)
"""The same beside other readings of a page: `centre`, `first`, `last` and `zone` are its values."""


def sessions(actor: Actor, centre_id: uuid.UUID, first: date, last: date | None = None) -> list[Session]:
    """What is held at a centre on a day, or from a day to a day, in order of time. One statement."""
    values: dict[str, Any] = {
        "centre": centre_id,
        "first": first,
        "last": last or first,
        "zone": str(actor.zone),
    }
    with connection.cursor() as cursor:
        cursor.execute(OF_DAYS, values)
        return [Session(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Today:
    """What is held at the actor's centre today, in words, and from when on it is closed, where that is sooner."""

    lines: tuple[tuple[str, str, bool], ...]
    closes: str
    closed: bool


def of_today(actor: Actor) -> Today:
    """What visitors can come to today as they are: words, who holds it, whether it is held now. One statement."""
    today = clock.today(actor.zone)
    values: dict[str, Any] = {
        "centre": actor.centre, "first": today, "last": today, "zone": str(actor.zone), "day": today,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select h.*, c.day is not null, c.closes from (select 1) one"
            " left join diary_closure c on c.centre_id = %(centre)s and c.day = %(day)s"
            f" left join ({OF_DAYS}) h on true order by h.starts, h.ends, h.id",
            values,
        )
        rows = cursor.fetchall()
    held = [Session(*row[:12]) for row in rows if row[0] is not None]
    closes = rows[0][13]
    return Today(
        tuple((_in_words(actor, one), one.by, one.runs()) for one in held),
        f"{closes:%H:%M}" if closes else "",
        bool(rows[0][12]) and (closes is None or clock.now().astimezone(actor.zone).time() >= closes),
    )


def _in_words(actor: Actor, one: Session) -> str:
    hours = f"{words.clock_time(one.starts, actor.zone)}–{words.clock_time(one.ends, actor.zone)}"
    return ", ".join(part for part in (one.title, hours, one.room) if part)


@dataclass(frozen=True, slots=True)
class Weekly:
    """A session as a centre holds it every week; `off`: days to come on which it is not held, taken out by hand."""

    id: uuid.UUID
    titles: str
    weekday: int
    opens: time
    closes: time
    first: date
    last: date | None
    by_hand: bool
    open_access: bool
    by: str
    room: str
    off: list[date]

    @property
    def title(self) -> str:
        """What it is called, in the language in use."""
        return words.title(self.titles)


def weekly(actor: Actor, centre_id: uuid.UUID) -> list[Weekly]:
    """What a centre holds every week and has not ended, by weekday and time. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select d.id, d.title, d.weekday, d.opens, d.closes, d.first, d.last, d.code = '', d.open_access,"
            " coalesce(t.full_name, o.name, ''), coalesce(r.name, ''),"
            " array(select day from unnest(d.skipped_days) day where day >= %(today)s order by day)"
            " from diary_dropin d left join team_organisation o on o.id = d.organisation_id"
            " left join team_staff t on t.id = d.staff_id left join diary_room r on r.id = d.room_id"
            " where d.centre_id = %(centre)s and (d.last is null or d.last >= %(today)s)"
            " order by d.weekday, d.opens, d.id",
            {"centre": centre_id, "today": clock.today(actor.zone)},
        )
        return [Weekly(*row) for row in cursor.fetchall()]
