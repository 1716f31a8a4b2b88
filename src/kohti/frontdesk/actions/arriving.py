"""Somebody comes: booked, or walking in."""

import uuid
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.kernel import actor as actors
from kohti.kernel import clock, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people

from ..models import State
from ..said import LATE
from .visits import Moved, as_it_is, day_closed, it_is, refuse_closed, say, ticket_of, visit_of

MOST_TEXT = 200


def check_in(actor: Actor, booking_id: uuid.UUID, *, key: str) -> Moved:
    """Somebody booked has come: the booking is kept, a ticket drawn, and they wait for their coach.

    Whoever waits already as a walk-in keeps their ticket and their place, and waits for their coach from now on, unless
    they are in crisis or were handed over. Checking in twice gives the visit that is there. Raises Refused when the
    booking was cancelled or missed, or the centre has closed.
    """
    actors.must(actor, "arrivals.check_in")
    visit_id = new_id()
    before = once.first_time("visit.check_in", key, visit_id)
    if before is not None:
        return as_it_is(before) or visit_of(booking_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.state, b.day, b.starts, b.person_id, b.staff_id, b.note, k.title, s.id, s.letter,"
            " kohti.here_without_it(b.id)"
            " from diary_booking b join diary_kind k on k.id = b.kind_id, frontdesk_stream s"
            " where b.id = %s and b.centre_id = %s and s.service_id = b.service_id and s.of_appointments"
            " for no key update of b",
            [booking_id, actor.centre],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such booking")
    state, day, starts, person_id, staff_id, note, title, stream_id, letter, here_id = row
    if state == Booking.State.KEPT:
        return visit_of(booking_id)
    if state != Booking.State.BOOKED:
        if day_closed(actor.centre, day):
            raise Refused(_("The centre has closed for this day."), code="closed")
        raise Refused(
            _("This appointment was cancelled or missed. Take them as a walk-in."), code="not-booked"
        )
    if day != clock.today(actor.zone):
        raise Refused(_("This appointment is not today."), code="not-today")
    diary.mark(actor, booking_id, Booking.State.KEPT, expected=[Booking.State.BOOKED])
    if here_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("select kohti.is_here_for(%s, %s, %s)", [here_id, booking_id, stream_id])
        moved = visit_of(booking_id)
        say(actor, "visit.check_in", here_id, person_id, ticket=moved.ticket)
        return moved
    moved = arrive(
        actor,
        visit_id,
        stream_id=stream_id,
        letter=letter,
        urgency=0,
        person_id=person_id,
        booking_id=booking_id,
        staff_id=staff_id,
        agreed_at=starts,
        title=title,
        door_note=note,
    )
    say(actor, "visit.check_in", visit_id, person_id, ticket=moved.ticket)
    return moved


def take_walk_in(
    actor: Actor,
    reason_id: uuid.UUID,
    *,
    key: str,
    given_name: str = "",
    door_note: str = "",
    urgency: int | None = None,
    person_id: uuid.UUID | None = None,
) -> Moved:
    """Somebody has come without an appointment: a reason, a name if they gave one, a word from the door.

    `urgency` (0 to 2) overrides the reason's own. `person_id`: somebody known, whom the floor sees for the day.
    A reason of a drop-in that is not held now leads into the line for everybody: nobody is sent away.
    Raises NotThere for whom the actor does not see, and Refused where they are in the building already.
    """
    actors.must(actor, "arrivals.check_in")
    visit_id = new_id()
    before = once.first_time("visit.walk_in", key, visit_id)
    if before is not None:
        return it_is(before)
    with connection.cursor() as cursor:
        cursor.execute(LINE_OF_REASON, [actor.centre, str(actor.zone), reason_id])
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such reason")
    own_urgency, title, stream_id, letter = row
    if person_id is not None:
        _let_in(actor, person_id, visit_id)
    moved = arrive(
        actor,
        visit_id,
        stream_id=stream_id,
        letter=letter,
        urgency=own_urgency if urgency is None else urgency,
        reason_id=reason_id,
        title=title,
        person_id=person_id,
        given_name=given_name[:MOST_TEXT],
        door_note=door_note[:MOST_TEXT],
    )
    say(actor, "visit.walk_in", visit_id, person_id, ticket=moved.ticket, name=given_name, note=door_note)
    return moved


LINE_OF_REASON = """
select r.urgency, r.title, coalesce(e.id, s.id), coalesce(e.letter, s.letter)
from frontdesk_reason r join frontdesk_stream s on s.id = r.stream_id
left join lateral kohti.line_hours(%s, %s, case when s.everybody then '{}' else array[s.code] end) h on true
left join lateral (
    select o.id, o.letter from frontdesk_stream o where o.everybody and not o.retired and o.service_id = s.service_id
    order by o.position limit 1) e on not coalesce(h.opened, not s.by_hand)
where r.id = %s and not r.retired
"""
"""The line a reason leads to; that for everybody, while it belongs to a drop-in that is not held."""


def _let_in(actor: Actor, person_id: uuid.UUID, visit_id: uuid.UUID) -> None:
    """Somebody known comes without an appointment: the floor sees them until midnight, once in the building."""
    people.seen(person_id)
    today = clock.today(actor.zone)
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(7236011, hashtext(%s))", [str(person_id)])
        cursor.execute(
            "select letter, number from frontdesk_visit"
            " where person_id = %s and centre_id = %s and day = %s and is_open",
            [person_id, actor.centre, today],
        )
        here = cursor.fetchone()
    if here is not None:
        raise Refused(
            _("They are here already: their ticket is %(ticket)s.") % {"ticket": ticket_of(*here)},
            code="here",
        )
    people.show_on_floor(
        actor,
        actor.centre,
        [
            people.ShowOnFloor(
                person_id=person_id,
                starts=clock.local(today, "00:00", actor.zone),
                ends=clock.local(today + timedelta(days=1), "00:00", actor.zone),
                because_kind="visit",
                because_id=visit_id,
            )
        ],
    )


VISIT = (
    "insert into frontdesk_visit (id, service_id, centre_id, day, number, letter,"
    " stream_id, reason_id, booking_id, person_id, staff_id, given_name, door_note, title, urgency, agreed_at,"
    " arrived_at, order_at, state, state_since, desk, version)"
    " values (%(id)s, %(service)s, %(centre)s, %(day)s, %(number)s, %(letter)s, %(stream)s, %(reason)s,"
    " %(booking)s, %(person)s, %(staff)s, %(name)s, %(note)s, %(title)s, %(urgency)s, %(agreed)s, %(now)s,"
    " %(order)s, 'waiting', %(now)s, '', 1)"
)
PERIOD = (
    "insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, by_member)"
    " values (%(period)s, %(service)s, %(centre)s, %(day)s, %(id)s, 'waiting', %(now)s, %(member)s)"
)


def arrive(
    actor: Actor,
    visit_id: uuid.UUID,
    *,
    stream_id: uuid.UUID,
    letter: str,
    urgency: int,
    title: str,
    person_id: uuid.UUID | None = None,
    booking_id: uuid.UUID | None = None,
    staff_id: uuid.UUID | None = None,
    reason_id: uuid.UUID | None = None,
    agreed_at: datetime | None = None,
    given_name: str = "",
    door_note: str = "",
) -> Moved:
    """Draw a ticket and begin a visit. Of a claimed key; says nothing to anybody yet."""
    centre_id = actor.centre
    now = clock.now()
    day = now.astimezone(actor.zone).date()
    number = _next_number(actor, centre_id, day)
    values = {
        "id": visit_id,
        "period": new_id(),
        "service": actor.service_id,
        "centre": centre_id,
        "day": day,
        "number": number,
        "letter": letter,
        "stream": stream_id,
        "reason": reason_id,
        "booking": booking_id,
        "person": person_id,
        "staff": staff_id,
        "name": given_name,
        "note": door_note,
        "title": title,
        "urgency": urgency,
        "agreed": agreed_at,
        "order": now if agreed_at is None or now - agreed_at > LATE else agreed_at,
        "now": now,
        "member": actor.member_id,
    }
    with connection.cursor() as cursor:
        if actor.kind == "guest":
            # Whoever checks themselves in sees of their visit what is written before the statement began.
            cursor.execute(VISIT, values)
            cursor.execute(PERIOD, values)
        else:
            cursor.execute(f"with visit as ({VISIT}) {PERIOD}", values)
    return Moved(visit_id, ticket_of(letter, number), State.WAITING, booking_id, urgency)


def _next_number(actor: Actor, centre_id: uuid.UUID, day: date) -> int:
    """The next ticket of the day. The row's lock makes two desks take turns, for as long as they commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into frontdesk_day (id, service_id, centre_id, day, last_ticket) values (%s, %s, %s, %s, 1)"
            " on conflict (centre_id, day) do update set last_ticket = frontdesk_day.last_ticket + 1"
            " returning last_ticket, closed_at, alarm_at",
            [new_id(), actor.service_id, centre_id, day],
        )
        number, closed_at, alarm_at = cursor.fetchone()
    if alarm_at is not None:
        refuse_closed(centre_id, day)
    if closed_at is not None:
        raise Refused(_("The centre has closed for today. Nobody else can be checked in."), code="closed")
    return int(number)
