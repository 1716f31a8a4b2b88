"""The page behind an invitation's link: for who is new, who has an account, and who has the wrong link."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.team import actions, queries
from kohti.team.models import Invitation, User

PASSWORD = "seven green bicycles"


@pytest.fixture
def here() -> Place:
    return place()


def link_of(administrator: Actor, **given: Any) -> str:
    """A link to the desk at Cheltenham."""
    made = acting(
        administrator,
        actions.invite,
        **{
            "full_name": "Newcomer Nielsen",
            "role": "host",
            "centre": "cheltenham",
            "organisation": "jobcentre",
            "starts": MORNING,
        }
        | given,
    )
    return f"/account/join/{made.token}/"


def taken(browser: Client, **given: str) -> Any:
    """The form sent in by somebody new."""
    username = f"new.{uuid.uuid4().hex[:8]}"
    return browser.post(
        "/account/join/", {"username": username, "password": PASSWORD, "again": PASSWORD} | given
    )


def test_the_secret_of_a_link_goes_from_the_address_into_the_session(here: Place) -> None:
    browser = Client()
    answer = browser.get(link_of(here.member("administrator")))
    assert answer.headers["Location"] == "/account/join/"
    page = browser.get("/account/join/").content.decode()
    assert "Newcomer Nielsen" in page
    assert "Front-of-house host" in page
    assert "Newcomer" not in page.split("</title>")[0]


def test_the_page_of_an_invitation_wears_the_service_that_invites_also_for_who_works_in_another(
    here: Place,
) -> None:
    code = here.system.facts.get("service_code") or here.member("host").facts["service_code"]
    for browser in (Client(), browser_of(place().member("coach"))):
        browser.get(link_of(here.member("administrator"), full_name=f"Newcomer {uuid.uuid4().hex[:6]}"))
        page = browser.get("/account/join/").content.decode()
        assert f'data-theme="{code}"' in page
        assert f'href="/look/{code}/' in page


def test_who_is_new_chooses_a_name_and_password_and_is_at_work(here: Place) -> None:
    browser = Client()
    browser.get(link_of(here.member("administrator"), email="new@example.org"))
    username = f"new.{uuid.uuid4().hex[:8]}"
    answer = taken(browser, username=username)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/today/")
    with as_actor(DOOR):
        user = User.objects.get(username=username)
        assert user.email == "new@example.org"
        assert [one.centre for one in queries.memberships_of(user.id)] == ["Cheltenham"]
    assert browser.get("/account/join/").status_code == 404
    assert Client().post("/account/sign-in/", {"login": username, "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "short", "again": "short"}, "12 characters"),
        ({"password": "passwordpassword", "again": "other password here"}, "differ"),
        ({"username": "a b"}, "At least 3 letters"),
        ({"username": "‮evil"}, "At least 3 letters"),
        ({"username": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(here: Place, given: dict[str, str], said: str) -> None:
    browser = Client()
    browser.get(link_of(here.member("administrator")))
    answer = taken(browser, **given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert taken(browser).status_code == 302


def test_a_user_name_is_nobody_else_s_whatever_its_case(here: Place) -> None:
    host = here.member("host")
    with as_actor(DOOR):
        username = User.objects.get(id=host.facts["user_id"]).username
    browser = Client()
    browser.get(link_of(here.member("administrator")))
    answer = taken(browser, username=username.upper())
    assert answer.status_code == 422
    assert "Somebody has this user name" in answer.content.decode()


def test_who_has_an_account_takes_the_place_with_it_and_keeps_their_own(here: Place) -> None:
    coach = place().member("coach")
    browser = browser_of(coach)
    browser.get(link_of(here.member("administrator")))
    page = browser.get("/account/join/").content.decode()
    assert "You are signed in as" in page
    assert 'name="password"' not in page
    assert browser.post("/account/join/").headers["Location"] == "/today/"
    with as_actor(DOOR):
        assert len(queries.memberships_of(uuid.UUID(coach.facts["user_id"]))) == 2
    assert browser.get("/queue/").status_code == 200
    assert b"Change place" in browser.get("/queue/").content


def test_who_lost_their_last_place_takes_a_new_one_elsewhere(here: Place) -> None:
    before = place()
    host = before.member("host")
    assert host.member_id is not None
    browser = browser_of(host)
    browser.get(link_of(here.member("administrator")))
    acting(before.member("administrator"), actions.end_membership, host.member_id, because="left")
    again = browser_of(host)
    again.get(link_of(here.member("administrator"), full_name="Second Chance"))
    assert again.post("/account/join/").status_code == 302


@pytest.mark.parametrize(
    ("spoil", "status", "said"),
    [
        ("wrong", 404, "not a link of an invitation"),
        ("used", 410, "has been used"),
        ("ended", 410, "taken back"),
    ],
)
def test_a_link_that_is_no_good_says_why(here: Place, spoil: str, status: int, said: str) -> None:
    administrator = here.member("administrator")
    link = link_of(administrator)
    if spoil == "wrong":
        link = "/account/join/nothing-of-the-kind/"
    elif spoil == "used":
        first = Client()
        first.get(link)
        assert taken(first).status_code == 302
    else:
        with as_actor(administrator):
            invitation = Invitation.objects.get(service_id=administrator.service)
            actions.take_back(administrator, invitation.id)
    for method in ("get", "post"):
        browser = Client()
        browser.get(link)
        answer = getattr(browser, method)("/account/join/")
        assert answer.status_code == status
        assert said in answer.content.decode()


def test_links_are_not_tried_without_end(here: Place) -> None:
    browser = Client(REMOTE_ADDR=f"2001:db8:{uuid.uuid4().hex[:4]}::1")
    answers = [browser.get(f"/account/join/guess{n}/").status_code for n in range(62)]
    assert answers == [302] * 60 + [429] * 2
