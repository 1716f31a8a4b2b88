"""A way ends, somebody asks later how it goes, and it begins again."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people import actions as people

from ..models import Ending, Journey, LastingCheck, Owning, StageSpell
from .journeys import has_in_hand, journey_to_change, stage_spell, stands, works_here


def close(
    actor: Actor,
    journey_id: uuid.UUID,
    words: str,
    *,
    version: int,
    follow_up_on: date | None = None,
    follow_up_by: uuid.UUID | None = None,
) -> None:
    """End somebody's way: what was done and what was not, thanks, when we ask how it goes, and who asks.

    Its owner asks unless somebody else is named; whoever asks sees the person until then. Its owner keeps sight for 90
    days more, or until two weeks after they were to ask for the last time whether what was reached lasts. Closing
    again changes nothing. Raises NotAllowed for whoever has it not in hand, NotThere for a colleague who is not there,
    and Refused for a day that has passed and where somebody changed the way meanwhile.
    """
    actors.must(actor, "journeys.work")
    done = Journey.objects.filter(id=journey_id, closed_at__isnull=False, version=version + 1).exists()
    if done:
        return
    journey = journey_to_change(actor, journey_id)
    if not has_in_hand(actor, journey):
        raise NotAllowed("only their coach, who stands in, or the leader ends somebody's way")
    stands(journey, version)
    if follow_up_on is not None and follow_up_on <= clock.today(actor.zone):
        raise Refused(_("Choose a day that is still to come."), code="past")
    if follow_up_by is not None:
        works_here(actor, follow_up_by)
    now = clock.now()
    StageSpell.objects.filter(journey_id=journey_id, until=None).update(until=now)
    until = now + timedelta(days=90)
    asked = LastingCheck.objects.filter(journey_id=journey_id, answered_at=None).aggregate(last=Max("due_on"))
    if asked["last"] is not None:
        until = max(until, clock.local(asked["last"], "12:00", actor.zone) + timedelta(days=14))
    Owning.objects.filter(journey_id=journey_id, until=None).update(until=until)
    journey.closed_at, journey.closed_with, journey.follow_up_on = now, words, follow_up_on
    journey.version = version + 1
    journey.save(update_fields=["closed_at", "closed_with", "follow_up_on", "version"])
    Ending.objects.create(
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        at=now,
        words=words,
        by_member=actor.member_id,
        follow_up_on=follow_up_on,
        member_id=follow_up_by or journey.owner_id or actor.member_id,
    )
    history.record(
        "journey.closed", "journey", journey_id, persons=[journey.person_id], detail={"words": words}
    )


def reopen(actor: Actor, journey_id: uuid.UUID, owner_id: uuid.UUID, why: str, *, version: int) -> None:
    """Take a way up again, at the person's own centre: everything is kept. Raises Refused where another is open."""
    journey = journey_to_change(actor, journey_id, closed=True)
    stands(journey, version)
    works_here(actor, owner_id)
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
    Ending.objects.filter(journey_id=journey_id, again_at=None).update(again_at=now, again_why=why)
    # Only now: whoever opens it again may see the person by what ends here.
    Owning.objects.filter(journey_id=journey_id, until__gt=now).update(until=now)
    if journey.stage:
        stage_spell(actor, journey, why=why)
    history.record(
        "journey.reopened", "journey", journey_id, persons=[journey.person_id], detail={"why": why}
    )


def follow_up(actor: Actor, ending_id: uuid.UUID, answer: str) -> uuid.UUID:
    """Write how it goes with somebody whose way has ended; who it is. Asked once is enough.

    Raises NotThere, and Refused where nothing is written.
    """
    actors.must(actor, "journeys.work")
    ending = Ending.objects.filter(id=ending_id, again_at=None, follow_up_on__isnull=False).first()
    if ending is None:
        raise NotThere("no such end")
    if not answer.strip():
        raise Refused(_("Write how it goes, or that nobody was reached."), code="nothing")
    if Ending.objects.filter(id=ending_id, asked_at=None).update(asked_at=clock.now(), answer=answer):
        history.record(
            "journey.followed_up",
            "journey",
            ending.journey_id,
            persons=[ending.person_id],
            detail={"answer": answer},
        )
    return ending.person_id
