"""How the work of a centre goes, as its leader reads it: counted from rows, coach by coach, nobody ranked."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place
from tests.journeys.test_holding import begin

from kohti.journeys import actions, queries
from kohti.journeys.actions import NewContact, NewStep, Said
from kohti.journeys.models import PlanVersion
from kohti.kernel import clock
from kohti.kernel.errors import NotAllowed


@pytest.fixture
def alone() -> Place:
    """A service in which nobody has done anything yet."""
    with clock.held_at(MORNING):
        return place()


def test_each_figure_is_counted_from_what_was_done(alone: Place) -> None:
    leader, coach = alone.member("leader"), alone.hire("coach", centre="cheltenham", name="Anna Aalto")
    kept, quiet = begin(alone, coach), begin(alone, coach)
    step = NewStep(words="Call the school", due_on=TODAY + timedelta(days=3))
    new = NewContact(channel="phone", text="A word.", needs=(Said("work", 2, "own"),), changes=(step,))
    acting(coach, actions.write_contact, kept.id, new, key=str(uuid.uuid4()))
    acting(coach, actions.reach, kept.id, "home", TODAY, key=str(uuid.uuid4()))
    with as_system(alone.system):
        version = PlanVersion.objects.filter(journey_id=kept.id).latest("number")
    acting(coach, actions.agree, version.id, "here")
    found = acting(leader, queries.quality)
    assert [one.coach for one in found] == ["Anna Aalto"]
    line = found[0]
    assert (line.in_hand, line.held, line.in_touch, line.planned) == (2, 1, 1, 1)
    assert (line.agreed, line.heard, line.reached) == (1, 1, 1)
    assert line.read is not None
    assert line.read.person_id in {kept.person_id, quiet.person_id}


def test_only_a_leader_reads_it_and_only_of_their_centre(alone: Place) -> None:
    coach = alone.hire("coach", centre="cheltenham", name="Anna Aalto")
    begin(alone, coach)
    with pytest.raises(NotAllowed):
        acting(coach, queries.quality)
    assert acting(alone.member("leader", centre="gloucester"), queries.quality) == []


def test_the_page_says_what_is_counted_and_asks_the_same_however_many_there_are(alone: Place) -> None:
    leader, coach = alone.member("leader"), alone.hire("coach", centre="cheltenham", name="Anna Aalto")
    browser = browser_of(leader)
    empty = browser.get("/caseload/quality/").content.decode()
    assert "Nobody yet" in empty
    begin(alone, coach)
    browser.get("/caseload/quality/")
    before = browser.get("/caseload/quality/")
    for _n in range(4):
        begin(alone, alone.hire("coach", centre="cheltenham", name=f"Coach {uuid.uuid4().hex}"))
    after = browser.get("/caseload/quality/")
    assert "Anna Aalto" in after.content.decode()
    assert int(after.headers["X-Kohti-Statements"]) == int(before.headers["X-Kohti-Statements"]) <= 8


def test_a_leader_comes_there_from_the_caseload_and_a_coach_does_not(alone: Place) -> None:
    for role, shown in (("leader", True), ("coach", False)):
        page = browser_of(alone.member(role)).get("/caseload/?show=mine").content.decode()
        assert ("/caseload/quality/" in page) is shown
