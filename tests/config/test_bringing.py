"""Tables of people and of staff: checked row by row, applied once, refused with a clear word."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from tests.config.cli import SOURCE
from tests.factories import Place, as_system, place

from kohti.config.bringing import people, staff, tables
from kohti.kernel import references, sheets
from kohti.kernel.sheets import Sheet, UnreadableSheet
from kohti.people.models import Contact, Person
from kohti.team.models import Invitation


@pytest.fixture
def here() -> Place:
    """A service of this test's own."""
    return place()


def table(*lines: str) -> Sheet:
    """A table as it comes from a file."""
    return sheets.read("\n".join(lines).encode())


def bring_people(here: Place, sheet: Sheet, *, apply: bool, centre: str = "") -> tables.Result:
    """People, as the command does."""
    with as_system(here.system) as system:
        return people.bring(system, sheet, centre=centre, apply=apply)


def counted(result: tables.Result) -> tuple[int, int, int, int, int]:
    """Rows, importable, with warnings, refused, unchanged."""
    found = result.as_json()
    assert all(set(one) == {"row", "kind", "code", "reason"} for one in found["problems"])
    return found["rows"], found["importable"], found["with_warnings"], found["refused"], found["unchanged"]


REFERENCE = references.new_reference()
FILE = table(
    "Name;Called;Date of birth;Languages;Phone;E-mail;Centre;Reference",
    f"Aino Väisänen;Aino;2.1.1980;Finnish, sv;+358 40 123 4567;aino@example.org;cheltenham;{REFERENCE}",
    "Bo Dahl;;;Klingonisch;no number;;Gloucester;",
    ";;1.1.1980;;;;cheltenham;",
    "Carla Nowhere;;;;;;Atlantis;",
    "Dov Unborn;;1.1.2099;;;;cheltenham;",
    "Eve Odd;;;;;;cheltenham;not-a-reference",
    "AINO  VÄISÄNEN;;2.1.1980;;;;cheltenham;",
    ";;;;;;;",
    "Finn Plain;;;;;;;",
)


def test_people_are_checked_then_brought_in_and_the_second_time_nothing_is_new(here: Place) -> None:
    expected = (8, 3, 1, 5, 0)
    for _twice in range(2):
        assert counted(bring_people(here, FILE, centre="cheltenham", apply=False)) == expected
    result = bring_people(here, FILE, centre="cheltenham", apply=True)
    assert counted(result) == expected
    assert {one["row"]: one["code"] for one in result.problems} == {
        3: "language",
        4: "no-name",
        5: "no-centre",
        6: "date-of-birth",
        7: "reference",
        8: "duplicate",
    }
    assert counted(bring_people(here, FILE, centre="cheltenham", apply=True)) == (8, 0, 0, 5, 3)
    with as_system(here.system):
        aino = Person.objects.get(reference=REFERENCE)
        assert (aino.full_name, aino.called, aino.date_of_birth) == (
            "Aino Väisänen",
            "Aino",
            date(1980, 1, 2),
        )
        assert aino.languages == ["fi", "sv"]
        assert sorted(Contact.objects.filter(person=aino).values_list("kind", "value")) == [
            ("email", "aino@example.org"),
            ("phone", "+358 40 123 4567"),
        ]
        assert Person.objects.get(full_name="Bo Dahl").centre_id == here.other.id
        assert Person.objects.filter(service_id=here.system.service).count() == 3


def test_somebody_known_only_gains_ways_to_be_reached(here: Place) -> None:
    bring_people(here, table("name,phone", "Gil Known,07700 900100"), centre="cheltenham", apply=True)
    more = table("name,phone,email", "gil known,07700 900999,gil@example.org")
    assert bring_people(here, more, centre="cheltenham", apply=False).changed == 1
    assert bring_people(here, more, centre="cheltenham", apply=True).changed == 1
    assert bring_people(here, more, centre="cheltenham", apply=True).unchanged == 1
    with as_system(here.system):
        assert set(Contact.objects.filter(ended_at=None).values_list("value", flat=True)) == {
            "07700 900100",
            "07700 900999",
            "gil@example.org",
        }


def test_the_same_name_with_another_birth_is_somebody_else_and_said_so(here: Place) -> None:
    bring_people(here, table("name,dob", "Hal Twice,1.2.1970"), centre="cheltenham", apply=True)
    result = bring_people(here, table("name,dob", "Hal Twice,1.2.1999"), centre="cheltenham", apply=True)
    assert (result.new, result.problems[0]["code"]) == (1, "alike")
    taken = table("name,reference", "Somebody Else," + _reference_of(here, "Hal Twice"))
    assert bring_people(here, taken, centre="cheltenham", apply=True).problems[0]["code"] == "reference-taken"


def _reference_of(here: Place, name: str) -> str:
    with as_system(here.system):
        found = Person.objects.filter(full_name=name).order_by("created_at").first()
    assert found is not None
    return found.reference


def test_a_table_without_names_is_none(here: Place) -> None:
    with pytest.raises(UnreadableSheet) as refusal:
        bring_people(here, table("phone,email", "1,2"), centre="cheltenham", apply=False)
    assert refusal.value.code == "missing-columns"


STAFF = table(
    "Name,E-mail,Role,Centre,Organisation",
    "Ida Coach,ida@example.org,coach,cheltenham,jobcentre",
    "Jon Leader,jon@example.org,leader,Gloucester,jobcentre",
    "Kim Wrong,kim@example.org,emperor,cheltenham,jobcentre",
    "Lee Bad,not an address,coach,cheltenham,jobcentre",
    "ida coach,other@example.org,coach,cheltenham,jobcentre",
)


def test_staff_are_invited_once(here: Place) -> None:
    for _twice in range(2):
        with as_system(here.system) as system:
            result, links = staff.bring(system, STAFF, apply=False)
        assert counted(result) == (5, 2, 0, 3, 0)
        assert links == []
    with as_system(here.system) as system:
        assert Invitation.objects.count() == 0
        result, links = staff.bring(system, STAFF, apply=True)
    assert counted(result) == (5, 2, 0, 3, 0)
    assert [(one.row, one.name) for one in links] == [(2, "Ida Coach"), (3, "Jon Leader")]
    assert len({one.token for one in links}) == 2
    with as_system(here.system) as system:
        assert Invitation.objects.filter(service_id=system.service).count() == 2
        again, links = staff.bring(system, STAFF, apply=True)
    assert counted(again) == (5, 0, 0, 3, 2)
    assert links == []


# too much


HUGE = """
import resource, sys
from pathlib import Path
import django
django.setup(set_prefix=False)
from kohti.config.bringing import tables
from kohti.kernel.sheets import UnreadableSheet
for path in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        tables.read(Path(path))
    except UnreadableSheet as trouble:
        print(trouble.code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def refused_with(*paths: Path) -> list[tuple[str, int]]:
    """The code with which each file is refused, and how many MB reading it took."""
    done = subprocess.run(
        [sys.executable, "-c", HUGE, *map(str, paths)],
        env={
            "PYTHONPATH": str(SOURCE),
            "DJANGO_SETTINGS_MODULE": "kohti.config.settings",
            "KOHTI_DATA": str(paths[0].parent),
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(code, int(kilobytes) // 1024) for code, kilobytes in lines]


def test_two_hundred_thousand_rows_are_refused_in_little_memory(tmp_path: Path) -> None:
    line = "Somebody Numbered {},+44 7700 9{:05d},somebody{}@example.org,cheltenham\n"
    body = "".join(line.format(n, n % 100_000, n) for n in range(200_000))
    small = tmp_path / "people.csv"
    small.write_text("name,phone,email,centre\n" + body[: sheets.MAX_BYTES - 100].rpartition("\n")[0] + "\n")
    assert small.stat().st_size < sheets.MAX_BYTES
    big = tmp_path / "big.csv"
    with big.open("w") as file:
        for _part in range(20):
            file.write(body)
    (first, little), (second, more) = refused_with(big, small)
    assert (first, second) == ("too-big", "too-many-rows")
    assert little < 5
    assert more < 200


@pytest.mark.long
def test_a_workbook_of_two_hundred_thousand_rows_is_refused_in_little_memory(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.append(["name", "phone"])
    for number in range(200_000):
        page.append([f"Somebody {number}", number])
    book.save(tmp_path / "people.xlsx")
    [(code, megabytes)] = refused_with(tmp_path / "people.xlsx")
    assert code in ("too-many-rows", "too-big")
    assert megabytes < 200
