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
    "referral.opened",
    "reached.opened",
)
"""The verbs of the history under which somebody read of a person."""
DAYS = 14
"""On how many days with a look a page goes back."""

MAY_KNOW = "((select kohti.may('audit.see')) or (select kohti.may('shares.write')))"
"""Who looked is read by whoever answers for the record, and by whoever tells the person."""
TELLS = (
    "(o.tells <> '' and o.id is distinct from kohti.organisation()"
    " and not p_person::text || ':' || o.tells = any(kohti.my_keys()))"
)
"""The name of their organisation would tell what the actor has no key to."""
WHO_LOOKED = "drop function if exists kohti.who_looked(uuid, text[], timestamptz, text, integer);" + definer(
    f"""
kohti.who_looked(p_person uuid, p_verbs text[], p_before timestamptz, p_zone text, p_days integer)
returns table (day date, who text, role jsonb, centre text, organisation text, neutral jsonb, verbs text[],
               times bigint, first timestamptz, last timestamptz, reasons text[])
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
    with looks as materialized (
        select (e.at at time zone p_zone)::date as on_day, e.member_id, e.verb, e.at
        from kernel_historyevent e
        where e.person_ids && (select kohti.records_of(p_person)) and e.service_id = kohti.service()
          and e.verb = any(p_verbs) and e.member_id is not null and e.at < p_before
          and {MAY_KNOW} and kohti.may('people.open') and kohti.sees(p_person)),
    days as (select distinct on_day from looks order by on_day desc limit p_days),
    lines as (
        select l.on_day, l.member_id, array_agg(distinct l.verb order by l.verb) as verbs, count(*) as times,
               min(l.at) as first, max(l.at) as last
        from looks l join days using (on_day) group by l.on_day, l.member_id)
    select l.on_day, s.full_name, case when {TELLS} then '{{}}' else r.title end,
        case when {TELLS} then '' else c.name end, case when {TELLS} then '' else o.name end,
        case when {TELLS} then o.neutral else '{{}}' end, l.verbs, l.times, l.first, l.last, array(
        select distinct g.purpose from people_grant g
        where g.person_id = p_person and g.starts <= l.last and g.ends >= l.first
          and (g.to_member_id = m.id or g.to_organisation_id = m.organisation_id
               or (g.to_centre_id = m.centre_id and g.to_role in ('', r.code)))
        order by g.purpose)
    from lines l join team_membership m on m.id = l.member_id join team_staff s on s.id = m.staff_id
    join team_role r on r.id = m.role_id join team_organisation o on o.id = m.organisation_id
    left join team_centre c on c.id = m.centre_id
    order by l.on_day desc, l.last desc, m.id
$$"""
)
"""Served to whoever may see the history and this person: of colleagues of other centres as well."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a colleague looked at on a day: how often, from when to when, and what let them.

    `organisation`: in neutral words where its name would tell what the actor may not know; then no role and no centre.
    `reasons`: the purposes of their grants then; none: they saw the person by their role.
    """

    day: date
    who: str
    role: str
    centre: str
    organisation: str
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
    if not actors.may(actor, "shares.write"):
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
        Look(
            row[0],
            row[1],
            title(row[2]),
            row[3] or "",
            row[4] or title(row[5]),
            tuple(row[6]),
            row[7],
            row[8],
            row[9],
            tuple(row[10]),
        )
        for row in rows
    ]
    days = sorted({one.day for one in found}, reverse=True)
    if len(days) <= DAYS:
        return found, None
    return [one for one in found if one.day >= days[DAYS - 1]], days[DAYS - 1]
