"""The end of a day."""

import uuid
from datetime import date, timedelta

from django.db import connection

from kohti.diary import actions as diary
from kohti.diary import queries as diary_queries
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id

from ..models import OPEN, State
from .moving import move


def close_day(actor: Actor, centre_id: uuid.UUID, day: date, *, key: str) -> int:
    """Close a day: whoever is still open is closed with a reason, and who never came is marked missed.

    Waiting and called become left, a talk still running is done. Returns how many were open. Closing a
    closed day changes nothing.
    """
    actors.must(actor, "day.close")
    if once.first_time("day.closed", key, centre_id) is not None:
        return 0
    now = clock.now()
    # Bookings before the day's row, as a check-in takes them: the two wait for each other in one direction.
    missed = diary.miss_the_rest(actor, centre_id, day)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into frontdesk_day (id, service_id, centre_id, day, last_ticket, closed_at)"
            " values (%s, %s, %s, %s, 0, %s)"
            " on conflict (centre_id, day) do update set closed_at = coalesce(frontdesk_day.closed_at, %s)",
            [new_id(), actor.service_id, centre_id, day, now, now],
        )
        cursor.execute(
            "select id, state from frontdesk_visit where centre_id = %s and day = %s and state = any(%s)"
            " order by number for no key update",
            [centre_id, day, list(OPEN)],
        )
        left_open = cursor.fetchall()
    for visit_id, state in left_open:
        end = State.DONE if state == State.SERVING else State.LEFT
        move(actor, visit_id, "visit.closed", OPEN, end)
    history.record(
        "day.closed", "centre", centre_id, detail={"day": day, "open": len(left_open), "missed": len(missed)}
    )
    live.tell(centre_id, "day", centre_id)
    return len(left_open)


def closing_due(actor: Actor, centre_id: uuid.UUID) -> list[date]:
    """The days of a centre that should be closed by now and are not: today after hours, or earlier ones."""
    now = clock.now()
    today = now.astimezone(actor.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "select distinct day from (select day from frontdesk_day where centre_id = %s and closed_at is null"
            " and day >= %s union all select day from diary_booking where centre_id = %s and state = 'booked'"
            " and day between %s and %s) d where day <= %s order by day",
            [centre_id, today - timedelta(days=31), centre_id, today - timedelta(days=31), today, today],
        )
        days = [row[0] for row in cursor.fetchall()]
    due = []
    for day in days:
        hours = diary_queries.opening(centre_id, day, actor.zone)
        if day < today or (hours is not None and now >= hours[1]):
            due.append(day)
    return due
