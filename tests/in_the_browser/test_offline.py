"""No connection: the browser shows the one page it kept, and nothing of anybody's work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import SitDown, until

pytestmark = pytest.mark.browser


def test_without_a_connection_a_page_says_since_when_and_the_way_back_opens_by_itself(
    here: Place, sit_down: SitDown
) -> None:
    here.booking(MORNING, person=here.person("Kirsi Koskinen"))
    screen = sit_down(here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none"))
    page = screen.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivals")
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    until(page, "navigator.serviceWorker.controller !== null")
    screen.go("/arrivals/?show=here")
    until(page, "caches.match('/offline/reached').then(kept => !!kept)")

    screen.context.set_offline(True)
    screen.go("/arrivals/")
    expect(page.get_by_role("heading", level=1)).to_have_text("No connection")
    expect(page.get_by_text("It was last reached on")).to_be_visible()
    assert "Priya" not in page.content()
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(async name => (await (await caches.open(name)).keys())"
        ".map(one => new URL(one.url).pathname)))).then(all => all.flat())"
    )
    assert {one for one in kept if not one.startswith("/static/design/")} == {"/offline/", "/offline/reached"}

    screen.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Arrivals")
    screen.complaints[:] = [one for one in screen.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
