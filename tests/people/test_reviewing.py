"""What a leader goes through again, and what becomes of a mark whose day has come."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed, Refused
from kohti.people import actions, queries
from kohti.people.models import Person


@pytest.fixture
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


def key() -> str:
    return str(uuid.uuid4())


def page(who: Actor) -> str:
    return str(browser_of(who).get(reverse("people_alerts")).content.decode())


def mark(leader: Actor, someone: Person, words: str, review_on: date) -> uuid.UUID:
    return acting(
        leader, actions.add_mark, someone.id, kind="helps", words=words, review_on=review_on, key=key()
    )


def danger(leader: Actor, someone: Person, words: str, ends_on: date) -> uuid.UUID:
    return acting(
        leader, actions.add_danger, someone.id, words=words, reason="so", ends_on=ends_on, key=key()
    )


def test_there_is_nothing_to_look_at_and_the_page_says_so(here: Place) -> None:
    empty = page(here.member("leader"))
    assert empty.count("Nothing to look at") == 2
    assert "No record is restricted" in empty


def test_the_page_is_reached_from_the_list_of_people_by_who_leads(here: Place) -> None:
    address = reverse("people_alerts")
    assert address in browser_of(here.member("leader")).get(reverse("people")).content.decode()
    assert address not in browser_of(here.member("coach")).get(reverse("people")).content.decode()
    assert browser_of(here.member("coach")).get(address).status_code == 403


def test_a_danger_note_is_to_be_looked_at_two_weeks_before_its_end_and_until_somebody_ends_it(
    here: Place,
) -> None:
    leader, someone = here.member("leader"), here.person("Dan Ger")
    made = danger(leader, someone, "two of you", TODAY + timedelta(days=20))
    for days, told in ((5, None), (6, "until 31 March 2026"), (20, "until 31 March 2026"), (21, "ended on")):
        with clock.held_at(MORNING + timedelta(days=days)):
            seen = page(leader)
        assert ("two of you" in seen) == (told is not None), days
        assert told is None or told in seen, days
    with clock.held_at(MORNING + timedelta(days=21)):
        browser, address = browser_of(leader), reverse("person_review", args=[someone.id, made])
        assert "not prolonged" in browser.get(address).content.decode()
        assert browser.post(address, {"end": "yes"}).status_code == 302
        assert "two of you" not in page(leader)


def test_a_mark_whose_day_has_come_holds_until_another_or_ends(here: Place) -> None:
    leader, someone = here.member("leader"), here.person("Mar Ked")
    made = mark(leader, someone, "a ramp", TODAY + timedelta(days=3))
    with clock.held_at(MORNING + timedelta(days=3)):
        assert "a ramp" in page(leader)
        browser, address = browser_of(leader), reverse("person_review", args=[someone.id, made])
        assert address in browser.get(reverse("person", args=[someone.id])).content.decode()
        too_far = {"review_on_0": "1", "review_on_1": "4", "review_on_2": "2028", "key": key()}
        refused = browser.post(address, too_far)
        assert refused.status_code == 422
        assert "within a year" in refused.content.decode()
        kept = browser.post(address, too_far | {"review_on_2": "2026"})
        assert kept.status_code == 302
        assert "a ramp" not in page(leader)
        with as_actor(leader):
            (line,) = queries.open_person(leader, someone.id).marks
        assert line.review_on == date(2026, 4, 1)


def test_a_review_is_within_a_year_and_a_danger_note_is_not_prolonged(here: Place) -> None:
    leader, someone = here.member("leader"), here.person()
    made = mark(leader, someone, "a ramp", TODAY + timedelta(days=3))
    for day in (TODAY, TODAY + timedelta(days=367)):
        with pytest.raises(Refused):
            acting(leader, actions.review_mark, someone.id, made, day)


def test_restricted_records_say_whom_to_ask_and_no_name_to_who_may_not_open_them(here: Place) -> None:
    leader, named = here.member("leader"), here.member("coach", name="Nan Named")
    shut, both = here.person("Shut Sam"), here.person("Both Bo")
    acting(leader, actions.restrict, shut.id, [named.member_id], "his sister works here", key=key())
    acting(leader, actions.restrict, both.id, [named.member_id, leader.member_id], "a relative", key=key())
    seen = page(leader)
    assert "A record you may not open · Ask Nan Named" in seen
    assert "Both Bo" in seen
    for words in ("Shut Sam", "sister"):
        assert words not in seen
    assert "Nan Named" not in page(here.member("leader", centre="gloucester"))


def test_only_who_leads_goes_through_them_and_of_their_own_centre(here: Place) -> None:
    leader, there = here.member("leader"), here.member("leader", centre="gloucester")
    danger(leader, here.person("Dan Ger"), "two of you", TODAY)
    assert "two of you" in page(leader)
    assert "two of you" not in page(there)
    coach = here.member("coach")
    with as_actor(coach), pytest.raises(NotAllowed):
        queries.to_review(coach)
