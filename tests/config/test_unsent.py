"""Whoever is signed out, or removed, while typing: nothing is written, a clear word, and all of it to copy."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.test import Client
from tests.factories import MORNING, Place, acting, as_system, browser_of, place
from tests.journeys.test_holding import begin

from kohti.journeys import actions
from kohti.journeys.models import Ending, Journey, Step
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.ids import new_id, short
from kohti.people.models import Note, Person
from kohti.team import actions as team
from kohti.team.models import User

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


def forms(browser: Client, way: Journey) -> dict[str, dict[str, Any]]:
    """What is typed about somebody: by the page it is typed on, which is opened first, what it sends."""
    person = f"/people/{short(way.person_id)}"
    pages = {
        f"{person}/timeline/": {"text": SAID},
        f"{person}/plan/": {"step": "1", "s-words": SAID, "s-who": "person"},
        f"/ways/{short(way.id)}/end/": {"words": SAID, "version": "1", "member": str(way.owner_id)},
        f"/ways/{short(way.id)}/appointment/": {"note": SAID, "channel": "here"},
    }
    for page in pages:
        assert browser.get(page).status_code == 200
    return {page: typed | {"key": str(new_id()), "s-key": str(new_id())} for page, typed in pages.items()}


def given_back(browser: Client, address: str, typed: dict[str, Any], status: int, why: str) -> str:
    answer = browser.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == status, (address, page)
    assert why in page
    assert SAID in page
    assert "Nothing was written." in page
    return page


def name_of(here: Place, way: Journey) -> str:
    with as_system(here.system):
        return Person.objects.get(id=way.person_id).full_name


def nothing_written(here: Place, way: Journey) -> None:
    with as_system(here.system):
        assert not Note.objects.filter(person_id=way.person_id).exists()
        assert not Step.objects.filter(journey_id=way.id).exists()
        assert not Ending.objects.filter(journey_id=way.id).exists()


def test_a_session_that_ended_while_typing_loses_nothing_and_leads_back_to_the_form(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    typed = forms(browser, way)
    browser.cookies.clear()
    for address, values in typed.items():
        page = given_back(browser, address, values, 401, "You have been signed out.")
        assert f"?next=%2F{address.strip('/').replace('/', '%2F')}%2F" in page, "signing in leads back there"
        assert name_of(here, way) not in page
    nothing_written(here, way)
    again = browser_of(coach)
    for address, values in typed.items():
        assert again.get(address).status_code == 200
        if "end" not in address:
            assert again.post(address, values).status_code == 302, "and it is taken then"


def test_a_place_that_ended_while_typing_loses_nothing(here: Place, coach: Actor, way: Journey) -> None:
    browser = browser_of(coach)
    typed = forms(browser, way)
    assert coach.member_id is not None
    windows = {address: browser_of(coach) for address in typed}
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("update team_membership set ends = %s where id = %s", [MORNING, coach.member_id])
    with clock.held_at(MORNING + timedelta(minutes=1)):
        for address, values in typed.items():
            why = "Your account has no place to work at now"
            assert name_of(here, way) not in given_back(windows[address], address, values, 403, why)
    nothing_written(here, way)


def test_whoever_is_let_go_while_typing_loses_nothing(here: Place, coach: Actor, way: Journey) -> None:
    browser = browser_of(coach)
    typed = forms(browser, way)
    assert coach.member_id is not None
    acting(here.member("administrator"), team.end_membership, coach.member_id, because="left")
    for address, values in typed.items():
        given_back(browser, address, values, 401, "You have been signed out.")
    nothing_written(here, way)


def test_an_account_that_ended_while_typing_loses_nothing_and_nobody_else_reads_the_draft(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser, other = browser_of(coach), here.hire("coach", centre="cheltenham", name=f"Ben {new_id().hex}")
    typed = forms(browser, way)
    appointment = f"/ways/{short(way.id)}/appointment/"
    assert browser.post(f"{appointment}draft/", typed[appointment] | {"draft": "0"}).status_code == 200
    with as_actor(DOOR):
        User.objects.filter(id=coach.facts["user_id"]).update(is_active=False)
    for address, values in typed.items():
        given_back(browser, address, values, 401, "You have been signed out.")
    nothing_written(here, way)
    acting(here.member("leader"), actions.give_coach, way.id, other.member_id)
    assert SAID not in browser_of(other).get(appointment).content.decode(), "a draft is its writer's alone"


def test_whoever_lost_the_person_while_typing_gets_back_what_they_typed_on_any_form(
    here: Place, coach: Actor, way: Journey
) -> None:
    other = here.hire("coach", centre="cheltenham", name=f"Ben {new_id().hex}")
    browser = browser_of(coach)
    typed = forms(browser, way)
    acting(here.member("leader"), actions.give_coach, way.id, other.member_id)
    for address, values in typed.items():
        status = 409 if "appointment" in address else 404
        assert name_of(here, way) not in given_back(browser, address, values, status, "Not saved")
    nothing_written(here, way)


def test_a_part_of_a_page_stays_as_it_is_and_what_holds_no_words_is_sent_to_sign_in(
    here: Place, coach: Actor, way: Journey
) -> None:
    browser = browser_of(coach)
    address = f"/people/{short(way.person_id)}/timeline/"
    browser.cookies.clear()
    assert browser.post(address, {"text": " "}).status_code == 302
    assert browser.post(address, {"text": SAID}, headers={"HX-Request": "true"}).status_code == 302
    assert browser.get(address).status_code == 302
