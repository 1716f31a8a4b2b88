"""Many people at the same moment: one slot, one ticket each, no visitor called twice, nothing lost."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import connection
from tests.factories import MORNING, TODAY, Place, acting, in_threads, place

from kohti.diary import actions as diary
from kohti.diary.actions import NewBooking
from kohti.diary.models import Booking
from kohti.frontdesk import actions
from kohti.frontdesk.actions import Moved
from kohti.frontdesk.models import Day, Period, State, Visit
from kohti.kernel.actor import as_actor


def outcomes(results: list[Any]) -> Counter[str]:
    """What came out: done, or the error's name and code."""
    return Counter(
        f"{type(one).__name__} {getattr(one, 'code', '')}".strip() if isinstance(one, Exception) else "done"
        for one in results
    )


def as_key() -> str:
    """A press of a button of its own."""
    return str(uuid.uuid4())


def walk_ins(here: Place, number: int) -> list[Moved]:
    """Some people who wait at the desk."""
    host = here.member("host")
    with as_actor(host):
        return [actions.take_walk_in(host, here.reasons["evidence"].id, key=as_key()) for _n in range(number)]


def test_of_a_thousand_tries_for_one_slot_one_wins_and_the_rest_are_told() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    people = [here.person() for _n in range(40)]
    kind = here.kinds["work-search-review"].id

    def book(index: int) -> object:
        wanted = NewBooking(
            starts=MORNING + timedelta(minutes=index % 10),
            minutes=10,
            kind_id=kind,
            person_id=people[index % 40].id,
            staff_id=coach.staff_id,
        )
        return acting(leader, diary.book, here.centre.id, [wanted])

    assert outcomes(in_threads(1000, book)) == {"done": 1, "Refused clash": 999}
    with as_actor(leader):
        assert Booking.objects.count() == 1


def test_of_two_hundred_who_move_appointments_to_one_time_at_once_one_wins() -> None:
    here = place()
    leader, coach = here.member("leader"), here.member("coach")
    bookings = [
        here.booking(MORNING + timedelta(minutes=10 + 10 * n), staff_id=coach.staff_id) for n in range(8)
    ]
    noon = MORNING + timedelta(hours=3)

    def move(index: int) -> object:
        return acting(leader, diary.move, bookings[index % 8].id, starts=noon, version=1, key=as_key())

    found = outcomes(in_threads(200, move))
    assert found["done"] == 1
    assert set(found) == {"done", "Refused clash", "Refused changed-meanwhile"}
    with as_actor(leader):
        assert Booking.objects.filter(starts=noon).count() == 1


def test_nobody_is_thrown_out_when_everybody_books_everybody() -> None:
    """Bookings that share a person with one and a colleague with another wait for each other in no circle."""
    here = place()
    leader = here.member("leader")
    staff, people = [here.staff() for _n in range(4)], [here.person() for _n in range(4)]
    kind = here.kinds["work-search-review"].id

    def book(index: int) -> object:
        pairs = [(index + n, index // 4 + n * 3) for n in range(2)]
        wanted = [
            NewBooking(
                starts=MORNING + timedelta(minutes=10 * (index % 8)),
                minutes=10,
                kind_id=kind,
                person_id=people[person % 4].id,
                staff_id=staff[colleague % 4].id,
            )
            for person, colleague in pairs
        ]
        return acting(leader, diary.book, here.centre.id, wanted)

    found = outcomes(in_threads(200, book))
    assert set(found) == {"done", "Refused clash"}
    with as_actor(leader):
        assert Booking.objects.count() == 2 * found["done"]


def test_a_thousand_walk_ins_at_once_have_a_thousand_tickets() -> None:
    here = place()
    hosts = [here.member("host", name=f"Host {n}") for n in range(4)]
    reason = here.reasons["evidence"].id

    found = in_threads(1000, lambda n: acting(hosts[n % 4], actions.take_walk_in, reason, key=as_key()))
    assert outcomes(found) == {"done": 1000}
    assert {one.ticket for one in found if isinstance(one, Moved)} == {f"D{n:03d}" for n in range(1, 1001)}
    with as_actor(hosts[0]):
        assert Day.objects.get().last_ticket == 1000


def test_two_hundred_calls_at_once_call_each_of_a_hundred_and_fifty_once() -> None:
    here = place()
    colleagues = [here.member("host", name=f"Host {n}") for n in range(20)]
    waiting = walk_ins(here, 150)

    found = in_threads(
        200, lambda n: acting(colleagues[n % 20], actions.call_next, streams=["desk"], key=as_key())
    )
    called = Counter(one.ticket for one in found if isinstance(one, Moved))
    assert called == {moved.ticket: 1 for moved in waiting}
    assert found.count(None) == 50
    with as_actor(here.member("leader")):
        assert Visit.objects.filter(state=State.CALLED).count() == 150
        assert Period.objects.filter(state=State.CALLED).count() == 150


def test_fifty_check_ins_of_one_booking_at_once_are_one_visit() -> None:
    here = place()
    booking = here.booking()
    hosts = [here.member("host", name=f"Host {n}") for n in range(5)]

    found = in_threads(50, lambda n: acting(hosts[n % 5], actions.check_in, booking.id, key=as_key()))
    assert outcomes(found) == {"done": 50}
    assert len(set(found)) == 1
    with as_actor(hosts[0]):
        assert Visit.objects.count() == 1


def test_one_press_that_is_sent_fifty_times_is_one_visit() -> None:
    here = place()
    host = here.member("host")

    found = in_threads(
        50, lambda n: acting(host, actions.take_walk_in, here.reasons["evidence"].id, key="one press")
    )
    assert outcomes(found) == {"done": 50}
    with as_actor(host):
        assert Visit.objects.count() == 1


def test_of_sixteen_colleagues_who_call_the_same_visitor_one_does() -> None:
    here = place()
    colleagues = [here.member("host", name=f"Host {n}") for n in range(16)]
    for visitor in walk_ins(here, 10):
        button = f"call:{visitor.visit_id}:1"
        found = in_threads(
            16,
            lambda n, visitor=visitor, button=button: acting(  # type: ignore[misc]
                colleagues[n], actions.call, visitor.visit_id, key=button
            ),
        )
        assert outcomes(found) == {"done": 1, "Refused state": 15}
        winner = next(n for n, one in enumerate(found) if isinstance(one, Moved))
        with as_actor(colleagues[0]):
            assert Visit.objects.get(id=visitor.visit_id).with_staff_id == colleagues[winner].staff_id


def test_closing_while_people_arrive_leaves_nobody_open_and_nobody_in_between() -> None:
    here = place()
    host, leader = here.member("host"), here.member("leader")
    bookings = [here.booking(MORNING + timedelta(minutes=n)) for n in range(60)]

    def one(index: int) -> object:
        if index == 30:
            return acting(leader, actions.close_day, here.centre.id, TODAY, key="close")
        if index % 2:
            return acting(host, actions.take_walk_in, here.reasons["evidence"].id, key=as_key())
        return acting(host, actions.check_in, bookings[index].id, key=as_key())

    found = outcomes(in_threads(60, one))
    assert set(found) <= {"done", "Refused closed"}
    with as_actor(leader):
        assert not Visit.objects.filter(state__in=[State.WAITING, State.CALLED, State.SERVING]).exists()
        assert not Booking.objects.filter(state=Booking.State.BOOKED).exists()
        kept = Booking.objects.filter(state=Booking.State.KEPT).count()
        assert kept == Visit.objects.exclude(booking=None).count()


def test_a_file_is_imported_while_people_check_in_and_nobody_loses_their_visit() -> None:
    here = place()
    leader, host = here.member("leader"), here.member("host")
    bookings = [
        here.booking(
            MORNING + timedelta(minutes=5 * n),
            minutes=5,
            reference=f"R{n}",
            person=here.person(f"Visitor {chr(65 + n)}"),
        )
        for n in range(24)
    ]
    head = "Ref,Date,Start,Minutes,Customer,DOB,Phone,Email,With,Type,Notes\n"
    lines = "".join(
        f"R{n},2026-03-11,{14 + n // 12}:{n % 12 * 5:02d},5,Visitor {chr(65 + n)},,,,,Work search review,\n"
        for n in range(24)
    )
    content = (head + lines).encode()

    def one(index: int) -> object:
        if index == 12:
            return acting(leader, diary.apply_file, here.centre.id, content, filename="later.csv")
        return acting(host, actions.check_in, bookings[index % 24].id, key=as_key())

    assert outcomes(in_threads(48, one)) == {"done": 48}
    with as_actor(leader):
        visits = dict(Visit.objects.values_list("booking_id", "agreed_at"))
        now = {booking.id: booking for booking in Booking.objects.order_by("id")}
    assert len(visits) == 24
    assert {booking.state for booking in now.values()} == {"kept"}
    assert all(now[booking_id].starts == agreed for booking_id, agreed in visits.items())


def test_a_day_that_is_closed_twice_at_once_is_closed_once() -> None:
    here = place()
    leader = here.member("leader")
    walk_ins(here, 20)

    found = in_threads(8, lambda n: acting(leader, actions.close_day, here.centre.id, TODAY, key=as_key()))
    assert sorted(found) == [0] * 7 + [20]  # type: ignore[type-var]
    with as_actor(leader):
        assert Period.objects.filter(ends=None).count() == 0


def test_a_colleague_who_calls_next_does_not_wait_for_one_who_is_about_to() -> None:
    here = place()
    first, second = walk_ins(here, 2)
    host, coach = here.member("host"), here.member("coach")

    def call_meanwhile(index: int) -> object:
        with as_actor(coach), connection.cursor() as cursor:
            cursor.execute("set local lock_timeout = '20s'")
            return actions.call_next(coach, streams=["desk"], key=as_key())

    with as_actor(host):
        called = actions.call_next(host, streams=["desk"], key=as_key())
        (meanwhile,) = in_threads(1, call_meanwhile)
    assert called is not None
    assert isinstance(meanwhile, Moved)
    assert [called.ticket, meanwhile.ticket] == [first.ticket, second.ticket]
