"""Figures of a service's ways: numbers from rows, of all its centres, for who leads."""

from __future__ import annotations

import uuid

import pytest
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place
from tests.journeys.test_holding import begin

from kohti.journeys import actions, counting
from kohti.kernel import clock


@pytest.fixture
def alone() -> Place:
    """A service in which nobody has done anything yet."""
    with clock.held_at(MORNING):
        return place()


def test_each_way_is_counted_where_it_stands(alone: Place) -> None:
    leader, coach = alone.member("leader"), alone.hire("coach", centre="cheltenham", name="Anna Aalto")
    for outcome in ("home", "moved-away", "", "left-open"):
        way = begin(alone, coach)
        if outcome == "left-open":
            acting(coach, actions.reach, way.id, "home", TODAY, key=str(uuid.uuid4()))
            continue
        if outcome:
            acting(coach, actions.reach, way.id, outcome, TODAY, key=str(uuid.uuid4()))
        acting(coach, actions.close, way.id, "Thank you.", version=1)
    found, by_stage = acting(leader, lambda _actor: counting.figures(["home"]))
    everywhere = found[0]
    assert everywhere.centre_id is None
    assert (everywhere.started, everywhere.open, everywhere.moved_on, everywhere.ended) == (4, 1, 1, 2)
    assert [one.started for one in found[1:]] == [4]
    assert sum(by_stage.values()) == 1
    assert everywhere.colleagues >= 2


def test_who_does_not_lead_is_told_nothing(alone: Place) -> None:
    coach = alone.hire("coach", centre="cheltenham", name="Anna Aalto")
    begin(alone, coach)
    found, by_stage = acting(coach, lambda _actor: counting.figures(["home"]))
    assert (found[0].started, found[0].colleagues, by_stage) == (0, 0, {})


def test_a_leader_elsewhere_reads_the_same_figures_and_another_service_none(alone: Place) -> None:
    begin(alone, alone.hire("coach", centre="cheltenham", name="Anna Aalto"))
    elsewhere = browser_of(alone.member("leader", centre="gloucester"))
    assert "The whole service" in elsewhere.get("/caseload/figures/").content.decode()
    with clock.held_at(MORNING):
        other = place()
    assert "Nobody yet" in browser_of(other.member("leader")).get("/caseload/figures/").content.decode()
