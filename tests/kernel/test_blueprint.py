"""A blueprint that is off is refused, with the line of each fault and what was expected."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract_from_file
from django.utils.translation import trans_real
from pydantic import ValidationError

from kohti.config import services
from kohti.kernel import blueprint, words
from kohti.kernel.blueprint import BadBlueprint, Blueprint, Fault, Held, WouldOrphan, telling

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
        *("host", "coach", "leader", "partner", "partner-worker", "decision-maker"),
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
        ("minutes = 40", "minutes = 0", "kinds.4.minutes", "expected a number greater than 0, not 0"),
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
        (
            '"arrivals.see", "queue.call"',
            '"arrivals.see", "queue.shout"',
            "roles.3.verbs.1",
            "there is no verb “queue.shout”",
        ),
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
        (
            "review_days = 91",
            "most_months = 3\nmost_weeks = 12",
            "plan",
            "most_months or most_weeks, not both",
        ),
        ("review_days = 91", "extend_weeks = 12", "plan", "extend_weeks needs most_months or most_weeks"),
        ("[plan]", '[scale]\nlevels = [{ en = "Bad" }]\n\n[plan]', "scale.levels", "expected four levels"),
        (
            "[plan]",
            '[scale]\nlevels = [{ en = "1" }, { en = "2" }, { en = "3" }, { en = "4", fi = "4" }]\n\n[plan]',
            "scale.levels.0",
            "has no title in fi",
        ),
        ('items = ["health"]', 'items = ["healt"]', "fields.6.items.0", "did you mean “health”?"),
        (
            'code = "safety"',
            'code = "safety"\nitems = ["health"]',
            "fields.7.items.0",
            "“health” belongs to the field health already",
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
        ("[online]", "[online]\nlinks = false", "an offer is a message with a link"),
        (
            'tells = "addiction"',
            'tells = "adiction"',
            "“adiction” is not one of the fields; did you mean “addiction”?",
        ),
        ('code = "online"', 'code = "reach"', "“reach” is a word of the product's own"),
        ("neutral = {", "#", "expected a neutral name for those who may not know"),
    ],
)
def test_codes_are_unique_and_lead_somewhere(before: str, after: str, words: str) -> None:
    assert any(words in fault.message for fault in faults(changed(before, after)))


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('timezone = "Europe/London"', 'timezone = "Europe/London', "must end with one on the same line"),
        ('languages = ["en", "fi"]', 'languages = ["en", "fi"', "a bracket that was opened is not closed"),
        ('country = "GB"', 'country = "GB"\ncountry = "FI"', "this stands in the file twice"),
        ('country = "GB"', "country", "expected a line such as name"),
        ('country = "GB"', "country = GB", "expected a text in quotation marks"),
        ("opens = 09:00:00", "opens = 9am", "expected a line such as name"),
    ],
)
def test_what_is_no_toml_is_said_in_our_words(before: str, after: str, words: str) -> None:
    (fault,) = faults(changed(before, after))
    assert fault.message.startswith("not TOML: ")
    assert words in fault.message


WRONG: tuple[Any, ...] = (
    "", "no such thing", "x" * 300, "\x00", -1, 0, 1.5, 10**400, float("inf"), True, [], [1], ["x"], [[]], {},
    {"x": 1}, datetime(2026, 3, 11, 10, tzinfo=UTC), date(2026, 3, 11), time(9, 0),
)  # fmt: skip


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every table and list of a blueprint with each key into it; of a list the first entry does."""
    for key in list(data) if isinstance(data, dict) else range(len(data[:1])):
        yield data, key
        if isinstance(data[key], dict | list):
            yield from places(data[key])


def test_whatever_is_wrong_anywhere_is_said_in_words_that_are_translated() -> None:
    """Each value of a blueprint replaced by each of many wrong ones, and left out, and joined by an unknown."""
    data = tomllib.loads(SHIPPED) | {
        "mapping": {"roles": {"boss": "leader"}},
        "words": {"fi": {"Call next": "Kutsu"}},
    }
    found: dict[str, Any] = {}

    def look() -> None:
        try:
            Blueprint.model_validate(data)
        except ValidationError as trouble:
            found.update({str((one["type"], one["loc"])): one for one in trouble.errors()})

    for table, key in list(places(data)):
        right = table[key]
        for wrong in WRONG:
            table[key] = wrong
            look()
        if isinstance(table, dict):
            del table[key]
            look()
            table["unheard-of"] = 1
            look()
            del table["unheard-of"]
        table[key] = right
    assert {one["type"] for one in found.values()} <= {*telling.SAID, *telling.OF_THE_SHAPE, "value_error"}
    with spoken_as(lambda text: f"«{text}»"):
        said = {telling.in_words(one) for one in found.values()}
    assert len(said) > 100
    assert [one for one in said if not (one.startswith("«") and one.endswith("»"))] == []
    assert [one for one in said if re.search(r"Input|should|None|something", one)] == []


@contextmanager
def spoken_as(change: Callable[[str], str]) -> Iterator[None]:
    """A language in which each text that is marked for the translators is changed."""
    own = {}
    for path in Path(telling.__file__).parent.glob("*.py"):
        for _line, text, _comments, _context in extract_from_file(
            "python", str(path), keywords={"_": None, "gettext_noop": None}
        ):
            assert isinstance(text, str)
            own[text] = change(text)
    active: Any = trans_real._active  # type: ignore[attr-defined]
    before = getattr(active, "value", None)
    active.value = words._with_own("fi", own)
    try:
        yield
    finally:
        active.value = before or trans_real.translation("en")


def test_a_fault_speaks_the_language_in_use_and_keeps_the_words_of_the_file() -> None:
    text = changed('scope = "centre"', 'scope = "center"')
    with spoken_as(lambda said: f"«{said}»"), pytest.raises(BadBlueprint) as refused:
        blueprint.read(text, name="mine.toml")
    (said,) = str(refused.value).splitlines()
    line = line_of(text, '"center"')
    assert said.startswith(f"mine.toml, «line {line}»: roles.2.scope: ««expected one of 'none', 'day'")
    assert said.endswith("»; did you mean “centre”?»")


def test_what_stands_in_the_way_speaks_the_language_in_use() -> None:
    held = [
        Held("kinds", "follow-up", "bookings to come", 2),
        Held("centres", "stroud", "transfers to come", 1),
    ]
    with spoken_as(lambda said: f"«{said}»"):
        said = str(WouldOrphan(held).message).splitlines()
    assert said[0] == "«centres: stroud is gone from the file, yet there are «transfers to come»: 1»"
    assert said[1].startswith("«kinds: follow-up is gone from the file, yet there are «bookings to come»: 2»")
    assert all(one.startswith("«") and one.endswith("»") for one in said)


def test_two_texts_have_two_digests() -> None:
    assert blueprint.digest(SHIPPED) != blueprint.digest(SHIPPED + "\n")
