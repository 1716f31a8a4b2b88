"""How the work with people goes at a centre, coach by coach: figures to talk over, never a ranking."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor

from .. import holding, rules

LATELY_DAYS = 90
"""How far back "lately" reaches."""


class Plan(NamedTuple):
    """A plan to read together: whose, and what they are called (empty: no name given)."""

    person_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Quality:
    """How it goes with the people one coach has in hand (`coach` empty: nobody's).

    All are counts of people out of `in_hand`: `held` by the rules; `in_touch` within the blueprint's interval;
    `planned`: something is to come; `agreed`: their plan's last change; `heard`: said themselves, lately, how a
    field of life goes. `reached` counts outcomes of lately, of ways that have ended too. `read` is one plan of
    theirs by lot, another each week.
    """

    coach: str
    in_hand: int
    held: int
    in_touch: int
    planned: int
    agreed: int
    heard: int
    reached: int
    read: Plan | None


QUALITY = f"""
with ways as (
    select j.id, j.owner_id, j.person_id, not {holding.LISTED.format(now="(select kohti.now())")} as held,
        coalesce(j.last_contact_at > (select kohti.now()) - %(contact)s * interval '1 day', false) as in_touch,
        coalesce(j.next_at > (select kohti.now()), false) as planned,
        row_number() over (partition by j.owner_id order by md5(j.id::text || %(week)s), j.id) as lot
    from journeys_journey j where j.closed_at is null and j.centre_id = %(centre)s
), versions as (
    select distinct on (journey_id) journey_id, agreed_at is not null as agreed
    from journeys_planversion where journey_id = any(array(select id from ways))
    order by journey_id, number desc
), heard as (
    select distinct journey_id from journeys_need
    where journey_id = any(array(select id from ways)) and view = 'own' and at > (select kohti.now()) - {{lately}}
), reached as (
    select j.owner_id, count(*) as n from journeys_outcome o join journeys_journey j on j.id = o.journey_id
    where j.centre_id = %(centre)s and o.withdrawn_at is null and o.at > (select kohti.now()) - {{lately}}
    group by j.owner_id
)
select coalesce(s.full_name, ''), count(*), count(*) filter (where w.held), count(*) filter (where w.in_touch),
    count(*) filter (where w.planned), count(*) filter (where v.agreed),
    count(*) filter (where h.journey_id is not null), coalesce(max(r.n), 0)::int,
    (array_agg(w.person_id) filter (where w.lot = 1))[1],
    coalesce((array_agg(coalesce(nullif(p.called, ''), p.full_name)) filter (where w.lot = 1))[1], '')
from ways w join people_person p on p.id = w.person_id
left join versions v on v.journey_id = w.id left join heard h on h.journey_id = w.id
left join reached r on r.owner_id is not distinct from w.owner_id
left join team_membership m on m.id = w.owner_id left join team_staff s on s.id = m.staff_id
group by w.owner_id, s.full_name order by s.full_name nulls last, w.owner_id
""".format(lately="%(lately)s * interval '1 day'")


def quality(actor: Actor) -> list[Quality]:
    """How the work goes at the actor's centre: a line a coach, by name, people without one last. Two statements.

    It is in the history whose plan was named to be read.
    """
    actors.must(actor, "journeys.lead")
    year, week, _day = clock.today(actor.zone).isocalendar()
    with connection.cursor() as cursor:
        cursor.execute(
            QUALITY,
            {
                "contact": rules.plan_rules(actor).contact_days or rules.CONTACT_DAYS,
                "centre": actor.centre_id,
                "week": f"{year}-{week}",
                "lately": LATELY_DAYS,
            },
        )
        rows = cursor.fetchall()
    found = [Quality(*(*row[:8], Plan(row[8], row[9]) if row[8] and row[0] else None)) for row in rows]
    named = [one.read.person_id for one in found if one.read]
    if named:
        history.record("person.listed", "person", None, persons=named)
    return found
