"""What is somebody else's and what does not exist are answered alike, byte for byte."""

from __future__ import annotations

import re
import uuid
from itertools import zip_longest

import pytest
from django.urls import reverse
from tests.access.asking import Answer, ask
from tests.access.people import THEIRS, House
from tests.access.test_nobody_gets_in import OF_SOMEBODY, may_open, taken
from tests.config.test_routes import EXPECTED, SAID, keys_of, once

from kohti.kernel.ids import short

ASKERS = ("host", "coach", "leader", "administrator")
OTHERS = ("el", "ot")
"""Somebody of another centre, and of another service."""


def plain(answer: Answer, *asked_for: uuid.UUID) -> str:
    """What an answer says, without what differs from one request to the next, and without what was asked for."""
    text = answer.text
    for one in asked_for:
        text = text.replace(str(one), "-").replace(short(one), "-")
    text = re.sub(
        r'(name="(?:csrfmiddlewaretoken|key)" value=|nonce[=-]|csrftoken=|sessionid=)"?[\w-]+', r"\1", text
    )
    return re.sub(r"X-CSRFToken\W+\w+|expires=[^;]+", "", text)


@pytest.mark.parametrize("part", [16, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("other", OTHERS)
def test_what_is_somebody_else_s_and_what_does_not_exist_are_answered_alike(
    asker: str, other: str, part: int, everybody: House
) -> None:
    wrong = []
    for route, method in OF_SOMEBODY:
        if not may_open(everybody, asker, route) or not taken(part, asker, other, route, method):
            continue
        theirs = {key: everybody.someone[other].named(key) for key in keys_of(route) if key in THEIRS}
        nothing = {key: uuid.uuid4() for key in theirs}
        said = {
            key: SAID[key] if key in SAID else everybody.someone["ce"].named(key)
            for key in keys_of(route)
            if key not in THEIRS
        }
        for _again in range(2):  # once in a while a session is noted as used, which is a statement more
            answers = []
            for named in (theirs, nothing):
                address = reverse(route, kwargs=said | named)
                data = EXPECTED[route, method].data if method == "POST" else None
                answer = ask(everybody.browsers[asker], method, address, data)
                answers.append((answer.status, plain(answer, *named.values())))
            if answers[0] == answers[1]:
                break
        if answers[0] != answers[1]:
            (status, text), (other_status, other_text) = answers
            differs = [
                pair for pair in zip_longest(text.split("\n"), other_text.split("\n")) if pair[0] != pair[1]
            ]
            wrong.append(
                f"{asker} {method} {route} of {other}: {status}, {other_status}: {str(differs[:2])[:300]}"
            )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("asker", ["host", "coach", "leader", "helper"])
@pytest.mark.parametrize(("route", "name"), [("people_find", "q"), ("arrivals_find", "q"), ("caseload", "q")])
def test_a_search_for_somebody_else_s_person_says_what_one_for_nobody_says(
    route: str, name: str, asker: str, everybody: House
) -> None:
    if not may_open(everybody, asker, route):
        return
    answers = []
    for typed in ("qzelnam", "qzzznam"):
        answer = ask(everybody.browsers[asker], "POST", reverse(route), {name: typed})
        answers.append((answer.status, plain(answer).replace(typed, "-")))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("other", ["ow", "re", "ot"])
def test_who_is_added_under_the_name_of_somebody_elsewhere_is_warned_of_nothing(
    other: str, everybody: House
) -> None:
    """A name is no sign that it is the same person: whoever types it is answered as for a name nobody has."""
    for _again in range(2):  # what is remembered of a service is looked up by the first who asks
        answers = []
        for typed in (f"Anna {everybody.someone[other].say('name').title()}", "Anna Zzyzxabc"):
            for route in ("people_alike", "person_new"):
                data = {"full_name": typed, "key": once()}
                answer = ask(everybody.browsers["coach elsewhere"], "POST", reverse(route), data)
                said = re.sub(r"/people/[\w-]{22}/", "/people/-/", plain(answer)).replace(typed, "-")
                answers.append((answer.status, said))
    assert answers[:2] == answers[2:]


@pytest.mark.parametrize(("other", "warned"), [("ow", True), ("re", True), ("ot", False)])
def test_a_full_match_elsewhere_says_whom_to_ask_and_nothing_of_the_person(
    other: str, warned: bool, everybody: House
) -> None:
    one = everybody.someone[other]
    browser, data = everybody.browsers["coach elsewhere"], {"full_name": one.person.full_name, "key": once()}
    for more in ({"email": f"{one.say('phone')}@example.org"}, {"email": "nobody@example.org"}):
        answer = ask(browser, "POST", reverse("person_new"), data | more)
        matched = warned and more["email"] != "nobody@example.org"
        assert answer.status == (422 if matched else 302)
        assert answer.tells(everybody) <= {(other, "name"), (other, "phone")}, "what was typed"
