"""The team leader imports a diary and confirms names; everybody reads the pages in their own language."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, expect
from tests.factories import HIRED, MORNING, Place, as_worker
from tests.in_the_browser.screen import SitDown, Way, user_name

from kohti.kernel.actor import Actor, as_actor
from kohti.team import actions as team

pytestmark = pytest.mark.browser

HEADINGS = "Ref,Date,Start,Minutes,Customer,DOB,Phone,Email,With,Type,Notes"
ROWS = (
    "T1,2026-03-11,14:00,10,Zoltan Kiss,1986-05-15,,,Newcomer Nielsen,Work search review,",
    "T2,2026-03-11,25:10,10,Ilse Maes,1990-01-02,,,Newcomer Nielsen,Work search review,",
    "T3,2026-03-11,15:30,10,Kirsi Koskinen,,,,,Work search review,",
)


def diary(*rows: str) -> FilePayload:
    return {
        "name": "diary.csv",
        "mimeType": "text/csv",
        "buffer": "\n".join((HEADINGS, *rows)).encode(),
    }


@pytest.fixture
def leader(here: Place) -> Actor:
    return here.hire("leader", centre="cheltenham", name="Margaret Whitlock", password_hash="none")


def also_at(here: Place, member: Actor, centre: str) -> None:
    """A second place to work for somebody, as a host."""
    username = user_name(member)
    with as_worker(), as_actor(here.system) as system:
        team.add_member(
            system,
            username=username,
            password_hash="none",
            full_name=member.facts["name"],
            role="host",
            centre=centre,
            organisation="jobcentre",
            starts=HIRED,
        )


@pytest.mark.usefixtures("worker")
def test_a_diary_is_checked_seen_and_imported_and_new_names_confirmed(
    here: Place, leader: Actor, sit_down: SitDown, way: Way
) -> None:
    here.booking(MORNING + timedelta(hours=5), person=here.person("Kirsi Koskinen"), reference="T3")
    names = ("Zoltan", "Ilse", "Kirsi", "Newcomer")
    screen = sit_down(leader, way)
    page = screen.page
    screen.press(screen.page.locator("summary", has_text="More"))
    screen.press(screen.link("Import diary"))
    expect(page.get_by_label("Diary file")).to_be_visible()
    screen.check(*names)

    page.get_by_label("Diary file").set_input_files(diary(*ROWS))
    screen.press(screen.button("Check the file"))
    expect(page.get_by_text("Nothing has been changed yet.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="25:10")).to_contain_text("Not taken")
    changed = page.get_by_role("row").filter(has_text="T3")
    expect(changed).to_contain_text("11 March 2026, 15:00")
    expect(changed).to_contain_text("11 March 2026, 15:30")
    screen.check(*names)

    screen.press(screen.button("Import 2 rows"))
    expect(page.get_by_text("The diary has been imported.")).to_be_visible(timeout=30_000)
    screen.check(*names)
    screen.press(screen.link("See the arrivals"))
    expect(screen.row("Zoltan Kiss")).to_contain_text("14:00")
    expect(screen.row("Kirsi Koskinen")).to_contain_text("15:30")

    screen.press(screen.page.locator("summary", has_text="More"))
    screen.press(screen.link("Team"))
    expect(page.get_by_role("heading", name="Names to confirm")).to_be_visible()
    waiting = page.get_by_role("listitem").filter(has_text="Newcomer Nielsen")
    screen.check(*names)
    screen.press(waiting.get_by_role("button", name="Confirm"))
    expect(screen.said).to_contain_text("Confirmed.")
    expect(page.get_by_role("heading", name="Names to confirm")).to_have_count(0)
    expect(waiting).to_be_visible()
    screen.check(*names)


def test_a_file_that_is_no_diary_is_refused_in_words(leader: Actor, sit_down: SitDown) -> None:
    screen = sit_down(leader)
    screen.press(screen.page.locator("summary", has_text="More"))
    screen.press(screen.link("Import diary"))
    screen.page.get_by_label("Diary file").set_input_files(
        {"name": "picture.csv", "mimeType": "text/csv", "buffer": b"\x89PNG\r\n\x1a\n\x00\x00"}
    )
    screen.expected_status = "422"
    screen.press(screen.button("Check the file"))
    alert = screen.page.get_by_role("alert")
    expect(alert).to_be_focused()
    expect(alert.get_by_role("link")).to_have_attribute("href", "#id_file")
    screen.check()


def test_the_day_is_closed_after_saying_what_that_does(
    here: Place, leader: Actor, sit_down: SitDown, way: Way
) -> None:
    here.booking(person=here.person("Kirsi Koskinen"))
    screen = sit_down(leader, way)
    screen.press(screen.link("Queue"))
    screen.press(screen.button("Close the day"))
    expect(screen.page.get_by_text("1 person is still expected")).to_be_visible()
    screen.check("Kirsi")
    screen.press(screen.button("Close the day"))
    expect(screen.said).to_contain_text("The day is closed.")
    screen.press(screen.link("Arrivals"))
    expect(screen.row("Kirsi")).to_contain_text("Did not come")
    screen.check("Kirsi")


def test_who_works_at_two_places_changes_between_them(here: Place, sit_down: SitDown, way: Way) -> None:
    host = here.hire("host", centre="cheltenham", name="Priya Nair", password_hash="none")
    also_at(here, host, "gloucester")
    screen = sit_down(host, way)
    banner = screen.page.get_by_role("banner")
    expect(banner).to_contain_text("Cheltenham")
    screen.press(banner.get_by_role("link", name=re.compile("Cheltenham.*Change place")))
    expect(screen.page.get_by_role("heading", name="Where I work")).to_be_visible()
    screen.check()
    screen.press(screen.page.get_by_role("main").get_by_role("button", name=re.compile("Gloucester")))
    expect(banner).to_contain_text("Gloucester")
    expect(screen.page.get_by_text("Nobody is expected today")).to_be_visible()
    screen.check()


def test_pages_speak_finnish_when_asked_and_stay_where_they_were(
    leader: Actor, sit_down: SitDown, way: Way
) -> None:
    screen = sit_down(leader, way)
    screen.press(screen.link("Queue"))
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Queue")
    expect(screen.page.locator("html")).to_have_attribute("lang", "en")
    screen.press(screen.button("Suomi"))
    expect(screen.page.locator("html")).to_have_attribute("lang", "fi")
    assert screen.page.url.endswith("/queue/")
    expect(screen.page.get_by_role("heading", level=1)).not_to_have_text("Queue")
    screen.check()
    screen.press(screen.button("English"))
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Queue")


def test_my_own_menu_opens_by_keyboard_and_closes_with_escape(leader: Actor, sit_down: SitDown) -> None:
    screen = sit_down(leader, Way(keyboard=True))
    mine = screen.page.locator(".k-me summary")
    screen.press(mine)
    expect(screen.link("How I sign in")).to_be_visible()
    screen.page.keyboard.press("Escape")
    expect(screen.link("How I sign in")).to_be_hidden()
    expect(mine).to_be_focused()
    screen.press(mine)
    screen.press(screen.link("Where I work"))
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Where I work")
