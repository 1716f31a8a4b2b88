"""People are not left behind: somebody stands in for whoever is away, and a way moves from coach to coach."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.models import Grant, Person

from ..models import Cover, HandOver, Journey, Owning
from ..queries.handing import Handing
from .journeys import journey_to_change, works_here


def cover(
    actor: Actor,
    journey_ids: Sequence[uuid.UUID],
    member_id: uuid.UUID,
    *,
    starts: datetime,
    ends: datetime,
    key: str,
) -> int:
    """Let a colleague stand in for the coach of these ways for a while; how many were newly covered.

    They see these people for as long. For the coach, and for leaders. Raises NotThere, and Refused where the days
    are none, or where a record is open to named people and they are not among them.
    """
    actors.must(actor, "journeys.work")
    if once.first_time("journey.cover", key, new_id()) is not None:
        return 0
    works_here(actor, member_id)
    if ends <= starts or ends <= clock.now():
        raise Refused(_("The end comes before the beginning."), code="order")
    ways = Journey.objects.filter(id__in=journey_ids, closed_at=None).select_related("person").order_by("id")
    # What one may look at but not change is not there to be covered either.
    found = list(ways.select_for_update(of=("self",), no_key=True))
    if len(found) < len(set(journey_ids)):
        raise NotThere("no such way")
    covered = set(
        Cover.objects.filter(
            journey_id__in=journey_ids, member_id=member_id, starts__lte=starts, ends__gte=ends
        ).values_list("journey_id", flat=True)
    )
    wanted = [one for one in found if one.id not in covered]
    for one in wanted:
        must_give(actor, one)
    _may_see(member_id, [one.person for one in wanted])
    Cover.objects.bulk_create(
        [
            Cover(
                service_id=actor.service,
                person_id=one.person_id,
                journey_id=one.id,
                member_id=member_id,
                starts=starts,
                ends=ends,
                by_member=actor.member_id,
            )
            for one in wanted
        ]
    )
    if wanted:
        history.record(
            "journey.covered",
            "membership",
            member_id,
            persons=[one.person_id for one in wanted],
            detail={"starts": starts, "ends": ends},
        )
    return len(wanted)


def _may_see(member_id: uuid.UUID, persons: Sequence[Person]) -> None:
    """Raise Refused where one of these records is open to named people alone and the colleague is not named."""
    closed = {one.id for one in persons if one.restricted}
    if not closed:
        return
    named = Grant.objects.filter(
        person_id__in=closed, to_member_id=member_id, field="", purpose="named", ends__gt=clock.now()
    )
    if closed - set(named.values_list("person_id", flat=True)):
        raise Refused(
            _("This record is open to named people only, and they are not among them. Name them first."),
            code="not-named",
        )


def end_cover(actor: Actor, cover_id: uuid.UUID) -> uuid.UUID:
    """The colleague stands in no longer, from now on; whose coach they stood in for is left alone with it.

    For the coach, who stands in, and the leader. Returns the way. Raises NotThere, NotAllowed.
    """
    actors.must(actor, "journeys.work")
    standing = Cover.objects.filter(id=cover_id, ends__gt=clock.now()).select_related("journey")
    row = standing.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise NotThere("nobody stands in")
    if row.member_id != actor.member_id:
        must_give(actor, row.journey)
    row.ends = max(row.starts, clock.now())
    row.save(update_fields=["ends"])
    history.record("journey.uncovered", "journey", row.journey_id, persons=[row.person_id])
    return row.journey_id


def may_give(actor: Actor, journey: Journey) -> bool:
    """Whether the way is the actor's to give to others: their own, nobody's, or of the centre they lead."""
    own = journey.owner_id in (None, actor.member_id)
    return own or (actors.may(actor, "journeys.lead") and journey.centre_id == actor.centre_id)


def must_give(actor: Actor, journey: Journey) -> None:
    """Raise NotAllowed unless the way is the actor's to give."""
    if not may_give(actor, journey):
        raise NotAllowed("only their coach, or the leader, gives somebody's way to another")


def ask_to_take_over(
    actor: Actor,
    journey_id: uuid.UUID,
    to_member_id: uuid.UUID,
    *,
    from_day: date,
    until_day: date,
    words: str,
    key: str,
) -> uuid.UUID:
    """Ask a colleague to take somebody's way over; it moves when they accept.

    Both have it in hand from `from_day` to `until_day`. Who is asked sees the person until then. Raises NotThere,
    NotAllowed, and Refused where somebody is asked already.
    """
    made = new_id()
    before = once.first_time("journey.ask", key, made)
    if before is not None:
        return before
    journey = journey_to_change(actor, journey_id)
    must_give(actor, journey)
    works_here(actor, to_member_id)
    _may_see(to_member_id, [journey.person])
    if to_member_id == journey.owner_id:
        raise Refused(_("They are this person's coach already."), code="same")
    if until_day < max(from_day, clock.today(actor.zone)):
        raise Refused(_("The end comes before the beginning."), code="order")
    if HandOver.objects.filter(journey_id=journey_id, state="asked").exists():
        raise Refused(_("Somebody has been asked already."), code="asked")
    HandOver.objects.create(
        id=made,
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey_id,
        from_member_id=journey.owner_id,
        to_member_id=to_member_id,
        from_day=from_day,
        until_day=until_day,
        words=words,
        at=clock.now(),
    )
    history.record(
        "journey.asked", "journey", journey_id, persons=[journey.person_id], detail={"to": to_member_id}
    )
    return made


def answer_hand_over(actor: Actor, hand_over_id: uuid.UUID, *, accept: bool, words: str = "") -> None:
    """Take somebody's way over, or say no. Only who was asked answers; once answered, nothing changes.

    Raises NotThere, NotAllowed.
    """
    actors.must(actor, "journeys.work")
    asked = HandOver.objects.filter(id=hand_over_id).select_for_update(no_key=True).first()
    if asked is None:
        raise NotThere("nobody was asked")
    if asked.to_member_id != actor.member_id:
        raise NotAllowed("only who was asked answers")
    if asked.state != HandOver.State.ASKED:
        return
    if accept:
        journey = journey_to_change(actor, asked.journey_id)
        _give(actor, journey, asked.to_member_id, until=clock.local(asked.until_day, "23:59", actor.zone))
    asked.state = HandOver.State.ACCEPTED if accept else HandOver.State.DECLINED
    asked.answered_at, asked.answer = clock.now(), words
    asked.save(update_fields=["state", "answered_at", "answer"])
    history.record(
        "journey.accepted" if accept else "journey.declined",
        "journey",
        asked.journey_id,
        persons=[asked.person_id],
        detail={"words": words},
    )


def hand_overs_read(actor: Actor, asked: Sequence[Handing]) -> None:
    """The actor has read what they are asked: whoever asked is told so. No statement where all was read before."""
    new = [one for one in asked if one.seen_at is None]
    if not new:
        return
    HandOver.objects.filter(
        id__in=[one.id for one in new], seen_at=None, to_member_id=actor.member_id
    ).update(seen_at=clock.now())
    history.record("journey.asked_read", "journey", None, persons=[one.person_id for one in new])


def take_back(actor: Actor, hand_over_id: uuid.UUID) -> uuid.UUID:
    """Ask no longer: who was asked takes nothing over any more. For the coach of the way, and the leader.

    Returns the person. Once answered, nothing changes. Raises NotThere, NotAllowed.
    """
    actors.must(actor, "journeys.work")
    asked = (
        HandOver.objects.filter(id=hand_over_id)
        .select_related("journey")
        .select_for_update(of=("self",), no_key=True)
        .first()
    )
    if asked is None:
        raise NotThere("nobody was asked")
    must_give(actor, asked.journey)
    if asked.state == HandOver.State.ASKED:
        asked.state, asked.answered_at = HandOver.State.TAKEN_BACK, clock.now()
        asked.save(update_fields=["state", "answered_at"])
        history.record(
            "journey.taken_back",
            "journey",
            asked.journey_id,
            persons=[asked.person_id],
            detail={"to": asked.to_member_id},
        )
    return asked.person_id


def give_coach(actor: Actor, journey_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Give somebody a coach, as their leader; the one before keeps nothing. Raises NotThere, NotAllowed."""
    actors.must(actor, "journeys.lead")
    journey = journey_to_change(actor, journey_id)
    must_give(actor, journey)
    works_here(actor, member_id)
    _may_see(member_id, [journey.person])
    if journey.owner_id == member_id:
        return
    _give(actor, journey, member_id, until=clock.now())
    history.record(
        "journey.given", "journey", journey_id, persons=[journey.person_id], detail={"to": member_id}
    )


def give_coach_to_several(actor: Actor, journey_ids: Sequence[uuid.UUID], member_id: uuid.UUID) -> int:
    """Give several people the same coach, as their leader: all of them or none. Raises what `give_coach` raises.

    How many have a new coach by it.
    """
    had = dict(Journey.objects.filter(id__in=journey_ids).values_list("id", "owner_id"))
    for one in sorted(set(journey_ids)):
        give_coach(actor, one, member_id)
    return sum(owner != member_id for owner in had.values())


def _give(actor: Actor, journey: Journey, member_id: uuid.UUID, *, until: datetime) -> None:
    """Put a way into a colleague's hands; who had it sees the person until then."""
    now = clock.now()
    made = Owning.objects.create(
        service_id=actor.service,
        person_id=journey.person_id,
        journey_id=journey.id,
        member_id=member_id,
        since=now,
    )
    before = Owning.objects.filter(Q(until=None) | Q(until__gt=until), journey_id=journey.id)
    before.exclude(id=made.id).update(until=max(until, now))
    journey.owner_id = member_id
    journey.save(update_fields=["owner_id"])
