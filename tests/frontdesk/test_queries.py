"""Finding people among the day's arrivals, and what three hundred of them weigh."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.factories import MORNING, TODAY, Place, browser_of, place

from kohti.frontdesk import actions, queries
from kohti.kernel.actor import as_actor


@pytest.fixture
def here() -> Place:
    made = place()
    for number, (name, reference) in enumerate(
        (("Klara Kuśnierek", "CHE00039"), ("D'Arcy O'Neill-Żuk", "CHE90008"), ("Clara Kane", "CHE00040"))
    ):
        made.booking(MORNING + timedelta(minutes=10 * number), person=made.person(name), reference=reference)
    return made


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kus", ["Klara Kuśnierek"]),
        ("KUŚ", ["Klara Kuśnierek"]),
        ("zuk", ["D'Arcy O'Neill-Żuk"]),
        ("oneill", ["D'Arcy O'Neill-Żuk"]),
        ("k", ["Klara Kuśnierek", "Clara Kane"]),
        ("k kl", ["Klara Kuśnierek"]),
        ("che9", ["D'Arcy O'Neill-Żuk"]),
        ("che000", ["Klara Kuśnierek", "Clara Kane"]),
        ("nobody", []),
        ("  ", []),
    ],
)
def test_a_few_letters_of_a_name_or_reference_find_those_of_today(
    here: Place, typed: str, found: list[str]
) -> None:
    host = here.member("host")
    with as_actor(host):
        assert [line.name for line in queries.find_arrivals(host, TODAY, typed)] == found


def test_a_ticket_finds_who_holds_it_and_the_search_is_in_the_history(
    here: Place, owner: psycopg.Connection
) -> None:
    host = here.member("host")
    with as_actor(host):
        line = queries.find_arrivals(host, TODAY, "klara")[0]
        assert line.booking_id is not None
        ticket = actions.check_in(host, line.booking_id, key="one").ticket
        assert [one.name for one in queries.find_arrivals(host, TODAY, ticket)] == ["Klara Kuśnierek"]
    row = owner.execute(
        "select count(*) from kernel_historyevent where verb = 'person.found' and member_id = %s"
        " and person_ids = array[%s]::uuid[]",
        (host.member_id, line.person_id),
    ).fetchone()
    assert row == (2,)


def test_a_page_of_three_hundred_stays_under_a_hundred_kilobytes_and_six_statements() -> None:
    here = place()
    for number in range(200):
        here.booking(MORNING + timedelta(minutes=number), person=here.person(f"Visitor Number{number:03d}"))
    coach = here.member("coach")
    with as_actor(coach):
        for number in range(100):
            actions.take_walk_in(
                coach, here.reasons["own-coach"].id, key=str(number), given_name="Somebody New"
            )
    browser = browser_of(coach)
    browser.get("/queue/")  # the first page of a process also learns the service's own words
    page = browser.get("/arrivals/")
    assert page.content.count(b"<tr id=") == 300
    assert len(page.content) < 100_000
    assert int(page.headers["X-Kohti-Statements"]) <= 6
