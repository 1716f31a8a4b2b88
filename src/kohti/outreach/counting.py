"""Reached and coached: numbers alone, counted from rows for whoever leads, and what they count.

Somebody is counted once, however often they were met: by the person they became, else as the one that encounters were
joined into. An encounter that was taken back counts nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from kohti.kernel.rows import definer

FUNCTIONS = (
    # A leader sees the people of one centre; these are numbers of the whole service, and name nobody.
    definer(
        """
kohti.figures_of_reached(p_from timestamptz, p_until timestamptz, p_stages text[])
returns table (month date, reached bigint, encounters bigint, coached bigint, earlier bigint, withdrawn bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with everything as materialized (
        select coalesce(e.person_id, e.reached_id) as who, e.person_id, e.at, e.withdrawn_at,
            date_trunc('month', e.at at time zone s.timezone)::date as month
        from outreach_encounter e join team_service s on s.id = e.service_id
        where e.service_id = kohti.service() and kohti.may('journeys.lead') and e.at < p_until
    ), met as materialized (
        select who, (array_agg(person_id))[1] as person_id, min(at) as ever, min(at) filter (where at >= p_from) as first_at
        from everything where withdrawn_at is null group by who
    ), spells as materialized (
        select person_id, min(since) as since from journeys_stagespell
        where service_id = kohti.service() and stage = any(p_stages) group by person_id
    ), began as (
        select m.who, m.ever, p.since from met m join spells p on p.person_id = m.person_id
        where m.first_at is not null
    ), zone as (select timezone from team_service where id = kohti.service()),
    counted as (
        select date_trunc('month', m.first_at at time zone z.timezone)::date as month, 1 as reached, 0 as encounters,
            0 as coached, 0 as earlier, 0 as withdrawn
        from met m, zone z where m.first_at is not null
        union all
        select month, 0, count(*) filter (where withdrawn_at is null), 0, 0, count(*) filter (where withdrawn_at is not null)
        from everything where at >= p_from group by 1
        union all
        select date_trunc('month', b.since at time zone z.timezone)::date, 0, 0, 1, 0, 0
        from began b, zone z where b.since >= greatest(p_from, b.ever) and b.since < p_until
        union all
        select date_trunc('month', p_from at time zone z.timezone)::date, 0, 0, 0, 1, 0
        from began b, zone z where b.since < greatest(p_from, b.ever)
    )
    select month, sum(reached)::bigint, sum(encounters)::bigint, sum(coached)::bigint, sum(earlier)::bigint,
        sum(withdrawn)::bigint
    from counted group by 1 order by 1
$$"""
    ),
    definer(
        """
kohti.first_encounter()
returns timestamptz language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select min(at) from outreach_encounter where service_id = kohti.service() and kohti.may('journeys.lead')
$$"""
    ),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted in a month, or in all of a period.

    reached     people met at least once in the period, each in the month they were met first in it
    encounters  meetings with them
    coached     of those reached, whose coaching began in the period, after they were met first
    earlier     of those reached, who had begun before: not counted as coached
    withdrawn   encounters that were taken back: counted nowhere
    """

    month: date | None
    reached: int
    encounters: int
    coached: int
    earlier: int
    withdrawn: int


def counted(starts: datetime, ends: datetime, stages: Sequence[str]) -> tuple[Counted, list[Counted]]:
    """The whole period (half open) and its months, of the service. One statement; nothing for who does not lead.

    `stages`: in which somebody is coached.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.figures_of_reached(%s, %s, %s)", [starts, ends, list(stages)])
        months = [Counted(*row) for row in cursor.fetchall()]
    sums = [
        sum(getattr(one, name) for one in months)
        for name in ("reached", "encounters", "coached", "earlier", "withdrawn")
    ]
    return Counted(None, *sums), months


def since() -> datetime | None:
    """When the first encounter of the service was; None before it. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("select kohti.first_encounter()")
        row = cursor.fetchone()
    return row[0] if row else None
