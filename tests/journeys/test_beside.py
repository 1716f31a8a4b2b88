"""On the pages about a person: in whose hands they are, at which stage, until when they are held, what comes next."""

from __future__ import annotations

import html
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of

from kohti.journeys import actions
from kohti.journeys.actions import NewContact, NewStep

if TYPE_CHECKING:
    from django.test import Client


def page(browser: Client, name: str, person_id: uuid.UUID) -> tuple[str, int]:
    answer = browser.get(reverse(name, args=[person_id]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode()), int(answer.headers["X-Kohti-Statements"])


def test_the_overview_says_who_has_them_what_comes_next_and_when_they_were_last_seen(here: Place) -> None:
    coach = here.hire("coach", centre="cheltenham", name="Olive Owner")
    person = here.person("Be Side")
    browser = browser_of(coach)
    way = acting(
        here.member("leader"),
        actions.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    text, _asked = page(browser, "person", person.id)
    assert "Nothing is planned" in text
    assert "Next appointment" not in text
    later, sooner = (
        NewStep(words=words, due_on=TODAY + timedelta(days=days))
        for words, days in (("Ring the school", 9), ("Ask the landlord", 5))
    )
    contact = NewContact(channel="phone", text="Spoke.", changes=(later, sooner))
    acting(coach, actions.write_contact, way, contact, key=str(uuid.uuid4()))
    here.booking(MORNING + timedelta(days=6), person=person)
    text, asked = page(browser, "person", person.id)
    assert asked <= 12
    for words in (
        "Olive Owner",
        "Held until",
        "Ask the landlord (16 March 2026)",
        "Next appointment",
        "17 March",
    ):
        assert words in text, words
    assert "Ring the school" not in text
    assert f"{reverse('person_timeline', args=[person.id])}?kind=contact" in text


def test_the_bar_says_it_on_every_page_about_them_and_asks_nothing_more(here: Place) -> None:
    coach = here.hire("coach", centre="cheltenham", name="Barry Bar")
    alone, person = here.person("Al One"), here.person("Wi Thway")
    acting(
        here.member("leader"),
        actions.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    browser = browser_of(here.member("leader"))
    for name in ("person_timeline", "appointments", "person_documents", "person_sharing"):
        page(browser, name, alone.id)
        _without, before = page(browser, name, alone.id)
        text, after = page(browser, name, person.id)
        assert "<dt>Coach</dt>" in text
        assert "Barry Bar" in text
        assert after == before, name


def test_who_does_not_work_with_ways_reads_nothing_of_them_there(here: Place) -> None:
    coach = here.hire("coach", centre="cheltenham", name="Hidden Holder")
    booking = here.booking(MORNING + timedelta(minutes=50))
    assert booking.person_id is not None
    acting(
        here.member("leader"),
        actions.open_journey,
        booking.person_id,
        owner_id=coach.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    answer = browser_of(here.member("host")).get(reverse("person", args=[booking.person_id]))
    assert "Hidden Holder" not in answer.content.decode()
