"""The directory in a browser: a leader writes down who helps, a host finds it in the words somebody says."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.factories import Place
from tests.in_the_browser.screen import Screen, SitDown, Way

pytestmark = pytest.mark.browser

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh advice, at home or on the telephone"


def fill(screen: Screen, **said: str) -> None:
    """Write into fields, by their names."""
    for name, text in said.items():
        screen.stand_in(screen.page.locator(f"[name={name}]"))
        screen.type(text)


def looked_at(screen: Screen) -> None:
    """Open to everybody, wide and narrow, in the light and in the dark."""
    for width, scheme in ((1280, "light"), (320, "dark")):
        screen.page.set_viewport_size({"width": width, "height": 800})
        screen.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        screen.check("nowhere")


def test_who_helps_is_written_down_by_keyboard_and_found_as_somebody_says_it(
    here: Place, sit_down: SitDown
) -> None:
    leader = here.hire("leader", centre="cheltenham", name="Margaret Whitlock", password_hash="none")
    host = here.hire("host", centre="cheltenham", name="Kofi Mensah", password_hash="none")
    screen = sit_down(leader, Way(keyboard=True))
    page = screen.page
    screen.go("/directory/")
    screen.press(screen.link("Add a partner"))
    expect(page.get_by_role("heading", name="Add a partner", level=1)).to_be_visible()
    fill(screen, name="A Roof for All", phone="01632 960 111", website="roof.example")
    screen.press(screen.button("Save"))
    expect(page.get_by_role("heading", name="A Roof for All", level=1)).to_be_visible()
    screen.press(screen.link("Add what they offer"))
    expect(page.get_by_role("heading", name="Add what they offer", level=1)).to_be_visible()
    fill(screen, name=LONG, town="Gloucester")
    screen.stand_in(page.get_by_role("checkbox", name="Housing"))
    page.keyboard.press("Space")
    screen.press(screen.button("Save"))
    expect(page.get_by_role("heading", name=LONG, level=1)).to_be_visible()

    screen.go("/directory/colleagues/")
    screen.press(screen.link("What I know"))
    expect(page.get_by_role("heading", name="Who knows what", level=1)).to_be_visible()
    screen.stand_in(page.get_by_role("checkbox", name="Housing"))
    page.keyboard.press("Space")
    fill(screen, known=LONG, reached="Room 2")
    screen.press(screen.button("Save"))
    expect(page.get_by_role("heading", name="Margaret Whitlock", level=1)).to_be_visible()
    looked_at(screen)

    for way in (Way(), Way(script=False)):
        screen = sit_down(host, way)
        page = screen.page
        screen.go("/directory/")
        screen.stand_in(page.get_by_label("What is needed?"))
        screen.type("nowhere to sleep")
        screen.press(screen.button("Find"))
        expect(screen.link(LONG)).to_be_visible()
        expect(screen.link("Margaret Whitlock")).to_be_visible()
        looked_at(screen)
        screen.press(screen.link(LONG))
        expect(page.get_by_role("heading", name=LONG, level=1)).to_be_visible()
        expect(page.get_by_role("link", name="01632 960 111")).to_have_attribute("href", "tel:01632960111")
        looked_at(screen)
        screen.press(screen.link("A Roof for All"))
        expect(page.get_by_role("heading", name="A Roof for All", level=1)).to_be_visible()
        looked_at(screen)
