"""What cannot be is said clearly, and nothing that was typed is lost: one table of it, and where the rest is tried."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place
from tests.journeys.test_holding import begin

from kohti.journeys import actions as journeys
from kohti.journeys.models import Contact, Ending, HandOver, Journey, Outcome, Step
from kohti.kernel import clock
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id, short
from kohti.people import actions as people
from kohti.people.models import Note, Person

ELSEWHERE = {
    "dates of a file, impossible or out of order": (
        "journeys.test_bringing",
        "test_each_fault_is_said_in_words_with_its_row_and_column",
    ),
    "dates of an absence": (
        "journeys.test_away",
        "test_days_that_cannot_be_are_said_at_their_field",
    ),
    "a step due before it began, on the plan": (
        "journeys.test_pages",
        "test_a_step_due_before_it_began_is_said_so_and_nothing_typed_is_lost",
    ),
    "somebody who has died": (
        "people.test_dying",
        "test_nobody_books_them_begins_with_them_or_writes_to_them",
    ),
    "the day somebody died": (
        "people.test_dying",
        "test_a_day_to_come_or_before_they_were_born_is_refused",
    ),
    "the same person three times in a file": (
        "journeys.test_bringing",
        "test_the_same_person_three_times_is_taken_once",
    ),
    "a note of 200,000 characters, in ten minutes": (
        "workbench.test_appointment",
        "test_a_note_that_is_far_too_long_is_kept_as_a_draft_and_said_so",
    ),
    "a session that ended while typing": (
        "config.test_unsent",
        "test_a_session_that_ended_while_typing_loses_nothing_and_leads_back_to_the_form",
    ),
    "a session that ended, in ten minutes": (
        "workbench.test_appointment",
        "test_whoever_is_signed_out_while_typing_comes_back_to_what_they_typed",
    ),
    "a coach removed while a contact is open": (
        "journeys.test_left_behind",
        "test_whoever_is_removed_while_typing_is_told_and_keeps_what_they_typed",
    ),
    "a coach removed while another form is open": (
        "config.test_unsent",
        "test_whoever_lost_the_person_while_typing_gets_back_what_they_typed_on_any_form",
    ),
    "a place that ended while typing": (
        "config.test_unsent",
        "test_a_place_that_ended_while_typing_loses_nothing",
    ),
}
"""What else cannot be, each with the test that tries it."""
SAID = "She found the papers."


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


@pytest.fixture
def way(here: Place, coach: Actor) -> Journey:
    return begin(here, coach)


@pytest.mark.parametrize("what", ELSEWHERE)
def test_what_is_tried_elsewhere_is_there(what: str) -> None:
    module, name = ELSEWHERE[what]
    assert callable(getattr(importlib.import_module(f"tests.{module}"), name))


def on(name: str, day: int | str, month: int | str, year: int | str) -> dict[str, str]:
    return {f"{name}_0": str(day), f"{name}_1": str(month), f"{name}_2": str(year)}


NONE, PAST, TO_COME = (31, 2, 2026), (1, 3, 2026), (1, 3, 2027)
THERE_IS_NONE = "There is no such day."
DATES: dict[str, tuple[str, dict[str, str], str]] = {
    "an outcome on the 31st of February": (
        "change/outcome", {"kind": "job", "evidence": SAID, **on("on", *NONE)}, THERE_IS_NONE,
    ),
    "an outcome to come": (
        "change/outcome", {"kind": "job", "evidence": SAID, **on("on", *TO_COME)}, "This day is still to come.",
    ),
    "a hand-over that ends on no day": (
        "change/hand-over", {"member": "other", "words": SAID, **on("until_day", *NONE)}, THERE_IS_NONE,
    ),
    "a hand-over that ends before it begins": (
        "change/hand-over",
        {"member": "other", "words": SAID, **on("from_day", 20, 3, 2026), **on("until_day", 19, 3, 2026)},
        "The end comes before the beginning.",
    ),
    "an end that asks on no day": (
        "end", {"member": "me", "words": SAID, "version": "1", **on("follow_up_on", *NONE)}, THERE_IS_NONE,
    ),
    "an end that asks on a day that has passed": (
        "end", {"member": "me", "words": SAID, "version": "1", **on("follow_up_on", *PAST)},
        "Choose a day that is still to come.",
    ),
    "a next step on no day, in ten minutes": (
        "appointment", {"note": SAID, "next": "Ring", **on("next-day", *NONE)}, THERE_IS_NONE,
    ),
    "a next step due before it begins, in ten minutes": (
        "appointment", {"note": SAID, "next": "Ring", **on("next-day", *PAST)},
        "A step cannot be due before it begins.",
    ),
}  # fmt: skip
"""By what cannot be: the page of a way it is typed on, what is typed, and what is said of it."""


@pytest.mark.parametrize("what", DATES)
def test_a_date_that_cannot_be_is_said_and_nothing_typed_is_lost(
    here: Place, coach: Actor, way: Journey, what: str
) -> None:
    page, typed, said = DATES[what]
    who = {"me": coach.member_id, "other": here.member("leader").member_id}
    sent: dict[str, Any] = {name: str(who.get(value, value)) for name, value in typed.items()}
    if page == "end":
        with as_system(here.system):
            sent["version"] = str(Journey.objects.get(id=way.id).version)
    answer = browser_of(coach).post(f"/ways/{short(way.id)}/{page}/", {"key": str(new_id()), **sent})
    text = answer.content.decode()
    assert answer.status_code == 422, text
    assert said in text
    assert SAID in text
    for name, value in sent.items():
        if name[-2:] in ("_0", "_1", "_2"):
            assert f'value="{value}"' in text, "the day stands there as it was typed"
    with as_system(here.system):
        for table in (Outcome, HandOver, Ending, Contact, Step):
            assert not table._default_manager.filter(journey_id=way.id).exists(), table


def test_a_note_of_200_000_characters_is_said_to_be_too_long_and_stands_there_still(
    here: Place, coach: Actor, way: Journey
) -> None:
    address = f"/people/{short(way.person_id)}/timeline/"
    answer = browser_of(coach).post(address, {"key": str(new_id()), "text": "ä" * 200_000})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count("ä") >= 200_000
    assert "200000" in page.replace(",", "").replace("\u202f", "")
    with as_system(here.system):
        assert not Note.objects.filter(person_id=way.person_id).exists()


def test_nobody_who_has_died_begins_a_way_by_a_file(here: Place, coach: Actor) -> None:
    leader = here.member("leader")
    person: Person = here.person(f"Ann {new_id().hex}")
    acting(leader, people.note_death, person.id, died_on=TODAY, died_said="their sister")
    file = f"Reference,Coach\n{person.reference},{coach.facts['name']}\n".encode()
    checked = acting(leader, journeys.apply_caseload, file, filename="c.csv", register=True)
    assert [(one.row, one.reason) for one in checked.refused] == [(2, "This person has died.")]
    with as_system(here.system):
        assert not Journey.objects.filter(person_id=person.id).exists()
