"""A person's record kept through its pages: reach, representatives, household, duplicates, another centre."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.diary import letters
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions, queries
from kohti.people.actions import NewPerson
from kohti.people.models import Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def key() -> str:
    return str(uuid.uuid4())


def known(coach: Actor, name: str, **more: object) -> Person:
    new = NewPerson(full_name=name, **more)  # type: ignore[arg-type]
    return acting(coach, actions.register, coach.centre, [new], key=key())[0]


def change(browser: Client, someone: Person, part: str, **typed: str) -> str:
    """Save one group of a record; the page it leads to."""
    address = reverse("person_change", args=[someone.id, part])
    answer = browser.post(address, {"key": key()} | typed, follow=True)
    return answer.content.decode()


def day(name: str, on: date) -> dict[str, str]:
    return {f"{name}_0": str(on.day), f"{name}_1": str(on.month), f"{name}_2": str(on.year)}


def test_how_not_to_reach_somebody_stands_first_and_no_number_is_offered_to_ring(here: Place) -> None:
    coach = here.member("coach")
    someone = known(coach, "Safe Sara", phone="07700 900456", email="sara@example.org")
    browser = browser_of(coach)
    assert 'href="tel:07700900456"' in browser.get(reverse("person", args=[someone.id])).content.decode()
    page = change(
        browser, someone, "reach",
        safe_contact="text, weekdays before noon", not_by="ringing: the partner listens", no_messages="on",
    )  # fmt: skip
    for words in (
        "text, weekdays before noon",
        "Do not use: ringing: the partner listens",
        "never leave a message",
    ):
        assert words in page
    assert "07700 900456" in page
    assert "tel:" not in page
    with as_actor(coach):
        card = queries.open_person(coach, someone.id)
        assert letters.ways_to_tell(card) == []
        assert letters.ways_to_tell(replace(card, safe_contact="", not_by="", no_messages=False)) == [
            "mail",
            "sms",
        ]
        assert letters.ways_to_tell(replace(card, not_by="", no_messages=False)) == []
        theirs = tuple(way for way in card.ways if way.kind == "phone")
        theirs[0].note = "her mother's"
        safe = replace(card, safe_contact="", not_by="", no_messages=False, ways=theirs)
        assert letters.ways_to_tell(safe) == []


def test_a_way_they_prefer_takes_the_place_of_the_one_before(here: Place) -> None:
    coach = here.member("coach")
    someone = known(coach, "Prefers Pia", phone="07700 900457")
    browser = browser_of(coach)
    for value in ("pia@example.org", "pia@example.net"):
        change(browser, someone, "contacts", kind="email", value=value, preferred="on")
    with as_actor(coach):
        ways = queries.open_person(coach, someone.id).ways
    assert [(way.value, way.preferred) for way in ways][:2] == [
        ("pia@example.net", True),
        ("pia@example.org", False),
    ]


def test_what_is_about_health_or_belief_is_sealed_by_its_page_and_the_rest_is_not(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach, "Needs Nora")
    browser = browser_of(coach)
    for about, words in (
        ("childcare", "nobody to mind the children before nine"),
        ("disability", "reads large print"),
        ("transport", "the last bus leaves at four"),
        ("belief", "prays at noon"),
        ("health", "insulin at noon"),
    ):
        again = day("review_on", TODAY + timedelta(days=30))
        change(browser, someone, "marks", kind="helps", about=about, words=words, **again)
    mine = browser.get(reverse("person", args=[someone.id])).content.decode()
    theirs = browser_of(leader).get(reverse("person", args=[someone.id])).content.decode()
    for words in ("mind the children", "large print", "last bus"):
        assert words in mine
        assert words in theirs
    for words in ("prays at noon", "insulin at noon"):
        assert words in mine
        assert words not in theirs


def test_a_hidden_address_is_said_to_be_hidden_and_shown_to_nobody_else(here: Place) -> None:
    coach, leader = here.member("coach"), here.member("leader")
    someone = known(coach, "Hid Den")
    browser = browser_of(coach)
    mine = change(browser, someone, "contacts", kind="post", value="1 Refuge Lane", hidden="on")
    theirs = browser_of(leader).get(reverse("person", args=[someone.id])).content.decode()
    assert "1 Refuge Lane" in mine
    assert "1 Refuge Lane" not in theirs
    assert "Address hidden." in theirs


def test_sight_is_given_to_whom_one_chose_and_an_emergency_says_when_it_ends(here: Place) -> None:
    leader, coach = here.member("leader"), here.member("coach", name="Chosen Chad")
    someone = here.person("Shared Shea")
    browser, address = browser_of(leader), reverse("person_sharing", args=[someone.id])
    until = day("s-until", TODAY + timedelta(days=9))
    nobody = browser.post(address, {"what": "give", "s-key": key()} | until)
    assert nobody.status_code == 422
    given = browser.post(
        address, {"what": "give", "s-key": key(), "s-member": str(coach.member_id)} | until, follow=True
    ).content.decode()  # fmt: skip
    assert "works with them, until 20 March 2026" in given
    assert browser_of(coach).get(reverse("person", args=[someone.id])).status_code == 200
    acting(coach, actions.open_in_emergency, someone.id, "a fall", key=key())
    assert "opened in an emergency, until 11:00" in browser.get(address).content.decode()


def test_a_guardian_is_named_with_what_they_may_decide_and_the_paper_and_ends(here: Place) -> None:
    coach = here.member("coach")
    someone = known(coach, "Ward Wim")
    browser = browser_of(coach)
    page = change(
        browser, someone, "representatives", full_name="Gus Ardian", reach="07700 900999",
        what_for="money matters", paper="court order of 3 May", **day("starts_on", TODAY),
    )  # fmt: skip
    for words in ("Gus Ardian", "money matters", "07700 900999", "court order of 3 May"):
        assert words in page
    backwards = change(
        browser, someone, "representatives", full_name="Too Late", what_for="x",
        **day("starts_on", TODAY), **day("ends_on", TODAY - timedelta(days=1)),
    )  # fmt: skip
    assert "This is before it begins." in backwards
    with as_actor(coach):
        (held,) = queries.overview(someone.id, TODAY).representatives
    ended = browser.post(
        reverse("person_end", args=[someone.id, "representatives"]), {"row": str(held.id)}, follow=True
    )
    assert "Gus Ardian" not in ended.content.decode()


def test_a_household_is_linked_by_reference_and_leads_from_one_to_the_other(here: Place) -> None:
    coach = here.member("coach")
    mother, child = known(coach, "Mo Ther"), known(coach, "Chi Ld")
    browser = browser_of(coach)
    page = change(
        browser, mother, "household", reference=child.reference, kind="parent", **day("starts_on", TODAY)
    )
    assert re.search(rf'Child: <a href="{reverse("person", args=[child.id])}"[^>]*>Chi Ld', page)
    theirs = browser.get(reverse("person", args=[child.id])).content.decode()
    assert re.search(rf'Parent: <a href="{reverse("person", args=[mother.id])}"[^>]*>Mo Ther', theirs)
    stranger = here.person("Stran Ger", centre=here.other)
    unseen = change(
        browser, mother, "household", reference=stranger.reference, kind="partner", **day("starts_on", TODAY)
    )
    assert "Nobody you may see has this reference." in unseen
    assert "Stran Ger" not in unseen


def test_while_typing_likely_duplicates_show_and_somebody_else_s_person_does_not(here: Place) -> None:
    coach, there = here.member("coach"), here.member("coach", centre="gloucester")
    known(coach, "Zsófia Nagy-Kiss", date_of_birth=date(1991, 4, 5))
    known(there, "Elsewhere Ella", date_of_birth=date(1980, 1, 1))
    browser, address = browser_of(coach, htmx=True), reverse("people_alike")
    typing = browser.post(address, {"full_name": "zsofia nagykiss"}).content.decode()
    assert "Zsófia Nagy-Kiss" in typing
    assert "same name" in typing
    born = {"date_of_birth_0": "1", "date_of_birth_1": "1", "date_of_birth_2": "1980"}
    assert "Ella" not in browser.post(address, {"full_name": "Elsewhere Ella"} | born).content.decode()
    sent = browser_of(coach).post(
        reverse("person_new"), {"key": key(), "full_name": "Ella Elsewhere"} | born
    ).content.decode()  # fmt: skip
    assert "Ask the team leader before you go on" in sent


def test_a_full_match_with_a_restricted_record_only_says_to_ask_the_team_leader(here: Place) -> None:
    coach, leader = here.member("coach", name="Curious Cora"), here.member("leader")
    named = here.member("coach", name="Nan Named")
    someone = known(leader, "Shut Sam Smith", date_of_birth=date(1970, 2, 3))
    acting(leader, actions.restrict, someone.id, [named.member_id], "a relative", key=key())
    born = {"date_of_birth_0": "3", "date_of_birth_1": "2", "date_of_birth_2": "1970"}
    page = browser_of(coach).post(
        reverse("person_new"), {"key": key(), "full_name": "Sam Shut Smith"} | born
    ).content.decode()  # fmt: skip
    assert "Ask the team leader before you go on" in page
    for words in ("Nan Named", "estricted", "relative"):
        assert words not in page


def test_a_move_to_another_centre_names_the_days_still_booked_and_leaves_the_old_one(here: Place) -> None:
    leader, there = here.member("leader"), here.member("leader", centre="gloucester")
    someone = here.person("Moving Mia")
    here.booking(MORNING + timedelta(days=3), person=someone)
    browser, address = browser_of(leader), reverse("person_transfer", args=[someone.id])
    assert "14 March 2026" in browser.get(address).content.decode()
    moved = browser.post(
        address,
        {"key": key(), "centre": str(here.other.id), "reason": "moved house"} | day("from_day", TODAY),
        follow=True,
    )
    page = moved.content.decode()
    assert "Moved between centres" in page
    assert "moved house" in page
    assert "Moving Mia" not in page
    assert browser.get(reverse("person", args=[someone.id])).status_code == 404
    assert "Moving Mia" in browser_of(there).get(reverse("person", args=[someone.id])).content.decode()
    assert "moved house" in browser_of(there).get(reverse("people_alerts")).content.decode()
