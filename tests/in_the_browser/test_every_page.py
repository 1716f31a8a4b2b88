"""Every page that can be opened: in every language, light, dark and in forced colours, wide and at 320 px."""

from __future__ import annotations

import itertools
import time
from datetime import timedelta

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.hashers import make_password
from playwright.sync_api import expect
from tests.config.test_routes import EXPECTED, LEADER, ROLES, address_of, standing
from tests.factories import MORNING, PASSWORD, Place
from tests.in_the_browser.screen import Screen, SitDown, Way, user_name

from kohti.frontdesk import actions
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.team.models import User

pytestmark = pytest.mark.browser

SCHEMES = {"light": ("light", "none"), "dark": ("dark", "none"), "forced colours": ("light", "active")}
EVERY_WAY = [
    pytest.param(
        Way(width=width, scheme=scheme, contrast=contrast), languages, id=f"{name}, {width} px, {languages}"
    )
    for (name, (scheme, contrast)), (width, languages) in zip(
        itertools.chain.from_iterable(itertools.repeat(one, 2) for one in SCHEMES.items()),
        itertools.cycle(
            [(1280, "en fi"), (320, "en pl"), (1280, "da"), (320, "en fi"), (1280, "en nl"), (320, "nl da")]
        ),
        strict=False,
    )
]
"""Light, dark and in forced colours, wide and at 320 px; each language somewhere."""

NO_PAGES = {
    *("look", "look_both", "offline_worker", "document", "audit_export", "plan_printed"),
    *("day_sheet", "tomorrow_printed", "day_figures_csv", "queue_waits"),
    *("diary_state", "diary_rows", "caseload_bring_state", "caseload_bring_rows"),
}
"""Files and parts of pages. Kiosks, boards and links have walks of their own, in each language."""

STREAMS = ("_news",)
PAGES = [
    ("design", 200),
    *((name, one.status) for (name, method), one in EXPECTED.items() if method == "GET"),
]


ALSO = {
    "book": ("?by=room", "?as=list", "?day=2026-03-14"),
    "book_week": ("?day=2026-03-10", "?as=list"),
    "book_week_of_room": ("?day=2026-03-10", "?as=list"),
    "arrivals": ("?show=here", "?show=expected"),
    "day_figures": ("?from=2026-03-09&until=2026-03-11",),
    "day_visits": ("?what=came", "?what=missed", "?what=left"),
}
"""Pages that are another one by what is asked of them."""


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


@pytest.fixture
def house(busy: Place) -> Place:
    """The same, with somebody in every role who can sign in."""
    for role in ROLES:
        busy.members[role, "cheltenham"] = busy.hire(
            role, centre="cheltenham", name=f"{role.title()} of the House", password_hash="none"
        )
    return busy


def reader_of(name: str) -> str:
    """Who opens a page here: the team leader where they may, else the first role that may."""
    roles = EXPECTED[name, "GET"].roles
    return LEADER if LEADER in roles else min(roles)


def speak(screen: Screen, language: str) -> None:
    screen.context.add_cookies([{"name": "kohti_language", "value": language, "url": screen.site}])


def look_at(screen: Screen, path: str, *names: str) -> bool:
    """Look at an address if it is a page, and not a file or a part of one."""
    answer = screen.context.request.get(path)
    if "text/html" not in answer.headers.get("content-type", "") or "<html" not in answer.text():
        return False
    screen.expected_status = f"{answer.status} ({answer.status_text})"
    screen.go(path)
    screen.check(*names)
    return True


@pytest.mark.long
@pytest.mark.parametrize(("way", "languages"), EVERY_WAY)
def test_every_page_is_open_to_everybody(house: Place, sit_down: SitDown, way: Way, languages: str) -> None:
    """Every address of the table of routes that answers with a page, the latest for each thing it names."""
    seen = set()
    for role in {reader_of(name) for name, _status in PAGES}:
        screen = sit_down(house.member(role), way)
        for language, (name, status) in itertools.product(languages.split(), PAGES):
            if reader_of(name) == role and status == 200 and not name.endswith(STREAMS):
                speak(screen, language)
                if look_at(screen, address_of(name, standing(name, house, house.centre)), "Kirsi", "Zebedee"):
                    expect(screen.page.locator("html")).to_have_attribute("lang", language)
                    seen.add(name)
        for name, queries in ALSO.items():
            if reader_of(name) == role:
                for language, query in itertools.product(languages.split(), queries):
                    speak(screen, language)
                    assert look_at(
                        screen,
                        address_of(name, standing(name, house, house.centre)) + query,
                        "Kirsi",
                        "Zebedee",
                    ), query
    assert {name for name, status in PAGES if status == 200 and not name.endswith(STREAMS)} - seen == NO_PAGES


@pytest.mark.long
@pytest.mark.parametrize(("way", "languages"), EVERY_WAY)
def test_what_one_may_not_and_what_is_not_there_is_said_well(
    house: Place, sit_down: SitDown, way: Way, languages: str
) -> None:
    screen = sit_down(house.member("host"), way)
    for language in languages.split():
        speak(screen, language)
        for path in ("/no/such/page/", "/team/", "/arrivals/?show=here", "/arrivals/walk-in/?crisis"):
            assert look_at(screen, path, "Kirsi")
        screen.go("/help/")
        screen.context.clear_cookies(name="csrftoken")
        screen.expected_status = "403 (Forbidden)"
        screen.press(screen.page.locator(f'.k-languages button[value="{language}"]'))
        expect(screen.page.locator(".k-error-page")).to_be_visible()
        screen.check("Kirsi")


@pytest.mark.long
@pytest.mark.parametrize(("way", "languages"), EVERY_WAY)
def test_the_pages_before_sign_in_are_open_to_everybody(sit_down: SitDown, way: Way, languages: str) -> None:
    screen = sit_down(way=way)
    screen.go("/")
    paths = ("/", "/account/sign-in/", "/account/sign-out/", "/help/", "/offline/", "/account/way-back/")
    for language, path in itertools.product(languages.split(), paths):
        speak(screen, language)
        assert look_at(screen, path)


@pytest.mark.long
@pytest.mark.parametrize(("way", "languages"), EVERY_WAY)
def test_the_pages_of_one_time_codes_are_open_to_everybody(
    here: Place, sit_down: SitDown, way: Way, languages: str
) -> None:
    host = with_a_password(here)
    secret = str(generate_totp_secret())
    with as_actor(DOOR):
        user = User.objects.get(id=host.facts["user_id"])
        TOTP.activate(user, secret)
        RecoveryCodes.activate(user)
    screen = sit_down(way=way)
    page = screen.page
    screen.go("/account/sign-in/")
    sign_in(screen, host, PASSWORD)
    code = page.get_by_label("Code", exact=True)
    expect(code).to_be_visible()
    screen.check("Priya")
    code.fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    code.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivals")
    ways_in = ("", "stop/", "spare/", "spare/new/", "again/")
    for language, path in itertools.product(languages.split(), ways_in):
        speak(screen, language)
        address = "/account/code/again/" if path == "again/" else f"/account/codes/{path}"
        assert look_at(screen, address, "Priya"), address


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
