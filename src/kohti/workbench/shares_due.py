"""Shares that somebody is to look at again, and of whom it is asked: so that each is asked of somebody who is there.

Of whoever shared it; where they have left or see the person no longer, of the person's coach, and of the leader where there
is none. An objection is
asked of all three.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from kohti.kernel import clock, links, reading, words
from kohti.kernel.actor import Actor, may

MOST = 10


@dataclass(frozen=True, slots=True)
class Due:
    """A share to look at: of whom, with whom, since when it is due, and what they object to."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    organisation: str
    on: date
    objects: str


OPEN_OBJECTION = "s.objected_at is not null and s.answer = ''"
THEIR_COACH = (
    "exists (select 1 from journeys_journey j where j.person_id = s.person_id and j.closed_at is null"
    " and j.owner_id = %(share_me)s)"
)
NO_COACH = (
    "not exists (select 1 from journeys_journey j join team_membership c on c.id = j.owner_id"
    " where j.person_id = s.person_id and j.closed_at is null and (c.ends is null or c.ends > kohti.now()))"
)
IN_FORCE = "s.ended_at is null and s.ends > kohti.now()"
DUE = reading.Part(
    f"""
select distinct s.id, s.person_id, coalesce(nullif(p.called, ''), p.full_name) as name, o.name as organisation,
    s.review_on as on, case when {OPEN_OBJECTION} then s.objection else '' end as objects
from (
    select s.* from people_share s where s.by_member = %(share_me)s and s.review_on <= %(share_day)s and {IN_FORCE}
    union all
    select s.* from people_share s
    where s.review_on <= %(share_day)s and {IN_FORCE} and s.by_member <> %(share_me)s
      and ({THEIR_COACH} or (%(share_leads)s and {NO_COACH})) and not kohti.sharer_sees(s.by_member, s.person_id)
    union all
    select s.* from people_share s
    where s.ended_at is null and s.answer = '' and s.objected_at is not null and {IN_FORCE}
      and (s.by_member = %(share_me)s or %(share_leads)s or {THEIR_COACH})
) s
join people_person p on p.id = s.person_id join team_organisation o on o.id = s.to_organisation_id
where %(share_writes)s
order by objects desc, s.review_on, s.id limit {MOST}
""",
    lambda row: Due(
        uuid.UUID(row["id"]),
        uuid.UUID(row["person_id"]),
        row["name"],
        row["organisation"],
        date.fromisoformat(row["on"]),
        row["objects"],
    ),
)
"""The shares an actor is asked about, objections first; beside other readings of a page."""


def values(actor: Actor) -> dict[str, Any]:
    """What `DUE` is asked for."""
    return {
        "share_me": actor.member_id,
        "share_day": clock.today(actor.zone),
        "share_leads": may(actor, "journeys.lead"),
        "share_writes": may(actor, "shares.write"),
    }


def line(one: Due) -> dict[str, Any]:
    """One of them for a page."""
    return {
        "at": links.to("one_share", one.person_id, one.id),
        "name": one.name,
        "who": one.organisation,
        "on": words.day_short(one.on),
        "objects": one.objects,
    }
