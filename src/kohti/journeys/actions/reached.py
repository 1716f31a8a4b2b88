"""What somebody reached, how we know, and whether it lasts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.attachments.models import Attachment

from .. import rules
from ..models import Journey, LastingCheck, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Somebody reached something the blueprint names: when, how we know it in words, and the paper that shows it."""

    kind: str
    on: date
    words: str = ""
    evidence: str = ""
    paper_id: uuid.UUID | None = None
    id: uuid.UUID = field(default_factory=new_id)


def write_outcome(actor: Actor, journey: Journey, new: Reached) -> dict[str, Any]:
    """Write what was reached, of a way that is held already; what the plan's version says of it.

    When it counts as a success we ask one, four, thirteen and twenty-six weeks later whether it lasts. Raises
    NotThere for an outcome or paper that is not there, and Refused for a day to come.
    """
    known = {one.code: one for one in rules.outcomes(actor)}
    if new.kind not in known:
        raise NotThere("no such outcome")
    if new.on > clock.today(actor.zone):
        raise Refused(_("That day is still to come."), code="to-come")
    if (
        new.paper_id is not None
        and not Attachment.objects.filter(
            id=new.paper_id, person_id=journey.person_id, ended_at=None
        ).exists()
    ):
        raise NotThere("no such paper")
    part = {"service_id": actor.service, "person_id": journey.person_id, "journey_id": journey.id}
    Outcome.objects.create(
        **part,
        id=new.id,
        kind=new.kind,
        on=new.on,
        words=new.words,
        evidence=new.evidence,
        paper_id=new.paper_id,
        by_member=actor.member_id,
        at=clock.now(),
    )
    if known[new.kind].flag:
        LastingCheck.objects.bulk_create(
            [
                LastingCheck(**part, outcome_id=new.id, week=week, due_on=new.on + timedelta(weeks=week))
                for week in rules.LASTING_WEEKS
            ]
        )
    history.record(
        "outcome.reached",
        "outcome",
        new.id,
        persons=[journey.person_id],
        detail={"kind": new.kind, "on": new.on},
    )
    return {"titles": dict(known[new.kind].titles), "kind": new.kind, "words": new.words}


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


def withdraw(actor: Actor, outcome_id: uuid.UUID, why: str) -> uuid.UUID:
    """Take back what was written by mistake, saying why; whose it is.

    It counts no more, and stays in the history. Taken back already, nothing changes. Raises NotThere, Refused.
    """
    actors.must(actor, "journeys.work")
    outcome = Outcome.objects.filter(id=outcome_id).select_for_update(no_key=True).first()
    if outcome is None:
        raise NotThere("no such outcome")
    if outcome.withdrawn_at is not None:
        return outcome.person_id
    if not why.strip():
        raise Refused(_("Say why."), code="why")
    outcome.withdrawn_at = clock.now()
    outcome.save(update_fields=["withdrawn_at"])
    LastingCheck.objects.filter(outcome_id=outcome_id, answered_at=None).update(
        answered_at=clock.now(), answer="unknown"
    )
    history.record(
        "outcome.withdrawn", "outcome", outcome_id, persons=[outcome.person_id], detail={"why": why.strip()}
    )
    return outcome.person_id


def answer_check(
    actor: Actor, check_id: uuid.UUID, answer: str, words: str = "", *, ended_on: date | None = None
) -> uuid.UUID:
    """Say whether it lasts; whose it is. Answered again, the newer answer holds.

    A "no" says when it ended, and answers the questions still to come; taken back, they are asked again. Raises
    NotThere, and Refused for a "no" without a day, or with one before it was reached or still to come.
    """
    actors.must(actor, "journeys.work")
    locked = LastingCheck.objects.filter(id=check_id).select_for_update(no_key=True, of=("self",))
    check = locked.select_related("outcome").first()
    if check is None or check.outcome.withdrawn_at is not None:
        raise NotThere("no such question")
    today = clock.today(actor.zone)
    ended = answer == LastingCheck.Answer.NO
    if ended and ended_on is None:
        raise Refused(_("Say when it ended."), code="when")
    if ended and ended_on is not None and not check.outcome.on <= ended_on <= today:
        raise Refused(_("Choose a day between the day it was reached and today."), code="order")
    was = check.answer
    check.answer, check.words, check.answered_at = answer, words.strip(), clock.now()
    check.by_member, check.ended_on = actor.member_id, ended_on if ended else None
    check.save(update_fields=["answer", "words", "answered_at", "by_member", "ended_on"])
    later = LastingCheck.objects.filter(outcome_id=check.outcome_id, week__gt=check.week)
    if ended:
        later.filter(answered_at=None).update(
            answer=answer, ended_on=ended_on, answered_at=check.answered_at, by_member=actor.member_id
        )
    elif was == LastingCheck.Answer.NO:
        later.filter(answer=was, due_on__gt=today).update(answer="", ended_on=None, answered_at=None)
    history.record(
        "outcome.lasts",
        "outcome",
        check.outcome_id,
        persons=[check.person_id],
        detail={"answer": answer, "week": check.week, "ended_on": check.ended_on},
    )
    return check.person_id
