"""Where a way stands in time: weeks or months, more of them from a leader, a pause that moves the end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, as_worker, browser_of
from tests.journeys.test_holding import begin

from kohti.config import services
from kohti.journeys import actions, rules
from kohti.journeys.models import Journey
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.ids import new_id, short


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


def test_a_limit_in_weeks_ends_to_the_day_and_one_in_months_too() -> None:
    for shipped, last in (
        ("work-centres", TODAY + timedelta(days=83)),
        ("tyotalo", TODAY.replace(year=2027, day=10)),
    ):
        text = services.shipped(shipped).replace(f'code = "{shipped}"', f'code = "s{new_id().hex[:10]}"', 1)
        with as_worker():
            system = services.apply(text, name="test.toml")
            with as_actor(system):
                assert rules.last_day(system, TODAY) == last


def test_the_limit_runs_in_sight_stands_still_with_its_reason_and_moves(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    with as_system(here.system):
        Journey.objects.filter(id=way.id).update(limit_on=TODAY + timedelta(days=9))
    browser = browser_of(coach)
    plan = f"/people/{short(way.person_id)}/plan/"
    assert "20 March 2026 · 10 days left" in browser.get(plan).content.decode()
    assert "10 days left" in browser.get("/caseload/").content.decode()
    acting(coach, actions.pause, way.id, TODAY + timedelta(days=5), "In hospital", key=str(new_id()))
    page = browser.get(plan).content.decode()
    assert "25 March 2026 · 15 days left" in page
    assert "Stands still from 11 March 2026 until 16 March 2026: In hospital" in page
    assert "15 days left, stands still" in browser.get("/caseload/").content.decode()
    leader = here.member("leader")
    acting(leader, actions.extend, way.id, 84, "Nearly there", key=str(new_id()))
    assert "99 days left" in browser.get(plan).content.decode()
    with clock.held_at(MORNING + timedelta(days=120)):
        assert "The time limit has passed" in browser.get(plan).content.decode()


def test_a_leader_is_proposed_the_time_that_the_service_adds() -> None:
    text = services.shipped("work-centres").replace(
        'code = "work-centres"', f'code = "s{new_id().hex[:10]}"', 1
    )
    from kohti.journeys.forms import ExtendForm

    with as_worker():
        system = services.apply(text, name="test.toml")
        with as_actor(system):
            assert ExtendForm(system, Journey())["days"].value() == 84


def test_time_in_a_stage_is_said_on_the_plan(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    browser = browser_of(coach)
    plan = f"/people/{short(way.person_id)}/plan/"
    assert ", since today" in browser.get(plan).content.decode()
    with clock.held_at(MORNING + timedelta(days=1)):
        assert ", for 1 day" in browser.get(plan).content.decode()
    with clock.held_at(MORNING + timedelta(days=40)):
        assert ", for 40 days" in browser.get(plan).content.decode()
