"""Every address, everybody who asks, everybody it could be about: no answer tells more than docs/access.md says."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.access.asking import Answer, ask
from tests.access.people import NOBODYS, RELATIONS, THEIRS, House
from tests.access.said import COLUMNS, LIKE, ROWS, seen_by, table
from tests.config.test_routes import CASES, EXPECTED, SAID, by_name, keys_of, once
from tests.factories import MORNING, browser_of

from kohti.diary.actions import feeds
from kohti.kernel.actor import as_actor
from kohti.kernel.doors import GUEST
from kohti.kernel.may import VERBS

ASKERS = (*(asker for askers in COLUMNS.values() for asker in askers), *LIKE)
OF_SOMEBODY = [case for case in CASES if set(keys_of(case[0])) & set(THEIRS)]
OF_NOBODY = [case for case in CASES if case not in OF_SOMEBODY]
THEIR_OWN = {
    "person_id", "way_id", "note_id", "document_id", "step_id", "aim_id", "version_id", "mark_id", "ending_id",
    "outcome_id", "check_id", "other_id", "merge_id", "hand_over_id", "cover_id",
}  # fmt: skip
"""What is not there for whoever does not see the person; an appointment or a ticket can be, without its person."""
FOR_WHOM_IS_NOT_SEEN = {"person_emergency"}
"""Pages that somebody opens who does not see the person yet."""
TO_ASK_FOR = {("rt", "id")}
"""The arrivals lead whoever may open a record in an emergency to where they ask for it."""
REFUSED = {302, 401, 403, 404, 410}


def may_open(everybody: House, asker: str, route: str) -> bool:
    """Whether a route is one for this asker at all."""
    who_may = by_name(route).who_may
    if who_may in VERBS:
        return asker in everybody.actors and who_may in everybody.actors[asker].verbs
    if who_may == GUEST:
        return bool(everybody.of_the_link(route, asker))
    return who_may == f"a {asker}" or asker in everybody.actors


ALWAYS = {
    ("leader", "messages", "GET", "ce"), ("coach", "closing_letter", "POST", "fo"),
    ("partner", "referrals", "GET", "ce"), ("partner", "referral", "GET", "rr"),
}  # fmt: skip
"""Cases that were wrong once."""


def taken(one_of: int, *about: object) -> bool:
    """Whether a case belongs to the part that is asked for: the same ones each time."""
    return about in ALWAYS or zlib.crc32("/".join(map(str, about)).encode()) % one_of == 0


def cases(everybody: House, asker: str, part: int) -> Iterator[tuple[str, str, str]]:
    """Route, method, and of whom it names something: of those that are open to the asker more than of the others."""
    for route, method in OF_SOMEBODY:
        one_of = part if may_open(everybody, asker, route) else 8 * part
        for code in RELATIONS:
            if taken(one_of, asker, route, method, code):
                yield route, method, code
    for route, method in OF_NOBODY:
        if taken(max(1, part // (6 if may_open(everybody, asker, route) else 1)), asker, route, method, "ce"):
            yield route, method, "ce"


def told(everybody: House, asker: str, route: str, method: str, code: str) -> Answer:
    """What somebody is answered."""
    data = {"key": once(), **EXPECTED[route, method].data} if method == "POST" else None
    return ask(everybody.browsers[asker], method, everybody.address(route, code, asker), data)


def test_whatever_an_address_names_is_known_to_be_somebody_s_or_nobody_s() -> None:
    assert set(CASES) == set(EXPECTED)
    named = {key for route, _method in CASES for key in keys_of(route)}
    assert named == {*THEIRS, *(NOBODYS & named), *(SAID.keys() & named)}
    assert set(table()) == set(ROWS)
    assert set(next(iter(table().values()))) == set(COLUMNS)


@pytest.mark.parametrize("part", [120, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("asker", ASKERS)
def test_no_answer_tells_more_than_is_written_down(asker: str, part: int, everybody: House) -> None:
    may_see, wrong = seen_by(asker), list[str]()
    if asker in everybody.actors and "people.emergency" in everybody.actors[asker].verbs:
        may_see = may_see | TO_ASK_FOR
    for route, method, code in cases(everybody, asker, part):
        answer = told(everybody, asker, route, method, code)
        # The address that was asked for may stand in the answer: whoever asked knows it.
        more = answer.tells(everybody) - may_see - {(code, "id")}
        if more:
            wrong.append(f"{asker} {method} {route} of {code} ({answer.status}): {sorted(more)}")
        hidden = set(keys_of(route)) & THEIR_OWN and (code, "name") not in may_see
        if hidden and route not in FOR_WHOM_IS_NOT_SEEN and answer.status not in REFUSED:
            wrong.append(f"{asker} {method} {route} of {code}: {answer.status}")
    assert not wrong, "\n".join(wrong)


SHOWN_ON = (
    "arrivals", "person", "person_timeline", "person_documents", "plan", "ways", "shared_person", "shared_with_us",
    "person_referrals", "referrals", "referral", "referral_link", "link",
)  # fmt: skip
"""Where what the table gives is looked for, until all of it was found."""


@pytest.mark.parametrize(
    "of",
    [{"to", "ow", "rf", "rl"}, pytest.param(set(RELATIONS), marks=pytest.mark.long)],
    ids=["some", "all"],
)
@pytest.mark.parametrize("asker", [asker for asker in ASKERS if asker not in LIKE])
def test_each_cell_that_gives_something_is_true(asker: str, of: set[str], everybody: House) -> None:
    given = set(seen_by(asker)) & set(everybody.tokens.values())
    missing = {(code, sort) for code, sort in given if code in of}
    for route in SHOWN_ON:
        if may_open(everybody, asker, route):
            codes = {code for code, _sort in missing} if set(keys_of(route)) & set(THEIRS) else {"to"}
            for code in sorted(codes):
                missing -= told(everybody, asker, route, "GET", code).tells(everybody)
    assert missing <= {(code, "id") for code in RELATIONS}


SEARCHES = {
    "arrivals_find": "q", "people_find": "q", "caseload": "q", "directory": "q", "team_find": "name",
    "person_same_as": "q", "people_alike": "full_name", "shared_with_us": "q",
    "reached_list": "q", "reached": "q", "reached_person": "q",
}  # fmt: skip
"""Where words are looked for."""


def test_every_search_is_asked_here() -> None:
    asked = {"q", "full_name", "name"}
    assert {route for (route, _method), one in EXPECTED.items() if asked & one.data.keys()} == set(SEARCHES)


@pytest.mark.parametrize("part", [12, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "asker", [asker for asker in ASKERS if asker not in ("nobody", "kiosk", "board", "guest")]
)
def test_a_search_finds_nobody_who_is_not_in_sight(asker: str, part: int, everybody: House) -> None:
    may_see, wrong = seen_by(asker), []
    for route, name in SEARCHES.items():
        if not may_open(everybody, asker, route):
            continue
        # All of them are called Anna; their reference and their number are theirs alone.
        for code in ("", *RELATIONS):
            if not taken(part, asker, route, code):
                continue
            typed = everybody.someone[code].person.reference if code else "Anna Qz"
            answer = ask(everybody.browsers[asker], "POST", everybody.address(route, "ce"), {name: typed})
            more = answer.tells(everybody) - may_see - {(code, "reference"), ("ce", "id"), *TO_ASK_FOR}
            if more:
                wrong.append(f"{asker} looks for {typed} in {route}: {sorted(more)}")
    assert not wrong, "\n".join(wrong)


def test_a_calendar_holds_times_and_references_and_no_more_of_anybody(everybody: House) -> None:
    coach = everybody.actors["coach"]
    with as_actor(coach):
        token = feeds.make_feed(coach, key=once())
    everybody.here.booking(
        MORNING + timedelta(days=2), person=everybody.someone["ow"].person, staff_id=coach.staff_id
    )
    answer = ask(everybody.browsers["nobody"], "GET", reverse("calendar_feed", args=(token,)))
    assert answer.status == 200
    assert "BEGIN:VEVENT" in answer.text
    assert answer.tells(everybody) == {("ow", "reference")}


TELLS = "Drug and alcohol service"


@pytest.mark.parametrize("part", [8, pytest.param(1, marks=pytest.mark.long)])
@pytest.mark.parametrize("asker", ["leader", "helper", "host", "administrator", "auditor", "partner"])
def test_an_office_whose_name_tells_something_is_named_to_nobody_without_the_key(
    asker: str, part: int, everybody: House
) -> None:
    """Where it can be chosen its name stands for everybody alike: as often on the pages of whom nothing is shared."""
    wrong = []
    for route, method in OF_SOMEBODY:
        if may_open(everybody, asker, route) and taken(part, asker, route, method, "sn"):
            said = [told(everybody, asker, route, method, code).text.count(TELLS) for code in ("sn", "ce")]
            if said[0] != said[1]:
                wrong.append(f"{asker} {method} {route}: {said}")
    lists = (
        "audit",
        "audit_export",
        "messages",
        "referrals",
        "caseload",
        "shared_with_us",
        "arrivals",
        "queue",
    )
    opened = [route for route in lists if may_open(everybody, asker, route)]
    wrong += [route for route in opened if TELLS in told(everybody, asker, route, "GET", "ce").text]
    assert not wrong, "\n".join(wrong)


def test_whoever_shares_with_an_office_whose_name_tells_something_reads_its_name(everybody: House) -> None:
    one = everybody.someone["sn"]
    pages = [
        ask(browser_of(one.filler), "GET", everybody.address(route, "sn")).text
        for route in ("person_sharing", "person")
    ]
    assert any(
        page.count(TELLS) > told(everybody, "leader", "person_sharing", "GET", "ce").text.count(TELLS)
        for page in pages
    )
