"""What helps somebody when they come: from a day to a day, and the promises that go with it, kept by the queue."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place

from kohti.diary.models import Room
from kohti.frontdesk import actions
from kohti.frontdesk.actions import Moved
from kohti.frontdesk.models import Visit
from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotThere, Refused
from kohti.people import actions as people
from kohti.people.models import Mark, Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def mark(here: Place, person: Person, **how: Any) -> uuid.UUID:
    wanted = {"kind": "helps", "words": "a calm start", "review_on": TODAY + timedelta(days=14)} | how
    made: uuid.UUID = acting(
        here.member("leader"), people.add_mark, person.id, key=str(uuid.uuid4()), **wanted
    )
    return made


def arrived(here: Place, person: Person) -> Moved:
    booking = here.booking(MORNING + timedelta(minutes=10), person=person)
    moved: Moved = acting(here.member("host"), actions.check_in, booking.id, key=f"in {booking.id}")
    return moved


def queue(here: Place) -> str:
    return browser_of(here.member("host")).get("/queue/").content.decode()


def page(here: Place, moved: Moved) -> str:
    return browser_of(here.member("host")).get(f"/visits/{moved.visit_id}/promises/").content.decode()


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (None, TODAY - timedelta(days=1), False),
    ],
)
def test_what_helps_holds_from_its_day_to_its_day_and_ends_by_itself(
    here: Place, starts: date | None, ends: date | None, holds: bool
) -> None:
    person = here.person()
    said = f"note {uuid.uuid4().hex}"
    mark(here, person, words=said, starts_on=starts, ends_on=ends, promises=["quiet"] if starts else [])
    arrived(here, person)
    assert (said in queue(here)) is holds


def test_what_was_promised_stands_on_the_card_of_whoever_is_here(here: Place) -> None:
    lena = here.hire("coach", centre="cheltenham", name="Lena Face")
    person = here.person()
    mark(here, person, promises=["quiet", "face"], face_id=lena.staff_id)
    arrived(here, person)
    shown = queue(here)
    assert "A quiet room" in shown
    assert "A known face: Lena Face" in shown


def test_a_free_quiet_room_is_named_and_the_known_face_who_is_here_can_be_asked(here: Place) -> None:
    lena = here.hire("coach", centre="cheltenham", name="Lena Quiet")
    with as_system(here.system) as system:
        Room.objects.create(
            service_id=system.service, centre_id=here.centre.id, name="Lavender room", has=["quiet"]
        )
    person = here.person()
    mark(here, person, promises=["quiet", "face"], face_id=lena.staff_id)
    moved = arrived(here, person)
    # The blueprint's own quiet room is the housing drop-in's until noon.
    assert 'Free now: <b dir="auto">Lavender room</b>' in page(here, moved)
    answer = browser_of(here.member("host")).post(
        f"/visits/{moved.visit_id}/ask/", {"staff": str(lena.staff_id), "back": "promises", "key": "k"}
    )
    assert answer.headers["Location"].endswith("/promises/?asked")
    assert "Lena Quiet, please come to the door:" in queue(here)


def test_a_promise_is_ticked_kept_or_it_is_said_why_not(here: Place) -> None:
    host = here.member("host")
    person = here.person()
    mark(here, person, promises=["companion", "interpreter"])
    moved = arrived(here, person)
    acting(host, actions.answer_promise, moved.visit_id, "companion", kept=True, key="1")
    with pytest.raises(Refused, match="why not"):
        acting(host, actions.answer_promise, moved.visit_id, "interpreter", kept=False, key="2")
    acting(host, actions.answer_promise, moved.visit_id, "interpreter", kept=False, why="ill today", key="3")
    with as_actor(host):
        assert Visit.objects.get(id=moved.visit_id).promises == {
            "companion": {"kept": True, "why": ""},
            "interpreter": {"kept": False, "why": "ill today"},
        }
    assert "ill today" in page(here, moved)
    assert "Not kept" in queue(here)


def test_another_centre_and_an_unknown_promise_are_not_there(here: Place) -> None:
    moved = arrived(here, here.person())
    with pytest.raises(NotThere):
        acting(
            here.member("host", centre="gloucester"),
            actions.answer_promise,
            moved.visit_id,
            "quiet",
            kept=True,
            key="4",
        )
    with pytest.raises(NotThere):
        acting(here.member("host"), actions.answer_promise, moved.visit_id, "a throne", kept=True, key="5")


def test_without_a_reason_the_page_asks_for_one_and_with_it_says_saved(here: Place) -> None:
    person = here.person()
    mark(here, person, promises=["quiet"])
    moved = arrived(here, person)
    host = browser_of(here.member("host"))
    where = f"/visits/{moved.visit_id}/promises/"
    refused = host.post(where, {"promise": "quiet", "kept": "no", "key": "a"})
    assert refused.status_code == 422
    assert "Say in a few words why not." in refused.content.decode()
    kept = host.post(where, {"promise": "quiet", "kept": "no", "why": "all taken", "key": "b"}, follow=True)
    assert "all taken" in kept.content.decode()


# writing it down


def typed(**more: Any) -> dict[str, Any]:
    return {"kind": "helps", "about": "other", "words": "step-free seat", "key": str(uuid.uuid4())} | more


def saved(here: Place, person: Person, **more: Any) -> Any:
    return browser_of(here.member("leader")).post(f"/people/{person.id}/change/marks/", typed(**more))


@pytest.mark.parametrize(("long", "again", "ends"), [("weeks", 14, 14), ("months", 91, 182)])
def test_some_weeks_or_some_months_are_one_press(here: Place, long: str, again: int, ends: int) -> None:
    person = here.person()
    assert saved(here, person, long=long).status_code == 302
    with as_actor(here.member("leader")):
        made = Mark.objects.get(person_id=person.id)
    assert (made.review_on, made.ends_on) == (TODAY + timedelta(days=again), TODAY + timedelta(days=ends))


def test_without_any_length_the_form_asks_when_to_look_again(here: Place) -> None:
    answer = saved(here, here.person())
    assert answer.status_code == 422
    assert "Say when to look at it again." in answer.content.decode()


def test_a_known_face_needs_a_name(here: Place) -> None:
    answer = saved(here, here.person(), long="weeks", promises=["face"])
    assert "Choose whom they know." in answer.content.decode()


def test_a_diagnosis_in_the_note_is_asked_about_first(here: Place) -> None:
    person = here.person()
    answer = saved(here, person, long="weeks", words="has epilepsy")
    assert "looks like a diagnosis" in answer.content.decode()
    with as_actor(here.member("leader")):
        assert not Mark.objects.filter(person_id=person.id).exists()
    assert saved(here, person, long="weeks", words="has epilepsy", heeded="health").status_code == 302


def test_what_is_to_be_looked_at_again_stands_on_the_day_of_whoever_wrote_it(here: Place) -> None:
    leader = here.member("leader")
    person = here.person("Yvonne Review")
    made = mark(here, person, words="meet her at the door")
    day = browser_of(leader)
    assert "meet her at the door" not in day.get("/day/").content.decode()
    with clock.held_at(MORNING + timedelta(days=14)):
        assert "meet her at the door" in browser_of(leader).get("/day/").content.decode()
        acting(leader, people.review_mark, person.id, made, TODAY + timedelta(days=60))
        assert "meet her at the door" not in browser_of(leader).get("/day/").content.decode()


def test_whoever_has_the_way_is_told_too_and_of_a_danger_two_weeks_before_it_ends(here: Place) -> None:
    leader, coach = here.member("leader"), here.member("coach")
    person = here.person("Yvonne Review")
    acting(
        leader,
        journeys.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    mark(here, person, words="meet her at the door")
    acting(
        leader,
        people.add_danger,
        person.id,
        words="two of you",
        reason="so",
        ends_on=TODAY + timedelta(days=20),
        key=str(uuid.uuid4()),
    )
    for days, said in ((5, []), (6, ["two of you"]), (14, ["meet her at the door", "two of you"])):
        with clock.held_at(MORNING + timedelta(days=days)):
            day = browser_of(coach).get("/day/").content.decode()
            assert [words for words in ("meet her at the door", "two of you") if words in day] == said, days
            other = browser_of(here.member("coach", name="Another Coach")).get("/day/").content.decode()
            assert "two of you" not in other
