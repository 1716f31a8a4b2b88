"""The page on which a centre's kiosks and boards are kept: added, seen, given a new code, ended."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from tests.factories import MORNING, Place, browser_of, place

from kohti.kernel import clock
from kohti.kernel.ids import new_id


@pytest.fixture
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


def added(browser: Client, *, key: uuid.UUID | None = None, **more: str) -> str:
    """Add a board; the code to type."""
    form = {
        "kind": "board",
        "name": "Waiting area",
        "languages": ["en", "pl"],
        "key": str(key or new_id()),
        **more,
    }
    page = browser.post("/devices/", form).content.decode()
    found = re.search(r'k-give" dir="ltr">(\w{4}) (\w{4})<', page)
    assert found, page
    assert "http://testserver/device/" in page
    return "".join(found.groups())


def test_a_board_is_added_set_up_seen_and_ended(here: Place) -> None:
    leader, screen = browser_of(here.member("leader")), Client()
    code = added(leader, sound="on")
    page = leader.get("/devices/").content.decode()
    assert "Not set up yet" in page
    assert "English, Polski" in page
    assert code not in page
    assert screen.post("/device/", {"code": code})["Location"] == "/board/"
    shown = screen.get("/board/").content.decode()
    assert re.findall(r'id="face-(\w+)"', shown) == ["en", "pl"]
    assert "data-sound" in shown
    answer = leader.get("/devices/")
    assert "10:00" in answer.content.decode()
    assert int(answer["X-Kohti-Statements"]) <= 12
    (device_id,) = set(re.findall(r"/devices/([^/]+)/end/", answer.content.decode()))
    assert "End Waiting area?" in leader.post(f"/devices/{device_id}/end/").content.decode()
    assert screen.get("/board/").status_code == 200
    leader.post(f"/devices/{device_id}/end/", {"sure": "yes"})
    assert screen.get("/board/")["Location"] == "/device/"
    assert "There is no kiosk or board here yet." in leader.get("/devices/?done=ended").content.decode()


def test_one_form_sent_twice_adds_one_device_whose_last_code_holds(here: Place) -> None:
    leader, key = browser_of(here.member("leader")), new_id()
    first, second = added(leader, key=key), added(leader, key=key)
    assert leader.get("/devices/").content.decode().count("/code/") == 1
    assert Client().post("/device/", {"code": first}).status_code == 422
    assert Client().post("/device/", {"code": second}).status_code == 302


def test_without_sound_a_board_is_silent(here: Place) -> None:
    screen = Client()
    screen.post("/device/", {"code": added(browser_of(here.member("leader")))})
    assert "data-sound" not in screen.get("/board/").content.decode()


def test_what_is_missing_is_said_at_its_field_and_another_centre_s_is_not_there(here: Place) -> None:
    leader = browser_of(here.member("leader"))
    answer = leader.post("/devices/", {"kind": "board", "name": " ", "key": str(new_id())})
    assert answer.status_code == 422
    assert 'href="#id_name"' in answer.content.decode()
    added(leader)
    (device_id,) = set(re.findall(r"/devices/([^/]+)/end/", leader.get("/devices/").content.decode()))
    elsewhere = browser_of(here.member("leader", centre="gloucester"))
    assert elsewhere.post(f"/devices/{device_id}/code/").status_code == 404
    assert elsewhere.post(f"/devices/{device_id}/end/", {"sure": "yes"}).status_code == 404
