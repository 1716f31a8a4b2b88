"""Somebody in front of a screen: what they do, and what every page promises them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect

from kohti.kernel.languages import CODES

if TYPE_CHECKING:
    from kohti.kernel.actor import Actor

WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
expect.set_options(timeout=30_000)


@dataclass(frozen=True)
class Way:
    """How somebody uses the pages."""

    width: int = 1280
    keyboard: bool = False
    script: bool = True
    language: str = "en-GB"
    scheme: Any = "light"
    contrast: Any = "none"


def until(page: Page, so: str) -> None:
    """Wait until an expression of the page is true.

    The browser's own waiting evaluates words in the page, which our content security policy forbids it from the
    second try on: here each try is one of ours.
    """
    end = time.monotonic() + 15
    while not page.evaluate(so):
        assert time.monotonic() < end, (so, page.evaluate("document.activeElement.outerHTML"))
        page.wait_for_timeout(20)


class Screen:
    """A browser window of its own, signed in as nobody."""

    def __init__(self, chromium: Browser, site: str, way: Way) -> None:
        self.site = site
        self.way = way
        self.context = chromium.new_context(
            base_url=site,
            viewport={"width": way.width, "height": 800},
            java_script_enabled=way.script,
            locale=way.language,
            color_scheme=way.scheme,
            forced_colors=way.contrast,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.expected_status = ""
        self.addresses: list[str] = []
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("framenavigated", lambda frame: self.addresses.append(frame.url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (
            self.expected_status and f"status of {self.expected_status}" in message.text
        ):
            self.complaints.append(message.text)

    # what they do

    def go(self, path: str) -> None:
        """Open an address of ours."""
        self.page.goto(path)

    def sign_in(self, colleague: Actor) -> None:
        """Enter the sample as a colleague, by one click on their card."""
        self.go("/")
        self.press(self.page.locator(f'[action$="/{colleague.facts["user_id"]}/"] button').first)
        self.page.wait_for_url(re.compile(r"/(arrivals|queue|team|diary|day)"))

    def tab_to(self, control: Locator) -> None:
        """Press Tab until the control has the focus."""
        expect(control).to_have_count(1)
        here = "element => element === document.activeElement || (element.isConnected ? false : null)"
        element = control.element_handle()
        for _ in range(400):
            found = element.evaluate(here)
            if found:
                return
            if found is None:  # live news put another one in its place
                element = control.element_handle()
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {control}")

    def stand_in(self, field: Locator) -> None:
        """Put the cursor into a field."""
        if self.way.keyboard:
            self.tab_to(field)
        else:
            field.click()

    def press(self, control: Locator) -> None:
        """Press a button or follow a link. Not for fields: Enter in a field sends its form."""
        if self.way.keyboard:
            self.tab_to(control)
            self.page.keyboard.press("Enter")
        else:
            control.click()

    def choose(self, label: str | re.Pattern[str]) -> None:
        """Choose one of a few."""
        radio = self.page.get_by_role("radio", name=label, exact=True)
        if not self.way.keyboard:
            self.page.locator("label", has=radio).click()
            return
        name = radio.get_attribute("name")
        group = self.page.locator(f'input[name="{name}"]')
        for _ in range(200):
            if group.evaluate_all("all => all.includes(document.activeElement)"):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Space")
        for _ in range(group.count()):
            if radio.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the keyboard does not reach {label}")

    def pick(self, field: Locator, label: str) -> None:
        """Pick an entry of a list that opens; by keyboard with its first word."""
        if self.way.keyboard:
            self.tab_to(field)
            self.page.keyboard.type(label.split()[0])
        else:
            field.select_option(label=label)
        expect(field.locator("option:checked")).to_have_text(label)

    def type(self, text: str) -> None:
        """Type letter by letter into what has the focus."""
        self.page.keyboard.type(text)

    def button(self, name: str, *, exact: bool = True) -> Locator:
        """A button by its name."""
        return self.page.get_by_role("button", name=name, exact=exact)

    def link(self, name: str) -> Locator:
        """A link by its name."""
        return self.page.get_by_role("link", name=name, exact=True)

    def row(self, name: str) -> Locator:
        """A line of a table by the person it is about."""
        return self.page.get_by_role("row").filter(
            has=self.page.get_by_role("rowheader", name=re.compile(re.escape(name)))
        )

    @property
    def said(self) -> Locator:
        """What the page says has just happened."""
        return self.page.locator("#notices")

    @property
    def search(self) -> Locator:
        """The field of the arrivals."""
        return self.page.get_by_role("searchbox", name="Who is here?")

    def dismiss_script(self) -> None:
        """Let the server check a form, as a browser does that knows no validation."""
        self.page.evaluate("for (const form of document.forms) form.noValidate = true")

    # what every page promises

    def check(self, *names: str) -> None:
        """WCAG 2.2 A and AA by axe; no sideways scroll; a language; no `names` in title or addresses."""
        page = self.page
        if self.way.script and not self.way.keyboard:
            found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_2_2_AA}})
            assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} scrolls sideways by {wide} px"
        assert page.locator("html").get_attribute("lang") in CODES
        for name in names:
            for where in (page.title(), *self.addresses):
                assert name.split()[0].casefold() not in where.casefold(), f"{name} stands in {where}"

    def close(self) -> None:
        """Leave; nothing may have been complained about in the browser's console."""
        self.context.close()
        assert self.complaints == [], self.complaints


SitDown = Callable[..., Screen]
"""Opens a screen: `sit_down(colleague, way)`."""


def user_name(colleague: Actor) -> str:
    """What a colleague signs in with."""
    from kohti.kernel.actor import DOOR, as_actor
    from kohti.team.models import User

    with as_actor(DOOR):
        return User.objects.get(id=colleague.facts["user_id"]).username
