"""A kiosk and a board as people meet them: set up once, pressed by anybody, read across the room, never a name."""

from __future__ import annotations

import itertools
import re
import uuid
from datetime import date, timedelta

import pytest
from django.utils.translation import gettext, override
from playwright.sync_api import Locator, expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import Screen, SitDown, Way, until

from kohti.frontdesk import actions as frontdesk
from kohti.kernel.actor import as_actor
from kohti.kernel.doors import DEVICE_COOKIE
from kohti.kernel.languages import CODES, LANGUAGES
from kohti.team import devices

pytestmark = pytest.mark.browser

NAME = "Zebedee Quixworth"


def stands(
    here: Place, sit_down: SitDown, kind: str, way: Way | None = None, *, sound: bool = True
) -> Screen:
    """A screen that was set up with its code, by hand."""
    settings = {"languages": list(CODES), "sound": sound}
    with as_actor(here.member("leader")) as leader:
        made = devices.add_device(leader, kind=kind, name="Hall", settings=settings, device_id=uuid.uuid4())
    screen = sit_down(None, way)
    screen.go("/device/")
    screen.stand_in(screen.page.get_by_label("The code"))
    screen.type(f"{made.code[:4]} {made.code[4:]}")
    screen.press(screen.button("Set it up"))
    screen.page.wait_for_url(f"**/{kind}/")
    return screen


def press_keys(screen: Screen, keys: str) -> None:
    """One key after the other, each seen in the field before the next."""
    field = screen.page.locator("[name=typed]")
    for place, key in enumerate(keys):
        screen.press(screen.button(key))
        expect(field).to_have_value(keys[: place + 1])


def test_somebody_comes_presses_their_code_and_sits_down(here: Place, sit_down: SitDown, way: Way) -> None:
    booking = here.booking(MORNING + timedelta(minutes=10), person=here.person(NAME))
    screen = stands(here, sit_down, "kiosk", way)
    page = screen.page
    screen.check(NAME)
    screen.press(screen.link("English"))
    expect(page.get_by_role("heading", name="Say that you are here")).to_be_visible()
    screen.check(NAME)
    screen.press(screen.link("I have a letter or message with a code"))
    expect(page.get_by_role("heading", name="Type the code or the reference")).to_be_visible()
    press_keys(screen, booking.code)
    screen.check(NAME)
    screen.press(screen.button("Go on"))
    expect(page.get_by_role("heading", name="You are checked in")).to_be_visible()
    expect(page.get_by_text("A001")).to_be_visible()
    assert NAME.split()[0] not in page.content()
    screen.check(NAME)
    if way.script:
        page.emulate_media(media="print")
        expect(page.get_by_text("A001")).to_be_visible()
        expect(screen.button("Print the ticket")).to_be_hidden()
        page.emulate_media(media="screen")


def test_a_kiosk_forgets_who_left_and_goes_on_after_a_power_cut(here: Place, sit_down: SitDown) -> None:
    here.booking(person=here.person("Ada Brown", born=date(1984, 3, 11)))
    screen = stands(here, sit_down, "kiosk")
    page = screen.page
    page.clock.install()
    screen.go("/kiosk/en/born/")
    screen.stand_in(page.locator("[name=typed]"))
    screen.type("11 03 1984")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your first letters")).to_be_visible()
    page.clock.fast_forward(19_000)
    expect(page.get_by_role("heading", name="Your first letters")).to_be_visible()
    page.clock.fast_forward(2_000)
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.go_back()
    expect(page.locator("[name=born]")).to_have_count(0)
    # The power fails: what the browser keeps on its disk is all there is.
    token = next(one for one in screen.context.cookies() if one["name"] == DEVICE_COOKIE)
    assert token["expires"] > 0
    screen.context.clear_cookies(name=re.compile(f"^(?!{DEVICE_COOKIE}$)"))
    again = screen.context.new_page()
    page.close()
    again.goto("/kiosk/")
    expect(again.get_by_role("heading", name="Welcome")).to_be_visible()


def test_the_board_calls_shows_where_and_speaks_politely(here: Place, sit_down: SitDown) -> None:
    host = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    with as_actor(host):
        moved = [
            frontdesk.take_walk_in(host, here.reasons["evidence"].id, key=f"w{n}", given_name=NAME)
            for n in range(3)
        ]
    screen = stands(here, sit_down, "board", Way(width=1920))
    page = screen.page
    expect(page.get_by_text("Nobody is called at this moment.").first).to_be_visible()
    with as_actor(host):
        frontdesk.call(host, moved[0].visit_id, key="call", desk="Desk 4")
    expect(page.locator(".k-face:not([hidden]) .k-face-last")).to_contain_text("D001")
    expect(page.locator("#called")).to_have_text("D001, please come to Desk 4")
    until(page, "document.documentElement.dataset.sounded === '1'")
    assert_read_from_afar(page.locator(".k-face:not([hidden]) .k-face-last b"))
    assert NAME.split()[0] not in page.content()
    screen.check(NAME)
    # A browser that nobody has pressed yet holds sound back; one press, and it does not.
    expect(screen.button("Turn the sound on")).to_be_hidden()
    page.add_init_script(HELD_BACK)
    page.reload()
    screen.press(screen.button("Turn the sound on"))
    expect(screen.button("Turn the sound on")).to_be_hidden()
    with as_actor(here.member("leader")) as leader:
        (device,) = devices.devices(leader)
        devices.end_device(leader, device.id)
    page.wait_for_url("**/device/")


HELD_BACK = "AudioContext = class extends AudioContext { constructor() { super(); this.suspend(); } }"
"""What a browser does in which nobody has pressed anything; the one of the tests lets everything sound."""


def assert_read_from_afar(ticket: Locator) -> None:
    """A letter is read from two hundred times its height: at ten metres 5 cm, on a screen 54 cm high."""
    share = ticket.evaluate("one => parseFloat(getComputedStyle(one).fontSize) * 0.7 / window.innerHeight")
    assert share >= 5 / 54


@pytest.mark.long
def test_a_board_without_sound_is_silent_and_comes_back_with_the_network(
    here: Place, sit_down: SitDown
) -> None:
    host = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    with as_actor(host):
        moved = frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="w", given_name=NAME)
    screen = stands(here, sit_down, "board", sound=False)
    page = screen.page
    expect(screen.button("Turn the sound on")).to_have_count(0)
    expect(page.get_by_text("Nobody is called at this moment.").first).to_be_visible()
    screen.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Not connected since")
    screen.check(NAME)
    with as_actor(host):
        frontdesk.call(host, moved.visit_id, key="call", desk="Desk 4")
    screen.context.set_offline(False)
    expect(page.locator(".k-face:not([hidden]) .k-face-last")).to_contain_text("D001")
    expect(page.locator("#connection")).to_be_empty()
    assert page.evaluate("document.documentElement.dataset.sounded") is None
    screen.complaints[:] = [one for one in screen.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def test_the_board_changes_its_language_until_somebody_holds_it(here: Place, sit_down: SitDown) -> None:
    screen = stands(here, sit_down, "board")
    page = screen.page
    page.clock.install()
    screen.go("/board/")
    shown = page.locator(".k-face:not([hidden])")
    expect(shown).to_have_attribute("lang", "en")
    page.clock.fast_forward(8_000)
    expect(shown).to_have_attribute("lang", "fi")
    screen.press(screen.button("Stay with this language"))
    expect(screen.button("Let the languages take turns again")).to_be_visible()
    page.clock.fast_forward(8_000)
    expect(shown).to_have_attribute("lang", "fi")


EVERY_LANGUAGE = [
    pytest.param(*spoken, scheme, marks=() if (spoken[0], scheme) == ("fi", "light") else pytest.mark.long)
    for spoken, scheme in itertools.product(LANGUAGES, ("light", "dark"))
]


def says(language: str, words: str) -> str:
    """What is said instead in a language; never left in English."""
    with override(language):
        said = gettext(words)
    assert language == "en" or said != words
    return said


@pytest.mark.parametrize(("language", "name", "scheme"), EVERY_LANGUAGE)
def test_a_kiosk_in_each_language_by_code_by_reference_by_birth_and_when_nothing_fits(
    here: Place, sit_down: SitDown, language: str, name: str, scheme: str
) -> None:
    people = [here.person(NAME, born=date(1984, 3, 11)), here.person("Ada Brown"), here.person("Bea Brown")]
    bookings = [here.booking(MORNING + timedelta(minutes=10 * n), person=one) for n, one in enumerate(people)]
    screen = stands(here, sit_down, "kiosk", Way(width=1080 if scheme == "light" else 320, scheme=scheme))
    screen.expected_status = "422"
    page = screen.page
    heading = page.get_by_role("heading", level=1)

    def typed(path: str, *texts: str) -> None:
        screen.go(f"/kiosk/{language}/{path}/")
        for text in texts:
            asked = heading.inner_text()
            screen.stand_in(page.locator("[name=typed]"))
            screen.type(text)
            page.keyboard.press("Enter")
            expect(heading).not_to_have_text(asked)

    def told(words: str) -> None:
        expect(heading).to_have_text(says(language, words))
        expect(page.locator("html")).to_have_attribute("lang", language)
        screen.check(NAME)
        assert not any(part in page.content() for one in people for part in one.full_name.split())

    screen.press(screen.link(name))
    told("Say that you are here")
    # Too short to be anything: the same question again, with a kind word and what was typed.
    screen.go(f"/kiosk/{language}/code/")
    screen.stand_in(page.locator("[name=typed]"))
    screen.type("zz")
    page.keyboard.press("Enter")
    wrong = "A code has six letters, a reference eight letters and figures. Look at your letter again."
    expect(page.get_by_role("main")).to_contain_text(says(language, wrong))
    expect(page.locator("[name=typed]")).to_have_value("ZZ")
    told("Type the code or the reference")
    typed("code", "zzzzzz")
    told("We could not find you here.")
    typed("born", "11031984")
    told("Your first letters")
    typed("born", "11031984", "zq")
    told("You are checked in")
    typed("code", people[1].reference)
    told("You are checked in")
    for words in ("You are checked in", "You are checked in already"):
        typed("code", bookings[2].code)
        told(words)
        expect(page.get_by_text("A003")).to_be_visible()
    screen.press(screen.link(says(language, "I would rather speak to someone")))
    told("Please speak to us")
    screen.press(screen.button(says(language, "Give me a ticket for the desk")))
    told("Here is your ticket")


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_board_in_each_language_across_and_upright(here: Place, sit_down: SitDown, scheme: str) -> None:
    host = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    with as_actor(host):
        moved = [
            frontdesk.take_walk_in(host, here.reasons["evidence"].id, key=f"w{n}", given_name=NAME)
            for n in range(9)
        ]
        for n in range(4):
            frontdesk.call(host, moved[n].visit_id, key=f"call{n}", desk=f"Desk {n}")
    screen = stands(here, sit_down, "board", Way(width=1920, scheme=scheme))
    for (width, height), language in itertools.product(((1920, 1080), (1080, 1920), (320, 800)), CODES):
        screen.page.set_viewport_size({"width": width, "height": height})
        screen.page.evaluate(
            "code => document.querySelectorAll('.k-face').forEach(face => { face.hidden = face.lang !== code; })",
            language,
        )
        screen.check(NAME)
        if width > 320:
            assert_read_from_afar(screen.page.locator(f"#face-{language} .k-face-last b"))
