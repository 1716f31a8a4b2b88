"""A way begins, is stopped for a while, is given more time, moves to another stage, ends, and begins again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.team.models import Membership

from .. import rules
from ..models import Cover, EntryFact, Extension, Journey, Owning, Pause, StageSpell


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody said of themselves at the beginning; `value` empty: they do not want to say."""

    value: str
    since: date | None = None


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
    _works_here(actor, owner_id)
    if Journey.objects.filter(person_id=person_id, closed_at=None).exists():
        raise Refused(_("They are on their way with us already."), code="open-already")
    now = clock.now()
    known = [one.code for one in rules.stages(actor)]
    if stage and stage not in known:
        raise NotThere("no such stage")
    journey = Journey(
        id=made,
        service_id=actor.service,
        centre_id=person.centre_id,
        person_id=person_id,
        owner_id=owner_id,
        opened_at=now,
        why_here=why_here,
        basis=basis,
        stage=stage or (known[0] if known else ""),
        stage_since=now,
        limit_on=rules.last_day(actor, clock.today(actor.zone)),
    )
    journey.save(force_insert=True)
    Owning.objects.create(
        service_id=actor.service, person_id=person_id, journey_id=made, member_id=owner_id, since=now
    )
    if journey.stage:
        _stage_spell(actor, journey, why="")
    EntryFact.objects.bulk_create(
        [
            EntryFact(
                service_id=actor.service,
                person_id=person_id,
                journey_id=made,
                kind=kind,
                value=fact.value,
                since=fact.since,
            )
            for kind, fact in (facts or {}).items()
        ]
    )
    history.record("journey.opened", "journey", made, persons=[person_id], detail={"owner": owner_id})
    return made


def _works_here(actor: Actor, member_id: uuid.UUID) -> Membership:
    """A colleague's place that holds now. Raises NotThere."""
    now = clock.now()
    member = Membership.objects.filter(id=member_id, service_id=actor.service, starts__lte=now).first()
    if member is None or (member.ends is not None and member.ends <= now):
        raise NotThere("no such colleague")
    return member


def journey_to_change(actor: Actor, journey_id: uuid.UUID, *, closed: bool = False) -> Journey:
    """An open way (or a closed one) that the actor works with, held until the end of the transaction.

    Raises NotThere, and Refused where it has ended (or is still open).
    """
    actors.must(actor, "journeys.work")
    journey = Journey.objects.filter(id=journey_id).select_for_update(no_key=True).first()
    if journey is None:
        raise NotThere("no such way")
    if (journey.closed_at is not None) != closed:
        raise Refused(
            _("This way is open.") if closed else _("This way has ended. Open it again first."),
            code="open" if closed else "closed",
        )
    return journey


def _stage_spell(actor: Actor, journey: Journey, *, why: str) -> None:
    StageSpell.objects.create(
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey.id,
        stage=journey.stage,
        since=journey.stage_since,
        why=why,
        by_member=actor.member_id,
    )


def move_to_stage(actor: Actor, journey_id: uuid.UUID, stage: str, why: str = "") -> None:
    """Move somebody to another stage, forwards or back, saying why. Where they are already, nothing changes.

    Raises NotThere for a stage the service does not have.
    """
    journey = journey_to_change(actor, journey_id)
    if journey.stage == stage:
        return
    if stage not in {one.code for one in rules.stages(actor)}:
        raise NotThere("no such stage")
    now = clock.now()
    StageSpell.objects.filter(journey_id=journey_id, until=None).update(until=now)
    before, journey.stage, journey.stage_since = journey.stage, stage, now
    journey.save(update_fields=["stage", "stage_since"])
    _stage_spell(actor, journey, why=why)
    history.record(
        "journey.stage",
        "journey",
        journey_id,
        persons=[journey.person_id],
        detail={"from": before, "to": stage, "why": why},
    )


def pause(actor: Actor, journey_id: uuid.UUID, until: date, why: str, *, key: str) -> uuid.UUID:
    """Stop the time limit from today until a day, saying why. Raises Refused for a day that has passed."""
    journey = journey_to_change(actor, journey_id)
    made = new_id()
    before = once.first_time("journey.pause", key, made)
    if before is not None:
        return before
    today = clock.today(actor.zone)
    if until <= today:
        raise Refused(_("Choose a day that is still to come."), code="past")
    if Pause.objects.filter(journey_id=journey_id, until__gt=today).exists():
        raise Refused(_("The time limit stands still already."), code="paused")
    Pause.objects.create(
        id=made,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        since=today,
        until=until,
        why=why,
        by_member=actor.member_id,
    )
    history.record(
        "journey.paused",
        "journey",
        journey_id,
        persons=[journey.person_id],
        detail={"until": until, "why": why},
    )
    return made


def end_pause(actor: Actor, journey_id: uuid.UUID) -> None:
    """Let the time limit run again from today. Where it runs, nothing changes."""
    journey = journey_to_change(actor, journey_id)
    today = clock.today(actor.zone)
    if Pause.objects.filter(journey_id=journey_id, until__gt=today).update(until=today):
        history.record("journey.resumed", "journey", journey_id, persons=[journey.person_id])


def extend(actor: Actor, journey_id: uuid.UUID, days: int, why: str, *, key: str) -> uuid.UUID:
    """Give somebody more days than the blueprint does. For leaders. Raises Refused where there is no limit."""
    actors.must(actor, "journeys.lead")
    journey = journey_to_change(actor, journey_id)
    made = new_id()
    before = once.first_time("journey.extend", key, made)
    if before is not None:
        return before
    if journey.limit_on is None:
        raise Refused(_("There is no time limit."), code="no-limit")
    Extension.objects.create(
        id=made,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        days=days,
        why=why,
        by_member=actor.member_id,
        at=clock.now(),
    )
    history.record(
        "journey.extended",
        "journey",
        journey_id,
        persons=[journey.person_id],
        detail={"days": days, "why": why},
    )
    return made


def has_in_hand(actor: Actor, journey: Journey) -> bool:
    """Whether a way is the actor's own, nobody's, of the centre they lead, or one they stand in for now."""
    if journey.owner_id is None or journey.owner_id == actor.member_id:
        return True
    if actors.may(actor, "journeys.lead") and journey.centre_id == actor.centre_id:
        return True
    now = clock.now()
    return Cover.objects.filter(
        journey_id=journey.id, member_id=actor.member_id, starts__lte=now, ends__gt=now
    ).exists()


def close(
    actor: Actor, journey_id: uuid.UUID, words: str, *, version: int, follow_up_on: date | None = None
) -> None:
    """End somebody's way: what was done and what was not, thanks, and when we ask how it goes.

    Its owner keeps sight for 90 days more. Closing again changes nothing. Raises NotAllowed for whoever has it not in
    hand, and Refused where somebody changed it meanwhile.
    """
    actors.must(actor, "journeys.work")
    done = Journey.objects.filter(id=journey_id, closed_at__isnull=False, version=version + 1).exists()
    if done:
        return
    journey = journey_to_change(actor, journey_id)
    if not has_in_hand(actor, journey):
        raise NotAllowed("only their coach, who stands in, or the leader ends somebody's way")
    stands(journey, version)
    now = clock.now()
    StageSpell.objects.filter(journey_id=journey_id, until=None).update(until=now)
    Owning.objects.filter(journey_id=journey_id, until=None).update(until=now + timedelta(days=90))
    journey.closed_at, journey.closed_with, journey.follow_up_on = now, words, follow_up_on
    journey.version = version + 1
    journey.save(update_fields=["closed_at", "closed_with", "follow_up_on", "version"])
    history.record(
        "journey.closed", "journey", journey_id, persons=[journey.person_id], detail={"words": words}
    )


def reopen(actor: Actor, journey_id: uuid.UUID, owner_id: uuid.UUID, why: str, *, version: int) -> None:
    """Take a way up again, at the person's own centre: everything is kept. Raises Refused where another is open."""
    journey = journey_to_change(actor, journey_id, closed=True)
    stands(journey, version)
    _works_here(actor, owner_id)
    if Journey.objects.filter(person_id=journey.person_id, closed_at=None).exists():
        raise Refused(_("They are on their way with us already."), code="open-already")
    now = clock.now()
    Owning.objects.create(
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        member_id=owner_id,
        since=now,
    )
    journey.closed_at, journey.owner_id, journey.stage_since = None, owner_id, now
    journey.centre_id = people.seen(journey.person_id).centre_id
    journey.version = version + 1
    journey.save(update_fields=["closed_at", "owner_id", "centre_id", "stage_since", "version"])
    # Only now: whoever opens it again may see the person by what ends here.
    Owning.objects.filter(journey_id=journey_id, until__gt=now).update(until=now)
    if journey.stage:
        _stage_spell(actor, journey, why=why)
    history.record(
        "journey.reopened", "journey", journey_id, persons=[journey.person_id], detail={"why": why}
    )


def stands(journey: Journey, version: int) -> None:
    """Raise Refused unless the way is the version that was read."""
    if journey.version != version:
        raise Refused(_("Somebody has changed this meanwhile. Nothing of yours was lost."), code="changed")
