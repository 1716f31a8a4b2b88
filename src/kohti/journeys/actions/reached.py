"""What somebody reached, how we know, and whether it lasts."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

from .. import rules
from ..models import LastingCheck, Outcome
from .journeys import journey_to_change


def reach(
    actor: Actor,
    journey_id: uuid.UUID,
    kind: str,
    on: date,
    *,
    key: str,
    words: str = "",
    evidence: str = "",
) -> uuid.UUID:
    """Write that somebody reached something the blueprint names; when it counts as a success, ask if it lasts.

    We ask one, four, thirteen and twenty-six weeks after it. Raises NotThere, and Refused for a day to come.
    """
    journey = journey_to_change(actor, journey_id)
    made = new_id()
    before = once.first_time("outcome.reach", key, made)
    if before is not None:
        return before
    known = {one.code: one for one in rules.outcomes(actor)}
    if kind not in known:
        raise NotThere("no such outcome")
    if on > clock.today(actor.zone):
        raise Refused(_("That day is still to come."), code="to-come")
    Outcome.objects.create(
        id=made,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        kind=kind,
        on=on,
        words=words,
        evidence=evidence,
        by_member=actor.member_id,
        at=clock.now(),
    )
    if known[kind].flag:
        LastingCheck.objects.bulk_create(
            [
                LastingCheck(
                    service_id=actor.service,
                    person_id=journey.person_id,
                    journey_id=journey_id,
                    outcome_id=made,
                    week=week,
                    due_on=on + timedelta(weeks=week),
                )
                for week in rules.LASTING_WEEKS
            ]
        )
    history.record(
        "outcome.reached", "outcome", made, persons=[journey.person_id], detail={"kind": kind, "on": on}
    )
    return made


def verify(actor: Actor, outcome_id: uuid.UUID) -> uuid.UUID:
    """Say that one has seen what shows it; whose it is. Not one's own. Raises NotThere, Refused."""
    actors.must(actor, "journeys.work")
    outcome = Outcome.objects.filter(id=outcome_id, withdrawn_at=None).select_for_update(no_key=True).first()
    if outcome is None:
        raise NotThere("no such outcome")
    if outcome.by_member == actor.member_id:
        raise Refused(_("Somebody else is to verify what you wrote."), code="own")
    if outcome.verified_at is not None:
        return outcome.person_id
    outcome.verified_at, outcome.verified_by_id = clock.now(), actor.staff_id
    outcome.save(update_fields=["verified_at", "verified_by"])
    history.record("outcome.verified", "outcome", outcome_id, persons=[outcome.person_id])
    return outcome.person_id


def withdraw(actor: Actor, outcome_id: uuid.UUID, why: str) -> None:
    """Take back what was written by mistake; it counts no more, and stays in the history. Raises NotThere."""
    actors.must(actor, "journeys.work")
    outcome = Outcome.objects.filter(id=outcome_id, withdrawn_at=None).select_for_update(no_key=True).first()
    if outcome is None:
        raise NotThere("no such outcome")
    outcome.withdrawn_at = clock.now()
    outcome.save(update_fields=["withdrawn_at"])
    LastingCheck.objects.filter(outcome_id=outcome_id, answered_at=None).update(
        answered_at=clock.now(), answer="unknown"
    )
    history.record(
        "outcome.withdrawn", "outcome", outcome_id, persons=[outcome.person_id], detail={"why": why}
    )


def answer_check(actor: Actor, check_id: uuid.UUID, answer: str, words: str = "") -> uuid.UUID:
    """Say whether it lasts; whose it is. Answered again, the newer answer holds. Raises NotThere."""
    actors.must(actor, "journeys.work")
    check = LastingCheck.objects.filter(id=check_id).select_for_update(no_key=True).first()
    if check is None:
        raise NotThere("no such question")
    check.answer, check.words, check.answered_at = answer, words, clock.now()
    check.by_member = actor.member_id
    check.save(update_fields=["answer", "words", "answered_at", "by_member"])
    history.record(
        "outcome.lasts", "outcome", check.outcome_id, persons=[check.person_id], detail={"answer": answer}
    )
    return check.person_id
