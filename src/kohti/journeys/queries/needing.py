"""Who must be looked at now, for Today: what its lines show, and no more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor

from .. import rules
from .caseload import LISTED, PAGE, UNASSIGNED, WHICH


@dataclass(frozen=True, slots=True)
class Needs:
    """A way that nobody holds now, and every rule it breaks, the one that broke first in front."""

    journey_id: uuid.UUID
    person_id: uuid.UUID
    name: str
    reference: str
    owner: str
    rules: tuple[str, ...]


class Lists(NamedTuple):
    """Whom one must look at, who climbed to the leader, and whether more climbed than are in the list."""

    mine: list[Needs]
    climbed: list[Needs]
    further: bool


AT_A_GLANCE = 20
"""So many who climbed stand on a leader's Today; the caseload has all."""
CLIMBED = "j.held_until <= (select kohti.now()) - %(climb)s * interval '1 day'"
GONE = f"coalesce(j.alone @> (select kohti.now()), false) or ({LISTED} and {UNASSIGNED})"
MINE = f"{WHICH['mine']} and {LISTED}"
THE_LEADERS = f"{WHICH['centre']} and ({CLIMBED} or {GONE})"


def _statement(*lists: tuple[str, str, str]) -> str:
    picked = " union all ".join(
        f"(select j.id, j.person_id, j.owner_id, j.held_until, j.lapse, {mine} as mine from journeys_journey j"
        f" where {which} order by j.held_until, j.id limit %({most})s)"
        for mine, which, most in lists
    )
    return f"""
with picked as materialized ({picked})
select j.id, j.person_id, coalesce(nullif(p.called, ''), p.full_name), p.reference, coalesce(o.full_name, ''), j.lapse,
    j.mine, r.rules
from picked j
left join kohti.broken_rules(array(select distinct id from picked)) r on r.journey_id = j.id
join people_person p on p.id = j.person_id
left join team_membership m on m.id = j.owner_id
left join team_staff o on o.id = m.staff_id
order by j.held_until, j.id
"""


FOR_A_COACH = _statement(("true", MINE, "most"))
FOR_A_LEADER = _statement(("true", MINE, "most"), ("false", THE_LEADERS, "glance"))


def needing(actor: Actor, *, leads: bool = False, most: int = PAGE) -> Lists:
    """Whom this colleague must look at now, who waits longest first; and with `leads` who climbed to the leader.

    Their own and those they stand in for, at most `most`; those of the centre that climbed: for so many days as the
    blueprint says, or with nobody who could look, at most 20. Two statements.
    """
    actors.must(actor, "journeys.lead" if leads else "journeys.see")
    values = {"centre": actor.centre_id, "climb": rules.plan_rules(actor).climb_days, "most": most}
    values["glance"] = AT_A_GLANCE + 1
    mine: list[Needs] = []
    climbed: list[Needs] = []
    with connection.cursor() as cursor:
        cursor.execute(FOR_A_LEADER if leads else FOR_A_COACH, values)
        for way, person, name, reference, owner, lapse, of_mine, broken in cursor.fetchall():
            breaks = tuple(sorted(broken or [lapse], key=lambda rule: rule != lapse))
            (mine if of_mine else climbed).append(Needs(way, person, name, reference, owner, breaks))
    found = Lists(mine, climbed[:AT_A_GLANCE], len(climbed) > AT_A_GLANCE)
    persons = [one.person_id for one in found.mine + found.climbed]
    if persons:
        history.record("person.listed", "person", None, persons=persons)
    return found
