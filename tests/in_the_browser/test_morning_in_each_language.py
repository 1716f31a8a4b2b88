"""The host's morning in each of the five languages; the walk of the normal suite is in English (`test_morning`)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import SitDown, Way

from kohti.kernel.languages import CODES

pytestmark = [pytest.mark.browser, pytest.mark.long]

TICKET = re.compile(r"[A-Z]\d{3}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", CODES)
def test_arrivals_a_walk_in_and_the_queue(here: Place, sit_down: SitDown, language: str, scheme: str) -> None:
    host = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    for minutes, name in ((10, "Kirsi Koskinen"), (20, "Zebedee Quixworth")):
        here.booking(MORNING + timedelta(minutes=minutes), person=here.person(name))
    screen = sit_down(None, Way(width=1280 if scheme == "light" else 320, scheme=scheme))
    screen.context.add_cookies([{"name": "kohti_language", "value": language, "url": screen.site}])
    screen.sign_in(host)
    page, names = screen.page, ("Kirsi", "Zebedee", "Zoltan")

    def said(words: str) -> str:
        with override(language):
            return gettext(words)

    def looks_well() -> None:
        expect(page.locator("html")).to_have_attribute("lang", language)
        screen.check(*names)

    expect(page.get_by_role("heading", level=1)).to_have_text(said("Arrivals"))
    looks_well()
    page.locator("#q").fill("kirs")
    expect(page.locator("#found")).to_contain_text("Kirsi Koskinen")
    looks_well()
    page.keyboard.press("Enter")
    expect(screen.said).to_contain_text(TICKET)
    expect(screen.row("Kirsi")).to_contain_text(said("Waiting"))
    looks_well()
    screen.press(screen.said.get_by_role("button", name=said("Undo")))
    expect(screen.row("Kirsi")).to_contain_text(said("Expected"))
    screen.press(screen.row("Kirsi").get_by_role("button", name=said("Check in")))
    expect(screen.row("Kirsi")).to_contain_text(said("Waiting"))

    # Somebody without an appointment; first nothing is chosen, and that is said.
    screen.press(screen.link(said("Walk-in")))
    expect(page.get_by_role("heading", level=1)).to_have_text(said("Somebody without an appointment"))
    page.locator("[name=given_name]").fill("Zoltan")
    looks_well()
    screen.dismiss_script()
    screen.expected_status = "422"
    screen.press(screen.button(said("Take them in")))
    expect(page.get_by_role("alert")).to_contain_text(said("Choose what brings them here."))
    looks_well()
    reason = page.locator(f'[name=reason][value="{here.reasons["computer"].id}"]')
    page.locator("label", has=reason).click()
    expect(reason).to_be_checked()
    screen.press(screen.button(said("Take them in")))
    expect(screen.said).to_contain_text(TICKET)
    expect(screen.row("Zoltan")).to_contain_text(said("Waiting"))
    looks_well()

    # The line, from the call to the end.
    screen.go("/queue/")
    expect(page.get_by_role("heading", level=1)).to_have_text(said("Queue"))
    looks_well()
    mine = page.locator("#mine")
    screen.press(screen.button(said("Call next")))
    expect(mine).to_contain_text("Zoltan")
    looks_well()
    screen.press(mine.get_by_role("button", name=said("Begin")))
    done = mine.get_by_role("button", name=said("Done"))
    expect(done).to_be_visible()
    looks_well()
    screen.press(done)
    expect(mine).not_to_contain_text("Zoltan")
    looks_well()
