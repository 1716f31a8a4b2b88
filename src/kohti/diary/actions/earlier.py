"""Whoever would come earlier: asked for, offered, filled."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, time

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

from ..models import Booking, Wish
from .changing import move


def ask_earlier(
    actor: Actor,
    booking_id: uuid.UUID,
    *,
    staff_id: uuid.UUID | None = None,
    weekdays: Sequence[int] = (),
    opens: time | None = None,
    closes: time | None = None,
    key: str,
) -> uuid.UUID:
    """Somebody would have this appointment earlier: with whom, on which weekdays, between which wall times; the wish.

    One an appointment: asked again, the newer words count and the place in the order stays. Raises NotThere, Refused.
    """
    actors.must(actor, "diary.book")
    made = new_id()
    before = once.first_time("wish.asked", key, made)
    if before is not None:
        return before
    booking = Booking.objects.filter(id=booking_id).select_for_update(no_key=True).first()
    if booking is None or booking.person_id is None:
        raise NotThere("no such appointment")
    if booking.state != Booking.State.BOOKED or booking.starts <= clock.now():
        raise Refused(_("This appointment is over or cancelled."), code="not-booked")
    if opens and closes and closes <= opens:
        raise Refused(_("The end comes before the beginning."), code="order")
    said = {
        "staff_id": staff_id,
        "weekdays": sorted(set(weekdays)),
        "opens": opens,
        "closes": closes,
        "before": booking.starts,
    }
    found = Wish.objects.filter(booking_id=booking_id, ended_at=None).first()
    if found is not None:
        Wish.objects.filter(id=found.id).update(**said)
        made = found.id
    else:
        Wish.objects.create(
            id=made,
            service_id=actor.service,
            centre_id=booking.centre_id,
            person_id=booking.person_id,
            booking_id=booking_id,
            asked_at=clock.now(),
            by_member=actor.member_id,
            **said,
        )
    history.record("wish.asked", "booking", booking_id, persons=[booking.person_id], tell=booking.centre_id)
    return made


def take_wish_back(actor: Actor, wish_id: uuid.UUID) -> None:
    """They wait for an earlier time no longer. Raises NotThere."""
    actors.must(actor, "diary.book")
    wish = Wish.objects.filter(id=wish_id).first()
    if wish is None:
        raise NotThere("no such wish")
    if wish.ended_at is None:
        Wish.objects.filter(id=wish_id).update(ended_at=clock.now(), ended=Wish.Ended.TAKEN_BACK)
        history.record(
            "wish.ended", "booking", wish.booking_id, persons=[wish.person_id], tell=wish.centre_id
        )


def take_earlier(
    actor: Actor, wish_id: uuid.UUID, *, starts: datetime, staff_id: uuid.UUID, version: int, key: str
) -> Booking:
    """Give them the earlier time: the appointment is moved there, and they wait no longer.

    Raises NotThere, and Refused where it is not earlier, was taken meanwhile, or they no longer wait.
    """
    actors.must(actor, "diary.book")
    wish = Wish.objects.filter(id=wish_id).first()
    if wish is None:
        raise NotThere("no such wish")
    if wish.ended_at is None and starts >= wish.before:
        raise Refused(_("This time is not earlier."), code="not-earlier")
    return move(actor, wish.booking_id, starts=starts, staff_id=staff_id, version=version, key=key)
