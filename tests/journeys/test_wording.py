"""Wherever colleagues share what is written, a diagnosis, an offence or a number is asked about before it is saved."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.factories import Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin
from tests.journeys.test_pages import key_of

from kohti.journeys.models import Aim, Ending, Journey, Outcome, Step
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id, short
from kohti.people import actions as people
from kohti.people.models import Note, NoteBefore

SAID = "She was diagnosed with diabetes"


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


@pytest.fixture
def way(here: Place, coach: Actor) -> Journey:
    return begin(here, coach)


def asked(browser: Client, address: str, typed: dict[str, Any], *, sealed: bool) -> dict[str, Any]:
    """What was typed is asked about and stands there still; what the page was sent with goes along."""
    answer = browser.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422, page
    assert "looks like a diagnosis" in page
    assert SAID in page
    assert ('name="seal" value="health"' in page) == sealed
    heeded = re.search(r'name="heeded" value="([^"]*)"', page)
    assert heeded is not None
    return {**typed, "heeded": heeded[1]}


def test_a_note_is_corrected_and_sealed_with_one_press_and_how_it_read_is_sealed_with_it(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser, leader = browser_of(coach), here.member("leader")
    how: dict[str, Any] = {"fields": ["work"], "key": str(new_id())}
    note = acting(coach, people.write_note, way.person_id, f"{SAID} I think", **how)
    address = f"/notes/{short(note)}/"
    page = browser.get(address).content
    typed = {"key": key_of(page), "text": f"{SAID} in May", "why": "the month", "version": "1"}
    again = asked(browser, address, typed, sealed=True)
    assert again["heeded"] == "health"
    assert browser.post(address, typed | {"seal": "health"}).status_code == 302
    with as_system(here.system):
        now = Note.objects.get(id=note)
        assert (now.fields, now.sealed) == (["work", "health"], ["health"])
        assert [one.sealed for one in NoteBefore.objects.filter(note_id=note)] == [["health"]]
    assert SAID not in browser_of(leader).get(f"/people/{short(way.person_id)}/timeline/").content.decode()
    assert browser_of(leader).get(address).status_code == 404
    assert browser.post(address, typed | {"text": f"{SAID} in June", "version": "2"}).status_code == 302, (
        "what is sealed is not asked about"
    )


def test_a_note_is_corrected_as_it_is_once_it_was_asked_about(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    note = acting(coach, people.write_note, way.person_id, "before", key=str(new_id()))
    address = f"/notes/{short(note)}/"
    typed = {"key": key_of(browser.get(address).content), "text": SAID, "why": "more", "version": "1"}
    assert browser.post(address, asked(browser, address, typed, sealed=True)).status_code == 302
    with as_system(here.system):
        assert (Note.objects.get(id=note).text, Note.objects.get(id=note).sealed) == (SAID, [])


def test_a_step_and_an_aim_are_asked_about_and_sealed_with_one_press(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    address = f"/people/{short(way.person_id)}/plan/"
    page = browser.get(address).content
    step = {"step": "1", "s-key": key_of(page, "s-"), "s-words": SAID, "s-who": "person"}
    aim = {"aim": "1", "a-key": key_of(page, "a-"), "a-words": SAID, "a-field": ""}
    for typed in (step, aim):
        assert asked(browser, address, typed, sealed=True)
        assert browser.post(address, typed | {"seal": "health"}).status_code == 302
    with as_system(here.system):
        assert Step.objects.get(journey_id=way.id).sealed == "health"
        made = Aim.objects.get(journey_id=way.id)
        assert (made.field, made.sealed) == ("health", "health")
    assert SAID in browser.get(address).content.decode()
    assert SAID not in browser_of(here.member("leader")).get(address).content.decode()
    under = step | {"s-key": str(new_id()), "s-aim": str(made.id)}
    assert browser.post(address, under).status_code == 302, "its aim seals it already"


def test_what_shows_an_outcome_is_asked_about_once(here: Place, coach: Actor, way: Journey) -> None:
    browser = browser_of(coach)
    address = f"/ways/{short(way.id)}/change/outcome/"
    typed = {"key": key_of(browser.get(address).content), "kind": "job", "words": "", "evidence": SAID}
    again = asked(browser, address, typed, sealed=False)
    assert browser.post(address, again).status_code == 302
    with as_system(here.system):
        assert Outcome.objects.get(journey_id=way.id).evidence == SAID


def test_the_last_words_and_what_is_said_afterwards_are_asked_about_once(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    address = f"/ways/{short(way.id)}/end/"
    page = browser.get(address).content
    day = {"follow_up_on_0": "1", "follow_up_on_1": "6", "follow_up_on_2": "2026"}
    version = re.search(rb'name="version" value="(\d+)"', page)
    assert version is not None
    typed = {"key": key_of(page), "words": SAID, "member": str(coach.member_id), **day}
    typed["version"] = version[1].decode()
    again = asked(browser, address, typed, sealed=False)
    assert browser.post(address, again).status_code == 302
    with as_system(here.system):
        ending = Ending.objects.get(journey_id=way.id)
    asking = f"/ways/ends/{short(ending.id)}/"
    answer = {"key": key_of(browser.get(asking).content), "answer": SAID}
    assert browser.post(asking, asked(browser, asking, answer, sealed=False)).status_code == 302
    with as_system(here.system):
        assert Ending.objects.get(id=ending.id).answer == SAID
