"""The list of who may be written down twice: some at a time, likeliest first, at a fixed number of statements."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from tests.factories import MORNING, Place, acting, browser_of, place

from kohti.kernel import clock
from kohti.kernel.actor import as_actor
from kohti.kernel.ids import new_id
from kohti.people import actions as people
from kohti.workbench.merging import queries

PAIRS = 53


@pytest.fixture(scope="module")
def here() -> Place:
    with clock.held_at(MORNING):
        return place()


@pytest.fixture(scope="module")
def names(here: Place) -> list[str]:
    """So many people of the centre who are written down twice, one of them the other way round."""
    with clock.held_at(MORNING):
        coach = here.member("coach")
        names = [f"Ilmari {chr(65 + n % 26)}a{chr(97 + n // 26)}otta" for n in range(PAIRS)]
        other = [" ".join(reversed(names[0].split())), *names[1:]]
        new = [
            people.NewPerson(full_name=name, date_of_birth=date(1980 + n % 7, 1, 1 + n % 28))
            for some in (names, other)
            for n, name in enumerate(some)
        ]
        acting(coach, people.register, coach.centre, new, key=str(new_id()))
    return names


def test_every_pair_is_on_one_page_and_the_pages_end(here: Place, names: list[str]) -> None:
    browser = browser_of(here.member("leader"))
    seen: list[str] = []
    address = "/people/twice/"
    for _page in range(2):
        page = browser.get(address).content.decode()
        seen += re.findall(r'ds-sr-only"> ([^,<]+), ', page)
        further = re.search(r'href="([^"]+after=[^"]+)"', page)
        address = further.group(1) if further else ""
    assert address == ""
    assert len(seen) == PAIRS
    assert {" ".join(sorted(one.split())) for one in seen} == {" ".join(sorted(one.split())) for one in names}


def test_a_page_after_a_pair_that_is_gone_or_none_begins_at_the_beginning(
    here: Place, names: list[str]
) -> None:
    browser = browser_of(here.member("leader"))
    first = browser.get("/people/twice/").content.decode().split("<h1")[1].split("after=")[0]
    for after in ("x", "x.y", "ä" * 22 + "." + "ä" * 22, f"{new_id()}.{new_id()}"):
        page = browser.get("/people/twice/", {"after": after})
        assert page.status_code == 200
        assert page.content.decode().count("ds-sr-only") == browser.get(
            "/people/twice/"
        ).content.decode().count("ds-sr-only")
    assert names[1] in first


def test_the_list_is_four_statements_however_long_it_is(here: Place, names: list[str]) -> None:
    with as_actor(here.member("leader")) as leader:
        before = connection.statements  # type: ignore[attr-defined]
        pairs, further = queries.likely(leader)
        assert connection.statements == before + 4  # type: ignore[attr-defined]
        assert len(pairs) == queries.A_PAGE
        rest, end = queries.likely(leader, after=further)
        assert connection.statements == before + 8  # type: ignore[attr-defined]
    assert (len(rest), end) == (PAIRS - queries.A_PAGE, None)
