"""Somebody in crisis comes without an appointment: four things are asked, a colleague is called, a card is made."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.factories import Place
from tests.in_the_browser.screen import SitDown

pytestmark = pytest.mark.browser


def test_somebody_in_crisis_is_met_and_leaves_with_a_card(here: Place, sit_down: SitDown) -> None:
    priya = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    lena = here.hire("coach", centre="cheltenham", name="Lena Shah", password_hash="none")
    coach = sit_down(lena)
    coach.go("/queue/")
    expect(coach.page.get_by_role("heading", name="Queue")).to_be_visible()
    screen = sit_down(priya)
    page = screen.page
    screen.press(screen.link("Walk-in"))
    expect(page.get_by_role("radio", name="Homeless tonight")).to_be_visible()
    asked = page.locator("main form :is(fieldset.k-choices, .k-field)").filter(visible=True)
    assert asked.count() <= 4
    screen.choose("Homeless tonight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who can meet them now")).to_be_visible()
    screen.check()
    screen.press(screen.button("Ask to come Lena Shah"))
    expect(page.get_by_role("main")).to_contain_text("Lena Shah was asked to come")
    expect(coach.page.locator("#calls")).to_contain_text("Lena Shah, please come to the door")
    page.get_by_text("Night shelter").click()
    screen.press(screen.button("Save"))
    expect(screen.link("Print the card")).to_be_visible()
    screen.check()
