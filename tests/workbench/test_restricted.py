"""A person one may know of but not open: each of their pages says whom to ask; whom one may not know of is not there."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.people import actions as people

if TYPE_CHECKING:
    from kohti.kernel.actor import Actor


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def pages(person_id: uuid.UUID, way: uuid.UUID) -> list[str]:
    return [
        *(
            reverse(name, args=[person_id])
            for name in ("person", "plan", "person_timeline", "appointments", "person_documents")
        ),
        reverse("appointment", args=[way]),
    ]


def test_each_page_of_a_restricted_person_says_whom_to_ask_and_no_more(here: Place) -> None:
    leader = here.member("leader")
    named: Actor = here.hire("coach", centre="cheltenham", name="Nora Named")
    colleague = here.hire("coach", centre="cheltenham", name="Cole Colleague")
    person = here.person("Secret Sam")
    way = acting(
        leader,
        journeys.open_journey,
        person.id,
        owner_id=colleague.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    acting(leader, people.restrict, person.id, [named.member_id], "a relative", key=str(uuid.uuid4()))
    browser = browser_of(colleague)
    for address in pages(person.id, way):
        answer = browser.get(address)
        text = answer.content.decode()
        assert answer.status_code == 403, address
        assert "Nora Named" in text
        assert "Secret Sam" not in text
        assert "a relative" not in text
    assert browser_of(named).get(reverse("plan", args=[person.id])).status_code == 200


def test_whom_one_may_not_know_of_is_not_there(here: Place) -> None:
    person = here.person("Un Known")
    stranger = here.hire("coach", centre="gloucester", name="Stra Nger")
    way = acting(
        here.member("leader"),
        journeys.open_journey,
        person.id,
        owner_id=here.hire("coach", centre="cheltenham", name="Own Er").member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    browser = browser_of(stranger)
    assert {browser.get(address).status_code for address in pages(person.id, way)} == {404}
