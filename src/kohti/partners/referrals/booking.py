"""An appointment in the partner's own book, where their colleague's book is kept at the centre one books for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.utils.translation import gettext as _

from kohti.diary import actions as diary
from kohti.diary.actions import NewBooking
from kohti.diary.free import Free, free_times
from kohti.diary.models import Kind
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.team.models import Membership

from .actions import is_here
from .models import Referral
from .queries import Page
from .states import OPEN


def times(actor: Actor, page: Page) -> list[tuple[str, str]]:
    """Free times of the named colleague and the person: the instant, and its words. Nothing where there is no such book."""
    one = page.one
    if not page.here or one.how != Referral.How.APPOINTMENT or one.booking_id or one.state not in OPEN:
        return []
    return [
        (
            free.starts.astimezone(UTC).isoformat(),
            f"{words.day_long(free.starts.astimezone(actor.zone).date())} {words.clock_time(free.starts, actor.zone)}",
        )
        for free in _free(actor, one)
    ]


def _kind(actor: Actor) -> Kind | None:
    return Kind.objects.filter(service_id=actor.service, retired=False).order_by("minutes", "code").last()


def _free(actor: Actor, one: Referral) -> list[Free]:
    member = (
        Membership.objects.filter(id=one.to_member_id, centre_id=actor.centre).first()
        if one.to_member_id
        else None
    )
    kind = _kind(actor)
    if member is None or kind is None or not actors.may(actor, "diary.book"):
        return []
    return list(
        free_times(
            actor,
            staff_id=member.staff_id,
            person_id=one.person_id,
            minutes=kind.minutes,
            first=clock.today(actor.zone),
        )
    )[:3]


def book(actor: Actor, referral_id: uuid.UUID, at: str, *, key: str) -> None:
    """Book one of the times that are offered. Raises NotThere, and Refused where it has been taken meanwhile."""
    actors.must(actor, "diary.book")
    one = Referral.objects.filter(id=referral_id).select_for_update(of=("self",), no_key=True).first()
    if one is None:
        raise NotThere("no such referral")
    booking_id = uuid.uuid5(referral_id, key)
    if once.first_time("referrals.book", key, booking_id) is not None:
        return
    if (
        one.state not in OPEN
        or one.how != Referral.How.APPOINTMENT
        or one.ends <= clock.now()
        or not is_here(actor, one)
    ):
        raise Refused(_("This is over: nothing can be said to it any more."), code="over")
    kind = _kind(actor)
    try:
        starts = datetime.fromisoformat(at)
    except ValueError:
        starts = None
    free = next((found for found in _free(actor, one) if found.starts == starts), None)
    if free is None or kind is None or one.booking_id:
        raise Refused(_("This time has just been taken. Choose another one."), code="taken")
    made = NewBooking(
        starts=free.starts,
        minutes=kind.minutes,
        kind_id=kind.id,
        person_id=one.person_id,
        staff_id=free.staff_id,
        room_id=free.room_id,
        id=booking_id,
    )
    diary.book_agreed(actor, actor.centre, made)
    Referral.objects.filter(id=referral_id).update(booking_id=booking_id, ours_at=clock.now())
    history.record(
        "referral.booked",
        "referral",
        referral_id,
        persons=[one.person_id],
        detail={"starts": free.starts, "minutes": kind.minutes},
        tell=referral_id,
    )
