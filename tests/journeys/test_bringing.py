"""A caseload file: what its check says of each row, and that it begins all of its ways or none, once."""

from __future__ import annotations

import io
import re
import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from tests.factories import MORNING, TODAY, Place, acting, as_system, as_worker, browser_of, place

from kohti.config import addresses
from kohti.journeys import actions, jobs, said
from kohti.journeys.models import EntryFact, Journey, StageSpell, Step
from kohti.kernel import clock, sheets
from kohti.kernel.actor import as_actor
from kohti.kernel.errors import NotAllowed
from kohti.kernel.ids import short
from kohti.kernel.sheets import UnreadableSheet
from kohti.kernel.words import spoken
from kohti.people.models import Person
from kohti.team import actions as team

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kohti.journeys.file import Checked
    from kohti.kernel.actor import Actor

HEADER = "Reference,Name,Date of birth,Centre,Coach,Why here,Legal basis,Stage,Opened on,Time limit,Work now"
HEADER += ",Since when,Education,Household,Next step,By when\n"


@pytest.fixture(scope="module")
def here() -> Iterator[Place]:
    with clock.held_at(MORNING):
        yield place()


@pytest.fixture
def leader(here: Place) -> Actor:
    return here.member("leader")


@pytest.fixture
def sally(here: Place) -> Actor:
    return here.hire("coach", centre="cheltenham", name=f"Sally {uuid.uuid4().hex}")


def name_of(coach: Actor) -> str:
    return str(coach.facts["name"])


def line(coach: str, **cells: str) -> str:
    """A row of a file: what it does not say is empty."""
    order = "reference name born centre coach why basis stage opened limit work since school home step when"
    return ",".join((cells | {"coach": coach}).get(one, "") for one in order.split()) + "\n"


def table(*lines: str) -> bytes:
    return (HEADER + "".join(lines)).encode()


def checked(leader: Actor, content: bytes) -> Checked:
    return acting(leader, actions.check_caseload, content, filename="c.csv")


def applied(leader: Actor, content: bytes, *, register: bool = False) -> Checked:
    return acting(leader, actions.apply_caseload, content, filename="c.csv", register=register)


def faults(leader: Actor, *lines: str) -> list[str]:
    """What is said of the rows of a file that cannot be taken."""
    return [one.reason for one in checked(leader, table(*lines)).refused]


def ways(here: Place, person: Person) -> list[Journey]:
    with as_system(here.system):
        return list(Journey.objects.filter(person_id=person.id).order_by("opened_at"))


def test_a_row_begins_a_way_with_all_that_it_says(here: Place, leader: Actor, sally: Actor) -> None:
    person = here.person("Kirsi Koskinen", born=TODAY - timedelta(days=9000))
    row = line(
        name_of(sally),
        reference=person.reference.lower().replace("-", " "),
        why="Wants to bake again",
        basis="their consent",
        stage="Getting ready for work",
        opened="02/02/2026",
        limit="2026-12-31",
        work="Out of work and looking",
        since="1.9.2025",
        school="does not want to say",
        step="Ring the bakery",
        when="20/03/2026",
    )
    found = applied(leader, table(row)).as_json()
    assert (found["importable"], found["refused"], found["problems"]) == (1, 0, [])
    (way,) = ways(here, person)
    assert (way.owner_id, way.basis, way.why_here) == (sally.member_id, "consent", "Wants to bake again")
    assert way.opened_at.date().isoformat() == "2026-02-02"
    assert str(way.limit_on) == "2026-12-31"
    with as_system(here.system):
        facts = {one.kind: (one.value, one.since) for one in EntryFact.objects.filter(journey_id=way.id)}
        (step,) = Step.objects.filter(journey_id=way.id)
        (spell,) = StageSpell.objects.filter(journey_id=way.id)
    assert {kind: value for kind, (value, _since) in facts.items()} == {
        "employment": "unemployed",
        "education": "",
    }, "household was not asked"
    assert str(facts["employment"][1]) == "2025-09-01"
    assert (step.words, str(step.due_on)) == ("Ring the bakery", "2026-03-20")
    assert spell.since == MORNING, "since when they are in a later stage no file says"
    with as_actor(sally):
        assert Journey.objects.filter(id=way.id).exists(), "their coach sees them"


def test_the_same_file_again_changes_nothing(here: Place, leader: Actor, sally: Actor) -> None:
    person = here.person()
    born = "17/05/1990"
    new = uuid.uuid4().hex
    rows = table(
        line(name_of(sally), reference=person.reference, opened="02/02/2026"),
        line(name_of(sally), name=f"Ada {new}", born=born),
        line("Nobody Known", name=f"Ben {new}", born=born),
    )
    first = applied(leader, rows, register=True).as_json()
    assert (first["importable"], first["unknown"], first["refused"]) == (1, 1, 1)
    again = applied(leader, rows, register=True).as_json()
    assert (again["importable"], again["unknown"], again["unchanged"], again["refused"]) == (0, 0, 2, 1)
    with as_system(here.system):
        assert Person.objects.filter(full_name__endswith=new).count() == 1
    assert len(ways(here, person)) == 1


def test_who_is_not_known_is_registered_or_left_out(here: Place, leader: Actor, sally: Actor) -> None:
    new = f"Ada {uuid.uuid4().hex}"
    rows = table(line(name_of(sally), name=new, born="17/05/1990"))
    applied(leader, rows)
    with as_system(here.system):
        assert not Person.objects.filter(full_name=new).exists()
    (problem,) = checked(leader, rows).as_json()["problems"]
    assert (problem["kind"], problem["row"]) == ("unknown", 2)
    applied(leader, rows, register=True)
    with as_system(here.system):
        person = Person.objects.get(full_name=new)
    assert str(person.date_of_birth) == "1990-05-17"
    assert len(ways(here, person)) == 1


def test_the_same_person_three_times_is_taken_once(here: Place, leader: Actor, sally: Actor) -> None:
    person = here.person("Zoë Twice", born=TODAY - timedelta(days=9000))
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    rows = (
        line(name_of(sally), reference=person.reference),
        line(name_of(sally), name="zoe twice", born=born),
        line(name_of(sally), reference=person.reference, step="Ring", when="20/03/2026"),
    )
    assert faults(leader, *rows) == ["The same person is in row 2."] * 2
    applied(leader, table(*rows))
    assert len(ways(here, person)) == 1


def test_each_fault_is_said_in_words_with_its_row_and_column(
    here: Place, leader: Actor, sally: Actor
) -> None:
    coach = name_of(sally)
    known = here.person("Ines Known", born=TODAY - timedelta(days=9000))
    mistyped = known.reference[:-1] + ("A" if known.reference[-1] == "B" else "B")
    for cells, words in (
        ({"opened": "31/02/2026"}, "Opened on: “31/02/2026” cannot be read as a day."),
        ({"opened": "12/03/2026"}, "Opened on: “12/03/2026” is still to come."),
        ({"opened": "01/02/2026", "limit": "31/01/2026"}, "Time limit comes before Opened on."),
        ({"limit": "10/03/2026"}, "Time limit comes before today."),
        ({"work": "Employed", "since": "01/04/2026"}, "Since when: “01/04/2026” is still to come."),
        (
            {"stage": "Geting ready for work"},
            "Stage: “Geting ready for work” is not known here. Did you mean “Getting ready for work”?",
        ),
        ({"step": "Ring", "when": "10/03/2026"}, "By when: A step cannot be due before it begins."),
        ({"when": "20/03/2026"}, "By when: there is a day, but no next step."),
        ({"centre": "Gloucester"}, "Centre: “Gloucester” is another centre."),
        ({"centre": "Atlantis"}, "Centre: “Atlantis” is not known here."),
        ({"basis": "because"}, "Legal basis: “because” is not known here. Choose from:"),
        ({"name": "Somebody Else"}, "Somebody else here has this reference."),
    ):
        (found,) = faults(leader, line(coach, reference=known.reference, **cells))
        assert found.startswith(words), found
    for row, words in (
        (line("", reference=known.reference), "The coach is missing."),
        (line(coach, name="Only A Name"), "Give a reference, or a name and a date of birth."),
        (line(coach, name="Early Bird", born="17/05/2030"), "Date of birth: “17/05/2030” is still to come."),
        (
            line(coach, name="Early Bird", born="17/05/1990", opened="17/05/1980"),
            "Opened on: “17/05/1980” cannot be read as a day. Opened on comes before Date of birth.",
        ),
        (line(coach, reference=mistyped), "Reference: There is a typing mistake"),
        (
            line(coach[:-1], reference=known.reference),
            f"Coach: “{coach[:-1]}” is not known here. Did you mean",
        ),
        (line(name_of(here.member("host")), reference=known.reference), "Coach: “Host"),
    ):
        (found,) = faults(leader, row)
        assert found.startswith(words), found
    both = checked(leader, table("\n", line("", reference=known.reference, opened="x")))
    assert both.refused[0].row == 3
    assert "The coach is missing. Opened on: “x” cannot be read" in both.refused[0].reason


def test_a_coach_who_left_is_told_from_one_nobody_knows(here: Place, leader: Actor) -> None:
    gone = here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    person = here.person()
    assert gone.member_id is not None
    with as_system(here.system) as system:
        team.end_membership(system, gone.member_id)
    (found,) = faults(leader, line(name_of(gone), reference=person.reference))
    assert found.endswith("is no longer here.")


def test_a_coach_is_named_by_their_sign_in_address_too(here: Place, leader: Actor, sally: Actor) -> None:
    address = f"{uuid.uuid4().hex}@example.org"
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        owner.execute("update team_user set email = %s where id = %s", (address, sally.facts["user_id"]))
    person = here.person()
    applied(leader, table(line(address.upper(), reference=person.reference)))
    assert ways(here, person)[0].owner_id == sally.member_id


def test_who_is_on_their_way_already_or_was_is_said_so(here: Place, leader: Actor, sally: Actor) -> None:
    person, other = here.person(), here.hire("coach", centre="cheltenham", name=f"Neil {uuid.uuid4().hex}")
    applied(leader, table(line(name_of(sally), reference=person.reference, opened="02/02/2026")))
    assert faults(leader, line(name_of(other), reference=person.reference)) == [
        "They are on their way with us already."
    ]
    (way,) = ways(here, person)
    acting(leader, actions.close, way.id, "Done", version=way.version)
    again = line(name_of(sally), reference=person.reference, opened="02/02/2026")
    assert faults(leader, again) == ["Their way has ended since that day. Open it again from their page."]
    assert (
        checked(leader, table(line(name_of(sally), reference=person.reference))).as_json()["importable"] == 1
    )


def test_two_people_of_one_name_and_birth_are_not_guessed_between(
    here: Place, leader: Actor, sally: Actor
) -> None:
    name = f"Anna {uuid.uuid4().hex}"
    for _n in range(2):
        here.person(name, born=TODAY - timedelta(days=9000))
    born = (TODAY - timedelta(days=9000)).isoformat()
    assert faults(leader, line(name_of(sally), name=name, born=born)) == [
        "Several people here have this name and date of birth. Give the reference."
    ]


def test_nobody_of_another_centre_is_taken(here: Place, leader: Actor, sally: Actor) -> None:
    person = here.person(centre=here.other)
    (found,) = faults(leader, line(name_of(sally), reference=person.reference))
    assert found == f"Nobody whom you may see has the reference {person.reference}."


def test_only_a_leader_brings_a_caseload_in(sally: Actor) -> None:
    with pytest.raises(NotAllowed):
        checked(sally, table())


def test_a_workbook_with_finnish_headings_and_words_is_read(here: Place, leader: Actor, sally: Actor) -> None:
    person = here.person()
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["Viite", "Työvalmentaja", "Työtilanne", "Aloituspäivä"])
    with spoken("fi"):
        word = said.EMPLOYMENT["employed"]()
    page.append([person.reference, name_of(sally), word, TODAY - timedelta(days=3)])
    out = io.BytesIO()
    book.save(out)
    applied(leader, out.getvalue())
    (way,) = ways(here, person)
    with as_system(here.system):
        assert EntryFact.objects.get(journey_id=way.id).value == "employed"
    assert way.opened_at.date() == TODAY - timedelta(days=3)


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "bring-a-caseload.md"


def test_the_example_of_the_page_about_it_is_taken_as_it_stands(
    here: Place, leader: Actor, sally: Actor
) -> None:
    found = re.search(r"^```csv\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    example = found[1].replace("Sally Jones", name_of(sally))
    said_of_it = checked(leader, example.encode()).as_json()
    assert (said_of_it["unknown"], said_of_it["refused"], said_of_it["with_warnings"]) == (2, 0, 0), (
        said_of_it
    )
    for words in (said.EMPLOYMENT, said.EDUCATION, said.HOUSEHOLD, said.BASIS):
        assert [text() for text in words.values() if f"*{text()}*" not in PAGE.read_text()] == []


def test_columns_that_are_missing_are_named(leader: Actor) -> None:
    with pytest.raises(UnreadableSheet, match="Date of birth, Coach"):
        checked(leader, b"Name,Phone\nAda,1\n")


def test_a_file_is_written_with_as_many_statements_whatever_its_rows(
    here: Place, leader: Actor, sally: Actor
) -> None:
    counts = []
    for size in (3, 60):
        new = uuid.uuid4().hex
        rows = [
            line(
                name_of(sally),
                name=f"N{n} {new}",
                born="17/05/1990",
                step="Ring",
                when="20/03/2026",
                work="Employed",
            )
            for n in range(size)
        ]
        asked: list[str] = []

        def count(
            execute: Any, sql: str, params: Any, many: bool, context: Any, asked: list[str] = asked
        ) -> Any:
            asked.append(sql)
            return execute(sql, params, many, context)

        with as_actor(leader), connection.execute_wrapper(count):
            actions.apply_caseload(leader, table(*rows), filename="c.csv", register=True)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_in_the_browser_a_file_is_shown_before_anything_changes_and_then_brought_in(
    here: Place, leader: Actor, sally: Actor
) -> None:
    browser = browser_of(leader)
    person = here.person()
    new = f"Ada {uuid.uuid4().hex}"
    rows = table(
        line(name_of(sally), reference=person.reference),
        line(name_of(sally), name=new, born="17/05/1990"),
        line("Nobody Known", name="Ben Hale", born="17/05/1990"),
    )
    refused = browser.post("/caseload/bring/", {"key": str(uuid.uuid4())})
    assert refused.status_code == 422
    sent: Any = browser.post(
        "/caseload/bring/", {"file": SimpleUploadedFile("c.csv", rows), "key": str(uuid.uuid4())}
    )
    assert sent.status_code == 302, sent.content
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.get(sent.url).content.decode()))
    assert "Nothing has been changed yet" in page
    assert "Coach: “Nobody Known” is not known here." in page
    assert "Nobody whom you may see has this name and date of birth." in page
    assert ways(here, person) == []
    listed = sheets.read(browser.get(f"{sent.url}rows/").content)
    assert [(row.cells["Row"], row.cells["What happens"]) for row in listed.rows] == [
        ("3", "Nobody known"),
        ("4", "Not taken"),
    ]
    assert [(row.cells["Coach"], row.cells["Date of birth"]) for row in listed.rows][1] == (
        "Nobody Known",
        "17/05/1990",
    ), "each line as it was"
    for _n in range(2):
        assert browser.post(f"{sent.url}apply/", {"unknown": "register"}).status_code == 302
    assert "The import is running" in browser.get(sent.url).content.decode()
    for _n in range(2):
        with as_worker():
            jobs.import_caseload.run(
                member_id=str(leader.member_id),
                service_id=str(leader.service_id),
                subject_id=str(held_id(sent.url)),
            )
    assert "The caseload has been brought in" in browser.get(sent.url).content.decode()
    assert len(ways(here, person)) == 1
    with as_system(here.system):
        assert Person.objects.filter(full_name=new).count() == 1
    other = browser_of(here.member("leader", centre="gloucester"))
    assert other.get(sent.url).status_code == 404


def held_id(address: str) -> uuid.UUID:
    with psycopg.connect(addresses.owner_url()) as owner:
        rows = owner.execute("select id from diary_importedfile where kind = 'caseload'").fetchall()
    return next(uuid.UUID(str(row[0])) for row in rows if short(row[0]) == address.split("/")[-2])


@pytest.mark.long
def test_thousands_of_rows_are_brought_in_at_once(here: Place, leader: Actor, sally: Actor) -> None:
    new = uuid.uuid4().hex
    rows = table(
        *(
            line(name_of(sally), name=f"N{n} {new}", born="17/05/1990", step="Ring", when="20/03/2026")
            for n in range(3_000)
        )
    )
    applied(leader, rows, register=True)
    with as_system(here.system):
        assert Journey.objects.filter(owner_id=sally.member_id).count() == 3_000
    assert checked(leader, rows).as_json()["unchanged"] == 3_000
