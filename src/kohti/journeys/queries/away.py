"""Who is away, whose ways that leaves alone, and who could stand in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

AHEAD = timedelta(days=28)
"""How far ahead the lists of who is away look."""
PAGE = 50
MOST_ABSENCES = 100
MOST_WAYS = 1000
MOST_APPOINTMENTS = 100


@dataclass(frozen=True, slots=True)
class Away:
    """A colleague is away: how many ways they have in hand, of how many nobody stands in, and who stands in."""

    id: uuid.UUID
    staff_id: uuid.UUID
    name: str
    starts: datetime
    ends: datetime
    ways: int
    alone: int
    covers: list[str]


AWAY = """
select a.id, a.staff_id, t.full_name, a.starts, a.ends, coalesce(w.ways, 0), coalesce(w.alone, 0),
    coalesce(c.names, '{{}}')
from diary_absence a
join team_staff t on t.id = a.staff_id
left join lateral (
    select count(*) as ways, count(*) filter (where j.alone && tstzrange(greatest(a.starts, %(now)s), a.ends)) as alone
    from team_membership m join journeys_journey j on j.owner_id = m.id and j.closed_at is null
    where m.staff_id = a.staff_id
) w on true
left join lateral (
    select array_agg(distinct s.full_name order by s.full_name) as names
    from team_membership m
    join journeys_journey j on j.owner_id = m.id and j.closed_at is null
    join journeys_cover v on v.journey_id = j.id and v.starts < a.ends and v.ends > greatest(a.starts, %(now)s)
    join team_membership o on o.id = v.member_id
    join team_staff s on s.id = o.staff_id
    where m.staff_id = a.staff_id
) c on true
where a.ends > %(now)s and {which}
order by a.starts, t.sort_key, a.id limit %(most)s
"""


def _away(which: str, **values: Any) -> list[Away]:
    asked: dict[str, Any] = {"now": clock.now(), "most": MOST_ABSENCES, "ahead": AHEAD} | values
    with connection.cursor() as cursor:
        cursor.execute(AWAY.format(which=which), asked)
        return [Away(*row) for row in cursor.fetchall()]


def who_is_away(actor: Actor) -> list[Away]:
    """The colleagues of the centre who are away now or in the next four weeks, soonest first. One statement."""
    actors.must(actor, "journeys.lead")
    return _away(
        "a.centre_id = %(centre)s and a.starts < %(now)s::timestamptz + %(ahead)s", centre=actor.centre_id
    )


def my_absences(actor: Actor) -> list[Away]:
    """When the actor is away, now or to come, soonest first. One statement."""
    actors.must(actor, "journeys.work")
    return _away("a.staff_id = %(staff)s", staff=actor.staff_id)


def absence(actor: Actor, absence_id: uuid.UUID) -> Away:
    """One absence that is not over: the actor's own, or, for who leads a centre, of a colleague there.

    One statement. Raises NotThere.
    """
    actors.must(actor, "journeys.work")
    whose = "a.staff_id = %(staff)s"
    if actors.may(actor, "journeys.lead"):
        whose = f"({whose} or a.centre_id = %(centre)s)"
    found = _away(f"a.id = %(id)s and {whose}", id=absence_id, staff=actor.staff_id, centre=actor.centre_id)
    if not found:
        raise NotThere("nobody is away")
    return found[0]


@dataclass(frozen=True, slots=True)
class StandIn:
    """A colleague stands in for somebody's coach, from and until."""

    id: uuid.UUID
    name: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A way whose coach is away. `alone`: nobody stands in for some of that time; `restricted`: named people only."""

    journey_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    reference: str
    restricted: bool
    alone: bool
    covers: tuple[StandIn, ...]


LEFT = """
with mine as (
    select j.id, j.person_id, coalesce(nullif(p.called, ''), p.full_name) as name, p.reference, p.restricted,
        coalesce(j.alone && tstzrange(%(from)s, %(until)s), false) as alone, p.sort_key
    from team_membership m
    join journeys_journey j on j.owner_id = m.id and j.closed_at is null
    join people_person p on p.id = j.person_id
    where m.staff_id = %(staff)s
)
select x.id, x.person_id, x.name, x.reference, x.restricted, x.alone, coalesce((
    select jsonb_agg(jsonb_build_array(v.id, s.full_name, v.starts, v.ends) order by v.starts, v.id)
    from journeys_cover v join team_membership o on o.id = v.member_id join team_staff s on s.id = o.staff_id
    where v.journey_id = x.id and v.starts < %(until)s and v.ends > %(from)s), '[]')::text
from mine x
where %(after)s::uuid is null
   or (not x.alone, x.sort_key, x.id) > (select not y.alone, y.sort_key, y.id from mine y where y.id = %(after)s)
order by not x.alone, x.sort_key, x.id limit %(most)s
"""


def _stand_in(one: str, name: str, starts: str, ends: str) -> StandIn:
    return StandIn(uuid.UUID(one), name, datetime.fromisoformat(starts), datetime.fromisoformat(ends))


def left_alone(
    actor: Actor, away: Away, *, after: uuid.UUID | None = None, most: int = PAGE
) -> tuple[list[LeftAlone], uuid.UUID | None]:
    """The ways of whoever is away, those nobody stands in for first, and where the next page begins.

    Two statements: it is in the history whom one saw.
    """
    actors.must(actor, "journeys.work")
    with connection.cursor() as cursor:
        cursor.execute(
            LEFT,
            {
                "staff": away.staff_id,
                "from": max(away.starts, clock.now()),
                "until": away.ends,
                "after": after,
                "most": most + 1,
            },
        )
        found = [
            LeftAlone(
                way,
                person,
                name,
                reference,
                closed,
                alone,
                tuple(_stand_in(*one) for one in json.loads(covers)),
            )
            for way, person, name, reference, closed, alone, covers in cursor.fetchall()
        ]
    shown = found[:most]
    if shown:
        history.record("person.listed", "person", None, persons=[one.person_id for one in shown])
    return shown, shown[-1].journey_id if len(found) > most else None


def all_left_alone(actor: Actor, away: Away) -> list[uuid.UUID]:
    """Every way of whoever is away for which nobody stands in, of people open to all. One statement."""
    actors.must(actor, "journeys.work")
    with connection.cursor() as cursor:
        cursor.execute(
            "select j.id from team_membership m"
            " join journeys_journey j on j.owner_id = m.id and j.closed_at is null"
            " join people_person p on p.id = j.person_id and not p.restricted"
            " where m.staff_id = %s and j.alone && tstzrange(%s, %s) order by j.id limit %s",
            [away.staff_id, max(away.starts, clock.now()), away.ends, MOST_WAYS],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class OneOfSeveral:
    """An open way that was chosen, and whose it is."""

    journey_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    reference: str


def ways_of(actor: Actor, journey_ids: Sequence[uuid.UUID]) -> list[OneOfSeveral]:
    """The open ones of these ways, in the order of names. Two statements: it is in the history whom one saw."""
    actors.must(actor, "journeys.work")
    with connection.cursor() as cursor:
        cursor.execute(
            "select j.id, j.person_id, coalesce(nullif(p.called, ''), p.full_name), p.reference"
            " from journeys_journey j join people_person p on p.id = j.person_id"
            " where j.id = any(%s) and j.closed_at is null order by p.sort_key, j.id",
            [list(journey_ids)],
        )
        found = [OneOfSeveral(*row) for row in cursor.fetchall()]
    if found:
        history.record("person.listed", "person", None, persons=[one.person_id for one in found])
    return found


@dataclass(frozen=True, slots=True)
class Falls:
    """An appointment with somebody who is away then. Whom one does not see is not named."""

    starts: datetime
    person_id: uuid.UUID | None
    name: str


def appointments_then(actor: Actor, away: Away) -> list[Falls]:
    """What is booked with whoever is away, soonest first, at most a hundred. At most two statements."""
    actors.must(actor, "journeys.work")
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.starts, p.id, coalesce(nullif(p.called, ''), p.full_name, '') from diary_booking b"
            " left join people_person p on p.id = b.person_id"
            " where b.staff_id = %s and b.state = 'booked' and b.starts >= %s and b.starts < %s"
            " order by b.starts, b.id limit %s",
            [away.staff_id, max(away.starts, clock.now()), away.ends, MOST_APPOINTMENTS],
        )
        found = [Falls(*row) for row in cursor.fetchall()]
    persons = [one.person_id for one in found if one.person_id]
    if persons:
        history.record("person.listed", "person", None, persons=list(dict.fromkeys(persons)))
    return found


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could stand in, and when they are away themselves in these weeks."""

    member_id: uuid.UUID
    staff_id: uuid.UUID
    name: str
    away: tuple[tuple[datetime, datetime], ...]

    def is_here(self, starts: datetime, ends: datetime) -> bool:
        """Whether they are here all that time."""
        return not any(gone < ends and back > starts for gone, back in self.away)


def who_could(actor: Actor, starts: datetime, ends: datetime) -> list[Colleague]:
    """Who works with people's ways at the centre from now until `ends`, by name. One statement."""
    actors.must(actor, "journeys.work")
    with connection.cursor() as cursor:
        cursor.execute(
            "select m.id, m.staff_id, s.full_name, coalesce((select jsonb_agg(jsonb_build_array(a.starts, a.ends)"
            " order by a.starts) from diary_absence a where a.staff_id = m.staff_id and a.starts < %(ends)s"
            " and a.ends > %(starts)s), '[]')::text"
            " from team_membership m join team_staff s on s.id = m.staff_id join team_role r on r.id = m.role_id"
            " where m.centre_id = %(centre)s and r.verbs ? 'journeys.work' and m.starts <= %(now)s"
            " and (m.ends is null or m.ends >= greatest(%(ends)s, %(now)s)) order by s.sort_key, m.id",
            {"centre": actor.centre_id, "starts": starts, "ends": ends, "now": clock.now()},
        )
        return [
            Colleague(
                member,
                staff,
                name,
                tuple(
                    (datetime.fromisoformat(gone), datetime.fromisoformat(back))
                    for gone, back in json.loads(away)
                ),
            )
            for member, staff, name, away in cursor.fetchall()
        ]


def in_hands_of(actor: Actor, member_id: uuid.UUID) -> int:
    """How many people a colleague of the service has in hand, for who ends places: a number, and nobody's name.

    One statement.
    """
    actors.must(actor, "team.add")
    with connection.cursor() as cursor:
        cursor.execute("select kohti.in_hands_of(%s)", [member_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
