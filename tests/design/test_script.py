"""What kohti.js promises, seen in a real browser: live news, the keyboard, and that nothing typed is lost."""

import re
from typing import Any

import pytest
from jinja2 import Environment
from playwright.sync_api import Browser, BrowserContext, Page, expect
from tests.design.conftest import Site
from tests.in_the_browser.screen import until

pytestmark = pytest.mark.browser

PAGE = """
{% extends "design/layout.html" %}
{% block search %}<input id="find" data-key="/" aria-label="Find">{% endblock %}
{% block main_attributes %} data-live="/stream/" data-version="{{ version }}"{% endblock %}
{% block content %}
<button id="new" type="button" data-key="n">New</button>
<div id="live">
<p id="made">{{ made }}</p>
<table class="k-table"><tbody id="rows">
<tr id="v2" data-order="0920"><td>Bea <button name="go" value="v2">Check in</button>
<tr id="v4" data-order="0940"><td>Dan <button name="go" value="v4">Check in</button>
</table>
<div id="note"><input id="typed" name="typed" aria-label="Note"></div>
</div>
<form id="walk-in" data-keep="walk-in" data-ctrl-enter method="post" action="/walk-in/"
 hx-post="/walk-in/" hx-target="#answer">
<input name="name"><textarea name="said"></textarea>
<input type="password" name="secret"><input type="checkbox" name="given" value="tea">
</form>
<div id="answer"></div>
{% endblock %}
"""


class Screen:
    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site = site
        self.context = context
        self.page = self.open()

    def open(self) -> Page:
        page = self.context.new_page()
        page.goto(f"{self.site.address}/arrivals/")
        return page

    def names(self, page: Page | None = None) -> list[str]:
        rows = (page or self.page).locator("#rows tr")
        return [text.split()[0] for text in rows.all_inner_texts()]


@pytest.fixture
def screen(templates: Environment, context: dict[str, Any], site: Site, chromium: Browser) -> Any:
    made = iter(range(1, 100))
    template = templates.from_string(PAGE)
    site.pages["/arrivals/"] = lambda: template.render(**context, made=f"made {next(made)}", version="7")
    browser_context = chromium.new_context(reduced_motion="reduce", locale="en-GB")
    screen = Screen(site, browser_context)
    wait_for_streams(screen, 1)
    yield screen
    browser_context.close()


def wait_for_streams(screen: Screen, number: int) -> None:
    for _ in range(200):
        if len(screen.site.streams) == number:
            return
        screen.page.wait_for_timeout(25)
    raise AssertionError(f"{len(screen.site.streams)} streams, not {number}")


def row(name: str, ident: str, order: str) -> str:
    return (
        f'<tr id="{ident}" data-into="rows" data-order="{order}"><td>{name} '
        f'<button name="go" value="{ident}">Undo</button>'
    )


def test_a_row_is_renewed_put_in_its_order_moved_and_taken_away(screen: Screen) -> None:
    screen.site.send(
        "parts", row("Cleo", "v3", "0930") + row("Beatrice", "v2", "0920") + row("Eve", "v5", "0950")
    )
    expect(screen.page.locator("#v5")).to_contain_text("Eve")
    assert screen.names() == ["Beatrice", "Cleo", "Dan", "Eve"]
    screen.site.send("parts", row("Beatrice", "v2", "1000"))
    expect(screen.page.locator("#rows tr").last).to_have_id("v2")
    assert screen.names() == ["Cleo", "Dan", "Eve", "Beatrice"]
    screen.site.send("parts", '<tr id="v4" data-gone>')
    expect(screen.page.locator("#v4")).to_have_count(0)
    assert screen.names() == ["Cleo", "Eve", "Beatrice"]


def test_the_focus_stays_on_the_button_of_a_renewed_row_and_moves_on_when_the_row_goes(
    screen: Screen,
) -> None:
    screen.page.focus("#v2 button")
    screen.site.send("parts", row("Beatrice", "v2", "0920"))
    expect(screen.page.locator("#v2")).to_contain_text("Beatrice")
    expect(screen.page.locator("#v2 button")).to_be_focused()
    screen.site.send("parts", '<tr id="v2" data-gone>')
    expect(screen.page.locator("#v4 button")).to_be_focused()


def test_a_part_somebody_types_in_waits_until_they_are_done(screen: Screen) -> None:
    screen.page.locator("#typed").press_sequentially("with two ch")
    mixed = (
        f'<template><div id="note">renewed</div></template><template>{row("Eve", "v5", "0950")}</template>'
    )
    screen.site.send("parts", mixed)
    expect(screen.page.locator("#v5")).to_be_visible()
    expect(screen.page.locator("#typed")).to_have_value("with two ch")
    screen.page.focus("#new")
    expect(screen.page.locator("#note")).to_have_text("renewed")


def test_fresh_fetches_the_page_again_but_not_under_a_hand_that_types(screen: Screen) -> None:
    screen.page.focus("#typed")
    screen.site.send("fresh")
    screen.site.send("parts", row("Eve", "v5", "0950"))
    expect(screen.page.locator("#v5")).to_be_visible()
    expect(screen.page.locator("#made")).to_have_text("made 1")
    screen.page.focus("#v4 button")
    expect(screen.page.locator("#made")).not_to_have_text("made 1")
    expect(screen.page.locator("#v5")).to_have_count(0)
    expect(screen.page.locator("#v4 button")).to_be_focused()


def test_a_page_that_was_made_before_the_last_news_is_fetched_again(screen: Screen) -> None:
    screen.site.send("hello", "7")
    screen.site.send("parts", row("Eve", "v5", "0950"))
    expect(screen.page.locator("#v5")).to_be_visible()
    expect(screen.page.locator("#made")).to_have_text("made 1")
    other = screen.context.browser
    assert other is not None
    late = other.new_context().new_page()
    late.goto(f"{screen.site.address}/arrivals/")
    wait_for_streams(screen, 2)
    screen.site.send("hello", "8")
    expect(late.locator("#made")).to_have_text("made 3")
    late.context.close()


def test_a_lost_connection_is_told_and_mended_by_itself(screen: Screen) -> None:
    screen.site.refusing = True
    screen.site.cut()
    banner = screen.page.locator("#connection")
    expect(banner).to_have_text(re.compile(r"Not connected since \d\d:\d\d\. What you see may be old\."))
    screen.site.refusing = False
    expect(screen.page.locator("#made")).not_to_have_text("made 1", timeout=20_000)
    expect(banner).to_be_empty()


def test_tabs_share_one_stream_and_the_next_takes_over(screen: Screen) -> None:
    second = screen.open()
    third = screen.open()
    screen.site.send("parts", row("Eve", "v5", "0950"))
    for page in (screen.page, second, third):
        expect(page.locator("#v5")).to_be_visible()
    assert len(screen.site.streams) == 1
    screen.page.close()
    screen.page = third
    # What happened between the old stream and the new one is fetched.
    expect(second.locator("#made")).not_to_have_text("made 2")
    expect(third.locator("#made")).not_to_have_text("made 3")
    screen.site.send("parts", row("Fay", "v6", "0955"))
    expect(second.locator("#v6")).to_be_visible()
    expect(third.locator("#v6")).to_be_visible()


def test_single_keys_go_where_they_say_but_not_while_typing_and_can_be_turned_off(screen: Screen) -> None:
    page = screen.page
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.type("n/")
    expect(page.locator("#find")).to_have_value("n/")
    page.focus("#v2 button")
    page.keyboard.press("n")
    expect(page.locator("#new")).to_be_focused()
    page.get_by_role("button", name="Turn them off").click()
    page.keyboard.press("/")
    expect(page.locator("#find")).not_to_be_focused()


def test_whoever_asks_sees_more_rows_at_once_and_keeps_seeing_them(screen: Screen) -> None:
    page = screen.page
    page.get_by_role("button", name="Put them closer").click()
    expect(page.get_by_role("button", name="Give them more room")).to_be_visible()
    expect(page.locator("#v2")).to_have_css("height", "36px")
    page.reload()
    expect(page.locator("#v2")).to_have_css("height", "36px")
    page.get_by_role("button", name="Give them more room").click()
    expect(page.locator("#v2")).to_have_css("height", "44px")


def fill(page: Page) -> None:
    page.locator("[name=name]").fill("Eleanor")
    page.locator("[name=said]").fill("housing")
    page.locator("[name=secret]").fill("hush")
    page.locator("[name=given]").check()


def test_what_was_typed_survives_a_reload_but_not_another_person_at_the_same_counter(
    screen: Screen, context: dict[str, Any]
) -> None:
    page = screen.page
    fill(page)
    assert "hush" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("Eleanor")
    expect(page.locator("[name=said]")).to_have_value("housing")
    expect(page.locator("[name=given]")).to_be_checked()
    expect(page.locator("[name=secret]")).to_have_value("")
    context["actor"].key = "a2"
    page.reload()
    expect(page.locator("[name=name]")).to_have_value("")
    assert "Eleanor" not in page.evaluate("JSON.stringify(sessionStorage)")


def test_signing_out_forgets_what_was_typed(screen: Screen) -> None:
    page = screen.page
    fill(page)
    screen.site.answers["/account_logout/"] = (200, "<!doctype html><title>Out</title>Signed out")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account_logout/")
    assert "Eleanor" not in page.evaluate("JSON.stringify(sessionStorage)")


@pytest.mark.parametrize(
    ("status", "text"), [(200, '<p data-clear-kept="walk-in">Taken in</p>'), (422, "<p>Name them first</p>")]
)
def test_the_answer_to_a_form_is_shown_also_when_it_is_no(screen: Screen, status: int, text: str) -> None:
    page = screen.page
    fill(page)
    screen.site.answers["/walk-in/"] = (status, text)
    page.locator("[name=said]").press("Control+Enter")
    expect(page.locator("#answer p")).to_be_visible()
    until(page, f"('kohti:kept:a1:walk-in' in sessionStorage) === {str(status == 422).lower()}")
    expect(page.locator("[name=name]")).to_have_value("Eleanor")


def test_an_answer_may_renew_parts_elsewhere_and_empty_the_form_for_the_next_person(screen: Screen) -> None:
    page = screen.page
    fill(page)
    renewed = f"<template data-part>{row('Eve', 'v5', '0950')}</template>"
    parts = renewed + '<template data-part data-reset="walk-in"></template>'
    screen.site.answers["/walk-in/"] = (200, f"<p>Taken in</p>{parts}")
    page.locator("[name=said]").press("Control+Enter")
    expect(page.locator("#v5")).to_contain_text("Eve")
    assert screen.names() == ["Bea", "Dan", "Eve"]
    expect(page.locator("[name=name]")).to_have_value("")
    expect(page.locator("[name=name]")).to_be_focused()
    assert "Eleanor" not in page.evaluate("JSON.stringify(sessionStorage)")


@pytest.mark.parametrize(
    ("status", "text", "said"),
    [
        (500, "broken", "That did not work."),
        (401, "", "You have been signed out."),
        (200, "<!doctype html><body><div data-sign-in><h1>Sign in</h1></div>", "You have been signed out."),
        (404, "<!doctype html><body><h1>There is no such page for you</h1>", "There is no such page"),
    ],
)
def test_what_went_wrong_is_said_and_never_lands_inside_the_page(
    screen: Screen, status: int, text: str, said: str
) -> None:
    page = screen.page
    fill(page)
    screen.site.answers["/walk-in/"] = (status, text)
    page.locator("[name=said]").press("Control+Enter")
    expect(page.locator("#connection")).to_contain_text(said)
    expect(page.locator("#answer")).to_be_empty()
    expect(page.locator("[name=name]")).to_have_value("Eleanor")


def test_without_a_network_the_form_says_so_and_keeps_its_text(screen: Screen) -> None:
    page = screen.page
    fill(page)
    page.route("**/walk-in/", lambda route: route.abort())
    page.locator("[name=said]").press("Control+Enter")
    expect(page.locator("#connection")).to_contain_text("That was not sent")
    expect(page.locator("[name=said]")).to_have_value("housing")


def test_what_is_said_for_a_moment_goes_unless_a_hand_is_on_its_undo(screen: Screen) -> None:
    page = screen.page
    said = '<td>Eve <span id="said" data-say-for="1">Checked in <button>Undo</button></span>'
    screen.site.send("parts", f'<tr id="v5" data-into="rows" data-order="0950">{said}')
    page.focus("#said button")
    other = '<td><span id="other" data-say-for="1">x</span>'
    screen.site.send("parts", f'<tr id="v6" data-into="rows" data-order="0960">{other}')
    expect(page.locator("#other")).to_be_visible()
    expect(page.locator("#other")).to_have_count(0)
    expect(page.locator("#said")).to_be_visible()
    page.focus("#new")
    expect(page.locator("#said")).to_have_count(0)


def test_the_page_works_without_script(screen: Screen, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{screen.site.address}/arrivals/")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_text("More").click()
    expect(page.get_by_role("link", name="Set-up")).to_be_visible()
    context.close()
