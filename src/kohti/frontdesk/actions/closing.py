"""The end of a day."""

import uuid
from collections.abc import Mapping
from datetime import date, timedelta

from django.db import connection

from kohti.diary import actions as diary
from kohti.diary import queries as diary_queries
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id

from ..models import OPEN, Ending, State
from .moving import move

SEEN = (Ending.SEEN, Ending.PASSED_ON)
"""Reasons with which a visit ends as done; with any other it ends as left, unless a talk was running."""


def close_day(
    actor: Actor,
    centre_id: uuid.UUID,
    day: date,
    *,
    key: str,
    endings: Mapping[uuid.UUID, str] | None = None,
) -> int:
    """Close a day: whoever is still open is closed with a reason, and who never came is marked missed.

    `endings` gives the reason of a visit (`Ending`); whoever has none there left, or was seen where a talk is still
    running. None at all: nobody was asked, the hours are over, and that is the reason; what is booked after them stays
    booked, and where the centre was closed then, is cancelled once its day is over. Returns how many were open.
    Closing a closed day changes nothing.
    """
    actors.must(actor, "day.close")
    if once.first_time("day.closed", key, centre_id) is not None:
        return 0
    now = clock.now()
    # Bookings before the day's row, as a check-in takes them: the two wait for each other in one direction.
    over = day < clock.today(actor.zone)
    if endings is None and over:
        diary.cancel_the_closed(actor, centre_id, day)
    missed = diary.miss_the_rest(actor, centre_id, day, by_the_hours=endings is None and not over)
    with connection.cursor() as cursor:
        cursor.execute(
            "with helped as (update frontdesk_help set ended_at = greatest(%(now)s, asked_at)"
            " where centre_id = %(centre)s and day = %(day)s and ended_at is null)"
            " insert into frontdesk_day (id, service_id, centre_id, day, last_ticket, closed_at)"
            " values (%(id)s, %(service)s, %(centre)s, %(day)s, 0, %(now)s)"
            " on conflict (centre_id, day) do update set closed_at = coalesce(frontdesk_day.closed_at, %(now)s),"
            " alarm_at = null",
            {"id": new_id(), "service": actor.service_id, "centre": centre_id, "day": day, "now": now},
        )
        cursor.execute(
            "select id, state from frontdesk_visit where centre_id = %s and day = %s and state = any(%s)"
            " order by number for no key update",
            [centre_id, day, list(OPEN)],
        )
        left_open = cursor.fetchall()
    for visit_id, state in left_open:
        if endings is None:
            ending: str = Ending.HOURS
        else:
            ending = endings.get(visit_id, Ending.SEEN if state == State.SERVING else Ending.LEFT)
        end = State.DONE if state == State.SERVING or ending in SEEN else State.LEFT
        move(actor, visit_id, "visit.closed", OPEN, end, ending=Ending(ending))
    history.record(
        "day.closed", "centre", centre_id, detail={"day": day, "open": len(left_open), "missed": len(missed)}
    )
    live.tell(centre_id, "day", centre_id)
    return len(left_open)


def closing_due(actor: Actor, centre_id: uuid.UUID) -> list[date]:
    """The days of a centre that should be closed by now and are not: today after hours, or earlier ones.

    What is booked for after the hours of today makes no closed day due again.
    """
    now = clock.now()
    today = now.astimezone(actor.zone).date()
    with connection.cursor() as cursor:
        cursor.execute(
            "select day, d.closed_at is not null, b.first from"
            " (select day, closed_at from frontdesk_day where centre_id = %(centre)s"
            "  and day between %(since)s and %(today)s) d"
            " full join (select day, min(starts) as first from diary_booking where centre_id = %(centre)s"
            "  and day between %(since)s and %(today)s and state = 'booked' group by day) b using (day)"
            " where d.closed_at is null or b.first is not null order by day",
            {"centre": centre_id, "since": today - timedelta(days=31), "today": today},
        )
        days = cursor.fetchall()
    due = []
    for day, closed, first in days:
        if day < today:
            due.append(day)
            continue
        hours = diary_queries.opening(centre_id, day, actor.zone)
        if hours is not None and now >= hours[1] and (not closed or first < hours[1]):
            due.append(day)
    return due
