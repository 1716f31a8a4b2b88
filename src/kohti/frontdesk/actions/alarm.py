"""Fire alarm: everybody out with one press, and back to their places with another."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, history, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id

from ..models import OPEN, Ending, State
from .moving import move


def everybody_out(actor: Actor, *, key: str) -> int:
    """Close every open visit of today at the actor's centre because the building is left; returns how many.

    Nobody is checked in until `open_after_alarm`. Whoever is still expected stays expected. Raises Refused when the
    day is closed; while everybody is out already it changes nothing.
    """
    actors.must(actor, "queue.call")
    if once.first_time("day.alarm", key, actor.centre) is not None:
        return 0
    now, day = clock.now(), clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into frontdesk_day (id, service_id, centre_id, day, last_ticket) values (%s, %s, %s, %s, 0)"
            " on conflict (centre_id, day) do update set last_ticket = frontdesk_day.last_ticket"
            " returning closed_at, alarm_at",
            [new_id(), actor.service_id, actor.centre, day],
        )
        closed_at, alarm_at = cursor.fetchone()
        if alarm_at is not None:
            return 0
        if closed_at is not None:
            raise Refused(_("The centre has closed for today."), code="closed")
        cursor.execute(
            "update frontdesk_day set closed_at = %s, alarm_at = %s where centre_id = %s and day = %s",
            [now, now, actor.centre, day],
        )
        cursor.execute(
            "select id from frontdesk_visit where centre_id = %s and day = %s and is_open"
            " order by number for no key update",
            [actor.centre, day],
        )
        inside = [row[0] for row in cursor.fetchall()]
    for visit_id in inside:
        move(actor, visit_id, "visit.alarm", OPEN, State.LEFT, ending=Ending.ALARM)
    history.record(
        "day.alarm", "day", actor.centre, detail={"day": day, "open": len(inside)}, tell=actor.centre
    )
    return len(inside)


BEFORE = """
select v.id, v.with_staff_id, v.desk, p.state from frontdesk_visit v
join lateral (select state from frontdesk_period where visit_id = v.id and starts <= v.state_since
              order by starts desc, ends desc limit 1) p on true
where v.centre_id = %s and v.day = %s and v.ending = 'alarm' order by v.number for no key update of v
"""


def open_after_alarm(actor: Actor, *, key: str) -> int:
    """Open again: every visit the alarm closed is back where it stood, with its times; returns how many.

    Whoever was parked waits. Raises Refused when there was no alarm today, or the day has been closed since.
    """
    actors.must(actor, "queue.call")
    if once.first_time("day.reopened", key, actor.centre) is not None:
        return 0
    day = clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute(
            "update frontdesk_day set closed_at = null, alarm_at = null"
            " where centre_id = %s and day = %s and alarm_at is not null",
            [actor.centre, day],
        )
        if not cursor.rowcount:
            raise Refused(
                _("Nobody had to leave the building: there is nothing to open again."), code="no-alarm"
            )
        cursor.execute(BEFORE, [actor.centre, day])
        inside = cursor.fetchall()
    for visit_id, with_staff, desk, state in inside:
        to = state if state in OPEN else State.WAITING
        move(actor, visit_id, "visit.reopened", (State.LEFT,), to, desk=desk, with_staff=with_staff)
    history.record(
        "day.reopened", "day", actor.centre, detail={"day": day, "back": len(inside)}, tell=actor.centre
    )
    return len(inside)
