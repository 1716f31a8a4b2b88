"""The board: tickets and desks, who is next, how many wait; in its languages; never a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time, timedelta

import pytest
from tests.factories import MORNING, TODAY, Place, acting, place
from tests.frontdesk.test_kiosk import screen

from kohti.diary import actions as diary
from kohti.frontdesk import actions, board
from kohti.frontdesk.board import on_the_board
from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.kernel.doors import DEVICE_COOKIE


@pytest.fixture
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held_at(MORNING):
        yield


def asked(here: Place, kind: str = "board") -> Actor:
    with as_actor(DOOR):
        found = actors.device(screen(here, kind).cookies[DEVICE_COOKIE].value)
    assert found is not None
    return found


def walk_ins(here: Place, number: int) -> list[actions.Moved]:
    host, reason = here.member("host"), here.reasons["evidence"].id
    return [
        acting(host, actions.take_walk_in, reason, key=f"w{n}", given_name="Zebedee", door_note="a note")
        for n in range(number)
    ]


def test_the_last_one_called_stands_first_then_those_before_then_the_next_three(here: Place) -> None:
    device, host, moved = asked(here), here.member("host"), walk_ins(here, 7)
    for n in range(3):
        with clock.held_at(MORNING + timedelta(seconds=n)):
            acting(host, actions.call, moved[n].visit_id, key=f"c{n}", desk=f"Desk {n}")
    with clock.held_at(MORNING + timedelta(minutes=9)), as_actor(device):
        shown = on_the_board(device)
    assert [(one.ticket, one.desk) for one in shown.called] == [
        ("D003", "Desk 2"),
        ("D002", "Desk 1"),
        ("D001", "Desk 0"),
    ]
    assert shown.following == ["D004", "D005", "D006"]
    assert [(line.code, wait.ahead) for line, wait in shown.lines] == [("desk", 4)]


def test_a_board_and_a_kiosk_say_when_drop_ins_are_held_now_and_next(here: Place) -> None:
    leader = here.member("leader")
    for title, opens, closes in (("Over", time(9), time(9, 50)), ("Elsewhere", time(9), time(16))):
        centre = here.centre if title == "Over" else here.other
        by = leader if title == "Over" else here.member("leader", centre="gloucester")
        wanted = diary.NewDropIn(title=title, weekday=2, opens=opens, closes=closes, first=TODAY)
        acting(by, diary.add_drop_in, centre.id, wanted, key=title)
    held = [
        ("Housing drop-in", "held until 12:00"),
        ("Citizens advice drop-in", "next held Thursday 12 March 2026, 13:00–15:30"),
        ("Computers to use", "next held Friday 13 March 2026, 14:00–16:00"),
        ("Over", "next held Wednesday 18 March 2026, 09:00–09:50"),
    ]
    for kind, address in (("board", "/board/"), ("kiosk", "/kiosk/en/")):
        page = screen(here, kind).get(address).content.decode()
        found = re.findall(r'<dt dir="auto">([^<]*)</dt><dd>([^<]*)</dd>', page.split('lang="fi"')[0])
        assert found == held


def test_everybody_who_is_called_stays_on_the_board_however_many(here: Place) -> None:
    device, host, moved = asked(here), here.member("host"), walk_ins(here, 6)
    for n, one in enumerate(moved):
        acting(host, actions.call, one.visit_id, key=f"c{n}", desk=f"{n}")
    with as_actor(device):
        assert sorted(one.ticket for one in on_the_board(device).called) == [one.ticket for one in moved]


def test_who_was_called_stays_for_a_minute_after_the_call(here: Place) -> None:
    device, host, (moved, *_others) = asked(here), here.member("host"), walk_ins(here, 1)
    acting(host, actions.call, moved.visit_id, key="call", desk="4")
    with clock.held_at(MORNING + timedelta(seconds=20)):
        acting(host, actions.begin, moved.visit_id, key="begin")
    for seconds, shown in ((30, ["D001"]), (61, [])):
        with clock.held_at(MORNING + timedelta(seconds=seconds)), as_actor(device):
            assert [one.ticket for one in on_the_board(device).called] == shown


def test_yesterday_and_another_centre_stand_on_no_board_and_a_kiosk_is_told_nothing(here: Place) -> None:
    walk_ins(here, 2)
    with clock.held_at(MORNING + timedelta(days=1)):
        device = asked(here)
        with as_actor(device):
            assert on_the_board(device)[:3] == ([], [], [])
    for other in (asked(here, "kiosk"), here.member("leader")):
        with as_actor(other):
            assert on_the_board(other)[:2] == ([], [])


def test_the_page_says_tickets_in_each_language_and_nobody_s_name(here: Place) -> None:
    client = screen(here, "board")
    host, (moved, *_others) = here.member("host"), walk_ins(here, 3)
    acting(host, actions.call, moved.visit_id, key="call", desk="Desk 4")
    answer = client.get("/board/")
    page = answer.content.decode()
    assert page.count("<b>D001</b>") == 5
    for language in ("en", "fi", "da", "nl", "pl"):
        assert f'lang="{language}"' in page
    assert "Zebedee" not in page
    assert "a note" not in page
    assert "Desk 4" in page
    assert board.desk_words("4") == "desk 4"
    # What the service says in words of its own is asked once.
    assert int(client.get("/board/")["X-Kohti-Statements"]) <= 4


def test_a_morning_without_anybody_says_so(here: Place) -> None:
    page = screen(here, "board").get("/board/").content.decode()
    assert "Nobody is called at this moment." in page
    assert "Nobody waits." in page


def test_news_is_made_once_for_all_boards_of_a_centre(here: Place) -> None:
    device = asked(here)
    walk_ins(here, 1)
    html = board._part(device, ["en", "fi"])([])
    assert html is not None
    assert html.count("D001") == 2
