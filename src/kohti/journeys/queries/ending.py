"""What was done in a way and what was not, how each way ended, and whom somebody is to ask how it goes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere

from .. import holding, rules
from ..models import Ending, Journey, Outcome, StageSpell

MOST_WAYS, MOST_STEPS, MOST_DUE = 10, 200, 50


@dataclass(frozen=True, slots=True)
class Planned:
    """An aim or a step of a plan, as it stands."""

    journey_id: uuid.UUID
    words: str
    state: str
    sealed: str


PLANNED = f"""
select kind, journey_id, words, state, sealed from (
    select 'aim' as kind, journey_id, words, state, sealed, made_at as at, id from journeys_aim
    where journey_id = any(%(ways)s)
    union all
    select 'step', journey_id, words, state, sealed, changed_at, id from journeys_step
    where journey_id = any(%(ways)s)
) plan order by at desc, id limit {MOST_STEPS}
"""


@dataclass(frozen=True, slots=True)
class Done:
    """A way with all that a look back asks for: aims, steps, outcomes, stretches in stages, and its ends."""

    way: Journey
    aims: tuple[Planned, ...]
    steps: tuple[Planned, ...]
    outcomes: tuple[Outcome, ...]
    spells: tuple[StageSpell, ...]
    endings: tuple[Ending, ...]


def look_back(actor: Actor, person_id: uuid.UUID) -> list[Done]:
    """The person's ways, newest first, as far as the actor may see them. Five statements."""
    actors.must(actor, "journeys.see")
    ways = list(
        Journey.objects.filter(person_id=person_id)
        .select_related("owner__staff", "centre")
        .order_by("-opened_at", "id")[:MOST_WAYS]
    )
    ids = [one.id for one in ways]
    plan: dict[str, list[Planned]] = {"aim": [], "step": []}
    with connection.cursor() as cursor:
        cursor.execute(PLANNED, {"ways": ids})
        for kind, *values in cursor.fetchall():
            plan[kind].append(Planned(*values))
    outcomes = list(Outcome.objects.filter(journey_id__in=ids, withdrawn_at=None).order_by("-on", "id"))
    spells = list(StageSpell.objects.filter(journey_id__in=ids).order_by("since", "id"))
    endings = list(
        Ending.objects.filter(journey_id__in=ids).select_related("member__staff").order_by("-at", "id")
    )
    return [
        Done(
            way,
            tuple(one for one in plan["aim"] if one.journey_id == way.id),
            tuple(one for one in plan["step"] if one.journey_id == way.id),
            tuple(one for one in outcomes if one.journey_id == way.id),
            tuple(one for one in spells if one.journey_id == way.id),
            tuple(one for one in endings if one.journey_id == way.id),
        )
        for way in ways
    ]


def ending(ending_id: uuid.UUID) -> Ending:
    """An end of a way that the actor may see. One statement. Raises NotThere."""
    found = Ending.objects.filter(id=ending_id).select_related("member__staff").first()
    if found is None:
        raise NotThere("no such end")
    return found


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Somebody to be asked how it goes: who, since which day, and who was to ask.

    After an end `ending_id` says which; without one it is asked whether what was reached (`outcome`, a code of the
    blueprint) lasts.
    """

    ending_id: uuid.UUID | None
    person_id: uuid.UUID
    name: str
    called: str
    on: date
    by: str
    mine: bool
    outcome: str


def _follow_ups(*, leads: bool) -> str:
    """Apart for who leads: whoever does not is asked for their own, by the indexes of these."""

    def fallen(day: str, member: str) -> str:
        here = holding.HERE.format(member=member, now="(select kohti.now())")
        late = f"{day} <= %(climbed)s or m.centre_id <> p.centre_id or not {here}"
        return f"or (p.centre_id = %(centre)s and ({late}))" if leads else ""

    return f"""
(select e.id, e.person_id, p.full_name, p.called, e.follow_up_on as due_on, coalesce(s.full_name, ''),
    e.member_id is not distinct from (select kohti.member()), ''
from journeys_ending e join people_person p on p.id = e.person_id
left join team_membership m on m.id = e.member_id left join team_staff s on s.id = m.staff_id
where e.service_id = (select kohti.service()) and e.asked_at is null and e.again_at is null
  and e.follow_up_on <= %(today)s and (
    e.member_id = (select kohti.member())
    or (p.restricted and exists (select 1 from people_grant g where g.person_id = p.id and g.purpose = 'named'
            and g.to_member_id = (select kohti.member()) and g.ends > (select kohti.now())))
    {fallen("e.follow_up_on", "e.member_id")})
order by e.follow_up_on, e.id limit {MOST_DUE})
union all
(select null, k.person_id, p.full_name, p.called, min(k.due_on), coalesce(s.full_name, ''),
    j.owner_id is not distinct from (select kohti.member()), o.kind
from journeys_lastingcheck k join journeys_outcome o on o.id = k.outcome_id and o.withdrawn_at is null
join journeys_journey j on j.id = k.journey_id join people_person p on p.id = k.person_id
left join team_membership m on m.id = j.owner_id left join team_staff s on s.id = m.staff_id
where k.service_id = (select kohti.service()) and k.answered_at is null and k.due_on <= %(today)s and (
    j.owner_id = (select kohti.member())
    {fallen("k.due_on", "j.owner_id")})
group by o.id, o.kind, k.person_id, p.full_name, p.called, s.full_name, j.owner_id
order by 5, o.id limit {MOST_DUE})
order by due_on
"""


FOLLOW_UPS = {leads: _follow_ups(leads=leads) for leads in (False, True)}
"""Whom one was to ask, whoever is restricted to named people of whom one is one, and for a leader those whom nobody
who is here asked in time."""


def follow_ups(actor: Actor) -> list[FollowUp]:
    """Whom the actor is to ask today how it goes, longest due first. Two statements; whom one saw is in the history."""
    actors.must(actor, "journeys.see")
    today = clock.today(actor.zone)
    values = {
        "today": today,
        "centre": actor.centre_id,
        "climbed": date.fromordinal(today.toordinal() - rules.plan_rules(actor).climb_days),
    }
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW_UPS[actors.may(actor, "journeys.lead")], values)
        found = [FollowUp(*row) for row in cursor.fetchall()]
    if found:
        history.record("person.listed", "person", None, persons=[one.person_id for one in found])
    return found
