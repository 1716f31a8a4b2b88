"""Whoever would come earlier, or as soon as there is a time: asked for, offered, filled."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people.models import Person
from kohti.team.models import Staff

from ..models import Booking, Kind, Wish
from ..suiting import helping_room
from .booking import NewBooking, take_turns
from .changing import book_one, move


def ask_earlier(
    actor: Actor,
    booking_id: uuid.UUID,
    *,
    staff_id: uuid.UUID | None = None,
    anybody: bool = False,
    weekdays: Sequence[int] = (),
    opens: time | None = None,
    closes: time | None = None,
    until: date | None = None,
    key: str,
) -> uuid.UUID:
    """Somebody would have this appointment earlier: on which weekdays, between which wall times, by which day; the wish.

    With the colleague it is with, with another (`staff_id`), or with `anybody`. One an appointment: asked again, the
    newer words count and the place in the order stays. Raises NotThere, Refused.
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
    ends = _end_of(actor, until)
    said = _said(staff_id, weekdays, opens, closes, until) | {
        "anybody": anybody,
        "before": min(booking.starts, ends) if ends else booking.starts,
    }
    found = Wish.objects.filter(booking_id=booking_id, ended_at=None).first()
    if found is not None:
        Wish.objects.filter(id=found.id).update(**said)
        made = found.id
    else:
        _note(actor, made, booking.centre_id, booking.person_id, said | {"booking_id": booking_id})
    history.record("wish.asked", "booking", booking_id, persons=[booking.person_id], tell=booking.centre_id)
    return made


def ask_for_time(
    actor: Actor,
    person_id: uuid.UUID,
    kind_id: uuid.UUID,
    *,
    staff_id: uuid.UUID | None = None,
    weekdays: Sequence[int] = (),
    opens: time | None = None,
    closes: time | None = None,
    until: date,
    key: str,
) -> uuid.UUID:
    """Somebody without an appointment waits for one of a kind, as soon as there is a time; the wish.

    With a colleague or, without `staff_id`, with any of the actor's centre. One a kind: asked again, the newer words
    count and the place in the order stays. Raises NotThere, Refused.
    """
    actors.must(actor, "diary.book")
    made = new_id()
    before = once.first_time("wish.asked", key, made)
    if before is not None:
        return before
    take_turns([Booking(person_id=person_id)])  # whoever asks may not change the person
    person = Person.objects.filter(id=person_id).first()
    if person is None or not Kind.objects.filter(id=kind_id, retired=False).exists():
        raise NotThere("no such person, or no such kind")
    if person.died_on is not None:
        raise Refused(_("This person has died."), code="died")
    if staff_id is not None and not Staff.objects.filter(id=staff_id, centre_id=actor.centre).exists():
        raise NotThere("no such colleague here")
    said = _said(staff_id, weekdays, opens, closes, until) | {"before": _end_of(actor, until)}
    found = Wish.objects.filter(
        person_id=person_id, kind_id=kind_id, centre_id=actor.centre, ended_at=None
    ).first()
    if found is not None:
        Wish.objects.filter(id=found.id).update(**said)
        made = found.id
    else:
        _note(actor, made, actor.centre, person_id, said | {"kind_id": kind_id})
    history.record("wish.asked", "person", person_id, persons=[person_id], tell=actor.centre)
    return made


def _said(
    staff_id: uuid.UUID | None,
    weekdays: Sequence[int],
    opens: time | None,
    closes: time | None,
    until: date | None,
) -> dict[str, Any]:
    if opens and closes and closes <= opens:
        raise Refused(_("The end comes before the beginning."), code="order")
    days = sorted(set(weekdays))
    return {"staff_id": staff_id, "weekdays": days, "opens": opens, "closes": closes, "until": until}


def _end_of(actor: Actor, until: date | None) -> datetime | None:
    """When the last day that suits is over. Raises Refused for one that is over already."""
    if until is None:
        return None
    if until < clock.today(actor.zone):
        raise Refused(_("This day is over."), code="over")
    return clock.local(until + timedelta(days=1), "00:00", actor.zone)


def _note(
    actor: Actor, made: uuid.UUID, centre_id: uuid.UUID, person_id: uuid.UUID, said: dict[str, Any]
) -> None:
    Wish.objects.create(
        id=made,
        service_id=actor.service,
        centre_id=centre_id,
        person_id=person_id,
        asked_at=clock.now(),
        by_member=actor.member_id,
        **said,
    )


def take_wish_back(actor: Actor, wish_id: uuid.UUID) -> None:
    """They wait no longer. Raises NotThere."""
    actors.must(actor, "diary.book")
    wish = Wish.objects.filter(id=wish_id).first()
    if wish is None:
        raise NotThere("no such wish")
    if wish.ended_at is None:
        Wish.objects.filter(id=wish_id).update(ended_at=clock.now(), ended=Wish.Ended.TAKEN_BACK)
        about = ("booking", wish.booking_id) if wish.booking_id else ("person", wish.person_id)
        history.record("wish.ended", *about, persons=[wish.person_id], tell=wish.centre_id)


def take_earlier(
    actor: Actor, wish_id: uuid.UUID, *, starts: datetime, staff_id: uuid.UUID, version: int, key: str
) -> uuid.UUID:
    """Give them the time: their appointment is moved there, or made, and they wait no longer; the appointment.

    Of two who give it at once, and of them and a yes to what was offered, one does: again with the same key changes
    nothing. Raises NotThere, and Refused where it is not earlier, was taken meanwhile, or they no longer wait.
    """
    actors.must(actor, "diary.book")
    wish = _held(wish_id, staff_id)
    if wish.ended == Wish.Ended.FILLED and wish.booking_id is None:
        with once.all_or_nothing():
            made = once.first_time("booking.made", key, wish_id)
            if made is None:
                raise Refused(_("This is no longer here."), code="ended")
        return made
    if wish.ended not in ("", Wish.Ended.FILLED):
        raise Refused(_("This is no longer here."), code="ended")
    if wish.ended_at is None and starts >= wish.before:
        raise Refused(_("This time is not earlier."), code="not-earlier")
    if wish.booking_id is not None:
        return move_there(
            actor, wish.booking_id, starts=starts, staff_id=staff_id, version=version, key=key
        ).id
    assert wish.kind is not None
    wanted = NewBooking(
        starts=starts,
        minutes=wish.kind.minutes,
        kind_id=wish.kind.id,
        person_id=wish.person_id,
        staff_id=staff_id,
        room_id=helping_room(actor, wish.person_id, wish.centre_id, staff_id, starts, wish.kind.minutes),
    )
    return book_one(actor, wish.centre_id, wanted, key=key)


def _held(wish_id: uuid.UUID, staff_id: uuid.UUID) -> Wish:
    """The wish as it stands; of somebody who has no appointment yet, once nobody else is giving them one."""
    wish = Wish.objects.filter(id=wish_id).select_related("kind").first()
    if wish is not None and wish.booking_id is None:
        take_turns([Booking(person_id=wish.person_id, staff_id=staff_id)])
        rows = Wish.objects.select_for_update(no_key=True, of=("self",)).select_related("kind")
        wish = rows.filter(id=wish_id).first()
    if wish is None:
        raise NotThere("no such wish")
    return wish


def move_there(
    actor: Actor,
    booking_id: uuid.UUID,
    *,
    starts: datetime,
    staff_id: uuid.UUID,
    version: int,
    key: str | None,
) -> Booking:
    """Move an appointment to a time that was found for it: into a room that has what helps, where they need one.

    Where its room is taken then, without one: whom it is with finds another. Raises as `move` does.
    """
    before = Booking.objects.filter(id=booking_id).first()
    room_id = None
    if before is not None:
        minutes = int((before.ends - before.starts) / timedelta(minutes=1))
        room_id = helping_room(
            actor, before.person_id, before.centre_id, staff_id, starts, minutes, but=before
        )

    def moved(*, without_room: bool) -> Booking:
        with once.all_or_nothing():
            return move(
                actor,
                booking_id,
                starts=starts,
                staff_id=staff_id,
                room_id=room_id,
                without_room=without_room,
                version=version,
                key=key,
            )

    try:
        return moved(without_room=False)
    except Refused as trouble:
        if trouble.code not in ("clash", "drop-in"):
            raise
        return moved(without_room=True)
