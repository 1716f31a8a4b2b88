"""A time that nobody could keep is refused in the same words, by whatever way an appointment comes to it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, place

import kohti
from kohti.diary import actions as diary
from kohti.diary.models import Booking, Room, Wish
from kohti.frontdesk import actions as frontdesk
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.errors import NotThere, Refused

NOON = MORNING + timedelta(hours=2)
LATER = NOON + timedelta(days=13)


def a_day(n: int, hour: int = 12, minute: int = 0) -> datetime:
    """A wall time so many days after today, before the clocks change."""
    return MORNING.replace(hour=hour, minute=minute) + timedelta(days=n)


@dataclass
class Troubled:
    """A centre with trouble on the next days: tomorrow the colleague is away, Friday it is closed, and so on."""

    here: Place
    coach: Actor
    room: Room

    def key(self) -> str:
        return str(uuid.uuid4())

    def later(self) -> Booking:
        """Somebody's appointment in a fortnight, in a room, as they come to be moved."""
        made = self.here.booking(LATER, minutes=30, staff_id=self.coach.staff_id)
        with as_system(self.here.system):
            Booking.objects.filter(id=made.id).update(room_id=self.room.id)
        return made


@pytest.fixture(scope="module")
def troubled() -> Troubled:
    with clock.held_at(MORNING):
        here = place()
        leader, coach = here.member("leader"), here.member("coach")
        with as_system(here.system) as system:
            room = Room.objects.create(service_id=system.service, centre_id=here.centre.id, name="Room 9")
        acting(coach, diary.be_away, coach.staff_id, a_day(1).date(), a_day(1).date(), key="away")
        acting(leader, diary.close_on, here.centre.id, a_day(2).date(), "Water")
        acting(leader, diary.close_on, here.centre.id, a_day(5).date(), "Water", closes=time(12, 10))
        for n, holds in ((6, {"staff_id": coach.staff_id}), (7, {"room_id": room.id})):
            session = diary.NewDropIn(
                title="Debt help",
                weekday=a_day(n).weekday(),
                opens=time(9),
                closes=time(14),
                first=TODAY,
                last=a_day(n).date(),
                **holds,
            )
            acting(leader, diary.add_drop_in, here.centre.id, session, key=f"held{n}")
        return Troubled(here, coach, room)


NOT_THEN = (
    (MORNING - timedelta(minutes=40), "over"),
    (a_day(1), "away"),
    (a_day(2), "closed"),
    (a_day(3), "closed"),
    (a_day(5), "closed"),
    (a_day(6), "drop-in"),
    (a_day(7), "drop-in"),
    (a_day(8, 8, 50), "hours"),
    (a_day(8, 16, 50), "hours"),
)
"""When it cannot be, and why: the fourth is a Saturday."""


def by_the_book(at: Troubled, starts: datetime) -> None:
    wanted = new(at, starts)
    acting(at.here.member("host"), diary.book_one, at.here.centre.id, wanted, key=at.key())


def with_the_end_of_a_talk(at: Troubled, starts: datetime) -> None:
    host = at.here.member("host")
    moved = acting(host, frontdesk.take_walk_in, at.here.reasons["account-access"].id, key=at.key())
    for press in (frontdesk.call, frontdesk.begin):
        acting(host, press, moved.visit_id, key=at.key())
    acting(host, frontdesk.finish, moved.visit_id, key=at.key(), following=new(at, starts))


def moved_in_the_book(at: Troubled, starts: datetime) -> None:
    booking = at.later()
    acting(at.here.member("host"), diary.move, booking.id, starts=starts, version=1, key=at.key())


def moved_by_its_link(at: Troubled, starts: datetime) -> None:
    booking = at.later()
    with as_actor(DOOR):
        guest = actors.guest(booking.id, "diary.book")
    assert guest is not None
    acting(guest, diary.move, booking.id, starts=starts, version=1, key=at.key())


def from_the_waiting_list(at: Troubled, starts: datetime) -> None:
    host, booking = at.here.member("host"), at.later()
    acting(host, diary.ask_earlier, booking.id, key=at.key())
    with as_actor(host):
        wish = Wish.objects.get(booking_id=booking.id, ended_at=None)
    acting(
        host, diary.take_earlier, wish.id, starts=starts, staff_id=at.coach.staff_id, version=1, key=at.key()
    )


def new(at: Troubled, starts: datetime) -> diary.NewBooking:
    return diary.NewBooking(
        starts=starts,
        minutes=30,
        kind_id=at.here.kinds["work-search-review"].id,
        staff_id=at.coach.staff_id,
        room_id=at.room.id,
    )


@pytest.mark.parametrize(
    "way",
    [by_the_book, with_the_end_of_a_talk, moved_in_the_book, moved_by_its_link, from_the_waiting_list],
    ids=lambda way: way.__name__,
)
def test_a_time_that_nobody_could_keep_is_refused_by_every_way(
    troubled: Troubled, way: Callable[[Troubled, datetime], None]
) -> None:
    # From the waiting list one comes without a room, where that is what is taken.
    not_then = [one for one in NOT_THEN if way is not from_the_waiting_list or one[0] != a_day(7)]
    found = []
    for starts, _why in not_then:
        with pytest.raises(Refused) as told:
            way(troubled, starts)
        found.append((starts, told.value.code))
        assert told.value.message
        with as_system(troubled.here.system):  # so that the next one has the same time to come from
            Booking.objects.filter(service_id=troubled.here.system.service, state="booked").update(
                state="cancelled"
            )
    assert found == not_then
    way(troubled, a_day(8))


def test_a_time_that_a_file_brought_is_kept_when_only_the_colleague_changes(troubled: Troubled) -> None:
    early = troubled.here.booking(a_day(9, 7), staff_id=troubled.coach.staff_id)
    other = troubled.here.member("coach", name="Ada Early")
    host = troubled.here.member("host")
    moved = acting(
        host, diary.move, early.id, starts=early.starts, staff_id=other.staff_id, version=1, key="as it is"
    )
    assert (moved.starts, moved.staff_id) == (early.starts, other.staff_id)


def test_a_room_of_another_centre_is_none(troubled: Troubled) -> None:
    with as_system(troubled.here.system) as system:
        room = Room.objects.create(service_id=system.service, centre_id=troubled.here.other.id, name="Far")
    wanted: Any = diary.NewBooking(
        starts=a_day(12), minutes=30, kind_id=troubled.here.kinds["work-search-review"].id, room_id=room.id
    )
    with pytest.raises(NotThere):
        acting(troubled.here.member("host"), diary.book_one, troubled.here.centre.id, wanted, key="elsewhere")


ASK_FOR_THEMSELVES = {"outreach/actions/rounds.py"}
"""Rounds go out when no centre is open: they ask who of those who go is booked or away."""


def test_no_other_room_books_past_the_question_whether_it_can_be_kept() -> None:
    source = Path(kohti.__file__).parent
    past = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if path.relative_to(source).parts[0] not in ("diary", "config")
        and re.search(r"\bdiary\.book\(|actions\.book\(|Booking\.objects\.(bulk_)?create", path.read_text())
    }
    assert past == ASK_FOR_THEMSELVES
