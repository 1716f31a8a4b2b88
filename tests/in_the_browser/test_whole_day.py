"""A whole day at the front desk, pressed through from the first mark that helps to the last one who goes home."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import Screen, SitDown, Way

pytestmark = pytest.mark.browser

ALONE = [
    pytest.param(Way(keyboard=True), id="keyboard"),
    pytest.param(Way(), id="mouse", marks=pytest.mark.long),
    pytest.param(Way(width=320, scheme="dark"), id="phone in the dark", marks=pytest.mark.long),
    pytest.param(Way(script=False), id="no JavaScript", marks=pytest.mark.long),
]
NAMES = ("Koskinen", "Zoltan", "Ilse", "Ada")


def come(screen: Screen, name: str, reason: str) -> str:
    """Somebody comes without an appointment; their ticket."""
    screen.press(screen.link("Walk-in"))
    expect(screen.page.get_by_label("Name")).to_be_visible()
    screen.stand_in(screen.page.get_by_label("Name"))
    screen.type(name)
    screen.choose(reason)
    screen.press(screen.button("Take them in"))
    expect(screen.said).to_contain_text("Give them ticket")
    return screen.said.locator(".k-give").inner_text()


def more(screen: Screen, ticket: str) -> None:
    """Open a visit from its card in the queue."""
    if not screen.page.url.endswith("/queue/"):
        screen.press(screen.link("Queue"))
    expect(screen.page.get_by_role("heading", name="Queue", level=1)).to_be_visible()
    screen.press(screen.link(f"More {ticket}"))
    expect(screen.page.get_by_role("heading", name=ticket, level=1)).to_be_visible()
    screen.check(*NAMES)


@pytest.mark.parametrize("way", ALONE)
def test_a_day_at_the_front_desk(here: Place, sit_down: SitDown, way: Way) -> None:
    kirsi = here.person("Kirsi Koskinen")
    sally = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    priya = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    lee = here.hire("leader", centre="cheltenham", name="Lee Whitlock", password_hash="none")
    here.booking(MORNING + timedelta(minutes=10), person=kirsi, staff_id=sally.staff_id)

    # Before she comes, her coach notes what helps.
    coach = sit_down(sally, way)
    coach.go(f"/people/{kirsi.id}/change/marks/")
    coach.stand_in(coach.page.get_by_label("In words"))
    coach.type("Sit by the window")
    coach.choose("Two weeks")
    coach.check(*NAMES)
    coach.press(coach.button("Save"))
    expect(coach.said).to_contain_text("Saved.")
    coach.press(coach.link("Queue"))
    expect(coach.page.get_by_role("heading", name="Queue", level=1)).to_be_visible()

    # She comes: by her name, and the mark opens.
    host = sit_down(priya, way)
    page = host.page
    host.stand_in(host.search)
    host.type("kirs")
    page.keyboard.press("Enter")
    expect(host.row("Kirsi")).to_contain_text("Waiting")
    helps = host.row("Kirsi").locator("details")
    expect(helps).not_to_have_attribute("open", "")
    host.press(helps.locator("summary"))
    expect(helps.get_by_text("Sit by the window")).to_be_visible()
    host.check(*NAMES)

    # Somebody has nowhere to sleep: a colleague is asked, and there is a card to take along.
    host.press(host.link("Crisis"))
    expect(page.get_by_role("radio", name="Crisis: now")).to_be_checked()
    asked = page.locator("main form :is(fieldset.k-choices, .k-field)").filter(visible=True)
    assert asked.count() <= 4
    host.choose("Homeless tonight")
    host.press(host.button("Take them in"))
    expect(page.get_by_role("heading", name="Who can meet them now")).to_be_visible()
    crisis = page.get_by_role("heading", level=1).inner_text()
    host.press(host.button("Ask to come Sally Jones"))
    expect(page.get_by_role("main")).to_contain_text("Sally Jones was asked to come")
    if not way.script:
        coach.page.reload()
    expect(coach.page.locator("#calls")).to_contain_text("Sally Jones, please come to the door")
    host.choose(re.compile("Night shelter"))
    host.press(host.button("Save"))
    expect(host.link("Print the card")).to_be_visible()
    host.check(*NAMES)
    with page.expect_download() as card:
        host.press(host.link("Print the card"))
    assert card.value.suggested_filename == "card.pdf"
    host.press(host.link("Back to arrivals"))
    expect(page.get_by_role("heading", name="Arrivals", level=1)).to_be_visible()

    # Two more come; one is parked, one goes on to a colleague with a word.
    zoltan = come(host, "Zoltan", "Job search computer")
    ilse = come(host, "Ilse", "Evidence to hand in")
    more(host, zoltan)
    host.stand_in(page.get_by_label(re.compile("^Why")))
    host.type("fetches a letter")
    host.press(page.get_by_role("button", name=re.compile("^until ")).first)
    expect(host.said).to_contain_text("is parked and keeps the old place")
    expect(page.locator("#parked")).to_contain_text("fetches a letter")
    host.check(*NAMES)
    more(host, ilse)
    host.pick(page.get_by_label("To whom"), "Sally Jones")
    host.stand_in(page.get_by_label("A word for whoever takes over"))
    host.type("about her rent")
    host.press(host.button("Hand over"))
    expect(host.said).to_contain_text("was handed over")

    # The coach sees it, meets who is in crisis, and Kirsi leaves with her next appointment.
    here_with = coach.page.locator("#mine")
    if not way.script:
        coach.page.reload()
    expect(coach.page.locator("#board")).to_contain_text("about her rent")
    coach.stand_in(coach.page.get_by_label("My desk"))
    coach.type("4")
    with coach.page.expect_navigation():
        coach.page.keyboard.press("Enter")
    for ticket in (crisis, "A001"):
        coach.press(coach.button(f"Call {ticket}"))
        coach.press(here_with.get_by_role("button", name=f"Begin {ticket}"))
        if ticket == crisis:
            coach.press(here_with.get_by_role("button", name=f"Done {ticket}"))
            expect(here_with).not_to_contain_text(ticket)
    more(coach, "A001")
    expect(coach.page.get_by_text("Next appointment with Sally Jones")).to_be_visible()
    coach.press(coach.page.locator("button[name=starts]").first)
    expect(coach.said).to_contain_text("A001 is done.")

    # Somebody shouts at desk 4: colleagues see it at once wherever they are, and it is over again.
    host.press(host.link("Arrivals"))
    expect(page.get_by_role("heading", name="Arrivals", level=1)).to_be_visible()
    coach.press(coach.button("Call a colleague"))
    expect(coach.said).to_contain_text("Your colleagues have been told.")
    if not way.script:
        page.reload()
    expect(page.locator("#help-calls")).to_contain_text("Sally Jones asks for help at desk 4.")
    host.check(*NAMES)
    host.press(host.button("I am going"))
    if not way.script:
        coach.page.reload()
    expect(coach.page.locator("#help-calls")).to_contain_text("Priya Nair is on the way.")
    coach.press(coach.button("It is over"))
    if not way.script:
        page.reload()
    expect(page.locator("#help-calls")).not_to_contain_text("asks for help")

    # Zoltan did not come back for his letter.
    more(host, zoltan)
    host.pick(page.get_by_label("Who noticed?"), "Sally Jones")
    host.press(host.button("Left"))
    expect(host.said).to_contain_text(f"{zoltan} has left.")
    expect(page.locator("#parked")).to_be_empty()

    # The day is closed, with a word for who is still here; and it can be counted.
    leader = sit_down(lee, way)
    leader.press(leader.link("Queue"))
    leader.press(leader.button("Close the day"))
    last = leader.page.get_by_label(re.compile(ilse))
    expect(last).to_be_visible()
    leader.check(*NAMES)
    leader.pick(last, "Asked to come again with an appointment")
    leader.press(leader.button("Close the day"))
    expect(leader.said).to_contain_text("The day is closed.")
    if not way.script:
        page.reload()
    expect(page.locator("#board .k-card")).to_have_count(0)
    leader.go("/figures/day/")
    came = leader.page.get_by_role("row").filter(has_text="Came").get_by_role("link")
    leader.check(*NAMES)
    leader.press(came)
    expect(leader.page.get_by_role("main")).to_contain_text(ilse)
    leader.check(*NAMES)
