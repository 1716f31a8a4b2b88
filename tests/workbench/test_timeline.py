"""A person's timeline: all that the rooms know of it, newest first, narrowed, searched, and each thing once."""

from __future__ import annotations

import html
import re
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.frontdesk import actions as frontdesk
from kohti.journeys import actions as journeys
from kohti.journeys.actions import MoveStep, NewContact, NewStep, Said
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.people import actions as people
from kohti.workbench import timeline

if TYPE_CHECKING:
    from kohti.people.models import Person


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally Coach {uuid.uuid4().hex[:6]}")


def key() -> str:
    return str(uuid.uuid4())


def begin(here: Place, coach: Actor, person: Person) -> uuid.UUID:
    return acting(
        here.member("leader"),
        journeys.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=key(),
    )


def said(actor: Actor, person: Person, at: datetime = MORNING, **narrowed: str) -> list[str]:
    """What stands on somebody's timeline, newest first: the word, what, and the text."""
    with clock.held_at(at), as_actor(actor):
        page = timeline.entries(actor, person.id, **narrowed)
        return [
            " | ".join(part for part in (one.word, one.what, one.text, one.tag) if part)
            for _row, one in page.entries
        ]


def test_all_that_happened_stands_there_newest_first_and_each_thing_once(here: Place, coach: Actor) -> None:
    person = here.person("Ann Everything")
    booking = here.booking(MORNING + timedelta(minutes=10), person=person)
    with clock.held_at(MORNING):
        way = begin(here, coach, person)
    with clock.held_at(MORNING + timedelta(minutes=5)):
        acting(here.member("host"), frontdesk.check_in, booking.id, key=key())
    with clock.held_at(MORNING + timedelta(minutes=20)):
        step = NewStep(words="Ring the school", due_on=TODAY + timedelta(days=7))
        contact = NewContact(
            channel="phone", text="Wants to begin in May.", fields=("work",), changes=(step,)
        )
        acting(coach, journeys.write_contact, way, contact, key=key())
    with clock.held_at(MORNING + timedelta(minutes=30)):
        acting(coach, people.write_note, person.id, "A word of its own.", key=key())
        acting(coach, journeys.reach, way, "job", TODAY, key=key())
    found = said(coach, person, MORNING + timedelta(hours=1))
    assert "Note | A word of its own." in found[:3]
    assert "Telephone | Wants to begin in May." in found
    assert [one for one in found if "begin in May" in one] == ["Telephone | Wants to begin in May."]
    assert any(one.startswith("Plan | New step: Ring the school") for one in found)
    assert any(one.startswith("Visit | ") for one in found)
    assert not any(one.startswith("Appointment") for one in found)
    assert "Their way began" in found
    assert any(one.startswith(f"Their coach | {coach.facts['name']}") for one in found)
    assert found.index("Telephone | Wants to begin in May.") < found.index("Their way began")


def test_an_appointment_nobody_came_to_stands_there_and_one_to_come_does_not(
    here: Place, coach: Actor
) -> None:
    person = here.person()
    begin(here, coach, person)
    here.booking(MORNING - timedelta(hours=1), person=person)
    here.booking(MORNING + timedelta(days=3), person=person)
    assert [one for one in said(coach, person) if one.startswith("Appointment")] == [
        "Appointment | Work search review · Cheltenham"
    ]


def test_what_is_sealed_is_not_there_for_who_lacks_the_key(here: Place, coach: Actor) -> None:
    person, leader = here.person(), here.member("leader")
    way = begin(here, coach, person)
    acting(
        coach,
        journeys.write_contact,
        way,
        NewContact(channel="here", text="In treatment.", fields=("health",)),
        key=key(),
    )
    acting(coach, people.write_note, person.id, "Also sealed.", fields=("health",), key=key())
    assert {"Here | In treatment.", "Note | Also sealed."} <= set(said(coach, person))
    assert "Here | In treatment." not in said(leader, person)
    assert "Note | Also sealed." not in said(leader, person)
    assert said(leader, person, field="health") == []
    assert said(coach, person, field="health") == ["Note | Also sealed.", "Here | In treatment."]


def test_how_it_goes_stands_there_as_it_was_said_and_what_is_sealed_for_its_keys_alone(
    here: Place, coach: Actor
) -> None:
    person, leader = here.person(), here.member("leader")
    way = begin(here, coach, person)
    both = (Said("housing", 1, "own"), Said("housing", 2, "coach"), Said("health", None, "own"))
    acting(coach, journeys.rate, way, both, key=key())
    with clock.held_at(MORNING + timedelta(days=1)):
        acting(coach, journeys.rate, way, (Said("housing", 4, "coach"),), key=key())
    later = MORNING + timedelta(days=2)
    open_to_all = [
        "How it goes | Housing: Fine (Coach)",
        "How it goes | Housing: Very hard (They say)",
    ]
    sealed = "How it goes | Health: Does not want to say (They say)"
    assert said(leader, person, later, kind="needs") == open_to_all
    assert sorted(said(coach, person, later, kind="needs")) == sorted([*open_to_all, sealed])
    assert said(coach, person, later, field="health") == [sealed]
    assert said(leader, person, later, field="health") == []
    assert said(leader, person, later, search="housing very hard") == open_to_all[1:]
    assert said(coach, person, later, search="does not want") == [sealed]
    assert said(leader, person, later, search="does not want") == []
    page = html.unescape(
        browser_of(leader).get(reverse("person_timeline", args=[person.id])).content.decode()
    )
    assert "Housing: Hard (Coach)" in page, "the second view stands under the first"
    assert "kind=needs" in page


def test_it_is_narrowed_by_kind_and_searched_whatever_the_accents(here: Place, coach: Actor) -> None:
    person = here.person()
    way = begin(here, coach, person)
    acting(coach, people.write_note, person.id, "Café in Zürich, begins in May", key=key())
    acting(coach, journeys.write_contact, way, NewContact(channel="phone", text="No answer"), key=key())
    assert said(coach, person, kind="note") == ["Note | Café in Zürich, begins in May"]
    assert said(coach, person, search="zurich CAFE") == ["Note | Café in Zürich, begins in May"]
    assert said(coach, person, search="telephone") == ["Telephone | No answer"]
    assert said(coach, person, kind="contact", search="zurich") == []


def test_a_long_timeline_comes_in_pages_and_nothing_is_lost_between_them(here: Place, coach: Actor) -> None:
    person = here.person()
    begin(here, coach, person)
    for n in range(60):
        with clock.held_at(MORNING + timedelta(minutes=n // 2)):
            acting(coach, people.write_note, person.id, f"note {n}", key=key())
    with clock.held_at(MORNING + timedelta(hours=1)), as_actor(coach):
        first = timeline.entries(coach, person.id, kind="note")
        second = timeline.entries(coach, person.id, kind="note", older=first.older)
        assert (len(first.entries), len(second.entries), second.older) == (50, 10, "")
        told = [line.text for _row, line in (*first.entries, *second.entries)]
        assert sorted(told) == sorted(f"note {n}" for n in range(60))
        searched = timeline.entries(coach, person.id, search="note")
        assert (len(searched.entries), searched.older != "") == (50, True)
        rest = timeline.entries(coach, person.id, search="note", older=searched.older)
        assert (len(rest.entries), rest.older) == (10, "")


def test_the_page_asks_the_same_however_much_there_is_and_keeps_what_it_is_narrowed_to(
    here: Place, coach: Actor
) -> None:
    person = here.person("Nora Narrow")
    way = begin(here, coach, person)
    browser = browser_of(coach)
    address = reverse("person_timeline", args=[person.id])
    browser.get(address)
    before = browser.get(address).headers["X-Kohti-Statements"]
    for n in range(20):
        step = NewStep(words=f"Step {n}", due_on=TODAY + timedelta(days=n + 1))
        acting(
            coach,
            journeys.write_contact,
            way,
            NewContact(channel="here", text="x", changes=(step,)),
            key=key(),
        )
        acting(coach, people.write_note, person.id, f"A note q{n}q", fields=("work",), key=key())
    page = browser.get(address)
    assert page.headers["X-Kohti-Statements"] == before
    assert int(before) <= 12
    text = html.unescape(page.content.decode())
    (older,) = re.findall(r'rel="next" href="([^"]+)"', text)
    assert browser.get(older).status_code == 200
    narrowed = html.unescape(browser.get(f"{address}?kind=note&field=work").content.decode())
    assert "A note q3q" in narrowed
    assert "Step 3" not in narrowed
    assert f"{address}?kind=note" in narrowed
    assert f"{address}?field=work" in narrowed
    found = browser.post(f"{address}?kind=note", {"q": "note q3q"})
    assert found.status_code == 200
    assert "A note q3q" in found.content.decode()
    assert "A note q4q" not in found.content.decode()
    assert browser.get(f"{address}?kind=nothing&field=none&older=x_y").status_code == 200


def test_a_step_that_changed_is_told_with_its_version(here: Place, coach: Actor) -> None:
    person = here.person()
    way = begin(here, coach, person)
    step = NewStep(words="Write a letter")
    acting(coach, journeys.change_plan, way, [step], key=key())
    with clock.held_at(MORNING + timedelta(days=1)):
        acting(coach, journeys.change_plan, way, [MoveStep(id=step.id, version=1, state="done")], key=key())
    found = said(coach, person, MORNING + timedelta(days=2), kind="plan")
    assert found == ["Plan | Done: Write a letter", "Plan | New step: Write a letter"]
