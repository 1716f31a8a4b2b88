"""Whatever is booked, moved, cancelled, kept or missed: nobody is in two places, the floor sees its day alone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.factories import MORNING, Place, as_system, place

from kohti.config import addresses
from kohti.diary import actions
from kohti.diary.actions import NewBooking
from kohti.diary.models import Booking, Room
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, Refused
from kohti.people.models import Person

OVERLAPS = """
select count(*) from diary_booking a join diary_booking b on a.id < b.id and a.service_id = b.service_id
  and (a.person_id = b.person_id or a.room_id = b.room_id
    or a.staff_id = b.staff_id and a.beside_by is null and b.beside_by is null)
  and a.starts < b.ends and b.starts < a.ends
where a.service_id = %s and a.starts >= %s and b.starts >= %s
  and a.state in ('booked', 'kept') and b.state in ('booked', 'kept')
"""
TOLD = """
select subject_id, count(*) filter (where verb = 'booking.made'), count(*) filter (where verb = 'booking.moved'),
  count(*) filter (where verb = 'booking.cancelled')
from kernel_historyevent where subject_id = any(%s) group by subject_id
"""
AGAIN = {"kept": ("booked",), "missed": ("booked", "kept"), "booked": ("kept", "missed")}
"""What a booking may become, and from what, where people are met."""


@dataclass
class Wanted:
    """A booking as the rules have it: times in minutes since the first day's opening."""

    centre: int
    starts: int
    minutes: int
    person: uuid.UUID | None
    staff: uuid.UUID | None
    room: uuid.UUID | None
    state: str = "booked"
    beside: bool = False
    moves: int = 0

    def clashes(self, other: Wanted) -> bool:
        """Whether both cannot stand."""
        return (
            self.state in ("booked", "kept")
            and self.starts < other.starts + other.minutes
            and other.starts < self.starts + self.minutes
            and any(
                mine is not None and mine == theirs
                for mine, theirs in (
                    (self.person, other.person),
                    (None if self.beside or other.beside else self.staff, other.staff),
                    (self.room, other.room),
                )
            )
        )


@dataclass
class Stage:
    """Two centres and their people; each run of the machine plays weeks after the one before."""

    here: Place
    leaders: tuple[Actor, Actor]
    hosts: tuple[Actor, Actor]
    people: tuple[list[uuid.UUID], list[uuid.UUID]]
    staff: list[uuid.UUID]
    rooms: list[uuid.UUID]
    """Of the first centre; nobody minds that the other one books them too."""
    runs: int = 0

    @classmethod
    def made(cls) -> Stage:
        """Somewhere to play."""
        here = place()
        with as_system(here.system):
            rooms = [
                Room.objects.create(service=here.centre.service, centre=here.centre, name=f"Own room {n}").id
                for n in range(2)
            ]
        return cls(
            here,
            (here.member("leader"), here.member("leader", centre="gloucester")),
            (here.member("host"), here.member("host", centre="gloucester")),
            ([here.person().id for _n in range(3)], [here.person(centre=here.other).id for _n in range(3)]),
            [here.staff().id for _n in range(2)],
            rooms,
        )


def one_or_none(of: list[uuid.UUID], which: int | None) -> uuid.UUID | None:
    """One of them, or none."""
    return None if which is None else of[which % len(of)]


WHICH = st.none() | st.integers(0, 3)
BOOKINGS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 5), st.sampled_from([10, 20, 30]), WHICH, WHICH, WHICH),
    min_size=1,
    max_size=3,
)


def machine(stage: Stage) -> type[RuleBasedStateMachine]:
    """A diary to be used at random."""

    class Diary(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            stage.runs += 1
            self.opens = MORNING.replace(hour=9) + timedelta(days=7 * stage.runs)
            self.now = self.opens - timedelta(hours=1)
            self.bookings: dict[uuid.UUID, Wanted] = {}

        def at(self, wanted: Wanted) -> datetime:
            return self.opens + timedelta(minutes=wanted.starts)

        def clash(self, wanted: Wanted, *, beside: uuid.UUID | None = None) -> bool:
            return any(
                other.clashes(wanted) for booking_id, other in self.bookings.items() if booking_id != beside
            )

        def one_of(self, which: int) -> tuple[uuid.UUID, Wanted]:
            keys = list(self.bookings)
            return keys[which % len(keys)], self.bookings[keys[which % len(keys)]]

        @rule(centre=st.integers(0, 1), several=BOOKINGS)
        def book(self, centre: int, several: list[tuple[int, int, int, Any, Any, Any]]) -> None:
            wanted = [
                Wanted(
                    centre,
                    24 * 60 * day + 10 * slot,
                    minutes,
                    one_or_none(stage.people[centre], person),
                    one_or_none(stage.staff, staff),
                    one_or_none(stage.rooms, room),
                )
                for day, slot, minutes, person, staff, room in several
            ]
            impossible = any(
                self.clash(one) or any(other.clashes(one) for other in wanted[:n])
                for n, one in enumerate(wanted)
            )
            leader = stage.leaders[centre]
            new = [
                NewBooking(
                    starts=self.at(one),
                    minutes=one.minutes,
                    kind_id=stage.here.kinds["work-search-review"].id,
                    person_id=one.person,
                    staff_id=one.staff,
                    room_id=one.room,
                )
                for one in wanted
            ]
            place_id = leader.centre_id
            assert place_id is not None
            with clock.held_at(self.now):
                if impossible:
                    with pytest.raises(Refused, match="already booked at that time"), as_actor(leader):
                        actions.book(leader, place_id, new)
                    return
                with as_actor(leader):
                    made = actions.book(leader, place_id, new)
            self.bookings |= {row.id: one for row, one in zip(made, wanted, strict=True)}

        @precondition(lambda self: self.bookings)
        @rule(which=st.integers(0, 30))
        def cancel(self, which: int) -> None:
            booking_id, booking = self.one_of(which)
            leader = stage.leaders[booking.centre]
            with clock.held_at(self.now):
                if booking.state != "booked":
                    with pytest.raises(Refused), as_actor(leader):
                        actions.cancel(leader, booking_id, key=None)
                    return
                with as_actor(leader):
                    actions.cancel(leader, booking_id, key=None)
            booking.state = "cancelled"

        def over(self, wanted: Wanted) -> bool:
            return self.at(wanted) + timedelta(minutes=wanted.minutes) <= self.now

        @rule(centre=st.integers(0, 1), day=st.integers(0, 2), slot=st.integers(0, 5), who=WHICH)
        def book_on_purpose_once_more(self, centre: int, day: int, slot: int, who: int | None) -> None:
            leader, host = stage.leaders[centre], stage.hosts[centre]
            person = one_or_none(stage.people[centre], who)
            wanted = Wanted(centre, 24 * 60 * day + 10 * slot, 20, person, stage.staff[0], None, beside=True)
            new = NewBooking(
                starts=self.at(wanted),
                minutes=20,
                kind_id=stage.here.kinds["work-search-review"].id,
                person_id=wanted.person,
                staff_id=wanted.staff,
                beside=True,
            )
            place_id = leader.centre_id
            assert place_id is not None
            with clock.held_at(self.now):
                with pytest.raises(NotAllowed), as_actor(host):
                    actions.book_one(host, place_id, new, key=str(uuid.uuid4()))
                try:
                    with as_actor(leader):
                        made = actions.book_one(leader, place_id, new, key=str(uuid.uuid4()))
                except Refused as trouble:
                    why = trouble.code
                else:
                    why, self.bookings[made] = "", wanted
            others = [one for one in self.bookings.values() if one is not wanted]
            impossible = self.over(wanted) or any(one.clashes(wanted) for one in others)
            assert bool(why) == impossible or why == "closed"

        @precondition(lambda self: self.bookings)
        @rule(
            which=st.integers(0, 30),
            day=st.integers(0, 2),
            slot=st.integers(0, 5),
            staff=st.none() | st.integers(0, 1),
            beside=st.booleans(),
            behind=st.sampled_from([0, 0, 0, 1]),
        )
        def move(self, which: int, day: int, slot: int, staff: int | None, beside: bool, behind: int) -> None:
            booking_id, booking = self.one_of(which)
            if booking.centre == 1 and booking.room:
                return
            leader = stage.leaders[booking.centre]
            colleague = booking.staff if staff is None else stage.staff[staff]
            starts = 24 * 60 * day + 10 * slot
            stays = (starts, colleague) == (booking.starts, booking.staff)
            wanted = replace(
                booking,
                starts=starts,
                staff=colleague,
                beside=beside or (stays and booking.beside),
                moves=booking.moves + 1,
            )
            impossible = (
                booking.state != "booked"
                or behind > 0
                or self.over(wanted)
                or self.clash(wanted, beside=booking_id)
            )
            with clock.held_at(self.now):
                with as_actor(leader):
                    version = Booking.objects.get(id=booking_id).version
                try:
                    with as_actor(leader):
                        actions.move(
                            leader,
                            booking_id,
                            starts=self.at(wanted),
                            staff_id=None if staff is None else colleague,
                            beside=beside,
                            version=version - behind,
                            key=str(uuid.uuid4()),
                        )
                except Refused as trouble:
                    why = trouble.code
                else:
                    why, self.bookings[booking_id] = "", wanted
            assert bool(why) == impossible or why == "closed"

        @precondition(lambda self: self.bookings)
        @rule(which=st.integers(0, 30), state=st.sampled_from(sorted(AGAIN)))
        def mark(self, which: int, state: str) -> None:
            booking_id, booking = self.one_of(which)
            leader = stage.leaders[booking.centre]
            possible = booking.state in AGAIN[state]
            with clock.held_at(self.now):
                if possible and booking.state == "missed" and self.clash(booking, beside=booking_id):
                    with pytest.raises(Refused), as_actor(leader):
                        actions.mark(leader, booking_id, state, expected=AGAIN[state])
                    return
                with as_actor(leader):
                    assert actions.mark(leader, booking_id, state, expected=AGAIN[state]) == possible
            if possible:
                booking.state = state

        @rule(hours=st.integers(1, 20))
        def time_passes(self, hours: int) -> None:
            self.now = min(self.now + timedelta(hours=hours), self.opens + timedelta(days=4))

        @invariant()
        def the_diary_is_as_the_rules_say(self) -> None:
            days = [(self.opens + timedelta(days=n)).date() for n in range(4)]
            with clock.held_at(self.now):
                found: dict[uuid.UUID, str] = {}
                for leader in stage.leaders:
                    with as_actor(leader):
                        found |= dict(Booking.objects.filter(day__in=days).values_list("id", "state"))
            assert found == {booking_id: one.state for booking_id, one in self.bookings.items()}

        @invariant()
        def the_floor_sees_who_comes_today_and_nobody_else(self) -> None:
            for centre, host in enumerate(stage.hosts):
                with clock.held_at(self.now), as_actor(host):
                    seen = set(Person.objects.values_list("id", flat=True))
                assert seen == {
                    one.person
                    for one in self.bookings.values()
                    if one.person
                    and one.centre == centre
                    and one.state != "cancelled"
                    and self.at(one).astimezone(host.zone).date() == self.now.astimezone(host.zone).date()
                }

        def teardown(self) -> None:
            with psycopg.connect(addresses.owner_url()) as owner:
                played = (stage.here.system.service_id, self.opens, self.opens)
                assert owner.execute(OVERLAPS, played).fetchone() == (0,)
                told = owner.execute(TOLD, [list(self.bookings)]).fetchall()
            assert {row[0]: row[1:] for row in told} == {
                booking_id: (1, one.moves, int(one.state == "cancelled"))
                for booking_id, one in self.bookings.items()
            }
            super().teardown()

    return Diary


def keep_a_diary(runs: int, *, steps: int) -> None:
    """Use a diary at random this many times; the same way at each run."""
    run_state_machine_as_test(
        machine(Stage.made()),
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_is_booked_nobody_is_in_two_places_and_the_floor_sees_its_day() -> None:
    keep_a_diary(12, steps=30)


@pytest.mark.long
def test_whatever_is_booked_in_a_thousand_diaries_nobody_is_in_two_places() -> None:
    keep_a_diary(1000, steps=50)
