"""Somebody on the bus opens the link to their appointment on a small telephone, without an account."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from tests.factories import MORNING, Place, as_system
from tests.in_the_browser.screen import SitDown, Way

from kohti.diary import by_link


def test_on_a_small_telephone_without_script_an_appointment_is_late_moved_and_cancelled(
    here: Place, sit_down: SitDown
) -> None:
    coach = here.member("coach", name="Kim Reed")
    booking = here.booking(
        MORNING + timedelta(hours=3), person=here.person("Zebedee Quixworth"), staff_id=coach.staff_id
    )
    with as_system(here.system):
        address = f"/a/{by_link.token_now(booking.id)}/"
    screen = sit_down(None, Way(width=320, script=False))
    page = screen.page
    screen.go(address)
    expect(page.get_by_role("heading", name="Your appointment")).to_be_visible()
    screen.check("Quixworth", "Reed")
    page.get_by_role("combobox").select_option("15")
    screen.press(screen.button("Say that I am late"))
    expect(page.get_by_text("You said that you come 15 minutes later.")).to_be_visible()
    screen.press(screen.link("Choose another time"))
    expect(page.get_by_role("group", name="When would you like to come?")).to_be_visible()
    screen.check("Quixworth", "Reed")
    page.get_by_role("radio").nth(2).check()
    screen.press(screen.button("Come at this time"))
    expect(page.get_by_text("Your appointment is at this time now.")).to_be_visible()
    screen.press(screen.link("Polski"))
    expect(page.locator("html")).to_have_attribute("lang", "pl")
    screen.check("Quixworth", "Reed")
    screen.press(screen.link("English"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    screen.press(screen.link("Cancel the appointment"))
    expect(page.get_by_role("group", name="Why can you not come?")).to_be_visible()
    screen.check("Quixworth", "Reed")
    screen.expected_status = "410"
    screen.press(screen.button("Cancel the appointment"))
    expect(page.get_by_role("heading", name="This appointment is cancelled")).to_be_visible()
    screen.check("Quixworth", "Reed")
