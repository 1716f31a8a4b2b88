"""Somebody comes, and says so at a kiosk: with what they named, or with a ticket for the desk and nothing said."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace

from django.db import connection

from kohti.kernel import actor as actors
from kohti.kernel import once, words
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotThere
from kohti.kernel.ids import new_id
from kohti.kernel.languages import CODES, gettext_noop

from .arriving import arrive, check_in
from .visits import Moved, say

NOT_SAID = gettext_noop("Would rather speak to someone")


def check_in_at_kiosk(device: Actor, booking_id: uuid.UUID, *, version: int) -> Moved:
    """Whoever named this appointment at the kiosk is here: done by themselves, with the kiosk in the history.

    At two kiosks and the desk at once it happens once. Raises Refused as `check_in` does, with nothing changed.
    """
    guest = actors.guest(booking_id, "arrivals.check_in")
    if guest is None or guest.centre_id != device.centre_id:
        raise NotThere("no such booking")
    with once.all_or_nothing(), as_actor(replace(guest, device_id=device.device_id)) as me:
        return check_in(me, booking_id, key=f"check-in:{booking_id}:{version}")


def desk_ticket(device: Actor, *, key: str) -> str:
    """A ticket for the desk, for somebody who would rather speak; the same one for the same key.

    Raises Refused when the centre has closed.
    """
    visit_id = new_id()
    with once.all_or_nothing():
        before = once.first_time("visit.walk_in", key, visit_id)
        with connection.cursor() as cursor:
            if before is not None:
                cursor.execute("select kohti.ticket_at_the_kiosk(%s)", [before])
                return str(cursor.fetchone()[0])
            cursor.execute(
                "select s.id, s.letter, r.id, r.title from frontdesk_stream s"
                " left join frontdesk_reason r on r.stream_id = s.id and r.code = 'not-said' and not r.retired"
                " left join lateral kohti.line_hours(%s, %s, array[s.code]) h on true"
                " where not s.retired and not s.of_appointments and coalesce(h.opened, true)"
                " order by r.id is not null desc, s.everybody desc, s.position limit 1",
                [device.centre, str(device.zone)],
            )
            row = cursor.fetchone()
        if row is None:
            raise NotThere("no line for the desk")
        stream_id, letter, reason_id, title = row
        moved = arrive(
            device,
            visit_id,
            stream_id=stream_id,
            letter=letter,
            urgency=0,
            reason_id=reason_id,
            title=title or _not_said(device),
        )
        say(device, "visit.walk_in", visit_id, None, ticket=moved.ticket)
    return moved.ticket


def _not_said(device: Actor) -> str:
    said = {}
    for code in CODES:
        with words.spoken(code, actor=device):
            said[code] = words.spoken_now().gettext(NOT_SAID)
    return json.dumps(said, ensure_ascii=False)
