"""The front desk: what each verb promises, what it refuses, and what it leaves behind."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.config import addresses
from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.frontdesk import actions, queries
from kohti.frontdesk.actions import Moved
from kohti.frontdesk.models import Period, Visit
from kohti.kernel import clock, live
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused
from kohti.kernel.ids import short
from kohti.people.models import Person

EVENING = MORNING.replace(hour=17, minute=30)


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the day, in the centre's winter time, which is UTC."""
    return MORNING.replace(hour=hour, minute=minute)


class Desk:
    """A centre's front desk, one press of a button a method, each by whoever is said to press it."""

    def __init__(self) -> None:
        self.here: Place = place()
        self.host = self.here.member("host")
        self.coach = self.here.member("coach")
        self.leader = self.here.member("leader")

    def press(self, action: Callable[..., Any], *about: object, by: Actor | None = None, **how: Any) -> Any:
        """Press a button; with a key of its own unless one is given."""
        how.setdefault("key", str(uuid.uuid4()))
        return acting(by or self.host, action, *about, **how)

    def booked(self, when: datetime | None = None, *, staff: Actor | None = None, **how: Any) -> Booking:
        """An appointment of today with a colleague, the coach unless said otherwise."""
        return self.here.booking(when, staff_id=(staff or self.coach).staff_id, **how)

    def arrived(self, booking: Booking | None = None) -> Moved:
        """Somebody booked who has come."""
        moved: Moved = self.press(actions.check_in, (booking or self.booked()).id)
        return moved

    def walked_in(self, reason: str = "account-access", **how: Any) -> Moved:
        """Somebody without an appointment."""
        moved: Moved = self.press(actions.take_walk_in, self.here.reasons[reason].id, **how)
        return moved

    def standing(self, state: str, booking: Booking | None = None) -> Moved:
        """A visit of somebody booked, in this state."""
        moved = self.arrived(booking)
        ways: dict[str, tuple[Callable[..., Any], ...]] = {
            "waiting": (),
            "called": (actions.call,),
            "serving": (actions.call, actions.begin),
            "done": (actions.call, actions.begin, actions.finish),
            "absent": (actions.call, actions.did_not_come),
            "left": (actions.leave,),
            "undone": (actions.undo_check_in,),
        }
        for action in ways[state]:
            moved = self.press(action, moved.visit_id)
        assert moved.state == state
        return moved

    def visit(self, moved: Moved) -> Visit:
        """The visit as the leader sees it."""
        with as_actor(self.leader):
            return Visit.objects.get(id=moved.visit_id)

    def booking(self, booking: Booking) -> Booking:
        """The booking as it stands."""
        with as_actor(self.leader):
            return Booking.objects.get(id=booking.id)

    def next_for(self, colleague: Actor, *streams: str) -> str | None:
        """The ticket of whoever is called next for a colleague, taken from these lines too."""
        moved = self.press(actions.call_next, by=colleague, streams=list(streams))
        return None if moved is None else moved.ticket


@pytest.fixture
def desk() -> Desk:
    return Desk()


# arriving


def test_a_check_in_draws_a_ticket_and_keeps_the_booking(desk: Desk) -> None:
    booking = desk.booked()
    moved = desk.arrived(booking)
    assert (moved.state, moved.ticket) == ("waiting", "A001")
    assert desk.booking(booking).state == "kept"
    visit = desk.visit(moved)
    assert (visit.person_id, visit.staff_id, visit.agreed_at) == (
        booking.person_id,
        desk.coach.staff_id,
        booking.starts,
    )


def test_checking_in_twice_gives_the_visit_that_is_there(desk: Desk) -> None:
    booking = desk.booked()
    first = desk.arrived(booking)
    assert desk.press(actions.check_in, booking.id, key="another desk") == first
    assert desk.press(actions.check_in, booking.id, key="another desk") == first


def test_tickets_are_counted_through_the_day_whatever_the_line(desk: Desk) -> None:
    assert [desk.arrived().ticket, desk.walked_in().ticket, desk.walked_in("housing").ticket] == [
        "A001",
        "D002",
        "H003",
    ]


def test_a_walk_in_brings_a_name_a_word_from_the_door_and_the_urgency_of_the_reason(desk: Desk) -> None:
    visit = desk.visit(desk.walked_in("homeless-tonight", given_name="Sam", door_note="with a child"))
    assert (visit.given_name, visit.door_note, visit.urgency) == ("Sam", "with a child", 2)
    assert desk.visit(desk.walked_in("homeless-tonight", urgency=0)).urgency == 0
    assert desk.visit(desk.walked_in("evidence")).given_name == ""


def test_a_cancelled_or_missed_appointment_is_refused_and_sent_to_the_walk_ins(desk: Desk) -> None:
    booking = desk.booked()
    acting(desk.leader, diary.cancel, booking.id, key=None)
    with pytest.raises(Refused, match=r"cancelled or missed.*walk-in"):
        desk.arrived(booking)


def test_an_appointment_of_another_day_is_refused(desk: Desk) -> None:
    booking = desk.booked(MORNING + timedelta(days=1))
    with pytest.raises(Refused, match="not today"):
        desk.press(actions.check_in, booking.id, by=desk.leader)


def test_whoever_books_hears_that_an_appointment_is_of_another_day_and_does_not_see_whose(desk: Desk) -> None:
    booking = desk.booked(MORNING + timedelta(days=1), staff=desk.leader)
    with pytest.raises(Refused, match="not today"):
        desk.press(actions.check_in, booking.id, by=desk.host)
    assert booking.person_id is not None
    with as_actor(desk.host):
        assert not Person.objects.filter(id=booking.person_id).exists()


def test_another_centre_knows_nothing_of_ours(desk: Desk) -> None:
    moved = desk.arrived()
    stranger = desk.here.member("host", centre="gloucester")
    with pytest.raises(NotThere):
        desk.press(actions.check_in, desk.booked(at(12)).id, by=stranger)
    with pytest.raises(NotThere):
        desk.press(actions.call, moved.visit_id, by=stranger)
    assert desk.press(actions.call_next, by=stranger, streams=["appointments", "desk"]) is None


def test_a_reason_that_is_not_there_is_refused(desk: Desk) -> None:
    with pytest.raises(NotThere):
        desk.press(actions.take_walk_in, uuid.uuid4())


def test_a_role_without_the_verb_changes_nothing(desk: Desk) -> None:
    administrator = desk.here.member("administrator")
    moved = desk.arrived()
    for action, about in (
        (actions.check_in, desk.booked(at(12)).id),
        (actions.take_walk_in, desk.here.reasons["evidence"].id),
        (actions.call, moved.visit_id),
        (actions.leave, moved.visit_id),
        (actions.undo_check_in, moved.visit_id),
    ):
        with pytest.raises(NotAllowed):
            desk.press(action, about, by=administrator)
    with pytest.raises(NotAllowed):
        desk.press(actions.close_day, desk.here.centre.id, TODAY, by=desk.host)


# undone


def test_undo_gives_the_booking_back_and_a_new_ticket_later(desk: Desk) -> None:
    booking = desk.booked()
    mistaken = desk.arrived(booking)
    assert desk.press(actions.undo_check_in, mistaken.visit_id).state == "undone"
    assert desk.booking(booking).state == "booked"
    after = desk.arrived(booking)
    assert after.visit_id != mistaken.visit_id
    assert (mistaken.ticket, after.ticket) == ("A001", "A002")
    assert desk.booking(booking).state == "kept"


def test_whoever_waited_as_a_walk_in_waits_on_when_the_check_in_for_an_appointment_is_taken_back(
    desk: Desk,
) -> None:
    person = desk.here.person()
    walked_in = desk.walked_in("evidence", person_id=person.id, by=desk.leader)
    before, booking = desk.visit(walked_in), desk.booked(person=person)
    browser = browser_of(desk.host)
    answer = browser.post(f"/arrivals/{booking.id}/check-in/", {"v": "1"}, headers={"HX-Request": "true"})
    page = answer.content.decode()
    undo, said = (
        re.findall(r'action="([^"]+/undo/)"', page),
        re.findall(r'name="booking" value="([^"]+)"', page),
    )
    for _press in range(2):
        lines = browser.post(undo[0], {"booking": said[0]}, headers={"HX-Request": "true"}).content.decode()
        visit = desk.visit(walked_in)
        assert (visit.state, visit.booking_id, visit.agreed_at, visit.staff_id) == (
            "waiting",
            None,
            None,
            None,
        )
        assert (visit.stream_id, visit.number, visit.order_at) == (
            before.stream_id,
            before.number,
            before.order_at,
        )
        assert desk.booking(booking).state == "booked"
        assert walked_in.ticket in lines
        assert f'id="a{short(booking.id)}"' in lines
    assert desk.arrived(booking).ticket == walked_in.ticket
    assert desk.press(actions.undo_check_in, walked_in.visit_id).state == "undone"
    assert desk.booking(booking).state == "booked"


def test_undo_is_refused_once_they_were_called(desk: Desk) -> None:
    moved = desk.standing("called")
    with pytest.raises(Refused, match="A001 has been called already"):
        desk.press(actions.undo_check_in, moved.visit_id)


# whose turn


def test_crisis_goes_before_soon_before_agreed_times_before_arrivals(desk: Desk) -> None:
    with clock.held_at(at(9)):
        by_arrival = desk.walked_in("evidence").ticket
    with clock.held_at(at(9, 5)):
        soon = desk.walked_in("food-or-money").ticket
    with clock.held_at(at(9, 10)):
        crisis = desk.walked_in("robbed").ticket
        later = desk.walked_in("evidence").ticket
    lines = ["desk"]
    assert [desk.next_for(desk.host, *lines) for _n in range(5)] == [crisis, soon, by_arrival, later, None]


def test_the_agreed_time_counts_and_not_who_came_first(desk: Desk) -> None:
    half_past, quarter_past = desk.booked(at(10, 30)), desk.booked(at(10, 15))
    with clock.held_at(at(9, 50)):
        second = desk.arrived(half_past).ticket
    with clock.held_at(at(10, 10)):
        first = desk.arrived(quarter_past).ticket
    assert [desk.next_for(desk.coach), desk.next_for(desk.coach)] == [first, second]


def test_who_comes_more_than_ten_minutes_late_stands_in_the_order_of_arrivals(desk: Desk) -> None:
    half_past, twenty_to = desk.booked(at(9, 30)), desk.booked(at(9, 40))
    with clock.held_at(at(9, 41)):
        late = desk.arrived(half_past)
    with clock.held_at(at(9, 50)):
        just_in_time = desk.arrived(twenty_to)
    assert desk.visit(late).order_at == at(9, 41)
    assert desk.visit(just_in_time).order_at == at(9, 40)
    assert [desk.next_for(desk.coach), desk.next_for(desk.coach)] == [just_in_time.ticket, late.ticket]


def test_a_colleague_gets_their_own_appointments_and_nobody_elses(desk: Desk) -> None:
    other = desk.here.member("coach", name="Another Coach")
    theirs = desk.arrived(desk.booked(at(10, 10), staff=other))
    mine = desk.arrived(desk.booked(at(10, 20)))
    assert [desk.next_for(desk.coach, "appointments", "desk"), desk.next_for(desk.coach)] == [
        mine.ticket,
        None,
    ]
    assert desk.next_for(other) == theirs.ticket


def test_an_appointment_with_nobody_is_called_by_whoever_calls_next(desk: Desk) -> None:
    nobodys = desk.arrived(desk.here.booking(at(10, 10)))
    with as_actor(desk.coach):
        cards = queries.queue(desk.here.centre.id, TODAY)
    assert desk.next_for(desk.coach, "housing") is None
    page = browser_of(desk.coach).get("/queue/").content.decode()
    assert re.search(r'data-everybody="[^"]*appointments', page)
    assert queries.next_of(cards, desk.coach.staff_id, {"appointments"}) == cards[0]
    assert desk.press(actions.call_next, by=desk.coach).ticket == nobodys.ticket


def test_only_the_lines_that_are_named_are_called_from(desk: Desk) -> None:
    at_the_desk, about_housing = desk.walked_in().ticket, desk.walked_in("housing").ticket
    assert desk.next_for(desk.host, "housing") == about_housing
    assert desk.next_for(desk.host, "housing") is None
    assert desk.next_for(desk.host, "housing", "desk") == at_the_desk


def test_without_a_line_named_the_lines_of_everybody_are_called_from(desk: Desk) -> None:
    at_the_desk = desk.walked_in().ticket
    desk.walked_in("housing")
    calls = [desk.press(actions.call_next, by=desk.host) for _n in range(2)]
    assert [moved and moved.ticket for moved in calls] == [at_the_desk, None]


def test_a_call_says_to_which_desk_and_by_whom(desk: Desk) -> None:
    moved = desk.arrived()
    desk.press(actions.call, moved.visit_id, by=desk.coach, desk="Desk 4")
    visit = desk.visit(moved)
    assert (visit.desk, visit.with_staff_id) == ("Desk 4", desk.coach.staff_id)


def test_somebody_who_was_called_cannot_be_called_by_a_second_colleague(desk: Desk) -> None:
    moved = desk.standing("called")
    with pytest.raises(Refused, match="A001 has been called already"):
        desk.press(actions.call, moved.visit_id, by=desk.coach)
    assert desk.visit(moved).with_staff_id == desk.host.staff_id


def test_two_colleagues_who_press_the_same_button_are_answered_each_for_themselves(desk: Desk) -> None:
    moved = desk.arrived()
    button = f"call:{moved.visit_id}:1"
    desk.press(actions.call, moved.visit_id, by=desk.host, key=button)
    with pytest.raises(Refused, match="called already"):
        desk.press(actions.call, moved.visit_id, by=desk.coach, key=button)


# through the day


def test_a_visit_is_called_begun_and_done(desk: Desk) -> None:
    moved = desk.arrived()
    states = [
        desk.press(action, moved.visit_id).state for action in (actions.call, actions.begin, actions.finish)
    ]
    assert states == ["called", "serving", "done"]


VERBS: dict[str, tuple[Callable[..., Any], frozenset[str], str]] = {
    "call": (actions.call, frozenset({"waiting"}), "called"),
    "begin": (actions.begin, frozenset({"called"}), "serving"),
    "finish": (actions.finish, frozenset({"serving"}), "done"),
    "did not come": (actions.did_not_come, frozenset({"called"}), "absent"),
    "leave": (actions.leave, frozenset({"waiting", "called"}), "left"),
    "take back": (actions.take_back, frozenset({"called", "serving", "absent", "left"}), "waiting"),
    "undo": (actions.undo_check_in, frozenset({"waiting"}), "undone"),
}
WORDS = {
    "waiting": "%s is waiting, not called.",
    "called": "%s has been called already.",
    "serving": "%s is with a colleague.",
    "done": "%s is done.",
    "absent": "%s did not come when called.",
    "left": "%s has left.",
    "undone": "The check-in of %s was taken back.",
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_moves_a_visit_from_where_it_may_and_says_why_not_elsewhere(desk: Desk, verb: str) -> None:
    action, begins_in, ends_in = VERBS[verb]
    for hour, state in enumerate(WORDS, start=11):
        moved = desk.standing(state, desk.booked(at(hour)))
        before = desk.visit(moved).version
        if state in begins_in:
            assert desk.press(action, moved.visit_id).state == ends_in
        elif state == ends_in:
            assert desk.press(action, moved.visit_id).state == state
            assert desk.visit(moved).version == before
        else:
            with pytest.raises(Refused) as refusal:
                desk.press(action, moved.visit_id)
            assert str(refusal.value) == WORDS[state] % moved.ticket
            assert desk.visit(moved).state == state


def test_a_visit_that_is_not_there_is_not_found_by_any_verb(desk: Desk) -> None:
    for action, _from, _to in VERBS.values():
        with pytest.raises(NotThere):
            desk.press(action, uuid.uuid4())


def test_who_does_not_come_when_called_missed_the_booking_and_taken_back_has_kept_it(desk: Desk) -> None:
    booking = desk.booked()
    moved = desk.standing("absent", booking)
    assert desk.booking(booking).state == "missed"
    desk.press(actions.take_back, moved.visit_id)
    assert desk.booking(booking).state == "kept"


def test_who_leaves_has_kept_the_booking(desk: Desk) -> None:
    booking = desk.booked()
    desk.standing("left", booking)
    assert desk.booking(booking).state == "kept"


def test_taking_back_is_refused_when_the_time_was_given_to_somebody_else(desk: Desk) -> None:
    moved = desk.standing("absent", desk.booked())
    desk.booked()
    with pytest.raises(Refused, match="This colleague is already booked at that time"):
        desk.press(actions.take_back, moved.visit_id)
    assert desk.visit(moved).state == "absent"


@pytest.mark.parametrize("state", ["called", "serving", "absent", "left"])
def test_taken_back_they_stand_at_their_old_place(desk: Desk, state: str) -> None:
    with clock.held_at(at(9, 30)):
        first = desk.standing(state, desk.booked(at(9, 30)))
    with clock.held_at(at(9, 40)):
        second = desk.arrived(desk.booked(at(9, 40)))
    with clock.held_at(at(10)):
        desk.press(actions.take_back, first.visit_id)
        assert desk.visit(first).with_staff_id is None
        assert [desk.next_for(desk.coach), desk.next_for(desk.coach)] == [first.ticket, second.ticket]


# the end of the day


def close(desk: Desk, **how: Any) -> int:
    """Close today as the leader of the centre."""
    count: int = desk.press(actions.close_day, desk.here.centre.id, TODAY, by=desk.leader, **how)
    return count


def test_at_closing_nobody_is_open_and_who_never_came_is_missed(desk: Desk) -> None:
    waiting, called, serving = (desk.standing(state, desk.booked(at(hour))) for state, hour in
                                (("waiting", 11), ("called", 12), ("serving", 13)))  # fmt: skip
    done, never_came = desk.standing("done", desk.booked(at(14))), desk.booked(at(15))
    with clock.held_at(EVENING):
        assert close(desk) == 3
    assert [desk.visit(moved).state for moved in (waiting, called, serving, done)] == [
        "left",
        "left",
        "done",
        "done",
    ]
    assert desk.booking(never_came).state == "missed"


def test_after_closing_nobody_is_checked_in_taken_in_or_taken_back(desk: Desk) -> None:
    left, late = desk.standing("left", desk.booked(at(11))), desk.booked(at(16, 50))
    with clock.held_at(EVENING):
        close(desk)
        for press in (
            lambda: desk.arrived(late),
            desk.walked_in,
            lambda: desk.press(actions.take_back, left.visit_id),
        ):
            with pytest.raises(Refused, match="closed") as refusal:
                press()
            assert refusal.value.code == "closed"


def test_closing_a_closed_day_changes_nothing(desk: Desk) -> None:
    booking = desk.booked()
    assert close(desk) == 0
    version = desk.booking(booking).version
    assert close(desk) == 0
    assert desk.booking(booking).version == version


def test_one_centre_closes_and_the_other_works_on(desk: Desk) -> None:
    close(desk)
    elsewhere = desk.here.member("host", centre="gloucester")
    desk.press(actions.take_walk_in, desk.here.reasons["evidence"].id, by=elsewhere)


def test_days_are_due_for_closing_after_hours_and_when_they_were_forgotten(desk: Desk) -> None:
    def due() -> list[Any]:
        return acting(desk.leader, actions.closing_due, desk.here.centre.id)

    desk.booked()
    assert due() == []
    with clock.held_at(EVENING):
        assert due() == [TODAY]
    with clock.held_at(MORNING + timedelta(days=2)):
        assert due() == [TODAY]
        acting(desk.leader, actions.close_day, desk.here.centre.id, TODAY, key="forgotten")
        assert due() == []


# the same press again


def test_the_same_key_again_changes_nothing_for_any_verb(desk: Desk, trail: Trail) -> None:
    booking_id = desk.booked().id
    first = desk.press(actions.check_in, booking_id, key="in")
    walk_in = desk.press(actions.take_walk_in, desk.here.reasons["evidence"].id, key="walk in")
    presses: list[Callable[[], Any]] = [
        lambda: desk.press(actions.check_in, booking_id, key="in"),
        lambda: desk.press(actions.take_walk_in, desk.here.reasons["evidence"].id, key="walk in"),
    ]

    def press(name: str, action: Callable[..., Any], moved: Moved) -> None:
        presses.append(lambda: desk.press(action, moved.visit_id, key=name))
        presses[-1]()

    press("call", actions.call, first)
    press("begin", actions.begin, first)
    press("finish", actions.finish, first)
    press("leave", actions.leave, walk_in)
    press("take back", actions.take_back, walk_in)
    press("call again", actions.call, walk_in)
    press("absent", actions.did_not_come, walk_in)
    press("undo", actions.undo_check_in, desk.walked_in())
    desk.walked_in()
    presses.append(lambda: desk.press(actions.call_next, by=desk.host, streams=["desk"], key="next"))
    called = presses[-1]()
    close(desk, key="close")
    presses.append(lambda: close(desk, key="close"))

    before = trail.everything(desk)
    answers = [again() for again in presses]
    assert trail.everything(desk) == before
    assert (answers[0].visit_id, answers[0].state) == (first.visit_id, "done")
    assert (answers[-2].visit_id, answers[-2].state) == (called.visit_id, "left")


def test_calling_next_with_the_same_key_never_calls_a_second_visitor(desk: Desk) -> None:
    first, second = desk.walked_in(), desk.walked_in()
    calls = {
        desk.press(actions.call_next, by=desk.host, streams=["desk"], key="one press") for _n in range(3)
    }
    assert {(moved.visit_id, moved.state) for moved in calls} == {(first.visit_id, "called")}
    assert desk.visit(second).state == "waiting"


def test_a_key_of_one_verb_is_refused_for_another(desk: Desk) -> None:
    moved = desk.arrived()
    desk.press(actions.call, moved.visit_id, key="same")
    with pytest.raises(Refused, match="another change"):
        desk.press(actions.begin, moved.visit_id, key="same")


# what every change leaves behind


class Trail:
    """What can be seen of a change from outside: rows and history as the owner, news on a raw connection."""

    def __init__(self, owner: psycopg.Connection[Any], listening: psycopg.Connection[Any]) -> None:
        self.owner = owner
        self.listening = listening

    def news(self) -> list[tuple[str, str, str]]:
        """The news that have come since the last time, each once: centre, topic, subject."""
        marker = str(uuid.uuid4())
        self.owner.execute("select pg_notify(%s, %s)", (live.CHANNEL, marker))
        found: list[tuple[str, str, str]] = []
        for note in self.listening.notifies(timeout=30):
            if note.payload == marker:
                return found
            centre, topic, subject = json.loads(note.payload)
            found.append((centre, topic, subject))
        raise AssertionError("the marker never came")

    def events(self, desk: Desk) -> list[tuple[str, uuid.UUID, list[uuid.UUID]]]:
        """The history of the desk's service: verb, subject, persons."""
        return self.owner.execute(
            "select verb, subject_id, person_ids from kernel_historyevent where service_id = %s"
            " order by xid, id",
            (desk.here.system.service_id,),
        ).fetchall()

    def everything(self, desk: Desk) -> list[Any]:
        """Every row of the service that a verb could change."""
        return [
            self.owner.execute(
                f"select * from {table} where service_id = %s order by id", (desk.here.system.service_id,)
            ).fetchall()
            for table in (
                "frontdesk_visit",
                "frontdesk_period",
                "frontdesk_day",
                "diary_booking",
                "kernel_historyevent",
            )
        ]


@pytest.fixture
def trail(owner: psycopg.Connection[Any]) -> Iterator[Trail]:
    with psycopg.connect(addresses.owner_url(), autocommit=True) as listening:
        listening.execute(f"listen {live.CHANNEL}".encode())
        yield Trail(owner, listening)


CHANGES: dict[str, tuple[str, Callable[..., Any], str, str | None]] = {
    "visit.called": ("waiting", actions.call, "called", "called"),
    "visit.begun": ("called", actions.begin, "serving", "serving"),
    "visit.done": ("serving", actions.finish, "done", None),
    "visit.absent": ("called", actions.did_not_come, "absent", None),
    "visit.left": ("waiting", actions.leave, "left", None),
    "visit.taken_back": ("serving", actions.take_back, "waiting", "waiting"),
    "visit.undone": ("waiting", actions.undo_check_in, "undone", None),
}


@pytest.mark.parametrize("verb", CHANGES)
def test_a_change_of_a_visit_has_its_period_its_event_and_its_news(
    desk: Desk, trail: Trail, verb: str
) -> None:
    begins_in, action, ends_in, running = CHANGES[verb]
    booking = desk.booked()
    moved = desk.standing(begins_in, booking)
    trail.news()
    events = len(trail.events(desk))
    with clock.held_at(MORNING + timedelta(minutes=7)):
        desk.press(action, moved.visit_id, by=desk.coach)
    with as_actor(desk.leader):
        periods = list(Period.objects.filter(visit_id=moved.visit_id).order_by("starts", "id"))
    assert [p.state for p in periods if p.ends is None] == ([running] if running else [])
    ended = [p for p in periods if p.ends == MORNING + timedelta(minutes=7)]
    assert [p.state for p in ended] == [begins_in]
    if running:
        begun = periods[-1]
        assert (begun.starts, begun.by_member) == (MORNING + timedelta(minutes=7), desk.coach.member_id)
    assert trail.events(desk)[events:] == [(verb, moved.visit_id, [booking.person_id])]
    assert trail.news() == [(str(desk.here.centre.id), "visit", str(moved.visit_id))]
    visit = desk.visit(moved)
    assert (visit.state, visit.state_since) == (ends_in, MORNING + timedelta(minutes=7))


def test_a_clock_that_is_behind_puts_no_change_before_the_one_it_follows(desk: Desk) -> None:
    moved = desk.standing("called")
    with clock.held_at(MORNING - timedelta(seconds=2)):
        desk.press(actions.begin, moved.visit_id)
    with as_actor(desk.leader):
        periods = Period.objects.filter(visit_id=moved.visit_id).order_by("id")
        assert {(one.state, one.starts, one.ends) for one in periods} == {
            ("waiting", MORNING, MORNING),
            ("called", MORNING, MORNING),
            ("serving", MORNING, None),
        }


def test_an_arrival_has_its_period_its_event_and_its_news(desk: Desk, trail: Trail) -> None:
    booking = desk.booked()
    trail.news()
    events = len(trail.events(desk))
    booked, walked_in = desk.arrived(booking), desk.walked_in()
    assert trail.events(desk)[events:] == [
        ("visit.check_in", booked.visit_id, [booking.person_id]),
        ("visit.walk_in", walked_in.visit_id, []),
    ]
    assert trail.news() == [
        (str(desk.here.centre.id), "visit", str(moved.visit_id)) for moved in (booked, walked_in)
    ]
    with as_actor(desk.leader):
        periods = Period.objects.filter(visit_id__in=[booked.visit_id, walked_in.visit_id])
        assert {(p.visit_id, p.state, p.starts, p.ends, p.by_member) for p in periods.order_by("id")} == {
            (moved.visit_id, "waiting", MORNING, None, desk.host.member_id) for moved in (booked, walked_in)
        }


def test_calling_next_and_closing_have_their_events_and_news(desk: Desk, trail: Trail) -> None:
    moved, never_came = desk.walked_in(), desk.booked()
    trail.news()
    events = len(trail.events(desk))
    desk.next_for(desk.host, "desk")
    assert trail.news() == [(str(desk.here.centre.id), "visit", str(moved.visit_id))]
    close(desk)
    assert sorted(verb for verb, _subject, _persons in trail.events(desk)[events:]) == [
        "booking.missed",
        "day.closed",
        "visit.called",
        "visit.closed",
    ]
    assert ("booking.missed", never_came.id, [never_came.person_id]) in trail.events(desk)
    assert {topic for _centre, topic, _subject in trail.news()} == {"visit", "day"}


def test_what_is_refused_leaves_no_trace(desk: Desk, trail: Trail) -> None:
    moved = desk.standing("done")
    booking = desk.booked(at(12))
    acting(desk.leader, diary.cancel, booking.id, key=None)
    trail.news()
    before = trail.everything(desk)
    for action, about in (
        (actions.call, moved.visit_id),
        (actions.undo_check_in, moved.visit_id),
        (actions.check_in, booking.id),
    ):
        with pytest.raises(Refused):
            desk.press(action, about)
    assert trail.everything(desk) == before
    assert trail.news() == []


# what it costs


def statements(actor: Actor, action: Callable[..., Any], *about: object, **how: Any) -> int:
    """How many statements an action makes, beside begin, commit and the setting of the actor."""
    how.setdefault("key", str(uuid.uuid4()))
    with as_actor(actor):
        connection.statements = 0  # type: ignore[attr-defined]
        action(actor, *about, **how)
        return int(connection.statements)  # type: ignore[attr-defined]


MOST = {
    "check in": 7,
    "walk in": 6,
    "call next": 7,
    "call": 6,
    "begin": 6,
    "finish": 5,
    "did not come": 6,
    "take back": 8,
    "leave": 5,
    "undo": 6,
    "close an empty day": 6,
}
"""Statements of each action. Lower a number when an action gets cheaper; think hard before raising one."""


def test_no_action_makes_more_statements_than_it_did(desk: Desk) -> None:
    host, booking = desk.host, desk.booked()
    made = {"check in": statements(host, actions.check_in, booking.id, key="in")}
    visit_id = desk.arrived(booking).visit_id
    for name, action in (
        ("call", actions.call),
        ("did not come", actions.did_not_come),
        ("take back", actions.take_back),
        ("undo", actions.undo_check_in),
    ):
        made[name] = statements(host, action, visit_id)
    made["walk in"] = statements(host, actions.take_walk_in, desk.here.reasons["evidence"].id)
    made["call next"] = statements(host, actions.call_next, streams=["desk"])
    with as_actor(desk.leader):
        called = Visit.objects.get(state="called").id
    made["begin"] = statements(host, actions.begin, called)
    made["finish"] = statements(host, actions.finish, called)
    made["leave"] = statements(host, actions.leave, desk.walked_in().visit_id)
    made["close an empty day"] = statements(
        desk.leader, actions.close_day, desk.here.centre.id, TODAY + timedelta(days=7)
    )
    assert {name: count for name, count in made.items() if count > MOST[name]} == {}
    assert made.keys() == MOST.keys()
