"""The pages of the line: what stands out before it happens, and every press that is not in the queue itself."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from tests.factories import MORNING, TODAY, browser_of
from tests.frontdesk.test_line import MINUTE, Desk, later

from kohti.diary.models import Booking
from kohti.frontdesk import actions
from kohti.frontdesk.models import Help
from kohti.frontdesk.views_news import part_of
from kohti.kernel.actor import as_actor
from kohti.kernel.ids import short
from kohti.kernel.live import News


@pytest.fixture
def desk() -> Desk:
    return Desk()


def text_of(page: bytes) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.decode()))


def card_of(page: bytes, visit_id: uuid.UUID) -> str:
    """The card of a visit."""
    found = re.search(rf'<li class="k-card" id="v{visit_id}".*?</li>', page.decode(), re.S)
    assert found is not None
    return found.group()


def test_who_will_wait_longer_than_promised_stands_out_before_it_happens(desk: Desk) -> None:
    desk.seen(desk.coach)
    soon, last = desk.comes(), [desk.comes() for _n in range(3)][-1]
    page = browser_of(desk.host).get("/queue/").content
    assert "data-soon" not in card_of(page, soon.visit_id)
    assert "data-soon" in card_of(page, last.visit_id)
    assert "about 40 minutes" in card_of(page, last.visit_id)
    assert "<b data-minutes>0</b>" in card_of(page, last.visit_id)
    with later(25):
        card = card_of(browser_of(desk.host).get("/queue/").content, last.visit_id)
    assert "data-late" in card
    assert "<b data-minutes>25</b>" in card


def test_how_long_each_still_waits_is_said_with_the_page_with_the_news_and_when_asked(desk: Desk) -> None:
    desk.seen(desk.coach)
    first, last = desk.comes(), desk.comes()
    told = f"{first.visit_id} 10 {last.visit_id} 20"
    browser = browser_of(desk.host)
    assert f'data-told="{told}"' in browser.get("/queue/").content.decode()
    news = part_of(desk.host, "en", "queue")([News(desk.here.centre.id, "visit", first.visit_id)]) or ""
    assert f'data-told="{told}"' in news
    assert "about 10 minutes" in card_of(news.encode(), first.visit_id)
    desk.press(actions.leave, first.visit_id)
    asked = browser.get("/queue/waits/", headers={"X-Kohti-Fresh": "1"})
    assert (asked.content.decode(), asked.headers["Content-Type"]) == (
        f"{last.visit_id} 10",
        "text/plain; charset=utf-8",
    )


def test_a_leader_alone_reads_how_many_more_would_keep_the_promise(desk: Desk) -> None:
    desk.seen(desk.coach)
    for _n in range(8):
        desk.comes()
    assert "3 more colleagues would keep the promise of 20 minutes" in text_of(
        browser_of(desk.leader).get("/queue/").content
    )
    assert "would keep the promise" not in text_of(browser_of(desk.host).get("/queue/").content)


def test_a_visit_s_page_parks_hands_over_and_notes_who_noticed_that_they_left(desk: Desk) -> None:
    browser = browser_of(desk.host)
    parked, handed, left = desk.comes(), desk.comes(), desk.comes()
    page = text_of(browser.get(f"/visits/{parked.visit_id}/").content)
    assert "By arrival." in page
    answer = browser.post(
        f"/visits/{parked.visit_id}/park/",
        {"minutes": "20", "word": "fetches a letter", "key": "1"},
        follow=True,
    )
    assert f"{parked.ticket} is parked and keeps the old place." in text_of(answer.content)
    assert "until 10:20" in card_of(answer.content, parked.visit_id)
    to = str(desk.coach.staff_id)
    answer = browser.post(
        f"/visits/{handed.visit_id}/hand-over/", {"to": to, "word": "rent", "key": "2"}, follow=True
    )
    assert f"{handed.ticket} was handed over." in text_of(answer.content)
    card = card_of(browser_of(desk.coach).get("/queue/").content, handed.visit_id)
    assert f"by {desk.host.facts['name']}" in text_of(card.encode())
    assert "rent" in card
    browser.post(f"/visits/{left.visit_id}/left/", {"noticed": to, "v": "1"})
    assert desk.visit(left).noticed_by_id == desk.coach.staff_id
    assert browser.get(f"/visits/{left.visit_id}/").status_code == 302


def test_what_cannot_be_is_said_on_the_page_and_what_was_typed_stays(desk: Desk) -> None:
    moved = desk.comes()
    answer = browser_of(desk.host).post(
        f"/visits/{moved.visit_id}/park/", {"minutes": "", "word": "fetches a letter", "key": "1"}
    )
    assert answer.status_code == 422
    assert "Choose a time later today." in text_of(answer.content)
    assert "fetches a letter" in answer.content.decode()


def test_done_asks_what_next_and_one_press_books_it(desk: Desk) -> None:
    person = desk.here.person()
    booking = desk.here.booking(MORNING, person=person, staff_id=desk.coach.staff_id)
    moved = desk.seen(desk.coach, desk.press(actions.check_in, booking.id))
    browser = browser_of(desk.coach)
    page = browser.get(f"/visits/{moved.visit_id}/").content.decode()
    assert f'href="/book/{short(booking.id)}/"' in page
    times = re.findall(r'name="starts" value="([^"]+)"', page)
    assert len(times) == 3
    # The first has been taken meanwhile: neither half of it happens, and the next press is no repetition.
    desk.here.booking(datetime.fromisoformat(times[0]), staff_id=desk.coach.staff_id)
    address = f"/visits/{moved.visit_id}/done-and/"
    assert browser.post(address, {"starts": times[0], "key": "1"}).status_code == 422
    assert desk.visit(moved).state == "serving"
    browser.post(address, {"starts": times[1], "key": "1"})
    assert desk.visit(moved).state == "done"
    with as_actor(desk.leader):
        following = Booking.objects.get(person=person, day__gt=TODAY)
    assert (following.staff_id, following.starts.isoformat()) == (booking.staff_id, times[1])


def test_somebody_without_a_name_is_done_with_nothing_to_follow(desk: Desk) -> None:
    moved = desk.seen(desk.coach)
    page = browser_of(desk.coach).get(f"/visits/{moved.visit_id}/").content.decode()
    assert 'name="starts"' not in page
    assert "Nothing: done" in page


def test_a_day_is_closed_with_a_reason_for_each_who_is_still_here(desk: Desk) -> None:
    waits, talks = desk.comes(), desk.seen(desk.coach)
    browser = browser_of(desk.leader)
    page = browser.post("/queue/close/").content.decode()
    assert page.count("<select") == 2
    browser.post("/queue/close/", {"sure": "yes", f"e-{waits.visit_id}": "again", "e-nobody": "left"})
    assert [(desk.visit(one).state, desk.visit(one).ending) for one in (waits, talks)] == [
        ("left", "again"),
        ("done", "seen"),
    ]


def test_the_list_of_who_was_in_the_building_names_whom_the_role_sees_and_is_in_the_history(
    desk: Desk,
) -> None:
    person = desk.here.person("Klara Kowalska")
    booking = desk.here.booking(MORNING, person=person, staff_id=desk.coach.staff_id)
    desk.press(actions.check_in, booking.id)
    nameless = desk.comes()
    browser = browser_of(desk.host)
    assert "Everybody out" in text_of(browser.get("/queue/alarm/").content)
    page = text_of(browser.post("/queue/alarm/", {"key": "1"}, follow=True).content)
    assert "2 visitors were in the building" in page
    assert "Klara Kowalska" in page
    assert nameless.ticket in page
    assert desk.coach.facts["name"] in page
    page = text_of(browser.post("/queue/alarm/over/", {"key": "2"}, follow=True).content)
    assert "everybody is back in their place" in page
    assert nameless.ticket in page


def pressed(desk: Desk, actor_browser: Client, address: str) -> str:
    """What a colleague's queue says of help after a press."""
    actor_browser.post(address)
    page = browser_of(desk.leader).get("/queue/").content.decode()
    strip = page[page.index('id="help-calls"') :]
    return text_of(strip[: strip.index("</section>")].encode())


def test_help_at_a_desk_is_seen_by_all_with_who_goes_and_never_a_visitor_s_name(desk: Desk) -> None:
    booking = desk.here.booking(
        MORNING, person=desk.here.person("Klara Kowalska"), staff_id=desk.coach.staff_id
    )
    desk.seen(desk.coach, desk.press(actions.check_in, booking.id))
    coach, host = browser_of(desk.coach), browser_of(desk.host)
    coach.cookies["kohti_desk"] = "4"
    said = pressed(desk, coach, "/queue/help/")
    assert f"{desk.coach.facts['name']} asks for help at desk 4." in said
    assert "Klara" not in said
    assert "I am going" in said
    assert "I am going" not in coach.get("/queue/").content.decode(), "whoever asked is not offered to go"
    with as_actor(desk.leader):
        asked = Help.objects.get()
    assert f"{desk.host.facts['name']} is on the way." in pressed(desk, host, f"/queue/help/{asked.id}/go/")
    assert "asks for help" not in pressed(desk, host, f"/queue/help/{asked.id}/over/")


def test_the_queue_costs_a_fixed_number_of_statements_however_long_it_is(desk: Desk) -> None:
    browser = browser_of(desk.host)
    browser.get("/queue/")
    counts = []
    for _n in range(2):
        for _m in range(4):
            desk.press(actions.park, desk.comes().visit_id, until=MORNING + 20 * MINUTE)
            moved = desk.comes()
        counts.append(int(browser.get("/queue/").headers["X-Kohti-Statements"]))
    assert counts[0] == counts[1] <= 8
    assert int(browser.get(f"/visits/{moved.visit_id}/").headers["X-Kohti-Statements"]) <= 9


def test_a_parked_visit_can_be_seen_to_come_back_an_hour_later(desk: Desk) -> None:
    moved = desk.comes()
    desk.press(actions.park, moved.visit_id, until=MORNING + timedelta(hours=1))
    with later(60):
        assert 'data-state="waiting"' in card_of(browser_of(desk.host).get("/queue/").content, moved.visit_id)
