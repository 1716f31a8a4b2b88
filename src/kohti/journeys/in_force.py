"""What a new version of the blueprint asks of ways: stages move, coaches keep their people, seals stay."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint, Held
from kohti.kernel.ids import new_id
from kohti.people.fields import ALWAYS_SEALED

from .models import Cover, Ending, HandOver, Journey, Owning, StageSpell


def move(actor: Actor, plan: Blueprint, members: Mapping[uuid.UUID, uuid.UUID]) -> None:
    """Let open ways stand in the stages that a mapping names, and stay in the hands of whoever has a new place.

    How long somebody has been in a stage goes on. `members`: the new place of each that ended for the mapping.
    """
    actors.must(actor, "blueprint.apply")
    for old, new in plan.mapping.get("stages", {}).items():
        _to_stage(actor, old, new)
    for was, now_is in members.items():
        _to_place(actor, was, now_is)


def _to_stage(actor: Actor, old: str, new: str) -> None:
    ways = list(Journey.objects.filter(service_id=actor.service, closed_at=None, stage=old).order_by("id"))
    ids = [one.id for one in ways]
    Journey.objects.filter(id__in=ids).update(stage=new)
    StageSpell.objects.filter(journey_id__in=ids, until=None).update(stage=new)
    for way in ways:
        history.record(
            "journey.stage", "journey", way.id, persons=[way.person_id], detail={"from": old, "to": new}
        )


def _to_place(actor: Actor, was: uuid.UUID, now_is: uuid.UUID) -> None:
    now = clock.now()

    def part(way_id: uuid.UUID, person_id: uuid.UUID) -> dict[str, uuid.UUID]:
        return {"service_id": actor.service, "journey_id": way_id, "person_id": person_id}

    for way in Journey.objects.filter(owner_id=was, closed_at=None).order_by("id"):
        Owning.objects.create(**part(way.id, way.person_id), member_id=now_is, since=now)
        Owning.objects.filter(journey_id=way.id, member_id=was, until=None).update(until=now)
        Journey.objects.filter(id=way.id).update(owner_id=now_is)
        history.record(
            "journey.given", "journey", way.id, persons=[way.person_id], detail={"from": was, "to": now_is}
        )
    for cover in Cover.objects.filter(member_id=was, ends__gt=now).order_by("id"):
        Cover.objects.create(
            **part(cover.journey_id, cover.person_id),
            member_id=now_is,
            starts=max(cover.starts, now),
            ends=cover.ends,
            by_member=cover.by_member,
        )
        Cover.objects.filter(id=cover.id).update(ends=max(cover.starts, now))
    for asked in HandOver.objects.filter(to_member_id=was, state=HandOver.State.ASKED).order_by("id"):
        HandOver.objects.filter(id=asked.id).update(state=HandOver.State.TAKEN_BACK, answered_at=now)
        asked.pk, asked.to_member_id = new_id(), now_is
        asked.save(force_insert=True)
    Ending.objects.filter(member_id=was, asked_at=None, again_at=None).update(member_id=now_is)


HELD = """
select 'stages', stage, 'people on their way in this stage', count(*) from journeys_journey
where service_id = %(service)s and closed_at is null and stage <> '' and not stage = any(%(stages)s) group by stage
union all select 'fields', sealed, 'needs, aims and steps under its seal', count(*) from (
    select sealed from journeys_need where service_id = %(service)s
    union all select sealed from journeys_aim where service_id = %(service)s
    union all select sealed from journeys_step where service_id = %(service)s
    union all select sealed from journeys_answers where service_id = %(service)s
    union all select sealed from journeys_helping where service_id = %(service)s
    union all select sealed from journeys_planchange where service_id = %(service)s) under
where sealed <> '' and not sealed = any(%(sealed)s) group by sealed
"""


def held(actor: Actor, plan: Blueprint) -> list[Held]:
    """Stages that are gone while somebody is in them, and fields no longer sealed that seal something.

    Outcomes retire freely: what was reached keeps its code.
    """
    values: dict[str, Any] = {
        "service": actor.service,
        "stages": [stage.code for stage in plan.stages],
        "sealed": [*ALWAYS_SEALED, *(field.code for field in plan.fields if field.sealed)],
    }
    with connection.cursor() as cursor:
        cursor.execute(HELD, values)
        return [Held(*row) for row in cursor.fetchall()]
