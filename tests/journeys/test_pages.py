"""A coach's pages: a way begins, steps are written and moved, the caseload says who needs somebody."""

from __future__ import annotations

import re

from tests.factories import Place, as_system, browser_of

from kohti.journeys.models import Journey, Step
from kohti.kernel.ids import new_id, short
from kohti.people.models import Person


def key_of(page: bytes, prefix: str = "") -> str:
    found = re.search(rf'name="{prefix}key" value="([^"]+)"'.encode(), page)
    assert found is not None, page
    return found[1].decode()


def way(here: Place, person: Person) -> Journey:
    with as_system(here.system):
        return Journey.objects.get(person_id=person.id)


def test_a_coach_begins_a_way_writes_a_step_and_sees_it_in_the_caseload(here: Place) -> None:
    leader = here.member("leader")
    browser = browser_of(leader)
    person = here.person("Kirsi Koskinen")
    page = browser.get(f"/people/{short(person.id)}/plan/")
    assert b"They have no plan with us yet" in page.content
    address = f"/people/{short(person.id)}/way/"
    form = browser.get(address)
    done = browser.post(
        address,
        {
            "key": key_of(form.content),
            "owner": str(leader.member_id),
            "basis": "task",
            "why_here": "Wants to bake again",
            "employment": "unemployed",
            "education": "unsaid",
            "household": "",
        },
    )
    assert done.status_code == 302, done.content
    page = browser.get(done["Location"])
    assert b"Nothing is planned" in page.content
    step = {
        "step": "1",
        "s-key": key_of(page.content, "s-"),
        "s-words": "Ring the bakery",
        "s-who": "person",
        "s-due_on_0": "20",
        "s-due_on_1": "3",
        "s-due_on_2": "2026",
    }
    done = browser.post(f"/people/{short(person.id)}/plan/", step)
    assert done.status_code == 302, done.content
    assert browser.post(f"/people/{short(person.id)}/plan/", step).status_code == 302
    page = browser.get(f"/people/{short(person.id)}/plan/")
    assert page.content.count(b"<strong dir=\"auto\">Ring the bakery") == 1
    caseload = browser.get("/caseload/")
    assert b"Kirsi Koskinen" in caseload.content
    assert b"Ring the bakery" in caseload.content


def test_a_step_that_is_stuck_says_what_would_help_and_nothing_typed_is_lost(here: Place) -> None:
    leader = here.member("leader")
    browser = browser_of(leader)
    from tests.journeys.test_holding import begin
    from tests.factories import TODAY, acting

    from kohti.journeys import actions
    from kohti.journeys.actions import NewStep

    journey = begin(here, leader)
    new = NewStep(words="Find the papers", due_on=TODAY)
    acting(leader, actions.change_plan, journey.id, [new], key=str(new_id()))
    address = f"/people/{short(journey.person_id)}/plan/steps/{short(new.id)}/"
    refused = browser.post(address, {"v": "1", "state": "stuck", "why": ""})
    assert refused.status_code == 422
    assert b"Say what would help." in refused.content
    stale = browser.post(address, {"v": "9", "state": "stuck", "why": "Somebody who knows"})
    assert stale.status_code == 422
    assert b"Somebody who knows" in stale.content
    assert browser.post(address, {"v": "1", "state": "stuck", "why": "Somebody who knows"}).status_code == 302
    with as_system(here.system):
        assert Step.objects.get(id=new.id).state == "stuck"
    page = browser.get("/caseload/")
    assert b"A step is stuck" in page.content
