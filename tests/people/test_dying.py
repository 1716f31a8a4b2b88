"""Somebody has died: their time is free, nothing leaves for them, and nobody begins anything with them by mistake."""

from __future__ import annotations

import html
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, as_system, browser_of, place

from kohti.diary.models import Booking
from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import Refused
from kohti.people import actions

if TYPE_CHECKING:
    import psycopg


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def begin(here: Place, person_id: uuid.UUID) -> uuid.UUID:
    return acting(
        here.member("leader"),
        journeys.open_journey,
        person_id,
        owner_id=here.member("coach").member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )


def test_from_then_on_their_time_is_free_and_their_way_asks_to_be_ended(
    here: Place, owner: psycopg.Connection
) -> None:
    coach, person = here.member("coach"), here.person("Deirdre Died")
    before = here.booking(MORNING - timedelta(hours=1), person=person)
    begin(here, person.id)
    later = [here.booking(MORNING + timedelta(days=n), person=person) for n in (1, 40)]
    elsewhere = here.booking(MORNING + timedelta(days=60), person=person, centre=here.other)
    browser = browser_of(coach)
    answer = browser.post(
        reverse("person_change", args=[person.id, "died"]),
        {
            "key": str(uuid.uuid4()),
            "died_on_0": str(TODAY.day),
            "died_on_1": str(TODAY.month),
            "died_on_2": str(TODAY.year),
            "died_said": "their sister",
        },
    )
    assert answer.status_code == 302, answer.content
    with as_system(here.system):
        states = dict(Booking.objects.filter(person=person.id).values_list("id", "state"))
    assert states[before.id] == "booked"
    assert {states[one.id] for one in (*later, elsewhere)} == {"cancelled"}
    verbs: list[Any] = owner.execute(
        "select verb, count(*) from kernel_historyevent where person_ids @> array[%s] group by verb",
        (person.id,),
    ).fetchall()
    assert dict(verbs)["booking.cancelled"] == 3
    assert dict(verbs)["person.died"] == 1
    page = html.unescape(browser.get(reverse("person", args=[person.id])).content.decode())
    assert "Died on 11 March 2026" in page
    assert "End it in your own time" in page


def test_nobody_books_them_begins_with_them_or_writes_to_them(here: Place) -> None:
    leader, person = here.member("leader"), here.person()
    acting(leader, actions.note_death, person.id, died_on=TODAY, died_said="the hospital")
    with pytest.raises(Refused, match="has died"):
        here.booking(MORNING + timedelta(days=2), person=person)
    with pytest.raises(Refused, match="has died"):
        begin(here, person.id)
    with as_actor(leader), pytest.raises(Refused, match="has died"):
        actions.living([person.id])
    acting(leader, actions.take_back_death, person.id)
    begin(here, person.id)


def test_a_day_to_come_or_before_they_were_born_is_refused(here: Place) -> None:
    person = here.person(born=TODAY - timedelta(days=9000))
    here.booking(person=person)
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=9001)):
        with pytest.raises(Refused):
            acting(here.member("coach"), actions.note_death, person.id, died_on=day, died_said="somebody")
