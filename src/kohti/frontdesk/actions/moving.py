"""A visit moves on: called, begun, done; or not come, left, taken back, undone."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.diary.news import tell_days
from kohti.kernel import actor as actors
from kohti.kernel import clock, once
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people

from ..models import IN_LINE, OPEN, Ending, State
from .crisis import nobody_leaves_alone
from .visits import Moved, called_under, day_closed, it_is, refuse_closed, say, state_words, ticket_of


def call_next(
    actor: Actor, *, key: str, streams: Sequence[str] | None = None, desk: str = ""
) -> Moved | None:
    """Call whoever is next for this colleague, or None when nobody waits for them.

    In order: crisis before soon before the rest, then by agreed time (arrival without one). Those with an
    appointment with the actor come from the stream of appointments, and those with one with nobody; of the other
    streams named (else of those open to everybody), anybody.
    Two colleagues never get the same visitor, and neither waits for the other.
    """
    actors.must(actor, "queue.call")
    claim = new_id()
    named = None if streams is None else list(streams)
    before = once.first_time("visit.call_next", key, claim)
    if before is not None:
        return called_under(before)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select v.id, {STANDING} from frontdesk_visit v join frontdesk_stream s on s.id = v.stream_id"
            f" where v.centre_id = %s and v.day = %s and v.is_open and v.state = 'waiting' and {IN_LINE}"
            " and (v.staff_id = %s or (v.staff_id is null"
            "  and case when %s::text[] is null then s.everybody or s.of_appointments else s.code = any(%s) end))"
            " order by v.urgency desc, v.order_at, v.number limit 1 for no key update of v skip locked",
            [actor.centre, clock.today(actor.zone), actor.staff_id, named, named],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return move(
        actor,
        row[0],
        "visit.called",
        (State.WAITING,),
        State.CALLED,
        desk=desk,
        with_staff=actor.staff_id,
        period_id=claim,
        standing=row[1:],
    )


def call(actor: Actor, visit_id: uuid.UUID, *, key: str, desk: str = "") -> Moved:
    """Call this visitor. Raises Refused when a colleague was quicker."""
    return _once(
        actor,
        "visit.called",
        visit_id,
        (State.WAITING,),
        State.CALLED,
        key=key,
        desk=desk,
        with_staff=actor.staff_id,
    )


def begin(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """The visitor has sat down: the talk begins."""
    return _once(actor, "visit.begun", visit_id, (State.CALLED,), State.SERVING, key=key)


def finish(
    actor: Actor, visit_id: uuid.UUID, *, key: str, following: diary.NewBooking | None = None
) -> Moved:
    """The talk is over; with the appointment that follows, where one was agreed, or neither of the two.

    Raises Refused when the time of it has been taken, or could not be kept, and where the talk is over already.
    """
    actors.must(actor, "queue.call")
    if once.first_time("visit.done", f"{key}:{actor.member_id}", visit_id) is not None:
        return it_is(visit_id)
    if following is not None:
        _is_served(visit_id)
    moved = move(actor, visit_id, "visit.done", (State.SERVING,), State.DONE)
    if following is not None:
        diary.book_agreed(actor, actor.centre, following)
    return moved


def _is_served(visit_id: uuid.UUID) -> None:
    """Nothing more is agreed in a talk that a colleague has ended already."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select letter, number, state from frontdesk_visit where id = %s for no key update", [visit_id]
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such visit")
    if row[2] != State.SERVING:
        raise Refused(state_words(ticket_of(row[0], row[1]), row[2]), code="state")


def did_not_come(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """The visitor was called and did not come to the desk."""
    return _once(actor, "visit.absent", visit_id, (State.CALLED,), State.DID_NOT_COME, key=key)


def leave(actor: Actor, visit_id: uuid.UUID, *, key: str, noticed_by: uuid.UUID | None = None) -> Moved:
    """The visitor left before being seen; `noticed_by` a colleague, who presses unless said otherwise."""
    return _once(
        actor,
        "visit.left",
        visit_id,
        (State.WAITING, State.CALLED),
        State.LEFT,
        key=key,
        ending=Ending.LEFT,
        noticed_by=noticed_by or actor.staff_id,
    )


def take_back(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """Put the visitor back into the line at their old place: called by mistake, parked, or here after all."""
    return _once(
        actor,
        TAKEN_BACK,
        visit_id,
        (State.CALLED, State.SERVING, State.DID_NOT_COME, State.LEFT),
        State.WAITING,
        key=key,
    )


def undo_check_in(
    actor: Actor, visit_id: uuid.UUID, *, booking_id: uuid.UUID | None = None, key: str
) -> Moved:
    """Take a check-in back: it was somebody else. The ticket is not given again.

    With `booking_id` the check-in for that appointment alone: whoever waited as a walk-in before it waits on as one,
    with their ticket and place, and the appointment is expected again.
    """
    actors.must(actor, "arrivals.check_in")
    if booking_id is not None and (moved := _walks_in_again(actor, visit_id, booking_id)) is not None:
        return moved
    moved = _once(actor, "visit.undone", visit_id, (State.WAITING,), State.UNDONE, key=key)
    if moved.booking_id is None:
        people.end_grants(actor, [visit_id])
    return moved


def _walks_in_again(actor: Actor, visit_id: uuid.UUID, booking_id: uuid.UUID) -> Moved | None:
    """A walk-in without the appointment they were checked in for; None for whoever came for it, or is called already.

    A second press finds it done.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "select v.booking_id, v.state, v.letter, v.number, v.person_id, v.day from frontdesk_visit v"
            " where v.id = %s and v.reason_id is not null for no key update",
            [visit_id],
        )
        row = cursor.fetchone()
        if row is None or row[0] not in (booking_id, None) or row[1] != State.WAITING:
            return None
        stands_for, _state, letter, number, person_id, day = row
        if stands_for is None:
            return it_is(visit_id)
        cursor.execute(WALKS_IN_AGAIN, [visit_id])
    diary.mark(actor, booking_id, Booking.State.BOOKED, expected=[Booking.State.KEPT])
    say(actor, "visit.undone", visit_id, person_id, ticket=ticket_of(letter, number))
    tell_days(actor.centre, {day})  # the appointment stands in a line of its own again
    return it_is(visit_id)


# The letter of a ticket is that of the line it was drawn for.
WALKS_IN_AGAIN = """
update frontdesk_visit v
set booking_id = null, agreed_at = null, version = v.version + 1,
    staff_id = case when l.id is null then v.staff_id end, stream_id = coalesce(l.id, v.stream_id)
from frontdesk_visit w join frontdesk_stream s on s.id = w.stream_id
left join lateral (
    select o.id from frontdesk_stream o
    where o.service_id = s.service_id and o.letter = w.letter and not o.of_appointments
      and s.of_appointments and w.handed_by_id is null
    order by o.retired, o.position limit 1) l on true
where w.id = v.id and v.id = %s
"""


def _once(
    actor: Actor,
    verb: str,
    visit_id: uuid.UUID,
    expected: Sequence[str],
    to: str,
    *,
    key: str,
    desk: str = "",
    with_staff: uuid.UUID | None = None,
    ending: str = "",
    noticed_by: uuid.UUID | None = None,
) -> Moved:
    if verb != "visit.undone":
        actors.must(actor, "queue.call")
    # Two colleagues who look at the same visit may press the same button: each of them is answered.
    if once.first_time(verb, f"{key}:{actor.member_id}", visit_id) is not None:
        return it_is(visit_id)
    return move(
        actor,
        visit_id,
        verb,
        expected,
        to,
        desk=desk,
        with_staff=with_staff,
        ending=ending,
        noticed_by=noticed_by,
    )


TAKEN_BACK = "visit.taken_back"
STANDING = (
    "v.state, v.letter, v.number, v.person_id, v.booking_id, v.centre_id, v.day, v.service_id,"
    " v.with_staff_id, v.state_since, v.parked_until, v.urgency = 2 and v.next_help is null"
)


MOVED = (
    "visit as (update frontdesk_visit set state = %(to)s::text, state_since = %(now)s, version = version + 1,"
    " desk = case when %(to)s::text = 'called' then %(desk)s::text else desk end,"
    " with_staff_id = case when %(to)s::text = 'called' then %(staff)s::uuid"
    " when %(to)s::text = 'waiting' then null else with_staff_id end, parked_until = null,"
    " ending = %(ending)s, noticed_by_id = %(noticed)s::uuid where id = %(id)s)"
)


PERIOD_ENDED = (
    "ended as (update frontdesk_period set ends = greatest(%(now)s::timestamptz, starts)"
    " where visit_id = %(id)s and ends is null returning 1)"
)


# While somebody is parked, the stretch after it stands already: brought forward where they are wanted sooner.
PARKING_ENDED = (
    "update frontdesk_period set starts = least(starts, %(now)s::timestamptz),"
    " ends = case when ends is null then null else %(now)s::timestamptz end"
    " where visit_id = %(id)s and (starts > %(now)s::timestamptz or ends > %(now)s::timestamptz)"
)


# Counting the ended one makes it end first: of one visit only one period runs at any moment.
PERIOD_BEGUN = (
    "insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, by_member)"
    " select %(period)s::uuid, %(service)s::uuid, %(centre)s::uuid, %(day)s::date, %(id)s::uuid, %(to)s::text,"
    " %(now)s::timestamptz, %(member)s::uuid from (select count(*) from ended) e"
)


def move(
    actor: Actor,
    visit_id: uuid.UUID,
    verb: str,
    expected: Sequence[str],
    to: str,
    *,
    desk: str = "",
    with_staff: uuid.UUID | None = None,
    ending: str = "",
    noticed_by: uuid.UUID | None = None,
    period_id: uuid.UUID | None = None,
    standing: Sequence[Any] | None = None,
) -> Moved:
    """Move a visit from one of `expected` to `to`, with its period, history, diary and news.

    Whoever is parked is in the line again with it. `standing` is the visit's row (STANDING) where the caller holds
    it locked already.
    """
    with connection.cursor() as cursor:
        row = standing
        if row is None:
            cursor.execute(
                f"select {STANDING} from frontdesk_visit v where v.id = %s for no key update", [visit_id]
            )
            row = cursor.fetchone()
        if row is None:
            raise NotThere("no such visit")
        state, letter, number, person_id, booking_id, centre_id, day, service_id, called_by, *more = row
        since, until, alone = more
        ticket = ticket_of(letter, number)
        now = max(clock.now(), since)  # another machine's clock may be ahead
        parked = until is not None and until > now
        if not (parked and verb == TAKEN_BACK):
            if state == to and (to != State.CALLED or called_by == with_staff):
                return Moved(visit_id, ticket, state, booking_id)
            if state not in expected:
                raise Refused(state_words(ticket, state), code="state")
        if to == State.WAITING and day_closed(centre_id, day):
            refuse_closed(centre_id, day)
        if alone and verb == "visit.done":
            raise nobody_leaves_alone(ticket)
        if parked:
            cursor.execute(PARKING_ENDED, {"id": visit_id, "now": now})
        cursor.execute(
            f"with {MOVED}, {PERIOD_ENDED} {PERIOD_BEGUN if to in OPEN else 'select 1'}",
            {
                "to": to,
                "now": now,
                "desk": desk[:20],
                "ending": ending,
                "noticed": noticed_by,
                "staff": with_staff,
                "id": visit_id,
                "period": period_id or new_id(),
                "service": service_id,
                "centre": centre_id,
                "day": day,
                "member": actor.member_id,
            },
        )
    if booking_id is not None:
        _tell_diary(actor, booking_id, state, to)
    say(actor, verb, visit_id, person_id, ticket=ticket, before=state, after=to, centre_id=centre_id)
    return Moved(visit_id, ticket, to, booking_id)


def _tell_diary(actor: Actor, booking_id: uuid.UUID, before: str, to: str) -> None:
    """Who did not come to the desk missed the booking; who is undone is booked still."""
    if to == State.DID_NOT_COME:
        diary.mark(actor, booking_id, Booking.State.MISSED, expected=[Booking.State.KEPT])
    elif to == State.UNDONE:
        diary.mark(actor, booking_id, Booking.State.BOOKED, expected=[Booking.State.KEPT])
    elif before == State.DID_NOT_COME:
        diary.mark(actor, booking_id, Booking.State.KEPT, expected=[Booking.State.MISSED])
