"""A way begins: one by hand, or many of a file."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.history import Event
from kohti.kernel.ids import new_id
from kohti.people import actions as people

from .. import rules
from ..models import EntryFact, Journey, Owning, PlanChange, PlanVersion, StageSpell, Step
from .journeys import works_here


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody said of themselves at the beginning; `value` empty: they do not want to say."""

    value: str
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWay:
    """A way that begins: whose, at which centre, with whom, since when, until when at the latest, and the first step.

    `stage_since`: none where they are in that stage from the beginning.
    """

    person_id: uuid.UUID
    centre_id: uuid.UUID
    owner_id: uuid.UUID
    basis: str
    opened_at: datetime
    limit_on: date | None
    stage: str = ""
    stage_since: datetime | None = None
    why_here: str = ""
    facts: Mapping[str, Fact] = dataclasses.field(default_factory=dict)
    step: str = ""
    step_on: date | None = None
    id: uuid.UUID = dataclasses.field(default_factory=new_id)


def open_journey(
    actor: Actor,
    person_id: uuid.UUID,
    *,
    owner_id: uuid.UUID,
    basis: str,
    key: str,
    why_here: str = "",
    facts: Mapping[str, Fact] | None = None,
    stage: str = "",
) -> uuid.UUID:
    """Begin somebody's way through the service, with a coach of their own from the first day.

    It begins at the person's own centre, in the service's first stage unless said otherwise, and ends at the
    blueprint's limit. Raises NotThere for a person or coach that is not there, NotAllowed for who only
    reads of them, and Refused where a way is open.
    """
    actors.must(actor, "journeys.work")
    made = new_id()
    before = once.first_time("journey.open", key, made)
    if before is not None:
        return before
    person = people.kept(person_id)
    if person.died_on is not None:
        raise Refused(_("This person has died."), code="died")
    works_here(actor, owner_id)
    if Journey.objects.filter(person_id=person_id, closed_at=None).exists():
        raise Refused(_("They are on their way with us already."), code="open-already")
    known = [one.code for one in rules.stages(actor)]
    if stage and stage not in known:
        raise NotThere("no such stage")
    begin(
        actor,
        [
            NewWay(
                id=made,
                person_id=person_id,
                centre_id=person.centre_id,
                owner_id=owner_id,
                basis=basis,
                opened_at=clock.now(),
                limit_on=rules.last_day(actor, clock.today(actor.zone)),
                stage=stage or (known[0] if known else ""),
                why_here=why_here,
                facts=facts or {},
            )
        ],
    )
    return made


def begin(actor: Actor, ways: Sequence[NewWay]) -> None:
    """Begin these ways, whose people are known to be free and whose coaches to be here. Eight statements at most."""
    actors.must(actor, "journeys.work")
    now = clock.now()

    def of(way: NewWay) -> dict[str, uuid.UUID]:
        return {"service_id": actor.service, "person_id": way.person_id, "journey_id": way.id}

    Journey.objects.bulk_create(
        [
            Journey(
                id=way.id,
                service_id=actor.service,
                centre_id=way.centre_id,
                person_id=way.person_id,
                owner_id=way.owner_id,
                opened_at=way.opened_at,
                why_here=way.why_here,
                basis=way.basis,
                stage=way.stage,
                stage_since=way.stage_since or way.opened_at,
                limit_on=way.limit_on,
            )
            for way in ways
        ]
    )
    Owning.objects.bulk_create([Owning(**of(way), member_id=way.owner_id, since=now) for way in ways])
    StageSpell.objects.bulk_create(
        [
            StageSpell(
                **of(way), stage=way.stage, since=way.stage_since or way.opened_at, by_member=actor.member_id
            )
            for way in ways
            if way.stage
        ]
    )
    EntryFact.objects.bulk_create(
        [
            EntryFact(**of(way), kind=kind, value=fact.value, since=fact.since)
            for way in ways
            for kind, fact in way.facts.items()
        ]
    )
    _first_steps(actor, [way for way in ways if way.step], now)
    history.record_each(
        [Event("journey.opened", "journey", way.id, [way.person_id], {"owner": way.owner_id}) for way in ways]
    )


def _first_steps(actor: Actor, ways: Sequence[NewWay], now: datetime) -> None:
    steps = [
        Step(
            service_id=actor.service,
            person_id=way.person_id,
            journey_id=way.id,
            words=way.step,
            who=Step.Who.PERSON,
            due_on=way.step_on,
            made_at=now,
            changed_at=now,
        )
        for way in ways
    ]
    versions = [
        PlanVersion(
            service_id=actor.service,
            person_id=way.person_id,
            journey_id=way.id,
            number=1,
            at=now,
            by_member=actor.member_id,
        )
        for way in ways
    ]
    Step.objects.bulk_create(steps)
    PlanVersion.objects.bulk_create(versions)
    PlanChange.objects.bulk_create(
        [
            PlanChange(
                service_id=actor.service,
                person_id=step.person_id,
                journey_id=step.journey_id,
                plan_version_id=version.id,
                position=0,
                kind="step",
                values={
                    "words": step.words,
                    "who": step.who,
                    "who_words": "",
                    "due_on": step.due_on.isoformat() if step.due_on else None,
                },
            )
            for step, version in zip(steps, versions, strict=True)
        ]
    )
