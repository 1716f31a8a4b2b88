"""Booking somebody's time, and what became of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import history
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.people.actions import ShowOnFloor
from kohti.people.models import Person

from ..file import kept_reference
from ..models import Booking
from ..news import tell_days


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """A booking to be made: half open from `starts`, `minutes` long."""

    starts: datetime
    minutes: int
    kind_id: uuid.UUID
    person_id: uuid.UUID | None = None
    staff_id: uuid.UUID | None = None
    room_id: uuid.UUID | None = None
    reference: str = ""
    note: str = ""
    beside: bool = False
    """On purpose once more for a colleague who is booked then already."""
    id: uuid.UUID | None = None
    """What it is to be known by, where the caller has said so already."""


def floor_of(centre_id: uuid.UUID, rows: Sequence[Booking], zone: ZoneInfo) -> list[ShowOnFloor]:
    """Whom the floor of a centre sees because of these bookings: each person for the local day of theirs."""
    return [
        ShowOnFloor(
            person_id=row.person_id,
            starts=_midnight(row.day, zone),
            ends=_midnight(row.day + timedelta(days=1), zone),
            because_kind="booking",
            because_id=row.id,
        )
        for row in rows
        if row.person_id is not None
    ]


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def book(actor: Actor, centre_id: uuid.UUID, wanted: Sequence[NewBooking]) -> list[Booking]:
    """Book all of these, or none and raise Refused: nobody and no room is in two places at once.

    On the day, the people booked are seen by the floor of the centre. Raises NotThere for somebody the actor
    does not see, NotAllowed for a booking `beside` another without `diary.overbook`.
    """
    if any(one.beside for one in wanted):
        actors.must(actor, "diary.overbook")
    persons = {one.person_id for one in wanted if one.person_id}
    if persons:
        known = list(Person.objects.filter(id__in=persons).values_list("died_on", flat=True))
        if len(known) < len(persons):
            raise NotThere("no such person")
        if any(known):
            raise Refused(_("This person has died."), code="died")
    return make(actor, centre_id, wanted)


def make(actor: Actor, centre_id: uuid.UUID, wanted: Sequence[NewBooking]) -> list[Booking]:
    """What `book` does once it is known that whoever asks may book these people: a guest may be one themselves."""
    rows = [
        Booking(
            id=one.id or new_id(),
            service_id=actor.service,
            centre_id=centre_id,
            day=one.starts.astimezone(actor.zone).date(),
            starts=one.starts,
            ends=one.starts + timedelta(minutes=one.minutes),
            person_id=one.person_id,
            staff_id=one.staff_id,
            room_id=one.room_id,
            kind_id=one.kind_id,
            reference=kept_reference(one.reference),
            note=one.note,
            beside_by=actor.member_id if one.beside else None,
        )
        for one in wanted
    ]
    take_turns(rows)
    try:
        with transaction.atomic():
            Booking.objects.bulk_create(rows, batch_size=500)
    except IntegrityError as clash:
        raise Refused(clash_words(str(clash)), code="clash") from clash
    people.show_on_floor(actor, centre_id, floor_of(centre_id, rows, actor.zone))
    for row in rows:
        history.record(
            "booking.made",
            "booking",
            row.id,
            persons=[row.person_id] if row.person_id else [],
            detail={"starts": row.starts, "ends": row.ends} | ({"beside": True} if row.beside_by else {}),
        )
    if rows:
        tell_days(centre_id, {row.day for row in rows})
    return rows


TURNS = 512
"""Locks for everybody's time: enough not to wait for strangers, few enough for a file of 20,000 rows."""


def take_turns(rows: Sequence[Booking]) -> None:
    """Wait for whoever is booking the same people or rooms now, until they have committed.

    Without it two who book one slot at the same moment wait for each other, and one of them is thrown out
    by the database instead of being refused.
    """
    wanted = {one.int % TURNS for row in rows for one in (row.person_id, row.staff_id, row.room_id) if one}
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(7236010, turn) from unnest(%s::int[]) turn", [sorted(wanted)]
        )


def clash_words(trouble: str) -> str:
    """What an exclusion constraint said, in words for whoever books."""
    if "never_two_of_person" in trouble:
        return _("This person is already booked at that time.")
    if "never_two_of_staff" in trouble:
        return _("This colleague is already booked at that time.")
    if "never_two_of_room" in trouble:
        return _("This room is already booked at that time.")
    return _("This booking cannot stand beside what is booked already.")


def mark(actor: Actor, booking_id: uuid.UUID, state: str, *, expected: Sequence[str]) -> bool:
    """Say that a booking was kept or missed, or is open again; False when it was in none of `expected`.

    Called by the rooms where people are met. Raises Refused when it may no longer stand in its place.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "update diary_booking set state = %s, version = version + 1"
                " where id = %s and state = any(%s)",
                [state, booking_id, list(expected)],
            )
            return bool(cursor.rowcount)
    except IntegrityError as clash:
        raise Refused(clash_words(str(clash)), code="clash") from clash


def miss_the_rest(
    actor: Actor, centre_id: uuid.UUID, day: date, *, by_the_hours: bool = False
) -> list[uuid.UUID]:
    """Mark every booking of a day that nobody came to as missed; their ids.

    `by_the_hours`: only what began before the centre's hours of that day were over. At a centre that closes at noon
    nobody has missed an afternoon, and what is booked then still needs somebody.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "update diary_booking b set state = 'missed', version = version + 1 from ("
            " select id from diary_booking where centre_id = %(centre)s and day = %(day)s and state = 'booked'"
            f" and (not %(by_the_hours)s or starts < {CLOSING})"
            " order by starts, id for no key update) open where b.id = open.id returning b.id, b.person_id",
            {
                "centre": centre_id,
                "day": day,
                "weekday": day.weekday(),
                "zone": str(actor.zone),
                "by_the_hours": by_the_hours,
            },
        )
        missed = cursor.fetchall()
    for booking_id, person_id in missed:
        history.record("booking.missed", "booking", booking_id, persons=[person_id] if person_id else [])
    return [booking_id for booking_id, _person in missed]


CLOSING = """coalesce((
    select (%(day)s::date + least(o.closes, c.closes)) at time zone %(zone)s from diary_opening o
    left join diary_closure c on c.centre_id = o.centre_id and c.day = %(day)s
    where o.centre_id = %(centre)s and o.weekday = %(weekday)s and (c.id is null or c.closes > o.opens)
), 'infinity')"""
"""When a centre's hours of a day are over; never where it has none."""
