"""The host's morning and the coach's call, seen in a real browser by everybody who may have to do them."""

from __future__ import annotations

import re
import secrets
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from playwright.sync_api import expect
from tests.factories import MORNING, Place, browser_of
from tests.in_the_browser.conftest import WAYS
from tests.in_the_browser.screen import SitDown, Way, until

from kohti.frontdesk import actions
from kohti.kernel.actor import Actor, as_actor

pytestmark = pytest.mark.browser


@pytest.fixture(
    params=[
        pytest.param(way, id=name, marks=pytest.mark.long if name == "phone" else ())
        for name, way in WAYS.items()
    ]
)
def way(request: pytest.FixtureRequest) -> Way:
    """The morning and the call are tried by keyboard too each time; on a phone in the long run."""
    found: Way = request.param
    return found


TICKET = re.compile(r"[A-Z]\d{3}")


def colleague(here: Place, role: str, name: str) -> Actor:
    return here.hire(role, centre="cheltenham", name=name, password_hash="none")


@pytest.fixture
def morning(here: Place) -> Place:
    """Five people booked from ten past ten on: one written from right to left, one with a very long name."""
    for minutes, name in (
        (10, "Kirsi Koskinen"),
        (20, "Marcus Walker"),
        (30, "Maria Pearce"),
        (40, "نور الهاشمي"),
        (50, "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh-Cholmondeley Bartholomew"),
    ):
        here.booking(MORNING + timedelta(minutes=minutes), person=here.person(name))
    return here


def test_the_hosts_morning(morning: Place, sit_down: SitDown, way: Way) -> None:
    priya = colleague(morning, "host", "Priya Nair")
    screen = sit_down(priya, way)
    names = ("Kirsi", "Marcus", "Maria", "Bartholomew", "Zoltan")
    page = screen.page
    screen.check(*names)

    # One person fits: Enter checks in, and it can be undone.
    expect(screen.search).to_be_focused()
    screen.type("kirs")
    if way.script:
        expect(page.locator("#found")).to_contain_text("Kirsi Koskinen")
        screen.check(*names)
    page.keyboard.press("Enter")
    expect(screen.said).to_contain_text("checked in" if way.script else "Checked in")
    expect(screen.said).to_contain_text(TICKET)
    expect(screen.row("Kirsi")).to_contain_text("Waiting")
    expect(screen.search).to_be_focused()
    expect(screen.search).to_have_value("")
    expect(page.locator("#found")).to_be_empty()
    screen.press(screen.said.get_by_role("button", name="Undo"))
    expect(screen.said).to_contain_text("was taken back")
    expect(screen.row("Kirsi")).to_contain_text("Expected")

    # Several fit: Enter asks which, and the best stands under the hand.
    screen.search.focus()
    screen.type("mar")
    page.keyboard.press("Enter")
    best = page.locator("#found").get_by_role("button", name="Check in: Marcus Walker")
    expect(best).to_be_focused()
    screen.check(*names)
    page.keyboard.press("Enter")
    expect(screen.row("Marcus")).to_contain_text("Waiting")
    expect(screen.row("Maria")).to_contain_text("Expected")

    # One press on the line itself.
    screen.press(screen.row("Maria").get_by_role("button", name="Check in"))
    expect(screen.row("Maria")).to_contain_text("Waiting")

    # Nobody fits: three ways on, and the name that was typed goes along.
    screen.search.focus()
    screen.type("Zoltan")
    page.keyboard.press("Enter")
    expect(screen.button("Take them as a walk-in")).to_be_visible()
    expect(screen.button("Booked on another day or at another centre")).to_be_visible()
    screen.check(*names)
    screen.press(screen.button("Here for the first time"))
    expect(page.get_by_label("Name")).to_have_value("Zoltan")
    expect(page.get_by_label("What you saw at the door")).to_have_value("Here for the first time.")
    screen.check(*names)
    screen.choose("Job search computer")
    page.keyboard.press("Enter")
    expect(screen.said).to_contain_text(re.compile(r"Give them ticket\s+[A-Z]\d{3}"))
    expect(screen.row("Zoltan")).to_contain_text("Waiting")
    screen.check(*names)

    # A crisis is two presses away.
    screen.press(screen.link("Crisis"))
    expect(page.get_by_role("radio", name="Crisis: now")).to_be_checked()
    screen.choose("Does not want to say")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who can meet them now")).to_be_visible()
    screen.check(*names)
    screen.press(screen.link("Back to arrivals"))
    expect(page.locator("#numbers")).to_contain_text(re.compile(r"1\s+in crisis"))
    screen.check(*names)

    # Whom to show stays in the address.
    screen.press(screen.link("Still expected"))
    expect(screen.row("Kirsi")).to_be_visible()
    expect(screen.row("Maria")).to_have_count(0)
    screen.press(screen.link("Here"))
    expect(screen.row("Maria")).to_be_visible()
    expect(screen.row("Kirsi")).to_have_count(0)
    screen.check(*names)


def test_a_colleagues_check_in_appears_without_reloading(morning: Place, sit_down: SitDown) -> None:
    priya = colleague(morning, "host", "Priya Nair")
    mine, theirs = sit_down(priya), sit_down(priya)
    expected = sit_down(priya)
    expected.press(expected.link("Still expected"))
    for screen in (mine, expected):
        screen.page.evaluate("document.body.dataset.mark = 'the same page'")
        expect(screen.row("Kirsi")).to_contain_text("Expected")
    theirs.type("kirsi")
    theirs.page.keyboard.press("Enter")
    expect(mine.row("Kirsi")).to_contain_text("Waiting")
    expect(mine.page.locator("#numbers")).to_contain_text(re.compile(r"1\s+waiting now"))
    expect(expected.row("Kirsi")).to_be_hidden()
    for screen in (mine, expected):
        assert screen.page.evaluate("document.body.dataset.mark") == "the same page"


def test_what_helps_is_a_mark_that_opens(morning: Place, sit_down: SitDown) -> None:
    priya = colleague(morning, "host", "Priya Nair")
    reason = next(iter(morning.reasons.values()))
    with as_actor(morning.member("host")) as host:
        actions.take_walk_in(host, reason.id, key="helps", given_name="Ilse", door_note="reads lips")
    screen = sit_down(priya, Way(keyboard=True))
    mark = screen.row("Ilse").locator("summary")
    note = screen.row("Ilse").locator("details")
    expect(note).to_contain_text("reads lips")
    assert not note.evaluate("note => note.open")
    screen.press(mark)
    assert note.evaluate("note => note.open")
    screen.check("Ilse")


def test_what_was_typed_stays_when_something_is_missing(morning: Place, sit_down: SitDown) -> None:
    priya = colleague(morning, "host", "Priya Nair")
    screen = sit_down(priya)
    screen.go("/arrivals/walk-in/")
    screen.page.get_by_label("Name").fill("Zoltan")
    screen.dismiss_script()
    screen.expected_status = "422"
    screen.press(screen.button("Take them in"))
    expect(screen.page.get_by_role("alert")).to_contain_text("Choose what brings them here.")
    expect(screen.page.get_by_role("alert")).to_be_focused()
    expect(screen.page.get_by_label("Name")).to_have_value("Zoltan")
    screen.check("Zoltan")
    screen.press(screen.page.get_by_role("alert").get_by_role("link"))
    until(screen.page, "document.activeElement.name === 'reason'")


def test_the_coachs_call(here: Place, sit_down: SitDown, way: Way) -> None:
    sally = colleague(here, "coach", "Sally Jones")
    neil = colleague(here, "coach", "Neil Williams")
    priya = colleague(here, "host", "Priya Nair")
    for minutes, name in ((10, "Kirsi Koskinen"), (20, "Marcus Walker"), (30, "Maria Pearce")):
        here.booking(MORNING + timedelta(minutes=minutes), person=here.person(name), staff_id=sally.staff_id)
    host = sit_down(priya)
    for name in ("Kirsi", "Marcus", "Maria"):
        host.search.fill(name)
        host.page.keyboard.press("Enter")
        expect(host.row(name)).to_contain_text("Waiting")

    coach = sit_down(sally, way)
    other = sit_down(neil)
    for one in (coach, other):
        one.go("/queue/")
    page = coach.page
    mine, busy = page.locator("#mine"), page.locator("#busy")
    names = ("Kirsi", "Marcus", "Maria")
    coach.check(*names)
    other.check(*names)
    expect(page.locator("#next-words")).to_contain_text("Kirsi Koskinen")
    expect(other.page.locator("#next-words")).to_contain_text("Nobody is waiting for you.")

    coach.stand_in(page.get_by_label("My desk"))
    coach.type("4")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_label("My desk")).to_have_value("4")

    coach.press(coach.button("Call next"))
    expect(mine).to_contain_text("Kirsi Koskinen")
    expect(mine).to_contain_text("desk 4")
    expect(page.locator("#next-words")).to_contain_text("Marcus Walker")
    expect(other.page.locator("#busy")).to_contain_text("Called by Sally Jones, desk 4")
    coach.check(*names)
    other.check(*names)

    coach.press(mine.get_by_role("button", name="Begin"))
    expect(mine.get_by_role("button", name="Done")).to_be_visible()
    expect(other.page.locator("#busy")).to_contain_text("With Sally Jones")
    coach.press(mine.get_by_role("button", name="Done"))
    expect(mine).to_be_hidden()
    expect(other.page.locator("#busy")).not_to_contain_text("Kirsi")

    coach.press(coach.button("Call next"))
    coach.press(mine.get_by_role("button", name="Take back"))
    expect(page.locator("#next-words")).to_contain_text("Marcus Walker")
    coach.press(coach.button("Call next"))
    expect(mine).to_contain_text("Marcus Walker")
    coach.press(mine.get_by_role("button", name="Did not come"))
    expect(mine).to_be_hidden()
    expect(host.row("Marcus")).to_contain_text("Did not come when called")

    maria = page.get_by_role("listitem").filter(has_text="Maria Pearce")
    coach.press(maria.get_by_role("button", name="Left"))
    expect(maria).to_have_count(0)
    coach.press(coach.button("Call next"))
    expect(coach.said).to_contain_text("Nobody is waiting for you.")
    expect(busy).not_to_contain_text("Sally Jones")
    coach.check(*names)


def test_two_coaches_see_each_others_calls_and_keep_their_own(here: Place, sit_down: SitDown) -> None:
    sally = colleague(here, "coach", "Sally Jones")
    neil = colleague(here, "coach", "Neil Williams")
    priya = colleague(here, "host", "Priya Nair")
    host = sit_down(priya)
    for name in ("Ada", "Bea"):
        host.go("/arrivals/walk-in/")
        host.page.get_by_label("Name").fill(name)
        host.choose("Job search computer")
        host.press(host.button("Take them in"))
        expect(host.row(name)).to_contain_text("Waiting")
    first, second = sit_down(sally), sit_down(neil)
    for one in (first, second):
        one.go("/queue/")
    expect(second.page.locator("#next-words")).to_contain_text("Ada")
    first.press(first.button("Call next"))
    expect(first.page.locator("#mine")).to_contain_text("Ada")
    expect(second.page.locator("#next-words")).to_contain_text("Bea")
    second.press(second.button("Call next"))
    expect(second.page.locator("#mine")).to_contain_text("Bea")
    expect(first.page.locator("#busy")).to_contain_text("Bea")
    expect(first.page.locator("#mine")).not_to_contain_text("Bea")
    expect(second.page.locator("#busy")).to_contain_text("Ada")
    host.go("/arrivals/walk-in/")
    host.choose("Job search computer")
    host.press(host.button("Take them in"))
    expect(host.said).to_contain_text(TICKET)
    for one in (first, second):
        # Nobody reckons in the browser: the news says how long it still takes, the same to both.
        expect(one.page.locator("#l-desk [data-about]")).to_have_text("about 5 minutes")


class Caller:
    """Somebody's browser without a page: plain requests, each on a connection of its own."""

    def __init__(self, site: str, colleague: Actor) -> None:
        self.address = urlsplit(site).netloc
        session = browser_of(colleague).cookies[settings.SESSION_COOKIE_NAME].value
        self.token = secrets.token_hex(16)
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={self.token}"

    def ask(self, method: str, path: str, **typed: object) -> tuple[int, str, str]:
        """The status of an answer, where it leads, and what it says."""
        connection = HTTPConnection(self.address, timeout=60)
        headers = {
            "Cookie": self.cookies,
            "X-CSRFToken": self.token,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        connection.request(method, path, urlencode(typed), headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, answer.headers.get("Location", ""), body


EXPLAINED = ("First, because it is a crisis.", "Before others, because it is urgent.", "By the agreed time.")
CARD = re.compile(
    r'<li class="k-card" id="v([^"]+)".*?"k-ticket">([A-Z])(\d+)<.*?<summary>(?:Agreed|Came) ([0-9:]+)</summary>'
    r"(?:Came [0-9:]+\. )?([^<]+)</details>",
    re.S,
)


def test_forty_people_at_once_through_several_counters_stand_in_the_order_that_is_explained(
    here: Place, site: str
) -> None:
    counters = [Caller(site, colleague(here, "host", f"Host {n}")) for n in range(4)]
    booked = [here.booking(MORNING + timedelta(minutes=n)) for n in range(10)]
    reasons = [here.reasons[code].id for code in ("evidence", "food-or-money", "computer", "robbed")]

    def comes(n: int) -> tuple[int, str, str]:
        counter = counters[n % 4]
        if n % 4 == 0:
            return counter.ask("POST", f"/arrivals/{booked[n // 4].id}/check-in/", v=1)
        return counter.ask(
            "POST", "/arrivals/walk-in/", reason=reasons[n % 3 + (n % 10 == 1)], key=uuid.uuid4()
        )

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(comes, range(40)))
    assert {status for status, _leads, _said in answers} == {302}
    status, _leads, page = counters[0].ask("GET", "/queue/")
    assert status == 200
    cards = CARD.findall(page)
    assert len(cards) == len({visit for visit, *_rest in cards}) == 40, "nobody is lost"
    assert sorted(int(number) for _visit, _letter, number, _at, _why in cards) == list(range(1, 41))
    for letter in ("A", "D"):
        line = [
            (EXPLAINED.index(why) if why in EXPLAINED else len(EXPLAINED), at)
            for _visit, of, _number, at, why in cards
            if of == letter
        ]
        assert line == sorted(line)
        assert len(line) == {"A": 10, "D": 30}[letter]
