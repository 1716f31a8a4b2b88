"""Days that are not as others: the clocks change, midnight comes with people inside, the centre closes at noon."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, place
from tests.frontdesk.test_line import MINUTE, Desk, later

from kohti.config import housekeeping
from kohti.diary import actions as diary
from kohti.diary import covering
from kohti.diary.models import Booking
from kohti.frontdesk import actions, queries
from kohti.frontdesk.models import Period, Visit
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import Refused

HOUR = timedelta(hours=1)
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


@pytest.fixture(scope="module")
def somewhere() -> Place:
    """One service for these tests: each has a day of its own."""
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def desk(somewhere: Place) -> Desk:
    return Desk(somewhere)


def line_of(desk: Desk, day: date) -> list[tuple[str, int]]:
    """Tickets of whoever is here on a day, in their order, with the minutes they have waited."""
    with as_actor(desk.leader):
        return [(card.ticket, card.waited()) for card in queries.queue(desk.here.centre.id, day)]


def closed_by_the_hours(desk: Desk) -> int:
    """How many days housekeeping closes now."""
    with as_system(desk.here.system) as system:
        return housekeeping.close_centres(system)


def became(desk: Desk, booking: Booking) -> tuple[str, str]:
    """How an appointment stands, and why."""
    with as_actor(desk.leader):
        found = Booking.objects.get(id=booking.id)
    return found.state, found.reason


def nobody_is_open(desk: Desk, day: date) -> bool:
    """Whether every visit of a day is over, and every stretch of one."""
    with as_actor(desk.leader):
        visits = Visit.objects.filter(day=day, is_open=True).exists()
        return not visits and not Period.objects.filter(day=day, ends=None).exists()


@pytest.mark.parametrize(
    ("day", "midnight", "hours"),
    [
        pytest.param(SPRING, datetime(2026, 3, 29, 0, tzinfo=UTC), 23, id="an hour is left out"),
        pytest.param(AUTUMN, datetime(2026, 10, 24, 23, tzinfo=UTC), 25, id="an hour comes twice"),
    ],
)
def test_when_the_clocks_change_waits_are_true_and_the_day_ends_at_its_own_midnight(
    desk: Desk, day: date, midnight: datetime, hours: int
) -> None:
    nine, ends = midnight + (hours - 15) * HOUR, midnight + hours * HOUR
    with clock.held_at(midnight - MINUTE):
        yesterdays = desk.comes()
    with clock.held_at(midnight + HOUR / 2):  # before the clocks change
        early, parked = desk.comes(), desk.comes()
        desk.press(actions.park, parked.visit_id, until=midnight + 3 * HOUR)
        assert closed_by_the_hours(desk) == 1
        assert (desk.visit(yesterdays).state, desk.visit(yesterdays).ending) == ("left", "hours")
    with clock.held_at(midnight + 5 * HOUR / 2):  # after they have changed
        assert line_of(desk, day) == [(early.ticket, 120), (parked.ticket, 120)]
        booked = desk.here.booking(clock.local(day, "09:00", desk.host.zone), staff_id=desk.coach.staff_id)
        assert booked.starts == nine
    with clock.held_at(nine + 5 * MINUTE):
        walked_in, agreed = desk.comes(), desk.press(actions.check_in, booked.id)
        assert [ticket for ticket, _waited in line_of(desk, day)] == [
            one.ticket for one in (early, parked, agreed, walked_in)
        ]
    with clock.held_at(ends - MINUTE):
        assert closed_by_the_hours(desk) == 0  # a centre without hours on a Sunday is open until midnight
        assert desk.comes().ticket == "D005"
    with clock.held_at(ends):
        assert desk.comes().ticket == "D001"
        assert closed_by_the_hours(desk) == 1
    assert nobody_is_open(desk, day)


def test_a_centre_that_closes_at_noon_leaves_nobody_open_and_lets_nobody_in_after_it(desk: Desk) -> None:
    with later(-60):
        acting(desk.leader, diary.close_on, desk.here.centre.id, TODAY, "stocktaking", closes=time(12))
    with later(110):
        waits, talks, parked = desk.comes(), desk.seen(desk.coach), desk.comes()
        desk.press(actions.park, parked.visit_id, until=MORNING + 150 * MINUTE)
        expected = desk.here.booking(MORNING + 115 * MINUTE)
        afternoon = desk.here.booking(MORNING + 4 * HOUR, staff_id=desk.coach.staff_id)
        asked = desk.press(actions.ask_for_help, desk="4")
    with later(119):
        assert closed_by_the_hours(desk) == 0
    with later(120):
        assert closed_by_the_hours(desk) == 1
        assert closed_by_the_hours(desk) == 0
        ended = [(desk.visit(one).state, desk.visit(one).ending) for one in (waits, talks, parked)]
        assert ended == [("left", "hours"), ("done", "hours"), ("left", "hours")]
        with as_actor(desk.leader):
            assert Booking.objects.get(id=expected.id).state == "missed"
            assert Booking.objects.get(id=afternoon.id).state == "booked"
            assert [one.id for one in covering.needs_somebody(desk.leader)] == [afternoon.id]
        with pytest.raises(Refused, match="has closed"):
            desk.comes()
        with pytest.raises(Refused, match="has closed"):
            desk.press(actions.take_back, waits.visit_id)
        with pytest.raises(Refused, match="over already"):
            desk.press(actions.go_to_help, asked, by=desk.coach)
    assert nobody_is_open(desk, TODAY)
    with later(20 * 60):
        assert closed_by_the_hours(desk) == 1
        assert closed_by_the_hours(desk) == 0
        assert became(desk, afternoon) == ("cancelled", "The centre is closed on this day.")


def test_what_stood_in_a_day_that_was_closed_whole_was_missed_by_nobody(desk: Desk) -> None:
    day = TODAY + timedelta(days=7)
    booked = desk.here.booking(MORNING + timedelta(days=7), staff_id=desk.coach.staff_id)
    acting(desk.leader, diary.close_on, desk.here.centre.id, day, "stocktaking")
    with clock.held_at(MORNING + timedelta(days=7, hours=10)):
        assert closed_by_the_hours(desk) == 0
        assert became(desk, booked) == ("booked", "")
    with clock.held_at(MORNING + timedelta(days=8)):
        assert closed_by_the_hours(desk) == 1
        assert became(desk, booked) == ("cancelled", "The centre is closed on this day.")


def test_whoever_closes_the_day_by_hand_says_that_nobody_else_comes(desk: Desk) -> None:
    day = TODAY + timedelta(days=9)
    booked = desk.here.booking(MORNING + timedelta(days=9, hours=4), staff_id=desk.coach.staff_id)
    with clock.held_at(MORNING + timedelta(days=9)):
        desk.press(actions.close_day, desk.here.centre.id, day, by=desk.leader, endings={})
        assert became(desk, booked) == ("missed", "")
