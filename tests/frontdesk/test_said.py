"""What is said to whoever comes at another time or to another place than agreed."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place

from kohti.diary import actions as diary
from kohti.frontdesk import actions
from kohti.frontdesk.models import Visit
from kohti.frontdesk.said import Agreed, at_the_door, km_between
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotThere, Refused

LONDON = ZoneInfo("Europe/London")
AGREED = Agreed(day=TODAY, starts=MORNING + timedelta(minutes=5))
TOMORROW = timedelta(days=1)


def said(agreed: Agreed, *, before: int | None = None) -> tuple[str, str, str] | None:
    return at_the_door(agreed, LONDON, before=before)


@pytest.mark.parametrize(
    ("agreed", "code", "words"),
    [
        (replace(AGREED, starts=MORNING + timedelta(minutes=21)), "early", "10:21"),
        (replace(AGREED, starts=MORNING - timedelta(minutes=11)), "late", "You will still be seen"),
        (replace(AGREED, day=TODAY + TOMORROW, starts=MORNING + TOMORROW), "another-day", "12 March"),
        (replace(AGREED, day=TODAY - TOMORROW, starts=MORNING - TOMORROW), "past", "10 March"),
        (replace(AGREED, centre="Stroud"), "another-centre", "Stroud"),
        (replace(AGREED, state="cancelled"), "cancelled", "was cancelled"),
        (replace(AGREED, state="missed"), "missed", "10:05"),
        (replace(AGREED, ticket="A007"), "here", "A007"),
    ],
)
def test_whoever_is_not_simply_right_hears_what_is_so_and_what_to_do(
    agreed: Agreed, code: str, words: str
) -> None:
    found = said(agreed)
    assert found is not None
    assert found[0] == code
    assert words in found[1]
    assert found[2].endswith(".")


@pytest.mark.parametrize("minutes", [-10, 0, 20])
def test_whoever_is_right_is_told_nothing(minutes: int) -> None:
    assert said(replace(AGREED, starts=MORNING + timedelta(minutes=minutes))) is None


def test_whoever_is_late_hears_where_they_are_in_the_line() -> None:
    late = replace(AGREED, starts=MORNING - timedelta(minutes=30))
    assert [said(late, before=n)[2] for n in (0, 1, 3)] == [  # type: ignore[index]
        "You are next.",
        "1 person is ahead of you.",
        "3 people are ahead of you.",
    ]


def test_another_centre_says_how_far_it_is_where_that_is_known() -> None:
    km = km_between((51.899, -2.078), (51.864, -2.238))
    assert 11 < km < 12
    found = said(replace(AGREED, centre="Gloucester", km=km))
    assert found is not None
    assert "about 12 km" in found[1]


# on the host's page


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def test_checking_in_early_says_what_to_say(here: Place) -> None:
    booking = here.booking(MORNING + timedelta(minutes=50))
    answer = browser_of(here.member("host"), htmx=True).post(f"/arrivals/{booking.id}/check-in/", {"v": "1"})
    assert "Say to them:" in answer.content.decode()
    assert "You are early: your appointment is at 10:50." in answer.content.decode()


def test_checking_in_late_says_how_many_are_before_them_also_without_javascript(here: Place) -> None:
    coach = here.member("coach")
    for minutes in (-10, 0):
        acting(
            here.member("host"),
            actions.check_in,
            here.booking(MORNING + timedelta(minutes=minutes), staff_id=coach.staff_id).id,
            key=f"late {minutes}",
        )
    booking = here.booking(MORNING - timedelta(minutes=30), staff_id=coach.staff_id)
    answer = browser_of(here.member("host")).post(
        f"/arrivals/{booking.id}/check-in/", {"v": "1"}, follow=True
    )
    assert "2 people are ahead of you." in answer.content.decode()


def find(actor: Actor, typed: str) -> str:
    answer = browser_of(actor, htmx=True).post("/arrivals/find/", {"q": typed, "go": "1"})
    return answer.content.decode()


def test_whoever_finds_people_hears_that_somebody_is_booked_on_another_day_or_elsewhere(here: Place) -> None:
    leader = here.member("leader")
    here.booking(MORNING + timedelta(days=2), person=here.person("Zenobia Tomorrow"))
    here.booking(MORNING, person=here.person("Zelda Elsewhere"), centre=here.other)
    here.person("Zacharias Unbooked")
    assert "13 March" in find(leader, "Zenobia")
    assert "Gloucester" in find(leader, "Zelda")
    assert "about 12 km" in find(leader, "Zelda")
    assert "No appointment is known." in find(leader, "Zacharias")


def test_a_host_hears_no_name_of_another_day_but_knows_the_reference_of_their_book(here: Place) -> None:
    host = here.member("host")
    here.booking(MORNING + timedelta(days=2), person=here.person("Yvette Tomorrow"), reference="REF-77")
    assert "13 March" not in find(host, "Yvette")
    found = find(host, "REF-77")
    assert "13 March" in found
    assert "Yvette" not in found


# walk-ins who are known


def walk_in(here: Place, by: Actor, person_id: uuid.UUID, **how: str) -> actions.Moved:
    moved: actions.Moved = acting(
        by,
        actions.take_walk_in,
        here.reasons["evidence"].id,
        key=how.get("key", str(uuid.uuid4())),
        person_id=person_id,
    )
    return moved


def test_somebody_known_can_be_taken_in_and_the_floor_sees_who_it_is_until_midnight(here: Place) -> None:
    leader, host = here.member("leader"), here.member("host")
    person = here.person("Xenia Known")
    with pytest.raises(NotThere):
        walk_in(here, host, person.id)
    walk_in(here, leader, person.id)
    assert "Xenia Known" in browser_of(host).get("/arrivals/").content.decode()
    with as_actor(host):
        assert Visit.objects.filter(person_id=person.id).count() == 1


def test_undone_the_floor_sees_them_no_more(here: Place) -> None:
    leader, host = here.member("leader"), here.member("host")
    person = here.person("Zenobia Known")
    moved = walk_in(here, leader, person.id)
    acting(host, actions.undo_check_in, moved.visit_id, key=f"undo {moved.visit_id}")
    with pytest.raises(NotThere):
        walk_in(here, host, person.id)


def test_nobody_is_in_the_building_twice(here: Place) -> None:
    leader = here.member("leader")
    person = here.person("Zenobia Known")
    moved = walk_in(here, leader, person.id)
    with pytest.raises(Refused, match=moved.ticket):
        walk_in(here, leader, person.id)


def test_whoever_came_today_can_come_again_without_an_appointment(here: Place) -> None:
    host, coach = here.member("host"), here.member("coach")
    person = here.person("Wilma Again")
    booking = here.booking(MORNING + timedelta(hours=2), person=person, staff_id=coach.staff_id)
    visit = acting(host, actions.check_in, booking.id, key=f"in {booking.id}")
    acting(coach, actions.leave, visit.visit_id, key=f"left {booking.id}")
    assert f'name="person" value="{person.id}"' in find(host, "Wilma")
    form = browser_of(host).post("/arrivals/walk-in/", {"person": str(person.id)})
    assert "Wilma Again" in form.content.decode()
    answer = browser_of(host).post(
        "/arrivals/walk-in/",
        {
            "person": str(person.id),
            "reason": str(here.reasons["evidence"].id),
            "urgency": "usual",
            "key": str(uuid.uuid4()),
        },
        follow=True,
    )
    assert "Give them ticket" in answer.content.decode()


def test_a_cancelled_appointment_is_said_to_whoever_finds_people(here: Place) -> None:
    leader = here.member("leader")
    booking = here.booking(MORNING, person=here.person("Ursula Cancelled"))
    with as_system(here.system) as system:
        diary.cancel(system, booking.id, key=f"cancel {booking.id}")
    assert "was cancelled" in find(leader, "Ursula")
