"""What a person says through the link to their appointment, and ending such a link."""

from __future__ import annotations

import uuid

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused

from ..models import Booking

MOST_LATE = 120


def say_late(actor: Actor, booking_id: uuid.UUID, minutes: int, *, key: str) -> None:
    """Somebody says that they come later to their appointment of today; whoever expects them sees it.

    Said again, the last word counts; 0 takes it back. Raises NotThere, Refused.
    """
    if once.first_time("booking.late", key, booking_id) is not None:
        return
    if not 0 <= minutes <= MOST_LATE:
        raise Refused(_("Say in minutes how late you will be, up to two hours."), code="minutes")
    booking = Booking.objects.filter(id=booking_id).select_for_update(no_key=True, of=("self",)).first()
    if booking is None:
        raise NotThere("no such booking")
    if booking.state != Booking.State.BOOKED or booking.day != clock.today(actor.zone):
        raise Refused(_("This appointment is not today, or you have come already."), code="not-today")
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_booking set late_minutes = %s where id = %s", [minutes or None, booking_id]
        )
    history.record(
        "booking.late",
        "booking",
        booking_id,
        persons=[booking.person_id] if booking.person_id else [],
        detail={"minutes": minutes},
    )
    live.tell(booking.centre_id, "diary", booking.centre_id)


def end_link(actor: Actor, booking_id: uuid.UUID, *, key: str) -> None:
    """Whatever links to an appointment were given out hold no longer; its next message has a new one. Raises NotThere."""
    actors.must(actor, "documents.add")
    if once.first_time("booking.link_ended", key, booking_id) is not None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_booking set link = link + 1 where id = %s returning person_id", [booking_id]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such booking")
    history.record("booking.link_ended", "booking", booking_id, persons=[row[0]] if row[0] else [])
