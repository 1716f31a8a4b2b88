"""A blueprint that is off is refused, with the line of each fault and what was expected."""

from __future__ import annotations

import json
import re

import pytest

from kohti.config import services
from kohti.kernel import blueprint
from kohti.kernel.blueprint import BadBlueprint, Blueprint, Fault

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
    assert [role.code for role in plan.roles] == [
        *("host", "coach", "leader", "partner"),
        *("service-manager", "operations", "partnerships", "administrator"),
    ]


def test_text_that_is_no_toml_names_its_line() -> None:
    text = changed('timezone = "Europe/London"', 'timezone = "Europe/London')
    (fault,) = faults(text)
    assert fault.line == line_of(text, "Europe/London")


@pytest.mark.parametrize("code", services.shipped_codes())
def test_each_shipped_one_is_in_order_and_comes_back_from_its_json(code: str) -> None:
    plan = blueprint.read(services.shipped(code), name=code)
    assert plan.service.code == code
    assert all((plan.stages, plan.fields, plan.outcomes, plan.targets, plan.closures))
    assert {"host"} < {one.kind for one in plan.organisations}
    assert Blueprint.from_json(json.loads(json.dumps(plan.as_json()))) == plan


@pytest.mark.parametrize(
    ("before", "after", "where", "words"),
    [
        ('country = "GB"', 'country = "XX"', "service.country", "'GB', 'FI'"),
        ('country = "GB"\n', "", "service.country", "is missing; expected one of 'GB'"),
        ('timezone = "Europe/London"', 'timezone = "Europe/Londn"', "service.timezone", "“Europe/London”"),
        ('languages = ["en", "fi"]', 'languages = ["en", "sv"]', "service.languages.1", "'en', 'fi'"),
        ('languages = ["en", "fi"]', 'languages = ["en", "pl"]', "stages.0.title", "has no title in pl"),
        (
            'light = "#15705c"',
            'light = "green"',
            "theme.accent.light",
            'a colour such as #15705c, not "green"',
        ),
        ('light = "#15705c"', 'light = "#f0e68c"', "theme.accent.light", "the nearest colour that would do"),
        ('letter = "H"', 'letter = "h"', "streams.2.letter", 'expected one capital letter, not "h"'),
        ("minutes = 40", "minutes = 0", "kinds.4.minutes", "expected greater than 0, not 0"),
        ("minutes = 40", 'minutes = "forty"', "kinds.4.minutes", "expected a whole number"),
        ("opens = 09:00:00", "opens = 18:00:00", "opening.0", "opens must be before closes"),
        ('scope = "centre"', 'scope = "center"', "roles.2.scope", "did you mean “centre”?"),
        ("of_appointments = true", "of_appointment = true", "streams.0.of_appointment", "“of_appointments”?"),
        ("[[closures]]", "[[closure]]", "closure", "did you mean “closures”?"),
        ("day = 2026-04-03", 'day = "Good Friday"', "closures.1.day", "a day such as 2026-03-11"),
        ('code = "barriers"', 'code = "Barriers First"', "stages.1.code", "a code of small letters"),
        ("positive = true", 'positive = "perhaps"', "outcomes.0.positive", "true or false"),
        ('counts = "positive-outcomes"', 'counts = "positive"', "targets.0.counts", "positive-outcomes"),
        ("from = 2026-01-01", "from = 2027-01-01", "targets.0", "from must not be after until"),
        ('aims_in = ["work"]', 'aims_in = ["wokr"]', "plan.aims_in.0", "did you mean “work”?"),
        ('kind = "housing"', 'kind = "house"', "organisations.1.kind", "'housing'"),
        ('"queue.call"]', '"queue.shout"]', "roles.0.verbs.2", "there is no verb “queue.shout”"),
        (
            "[[organisations]]",
            '[words.pl]\n"Customer" = "Klient"\n\n[[organisations]]',
            "words.pl",
            "pl is not a language of this service; its languages are en, fi",
        ),
        (
            "[[organisations]]",
            '[words.fi]\n"Call nekst" = "Kutsu"\n\n[[organisations]]',
            "words.fi.Call nekst",
            "no such message",
        ),
        (
            "[[organisations]]",
            '[mapping.roles]\nboss = "leder"\n\n[[organisations]]',
            "mapping.roles.boss",
            "did you mean “leader”?",
        ),
        (
            "[[organisations]]",
            '[mapping.roles]\nhost = "leader"\n\n[[organisations]]',
            "mapping.roles.host",
            "host is still one of the roles",
        ),
    ],
)
def test_a_fault_names_its_line_and_what_was_expected(
    before: str, after: str, where: str, words: str
) -> None:
    text = changed(before, after)
    found = next(fault for fault in faults(text) if fault.where == where)
    assert words in found.message
    lines = text.splitlines()
    head = next(n for n in range(found.line, 0, -1) if re.match(r"\s*\[\[?\w", lines[n - 1]))
    assert where.split(".")[0] in lines[head - 1]
    key = where.split(".")[-1]
    if not key.isdigit() and key in after:
        assert key in lines[found.line - 1]


def test_the_line_is_that_of_the_value_itself_in_a_list_over_several_lines() -> None:
    text = changed('"day.close", "diary.import"', '"day.close", "diary.inport"')
    (fault,) = faults(text)
    assert fault.line == line_of(text, "diary.inport")
    assert "did you mean “diary.import”?" in fault.message


def test_a_key_in_a_table_within_a_line_is_found() -> None:
    text = changed('title = { en = "Good Friday", fi', 'title = { en = "Good Friday", sv = "Långfredag", fi')
    (fault,) = faults(text)
    assert fault.line == line_of(text, "Långfredag")
    assert fault.where == "closures.1.title.sv"


def test_every_fault_is_told_at_once() -> None:
    text = changed('country = "GB"', 'country = "XX"').replace("minutes = 40", "minutes = 0", 1)
    assert {fault.where for fault in faults(text)} >= {"service.country", "kinds.4.minutes"}


def test_the_words_for_a_person_name_file_line_and_place() -> None:
    text = changed('country = "GB"', 'country = "XX"')
    with pytest.raises(BadBlueprint) as refused:
        blueprint.read(text, name="mine.toml")
    line = line_of(text, 'country = "XX"')
    assert str(refused.value).startswith(f"mine.toml, line {line}: service.country: ")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('code = "gloucester"\n', 'code = "cheltenham"\n', "centres: the code cheltenham stands twice"),
        ('code = "coach"', 'code = "host"', "roles: the code host stands twice"),
        ('code = "robbed"', 'code = "evidence"', "reasons: the code evidence stands twice"),
        (
            'stream = "housing"',
            'stream = "hosing"',
            "“hosing” is not one of the streams; did you mean “housing”?",
        ),
        ('letter = "H"', 'letter = "D"', "share a letter"),
        ("of_appointments = true\n", "", "exactly one of the streams is of_appointments"),
        (
            "closes = 17:00:00",
            'closes = 17:00:00\ncentres = ["chelteham"]',
            "did you mean “cheltenham”?",
        ),
        (
            "closes = 17:00:00",
            'closes = 17:00:00\ncentres = ["cheltenham"]',
            "stroud never opens; expected an [[opening]] for it",
        ),
    ],
)
def test_codes_are_unique_and_lead_somewhere(before: str, after: str, words: str) -> None:
    assert any(words in fault.message for fault in faults(changed(before, after)))


def test_two_texts_have_two_digests() -> None:
    assert blueprint.digest(SHIPPED) != blueprint.digest(SHIPPED + "\n")
