"""An administrator invites; the newcomer takes the place and works; when it ends they are out at once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import SitDown, Way

from kohti.kernel.actor import Actor

pytestmark = pytest.mark.browser

PASSWORD = "seven green bicycles"


@pytest.fixture
def administrator(here: Place) -> Actor:
    return here.hire("administrator", centre="cheltenham", name="Hugh Tattersall", password_hash="none")


@pytest.mark.parametrize("way", [Way(), Way(width=320, script=False)], ids=["mouse", "phone, no JavaScript"])
def test_who_is_invited_takes_the_place_works_and_is_out_at_once_when_it_ends(
    here: Place, administrator: Actor, sit_down: SitDown, way: Way
) -> None:
    here.booking(MORNING + timedelta(hours=2), person=here.person("Kirsi Koskinen"))
    office = sit_down(administrator, way)
    page = office.page
    office.press(office.link("Invite a colleague"))
    page.get_by_label("Full name").fill("Ngozi Newcomer")
    page.get_by_label("Role").select_option("Front-of-house host")
    page.get_by_label("Centre").select_option("Cheltenham")
    page.get_by_label("Organisation").select_option(index=1)
    office.check("Ngozi")
    office.press(office.button("Make the invitation"))
    expect(page.get_by_role("heading", name="The invitation is made")).to_be_visible()
    link = page.get_by_label("Link").input_value()
    office.check("Ngozi")

    newcomer = sit_down(None, way)
    newcomer.go(link)
    expect(newcomer.page.get_by_role("heading", name="invites you to work there")).to_be_visible()
    newcomer.check("Ngozi")
    newcomer.page.get_by_label("User name").fill(f"ngozi.{uuid.uuid4().hex[:8]}")
    newcomer.page.get_by_label("Password", exact=True).fill(PASSWORD)
    newcomer.page.get_by_label("The password once more").fill(PASSWORD)
    newcomer.press(newcomer.button("Take the place"))
    expect(newcomer.row("Kirsi Koskinen")).to_be_visible()
    newcomer.addresses.clear()

    office.go("/team/")
    office.press(office.link("Ngozi Newcomer"))
    expect(page.get_by_role("heading", name="Places in this service")).to_be_visible()
    office.check("Ngozi")
    office.press(page.get_by_role("link", name="End Front-of-house host, Cheltenham"))
    expect(page.get_by_role("heading", name="End the place of")).to_be_visible()
    office.check("Ngozi")
    office.choose("They have left")
    office.press(office.button("End the place"))
    expect(office.said).to_contain_text("The place has ended.")
    expect(page.get_by_text("They have left")).to_be_visible()
    office.check("Ngozi")

    if way.script:
        # Nobody touched this screen: its stream asked again, and what it showed is gone.
        expect(newcomer.page.get_by_text("You have been signed out.")).to_be_visible()
        expect(newcomer.page.get_by_text("Kirsi Koskinen")).to_have_count(0)
        # What it complained of is that its stream is shown the sign-in page.
        assert all("EventSource" in complaint for complaint in newcomer.complaints)
    newcomer.go("/arrivals/")
    expect(newcomer.page.get_by_role("heading", name="Sign in")).to_be_visible()
    newcomer.check("Ngozi")
    newcomer.complaints.clear()


@pytest.mark.long
def test_the_administrator_s_pages_are_open_to_everybody(
    here: Place, administrator: Actor, sit_down: SitDown
) -> None:
    here.member("coach", name="نور الهاشمي")
    for way in (Way(), Way(width=320, scheme="dark"), Way(width=320, contrast="active")):
        screen = sit_down(administrator, way)
        for path in (
            "/team/",
            "/roles/",
            "/organisations/",
            "/service/",
            "/service/look/",
            "/centres/",
            "/history/",
        ):
            screen.go(path)
            expect(screen.page.get_by_role("heading", level=1)).to_be_visible()
            screen.check("نور")
        screen.go(f"/centres/{here.centre.id}/")
        expect(screen.page.get_by_role("heading", name="Cheltenham")).to_be_visible()
        screen.check()
