"""A colleague is not coming today: each of their appointments gets a decision, and nobody is lost."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.diary import actions, covering
from kohti.diary.models import Absence, Booking
from kohti.kernel import clock
from kohti.kernel.actor import as_actor

EARLY = MORNING.replace(hour=8, minute=50)
NINE = MORNING.replace(hour=9)


@pytest.fixture
def here() -> Place:
    return place()


def test_a_colleague_who_has_time_at_the_same_hour_is_proposed_and_to_one_alone(here: Place) -> None:
    sick, ann, bob = (here.member("coach", name=name) for name in ("Sick Sid", "Ann Able", "Bob Busy"))
    host = here.member("host")
    first = here.booking(NINE, minutes=30, staff_id=sick.staff_id)
    second = here.booking(NINE + timedelta(minutes=30), minutes=30, staff_id=sick.staff_id)
    here.booking(NINE, minutes=90, staff_id=bob.staff_id)
    with clock.held_at(EARLY), as_actor(host):
        found = covering.left_alone(host, _id(sick.staff_id))
    assert [one.id for one in found] == [first.id, second.id]
    assert [(one.offers[0].starts, one.offers[0].staff_id) for one in found] == [
        (NINE, ann.staff_id),
        (NINE + timedelta(minutes=30), ann.staff_id),
    ]


def test_two_of_one_hour_are_not_proposed_to_one_colleague_and_the_nearest_time_follows(here: Place) -> None:
    sick, ann = (here.member("coach", name=name) for name in ("Sick Sid", "Ann Able"))
    host = here.member("host")
    here.booking(NINE, minutes=30, staff_id=sick.staff_id)
    here.booking(NINE + timedelta(minutes=30), minutes=30, staff_id=sick.staff_id)
    here.booking(NINE + timedelta(minutes=30), minutes=30, staff_id=ann.staff_id)
    with clock.held_at(EARLY), as_actor(host):
        found = covering.left_alone(host, _id(sick.staff_id))
    assert [one.offers[0].starts for one in found] == [NINE, NINE + timedelta(minutes=60)]


def test_at_ten_to_nine_the_host_notes_it_and_gives_the_morning_to_colleagues_one_decision_each(
    here: Place,
) -> None:
    sick, ann = (here.member("coach", name=name) for name in ("Sick Sid", "Ann Able"))
    host = here.member("host")
    kept, called, off = (
        here.booking(NINE + timedelta(minutes=30 * n), minutes=30, staff_id=sick.staff_id) for n in range(3)
    )
    address = f"/diary/not-coming/{sick.staff_id}/"
    with clock.held_at(EARLY):
        browser = browser_of(host)
        assert b"Sick Sid" in browser.get("/diary/not-coming/").content
        assert browser.post(address, {"away": "1"}).status_code == 302
        page = browser.get(address).content.decode()
        assert "with Ann Able" in page.replace("\u2068", "").replace("\u2069", "")
        answer = browser.post(
            address,
            {
                "booking": [str(kept.id), str(called.id), str(off.id)],
                f"do-{kept.id}": f"{NINE.isoformat()}|{ann.staff_id}",
                f"v-{kept.id}": "1",
                f"do-{called.id}": "later",
                f"v-{called.id}": "1",
                f"do-{off.id}": "cancel",
                f"v-{off.id}": "1",
            },
        )
        assert answer.status_code == 302
        with as_actor(here.member("leader")) as leader:
            assert Absence.objects.filter(staff_id=_id(sick.staff_id)).exists()
            states = {one.id: (one.state, one.staff_id) for one in Booking.objects.order_by("id")}
            needing = [one.id for one in covering.needs_somebody(leader)]
    assert states[kept.id] == ("booked", ann.staff_id)
    assert states[called.id] == ("booked", sick.staff_id)
    assert states[off.id][0] == "cancelled"
    assert needing == [called.id]


def test_a_time_that_was_taken_meanwhile_is_said_beside_its_appointment_and_the_others_are_done(
    here: Place,
) -> None:
    sick, ann = (here.member("coach", name=name) for name in ("Sick Sid", "Ann Able"))
    one, other = (
        here.booking(NINE + timedelta(minutes=30 * n), minutes=30, staff_id=sick.staff_id) for n in range(2)
    )
    here.booking(NINE, minutes=30, staff_id=ann.staff_id)
    with clock.held_at(EARLY):
        data: dict[str, object] = {"booking": [str(one.id), str(other.id)]}
        for n, booking in enumerate((one, other)):
            data[f"do-{booking.id}"] = f"{(NINE + timedelta(minutes=30 * n)).isoformat()}|{ann.staff_id}"
            data[f"v-{booking.id}"] = "1"
        answer = browser_of(here.member("host")).post(f"/diary/not-coming/{sick.staff_id}/", data)
    assert answer.status_code == 409
    assert "already booked at that time" in answer.content.decode()
    with as_actor(here.member("leader")):
        assert Booking.objects.get(id=one.id).staff_id == sick.staff_id
        assert Booking.objects.get(id=other.id).staff_id == ann.staff_id


def test_who_needs_somebody_is_given_to_a_colleague_from_the_list_and_next_week_is_offered_too(
    here: Place,
) -> None:
    gone, ann = (here.member("coach", name=name) for name in ("Gone Gil", "Ann Able"))
    leader = here.member("leader")
    assert gone.staff_id is not None
    days = [NINE.date() + timedelta(days=n) for n in (1, 6)]
    one, other = (here.booking(NINE + timedelta(days=n), minutes=30, staff_id=gone.staff_id) for n in (1, 6))
    for taken in (ann, leader):
        here.booking(NINE + timedelta(days=1), minutes=30, staff_id=taken.staff_id)
    here.booking(NINE + timedelta(days=1, minutes=30), minutes=30, staff_id=leader.staff_id)
    acting(leader, actions.be_away, gone.staff_id, days[0], days[1], key="away")
    with as_actor(leader):
        found = covering.needs_somebody(leader)
    assert [(left.id, left.why, left.offers[0].starts) for left in found] == [
        (one.id, "away", NINE + timedelta(days=1, minutes=30)),
        (other.id, "away", NINE + timedelta(days=6)),
    ]
    browser = browser_of(leader)
    page = browser.get("/diary/needs-somebody/").content.decode()
    (value,) = re.findall(rf'name="do-{one.id}" value="([^"]+)" checked', page)
    data = {
        "booking": [str(one.id), str(other.id)],
        "only": str(one.id),
        f"v-{one.id}": "1",
        f"do-{one.id}": value,
    }
    assert browser.post("/diary/needs-somebody/", data).status_code == 302
    with as_actor(leader):
        moved = Booking.objects.get(id=one.id)
        assert (moved.staff_id, moved.starts) == (ann.staff_id, NINE + timedelta(days=1, minutes=30))
        assert [left.id for left in covering.needs_somebody(leader)] == [other.id]


def test_a_colleague_who_came_back_can_be_said_not_to_come_again(here: Place) -> None:
    sick, host = here.member("coach", name="Sick Sid"), here.member("host")
    here.booking(NINE, minutes=30, staff_id=sick.staff_id)
    address, browser = f"/diary/not-coming/{sick.staff_id}/", browser_of(host)

    def away() -> list[Absence]:
        with as_actor(here.member("leader")):
            now = clock.now()
            return list(Absence.objects.filter(staff_id=_id(sick.staff_id), starts__lte=now, ends__gt=now))

    with clock.held_at(EARLY):
        for _press in range(2):
            browser.post(address, {"away": "1", "key": "one"})
        (first,) = away()
        acting(sick, actions.be_back, first.id)
    with clock.held_at(EARLY + timedelta(minutes=1)):
        assert away() == []
        browser.post(address, {"away": "1", "key": "two"})
        assert len(away()) == 1


def test_a_page_that_is_stale_cancels_nothing_that_a_colleague_has_moved(here: Place) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    booking = here.booking(NINE + timedelta(days=1), minutes=30, staff_id=coach.staff_id)
    moved_to = NINE + timedelta(days=1, hours=1)
    acting(leader, actions.move, booking.id, starts=moved_to, version=1, key="moved")
    data = {"booking": str(booking.id), f"v-{booking.id}": "1", f"do-{booking.id}": "cancel"}
    assert browser_of(leader).post("/diary/needs-somebody/", data).status_code == 409
    stale = {"reason": "rang, is ill", "version": "1", "key": "stale"}
    page = browser_of(leader).post(f"/book/{booking.id}/cancel/", stale)
    assert "A colleague changed this appointment meanwhile" in page.content.decode()
    with as_actor(leader):
        assert Booking.objects.get(id=booking.id).state == "booked"
    acting(leader, actions.cancel, booking.id, version=2, key="seen")
    with as_actor(leader):
        assert Booking.objects.get(id=booking.id).state == "cancelled"


def _id(staff_id: uuid.UUID | None) -> uuid.UUID:
    assert staff_id is not None
    return staff_id
