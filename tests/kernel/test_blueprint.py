"""A blueprint that is off is refused, with the line of each fault and what was expected."""

from __future__ import annotations

import re

import pytest

from kohti.config import services
from kohti.kernel import blueprint
from kohti.kernel.blueprint import BadBlueprint, Fault

SHIPPED = services.shipped("gloucestershire")


def faults(text: str) -> tuple[Fault, ...]:
    """What is wrong with a text."""
    with pytest.raises(BadBlueprint) as refused:
        blueprint.read(text, name="mine.toml")
    assert refused.value.code == "bad-blueprint"
    return refused.value.faults


def changed(before: str, after: str) -> str:
    """The shipped blueprint with one thing changed."""
    assert before in SHIPPED
    return SHIPPED.replace(before, after, 1)


def line_of(text: str, words: str) -> int:
    """The line on which some words stand first."""
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def test_the_shipped_one_is_read_whole() -> None:
    plan = blueprint.read(SHIPPED)
    assert plan.service.code == "gloucestershire"
    assert len(plan.centres) == 7
    assert [role.code for role in plan.roles] == ["host", "coach", "leader", "administrator"]


def test_text_that_is_no_toml_names_its_line() -> None:
    text = changed('timezone = "Europe/London"', 'timezone = "Europe/London')
    (fault,) = faults(text)
    assert fault.line == line_of(text, "Europe/London")


@pytest.mark.parametrize(
    ("before", "after", "where", "words"),
    [
        ('country = "GB"', 'country = "XX"', "service.country", "'GB', 'FI'"),
        ('languages = ["en", "fi"]', 'languages = ["en", "sv"]', "service.languages.1", "'en', 'fi'"),
        ('letter = "H"', 'letter = "h"', "streams.2.letter", "pattern"),
        ("minutes = 40", "minutes = 0", "kinds.4.minutes", "greater than 0"),
        ("opens = 09:00:00", "opens = 18:00:00", "opening.0", "opens must be before closes"),
        ('scope = "centre"', 'scope = "everything"', "roles.2.scope", "'day', 'centre'"),
        ("of_appointments = true", "of_appointment = true", "streams.0.of_appointment", "not permitted"),
        ("day = 2026-04-03", 'day = "Good Friday"', "closures.0.day", "date"),
    ],
)
def test_a_fault_names_its_line_and_what_was_expected(
    before: str, after: str, where: str, words: str
) -> None:
    text = changed(before, after)
    found = next(fault for fault in faults(text) if fault.where == where)
    assert words in found.message
    lines = text.splitlines()
    head = next(n for n in range(found.line, 0, -1) if re.match(r"\s*\[", lines[n - 1]))
    assert where.split(".")[0] in lines[head - 1]
    assert head <= found.line <= line_of(text, after)


def test_every_fault_is_told_at_once() -> None:
    text = changed('country = "GB"', 'country = "XX"').replace("minutes = 40", "minutes = 0", 1)
    assert {fault.where for fault in faults(text)} >= {"service.country", "kinds.4.minutes"}


def test_the_words_for_a_person_name_file_line_and_place() -> None:
    text = changed('country = "GB"', 'country = "XX"')
    with pytest.raises(BadBlueprint) as refused:
        blueprint.read(text, name="mine.toml")
    line = line_of(text, 'country = "XX"')
    assert str(refused.value).startswith(f"mine.toml, line {line}: service.country: ")


def test_an_unknown_verb_is_named_with_those_that_are_known() -> None:
    (fault,) = faults(changed('"queue.call"]', '"queue.shout"]'))
    assert "unknown verbs queue.shout" in fault.message
    assert "queue.call" in fault.message


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('code = "gloucester"\n', 'code = "cheltenham"\n', "centres: the code cheltenham stands twice"),
        ('code = "coach"', 'code = "host"', "roles: the code host stands twice"),
        ('code = "robbed"', 'code = "evidence"', "reasons: the code evidence stands twice"),
        ('stream = "housing"', 'stream = "hosing"', "names the stream hosing"),
        ('letter = "H"', 'letter = "D"', "share a letter"),
        ("of_appointments = true\n", "", "exactly one is of_appointments"),
        (
            "closes = 17:00:00",
            'closes = 17:00:00\ncentres = ["chelteham"]',
            "no centre chelteham",
        ),
    ],
)
def test_codes_are_unique_and_lead_somewhere(before: str, after: str, words: str) -> None:
    assert any(words in fault.message for fault in faults(changed(before, after)))


def test_two_texts_have_two_digests() -> None:
    assert blueprint.digest(SHIPPED) != blueprint.digest(SHIPPED + "\n")
