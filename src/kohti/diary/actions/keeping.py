"""Whether a time can be kept: the one answer for whatever books or moves an appointment, from whatever page."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused

from .booking import NewBooking


def can_be_kept(actor: Actor, centre_id: uuid.UUID, wanted: NewBooking, *, at_its_time: bool = False) -> None:
    """Raise Refused, in words, for a time at which nobody would be met; NotThere for a room elsewhere. One statement.

    It is over; the centre is closed or not open then; the colleague is away or has left by then, is placed here at
    other hours or elsewhere then, or holds a drop-in and is not booked `beside` it on purpose; a drop-in is held in the
    room. `at_its_time`: it stands at that time
    already, from a file perhaps, so that the hours are not asked about once more.
    """
    ends = wanted.starts + timedelta(minutes=wanted.minutes)
    if ends <= clock.now():
        raise Refused(_("This time is over."), code="over")
    with connection.cursor() as cursor:
        cursor.execute(
            "select * from kohti.in_the_way(%s, %s, %s, %s, %s, %s)",
            [centre_id, wanted.staff_id, wanted.room_id, wanted.starts, ends, str(actor.zone)],
        )
        found = cursor.fetchall()
    for why, opens, closes in found:
        if (why == "hours" and at_its_time) or (why == "staff-holds" and wanted.beside):
            continue
        raise _in_words(why, opens, closes)


def _in_words(why: str, opens: time | None, closes: time | None) -> Exception:
    if why == "closed":
        return Refused(_("The centre is closed on this day."), code="closed")
    if why == "closes" and closes is not None:
        said = _("The centre closes at %(time)s on that day.") % {"time": words.wall_time(closes)}
        return Refused(said, code="closed")
    if why == "hours" and opens is not None and closes is not None:
        hours = {"opens": words.wall_time(opens), "closes": words.wall_time(closes)}
        return Refused(
            _("The centre is open from %(opens)s to %(closes)s on that day.") % hours, code="hours"
        )
    if why == "room-held":
        return Refused(_("A drop-in is held in this room at that time."), code="drop-in")
    if why == "staff-holds":
        return Refused(_("This colleague holds a drop-in at that time."), code="drop-in")
    if why == "not-placed":
        return Refused(_("This colleague is not here at that time: the rota says when."), code="not-placed")
    if why == "elsewhere":
        return Refused(_("This colleague is at another centre at that time."), code="elsewhere")
    if why in ("away", "left"):
        return Refused(_("This colleague is away at that time."), code=why)
    return NotThere("no such room")
