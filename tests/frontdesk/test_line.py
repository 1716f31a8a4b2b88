"""The line in full: parked, handed over, left, done with what follows; nobody loses their place."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.factories import MORNING, TODAY, Place, acting, place

from kohti.diary import actions as diary
from kohti.diary.models import Booking
from kohti.frontdesk import actions, day_figures, queries
from kohti.frontdesk.actions import Moved
from kohti.frontdesk.models import Help, Period, Visit
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, NotThere, Refused

MINUTE = timedelta(minutes=1)


class Desk:
    """A centre with a host, a coach, a partner of the housing drop-in and a leader."""

    def __init__(self, here: Place | None = None) -> None:
        self.here = here or place()
        self.host = self.here.member("host")
        self.coach = self.here.member("coach")
        self.leader = self.here.member("leader")
        self.partner = self.here.member("partner")

    def press(self, action: Callable[..., Any], *about: object, by: Actor | None = None, **how: Any) -> Any:
        """Press a button; with a key of its own unless one is given."""
        how.setdefault("key", str(uuid.uuid4()))
        return acting(by or self.host, action, *about, **how)

    def comes(self, reason: str = "evidence") -> Moved:
        """Somebody walks in."""
        moved: Moved = self.press(actions.take_walk_in, self.here.reasons[reason].id)
        return moved

    def seen(self, by: Actor, moved: Moved | None = None) -> Moved:
        """A talk that runs."""
        moved = moved or self.comes()
        self.press(actions.call, moved.visit_id, by=by, desk="4")
        begun: Moved = self.press(actions.begin, moved.visit_id, by=by)
        return begun

    def visit(self, moved: Moved) -> Visit:
        """The visit as it stands."""
        with as_actor(self.leader):
            return Visit.objects.select_related("stream").get(id=moved.visit_id)

    def periods(self, moved: Moved) -> list[tuple[str, int, int | None]]:
        """The stretches of a visit: state, begin and end in minutes since the morning."""

        def minutes(at: datetime | None) -> int | None:
            return None if at is None else round((at - MORNING) / MINUTE)

        with as_actor(self.leader):
            rows = list(Period.objects.filter(visit_id=moved.visit_id).order_by("starts", "ends"))
        return [(row.state, minutes(row.starts) or 0, minutes(row.ends)) for row in rows]

    def line(self, by: Actor | None = None) -> list[tuple[str, str]]:
        """Tickets of the open visits in their order, each with its state."""
        with as_actor(by or self.host):
            return [(card.ticket, card.state) for card in queries.queue(self.here.centre.id, TODAY)]

    def next_for(self, colleague: Actor, *streams: str) -> str | None:
        """The ticket a colleague would be given now."""
        moved = self.press(actions.call_next, by=colleague, streams=list(streams) or None)
        return None if moved is None else moved.ticket


def later(minutes: int) -> Any:
    """So many minutes after the morning began."""
    return clock.held_at(MORNING + minutes * MINUTE)


@pytest.fixture
def desk() -> Desk:
    return Desk()


# parking


def test_whoever_is_parked_is_not_called_and_comes_back_by_themselves_to_their_old_place(desk: Desk) -> None:
    first = desk.comes()
    with later(1):
        second = desk.comes()
    with later(2):
        desk.press(actions.park, first.visit_id, until=MORNING + 20 * MINUTE, word="fetches a letter")
        assert desk.line() == [(first.ticket, "parked"), (second.ticket, "waiting")]
        with as_actor(desk.host):
            assert queries.numbers_of(desk.here.centre.id, TODAY).waiting == 1
    with later(20):
        assert desk.line() == [(first.ticket, "waiting"), (second.ticket, "waiting")]
        assert desk.next_for(desk.coach) == first.ticket
    assert desk.periods(first) == [
        ("waiting", 0, 2),
        ("parked", 2, 20),
        ("waiting", 20, 20),
        ("called", 20, None),
    ]


def test_before_their_time_call_next_passes_the_parked_by(desk: Desk) -> None:
    first, second = desk.comes(), desk.comes()
    desk.press(actions.park, first.visit_id, until=MORNING + 20 * MINUTE)
    with later(5):
        assert [desk.next_for(desk.coach), desk.next_for(desk.coach)] == [second.ticket, None]


def test_who_is_back_early_is_taken_back_and_the_stretches_never_overlap(desk: Desk) -> None:
    moved = desk.seen(desk.coach)
    desk.press(actions.park, moved.visit_id, by=desk.coach, until=MORNING + 30 * MINUTE)
    with later(10):
        desk.press(actions.take_back, moved.visit_id)
        assert desk.line() == [(moved.ticket, "waiting")]
    assert desk.periods(moved)[-2:] == [("waiting", 10, 10), ("waiting", 10, None)]
    assert ("parked", 0, 10) in desk.periods(moved)


def test_the_parked_can_be_called_by_name_parked_again_and_leave(desk: Desk) -> None:
    one, two, three = desk.comes(), desk.comes(), desk.comes()
    for moved in (one, two, three):
        desk.press(actions.park, moved.visit_id, until=MORNING + 30 * MINUTE)
    with later(5):
        desk.press(actions.call, one.visit_id, by=desk.coach)
        desk.press(actions.park, two.visit_id, until=MORNING + 60 * MINUTE)
        desk.press(actions.leave, three.visit_id)
        assert desk.line() == [(one.ticket, "called"), (two.ticket, "parked")]
    assert desk.periods(two) == [
        ("waiting", 0, 0),
        ("parked", 0, 5),
        ("waiting", 5, 5),
        ("parked", 5, 60),
        ("waiting", 60, None),
    ]
    assert desk.periods(three)[-1] == ("waiting", 5, 5)


@pytest.mark.parametrize("minutes", [0, -5, 9 * 60, 24 * 60])
def test_one_is_parked_until_later_today_and_not_otherwise(desk: Desk, minutes: int) -> None:
    with pytest.raises(Refused, match="later today"):
        desk.press(actions.park, desk.comes().visit_id, until=MORNING + minutes * MINUTE)


# handing over


def test_who_is_handed_to_a_colleague_is_their_next_with_whose_hand_and_word(desk: Desk) -> None:
    waits = desk.comes()
    moved = desk.seen(desk.host)
    desk.press(actions.hand_over, moved.visit_id, to_staff=desk.coach.staff_id, word="knows her from March")
    with as_actor(desk.coach):
        card = next(one for one in queries.queue(desk.here.centre.id, TODAY) if one.id == moved.visit_id)
    assert (card.state, card.staff_id, card.word) == ("waiting", desk.coach.staff_id, "knows her from March")
    assert card.handed_by == desk.host.facts["name"]
    assert desk.next_for(desk.host) == waits.ticket
    assert desk.next_for(desk.host) is None
    assert desk.next_for(desk.coach) == moved.ticket


def test_who_was_handed_over_and_then_parked_is_still_theirs_with_the_word_that_came_along(
    desk: Desk,
) -> None:
    moved, later_on = desk.comes(), MORNING + 20 * MINUTE
    desk.press(actions.hand_over, moved.visit_id, to_staff=desk.coach.staff_id, word="knows her from March")
    for word, said in (("", "knows her from March"), ("fetches a letter", "fetches a letter")):
        desk.press(actions.park, moved.visit_id, until=later_on, word=word)
        with as_actor(desk.coach):
            (card,) = queries.queue(desk.here.centre.id, TODAY)
        assert (card.state, card.staff_id, card.word) == ("parked", desk.coach.staff_id, said)
        assert card.handed_by == desk.host.facts["name"]
    with later(20):
        assert (desk.next_for(desk.host), desk.next_for(desk.coach)) == (None, moved.ticket)
    with as_actor(desk.leader):
        asked = day_figures.Asked(desk.here.centre.id, TODAY, TODAY)
        assert day_figures.count(desk.leader, asked).whole.handed == 1


def test_who_is_handed_to_a_partners_line_keeps_ticket_and_place_there(desk: Desk) -> None:
    early = desk.comes()
    with later(3):
        housing = desk.comes("housing")
    with later(9):
        desk.press(actions.hand_over, early.visit_id, to_stream="housing", word="rent, not papers")
        assert desk.next_for(desk.coach) is None
        assert [desk.next_for(desk.partner, "housing") for _n in range(2)] == [early.ticket, housing.ticket]
    assert early.ticket.startswith("D")
    assert desk.periods(early)[:2] == [("waiting", 0, 9), ("waiting", 9, 9)]


def test_an_appointment_handed_to_a_line_is_nobodys_own_any_more(desk: Desk) -> None:
    booking = desk.here.booking(MORNING, staff_id=desk.coach.staff_id)
    moved = desk.press(actions.check_in, booking.id)
    desk.press(actions.hand_over, moved.visit_id, to_stream="desk")
    assert desk.next_for(desk.host) == moved.ticket


def test_nobody_is_handed_to_nobody_to_a_stranger_or_to_a_line_there_is_not(desk: Desk) -> None:
    moved = desk.comes()
    elsewhere = desk.here.member("coach", centre="gloucester")
    with pytest.raises(Refused, match="Choose"):
        desk.press(actions.hand_over, moved.visit_id)
    for to in ({"to_staff": elsewhere.staff_id}, {"to_stream": "appointments"}, {"to_stream": "nowhere"}):
        with pytest.raises(NotThere):
            desk.press(actions.hand_over, moved.visit_id, **to)
    desk.press(actions.leave, moved.visit_id)
    with pytest.raises(Refused, match="has left"):
        desk.press(actions.hand_over, moved.visit_id, to_stream="housing")


# leaving, and what follows


def test_who_left_before_being_seen_is_noted_with_who_noticed(desk: Desk) -> None:
    seen_by_host, seen_by_coach = desk.comes(), desk.comes()
    desk.press(actions.leave, seen_by_host.visit_id)
    desk.press(actions.leave, seen_by_coach.visit_id, noticed_by=desk.coach.staff_id)
    assert desk.visit(seen_by_host).noticed_by_id == desk.host.staff_id
    assert desk.visit(seen_by_coach).noticed_by_id == desk.coach.staff_id
    desk.press(actions.take_back, seen_by_coach.visit_id)
    assert (desk.visit(seen_by_coach).noticed_by_id, desk.visit(seen_by_coach).ending) == (None, "")


def test_done_and_the_next_appointment_are_one_move(desk: Desk) -> None:
    person = desk.here.person()
    booking = desk.here.booking(MORNING, person=person, staff_id=desk.coach.staff_id)
    moved = desk.seen(desk.coach, desk.press(actions.check_in, booking.id))

    def following(starts: datetime) -> diary.NewBooking:
        return diary.NewBooking(
            starts=starts,
            minutes=10,
            kind_id=booking.kind_id,
            person_id=booking.person_id,
            staff_id=booking.staff_id,
        )

    taken = desk.here.booking(MORNING + timedelta(days=7), staff_id=desk.coach.staff_id)
    with pytest.raises(Refused, match="already booked"):
        desk.press(actions.finish, moved.visit_id, by=desk.coach, following=following(taken.starts))
    assert desk.visit(moved).state == "serving"
    for _press in range(2):
        wanted = following(MORNING + timedelta(days=8))
        desk.press(actions.finish, moved.visit_id, by=desk.coach, key="done", following=wanted)
    assert desk.visit(moved).state == "done"
    with pytest.raises(Refused, match="is done"):  # of a page that was open beside it
        desk.press(
            actions.finish, moved.visit_id, by=desk.coach, following=following(MORNING + timedelta(days=9))
        )
    with as_actor(desk.leader):
        assert not Booking.objects.filter(person=person, day=(MORNING + timedelta(days=9)).date()).exists()
        assert Booking.objects.filter(person=person, day=(MORNING + timedelta(days=8)).date()).count() == 1


# help


def test_help_is_asked_for_once_answered_by_the_first_and_ended_by_who_asked_or_came(desk: Desk) -> None:
    asked = desk.press(actions.ask_for_help, desk="4")
    assert desk.press(actions.ask_for_help, desk="5") == asked
    desk.press(actions.go_to_help, asked, by=desk.coach)
    with pytest.raises(Refused, match="on the way"):
        desk.press(actions.go_to_help, asked, by=desk.partner)
    with pytest.raises(Refused, match="Only the colleague who asked"):
        desk.press(actions.end_help, asked, by=desk.partner)
    desk.press(actions.end_help, asked, by=desk.coach)
    with as_actor(desk.leader):
        row = Help.objects.get(id=asked)
    assert (row.desk, row.staff_id, row.comes_id) == ("5", desk.host.staff_id, desk.coach.staff_id)
    assert row.ended_at is not None
    with pytest.raises(Refused, match="over already"):
        desk.press(actions.go_to_help, asked, by=desk.partner)
    assert desk.press(actions.ask_for_help, desk="5") != asked


def test_help_that_was_never_ended_does_not_last_into_the_next_day(desk: Desk) -> None:
    asked = desk.press(actions.ask_for_help, desk="4")
    with clock.held_at(MORNING + timedelta(days=1)):
        assert desk.press(actions.ask_for_help, desk="4") != asked


# the end of a day


def test_at_closing_everybody_gets_the_reason_that_was_given_or_the_usual_one(desk: Desk) -> None:
    waits, talks, again, seen = desk.comes(), desk.seen(desk.coach), desk.comes(), desk.comes()
    parked = desk.comes()
    desk.press(actions.park, parked.visit_id, until=MORNING + 30 * MINUTE)
    endings = {again.visit_id: "again", seen.visit_id: "seen"}
    count = desk.press(actions.close_day, desk.here.centre.id, TODAY, by=desk.leader, endings=endings)
    assert count == 5
    ended = [(desk.visit(one).state, desk.visit(one).ending) for one in (waits, talks, again, seen, parked)]
    assert ended == [
        ("left", "left"),
        ("done", "seen"),
        ("left", "again"),
        ("done", "seen"),
        ("left", "left"),
    ]
    assert desk.line() == []
    assert all(end is not None for _state, _start, end in desk.periods(parked))


def test_what_closes_after_hours_says_so(desk: Desk) -> None:
    waits = desk.comes()
    desk.press(actions.close_day, desk.here.centre.id, TODAY, by=desk.leader)
    assert (desk.visit(waits).state, desk.visit(waits).ending) == ("left", "hours")


def test_after_a_fire_alarm_everybody_is_back_in_their_place_with_their_times(desk: Desk) -> None:
    first, second, called, parked = desk.comes(), desk.comes(), desk.comes(), desk.comes()
    talks = desk.seen(desk.coach)
    desk.press(actions.call, called.visit_id, by=desk.partner, desk="7")
    with later(1):
        desk.press(actions.park, parked.visit_id, until=MORNING + 40 * MINUTE)
    before = desk.line()
    with later(10):
        assert desk.press(actions.everybody_out) == 5
        assert desk.press(actions.everybody_out, by=desk.coach) == 0
        assert desk.line() == []
        with pytest.raises(Refused, match="out of the building"):
            desk.comes()
        with pytest.raises(Refused, match="out of the building"):
            desk.press(actions.take_back, first.visit_id)
    with later(25):
        assert desk.press(actions.open_after_alarm, by=desk.coach) == 5
        assert desk.line() == [
            (ticket, "waiting" if state == "parked" else state) for ticket, state in before
        ]
        assert desk.next_for(desk.host) == first.ticket
        assert (desk.visit(called).with_staff_id, desk.visit(called).desk) == (desk.partner.staff_id, "7")
        assert desk.visit(talks).with_staff_id == desk.coach.staff_id
        assert desk.comes().state == "waiting"
    assert desk.periods(second) == [("waiting", 0, 10), ("waiting", 25, None)]
    assert desk.visit(second).arrived_at == MORNING
    with pytest.raises(Refused, match="nothing to open"):
        desk.press(actions.open_after_alarm)


def test_who_left_before_the_alarm_stays_gone_after_it(desk: Desk) -> None:
    gone, here = desk.comes(), desk.comes()
    desk.press(actions.leave, gone.visit_id)
    desk.press(actions.everybody_out)
    desk.press(actions.open_after_alarm)
    assert desk.line() == [(here.ticket, "waiting")]


def test_a_day_closed_for_good_neither_has_an_alarm_nor_opens_again(desk: Desk) -> None:
    desk.comes()
    desk.press(actions.everybody_out)
    desk.press(actions.close_day, desk.here.centre.id, TODAY, by=desk.leader)
    with pytest.raises(Refused, match="nothing to open"):
        desk.press(actions.open_after_alarm)
    with pytest.raises(Refused, match="has closed"):
        desk.press(actions.everybody_out)


def test_nobody_without_the_right_parks_hands_over_or_rings(desk: Desk) -> None:
    moved = desk.comes()
    stranger = desk.here.member("administrator")
    presses: list[tuple[Callable[..., Any], tuple[object, ...], dict[str, Any]]] = [
        (actions.park, (moved.visit_id,), {"until": MORNING + 20 * MINUTE}),
        (actions.hand_over, (moved.visit_id,), {"to_stream": "housing"}),
        (actions.ask_for_help, (), {}),
        (actions.everybody_out, (), {}),
        (actions.open_after_alarm, (), {}),
    ]
    for action, about, how in presses:
        with pytest.raises(NotAllowed):
            desk.press(action, *about, by=stranger, **how)
