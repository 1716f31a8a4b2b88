"""Who looked at a person's record, when, and by what right: for whoever answers for it, and later for themselves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.rows import definer
from kohti.kernel.words import title

LOOKS = (
    "person.opened",
    "person.found",
    "person.listed",
    "person.told",
    "person.emergency",
    "attachment.opened",
    "audit.read",
    "audit.exported",
    "caseload.taken",
    "plan.printed",
)
"""The verbs of the history under which somebody read of a person."""
DAYS = 14
"""On how many days with a look a page goes back."""

WHO_LOOKED = definer(
    """
kohti.who_looked(p_person uuid, p_verbs text[], p_before timestamptz, p_zone text, p_days integer)
returns table (day date, who text, role jsonb, centre text, verbs text[], times bigint, first timestamptz,
               last timestamptz, reasons text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with looks as materialized (
        select (e.at at time zone p_zone)::date as on_day, e.member_id, e.verb, e.at
        from kernel_historyevent e
        where e.person_ids && (select kohti.records_of(p_person)) and e.service_id = kohti.service()
          and e.verb = any(p_verbs) and e.member_id is not null and e.at < p_before
          and kohti.may('audit.see') and kohti.may('people.open') and kohti.sees(p_person)),
    days as (select distinct on_day from looks order by on_day desc limit p_days),
    lines as (
        select l.on_day, l.member_id, array_agg(distinct l.verb order by l.verb) as verbs, count(*) as times,
               min(l.at) as first, max(l.at) as last
        from looks l join days using (on_day) group by l.on_day, l.member_id)
    select l.on_day, s.full_name, r.title, c.name, l.verbs, l.times, l.first, l.last, array(
        select distinct g.purpose from people_grant g
        where g.person_id = p_person and g.starts <= l.last and g.ends >= l.first
          and (g.to_member_id = m.id or g.to_organisation_id = m.organisation_id
               or (g.to_centre_id = m.centre_id and g.to_role in ('', r.code)))
        order by g.purpose)
    from lines l join team_membership m on m.id = l.member_id join team_staff s on s.id = m.staff_id
    join team_role r on r.id = m.role_id left join team_centre c on c.id = m.centre_id
    order by l.on_day desc, l.last desc, m.id
$$"""
)
"""Served to whoever may see the history and this person: of colleagues of other centres as well."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a colleague looked at on a day: how often, from when to when, and what let them.

    `reasons`: the purposes of their grants then; none: they saw the person by their role.
    """

    day: date
    who: str
    role: str
    centre: str
    verbs: tuple[str, ...]
    times: int
    first: datetime
    last: datetime
    reasons: tuple[str, ...]


def looks(
    actor: Actor, person_id: uuid.UUID, *, before: date | None = None
) -> tuple[list[Look], date | None]:
    """Who looked at a person's record, newest day first, by day and colleague; and the day older ones are before.

    Two statements; that this was read is in the history. The caller has opened the person.
    """
    actors.must(actor, "audit.see")
    until = clock.now() if before is None else clock.local(before, "00:00", actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from kohti.who_looked(%s, %s, %s, %s, %s)",
            [person_id, list(LOOKS), until, str(actor.zone), DAYS + 1],
        )
        rows = cursor.fetchall()
    history.record("audit.read", "person", person_id, persons=[person_id])
    found = [
        Look(day, who, title(role), centre or "", tuple(verbs), times, first, last, tuple(reasons))
        for day, who, role, centre, verbs, times, first, last, reasons in rows
    ]
    days = sorted({one.day for one in found}, reverse=True)
    if len(days) <= DAYS:
        return found, None
    return [one for one in found if one.day >= days[DAYS - 1]], days[DAYS - 1]
