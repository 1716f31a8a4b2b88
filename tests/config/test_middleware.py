"""The way of a request: what is kept of it when it fails, and who is let through."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.test import Client
from tests.factories import HIRED, Place, as_system, browser_of, place

from kohti.diary.models import Booking
from kohti.frontdesk import actions as frontdesk
from kohti.kernel.actor import DOOR, Actor, as_actor
from kohti.people.models import Person
from kohti.team import actions as team
from kohti.team.models import User


def just_signed_in(actor: Actor) -> Client:
    """A browser that has not been anywhere yet since it signed in, so that its session knows no place."""
    client = browser_of(actor)
    with session_of(client) as session:
        del session["membership"]
    return client


@contextmanager
def session_of(client: Client) -> Iterator[SessionBase]:
    """The session of a browser, kept again at the end."""
    with as_actor(DOOR):
        session = client.session
        yield session
        session.save()


def end(here: Place, actor: Actor) -> None:
    with as_system(here.system) as system:
        assert actor.member_id is not None
        team.end_membership(system, actor.member_id)


def test_the_first_page_after_signing_in_may_be_one_that_is_not_allowed() -> None:
    """What the session learned on the way is kept, though the page's own transaction is not."""
    browser = just_signed_in(place().member("administrator"))
    assert browser.get("/arrivals/").status_code == 403
    assert browser.get("/team/").status_code == 200


def test_the_first_page_after_signing_in_may_be_one_that_is_not_there() -> None:
    here = place()
    browser = just_signed_in(here.member("coach"))
    assert browser.get(f"/people/{uuid.uuid4()}/").status_code == 404
    assert (
        just_signed_in(here.member("coach")).post(f"/visits/{uuid.uuid4()}/no-such-verb/").status_code == 404
    )


def test_what_was_refused_leaves_nothing_behind() -> None:
    here = place()
    booking = here.booking()
    host = here.member("host")
    with as_actor(host):
        frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="walk")
    leader = here.member("leader")
    browser_of(leader).post("/queue/close/", {"sure": "yes"})
    answer = browser_of(host).post(f"/arrivals/{booking.id}/check-in/")
    assert answer.status_code == 409
    with as_actor(host):
        assert Booking.objects.get(id=booking.id).state == "missed"


def test_somebody_whose_membership_has_ended_is_told_and_goes_nowhere() -> None:
    here = place()
    host = here.member("host")
    browser = browser_of(host)
    assert browser.get("/arrivals/").status_code == 200
    end(here, host)
    for path in ("/", "/today/", "/arrivals/", "/queue/news/", "/places/", f"/people/{uuid.uuid4()}/"):
        signed_in = browser_of(host)
        answer = signed_in.get(path)
        assert answer.status_code == 403, path
        assert "ended on 11 March 2026" in answer.content.decode(), path
        # That was the end of the session.
        assert signed_in.get("/arrivals/").headers["Location"].startswith("/account/sign-in/")
    answer = browser.post("/arrivals/walk-in/", {"door_note": "In a green coat"})
    assert answer.status_code == 401
    assert "In a green coat" in answer.content.decode(), "what was typed comes back"


def test_somebody_with_another_place_goes_on_there() -> None:
    here = place()
    host = here.member("host")
    with as_actor(DOOR):
        username = User.objects.get(id=host.facts["user_id"]).username
    with as_system(here.system) as system:
        again = team.add_member(
            system,
            username=username,
            password_hash="!",
            full_name="Second Place",
            role="leader",
            centre="gloucester",
            organisation="jobcentre",
            starts=HIRED,
        )
    browser = browser_of(host)
    end(here, host)
    assert "Gloucester" in browser.get("/arrivals/").content.decode()
    with session_of(browser) as session:
        assert session["membership"] == str(again.id)


def test_a_session_cannot_work_under_somebody_elses_membership() -> None:
    here = place()
    host, leader = here.member("host"), here.member("leader")
    browser = browser_of(host)
    with session_of(browser) as session:
        session["membership"] = str(leader.member_id)
    assert browser.get("/team/").status_code == 403
    answer = browser.post("/places/", {"place": str(leader.member_id)})
    assert answer.status_code == 404
    assert browser.get("/arrivals/").status_code == 200
    with session_of(browser) as session:
        assert session["membership"] == str(host.member_id)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_fault_of_ours_keeps_nothing_of_the_request(htmx: bool) -> None:
    here = place()
    host = here.member("host")
    with as_actor(host):
        before = Person.objects.count()
    answer = browser_of(host, htmx=htmx).post("/arrivals/walk-in/", {"reason": "not a reason", "key": "k"})
    assert answer.status_code == 422
    with as_actor(host):
        assert Person.objects.count() == before
