"""Who looked at a record: by day and colleague, with what let them; for whoever answers for it alone."""

from __future__ import annotations

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.journeys import actions as journeys
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.errors import NotAllowed
from kohti.people import actions as people
from kohti.people import looked, queries


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


def open_(actor: Actor, person_id: uuid.UUID) -> None:
    with as_actor(actor):
        queries.open_person(actor, person_id)


def test_each_colleague_stands_there_with_what_let_them_see(here: Place) -> None:
    leader, person = here.member("leader"), here.person("Lou Ked")
    coach = here.hire("coach", centre="cheltenham", name="Carla Coach")
    other = here.hire("coach", centre="gloucester", name="Gus Gloucester")
    acting(
        leader,
        journeys.open_journey,
        person.id,
        owner_id=coach.member_id,
        basis="task",
        key=str(uuid.uuid4()),
    )
    acting(
        leader,
        people.give_sight,
        person.id,
        other.member_id,
        until=MORNING + timedelta(days=9),
        key=str(uuid.uuid4()),
    )
    open_(coach, person.id)
    open_(coach, person.id)
    with clock.held_at(MORNING + timedelta(days=1)):
        open_(other, person.id)
        open_(leader, person.id)
    with clock.held_at(MORNING + timedelta(days=2)), as_actor(leader):
        found, older = looked.looks(leader, person.id)
    lines = {(one.day, one.who): (one.times, one.reasons) for one in found}
    assert lines[TODAY, "Carla Coach"] == (2, ("journey",))
    assert lines[TODAY + timedelta(days=1), "Gus Gloucester"] == (1, ("shared",))
    assert lines[TODAY + timedelta(days=1), leader.facts["name"]] == (1, ())
    assert [one.day for one in found] == sorted((one.day for one in found), reverse=True)
    assert older is None


def test_an_emergency_stands_out_and_days_come_in_pages(here: Place) -> None:
    leader, person = here.member("leader"), here.person("Em Ergency")
    coach = here.member("coach")
    here.booking(MORNING + timedelta(minutes=30), person=person)
    acting(coach, people.open_in_emergency, person.id, "collapsed", key=str(uuid.uuid4()))
    with clock.held_at(MORNING + timedelta(minutes=1)):
        open_(coach, person.id)
    for n in range(1, looked.DAYS + 3):
        with clock.held_at(MORNING + timedelta(days=n)):
            open_(leader, person.id)
    browser = browser_of(leader)
    address = reverse("person_looked", args=[person.id])
    with clock.held_at(MORNING + timedelta(days=30)):
        with as_actor(leader):
            first, older = looked.looks(leader, person.id)
            second, none = looked.looks(leader, person.id, before=older)
        assert len({one.day for one in first}) == looked.DAYS
        assert {one.day for one in first} & {one.day for one in second} == set()
        assert none is None
        assert "emergency" in next(one for one in second if one.who == coach.facts["name"]).reasons
        page = html.unescape(browser.get(f"{address}?before={older}").content.decode())
        everything = browser.get(reverse("audit"), {"verb": "person.emergency"}).content.decode()
    danger = r'<span class="k-tag" data-tone="danger"><svg.*?</svg>'
    assert re.search(f"{danger}[^<]*opened in an emergency", page)
    assert re.search(f"{danger}opened a record in an emergency</span>", everything)


def test_who_does_not_answer_for_it_does_not_read_it(here: Place) -> None:
    person = here.person()
    here.booking(MORNING + timedelta(minutes=40), person=person)
    coach, host = here.member("coach"), here.member("host")
    with as_actor(host), pytest.raises(NotAllowed):
        looked.looks(host, person.id)
    assert browser_of(coach).get(reverse("person_looked", args=[person.id])).status_code == 403
    stranger = here.member("leader", centre="gloucester")
    assert browser_of(stranger).get(reverse("person_looked", args=[person.id])).status_code == 404
