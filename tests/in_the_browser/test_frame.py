"""The frame of every page: what has the focus is seen, also under a head that stays; on paper nothing is left to press."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import SitDown, Way, until

pytestmark = pytest.mark.browser

COVERED = """() => {
  const on = document.activeElement, box = on.getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return !(at && (on.contains(at) || at.contains(on)));
}"""


@pytest.fixture
def full(here: Place) -> Place:
    """A list longer than any screen."""
    for n in range(40):
        here.booking(MORNING + timedelta(minutes=5 * n), person=here.person(f"Person Number{n:02}"))
    return here


@pytest.mark.parametrize("width", [1280, 320])
def test_going_back_through_a_long_list_nothing_covers_what_has_the_focus(
    full: Place, sit_down: SitDown, width: int
) -> None:
    screen = sit_down(
        full.hire("leader", centre="cheltenham", name="Priya Nair", password_hash="none"), Way(width=width)
    )
    page = screen.page
    screen.go("/arrivals/")
    page.locator("#lines button").last.focus()
    for _n in range(60):
        page.keyboard.press("Shift+Tab")
        # The page scrolls with the next frame; what stays covered stays so for good.
        until(page, f"!({COVERED})()")


def test_on_paper_the_list_has_its_names_and_nothing_to_press(full: Place, sit_down: SitDown) -> None:
    screen = sit_down(
        full.hire("leader", centre="cheltenham", name="Priya Nair", password_hash="none"), Way(scheme="dark")
    )
    page = screen.page
    screen.go("/arrivals/")
    page.emulate_media(media="print")
    expect(page.get_by_role("rowheader", name="Person Number00")).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("searchbox")).to_have_count(0)
    ground, ink = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert (ground, ink) == ("rgb(255, 255, 255)", "rgb(0, 0, 0)")


def test_on_paper_a_person_has_their_notes_and_nothing_to_fill_in(here: Place, sit_down: SitDown) -> None:
    screen = sit_down(here.hire("leader", centre="cheltenham", name="Priya Nair", password_hash="none"))
    page = screen.page
    screen.go(reverse("person_timeline", args=[here.person("Kirsi Koskinen").id]))
    page.get_by_label("Note", exact=True).fill("came about the housing letter\nand comes again")
    screen.press(screen.button("Save the note"))
    note = page.get_by_text("came about the housing letter").first
    expect(note).to_be_visible()
    screen.press(page.get_by_text("Write a note"))
    expect(page.get_by_role("textbox")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.get_by_role("textbox")).to_have_count(0)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("link", name="Correct or move")).to_have_count(0)
    expect(page.get_by_role("heading", name="Kirsi Koskinen")).to_be_visible()
    expect(page.get_by_role("heading", name="Timeline")).to_be_visible()
    expect(note).to_be_visible()
