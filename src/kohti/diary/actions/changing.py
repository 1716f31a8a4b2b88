"""One appointment of the book: made, moved, cancelled, by whoever keeps the book or holds its link."""

from __future__ import annotations

import uuid
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people

from ..models import Booking
from ..news import tell_days
from ..reminding import confirm
from .booking import NewBooking, book, clash_words, take_turns
from .following import after_change
from .keeping import can_be_kept

MOST_REASON = 200


def book_one(actor: Actor, centre_id: uuid.UUID, wanted: NewBooking, *, key: str) -> uuid.UUID:
    """Book one appointment at a time that is not over; its id. Again with the same key changes nothing.

    Raises NotThere, NotAllowed, and Refused in words: the centre is closed, the colleague is away, or somebody or
    a room is taken.
    """
    actors.must(actor, "diary.book")
    if wanted.beside:
        actors.must(actor, "diary.overbook")
    claim = new_id()
    before = once.first_time("booking.made", key, claim)
    if before is not None:
        return before
    return book_agreed(actor, centre_id, replace(wanted, id=claim)).id


def book_agreed(actor: Actor, centre_id: uuid.UUID, wanted: NewBooking) -> Booking:
    """Book what was agreed in another move, such as the end of a talk, of which this is a part: as the book does it.

    Whoever calls has asked for their own verb and claimed their own key. Raises NotThere, NotAllowed, Refused.
    """
    can_be_kept(actor, centre_id, wanted)
    made = book(actor, centre_id, [wanted])[0]
    confirm(actor, [made.id])
    return made


def move(
    actor: Actor,
    booking_id: uuid.UUID,
    *,
    starts: datetime,
    staff_id: uuid.UUID | None = None,
    room_id: uuid.UUID | None = None,
    minutes: int | None = None,
    without_room: bool = False,
    beside: bool = False,
    version: int,
    key: str | None,
) -> Booking:
    """Put an appointment that is still to come at another time, with another colleague, into another room.

    What is not said stays as it is: its id, its colleague, its room, its length; its version counts up. `beside`: on
    purpose beside what the colleague has then. Of two who move one version the second is refused, and so is a time
    at which somebody is taken. Raises NotThere, NotAllowed, Refused.
    """
    actors.must(actor, "diary.book")
    if beside:
        actors.must(actor, "diary.overbook")
    if once.first_time("booking.moved", key, booking_id) is not None:
        return _standing(booking_id)
    before = _standing(booking_id)
    wanted = NewBooking(
        starts=starts.astimezone(UTC),
        minutes=minutes or int((before.ends - before.starts) / timedelta(minutes=1)),
        kind_id=before.kind_id,
        person_id=before.person_id,
        staff_id=staff_id or before.staff_id,
        room_id=None if without_room else room_id or before.room_id,
    )
    ends = wanted.starts + timedelta(minutes=wanted.minutes)
    can_be_kept(
        actor,
        before.centre_id,
        replace(wanted, beside=beside),
        at_its_time=(wanted.starts, ends) == (before.starts, before.ends),
    )
    after = copy(before)
    after.day = wanted.starts.astimezone(actor.zone).date()
    after.starts, after.ends = wanted.starts, ends
    after.staff_id, after.room_id = wanted.staff_id, wanted.room_id
    stays = (after.starts, after.ends, after.staff_id) == (before.starts, before.ends, before.staff_id)
    if beside:
        after.beside_by = actor.member_id
    elif not stays:
        after.beside_by = None
    take_turns([before, after])
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "update diary_booking set day = %s, starts = %s, ends = %s, staff_id = %s, room_id = %s,"
                " beside_by = %s, version = version + 1"
                " where id = %s and state = 'booked' and version = %s returning version",
                [
                    after.day,
                    after.starts,
                    after.ends,
                    after.staff_id,
                    after.room_id,
                    after.beside_by,
                    booking_id,
                    version,
                ],
            )
            row = cursor.fetchone()
    except IntegrityError as clash:
        raise Refused(clash_words(str(clash)), code="clash") from clash
    if row is None:
        now = _standing(booking_id)
        if now.state != Booking.State.BOOKED:
            raise Refused(_("This booking can no longer be moved."), code="not-booked")
        raise _changed_meanwhile()
    after.version = row[0]
    if after.day != before.day and after.person_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("select kohti.follow_booking(%s)", [booking_id])
    history.record(
        "booking.moved",
        "booking",
        booking_id,
        persons=[after.person_id] if after.person_id else [],
        detail={
            name: {"before": old, "after": new}
            for name, old, new in (
                ("starts", before.starts, after.starts),
                ("ends", before.ends, after.ends),
                ("staff", before.staff_id, after.staff_id),
                ("room", before.room_id, after.room_id),
                ("beside", before.beside_by, after.beside_by),
            )
            if old != new
        },
    )
    moved = after.starts != before.starts
    after_change(
        actor,
        [booking_id],
        moved=[booking_id] if moved else [],
        told=[] if moved or stays else [booking_id],
    )
    tell_days(after.centre_id, {before.day, after.day})
    return after


def cancel(
    actor: Actor, booking_id: uuid.UUID, *, reason: str = "", version: int | None = None, key: str | None
) -> None:
    """Cancel an appointment that is still booked, and say why; its time is free again.

    With `version` only as whoever cancels has seen it. Raises Refused.
    """
    actors.must(actor, "diary.book")
    if once.first_time("booking.cancelled", key, booking_id) is not None:
        return
    why = reason.strip()[:MOST_REASON]
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_booking set state = 'cancelled', reason = %s, version = version + 1"
            " where id = %s and state = 'booked' and version = coalesce(%s, version)"
            " returning centre_id, person_id, day",
            [why, booking_id, version],
        )
        row = cursor.fetchone()
    if row is None:
        if version is not None and _standing(booking_id).state == Booking.State.BOOKED:
            raise _changed_meanwhile()
        raise Refused(_("This booking can no longer be cancelled."), code="not-booked")
    centre_id, person_id, day = row
    people.end_grants(actor, [booking_id])
    history.record(
        "booking.cancelled",
        "booking",
        booking_id,
        persons=[person_id] if person_id else [],
        detail={"reason": why} if why else None,
    )
    after_change(actor, [booking_id], told=[booking_id])
    tell_days(centre_id, {day})


def _changed_meanwhile() -> Refused:
    return Refused(
        _("A colleague changed this appointment meanwhile. Look at it again."), code="changed-meanwhile"
    )


def _standing(booking_id: uuid.UUID) -> Booking:
    booking = Booking.objects.filter(id=booking_id).first()
    if booking is None:
        raise NotThere("no such booking")
    return booking
