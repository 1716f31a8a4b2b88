"""The waiting list: what is cancelled is offered to who would come earlier, those who asked first on top."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from tests.factories import MORNING, Place, acting, as_system, browser_of, place

from kohti.diary import actions, earlier
from kohti.diary.models import Booking, Wish
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import Refused
from kohti.kernel.ids import short

NINE = MORNING.replace(hour=9) + timedelta(days=1)
LATER = NINE + timedelta(days=6)


@pytest.fixture
def here() -> Place:
    return place()


def offered(actor: Actor) -> list[tuple[object, object]]:
    with as_actor(actor):
        return [
            (one.who.booking_id, one.offer.starts if one.offer else None) for one in earlier.waiting(actor)
        ]


def a_full_week(here: Place, coach: Actor) -> list[Booking]:
    """Every day until `LATER` is booked through, in one piece each."""
    days = [MORNING.replace(hour=9) + timedelta(days=n) for n in range(7)]
    return [here.booking(one, minutes=480, staff_id=coach.staff_id) for one in days if one.weekday() < 5]


def test_what_is_cancelled_goes_to_who_asked_first_and_the_next_stays_on_the_list(here: Place) -> None:
    coach = here.member("coach")
    full = a_full_week(here, coach)
    first, second = (
        here.booking(LATER + timedelta(minutes=30 * n), minutes=30, staff_id=coach.staff_id) for n in (1, 0)
    )
    for n, one in enumerate((first, second)):
        with clock.held_at(MORNING + timedelta(minutes=n)):
            acting(coach, actions.ask_earlier, one.id, closes=time(9, 30), key=f"ask{n}")
    assert offered(coach) == [(first.id, None), (second.id, None)]
    tomorrow = next(one for one in full if one.starts == NINE)
    acting(coach, actions.cancel, tomorrow.id, reason="ill", key="cancel")
    assert offered(coach) == [(first.id, NINE), (second.id, None)]
    with as_actor(coach):
        wish = Wish.objects.get(booking_id=first.id, ended_at=None)
    assert coach.staff_id is not None
    moved = acting(
        coach, actions.take_earlier, wish.id, starts=NINE, staff_id=coach.staff_id, version=1, key="take"
    )
    with as_actor(coach):
        assert (moved, Booking.objects.get(id=moved).starts) == (first.id, NINE)
    assert [booking for booking, _offer in offered(coach)] == [second.id]
    with as_actor(coach):
        assert Wish.objects.get(id=wish.id).ended == "filled"


def test_only_days_and_hours_that_suit_and_the_same_colleague_are_offered(here: Place) -> None:
    coach = here.member("coach", name="Ann Able")
    here.member("coach", name="Bob Idle")
    booking = here.booking(LATER, minutes=30, staff_id=coach.staff_id)
    acting(coach, actions.ask_earlier, booking.id, weekdays=[4], opens=time(14), closes=time(15), key="ask")
    with as_actor(coach):
        (one,) = earlier.waiting(coach)
    assert one.offer is not None
    assert (one.offer.staff_id, one.offer.starts.weekday(), one.offer.starts.time()) == (
        coach.staff_id,
        4,
        time(14),
    )


def test_the_wish_ends_with_the_appointment_with_its_day_and_when_it_is_taken_back(here: Place) -> None:
    coach = here.member("coach")
    off, over, back = (
        here.booking(NINE + timedelta(minutes=30 * n), minutes=30, staff_id=coach.staff_id) for n in range(3)
    )
    wishes = {
        one.id: acting(coach, actions.ask_earlier, one.id, key=f"ask{one.id}") for one in (off, over, back)
    }
    acting(coach, actions.cancel, off.id, reason="", key="off")
    acting(coach, actions.take_wish_back, wishes[back.id])
    assert [booking for booking, _offer in offered(coach)] == [over.id]
    with clock.held_at(NINE + timedelta(days=1)):
        assert offered(coach) == []
        with pytest.raises(Refused):
            acting(coach, actions.ask_earlier, over.id, key="again")


def test_another_colleague_is_offered_to_whom_that_suits_and_a_last_day_is_kept_to(here: Place) -> None:
    coach, other = here.member("coach", name="Ann Able"), here.member("coach", name="Bob Idle")
    a_full_week(here, coach)
    wide, narrow = (
        here.booking(LATER + timedelta(minutes=30 * n), minutes=30, staff_id=coach.staff_id) for n in (0, 1)
    )
    acting(coach, actions.ask_earlier, wide.id, anybody=True, opens=time(11), key="wide")
    acting(coach, actions.ask_earlier, narrow.id, until=NINE.date() + timedelta(days=1), key="narrow")
    with as_actor(coach):
        first, second = earlier.waiting(coach)
    assert first.offer is not None
    assert first.offer.staff_id == other.staff_id
    assert first.offer.starts.date() == MORNING.date()
    assert (second.who.booking_id, second.offer) == (narrow.id, None)
    with clock.held_at(NINE + timedelta(days=2)):
        assert [booking for booking, _offer in offered(coach)] == [wide.id]
        with pytest.raises(Refused):
            acting(coach, actions.ask_earlier, narrow.id, until=NINE.date(), key="over")


def test_who_has_no_appointment_waits_for_a_time_and_waits_no_longer_once_they_have_one(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    a_full_week(here, coach)
    someone, kind = here.person(), here.kinds["work-search-review"]
    until, staff = LATER.date() + timedelta(days=1), coach.staff_id
    wish = acting(leader, actions.ask_for_time, someone.id, kind.id, until=until, key="ask")
    again = acting(
        leader, actions.ask_for_time, someone.id, kind.id, staff_id=staff, until=until, key="again"
    )
    assert again == wish
    with as_actor(leader):
        (one,) = earlier.waiting(leader)
    assert one.offer is not None
    assert (one.who.starts, one.offer.starts) == (None, LATER)
    made = acting(
        leader, actions.take_earlier, wish, starts=LATER, staff_id=coach.staff_id, version=0, key="take"
    )
    with as_actor(leader):
        booking = Booking.objects.get(id=made)
        assert (booking.person_id, booking.starts, booking.kind_id) == (someone.id, LATER, kind.id)
        assert Wish.objects.get(id=wish).ended == "filled"
        assert earlier.waiting(leader) == []
    give = {"staff_id": coach.staff_id, "version": 0}
    assert acting(leader, actions.take_earlier, wish, starts=LATER, **give, key="take") == made
    for key in ("another press", "take later"):
        with pytest.raises(Refused):
            acting(leader, actions.take_earlier, wish, starts=LATER + timedelta(hours=1), **give, key=key)
    with pytest.raises(Refused):
        acting(
            leader,
            actions.ask_for_time,
            someone.id,
            kind.id,
            until=MORNING.date() - timedelta(days=1),
            key="x",
        )


def test_somebody_without_an_appointment_is_put_on_the_list_from_their_own_page(here: Place) -> None:
    leader = here.member("leader")
    someone = here.person("Zebedee Quixworth")
    browser = browser_of(leader)
    address = f"/people/{short(someone.id)}/appointments/waiting/"
    page = browser.get(address).content.decode()
    fields = dict(re.findall(r'name="(key|until_[012])"[^>]*? value="([^"]+)"', page))
    kind = short(here.kinds["work-search-review"].id)
    assert browser.post(address, fields | {"kind": kind, "until_2": "2020"}).status_code == 422
    assert browser.post(address, fields | {"kind": kind}).status_code == 302
    listed = browser.get("/diary/waiting-list/").content.decode()
    assert "Zebedee Quixworth" in listed
    assert "Not yet" in listed
    own = browser.get(f"/people/{short(someone.id)}/appointments/").content.decode()
    assert "Work search review, until 8 April 2026" in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", own))


def test_the_list_asks_the_database_as_often_for_many_as_for_one_and_goes_on_on_a_next_page(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    coach = here.member("coach")
    browser = browser_of(coach)

    def statements() -> int:
        return int(browser.get("/diary/waiting-list/").headers["X-Kohti-Statements"])

    asked = []
    for n in range(3):
        booking = here.booking(LATER + timedelta(minutes=30 * n), minutes=30, staff_id=coach.staff_id)
        acting(coach, actions.ask_earlier, booking.id, key=f"ask {n}")
        asked.append(statements())
    assert asked[1] == asked[2] <= 12
    monkeypatch.setattr(earlier, "MOST", 2)
    page = browser.get("/diary/waiting-list/").content.decode()
    (more,) = re.findall(r'href="(/diary/waiting-list/\?after=[^"]+)"', page)
    second = browser.get(more).content.decode()
    assert (page.count('scope="row"'), second.count('scope="row"')) == (2, 1)
    assert "More of this list" not in second


def test_who_waits_is_asked_for_on_a_page_and_moved_with_one_press(here: Place) -> None:
    coach = here.member("coach")
    booking = here.booking(LATER, minutes=30, staff_id=coach.staff_id)
    browser = browser_of(coach)
    page = browser.get(f"/book/{booking.id}/earlier/").content.decode()
    (key,) = re.findall(r'name="key" value="([^"]+)"', page)
    assert browser.post(f"/book/{booking.id}/earlier/", {"key": key}).status_code == 302
    listed = browser.get("/diary/waiting-list/").content.decode()
    (take,) = re.findall(r'action="([^"]+/take/)"', listed)
    fields = dict(re.findall(r'name="(starts|staff|version)" value="([^"]+)"', listed))
    assert browser.post(take, fields).status_code == 302
    with as_system(here.system):
        assert Booking.objects.get(id=booking.id).starts < LATER
    assert b"Nobody waits" in browser.get("/diary/waiting-list/").content
