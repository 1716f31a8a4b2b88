"""Whatever is pressed at the front desk, in whatever order: the rows are what a model of the rules says."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
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
from tests.frontdesk.rules import OPEN, Appointment, Refusal, Visitor

from kohti.config import checks
from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.frontdesk import actions, in_line, queries
from kohti.frontdesk.models import Period, Visit
from kohti.frontdesk.showing import as_cards
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused
from kohti.people.models import Person

A_DAY = timedelta(days=1)
REASONS = ("robbed", "food-or-money", "evidence", "housing", "advice")
URGENCY = {"robbed": 2, "food-or-money": 1}
WHY = ("First, because it is a crisis.", "Before others, because it is urgent.")
MOVES: dict[str, tuple[Callable[..., Any], tuple[str, ...], str]] = {
    "call": (actions.call, ("waiting",), "called"),
    "begin": (actions.begin, ("called",), "serving"),
    "finish": (actions.finish, ("serving",), "done"),
    "absent": (actions.did_not_come, ("called",), "absent"),
    "leave": (actions.leave, ("waiting", "called"), "left"),
    "take back": (actions.take_back, ("called", "serving", "absent", "left"), "waiting"),
    "undo": (actions.undo_check_in, ("waiting",), "undone"),
}


@dataclass
class Stage:
    """A centre with its people, made once; each run of the machine lives a day of its own there."""

    here: Place
    host: Actor
    coaches: tuple[Actor, Actor]
    leader: Actor
    people: list[Person]
    days: int = 0

    @classmethod
    def made(cls) -> Stage:
        """Somewhere to play."""
        here = place()
        return cls(
            here,
            here.member("host"),
            (here.member("coach", name="Coach One"), here.member("coach", name="Coach Two")),
            here.member("leader"),
            [here.person() for _n in range(5)],
        )

    @property
    def colleagues(self) -> list[Actor]:
        """Whoever may press a button."""
        return [*self.coaches, self.host, self.leader]


def machine(stage: Stage) -> type[RuleBasedStateMachine]:
    """A front desk to be pressed at random."""

    class FrontDesk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            stage.days += 1
            opens = MORNING.replace(hour=9) + A_DAY * stage.days
            self.day = opens.date()
            self.opens = self.now = opens
            self.closed = self.alarm = False
            self.bookings: dict[uuid.UUID, Appointment] = {}
            self.visits: dict[uuid.UUID, Visitor] = {}
            self.last: Callable[[], Any] | None = None

        @property
        def shut(self) -> bool:
            """Whether nobody comes in: the day is over, or everybody is out of the building."""
            return self.closed or self.alarm

        def press(self, actor: Actor, action: Callable[..., Any], *about: object, **how: Any) -> Any:
            """Press a button under a key of its own; remembered, to be pressed again."""
            key = str(uuid.uuid4())

            def again() -> Any:
                with clock.held_at(self.now), as_actor(actor):
                    return action(actor, *about, key=key, **how)

            result = again()
            self.last = again
            return result

        def agree(self, expected: Callable[[], Any], real: Callable[[], Any]) -> Any:
            """Model and product do the same thing, or refuse it both."""
            try:
                expected()
            except Refusal:
                with pytest.raises(Refused):
                    real()
                return None
            return real()

        def free(self, wanted: Appointment, *, beside: uuid.UUID | None = None) -> None:
            for booking_id, other in self.bookings.items():
                if booking_id != beside and other.holds_against(wanted):
                    raise Refusal

        # the diary

        @rule(
            person=st.integers(0, 4),
            coach=st.integers(0, 1),
            slot=st.integers(0, 12),
            minutes=st.sampled_from([10, 20, 40]),
        )
        def book(self, person: int, coach: int, slot: int, minutes: int) -> None:
            starts = self.opens + timedelta(minutes=10 * slot)
            wanted = Appointment(
                stage.people[person].id,
                stage.coaches[coach].staff_id,
                starts,
                starts + timedelta(minutes=minutes),
            )
            new = diary.NewBooking(
                starts=starts,
                minutes=minutes,
                kind_id=stage.here.kinds["work-search-review"].id,
                person_id=wanted.person,
                staff_id=wanted.staff,
            )

            def real() -> Any:
                with clock.held_at(self.now), as_actor(stage.leader) as leader:
                    return diary.book(leader, stage.here.centre.id, [new])

            made = self.agree(lambda: self.free(wanted), real)
            if made:
                self.bookings[made[0].id] = wanted

        @precondition(lambda self: self.bookings)
        @rule(which=st.integers(0, 30))
        def cancel(self, which: int) -> None:
            booking_id, booking = self.one_of(self.bookings, which)

            def expected() -> None:
                if booking.state != "booked":
                    raise Refusal
                booking.state = "cancelled"

            def real() -> None:
                with clock.held_at(self.now), as_actor(stage.leader) as leader:
                    diary.cancel(leader, booking_id, key=None)

            self.agree(expected, real)

        # the door

        @precondition(lambda self: self.bookings)
        @rule(which=st.integers(0, 30), colleague=st.integers(0, 3))
        def check_in(self, which: int, colleague: int) -> None:
            booking_id, booking = self.one_of(self.bookings, which)
            here_already = [
                visit_id
                for visit_id, visit in self.visits.items()
                if visit.booking == booking_id and visit.state != "undone"
            ]

            def expected() -> None:
                if booking.state != "kept" and (self.shut or booking.state != "booked"):
                    raise Refusal

            moved = self.agree(
                expected,
                lambda: self.press(stage.colleagues[colleague], actions.check_in, booking_id),
            )
            if moved is None:
                return
            if booking.state == "kept":
                assert [moved.visit_id] == here_already
                return
            assert not here_already
            booking.state = "kept"
            late = self.now - booking.starts > timedelta(minutes=10)
            self.arrives(
                moved,
                "A",
                Visitor(
                    "",
                    "appointments",
                    0,
                    self.now if late else booking.starts,
                    0,
                    booking=booking_id,
                    staff=booking.staff,
                ),
            )

        @rule(reason=st.sampled_from(REASONS))
        def walk_in(self, reason: str) -> None:
            def expected() -> None:
                if self.shut:
                    raise Refusal

            moved = self.agree(
                expected,
                lambda: self.press(stage.host, actions.take_walk_in, stage.here.reasons[reason].id),
            )
            if moved is not None:
                stream = reason if self.is_held(reason) else "desk"
                letter = {"desk": "D", "housing": "H", "advice": "C"}[stream]
                self.arrives(moved, letter, Visitor("", stream, URGENCY.get(reason, 0), self.now, 0))

        def is_held(self, line: str) -> bool:
            """Whether a drop-in's line can be joined: that of housing on a Wednesday, of advice on Tuesday and Thursday."""
            here = self.now.astimezone(stage.host.zone)
            day, minute = here.weekday(), here.hour * 60 + here.minute
            held = {"housing": ((2,), 555, 720), "advice": ((1, 3), 765, 930)}.get(line)
            return held is not None and day in held[0] and held[1] <= minute < held[2]

        def arrives(self, moved: actions.Moved, letter: str, visit: Visitor) -> None:
            visit.number = len(self.visits) + 1
            visit.ticket = f"{letter}{visit.number:03d}"
            visit.move("waiting", self.now)
            assert (moved.ticket, moved.state) == (visit.ticket, "waiting")
            assert moved.visit_id not in self.visits
            self.visits[moved.visit_id] = visit

        # the queue

        @rule(
            colleague=st.integers(0, 3),
            lines=st.sets(st.sampled_from(["desk", "housing", "advice", "appointments"])),
        )
        def call_next(self, colleague: int, lines: set[str]) -> None:
            actor = stage.colleagues[colleague]
            waiting = [
                (*visit.place, visit_id)
                for visit_id, visit in self.visits.items()
                if visit.state == "waiting"
                and not visit.is_parked(self.now)
                and (visit.staff == actor.staff_id if visit.staff else visit.stream in lines)
            ]
            moved = self.press(actor, actions.call_next, streams=sorted(lines))
            if not waiting:
                assert moved is None
                return
            visit = self.visits[min(waiting)[3]]
            assert (moved.visit_id, moved.state) == (min(waiting)[3], "called")
            visit.move("called", self.now)
            visit.with_staff = actor.staff_id

        @precondition(lambda self: self.visits)
        @rule(which=st.integers(0, 30), colleague=st.integers(0, 3), verb=st.sampled_from(sorted(MOVES)))
        def move(self, which: int, colleague: int, verb: str) -> None:
            visit_id, visit = self.one_of(self.visits, which)
            actor = stage.colleagues[colleague]
            action, begins_in, to = MOVES[verb]

            def expected() -> None:
                back = verb == "take back" and visit.is_parked(self.now)
                if not back and visit.state == to and (to != "called" or visit.with_staff == actor.staff_id):
                    return
                if (not back and visit.state not in begins_in) or (to == "waiting" and self.shut):
                    raise Refusal
                booking = self.bookings[visit.booking] if visit.booking else None
                if booking and visit.state == "absent":
                    if booking.state == "missed":
                        self.free(booking, beside=visit.booking)
                    booking.state = "kept"
                elif booking and to in ("absent", "undone"):
                    booking.state = "missed" if to == "absent" else "booked"
                visit.move(to, self.now, ending="left" if to == "left" else "")
                if to == "called":
                    visit.with_staff = actor.staff_id

            moved = self.agree(expected, lambda: self.press(actor, action, visit_id))
            assert moved is None or (moved.visit_id, moved.state) == (visit_id, to)

        @precondition(lambda self: self.visits)
        @rule(which=st.integers(0, 30), colleague=st.integers(0, 3), minutes=st.integers(1, 40))
        def park(self, which: int, colleague: int, minutes: int) -> None:
            visit_id, visit = self.one_of(self.visits, which)
            until = self.now + timedelta(minutes=minutes)

            def expected() -> None:
                if visit.state not in OPEN or self.shut:
                    raise Refusal
                visit.stay(self.now, until=until)

            self.agree(
                expected,
                lambda: self.press(stage.colleagues[colleague], actions.park, visit_id, until=until),
            )

        @precondition(lambda self: self.visits)
        @rule(
            which=st.integers(0, 30),
            colleague=st.integers(0, 3),
            to=st.sampled_from(["desk", "housing", "advice", 0, 1]),
        )
        def hand_over(self, which: int, colleague: int, to: str | int) -> None:
            visit_id, visit = self.one_of(self.visits, which)
            staff = stage.coaches[to].staff_id if isinstance(to, int) else None
            stream = to if isinstance(to, str) else ""

            def expected() -> None:
                if (
                    visit.state not in OPEN
                    or self.shut
                    or (stream not in ("", "desk") and not self.is_held(stream))
                ):
                    raise Refusal
                visit.stay(self.now)
                visit.staff, visit.stream = staff, stream or visit.stream
                visit.handed_by = stage.colleagues[colleague].staff_id

            self.agree(
                expected,
                lambda: self.press(
                    stage.colleagues[colleague],
                    actions.hand_over,
                    visit_id,
                    to_staff=staff,
                    to_stream=stream,
                ),
            )

        @precondition(lambda self: len(self.visits) > 2)
        @rule(colleague=st.integers(0, 3))
        def everybody_out(self, colleague: int) -> None:
            inside = [visit for visit in self.visits.values() if visit.state in OPEN]

            def expected() -> None:
                if self.closed:
                    raise Refusal

            out = self.agree(expected, lambda: self.press(stage.colleagues[colleague], actions.everybody_out))
            if out is None:
                return
            assert out == len(inside)
            for visit in inside:
                visit.out_of = visit.state
                visit.move("left", self.now, ending="alarm")
            self.alarm = True

        @precondition(lambda self: self.alarm or self.closed)
        @rule(colleague=st.integers(0, 3))
        def open_again(self, colleague: int) -> None:
            outside = [visit for visit in self.visits.values() if visit.ending == "alarm"]

            def expected() -> None:
                if not self.alarm:
                    raise Refusal

            back = self.agree(
                expected, lambda: self.press(stage.colleagues[colleague], actions.open_after_alarm)
            )
            if back is None:
                return
            assert back == len(outside)
            for visit in outside:
                visit.move(visit.out_of, self.now)
            self.alarm = False

        @precondition(lambda self: self.last is not None)
        @rule()
        def press_the_same_button_again(self) -> None:
            assert self.last is not None
            self.last()

        # time

        @rule(minutes=st.integers(1, 45))
        def time_passes(self, minutes: int) -> None:
            self.now = min(self.now + timedelta(minutes=minutes), self.opens + timedelta(hours=13))

        @precondition(lambda self: len(self.visits) > 3)
        @rule(chosen=st.lists(st.sampled_from(["", "left", "seen", "again", "passed-on"]), max_size=8))
        def close(self, chosen: list[str]) -> None:
            """With a reason for some of those who are here; by the hours, where nobody is asked for any."""
            inside = {key: visit for key, visit in self.visits.items() if visit.state in OPEN}
            endings = {key: said for key, said in zip(inside, chosen, strict=False) if said}
            given = {"endings": endings} if chosen else {}
            count = self.press(stage.leader, actions.close_day, stage.here.centre.id, self.day, **given)
            assert count == len(inside)
            for key, visit in inside.items():
                talks = visit.state == "serving"
                ending = endings.get(key, "seen" if talks else "left") if chosen else "hours"
                done = talks or ending in ("seen", "passed-on")
                visit.move("done" if done else "left", self.now, ending=ending)
            for booking in self.bookings.values():
                if booking.state == "booked":
                    booking.state = "missed"
            self.closed, self.alarm = True, False

        # looking

        @precondition(lambda self: self.visits)
        @rule(which=st.integers(0, 30))
        def look_at_the_line(self, which: int) -> None:
            """What a card says of why it stands there is why it stands there; and a wait is the same wherever asked."""
            centre = stage.here.centre.id
            with clock.held_at(self.now), as_actor(stage.host):
                cards, lines = queries.queue(centre, self.day), queries.lines(centre, self.day)
                waits = in_line.waits_of(cards, lines)
                assert waits == in_line.waits_of(in_line.standing(centre, self.day), lines)
                shown = as_cards(stage.host, cards, waits=waits)
                asked = self.one_of(waits, which)[0] if waits else None
                alone = queries.wait_for(centre, self.day, asked) if asked else None
            told = [
                (
                    WHY.index(one["why"]) if one["card"].urgency else len(WHY),
                    one["card"].agreed_at if one["why"] == "By the agreed time." else one["card"].arrived_at,
                    one["card"].number,
                )
                for one in shown
            ]
            assert told == sorted(told)
            assert asked is None or (alone is not None and alone.minutes == waits[asked])

        # what must hold

        def one_of(self, of: dict[uuid.UUID, Any], which: int) -> tuple[uuid.UUID, Any]:
            keys = list(of)
            return keys[which % len(keys)], of[keys[which % len(keys)]]

        @invariant()
        def the_rows_are_as_the_rules_say(self) -> None:
            centre = stage.here.centre
            with clock.held_at(self.now), as_actor(stage.leader):
                rows = list(
                    Visit.objects.filter(centre=centre, day=self.day).select_related("stream").order_by("id")
                )
                line = [(card.id, card.state == "parked") for card in queries.queue(centre.id, self.day)]
                bookings = dict(
                    Booking.objects.filter(centre=centre, day=self.day).values_list("id", "state")
                )
                periods: dict[uuid.UUID, list[tuple[str, datetime, datetime | None]]] = {}
                ever = datetime.max.replace(tzinfo=UTC)
                for stretch in sorted(
                    Period.objects.filter(centre=centre, day=self.day).order_by("id"),
                    key=lambda one: (one.starts, one.ends or ever),
                ):
                    periods.setdefault(stretch.visit_id, []).append(
                        (stretch.state, stretch.starts, stretch.ends)
                    )
            for row in rows:
                visit = self.visits[row.id]
                assert (row.letter + f"{row.number:03d}", row.order_at) == (visit.ticket, visit.order_at)
                assert (row.state, row.ending, row.parked_until) == (
                    visit.state,
                    visit.ending,
                    visit.parked_until,
                )
                assert (row.staff_id, row.with_staff_id, row.handed_by_id, row.stream.code) == (
                    visit.staff,
                    visit.with_staff,
                    visit.handed_by,
                    visit.stream,
                )
            assert len(rows) == len(self.visits), "nobody is lost"
            here = [(visit.place, key) for key, visit in self.visits.items() if visit.state in OPEN]
            assert line == [(key, self.visits[key].is_parked(self.now)) for _place, key in sorted(here)]
            assert bookings == {booking_id: booking.state for booking_id, booking in self.bookings.items()}
            for visit_id, visit in self.visits.items():
                assert sorted(map(str, periods[visit_id])) == sorted(map(str, visit.periods))
                stretches = sorted(periods[visit_id], key=lambda one: (one[1], one[2] or ever))
                for one, following in itertools.pairwise(stretches):
                    assert one[2] is not None
                    assert one[2] <= following[1], "periods never overlap"
                if self.shut:
                    assert visit.state not in OPEN, "at closing nobody is open"
                    assert not any(ends is None for _state, _starts, ends in stretches)

        def teardown(self) -> None:
            with as_system(stage.here.system), connection.cursor() as cursor:
                for question, query in checks.QUESTIONS.items():
                    if "kernel_history" not in query:
                        cursor.execute(query)
                        assert cursor.fetchone() == (0,), question
            super().teardown()

    return FrontDesk


def live_days(days: int, *, presses: int) -> None:
    """Press at random on this many days; the same ones at each run."""
    run_state_machine_as_test(
        machine(Stage.made()),
        settings=settings(
            max_examples=days,
            stateful_step_count=presses,
            derandomize=True,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_is_pressed_the_rules_of_the_front_desk_hold() -> None:
    live_days(16, presses=40)


@pytest.mark.long
def test_whatever_is_pressed_on_a_thousand_days_the_rules_hold() -> None:
    live_days(1000, presses=50)
