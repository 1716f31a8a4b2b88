"""What happened with a colleague's people while they were away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor

SHOWN = timedelta(days=10)
"""For how long after coming back it is shown, unless they say before that they have read it."""
MOST = 60


@dataclass(frozen=True, slots=True)
class Happened:
    """One of one's people, and what happened with them: lists are words as far as one may read them, in order.

    `contacts` came about. `stages` and `outcomes` are codes. `new`: they came into one's hands meanwhile.
    """

    person_id: uuid.UUID
    name: str
    contacts: int
    done: list[str]
    stuck: list[str]
    stages: list[str]
    outcomes: list[str]
    missed: list[datetime]
    stood_in: list[str]
    new: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """An absence that has ended lately, and what happened in it."""

    absence_id: uuid.UUID
    starts: datetime
    ends: datetime
    people: tuple[Happened, ...]


# Asked by itself: on most days nobody was away, and what follows is large even where it finds nothing.
LAST = """
select a.id, a.starts, a.ends from diary_absence a
where a.staff_id = %s and a.ends <= %s and a.ends > %s
  and a.ends > a.starts and a.read_at is null
order by a.ends desc, a.id limit 1
"""
HAPPENED = """
select w.person_id, w.name, w.contacts, w.done, w.stuck, w.stages, w.outcomes, w.missed, w.stood_in, w.new, w.ended
from (select %(starts)s::timestamptz as starts, %(ends)s::timestamptz as ends) l
cross join lateral (
    select j.person_id, coalesce(nullif(p.called, ''), p.full_name) as name, c.contacts, s.done, s.stuck, g.stages,
        o.outcomes, b.missed, v.stood_in, j.id as journey_id, p.sort_key,
        exists (select 1 from journeys_owning e where e.journey_id = j.id and e.member_id = j.owner_id
                and e.since >= l.starts and e.since < l.ends) as new,
        j.closed_at is not null as ended
    from journeys_journey j
    join people_person p on p.id = j.person_id
    cross join lateral (
        select count(*) filter (where k.came) as contacts from journeys_contact k
        where k.journey_id = j.id and k.at >= l.starts and k.at < l.ends
          and k.by_member is distinct from %(member)s
    ) c
    cross join lateral (
        select coalesce(array_agg(t.words order by t.changed_at, t.id) filter (where t.state = 'done'), '{}') as done,
            coalesce(array_agg(t.words order by t.changed_at, t.id) filter (where t.state = 'stuck'), '{}') as stuck
        from journeys_step t
        where t.journey_id = j.id and t.changed_at >= l.starts and t.changed_at < l.ends
    ) s
    cross join lateral (
        select coalesce(array_agg(y.stage order by y.since, y.id), '{}') as stages from journeys_stagespell y
        where y.journey_id = j.id and y.since >= l.starts and y.since < l.ends and y.since > j.opened_at
    ) g
    cross join lateral (
        select coalesce(array_agg(u.kind order by u.at, u.id), '{}') as outcomes from journeys_outcome u
        where u.journey_id = j.id and u.withdrawn_at is null and u.at >= l.starts and u.at < l.ends
    ) o
    cross join lateral (
        select coalesce(array_agg(q.at order by q.at), '{}') as missed from (
            select z.starts as at from diary_booking z where z.person_id = j.person_id and z.state = 'missed'
            union all
            select k.at from journeys_contact k where k.journey_id = j.id and not k.came and k.booking_id is null
        ) q where q.at >= l.starts and q.at < l.ends
    ) b
    cross join lateral (
        select coalesce(array_agg(distinct f.full_name order by f.full_name), '{}') as stood_in
        from journeys_cover x join team_membership m on m.id = x.member_id join team_staff f on f.id = m.staff_id
        where x.journey_id = j.id and x.starts < l.ends and x.ends > l.starts
    ) v
    where j.owner_id = %(member)s and (j.closed_at is null or j.closed_at >= l.starts)
) w where w.contacts > 0 or w.new or w.ended or cardinality(w.done || w.stuck) > 0
    or cardinality(w.stages || w.outcomes) > 0 or cardinality(w.missed) > 0 or cardinality(w.stood_in) > 0
order by w.sort_key, w.journey_id limit %(most)s
"""


def meanwhile(actor: Actor) -> Meanwhile | None:
    """What happened with the actor's people in their last absence, until they have read it, at most ten days.

    None where they were not away. At most three statements, else one: it is in the history whom one saw.
    """
    actors.must(actor, "journeys.see")
    with connection.cursor() as cursor:
        cursor.execute(LAST, [actor.staff_id, clock.now(), clock.now() - SHOWN])
        last = cursor.fetchone()
        if last is None:
            return None
        absence_id, starts, ends = last
        cursor.execute(HAPPENED, {"member": actor.member_id, "starts": starts, "ends": ends, "most": MOST})
        people = tuple(Happened(*row) for row in cursor.fetchall())
    if people:
        history.record("person.listed", "person", None, persons=[one.person_id for one in people])
    return Meanwhile(absence_id, starts, ends, people)
