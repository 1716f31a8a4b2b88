"""Somebody keeps their place and is not called for a while, or goes on to a colleague or another line."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, once, words
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

from ..line_hours import Hours
from ..models import OPEN, PARKED, State
from .arriving import MOST_TEXT
from .moving import PARKING_ENDED, PERIOD_ENDED
from .visits import Moved, day_closed, it_is, refuse_closed, say, state_words, ticket_of

LONGEST = timedelta(hours=8)

HELD = (
    "select v.state, v.letter, v.number, v.person_id, v.booking_id, v.centre_id, v.day, v.service_id, v.state_since,"
    " v.parked_until, s.code from frontdesk_visit v join frontdesk_stream s on s.id = v.stream_id where v.id = %s"
    " for no key update of v"
)
STRETCH = (
    "insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, ends, by_member)"
    " select %(period)s::uuid, %(service)s::uuid, %(centre)s::uuid, %(day)s::date, %(id)s::uuid, %(state)s::text,"
    " %(starts)s::timestamptz, %(ends)s::timestamptz, %(member)s::uuid"
)


def park(actor: Actor, visit_id: uuid.UUID, *, until: datetime, word: str = "", key: str) -> Moved:
    """Nobody calls this visitor before `until`; then they are in the line again, at their old place, by themselves.

    `word`: why, for the colleagues; without one, what was said when they were handed over stands. Whoever was handed
    over stays so. Raises Refused when that is not later today, or they are not here any more.
    """
    actors.must(actor, "queue.call")
    if once.first_time("visit.parked", key, visit_id) is not None:
        return it_is(visit_id)
    now = clock.now()
    if not now < until <= now + LONGEST or until.astimezone(actor.zone).date() != clock.today(actor.zone):
        raise Refused(_("Choose a time later today."), code="until")
    moved = _stay(actor, visit_id, until=until, word=word)
    with connection.cursor() as cursor:
        cursor.execute(
            "update frontdesk_visit set parked_until = %(until)s, word = case when %(word)s = '' and handed_by_id is not null"
            " then word else %(word)s end where id = %(id)s",
            {"until": until, "word": word.strip()[:MOST_TEXT], "id": visit_id},
        )
    say(
        actor,
        "visit.parked",
        visit_id,
        moved[1],
        ticket=moved[0].ticket,
        until=until,
        word=word.strip()[:MOST_TEXT],
    )
    return moved[0]


def hand_over(
    actor: Actor,
    visit_id: uuid.UUID,
    *,
    to_staff: uuid.UUID | None = None,
    to_stream: str = "",
    word: str = "",
    key: str,
) -> Moved:
    """The visitor goes on to a named colleague of the centre, or to another line, keeping ticket and place.

    `word`: what the next colleague must know. They see it at once, with whose hand it came from. Raises Refused when
    it is to nobody, or to the line of a drop-in that is not held now, NotThere when no such colleague works here or
    there is no such line.
    """
    actors.must(actor, "queue.call")
    if once.first_time("visit.handed_over", key, visit_id) is not None:
        return it_is(visit_id)
    if (to_staff is None) == (not to_stream):
        raise Refused(_("Choose a colleague or a line."), code="to-whom")
    with connection.cursor() as cursor:
        if to_staff is not None:
            cursor.execute(
                "select full_name from team_staff s where s.id = %s and exists (select 1 from team_membership m"
                " where m.staff_id = s.id and m.centre_id = %s and m.starts <= kohti.now()"
                " and (m.ends is null or m.ends > kohti.now()))",
                [to_staff, actor.centre],
            )
        else:
            cursor.execute(
                "select s.id, h.* from frontdesk_stream s"
                " left join lateral kohti.line_hours(%s, %s, array[s.code]) h on true"
                " where s.code = %s and not s.retired and not s.of_appointments",
                [actor.centre, str(actor.zone), to_stream],
            )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("nobody to hand over to")
    if to_stream and row[1] is not None:
        hours = Hours._make(row[1:])
        if not hours.opened:
            raise Refused(f"{words.title(hours.titles)}: {hours.said(actor)}.", code="line-closed")
    moved, person_id, came_from = _stay(actor, visit_id, word=word)
    with connection.cursor() as cursor:
        cursor.execute(
            "update frontdesk_visit set staff_id = %s, stream_id = coalesce(%s, stream_id), parked_until = null,"
            " word = %s, handed_by_id = %s where id = %s",
            [
                to_staff,
                row[0] if to_stream else None,
                word.strip()[:MOST_TEXT],
                actor.staff_id,
                visit_id,
            ],
        )
    say(
        actor,
        "visit.handed_over",
        visit_id,
        person_id,
        ticket=moved.ticket,
        came_from=came_from,
        to=to_stream or to_staff,
        word=word.strip()[:MOST_TEXT],
    )
    return moved


def _stay(
    actor: Actor, visit_id: uuid.UUID, *, until: datetime | None = None, word: str
) -> tuple[Moved, uuid.UUID | None, str]:
    """A new stretch of waiting for an open visit, parked until then; it is with nobody. Their person and line."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, [visit_id])
        row = cursor.fetchone()
        if row is None:
            raise NotThere("no such visit")
        state, letter, number, person_id, booking_id, centre_id, day, service_id, since, parked, stream = row
        ticket = ticket_of(letter, number)
        if state not in OPEN:
            raise Refused(state_words(ticket, state), code="state")
        if day_closed(centre_id, day):
            refuse_closed(centre_id, day)
        now = max(clock.now(), since)
        if parked is not None and parked > now:
            cursor.execute(PARKING_ENDED, {"id": visit_id, "now": now})
        values = {
            "id": visit_id,
            "now": now,
            "service": service_id,
            "centre": centre_id,
            "day": day,
            "member": actor.member_id,
        }
        cursor.execute(f"with {PERIOD_ENDED} select count(*) from ended", values)
        if until is not None:
            cursor.execute(
                STRETCH, values | {"period": new_id(), "state": PARKED, "starts": now, "ends": until}
            )
        waits = {"period": new_id(), "state": State.WAITING.value, "starts": until or now, "ends": None}
        cursor.execute(STRETCH, values | waits)
        cursor.execute(
            "update frontdesk_visit set state = 'waiting', state_since = %s, with_staff_id = null,"
            " version = version + 1 where id = %s",
            [now, visit_id],
        )
    return Moved(visit_id, ticket, State.WAITING, booking_id), person_id, stream
