"""Every page that can be opened: in both languages, light, dark and in forced colours, wide and at 320 px."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import make_password
from django.urls import reverse
from playwright.sync_api import expect
from tests.factories import MORNING, PASSWORD, Place
from tests.in_the_browser.screen import Screen, SitDown, Way, user_name

from kohti.config.routes import routes
from kohti.frontdesk import actions
from kohti.kernel.actor import Actor, as_actor

pytestmark = pytest.mark.browser

NO_PAGE = {
    "today": "leads on",
    "arrivals_news": "a stream",
    "queue_news": "a stream",
    "diary_state": "a part of the preview",
    "mfa_recovery_codes": "a download",
    "mfa_download_recovery_codes": "a download",
    "account_logout": "signs out; looked at last",
    "lock": "opens where the screen is locked",
    "onward": "leads on",
    "still_here": "says nothing",
    "openid_connect_callback": "opens where another organisation's sign-in is set up",
    "mfa_login_webauthn": "gives a challenge",
    "mfa_edit_webauthn": "opens where there is a passkey",
    "mfa_remove_webauthn": "opens where there is a passkey",
    "mfa_reauthenticate_webauthn": "opens where there is a passkey",
    "mfa_authenticate": "opens in the middle of signing in",
    "mfa_reauthenticate": "opens where one-time codes are on",
    "mfa_deactivate_totp": "opens where one-time codes are on",
    "mfa_view_recovery_codes": "opens where one-time codes are on",
    "mfa_generate_recovery_codes": "opens where one-time codes are on",
}
SCHEMES = {"light": ("light", "none"), "dark": ("dark", "none"), "forced colours": ("light", "active")}
LANGUAGES = {"en": "English", "fi": "Suomi"}


@pytest.fixture
def busy(here: Place) -> Place:
    """A day with everything in it: waiting, called, talking, done, in crisis, long names, right to left."""
    coach = here.hire("coach", centre="cheltenham", name="Sally Jones", password_hash="none")
    names = ("Kirsi Koskinen", "نور الهاشمي", "Wolfeschlegelsteinhausenbergerdorff " * 2, "Ada", "Bea", "Cy")
    bookings = [
        here.booking(MORNING + timedelta(minutes=10 * n), person=here.person(name.strip()))
        for n, name in enumerate(names)
    ]
    with as_actor(coach) as actor:
        for booking in bookings[1:]:
            actions.check_in(actor, booking.id, key=f"in:{booking.id}")
        reasons = list(here.reasons.values())
        actions.take_walk_in(actor, reasons[0].id, key="w1", urgency=2, door_note="reads lips")
        for n, then in enumerate((None, actions.begin, actions.finish)):
            moved = actions.call_next(actor, streams=None, key=f"call{n}", desk="4")
            if moved is not None and then is not None:
                actions.begin(actor, moved.visit_id, key=f"begin{n}")
            if moved is not None and then is actions.finish:
                actions.finish(actor, moved.visit_id, key=f"finish{n}")
    return here


def addresses(here: Place) -> list[str]:
    """Where every page stands. A new address without a page here, or a word why not, fails."""
    known = {
        "person": reverse("person", args=[here.person("Kirsi Second").id]),
    }
    found = []
    for route in routes():
        if "GET" not in route.methods or route.name in NO_PAGE or route.name == "diary_preview":
            continue
        found.append(known[route.name] if "<" in route.pattern else route.pattern)
    return [*found, "/arrivals/?show=here", "/arrivals/walk-in/?crisis", "/no/such/page/"]


def speak(screen: Screen, language: str) -> None:
    screen.context.add_cookies([{"name": "kohti_language", "value": language, "url": screen.site}])


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
def test_every_page_is_open_to_everybody(
    busy: Place, sit_down: SitDown, scheme: tuple[str, str], width: int
) -> None:
    leader = busy.hire("leader", centre="cheltenham", name="Margaret Whitlock", password_hash="none")
    way = Way(width=width, scheme=scheme[0], contrast=scheme[1])
    screen = sit_down(leader, way)
    screen.expected_status = "404 (Not Found)"
    for language, path in itertools.product(LANGUAGES, addresses(busy)):
        speak(screen, language)
        screen.go(path)
        expect(screen.page.locator("html")).to_have_attribute("lang", language)
        screen.check("Kirsi", "Ada")


@pytest.mark.long
@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=list(SCHEMES))
def test_the_pages_before_sign_in_are_open_to_everybody(
    sit_down: SitDown, scheme: tuple[str, str], width: int
) -> None:
    screen = sit_down(way=Way(width=width, scheme=scheme[0], contrast=scheme[1]))
    screen.go("/")
    for language, path in itertools.product(LANGUAGES, ("/", "/account/sign-in/", "/account/sign-out/")):
        speak(screen, language)
        screen.go(path)
        screen.check()


def with_a_password(here: Place) -> Actor:
    return here.hire("host", centre="cheltenham", name="Priya Nair", password_hash=make_password(PASSWORD))


def sign_in(screen: Screen, colleague: Actor, password: str) -> None:
    screen.page.get_by_role("textbox").first.fill(user_name(colleague))
    screen.page.get_by_label("Password").fill(password)
    screen.page.get_by_label("Password").press("Enter")


def test_signing_in_with_a_password_and_refused_without(here: Place, sit_down: SitDown, way: Way) -> None:
    host = with_a_password(here)
    screen = sit_down(way=way)
    page = screen.page
    screen.go("/arrivals/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    screen.check()
    for password in ("wrong and long enough", PASSWORD):
        sign_in(screen, host, password)
        if password != PASSWORD:
            expect(page.get_by_role("alert")).to_be_visible()
            screen.check("Priya")
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivals")
    screen.check("Priya")


def test_one_time_codes_are_set_up_used_and_stopped(here: Place, sit_down: SitDown, way: Way) -> None:
    host = with_a_password(here)
    screen = sit_down(way=way)
    page = screen.page
    screen.go("/account/sign-in/")
    sign_in(screen, host, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivals")
    screen.press(page.locator(".k-me summary"))
    screen.press(screen.link("How I sign in"))
    screen.press(screen.link("Set up"))
    secret = page.get_by_label("If you cannot use the camera")
    expect(secret).to_be_visible()
    screen.check("Priya")
    code = page.get_by_label("Code", exact=True)
    code.fill(format_hotp_value(hotp_value(secret.input_value(), int(time.time()) // 30)))
    code.press("Enter")
    spare = page.locator(".k-codes code").first
    expect(spare).to_be_visible()
    screen.check("Priya")
    recovery = spare.inner_text()

    screen.press(screen.button("Sign out"))
    expect(screen.button("Sign out")).to_have_count(0)
    screen.go("/account/sign-in/")
    sign_in(screen, host, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your code")
    screen.check("Priya")
    code.fill("000000")
    code.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    code.fill(recovery)
    code.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivals")
    screen.go("/account/codes/")
    screen.press(screen.link("Turn off"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("How you sign in")
    screen.check("Priya")
