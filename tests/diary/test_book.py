"""The appointment book: made, moved, cancelled, and booked on purpose once more."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import ProgrammingError, connection
from tests.factories import MORNING, Place, acting, place

from kohti.config import addresses
from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.people.models import Grant, Person

NOON = MORNING + timedelta(hours=2)


def key() -> str:
    """A press of its own."""
    return str(uuid.uuid4())


def events_of(booking_id: uuid.UUID) -> list[tuple[str, str]]:
    """What the history says of an appointment: each verb with its details."""
    with psycopg.connect(addresses.owner_url()) as owner:
        return owner.execute(
            "select e.verb, coalesce(d.body, '') from kernel_historyevent e"
            " left join kernel_historydetail d on d.event_id = e.id"
            " where e.subject_id = %s order by e.at, e.id",
            [booking_id],
        ).fetchall()


def new_booking(here: Place, coach: Actor, **how: Any) -> diary.NewBooking:
    """Ten minutes with a coach at noon, unless said otherwise."""
    usual: dict[str, Any] = {
        "starts": NOON,
        "minutes": 10,
        "kind_id": here.kinds["work-search-review"].id,
        "staff_id": coach.staff_id,
    }
    return diary.NewBooking(**(usual | how))


def seen(booking: Booking) -> bool:
    """Whether the current actor sees whom an appointment is with."""
    return Person.objects.filter(id=str(booking.person_id)).exists()


def test_an_appointment_that_is_moved_stays_the_same_appointment() -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach")
    booking = here.booking(staff_id=coach.staff_id)
    moved = acting(host, diary.move, booking.id, starts=NOON, version=1, key=key())
    assert (moved.id, moved.version) == (booking.id, 2)
    with as_actor(host):
        row = Booking.objects.get(id=booking.id)
    assert (row.starts, row.ends, row.staff_id, row.version) == (
        NOON,
        NOON + timedelta(minutes=10),
        coach.staff_id,
        2,
    )
    assert [verb for verb, _body in events_of(booking.id)] == ["booking.made", "booking.moved"]


def test_of_two_who_move_one_appointment_the_second_is_told() -> None:
    here = place()
    host, booking = here.member("host"), here.booking()
    acting(host, diary.move, booking.id, starts=NOON, version=1, key=key())
    with pytest.raises(Refused) as told:
        acting(
            here.member("leader"),
            diary.move,
            booking.id,
            starts=NOON + timedelta(hours=1),
            version=1,
            key=key(),
        )
    assert told.value.code == "changed-meanwhile"


def test_the_same_press_again_moves_books_and_cancels_once() -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach")
    one = key()
    made = acting(host, diary.book_one, here.centre.id, new_booking(here, coach), key=one)
    assert acting(host, diary.book_one, here.centre.id, new_booking(here, coach), key=one) == made
    two = key()
    for _again in range(2):
        later = NOON + timedelta(hours=1)
        assert acting(host, diary.move, made, starts=later, version=1, key=two).version == 2
    three = key()
    for _again in range(2):
        acting(host, diary.cancel, made, reason="Rang to say they are ill", key=three)
    assert [verb for verb, _body in events_of(made)] == ["booking.made", "booking.moved", "booking.cancelled"]


def test_why_an_appointment_was_cancelled_is_kept() -> None:
    here = place()
    host, booking = here.member("host"), here.booking()
    acting(host, diary.cancel, booking.id, reason="  Rang to say they are ill ", key=key())
    with as_actor(host):
        row = Booking.objects.get(id=booking.id)
    assert (row.state, row.reason) == ("cancelled", "Rang to say they are ill")
    assert "Rang to say" in events_of(booking.id)[-1][1]


def test_whoever_is_moved_to_another_day_is_seen_by_the_floor_on_that_day_alone() -> None:
    here = place()
    host, booking = here.member("host"), here.booking()
    with as_actor(host):
        assert seen(booking)
    acting(host, diary.move, booking.id, starts=NOON + timedelta(days=2), version=1, key=key())
    with as_actor(host):
        assert not seen(booking)
    with psycopg.connect(addresses.owner_url()) as owner:
        row = owner.execute(
            "select count(*) from people_grant where because_id = %s and ends > starts and starts > %s",
            [booking.id, MORNING],
        ).fetchone()
    assert row == (1,)


def test_whoever_keeps_the_book_moves_whom_they_do_not_see() -> None:
    here = place()
    host = here.member("host")
    booking = here.booking(NOON + timedelta(days=2))
    acting(host, diary.move, booking.id, starts=NOON, version=1, key=key())
    with as_actor(host):
        assert seen(booking)


def test_nobody_moves_what_is_in_the_book_of_another_centre() -> None:
    here = place()
    booking = here.booking(centre=here.other)
    with pytest.raises(NotThere):
        acting(here.member("host"), diary.move, booking.id, starts=NOON, version=1, key=key())
    with pytest.raises(Refused):
        acting(here.member("host"), diary.cancel, booking.id, key=key())


def test_a_guest_moves_and_cancels_the_one_appointment_they_are_known_by() -> None:
    here = place()
    booking, other = here.booking(), here.booking()
    with as_actor(here.member("host")):
        guest = actors.guest(booking.id, "diary.book")
    assert guest is not None
    acting(guest, diary.move, booking.id, starts=NOON + timedelta(days=1), version=1, key=key())
    with pytest.raises(NotThere):
        acting(guest, diary.move, other.id, starts=NOON, version=1, key=key())
    acting(guest, diary.cancel, booking.id, key=key())
    with pytest.raises(Refused):
        acting(guest, diary.cancel, other.id, key=key())
    with as_actor(here.member("leader")):
        assert Booking.objects.get(id=booking.id).state == "cancelled"
        assert (
            not Grant.objects.filter(because_id=booking.id, ends__gt=MORNING)
            .exclude(ends__lte=MORNING)
            .extra(where=["ends > starts"])
            .exists()
        )


def test_a_leader_books_a_colleague_on_purpose_once_more() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    here.booking(NOON, staff_id=coach.staff_id)
    with pytest.raises(Refused, match="already booked"):
        acting(leader, diary.book_one, here.centre.id, new_booking(here, coach), key=key())
    made = acting(leader, diary.book_one, here.centre.id, new_booking(here, coach, beside=True), key=key())
    with as_actor(leader):
        assert Booking.objects.get(id=made).beside_by == leader.member_id
    assert '"beside": true' in events_of(made)[0][1]


def test_nobody_but_whose_role_says_so_books_on_purpose_once_more() -> None:
    here = place()
    host, coach = here.member("host"), here.member("coach")
    booking = here.booking(NOON, staff_id=coach.staff_id)
    with pytest.raises(NotAllowed):
        acting(host, diary.book_one, here.centre.id, new_booking(here, coach, beside=True), key=key())
    with pytest.raises(NotAllowed):
        acting(host, diary.move, booking.id, starts=NOON, beside=True, version=1, key=key())
    with pytest.raises(ProgrammingError, match="on purpose"), as_actor(host), connection.cursor() as cursor:
        cursor.execute("update diary_booking set beside_by = %s where id = %s", [host.member_id, booking.id])


def test_a_person_is_never_in_two_places_also_on_purpose() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    booking = here.booking(NOON)
    with pytest.raises(Refused, match="This person"):
        wanted = new_booking(here, coach, person_id=booking.person_id, beside=True)
        acting(leader, diary.book_one, here.centre.id, wanted, key=key())


def test_what_was_booked_on_purpose_stands_by_itself_once_it_is_moved_to_a_free_time() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    here.booking(NOON, staff_id=coach.staff_id)
    made = acting(leader, diary.book_one, here.centre.id, new_booking(here, coach, beside=True), key=key())
    later = NOON + timedelta(hours=1)
    moved = acting(leader, diary.move, made, starts=later, version=1, key=key())
    assert moved.beside_by is None
    with pytest.raises(Refused, match="already booked"):
        acting(leader, diary.move, made, starts=NOON, version=2, key=key())
