"""How long it is going to take, from what the day itself has shown."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, place

from kohti.frontdesk import actions, queries
from kohti.frontdesk.actions import Moved
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor


class Line:
    """The desk of a centre, with talks of a length one can set."""

    def __init__(self) -> None:
        self.here: Place = place()
        self.host = self.here.member("host")
        self.coach = self.here.member("coach")

    def comes(self) -> Moved:
        """Somebody walks in and waits at the desk."""
        with as_actor(self.host):
            return actions.take_walk_in(self.host, self.here.reasons["evidence"].id, key=str(uuid.uuid4()))

    def is_seen(self, by: Actor, moved: Moved) -> None:
        """A talk begins."""
        with as_actor(by):
            actions.call(by, moved.visit_id, key=str(uuid.uuid4()))
            actions.begin(by, moved.visit_id, key=str(uuid.uuid4()))

    def talked(self, by: Actor, minutes: int, *, ended: int = 5) -> None:
        """A talk that took so long and ended so many minutes ago."""
        with clock.held_at(MORNING - timedelta(minutes=ended + minutes)):
            moved = self.comes()
            self.is_seen(by, moved)
        with clock.held_at(MORNING - timedelta(minutes=ended)), as_actor(by):
            actions.finish(by, moved.visit_id, key=str(uuid.uuid4()))

    def wait(self, stream: str = "desk") -> queries.Wait:
        """What whoever comes now is told."""
        with as_actor(self.host):
            wait = queries.wait_of(self.here.centre.id, TODAY, stream)
        assert wait is not None
        return wait

    def wait_for(self, moved: Moved, actor: Actor | None = None) -> queries.Wait | None:
        """What whoever holds this ticket is told."""
        with as_actor(actor or self.host):
            return queries.wait_for(self.here.centre.id, TODAY, moved.visit_id)


@pytest.fixture
def line() -> Line:
    return Line()


def test_where_nobody_serves_a_line_nothing_is_promised(line: Line) -> None:
    line.comes()
    assert (line.wait().minutes, line.wait().words, line.wait().ahead) == (None, "", 1)


def test_the_wait_grows_with_those_ahead_and_shrinks_with_each_colleague(line: Line) -> None:
    line.is_seen(line.host, line.comes())
    for _n in range(3):
        line.comes()
    assert (line.wait().minutes, line.wait().words) == (40, "about 40 minutes")
    line.is_seen(line.coach, line.comes())
    assert line.wait().minutes == 20
    assert line.wait().promise == 20


def test_slow_talks_of_today_make_the_estimate_longer_than_the_rule(line: Line) -> None:
    line.is_seen(line.host, line.comes())
    line.comes()
    before = line.wait().minutes
    for number in range(4):
        line.talked(line.host, 22, ended=5 + 25 * number)
    assert (before, line.wait().minutes) == (20, 30)


def test_a_colleague_who_also_sees_appointments_counts_in_part(line: Line) -> None:
    line.talked(line.coach, 10)
    booking = line.here.booking(MORNING, staff_id=line.coach.staff_id)
    with as_actor(line.host):
        moved = actions.check_in(line.host, booking.id, key="in")
    line.is_seen(line.coach, moved)
    line.comes()
    assert line.wait().minutes == 40


def test_each_ticket_is_told_its_own_wait_by_the_order_of_the_line(line: Line) -> None:
    line.is_seen(line.host, line.comes())
    first, second = line.comes(), line.comes()
    with as_actor(line.host):
        crisis = actions.take_walk_in(line.host, line.here.reasons["robbed"].id, key="crisis")
    told = [line.wait_for(one) for one in (crisis, first, second)]
    assert [one and (one.ahead, one.minutes) for one in told] == [(0, 10), (1, 20), (2, 30)]


def test_whoever_has_an_appointment_waits_for_their_colleague_and_never_less_than_until_the_agreed_time(
    line: Line,
) -> None:
    early = line.here.booking(MORNING + timedelta(minutes=30), staff_id=line.coach.staff_id)
    with as_actor(line.host):
        moved = actions.check_in(line.host, early.id, key="in")
    wait = line.wait_for(moved)
    assert wait is not None
    assert wait.minutes == 30


def test_a_guest_is_told_the_wait_of_their_own_visit_and_of_no_other(line: Line) -> None:
    mine, other = (
        line.here.booking(MORNING + timedelta(minutes=10 * n), staff_id=line.coach.staff_id) for n in (0, 1)
    )
    with as_actor(line.host):
        here, there = (actions.check_in(line.host, one.id, key=str(one.id)) for one in (mine, other))
    with as_actor(DOOR):
        guest = actors.guest(mine.id)
    assert guest is not None
    told = line.wait_for(here, guest)
    assert told is not None
    assert told.ahead == 0
    assert line.wait_for(there, guest) is None


def test_another_service_is_told_nothing_of_the_line(line: Line) -> None:
    moved = line.comes()
    stranger = place().member("host")
    with as_actor(stranger):
        assert all(one.waiting == 0 for one in queries.lines(line.here.centre.id, TODAY))
        assert queries.wait_for(line.here.centre.id, TODAY, moved.visit_id) is None


def test_a_long_line_says_how_many_more_would_keep_the_promise(line: Line) -> None:
    line.is_seen(line.host, line.comes())
    for _n in range(8):
        line.comes()
    with as_actor(line.host):
        desk = next(one for one in queries.lines(line.here.centre.id, TODAY) if one.code == "desk")
    assert (desk.waiting, desk.hands, desk.wanted) == (8, 1, 3)
    assert desk._replace(waiting=0, hands=0).wanted == 0
