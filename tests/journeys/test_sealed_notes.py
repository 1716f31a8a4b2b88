"""A note sealed to several fields of life belongs to those who may see all of them, wherever it was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import MORNING, Place, acting, browser_of
from tests.journeys.test_holding import begin
from tests.journeys.test_pages import key_of

from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id, short
from kohti.people import actions as people

WORDS = "Drinks less since the new pills"


@pytest.mark.parametrize("page", ["appointment", "notes"])
def test_a_note_of_two_sealed_fields_needs_both_keys(here: Place, page: str) -> None:
    coach = here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")
    colleague = here.member("leader")
    way = begin(here, coach)
    browser, other = browser_of(coach), browser_of(colleague)
    timeline = f"/people/{short(way.person_id)}/timeline/"
    plan = f"/people/{short(way.person_id)}/plan/"
    appointment = f"/ways/{short(way.id)}/appointment/"
    at = appointment if page == "appointment" else timeline
    form = browser.get(at).content
    typed: dict[str, str | list[str]] = {"key": key_of(form), "draft": "0", "channel": "here"}
    typed |= {"note": WORDS, "field": ["health", "addiction"]} if page == "appointment" else {}
    typed |= {"text": WORDS, "fields_": ["health", "addiction"]} if page == "notes" else {}
    done = browser.post(at, typed)
    assert done.status_code == 302, done.content.decode()[-3000:]

    def read(by: object) -> bool:
        pages = [by.get(address).content for address in (timeline, plan, appointment)]  # type: ignore[attr-defined]
        return any(WORDS.encode() in one for one in pages)

    assert read(browser)
    assert not read(other)
    give(coach, way.person_id, colleague, "addiction")
    assert not read(other), "one key of two opens nothing"
    give(coach, way.person_id, colleague, "health")
    assert read(other)


def give(coach: Actor, person_id: object, to: Actor, field: str) -> None:
    until = MORNING + timedelta(days=30)
    acting(coach, people.give_sight, person_id, to.member_id, until=until, field=field, key=str(new_id()))
