"""Reads of the rota: who is placed at a centre, who of them is here now, and the rotas and changes to come."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db import connection

from kohti.kernel import clock, reading
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .actions import Placed
from .placed import PLACED, Place, gathered
from .today import Day, of_the_day


def values(actor: Actor, first: date, last: date) -> dict[str, Any]:
    """What `PLACED` is asked for: the actor's centre from a day to a day."""
    return {"centre": actor.centre, "first": first, "last": last, "zone": str(actor.zone)}


def placed(actor: Actor, first: date, last: date) -> list[Place]:
    """Who is placed at the actor's centre from a day to a day, by day and time. One statement."""
    return gathered(reading.together(values(actor, first, last), PLACED)[0])


def here_today(actor: Actor) -> Day:
    """Who of the placed is at the actor's centre now, comes later today, or is away. One statement."""
    today = clock.today(actor.zone)
    return of_the_day(actor, placed(actor, today, today))


# the rotas themselves


@dataclass(frozen=True, slots=True)
class Standing:
    """A rota that holds or will: whose, from which day, and which day is its last."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    starts: date
    last: date | None
    people: int
    days: int


@dataclass(frozen=True, slots=True)
class Change:
    """A holiday of an organisation, or somebody who stands in, from a day to a day."""

    id: uuid.UUID
    organisation: str
    first: date
    last: date
    name: str
    cover: str


STANDING = reading.Part(
    """
select r.id, r.organisation_id, coalesce(o.name, '') as organisation, r.starts, r.ends - 1 as last,
    n.people, n.days
from diary_rota r left join team_organisation o on o.id = r.organisation_id
cross join lateral (select count(distinct l.staff_id) + coalesce(max(l.sent), 0) as people, count(distinct l.weekday) as days
    from (select l.staff_id, l.weekday, count(*) filter (where l.staff_id is null) over (partition by l.weekday) as sent
        from diary_rotaline l where l.rota_id = r.id) l) n
where r.centre_id = %(centre)s and (r.ends is null or (r.ends > %(today)s and r.ends > r.starts))
order by organisation, r.starts, r.id
""",
    lambda row: Standing(
        uuid.UUID(row["id"]),
        uuid.UUID(row["organisation_id"]),
        row["organisation"],
        date.fromisoformat(row["starts"]),
        reading.day(row["last"]),
        row["people"],
        row["days"],
    ),
)
CHANGES = reading.Part(
    """
select x.id, coalesce(o.name, '') as organisation, x.first, x.last, coalesce(s.full_name, '') as name,
    coalesce(c.full_name, '') as cover
from diary_rotachange x left join team_organisation o on o.id = x.organisation_id
left join team_staff s on s.id = x.staff_id left join team_staff c on c.id = x.cover_id
where x.centre_id = %(centre)s and x.last >= %(today)s and x.ended_at is null
order by x.first, organisation, x.id limit 100
""",
    lambda row: Change(
        uuid.UUID(row["id"]),
        row["organisation"],
        date.fromisoformat(row["first"]),
        date.fromisoformat(row["last"]),
        row["name"],
        row["cover"],
    ),
)


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the rota: who is placed, the rotas that hold or will, the changes to come."""

    monday: date
    places: Sequence[Place]
    standing: Sequence[Standing]
    changes: Sequence[Change]


def week(actor: Actor, day: date) -> Week:
    """The week of a day at the actor's centre. One statement."""
    monday = day - timedelta(days=day.weekday())
    asked = values(actor, monday, monday + timedelta(days=6)) | {"today": clock.today(actor.zone)}
    places, standing, changes = reading.together(asked, PLACED, STANDING, CHANGES)
    return Week(monday, gathered(places), standing, changes)


def lines_of(actor: Actor, organisation_id: uuid.UUID) -> list[Placed]:
    """The lines of the rota that an organisation has at the actor's centre last of all. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select l.weekday, l.opens, l.closes, l.staff_id, l.room_id from diary_rotaline l"
            " left join team_staff s on s.id = l.staff_id where l.rota_id = (select r.id from diary_rota r"
            " where r.centre_id = %s and r.organisation_id = %s and (r.ends is null or (r.ends > %s and r.ends > r.starts))"
            " order by r.starts desc limit 1) order by s.sort_key nulls last, l.staff_id, l.opens, l.weekday, l.id",
            [actor.centre, organisation_id, clock.today(actor.zone)],
        )
        return [
            Placed(weekday=row[0], opens=row[1], closes=row[2], staff_id=row[3], room_id=row[4])
            for row in cursor.fetchall()
        ]


@dataclass(frozen=True, slots=True)
class Choices:
    """Who and what a rota of the actor's centre can name; colleagues with their organisation, or none."""

    organisations: Sequence[tuple[uuid.UUID, str]]
    staff: Sequence[tuple[uuid.UUID, str, str]]
    rooms: Sequence[tuple[uuid.UUID, str]]


CHOICES = (
    reading.Part(
        "select o.id, o.name from team_organisation o where o.service_id = %(service)s and not o.retired"
        " order by o.kind = 'host', o.name",
        lambda row: (uuid.UUID(row["id"]), str(row["name"])),
    ),
    reading.Part(
        """
select s.id, s.full_name as name, coalesce(o.name, '') as organisation from team_staff s
left join lateral (select m.organisation_id, m.centre_id from team_membership m
    where m.staff_id = s.id and (m.ends is null or m.ends > %(now)s)
    order by m.centre_id <> %(centre)s, m.starts desc limit 1) m on true
left join team_organisation o on o.id = m.organisation_id
where s.service_id = %(service)s and (s.centre_id = %(centre)s or m.centre_id = %(centre)s)
  and (m.organisation_id is not null or not exists (select 1 from team_membership x where x.staff_id = s.id))
order by o.kind = 'host' nulls last, o.name nulls last, s.sort_key, s.id
""",
        lambda row: (uuid.UUID(row["id"]), str(row["name"]), str(row["organisation"])),
    ),
    reading.Part(
        "select r.id, r.name from diary_room r where r.centre_id = %(centre)s and not r.retired"
        " order by length(r.name), r.name",
        lambda row: (uuid.UUID(row["id"]), str(row["name"])),
    ),
)


def choices(actor: Actor) -> Choices:
    """Who and what can be chosen. One statement."""
    asked = {"service": actor.service, "centre": actor.centre, "now": clock.now()}
    organisations, staff, rooms = reading.together(asked, *CHOICES)
    return Choices(organisations, staff, rooms)


def standing(actor: Actor, rota_id: uuid.UUID) -> Standing:
    """A rota of the actor's centre that holds or will. One statement. Raises NotThere."""
    asked = {"centre": actor.centre, "today": clock.today(actor.zone)}
    every: list[Standing] = reading.together(asked, STANDING)[0]
    found = next((one for one in every if one.id == rota_id), None)
    if found is None:
        raise NotThere("no such rota")
    return found


def grouped(lines: Sequence[Placed]) -> list[tuple[Placed, list[int]]]:
    """Lines that differ in nothing but the weekday, together with their weekdays; in the order of the first of each."""
    found: dict[tuple[uuid.UUID | None, time, time, uuid.UUID | None], tuple[Placed, list[int]]] = {}
    for one in lines:
        key = (one.staff_id, one.opens, one.closes, one.room_id)
        found.setdefault(key, (one, []))[1].append(one.weekday)
    return list(found.values())


def whom_placed(actor: Actor) -> dict[tuple[uuid.UUID, str], list[tuple[uuid.UUID, str]]]:
    """Whom the rotas of the actor's centre that hold or will place there, by organisation. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct r.organisation_id, coalesce(o.name, '') as organisation, s.id, s.full_name, s.sort_key"
            " from diary_rota r left join team_organisation o on o.id = r.organisation_id"
            " join diary_rotaline l on l.rota_id = r.id left join team_staff s on s.id = l.staff_id"
            " where r.centre_id = %s and (r.ends is null or (r.ends > %s and r.ends > r.starts))"
            " order by organisation, s.sort_key, s.id",
            [actor.centre, clock.today(actor.zone)],
        )
        found: dict[tuple[uuid.UUID, str], list[tuple[uuid.UUID, str]]] = {}
        for organisation_id, organisation, staff_id, name, _sort in cursor.fetchall():
            whose = found.setdefault((organisation_id, organisation), [])
            if staff_id:
                whose.append((staff_id, name))
    return found


def away_today(actor: Actor) -> list[str]:
    """Who else of the centre is away for the rest of the day: those whom no rota places there now. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct s.full_name, s.sort_key from diary_absence a join team_staff s on s.id = a.staff_id"
            " where a.centre_id = %(centre)s and a.starts <= %(now)s and a.ends > %(now)s"
            " and s.id not in (select l.staff_id from diary_rotaline l join diary_rota r on r.id = l.rota_id"
            " where r.centre_id = %(centre)s and r.starts <= %(today)s and (r.ends is null or r.ends > %(today)s)"
            " and l.staff_id is not null) order by s.sort_key limit 100",
            {"centre": actor.centre, "now": clock.now(), "today": clock.today(actor.zone)},
        )
        return [row[0] for row in cursor.fetchall()]
