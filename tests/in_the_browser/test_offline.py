"""No connection: the browser shows the one page it kept, and nothing of anybody's work."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.factories import MORNING, Place
from tests.in_the_browser.screen import SitDown, until

from kohti.frontdesk import actions as frontdesk
from kohti.kernel.actor import as_actor

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


NO_NETWORK = ("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED")


def test_while_the_network_is_gone_the_page_says_so_keeps_what_is_typed_and_then_catches_up(
    here: Place, sit_down: SitDown
) -> None:
    priya = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    screen = sit_down(priya)
    page = screen.page
    page.evaluate("navigator.serviceWorker.ready.then(() => null)")
    form = screen.context.new_page()
    form.goto("/arrivals/walk-in/")
    form.get_by_label("Name").fill("Zoltan")
    form.get_by_role("radio", name="Evidence to hand in").check(force=True)

    screen.context.set_offline(True)
    expect(page.locator("#connection")).to_contain_text("Not connected since")
    expect(page.locator("#connection")).to_contain_text("What you type is kept here.")
    with as_actor(priya):
        frontdesk.take_walk_in(priya, here.reasons["evidence"].id, key="meanwhile", given_name="Marcus")
    form.get_by_role("button", name="Take them in").click()
    expect(form.locator("#connection")).to_contain_text("That was not sent")
    # The browser does not always know: then the request fails, and the form stays all the same.
    form.evaluate("Object.defineProperty(navigator, 'onLine', {get: () => true})")
    form.evaluate("document.getElementById('connection').textContent = ''")
    form.get_by_role("button", name="Take them in").click()
    expect(form.locator("#connection")).to_contain_text("That was not sent")
    expect(form.get_by_label("Name")).to_have_value("Zoltan")

    screen.context.set_offline(False)
    expect(screen.row("Marcus")).to_be_visible()
    expect(page.locator("#connection")).to_be_empty()
    form.get_by_role("button", name="Take them in").click()
    expect(form.get_by_role("heading", level=1)).to_have_text("Arrivals")
    expect(screen.row("Zoltan")).to_have_count(1)
    screen.complaints[:] = [one for one in screen.complaints if not any(gone in one for gone in NO_NETWORK)]
