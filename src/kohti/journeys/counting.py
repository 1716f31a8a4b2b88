"""Figures of a service's ways: numbers alone, of all its centres, counted from rows when they are asked for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from kohti.kernel.rows import definer

from . import holding

FUNCTIONS = (
    # A leader sees the people of one centre; these are numbers, and name nobody.
    definer(
        f"""
kohti.figures_of_ways(p_success text[])
returns table (centre_id uuid, stage text, started bigint, open bigint, listed bigint, moved_on bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select j.centre_id, case when j.closed_at is null then j.stage else '' end, count(*),
        count(*) filter (where j.closed_at is null),
        count(*) filter (where j.closed_at is null and {holding.LISTED.format(now="(select kohti.now())")}),
        count(*) filter (where j.closed_at is not null and (
            select o.kind = any(p_success) from journeys_outcome o
            where o.journey_id = j.id and o.withdrawn_at is null order by o."on" desc, o.at desc limit 1))
    from journeys_journey j
    where j.service_id = kohti.service() and kohti.may('journeys.lead')
    group by 1, 2
$$"""
    ),
    definer(
        """
kohti.figures_of_colleagues()
returns table (centre_id uuid, people bigint)
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    select m.centre_id, count(distinct m.staff_id) from team_membership m
    where m.service_id = kohti.service() and kohti.may('journeys.lead')
      and m.starts <= kohti.now() and (m.ends is null or m.ends > kohti.now())
    group by grouping sets ((m.centre_id), ())
$$"""
    ),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """How many ways there are at a centre, or in the whole service (`centre_id` None).

    started    began here, whatever became of them
    open       have not ended
    listed     of the open ones, stand on somebody's list now
    moved_on   have ended, and what was reached last counts as a success
    ended      have ended otherwise
    colleagues people whose place to work here holds now
    """

    centre_id: uuid.UUID | None
    started: int
    open: int
    listed: int
    moved_on: int
    ended: int
    colleagues: int


def figures(success: Sequence[str]) -> tuple[list[Figures], dict[str, int]]:
    """The figures of the whole service first, then of each centre that has any; and the open ways by stage.

    `success`: the outcomes that count. Two statements; nothing for who does not lead.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.figures_of_ways(%s)", [list(success)])
        ways = cursor.fetchall()
        cursor.execute("select * from kohti.figures_of_colleagues()")
        colleagues: dict[uuid.UUID | None, int] = dict(cursor.fetchall())
    stages: dict[str, int] = {}
    sums: dict[uuid.UUID | None, list[int]] = {None: [0, 0, 0, 0]}
    for centre_id, stage, *counts in ways:
        stages[stage] = stages.get(stage, 0) + counts[1]
        for place in (None, centre_id):
            before = sums.setdefault(place, [0, 0, 0, 0])
            sums[place] = [a + b for a, b in zip(before, counts, strict=True)]
    found = [
        Figures(place, started, opened, listed, moved, started - opened - moved, colleagues.get(place, 0))
        for place, (started, opened, listed, moved) in sums.items()
    ]
    return found, stages
