"""A coach's ten minutes: Today, the plan, and one contact with everything that belongs to it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.factories import MORNING, TODAY, Place, acting
from tests.in_the_browser.screen import SitDown, Way

from kohti.journeys import actions
from kohti.journeys.actions import NewContact, NewStep

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "way",
    [
        Way(),
        Way(keyboard=True),
        pytest.param(Way(script=False), marks=pytest.mark.long),
        pytest.param(Way(width=320, scheme="dark"), marks=pytest.mark.long),
    ],
    ids=["mouse", "keyboard", "no JavaScript", "phone"],
)
def test_ten_minutes_are_written_on_one_page_and_found_again(
    here: Place, sit_down: SitDown, way: Way
) -> None:
    coach = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    leader = here.member("leader")
    person = here.person("Kirsi Koskinen")
    made = acting(
        leader, actions.open_journey, person.id, owner_id=coach.member_id, basis="task", key=str(uuid.uuid4())
    )
    acting(
        coach,
        actions.write_contact,
        made,
        NewContact(
            channel="here",
            text="Wants to bake again.",
            changes=(
                NewStep(words="Find the papers", due_on=TODAY + timedelta(days=1)),
                NewStep(words="Ring the college", who="coach", due_on=TODAY + timedelta(days=2)),
            ),
        ),
        key=str(uuid.uuid4()),
    )
    here.booking(MORNING + timedelta(minutes=30), person=person, staff_id=coach.staff_id)
    screen = sit_down(coach, way)
    page = screen.page
    screen.go("/day/")
    expect(page.get_by_role("heading", name="My next person")).to_be_visible()
    screen.check("Kirsi")
    screen.press(screen.link("Begin"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment")
    expect(page.get_by_text("Wants to bake again.")).to_be_visible()
    screen.stand_in(page.get_by_label("Note"))
    screen.type("She found the papers.")
    done = page.get_by_role("group", name="Find the papers").get_by_role("radio", name="Done")
    if way.keyboard:
        screen.tab_to(
            page.get_by_role("group", name="Find the papers").get_by_role("radio", name="as before")
        )
        page.keyboard.press("d")
    else:
        done.check()
    expect(done).to_be_checked()
    screen.stand_in(page.get_by_label("Next step"))
    screen.type("Ring the bakery")
    screen.check("Kirsi")
    if way.script:
        expect(page.get_by_text("Kept as a draft at")).to_be_visible()
        screen.go(page.url)
        expect(page.get_by_label("Note")).to_have_value("She found the papers.")
        expect(page.get_by_label("Next step")).to_have_value("Ring the bakery")
        expect(done).to_be_checked()
    screen.press(screen.button("Save"))
    expect(page.get_by_role("heading", level=1)).to_have_text("What changed today")
    expect(screen.said).to_contain_text("Saved.")
    expect(page.get_by_text("Done: Find the papers")).to_be_visible()
    expect(page.get_by_text("New step: Ring the bakery")).to_be_visible()
    screen.check("Kirsi")
    screen.press(screen.link("Caseload"))
    expect(screen.row("Kirsi")).to_contain_text("Ring the college")
    screen.check("Kirsi")
