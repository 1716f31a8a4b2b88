"""A time that came free was offered to somebody: their answer, or a colleague takes it back."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused

from ..free import Rule, all_offers
from ..models import Booking, Offer
from ..reminding import confirm
from ..suiting import helping_room
from .booking import NewBooking, make, take_turns
from .earlier import move_there


def answer_offer(guest: Actor, offer_id: uuid.UUID, *, yes: bool) -> bool:
    """Whoever was offered a time takes it, or does not want it; False where somebody was quicker.

    Yes moves their appointment there, or makes the one they waited for. Answered again, the first answer counts.
    Raises NotThere, Refused for an offer that is over.
    """
    actors.must(guest, "diary.book")
    offer = _found(offer_id)
    booking = Booking.objects.filter(id=offer.booking_id).first() if offer.booking_id else None
    take_turns([one for one in (booking, _as_booking(offer)) if one is not None])
    offer = _found(offer_id, to_change=True)
    if offer.state in (Offer.State.YES, Offer.State.NO):
        return True
    if offer.state != Offer.State.OPEN or offer.until <= clock.now():
        raise Refused(_("This offer is over."), code="over")
    became = Offer.State.NO
    if yes:
        became = Offer.State.YES if _taken(guest, offer, booking) else Offer.State.GONE
    Offer.objects.filter(id=offer_id).update(state=became, answered_at=clock.now())
    about = ("booking", offer.booking_id) if offer.booking_id else ("person", offer.person_id)
    history.record(
        "offer.answered",
        *about,
        persons=[offer.person_id],
        detail={"answer": str(became), "starts": offer.starts},
        tell=offer.centre_id,
    )
    return became != Offer.State.GONE


def _found(offer_id: uuid.UUID, *, to_change: bool = False) -> Offer:
    rows = Offer.objects.select_for_update(no_key=True) if to_change else Offer.objects.all()
    offer = rows.filter(id=offer_id).first()
    if offer is None:
        raise NotThere("no such offer")
    return offer


def _as_booking(offer: Offer) -> Booking:
    """The appointment it would be, for waiting one's turn."""
    return Booking(person_id=offer.person_id, staff_id=offer.staff_id)


def _taken(guest: Actor, offer: Offer, booking: Booking | None) -> bool:
    """Put the appointment there, or make it; False where the time is no longer to be had."""
    minutes = int((offer.ends - offer.starts) / timedelta(minutes=1))
    rule = Rule(
        minutes=minutes,
        first=offer.starts.astimezone(guest.zone).date(),
        days=0,
        centres=(offer.centre_id,),
        staff=(offer.staff_id,),
        person_id=offer.person_id,
        but=offer.booking_id,
    )
    if not any(one.starts == offer.starts for one in all_offers(guest, rule)):
        return False
    try:
        with once.all_or_nothing():
            if booking is not None:
                move_there(
                    guest,
                    booking.id,
                    starts=offer.starts,
                    staff_id=offer.staff_id,
                    version=booking.version,
                    key=None,
                )
            else:
                _made(guest, offer, minutes)
    except Refused:
        return False
    return True


def _made(guest: Actor, offer: Offer, minutes: int) -> None:
    wanted = NewBooking(
        id=offer.id,
        starts=offer.starts,
        minutes=minutes,
        kind_id=offer.kind_id,
        person_id=offer.person_id,
        staff_id=offer.staff_id,
        room_id=helping_room(guest, offer.person_id, offer.centre_id, offer.staff_id, offer.starts, minutes),
    )
    try:
        with once.all_or_nothing():
            make(guest, offer.centre_id, [wanted])
    except Refused:  # that room has just been taken
        make(guest, offer.centre_id, [replace(wanted, room_id=None)])
    confirm(guest, [offer.id])


def take_back_offer(actor: Actor, offer_id: uuid.UUID) -> None:
    """An offer that is open holds no longer; the next one who waits is asked. Again changes nothing. Raises NotThere."""
    actors.must(actor, "diary.book")
    offer = _found(offer_id, to_change=True)
    if offer.state == Offer.State.OPEN:
        Offer.objects.filter(id=offer_id).update(state=Offer.State.TAKEN_BACK, answered_at=clock.now())
        about = ("booking", offer.booking_id) if offer.booking_id else ("person", offer.person_id)
        history.record("offer.taken_back", *about, persons=[offer.person_id], tell=offer.centre_id)
