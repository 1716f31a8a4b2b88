"""What the pages of a way ask the database: the same, however much there is to show."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.factories import MORNING, TODAY, Place, acting, browser_of
from tests.journeys.test_holding import begin

from kohti.journeys import actions
from kohti.journeys.actions import NewAim, NewContact, NewStep
from kohti.kernel.ids import short

if TYPE_CHECKING:
    from kohti.journeys.models import Journey
    from kohti.kernel.actor import Actor


def lived(coach: Actor, journey: Journey, *, steps: int) -> None:
    """So many aims, steps and contacts more."""
    aims = [NewAim(words=f"Aim {n}") for n in range(steps)]
    todo = [
        NewStep(words=f"Step {n}", due_on=TODAY + timedelta(days=n + 1), aim_id=aim.id)
        for n, aim in enumerate(aims)
    ]
    for changes in (aims, todo):
        contact = NewContact(channel="here", text="A word.", changes=tuple(changes))
        acting(coach, actions.write_contact, journey.id, contact, key=str(uuid.uuid4()))


def asked(browser: object, address: str, data: dict[str, str] | None = None) -> int:
    answer = browser.post(address, data) if data is not None else browser.get(address)  # type: ignore[attr-defined]
    assert answer.status_code in (200, 302), answer.content
    return int(answer.headers["X-Kohti-Statements"])


def test_pages_of_a_way_ask_the_same_however_much_there_is(here: Place) -> None:
    coach = here.hire("coach", centre="cheltenham", name=f"Sally {uuid.uuid4().hex}")
    browser = browser_of(coach)
    journey = begin(here, coach)
    pages = {
        "/day/": 12,
        "/caseload/": 6,
        f"/people/{short(journey.person_id)}/": 6,
        f"/people/{short(journey.person_id)}/timeline/": 6,
        f"/people/{short(journey.person_id)}/plan/": 12,
        f"/ways/{short(journey.id)}/appointment/": 12,
    }
    lived(coach, journey, steps=1)
    here.booking(MORNING + timedelta(minutes=10), staff_id=coach.staff_id)
    for page in pages:
        asked(browser, page)  # the blueprint's version is known from now on
    before = {page: asked(browser, page) for page in pages}
    lived(coach, journey, steps=9)
    for n in range(5):
        lived(coach, begin(here, coach), steps=2)
        here.booking(MORNING + timedelta(minutes=20 + 10 * n), staff_id=coach.staff_id)
    assert {page: asked(browser, page) for page in pages} == before
    assert {page: before[page] for page in pages if before[page] > pages[page]} == {}


def test_saving_a_contact_asks_a_few_things_whatever_it_holds(here: Place) -> None:
    coach = here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    browser = browser_of(coach)
    journey = begin(here, coach)
    lived(coach, journey, steps=4)
    address = f"/ways/{short(journey.id)}/appointment/"
    form = browser.get(address).content.decode()
    steps = re.findall(r'name="v-([0-9a-f-]{36})"', form)
    assert len(steps) == 4
    typed = {
        "key": str(uuid.uuid4()),
        "note": "All good.",
        "channel": "here",
        "next": "Go on",
        "next-who": "person",
    }
    typed |= {"next-day_0": "20", "next-day_1": "3", "next-day_2": "2026"}
    typed |= {f"v-{one}": "1" for one in steps} | {f"step-{one}": "done" for one in steps}
    assert asked(browser, address, typed) <= 10
