"""Requests by chance, with the identifiers of others where they do not belong: no answer tells more than is written down."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.access.asking import ask
from tests.access.people import RELATIONS, THEIRS, House
from tests.access.said import seen_by
from tests.access.test_nobody_gets_in import ASKERS, TO_ASK_FOR, may_open
from tests.config.test_routes import CASES, EXPECTED, SAID, keys_of, once

import kohti
from kohti.kernel.ids import short

OTHER_WORDS = (
    "",
    "1",
    "0",
    "2026-03-11",
    "Anna",
    "Anna Qz",
    "health",
    "work",
    "yes",
    "done",
    "csv",
    "<b>",
    "'",
)
CODES = sorted(RELATIONS)
BY_CHANCE = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": (Phase.generate,),
    "suppress_health_check": (HealthCheck.too_slow, HealthCheck.function_scoped_fixture),
}


@cache
def names() -> list[str]:
    """What pages and forms of the product are asked by name."""
    source = "".join(file.read_text() for file in Path(kohti.__path__[0]).rglob("*.py"))
    asked = re.findall(r'(?:GET|POST|given|data|posted)(?:\.get|\.getlist)?[\[(]"([a-z_]+)"', source)
    fields = re.findall(r"^    ([a-z_]+) = (?:forms|fields)\.\w+\(", source, re.MULTILINE)
    return sorted({*asked, *fields})


def test_the_names_that_forms_are_asked_by_are_found() -> None:
    assert {"q", "full_name", "person", "after", "key", "decision"} <= set(names())


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, str, str, dict[str, str], list[tuple[str, str, str]]]:
    """Who asks, for which route, whose things stand in its address, and what else is said with whose identifiers."""
    asker = draw(st.sampled_from(ASKERS))
    route, method = draw(st.sampled_from(CASES))
    mixed = draw(st.integers(0, 3)) == 0
    one = draw(st.sampled_from(CODES))
    whose = {key: draw(st.sampled_from(CODES)) if mixed else one for key in keys_of(route)}
    said = draw(
        st.lists(
            st.tuples(
                st.sampled_from(names()),
                st.sampled_from([*CODES, ""]),
                st.sampled_from(
                    [*OTHER_WORDS, "person_id", "booking_id", "note_id", "way_id", "document_id", "reference"]
                ),
            ),
            max_size=6,
        )
    )
    return asker, route, method, whose, said


@pytest.mark.parametrize(
    "tries", [60, pytest.param(10_000, marks=pytest.mark.long)], ids=["a few", "ten thousand"]
)
def test_nothing_by_chance_tells_more_than_is_written_down(tries: int, everybody: House) -> None:
    @settings(max_examples=tries, **BY_CHANCE)  # type: ignore[arg-type]
    @given(requests())
    def by_chance(
        request: tuple[str, str, str, dict[str, str], list[tuple[str, str, str]]],
    ) -> None:
        asker, route, method, whose, said = request
        data = {"key": once()} | (EXPECTED[route, method].data if method == "POST" else {})
        asked_for: set[str] = set()
        for name, code, value in said:
            one = everybody.someone[code or "ce"]
            if value == "reference":
                data[name] = one.person.reference
            else:
                data[name] = str(one.ids[value]) if value in THEIRS else value
            asked_for.add(code or "ce")
        known = SAID | everybody.of_the_link(route, asker)
        named = {key: known.get(key) or everybody.someone[code].named(key) for key, code in whose.items()}
        address = reverse(route, kwargs=named)
        answer = ask(everybody.browsers[asker], method, address, data)
        # Whoever says an identifier or a reference knows it: it may stand in what they are answered.
        theirs = {(code, sort) for code in {*asked_for, *whose.values()} for sort in ("id", "reference")}
        allowed = seen_by(asker) | theirs
        if may_open(everybody, asker, "person_emergency"):
            allowed |= TO_ASK_FOR
        assert answer.tells(everybody) <= allowed, (asker, method, route, whose, data)

    by_chance()


def test_an_identifier_is_recognised_in_both_writings(everybody: House) -> None:
    person = everybody.someone["el"].person
    for written in (str(person.id), short(person.id)):
        assert everybody.tokens[written.lower()] == ("el", "id")
