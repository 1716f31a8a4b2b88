"""The questionnaire: answered by the person or about them, never counted up, never a reason for anything."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from tests.factories import Place, acting, as_system, browser_of
from tests.journeys.test_holding import begin
from tests.journeys.test_pages import key_of

import kohti
from kohti.journeys import actions, instrument
from kohti.journeys.models import Answers
from kohti.kernel.actor import Actor
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id, short


@pytest.fixture
def coach(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {new_id().hex}")


def test_it_is_the_one_that_was_made_for_us_word_by_word() -> None:
    shared = Path(os.environ.get("KOHTI_SHARED", "../shared"))
    source = shared / "data" / "instrument" / "steps_to_work_v1.json"
    if not source.exists():
        pytest.skip("the shared data are not here")
    items = json.loads(source.read_text())["items"]
    assert [(one["id"], one["label"], tuple(one["anchors"])) for one in items] == [
        (one.code, one.label, one.anchors) for one in instrument.ITEMS
    ]


def test_it_is_answered_on_one_page_and_what_is_sealed_stands_apart(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    address = f"/people/{short(way.person_id)}/questionnaire/"
    browser = browser_of(coach)
    page = browser.get(address).content
    assert b"has not been validated" in page
    assert b"never used to rank, to choose or to punish" in page
    assert page.count(b"<fieldset") == 1 + len(instrument.ITEMS)
    typed = {
        "key": key_of(page),
        "view": "own",
        "item-search": "2",
        "item-goal": "unsaid",
        "item-travel": "does-not-apply",
        "item-health": "1",
    }
    assert browser.post(address, typed).status_code == 302
    assert browser.post(address, typed).status_code == 302
    with as_system(here.system):
        rows = list(Answers.objects.filter(journey_id=way.id).order_by("sealed"))
    assert [(one.sealed, one.answers, one.view) for one in rows] == [
        ("", {"search": 2, "goal": "unsaid", "travel": "does-not-apply"}, "own"),
        ("health", {"health": 1}, "own"),
    ]
    assert rows[0].sheet == rows[1].sheet
    acting(coach, actions.answer, way.id, "coach", {"search": 3, "health": 2}, key=str(new_id()))
    needs = f"/people/{short(way.person_id)}/needs/"
    mine = browser.get(needs).content.decode().split('id="questionnaire"')[1]
    assert ["I look now and then" in mine, "I look most weeks" in mine, "Does not apply" in mine] == [
        True
    ] * 3
    assert "Stops me" in mine
    theirs = browser_of(here.member("leader")).get(needs).content.decode().split('id="questionnaire"')[1]
    assert "I look now and then" in theirs
    assert "Stops me" not in theirs
    assert "Managing my health" not in theirs


def test_an_empty_one_and_answers_there_are_not_are_refused(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    for answers in ({"search": 5}, {"search": "yes"}, {"no-such": 1}):
        with pytest.raises(NotThere):
            acting(coach, actions.answer, way.id, "own", answers, key=str(new_id()))
    with pytest.raises(NotThere):
        acting(coach, actions.answer, way.id, "funder", {"search": 1}, key=str(new_id()))
    with pytest.raises(Refused, match="at least one"):
        acting(coach, actions.answer, way.id, "own", {}, key=str(new_id()))
    address = f"/people/{short(way.person_id)}/questionnaire/"
    assert b"Answer at least one" in browser_of(coach).post(address, {"view": "own"}).content


READ_IT = {
    "journeys/actions/needs.py": "writes it",
    "journeys/carried.py": "goes along when two records become one",
    "journeys/in_force.py": "a seal that is in use is not given up",
    "journeys/models/__init__.py": "the table",
    "journeys/models/contact.py": "the table",
    "journeys/person.py": "tells it to the person, and forgets it",
    "journeys/queries/needs.py": "shows it to who works with them",
    "journeys/rows.py": "who may see it",
}
"""All of the product that knows the answers, and what for. No list, no count, no rule of attention, no report."""


def test_no_list_and_no_rule_reads_what_was_answered() -> None:
    source = Path(kohti.__file__).parent
    found = {
        str(file.relative_to(source))
        for file in source.rglob("*.py")
        if "migrations" not in file.parts
        and re.search(
            r"\bAnswers\b(?! with)|journeys_answers|answers_over_time|_part\(\"answers", file.read_text()
        )
    }
    pages = {"journeys/queries/__init__.py", "journeys/views/needs.py"}
    assert found == set(READ_IT) | pages


def test_answers_change_nothing_of_whom_we_look_at(here: Place, coach: Actor) -> None:
    way = begin(here, coach)
    browser = browser_of(coach)

    def seen() -> list[bytes]:
        pages = [browser.get(address).content.split(b"<main")[1] for address in ("/caseload/", "/day/")]
        return [re.sub(rb'csrf\w+" value="[^"]+"', b"", page) for page in pages]

    before = seen()
    hardest: dict[str, int | str] = {one.code: 1 for one in instrument.ITEMS}
    acting(coach, actions.answer, way.id, "coach", hardest, key=str(new_id()))
    assert seen() == before
