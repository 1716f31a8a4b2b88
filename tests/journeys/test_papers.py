"""The plan on paper: one page, in the person's language, without what is sealed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin
from tests.kernel.test_documents import opened, words_in

from kohti.journeys import actions
from kohti.journeys.actions import NewAim, NewStep
from kohti.journeys.models import Journey, PlanVersion
from kohti.kernel.actor import Actor
from kohti.kernel.documents import Made
from kohti.kernel.ids import new_id, short
from kohti.people.models import Person


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex[:6]}")


def read(content: bytes) -> tuple[str, int]:
    """The words of a PDF without its spaces, and its pages."""
    document = Made(content, True)
    return "".join(words_in(document).split()), len(opened(document).pages)


def planned(coach: Actor, way: Journey, *, steps: int = 1) -> None:
    bake = NewAim(words="Bake again", field="work")
    secret = NewAim(words="Drink less", field="addiction")
    acting(coach, actions.change_plan, way.id, [bake, secret], key=str(new_id()))
    new = [
        NewStep(words=f"Ring bakery {n}", due_on=TODAY + timedelta(days=n), aim_id=bake.id)
        for n in range(steps)
    ]
    hidden = NewStep(words="Ring the clinic", who="coach", due_on=TODAY, aim_id=secret.id)
    acting(coach, actions.change_plan, way.id, [*new, hidden], key=str(new_id()))


def test_a_plan_is_printed_in_the_persons_language_without_what_is_sealed(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    with as_system(here.system):
        Person.objects.filter(id=way.person_id).update(languages=["ar", "fi"])
        person = Person.objects.get(id=way.person_id)
    planned(coach, way)
    here.booking(MORNING + timedelta(days=3), person=person, staff_id=coach.staff_id)
    address = f"/ways/{short(way.id)}/printed/"
    answer = browser_of(coach).get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    text, pages = read(answer.content)
    assert pages == 1
    assert "Bakeagain" in text
    assert "Ringbakery0" in text
    assert "14.maaliskuuta" in text
    assert "Cheltenham" in text
    assert str(coach.facts["name"]).replace(" ", "") in text
    assert "Drinkless" not in text
    assert "clinic" not in text


def test_a_long_plan_still_fits_one_page_and_agreeing_is_on_it(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    planned(coach, way, steps=25)
    address = f"/ways/{short(way.id)}/printed/"
    browser = browser_of(coach)
    text, pages = read(browser.get(address).content)
    assert pages == 1
    assert "Iagree:____" in text
    assert "Therearemoresteps" in text
    with as_system(here.system):
        version = PlanVersion.objects.filter(journey_id=way.id).latest("number")
    page = browser.get(f"/people/{short(way.person_id)}/plan/").content
    assert b"Waits for their word" in page
    acting(coach, actions.agree, version.id, "here")
    assert b"Waits for their word" not in browser.get(f"/people/{short(way.person_id)}/plan/").content
    assert "Agreedon11March2026" in read(browser.get(address).content)[0]


def test_that_it_was_printed_is_in_the_history(
    here: Place, coach: Actor, owner: psycopg.Connection[Any]
) -> None:
    way = begin(here, coach)
    browser_of(coach).get(f"/ways/{short(way.id)}/printed/")
    found = owner.execute(
        "select person_ids from kernel_historyevent where verb = 'plan.printed' and subject_id = %s", [way.id]
    ).fetchall()
    assert found == [([way.person_id],)]
