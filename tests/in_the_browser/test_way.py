"""A coach's ten minutes: Today, the plan, and one contact with everything that belongs to it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.factories import MORNING, TODAY, Place, acting
from tests.in_the_browser.screen import Screen, SitDown, Way

from kohti.diary.models import Booking
from kohti.journeys import actions
from kohti.journeys.actions import NewContact, NewStep
from kohti.journeys.models import Step
from kohti.kernel.actor import Actor, as_actor

pytestmark = pytest.mark.browser

MOST_INPUTS = 12
UNCOVERED = """element => {
    const at = element.getBoundingClientRect();
    const foot = document.querySelector(".k-appointment-end").getBoundingClientRect();
    return at.bottom <= foot.top || at.top >= foot.bottom;
}"""


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


class Hand:
    """A hand on the keyboard that counts: a key command or a field filled is an input. Tab only walks."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.page: Page = screen.page
        self.inputs: list[str] = []

    def key(self, key: str, on: Locator) -> None:
        """Give a key command while a control has the focus, and is seen: not behind the buttons at the foot."""
        self.screen.tab_to(on)
        assert on.evaluate(UNCOVERED), "what has the focus is behind the buttons"
        self._key(key)

    def command(self, key: str) -> None:
        """Give a key command of the whole page."""
        self._key(key)

    def fill(self, field: Locator, text: str) -> None:
        """Fill a field in."""
        self.screen.tab_to(field)
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)
        self.inputs.append(text)

    def _key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.inputs.append(key)


def on_their_way(
    here: Place, coach: Actor, name: str, minutes: int, *steps: str
) -> tuple[uuid.UUID, uuid.UUID]:
    """Somebody with steps, due in some minutes: the person and their way."""
    assert coach.member_id is not None
    person = here.person(name)
    way = acting(
        here.member("leader"),
        actions.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    begun = tuple(NewStep(words=one, due_on=TODAY + timedelta(days=1)) for one in steps)
    contact = NewContact(channel="here", text="Wants to bake again.", changes=begun)
    acting(coach, actions.write_contact, way, contact, key=str(uuid.uuid4()))
    here.booking(MORNING + timedelta(minutes=minutes), person=person, staff_id=coach.staff_id)
    return person.id, way


def test_a_routine_contact_takes_at_most_twelve_inputs(here: Place, sit_down: SitDown) -> None:
    coach = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    person, way = on_their_way(here, coach, "Kirsi Koskinen", 20, "Find the papers", "Ring the college")
    on_their_way(here, coach, "Marcus Walker", 30)
    screen = sit_down(coach, Way(keyboard=True))
    page = screen.page
    expect(page.get_by_role("heading", name="My next person")).to_be_visible()

    hand = Hand(screen)
    page.wait_for_load_state()
    hand.command("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment")
    opened = len(screen.addresses)

    page.wait_for_load_state()
    hand.command("n")
    expect(page.get_by_label("Note")).to_be_focused()
    page.keyboard.type("She has both papers and rang.")
    hand.inputs.append("the note")
    for step in ("Find the papers", "Ring the college"):
        choices = page.get_by_role("group", name=step)
        hand.key("d", on=choices.get_by_role("radio", name="as before"))
        expect(choices.get_by_role("radio", name="Done")).to_be_checked()
    hand.fill(page.get_by_label("Next step"), "Send the application")
    day = page.get_by_role("group", name="By when").get_by_label("Day")
    screen.tab_to(day)
    page.keyboard.press("ControlOrMeta+a")
    hand.fill(day, "20")
    free = page.get_by_role("group", name="Next appointment").get_by_role("radio")
    hand.key("ArrowDown", on=free.first)
    expect(free.nth(1)).to_be_checked()
    expect(page.locator("#draft-state")).to_contain_text("Kept as a draft")
    assert len(screen.addresses) == opened, "all of it is one page"
    hand.command("ControlOrMeta+Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("What changed today")
    expect(page.get_by_role("main")).to_contain_text("Marcus Walker")
    page.wait_for_load_state()
    hand.command("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("Appointment")
    expect(screen.link("Marcus Walker")).to_be_visible()
    assert len(hand.inputs) <= MOST_INPUTS, hand.inputs

    with as_actor(coach):
        steps = {one.words: (one.state, one.due_on) for one in Step.objects.filter(journey_id=way)}
        assert [steps[one][0] for one in ("Find the papers", "Ring the college")] == ["done", "done"]
        assert steps["Send the application"] == ("doing", TODAY.replace(day=20))
        assert coach.staff_id is not None
        assert Booking.objects.get(staff_id=coach.staff_id, day__gt=TODAY).person_id == person
