"""The pages on which something of a person is shared: what they say, what they ask for, and what stays."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Person
from kohti.people.sharing.models import Share


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.member("coach")


def somebody(coach: Actor, name: str) -> Person:
    return acting(coach, people.register, coach.centre, [NewPerson(full_name=name)])[0]


def read(answer: Any) -> str:
    return str(answer.content.decode())


def typed(here: Place, **other: Any) -> dict[str, Any]:
    return {
        "key": str(uuid.uuid4()),
        "organisation": str(here.organisation("housing-body")),
        "what": ["housing", "reach"],
        "what_for": "A flat with a window",
        "basis": "public-task",
        "until_0": "1",
        "until_1": "6",
        "until_2": "2026",
        **other,
    }


def shares_of(coach: Actor, person: Person) -> list[Share]:
    with as_actor(coach):
        return list(Share.objects.filter(person_id=person.id))


def test_a_coach_shares_once_and_everybody_who_sees_them_reads_it(here: Place, coach: Actor) -> None:
    ann, browser = somebody(coach, "Ann Shared"), browser_of(coach)
    there, sent = reverse("person_share", args=[ann.id]), typed(here)
    for _ in range(2):
        assert browser.post(there, sent).status_code == 302
    (made,) = shares_of(coach, ann)
    assert made.fields == ["housing", "reach"]
    worker = browser_of(here.member("partner-worker", organisation="housing-body"))
    assert worker.get(reverse("shared_person", args=[ann.id])).status_code == 200
    answer = browser.get(reverse("person_sharing", args=[ann.id]))
    page = read(answer)
    for seen in (
        "Housing partner", "Housing, How to reach them", "A flat with a window", "A public task",
        "11 March 2026 to 1 June 2026", "They looked 1 time, on 11 March 2026",
    ):  # fmt: skip
        assert seen in page, seen
    assert int(answer.headers["X-Kohti-Statements"]) <= 12


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"organisation": ""}, "This field is required"),
        ({"what": []}, "This field is required"),
        ({"until_2": "2028"}, "at most a year away"),
        ({"basis": "consent", "told": "on the phone"}, "saying no costs them something"),
        ({"basis": "consent", "free": "on"}, "Say how they agreed"),
        ({"what": ["health"]}, "not one of the available choices"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    here: Place, coach: Actor, wrong: dict[str, Any], said: str
) -> None:
    ann, browser = somebody(coach, "Ann Wrong"), browser_of(coach)
    answer = browser.post(reverse("person_share", args=[ann.id]), typed(here) | wrong)
    assert answer.status_code == 422
    assert said in read(answer)
    assert "A flat with a window" in read(answer)
    assert shares_of(coach, ann) == []


def test_what_is_sealed_is_shared_by_whoever_holds_its_key(here: Place, coach: Actor) -> None:
    ann, browser = somebody(coach, "Ann Sealed"), browser_of(coach)
    there = reverse("person_share", args=[ann.id])
    assert re.search(r"you do not hold the key: [^<]*Health", read(browser.get(there)))
    acting(coach, people.write_note, ann.id, "of health", fields=["health"], key=str(uuid.uuid4()))
    assert browser.post(there, typed(here, what=["health"])).status_code == 302


def test_its_people_are_chosen_from_and_nothing_typed_is_lost_on_the_way(here: Place, coach: Actor) -> None:
    ann, browser = somebody(coach, "Ann Some"), browser_of(coach)
    worker = here.member("partner-worker", organisation="housing-body", name="Wil Worker")
    sent, there = typed(here, people="1"), reverse("person_share", args=[ann.id])
    page = read(browser.post(there, sent))
    assert "Wil Worker" in page
    assert "A flat with a window" in page
    assert re.search(r'value="housing"[^>]*checked', page)
    assert 'value="2026"' in page
    assert shares_of(coach, ann) == []
    assert browser.post(there, typed(here, members=[str(worker.member_id)])).status_code == 302
    assert shares_of(coach, ann)[0].members == [worker.member_id]


def shared(here: Place, coach: Actor, browser: Client, name: str, **other: Any) -> tuple[Person, str]:
    person = somebody(coach, name)
    assert browser.post(reverse("person_share", args=[person.id]), typed(here, **other)).status_code == 302
    (made,) = shares_of(coach, person)
    return person, reverse("one_share", args=[person.id, made.id])


def test_a_share_is_looked_at_again_and_ended_with_a_reason(here: Place, coach: Actor) -> None:
    browser = browser_of(coach)
    ann, there = shared(here, coach, browser, "Ann Again")
    assert "cannot be done without" in read(browser.get(there))
    again = {"what": "again", "a-key": str(uuid.uuid4()), "a-again_on_0": "1", "a-again_on_1": "5"}
    assert browser.post(there, again | {"a-again_on_2": "2027"}).status_code == 422
    assert browser.post(there, again | {"a-again_on_2": "2026"}).status_code == 302
    assert shares_of(coach, ann)[0].review_on == TODAY.replace(month=5, day=1)
    end = {"what": "end", "e-key": str(uuid.uuid4())}
    assert browser.post(there, end).status_code == 422
    assert browser.post(there, end | {"e-why": "Moved in"}).status_code == 302
    page = read(browser.get(reverse("person_sharing", args=[ann.id])))
    assert "Nothing is shared" in page
    assert "Moved in" in page


def test_an_objection_waits_for_an_answer_and_ends_what_was_consented_to(here: Place, coach: Actor) -> None:
    browser = browser_of(coach)
    ann, there = shared(here, coach, browser, "Ann Objects")
    objects = {"what": "object", "o-key": str(uuid.uuid4()), "o-words": "They know enough"}
    assert browser.post(there, objects).status_code == 302
    assert "They object: They know enough" in read(browser.get(reverse("person_sharing", args=[ann.id])))
    again = {
        "what": "again", "a-key": str(uuid.uuid4()), "a-again_on_0": "1", "a-again_on_1": "5", "a-again_on_2": "2026",
    }  # fmt: skip
    assert browser.post(there, again).status_code == 422
    assert browser.post(there, again | {"a-answer": "The law asks for it"}).status_code == 302
    (made,) = shares_of(coach, ann)
    assert (made.answer, made.ended_at) == ("The law asks for it", None)
    bea, there = shared(here, coach, browser, "Bea Objects", basis="consent", free="on", told="She said yes")
    assert browser.post(there, objects).status_code == 302
    (made,) = shares_of(coach, bea)
    assert (made.ended_at, made.ended_why) == (MORNING, "They know enough")
