"""Whom nobody holds: the proof that the stored instants say what the rules say, and that somebody reads the list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from . import holding

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Attention:
    """What the check of a whole database found.

    open     ways that have not ended
    held     of these, by the rules at this instant, nothing is missing
    listed   stand on somebody's list, by what is stored
    orphans  listed, yet nobody who is here and sees the person reads that list: neither their coach, nor who stands
             in, nor a leader; or their way has ended, and nobody who is here is to ask how it goes
    wrong    held and listed, or neither
    faults   some of the orphans and the wrong
    """

    open: int
    held: int
    listed: int
    orphans: int
    wrong: int
    faults: list[dict[str, Any]]


NOW = "%(now)s::timestamptz"


def _reads(member: str) -> str:
    """That a member is here and sees the person."""
    return (
        f"({holding.HERE.format(member=member, now=NOW)} and {holding.SEES.format(member=member, now=NOW)})"
    )


CHECK = f"""
with judged as (
    select j.id, coalesce({holding.LISTED.format(now=NOW)}, false) as listed,
        array(select b.rule from ({holding.broken(NOW)}) b) as rules,
        ({_reads("j.owner_id")}
         or exists (select 1 from journeys_cover v where v.journey_id = j.id
                    and v.starts <= {NOW} and v.ends > {NOW} and {_reads("v.member_id")})
         or exists (select 1 from team_membership l join team_role o on o.id = l.role_id
                    where l.centre_id = j.centre_id and o.verbs ? 'journeys.lead'
                    and {holding.HERE.format(member="l.id", now=NOW)}
                    and ((l.centre_id = p.centre_id and not p.restricted)
                         or {holding.SEES.format(member="l.id", now=NOW)}))) as read
    from journeys_journey j
    left join journeys_rules r on r.service_id = j.service_id
    join team_service s on s.id = j.service_id
    join people_person p on p.id = j.person_id
    where j.closed_at is null
      and (%(service)s::uuid is null or j.service_id = %(service)s)
)
select count(*), count(*) filter (where rules = '{{}}'), count(*) filter (where listed),
    count(*) filter (where listed and not read), count(*) filter (where listed = (rules = '{{}}')),
    (array_agg(jsonb_build_object('journey', id, 'listed', listed, 'rules', rules, 'read', read))
        filter (where listed = (rules = '{{}}') or (listed and not read)))[1:{MOST_FAULTS}]
from judged
"""

UNASKED = f"""
select count(*), (array_agg(jsonb_build_object('journey', j.id, 'follow_up', e.id)))[1:{MOST_FAULTS}]
from journeys_ending e
join journeys_journey j on j.id = e.journey_id
join team_service s on s.id = e.service_id
join people_person p on p.id = e.person_id
where e.asked_at is null and e.again_at is null and e.follow_up_on <= ({NOW} at time zone s.timezone)::date
  and (%(service)s::uuid is null or e.service_id = %(service)s)
  and not ({_reads("e.member_id")}
    or (p.restricted and exists (select 1 from people_grant n where n.person_id = p.id and n.purpose = 'named'
            and n.starts <= {NOW} and n.ends > {NOW} and {holding.HERE.format(member="n.to_member_id", now=NOW)}))
    or (not p.restricted and exists (
        select 1 from team_membership l join team_role o on o.id = l.role_id
        where l.centre_id = p.centre_id and o.verbs ? 'journeys.lead'
        and {holding.HERE.format(member="l.id", now=NOW)})))
"""
"""Ends after which somebody is to be asked how it goes, on a list that nobody reads who is here."""


def check(owner: psycopg.Connection[Any], now: datetime, service: uuid.UUID | None = None) -> Attention:
    """Compare the stored instants with the rules over every open way of the database, as its owner. Two statements.

    Orphans are also those whose way has ended, who are to be asked by now how it goes, and whom nobody who is here has
    on a list. `service`: only that one's.
    """
    row = owner.execute(CHECK.encode(), {"now": now, "service": service}).fetchone()
    assert row is not None
    opened, held, listed, orphans, wrong, faults = row
    unasked = owner.execute(UNASKED.encode(), {"now": now, "service": service}).fetchone()
    assert unasked is not None
    faults = [*(faults or ()), *(unasked[1] or ())]
    return Attention(opened, held, listed, orphans + unasked[0], wrong, faults[:MOST_FAULTS])
