"""Somebody is registered, their record is kept, and a note on the wrong person is moved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.factories import Place
from tests.in_the_browser.screen import SitDown, Way

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("way", [Way(), Way(script=False)], ids=["mouse", "no JavaScript"])
def test_somebody_is_registered_their_record_kept_and_a_note_moved_to_the_right_person(
    here: Place, sit_down: SitDown, way: Way
) -> None:
    coach = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    screen = sit_down(coach, way)
    screen.expected_status = "422"
    page = screen.page
    names = ("Zoltan", "Ilse", "Baker")

    def register(name: str) -> None:
        screen.press(screen.link("People"))
        expect(page.get_by_role("heading", name="People", level=1)).to_be_visible()
        screen.press(screen.link("Register somebody"))
        expect(page.get_by_role("heading", name="Register somebody")).to_be_visible()
        page.get_by_label("Full name").fill(name)
        screen.press(screen.button("Register"))

    register("Zoltan Kiss")
    expect(screen.said).to_contain_text("They are registered.")
    screen.check(*names)
    right = page.locator("dd").filter(has_text="-").first.inner_text()

    # The same name again, its words the other way round, is asked about first.
    register("Kiss Zoltán")
    expect(page.get_by_text("same names, in another order")).to_be_visible()
    screen.check(*names)
    screen.press(screen.button("It is somebody else: register"))
    expect(screen.said).to_contain_text("They are registered.")

    # What is wrong is said, what was typed stays.
    screen.press(screen.link("Change safe contact"))
    expect(page.get_by_role("heading", name="Safe contact")).to_be_visible()
    page.get_by_label("How they must not be reached").fill("do not ring: partner listens")
    screen.press(screen.button("Save"))
    expect(screen.said).to_contain_text("Saved.")
    expect(page.get_by_label("Who this page is about")).to_contain_text("partner listens")
    screen.press(screen.link("Danger note"))
    expect(page.get_by_role("heading", name="Danger note")).to_be_visible()
    page.get_by_label("What should a colleague do?").fill("come with a colleague")
    page.get_by_label("Why").fill("threw a chair")
    for label, value in (("Day", "1"), ("Month", "4"), ("Year", "2031")):
        page.get_by_label(label, exact=True).fill(value)
    screen.press(screen.button("Save"))
    expect(page.get_by_role("alert")).to_contain_text("half a year")
    expect(page.get_by_label("Why")).to_have_value("threw a chair")
    screen.check(*names)
    page.get_by_label("Year", exact=True).fill("2026")
    screen.press(screen.button("Save"))
    expect(page.get_by_label("Who this page is about")).to_contain_text("come with a colleague")
    screen.check(*names)

    # A note on the wrong person goes to the right one; a line without its words stays.
    screen.press(screen.link("Timeline"))
    expect(page.get_by_text("Nothing has been written yet")).to_be_visible()
    page.get_by_label("Note", exact=True).fill("Robbed on Sunday, needs papers.")
    screen.press(screen.button("Save the note"))
    expect(screen.said).to_contain_text("The note is saved.")
    screen.check(*names)
    note = page.locator("summary", has_text="Robbed on Sunday")
    screen.press(note)
    expect(page.get_by_role("link", name="Correct or move")).to_be_visible()
    screen.press(page.get_by_role("link", name="Correct or move"))
    expect(page.get_by_role("heading", name="Correct or move a note")).to_be_visible()
    screen.check(*names)
    page.get_by_label("Reference of the right person").fill(right)
    page.get_by_label("Why it is moved").fill("the names are alike")
    screen.press(screen.button("Move the note"))
    expect(screen.said).to_contain_text("The note stands here now.")
    expect(page.get_by_text("Robbed on Sunday, needs papers.")).to_be_visible()
    screen.press(note)
    expect(page.get_by_text("the names are alike")).to_be_visible()
    screen.check(*names)


@pytest.mark.parametrize(
    "way",
    [Way(width=320, keyboard=True), Way(width=320, scheme="dark", script=False)],
    ids=["keyboard", "dark"],
)
@pytest.mark.long
def test_all_pages_about_a_person_are_reached_from_each_other_on_a_phone(
    here: Place, sit_down: SitDown, way: Way
) -> None:
    leader = here.hire("leader", centre="cheltenham", name="Lee Leader", password_hash="none")
    here.members["leader", "cheltenham"] = leader
    someone = here.person("Zoltan Kiss")
    screen = sit_down(leader, way)
    screen.go(f"/people/{someone.id}/")
    tabs = screen.page.get_by_role("navigation", name="About this person")
    names = [name.strip() for name in tabs.get_by_role("link").all_inner_texts()]
    assert len(names) == 7
    for name in [*names[1:], names[0]]:
        screen.press(tabs.get_by_role("link", name=name, exact=True))
        expect(tabs.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
        expect(screen.page.get_by_label("Who this page is about")).to_contain_text("Zoltan Kiss")
        screen.check("Zoltan")
