"""A way is stopped for a while, is given more time, moves to another stage."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.team.models import Membership

from .. import rules
from ..models import Cover, Extension, Journey, Owning, Pause, StageSpell


def works_here(actor: Actor, member_id: uuid.UUID) -> Membership:
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


def stage_spell(actor: Actor, journey: Journey, *, why: str) -> None:
    """Begin a stretch in the stage that a way is in now."""
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
    stage_spell(actor, journey, why=why)
    history.record(
        "journey.stage",
        "journey",
        journey_id,
        persons=[journey.person_id],
        detail={"from": before, "to": stage, "why": why},
    )


def pause(actor: Actor, journey_id: uuid.UUID, until: date, why: str, *, key: str) -> uuid.UUID:
    """Stop the time limit from today until a day, saying why. Raises Refused for a day that has passed."""
    made = new_id()
    before = once.first_time("journey.pause", key, made)
    if before is not None:
        return before
    journey = journey_to_change(actor, journey_id)
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


def end_pause(actor: Actor, journey_id: uuid.UUID, why: str = "") -> None:
    """Let the time limit run again from today; why stands in the history. Where it runs, nothing changes."""
    journey = journey_to_change(actor, journey_id)
    today = clock.today(actor.zone)
    if Pause.objects.filter(journey_id=journey_id, until__gt=today).update(until=today):
        history.record(
            "journey.resumed",
            "journey",
            journey_id,
            persons=[journey.person_id],
            detail={"why": why} if why else None,
        )


def extend(actor: Actor, journey_id: uuid.UUID, days: int, why: str, *, key: str) -> uuid.UUID:
    """Give somebody more days than the blueprint does. For leaders. Raises Refused where there is no limit."""
    actors.must(actor, "journeys.lead")
    made = new_id()
    before = once.first_time("journey.extend", key, made)
    if before is not None:
        return before
    journey = journey_to_change(actor, journey_id)
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
    """Whether a way is the actor's own, nobody's, of the centre they lead, or one they stand in for now.

    Also whose coach they were, until the last day that was said when it was handed over.
    """
    if journey.owner_id is None or journey.owner_id == actor.member_id:
        return True
    if actors.may(actor, "journeys.lead") and journey.centre_id == actor.centre_id:
        return True
    now = clock.now()
    standing_in = Cover.objects.filter(
        journey_id=journey.id, member_id=actor.member_id, starts__lte=now, ends__gt=now
    )
    handing_over = Owning.objects.filter(
        journey_id=journey.id, member_id=actor.member_id, since__lte=now, until__gt=now
    )
    return standing_in.values("id").union(handing_over.values("id"), all=True).exists()


def stands(journey: Journey, version: int) -> None:
    """Raise Refused unless the way is the version that was read."""
    if journey.version != version:
        raise Refused(_("Somebody has changed this meanwhile. Nothing of yours was lost."), code="changed")
