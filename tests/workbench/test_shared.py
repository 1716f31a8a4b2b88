"""What another organisation reads of whom something is shared with it: a list, a page, a note, and its end."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from tests.factories import MORNING, TODAY, Place, acting, browser_of, place

from kohti.journeys import actions as journeys
from kohti.journeys.actions import NewAim, NewStep, Said
from kohti.kernel import clock
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.models import HistoryEvent
from kohti.people import actions as people
from kohti.people.actions import NewPerson
from kohti.people.models import Note, Person
from kohti.people.sharing import actions as sharing

TOKEN = re.compile(r'(CSRFToken": |value=)"\w{64}"')
FAR = TODAY + timedelta(days=60)


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.member("coach")


@pytest.fixture
def worker(here: Place) -> Actor:
    return here.member("partner-worker", organisation="housing-body")


def somebody(coach: Actor, name: str) -> Person:
    (person,) = acting(
        coach, people.register, coach.centre, [NewPerson(full_name=name, phone="07700 900111")]
    )
    return person


def share(here: Place, coach: Actor, person: Person, *fields: str, to: str = "housing-body") -> uuid.UUID:
    organisation = here.organisation(to)
    return acting(
        coach,
        sharing.share,
        person.id,
        organisation_id=organisation,
        fields=fields,
        what_for="a flat of their own",
        basis="public-task",
        until=FAR,
        key=str(uuid.uuid4()),
    )


def write(coach: Actor, person: Person, text: str, *fields: str) -> None:
    acting(coach, people.write_note, person.id, text, fields=fields, key=str(uuid.uuid4()))


def read(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_is_of_whom_something_is_shared_and_finds_them_by_a_part_of_the_name(
    here: Place, coach: Actor, worker: Actor
) -> None:
    ann, bob = somebody(coach, "Ann Shärplock"), somebody(coach, "Bob Sharplock")
    share(here, coach, ann, "housing")
    browser, there = browser_of(worker), reverse("shared_with_us")
    assert browser.get(reverse("today")).headers["Location"] == there
    page = read(browser.get(there))
    assert "Ann Shärplock" in page
    assert "a flat of their own" in page
    assert "Bob" not in page
    for typed, found in (("sharpl", True), ("plock ann", True), ("bob", False)):
        page = read(browser.post(there, {"q": typed}))
        assert ("Ann Shärplock" in page) is found, typed
        assert "Bob" not in page
    with as_actor(here.member("leader")):
        verbs = HistoryEvent.objects.filter(person_ids__contains=[ann.id], member_id=worker.member_id)
        assert {"person.listed", "person.found"} <= set(verbs.values_list("verb", flat=True))
    share(here, coach, bob, "money")
    counted = {int(browser.get(there).headers["X-Kohti-Statements"]) for _ in range(2)}
    assert max(counted) <= 6, "however many there are"


def test_the_page_has_what_is_shared_and_nothing_else(here: Place, coach: Actor, worker: Actor) -> None:
    ann = somebody(coach, "Ann Whole")
    acting(coach, people.note_birth, ann.id, TODAY.replace(year=1990))
    with as_actor(coach):
        people.add_mark(
            coach, ann.id, kind="helps", words="a quiet room", review_on=FAR, key=str(uuid.uuid4())
        )
        assert coach.member_id is not None
        way = journeys.open_journey(
            coach, ann.id, owner_id=coach.member_id, basis="task", key=str(uuid.uuid4())
        )
        for words, field in (("A flat with a window", "housing"), ("No more debts", "money")):
            aim = NewAim(words=words, field=field)
            changes = (aim, NewStep(words=f"Step to {words}", aim_id=aim.id))
            journeys.change_plan(coach, way, changes, key=str(uuid.uuid4()))
        said = [Said("housing", 2, "own"), Said("money", 1, "own")]
        journeys.rate(coach, way, said, key=str(uuid.uuid4()))
    for text, fields in (
        ("of housing", ["housing"]),
        ("of money", ["money"]),
        ("of both", ["housing", "money"]),
    ):
        write(coach, ann, text, *fields)
    share(here, coach, ann, "housing")
    browser, there = browser_of(worker), reverse("shared_person", args=[ann.id])
    answer = browser.get(there)
    page = read(answer)
    for seen in (
        "Ann Whole",
        "of housing",
        "A flat with a window",
        "Step to A flat with a window",
        coach.facts["name"],
    ):
        assert seen in page, seen
    for hidden in ("of money", "of both", "No more debts", "07700 900111", "a quiet room", "1990"):
        assert hidden not in page, hidden
    assert int(answer.headers["X-Kohti-Statements"]) <= 8
    share(here, coach, ann, "reach", "helps", "born", "money")
    page = read(browser.get(there))
    for seen in ("of money", "of both", "No more debts", "07700 900111", "a quiet room", "1990"):
        assert seen in page, seen
    for name in ("person", "person_timeline", "plan", "person_sharing", "person_documents"):
        assert browser.get(reverse(name, args=[ann.id])).status_code in (403, 404), name


def test_a_note_of_what_is_shared_is_read_by_both_and_of_nothing_else(
    here: Place, coach: Actor, worker: Actor
) -> None:
    ann = somebody(coach, "Ann Noted")
    share(here, coach, ann, "housing")
    browser, there = browser_of(worker), reverse("shared_person", args=[ann.id])
    typed = {"key": str(uuid.uuid4()), "text": "The landlord rang.", "fields_": ["housing"]}
    for _ in range(2):
        assert browser.post(there, typed).status_code == 302
    assert "The landlord rang." in read(browser.get(there))
    with as_actor(coach):
        assert Note.objects.filter(person_id=ann.id, text="The landlord rang.").count() == 1
    other = typed | {"key": str(uuid.uuid4()), "text": "On money.", "fields_": ["money"]}
    answer = browser.post(there, other)
    assert answer.status_code == 422
    assert "On money." in read(answer), "what was typed stays"
    asked = browser.post(there, typed | {"key": str(uuid.uuid4()), "text": "He left prison in May."})
    assert asked.status_code == 422
    assert "looks like an offence" in read(asked)
    with as_actor(coach):
        assert Note.objects.filter(person_id=ann.id).count() == 1


def test_a_share_that_ends_while_its_page_is_open_says_so_and_keeps_what_was_typed(
    here: Place, coach: Actor, worker: Actor
) -> None:
    ann, bob = somebody(coach, "Ann Ended"), somebody(coach, "Bob Never")
    made = share(here, coach, ann, "housing")
    browser, there = browser_of(worker), reverse("shared_person", args=[ann.id])
    assert browser.get(there).status_code == 200
    acting(coach, sharing.end_share, made, why="the flat is found")
    typed = {"key": str(uuid.uuid4()), "text": "Words to keep", "fields_": ["housing"]}
    for answer in (browser.post(there, typed), browser.get(there)):
        assert answer.status_code == 410
        assert "No longer shared with you" in read(answer)
        assert "11 March 2026" in read(answer)
        assert "Ann" not in read(answer)
    assert "Words to keep" in read(browser.post(there, typed))
    with as_actor(coach):
        assert not Note.objects.filter(person_id=ann.id).exists()
    never, nobody = (
        browser.get(reverse("shared_person", args=[who]), headers={"HX-Request": "true"})
        for who in (bob.id, uuid.uuid4())
    )
    assert (never.status_code, nobody.status_code) == (404, 404)
    assert TOKEN.sub("", read(never)) == TOKEN.sub("", read(nobody)), "the two are not told apart"
