"""Every change at the front desk, one function a verb.

A visit moves waiting → called → serving → done; it can also end as absent (called, did not come), left, or
undone (checked in by mistake). Each move is a timed `Period`, an event of the history and live news, in one
transaction. Every function takes a `key`: the same key again changes nothing and gives the same visit.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from kohti.diary import actions as diary
from kohti.diary import queries as diary_queries
from kohti.diary.models import Booking
from kohti.kernel import actor as actors
from kohti.kernel import clock, history, live, once
from kohti.kernel.actor import Actor
from kohti.kernel.blueprint import Blueprint
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id

from .models import OPEN, Reason, State, Stream

MOST_TEXT = 200


def apply_blueprint(actor: Actor, plan: Blueprint) -> None:
    """Put the front desk's part of a blueprint into force: streams and reasons."""
    actors.must(actor, "blueprint.apply")
    streams = {}
    for position, part in enumerate(plan.streams):
        streams[part.code], _made = Stream.objects.update_or_create(
            service_id=actor.service,
            code=part.code,
            defaults={
                "letter": part.letter,
                "title": dict(part.title),
                "of_appointments": part.of_appointments,
                "everybody": part.everybody,
                "position": position,
                "retired": False,
            },
        )
    for position, reason in enumerate(plan.reasons):
        Reason.objects.update_or_create(
            service_id=actor.service,
            code=reason.code,
            defaults={
                "title": dict(reason.title),
                "stream": streams[reason.stream],
                "urgency": reason.urgency,
                "in_files": list(reason.in_files),
                "position": position,
                "retired": False,
            },
        )
    Stream.objects.filter(service_id=actor.service).exclude(code__in=streams).update(retired=True)
    Reason.objects.filter(service_id=actor.service).exclude(
        code__in=[reason.code for reason in plan.reasons]
    ).update(retired=True)


@dataclass(frozen=True, slots=True)
class Moved:
    """A visit after a change."""

    visit_id: uuid.UUID
    ticket: str
    state: str
    booking_id: uuid.UUID | None = None


def _ticket(letter: str, number: int) -> str:
    return f"{letter}{number:03d}"


def _next_number(actor: Actor, centre_id: uuid.UUID, day: date) -> int:
    """The next ticket of the day. The row's lock makes two desks take turns, for as long as they commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into frontdesk_day (id, service_id, centre_id, day, last_ticket) values (%s, %s, %s, %s, 1)"
            " on conflict (centre_id, day) do update set last_ticket = frontdesk_day.last_ticket + 1"
            " returning last_ticket, closed_at",
            [new_id(), actor.service_id, centre_id, day],
        )
        number, closed_at = cursor.fetchone()
    if closed_at is not None:
        raise Refused(_("The centre has closed for today. Nobody else can be checked in."), code="closed")
    return int(number)


def _arrive(
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
    centre_id = actor.centre
    now = clock.now()
    day = now.astimezone(actor.zone).date()
    number = _next_number(actor, centre_id, day)
    with connection.cursor() as cursor:
        cursor.execute(
            "with visit as (insert into frontdesk_visit (id, service_id, centre_id, day, number, letter,"
            " stream_id, reason_id, booking_id, person_id, staff_id, given_name, door_note, title, urgency, agreed_at,"
            " arrived_at, order_at, state, state_since, desk, version)"
            " values (%(id)s, %(service)s, %(centre)s, %(day)s, %(number)s, %(letter)s, %(stream)s, %(reason)s,"
            " %(booking)s, %(person)s, %(staff)s, %(name)s, %(note)s, %(title)s, %(urgency)s, %(agreed)s, %(now)s,"
            " %(order)s, 'waiting', %(now)s, '', 1))"
            " insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, by_member)"
            " values (%(period)s, %(service)s, %(centre)s, %(day)s, %(id)s, 'waiting', %(now)s, %(member)s)",
            {
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
            },
        )
    return Moved(visit_id, _ticket(letter, number), State.WAITING, booking_id)


LATE = timedelta(minutes=10)
"""Whoever comes later than this is put in the order of arrivals, behind those who are waiting."""


def check_in(actor: Actor, booking_id: uuid.UUID, *, key: str) -> Moved:
    """Somebody booked has come: the booking is kept, a ticket drawn, and they wait for their coach.

    Checking in twice gives the visit that is there. Raises Refused when the booking was cancelled or
    missed, or the centre has closed.
    """
    actors.must(actor, "arrivals.check_in")
    visit_id = new_id()
    before = once.first_time("visit.check_in", key, visit_id)
    if before is not None:
        return as_it_is(before) or _visit_of(booking_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "select b.state, b.day, b.starts, b.person_id, b.staff_id, b.note, k.title, s.id, s.letter"
            " from diary_booking b join diary_kind k on k.id = b.kind_id, frontdesk_stream s"
            " where b.id = %s and b.centre_id = %s and s.service_id = b.service_id and s.of_appointments"
            " for no key update of b",
            [booking_id, actor.centre],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such booking")
    state, day, starts, person_id, staff_id, note, title, stream_id, letter = row
    if state == Booking.State.KEPT:
        return _visit_of(booking_id)
    if state != Booking.State.BOOKED:
        if _day_closed(actor.centre, day):
            raise Refused(_("The centre has closed for this day."), code="closed")
        raise Refused(
            _("This appointment was cancelled or missed. Take them as a walk-in."), code="not-booked"
        )
    if day != clock.today(actor.zone):
        raise Refused(_("This appointment is not today."), code="not-today")
    diary.mark(actor, booking_id, Booking.State.KEPT, expected=[Booking.State.BOOKED])
    moved = _arrive(
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
    _say(actor, "visit.check_in", visit_id, person_id, ticket=moved.ticket)
    return moved


def take_walk_in(
    actor: Actor,
    reason_id: uuid.UUID,
    *,
    key: str,
    given_name: str = "",
    door_note: str = "",
    urgency: int | None = None,
) -> Moved:
    """Somebody has come without an appointment: a reason, a name if they gave one, a word from the door.

    `urgency` (0 to 2) overrides the reason's own.
    """
    actors.must(actor, "arrivals.check_in")
    visit_id = new_id()
    before = once.first_time("visit.walk_in", key, visit_id)
    if before is not None:
        return _as_it_is(before)
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.urgency, r.title, s.id, s.letter from frontdesk_reason r join frontdesk_stream s on s.id = r.stream_id"
            " where r.id = %s and not r.retired",
            [reason_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotThere("no such reason")
    own_urgency, title, stream_id, letter = row
    moved = _arrive(
        actor,
        visit_id,
        stream_id=stream_id,
        letter=letter,
        urgency=own_urgency if urgency is None else urgency,
        reason_id=reason_id,
        title=title,
        given_name=given_name[:MOST_TEXT],
        door_note=door_note[:MOST_TEXT],
    )
    _say(actor, "visit.walk_in", visit_id, None, ticket=moved.ticket, name=given_name, note=door_note)
    return moved


def call_next(
    actor: Actor, *, key: str, streams: Sequence[str] | None = None, desk: str = ""
) -> Moved | None:
    """Call whoever is next for this colleague, or None when nobody waits for them.

    In order: crisis before soon before the rest, then by agreed time (arrival without one). Those with an
    appointment with the actor come from the stream of appointments; of the other streams named (else of those
    open to everybody), anybody.
    Two colleagues never get the same visitor, and neither waits for the other.
    """
    actors.must(actor, "queue.call")
    claim = new_id()
    named = None if streams is None else list(streams)
    before = once.first_time("visit.call_next", key, claim)
    if before is not None:
        return _called_under(before)
    with connection.cursor() as cursor:
        cursor.execute(
            f"select v.id, {STANDING} from frontdesk_visit v join frontdesk_stream s on s.id = v.stream_id"
            " where v.centre_id = %s and v.day = %s and v.is_open and v.state = 'waiting'"
            " and (v.staff_id = %s or (v.staff_id is null"
            "  and case when %s::text[] is null then s.everybody else s.code = any(%s) end))"
            " order by v.urgency desc, v.order_at, v.number limit 1 for no key update of v skip locked",
            [actor.centre, clock.today(actor.zone), actor.staff_id, named, named],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    return _move(
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


def finish(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """The talk is over."""
    return _once(actor, "visit.done", visit_id, (State.SERVING,), State.DONE, key=key)


def did_not_come(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """The visitor was called and did not come to the desk."""
    return _once(actor, "visit.absent", visit_id, (State.CALLED,), State.DID_NOT_COME, key=key)


def leave(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """The visitor left before being seen."""
    return _once(actor, "visit.left", visit_id, (State.WAITING, State.CALLED), State.LEFT, key=key)


def take_back(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """Put the visitor back into the line at their old place: called by mistake, or here after all."""
    return _once(
        actor,
        "visit.taken_back",
        visit_id,
        (State.CALLED, State.SERVING, State.DID_NOT_COME, State.LEFT),
        State.WAITING,
        key=key,
    )


def undo_check_in(actor: Actor, visit_id: uuid.UUID, *, key: str) -> Moved:
    """Take a check-in back: it was somebody else. The ticket is not given again."""
    actors.must(actor, "arrivals.check_in")
    return _once(actor, "visit.undone", visit_id, (State.WAITING,), State.UNDONE, key=key)


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
        _move(actor, visit_id, "visit.closed", OPEN, end)
    history.record(
        "day.closed", "centre", centre_id, detail={"day": day, "open": len(left_open), "missed": len(missed)}
    )
    live.tell(centre_id, "day", centre_id)
    return len(left_open)


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
) -> Moved:
    if verb != "visit.undone":
        actors.must(actor, "queue.call")
    # Two colleagues who look at the same visit may press the same button: each of them is answered.
    if once.first_time(verb, f"{key}:{actor.member_id}", visit_id) is not None:
        return _as_it_is(visit_id)
    return _move(actor, visit_id, verb, expected, to, desk=desk, with_staff=with_staff)


STANDING = (
    "v.state, v.letter, v.number, v.person_id, v.booking_id, v.centre_id, v.day, v.service_id,"
    " v.with_staff_id, v.state_since"
)


MOVED = (
    "visit as (update frontdesk_visit set state = %(to)s::text, state_since = %(now)s, version = version + 1,"
    " desk = case when %(to)s::text = 'called' then %(desk)s::text else desk end,"
    " with_staff_id = case when %(to)s::text = 'called' then %(staff)s::uuid"
    " when %(to)s::text = 'waiting' then null else with_staff_id end where id = %(id)s)"
)
PERIOD_ENDED = (
    "ended as (update frontdesk_period set ends = greatest(%(now)s::timestamptz, starts)"
    " where visit_id = %(id)s and ends is null returning 1)"
)
# Counting the ended one makes it end first: of one visit only one period runs at any moment.
PERIOD_BEGUN = (
    "insert into frontdesk_period (id, service_id, centre_id, day, visit_id, state, starts, by_member)"
    " select %(period)s::uuid, %(service)s::uuid, %(centre)s::uuid, %(day)s::date, %(id)s::uuid, %(to)s::text,"
    " %(now)s::timestamptz, %(member)s::uuid from (select count(*) from ended) e"
)


def _move(
    actor: Actor,
    visit_id: uuid.UUID,
    verb: str,
    expected: Sequence[str],
    to: str,
    *,
    desk: str = "",
    with_staff: uuid.UUID | None = None,
    period_id: uuid.UUID | None = None,
    standing: Sequence[Any] | None = None,
) -> Moved:
    """Move a visit from one of `expected` to `to`, with its period, history, diary and news.

    `standing` is the visit's row (STANDING) where the caller holds it locked already.
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
        state, letter, number, person_id, booking_id, centre_id, day, service_id, called_by, since = row
        ticket = _ticket(letter, number)
        if state == to and (to != State.CALLED or called_by == with_staff):
            return Moved(visit_id, ticket, state, booking_id)
        if state not in expected:
            raise Refused(_state_words(ticket, state), code="state")
        if to == State.WAITING and _day_closed(centre_id, day):
            raise Refused(_("The centre has closed for today."), code="closed")
        now = max(clock.now(), since)  # another machine's clock may be ahead
        cursor.execute(
            f"with {MOVED}, {PERIOD_ENDED} {PERIOD_BEGUN if to in OPEN else 'select 1'}",
            {
                "to": to,
                "now": now,
                "desk": desk[:20],
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
    _say(actor, verb, visit_id, person_id, ticket=ticket, before=state, after=to, centre_id=centre_id)
    return Moved(visit_id, ticket, to, booking_id)


def _tell_diary(actor: Actor, booking_id: uuid.UUID, before: str, to: str) -> None:
    """Who did not come to the desk missed the booking; who is undone is booked still."""
    if to == State.DID_NOT_COME:
        diary.mark(actor, booking_id, Booking.State.MISSED, expected=[Booking.State.KEPT])
    elif to == State.UNDONE:
        diary.mark(actor, booking_id, Booking.State.BOOKED, expected=[Booking.State.KEPT])
    elif before == State.DID_NOT_COME:
        diary.mark(actor, booking_id, Booking.State.KEPT, expected=[Booking.State.MISSED])


def _say(
    actor: Actor,
    verb: str,
    visit_id: uuid.UUID,
    person_id: uuid.UUID | None,
    *,
    centre_id: uuid.UUID | None = None,
    **detail: object,
) -> None:
    history.record(
        verb,
        "visit",
        visit_id,
        persons=[person_id] if person_id else [],
        detail=detail,
        tell=centre_id or actor.centre,
    )


def _day_closed(centre_id: uuid.UUID, day: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from frontdesk_day where centre_id = %s and day = %s and closed_at is not null",
            [centre_id, day],
        )
        return cursor.fetchone() is not None


def _read(where: str, value: uuid.UUID) -> Moved | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"select v.id, v.letter, v.number, v.state, v.booking_id from frontdesk_visit v where {where}",
            [value],
        )
        row = cursor.fetchone()
    return Moved(row[0], _ticket(row[1], row[2]), row[3], row[4]) if row else None


def as_it_is(visit_id: uuid.UUID) -> Moved | None:
    """How a visit stands now, or None when there is none this actor may see. One statement."""
    return _read("v.id = %s", visit_id)


def _as_it_is(visit_id: uuid.UUID) -> Moved:
    moved = as_it_is(visit_id)
    if moved is None:
        raise NotThere("no such visit")
    return moved


def _visit_of(booking_id: uuid.UUID) -> Moved:
    moved = _read("v.counts and v.booking_id = %s", booking_id)
    if moved is None:
        raise NotThere("no such visit")
    return moved


def _called_under(period_id: uuid.UUID) -> Moved | None:
    """The visit that was called under this claim: its period carries the claim's id."""
    return _read("v.id = (select p.visit_id from frontdesk_period p where p.id = %s)", period_id)


def _state_words(ticket: str, state: str) -> str:
    words = {
        State.WAITING: _("%(ticket)s is waiting, not called."),
        State.CALLED: _("%(ticket)s has been called already."),
        State.SERVING: _("%(ticket)s is with a colleague."),
        State.DONE: _("%(ticket)s is done."),
        State.DID_NOT_COME: _("%(ticket)s did not come when called."),
        State.LEFT: _("%(ticket)s has left."),
        State.UNDONE: _("The check-in of %(ticket)s was taken back."),
    }
    return str(words[State(state)]) % {"ticket": ticket}


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
