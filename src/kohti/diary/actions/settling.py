"""What becomes of those who wait for an earlier time when appointments are moved or cancelled."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import connection

from kohti.kernel import clock, history
from kohti.kernel.actor import Actor


def settle(actor: Actor, booking_ids: Sequence[uuid.UUID]) -> None:
    """Whose appointment has become earlier waits no longer, nor does anybody whose appointment is off."""
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_wish w set ended_at = %s,"
            " ended = case when b.state = 'booked' then 'filled' else 'gone' end"
            " from diary_booking b where b.id = w.booking_id and w.ended_at is null and b.id = any(%s)"
            " and (b.state <> 'booked' or b.starts < w.before) returning w.booking_id, w.person_id, w.ended",
            [clock.now(), list(booking_ids)],
        )
        ended = cursor.fetchall()
    history.record_each(
        [
            history.Event("wish.ended", "booking", booking_id, [person_id], {"ended": how})
            for booking_id, person_id, how in ended
        ]
    )
