"""Reads of drop-ins and open access hours: what is held on a day, and what a centre holds every week."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, reading, words
from kohti.kernel.actor import Actor

from .rota.placed import PLACED, Place, gathered
from .rota.today import Day, of_the_day


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
    organisation_id: uuid.UUID | None = None
    away: bool = False
    """Whoever holds it is not here on that day, and nobody stands in."""
    held_by: tuple[str, ...] = ()
    """Who is here to hold it on that day, where the rota says so."""

    @property
    def title(self) -> str:
        """What it is called, in the language in use."""
        return words.title(self.titles)

    @property
    def by(self) -> str:
        """Who holds it on that day: the colleague, else the organisation and who of it is here; or that they are away."""
        whose = self.staff or self.organisation
        if self.away:
            return _("Away: %(name)s") % {"name": whose}
        here = words.all_of(self.held_by)
        return ": ".join(part for part in (self.organisation, here) if part) if here else whose

    def runs(self) -> bool:
        """Whether it is held now."""
        return self.starts <= clock.now() < self.ends


OF_DAYS = """
select d.id, s.starts, s.ends, d.title::text as titles, d.open_access, coalesce(o.name, '') as organisation, d.staff_id,
    coalesce(t.full_name, '') as staff, d.room_id, coalesce(r.name, '') as room, d.stream, d.code, d.organisation_id,
    exists (select 1 from diary_absence a where a.staff_id = d.staff_id and a.starts <= s.starts and a.ends >= s.ends)
        as away
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
        reading.identifier(row["organisation_id"]),
        row["away"],
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
    held, places = reading.together(values, HELD, PLACED)
    return as_held(held, gathered(places))


def as_held(held: Sequence[Session], places: Sequence[Place]) -> list[Session]:
    """The sessions with who of the placed holds each on its day, and whether nobody is here to."""
    if not places:
        return list(held)
    return [_as_held(one, places) for one in held]


def _as_held(one: Session, places: Sequence[Place]) -> Session:
    meant = [
        place
        for place in places
        if (
            one.staff_id in (place.staff_id, place.instead_of)
            if one.staff_id
            else place.organisation_id == one.organisation_id
        )
        and place.starts < one.ends
        and place.ends > one.starts
    ]
    here = [
        place
        for place in meant
        if any(begins < one.ends and ends > one.starts for begins, ends in place.here)
    ]
    if not meant:
        return one
    names = tuple(dict.fromkeys(place.name for place in here if place.name))
    return replace(one, held_by=names, away=not here)


@dataclass(frozen=True, slots=True)
class Today:
    """What is held at the actor's centre today, in words, from when on it is closed, where that is sooner, and who of
    the placed is here."""

    lines: tuple[tuple[str, str, bool], ...]
    closes: str
    closed: bool
    here: Day


CLOSED = reading.Part(
    "select c.closes from diary_closure c where c.centre_id = %(centre)s and c.day = %(day)s",
    lambda row: time.fromisoformat(row["closes"]) if row["closes"] else None,
)


def of_today(actor: Actor) -> Today:
    """What visitors can come to today as they are: words, who holds it, whether it is held now. One statement."""
    today = clock.today(actor.zone)
    values: dict[str, Any] = {
        "centre": actor.centre, "first": today, "last": today, "zone": str(actor.zone), "day": today,
    }  # fmt: skip
    found, places, closed = reading.together(values, HELD, PLACED, CLOSED)
    by_rota = gathered(places)
    closes = closed[0] if closed else None
    return Today(
        tuple((_in_words(actor, one), one.by, one.runs()) for one in as_held(found, by_rota)),
        f"{closes:%H:%M}" if closes else "",
        bool(closed) and (closes is None or clock.now().astimezone(actor.zone).time() >= closes),
        of_the_day(actor, by_rota),
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
