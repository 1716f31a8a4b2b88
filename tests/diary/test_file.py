"""A diary file is read as its makers meant it, and nobody is booked twice by it."""

import csv
import io
import json
import os
import random
import time as stopwatch
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from itertools import combinations
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kohti.diary.file import Booked, Check, DiaryRow, Problem, check, read_rows
from kohti.kernel.names import fold
from kohti.kernel.sheets import UnreadableSheet

thorough = settings(derandomize=True, deadline=None, max_examples=150)
at = datetime.fromisoformat
TODAY = date(2026, 3, 11)
SHARED = Path(os.environ.get("KOHTI_SHARED", Path(__file__).parents[2] / ".." / "shared"))
HEADER = ["Ref", "Date", "Start", "Minutes", "Customer", "DOB", "Phone", "Email", "With", "Type", "Notes"]
LINE = {
    "Ref": "A1",
    "Date": "2026-03-11",
    "Start": "09:30",
    "Minutes": "10",
    "Customer": "Ada Moss",
    "DOB": "1990-05-17",
    "Phone": "07700 900123",
    "Email": "ada@example.org",
    "With": "Kim Reed",
    "Type": "Review",
    "Notes": "wheelchair",
}


# A real day


@pytest.fixture(scope="module")
def cheltenham() -> tuple[bytes, dict[str, object]]:
    folder = SHARED / "data" / "centre-day"
    if not folder.is_dir():
        pytest.skip(f"NOT TESTED against the real day: no shared data at {SHARED} (set KOHTI_SHARED)")
    expected = json.loads((folder / "expected.json").read_text())
    return (folder / "cheltenham-2026-03-11-diary.csv").read_bytes(), expected


IDEAS = {
    "duplicate": "duplicate reference, same appointment",
    "time": "time cannot be read",
    "customer": "no customer name",
    "date": "date cannot be read",
    "staff-booked": "same coach double booked",
    "customer-booked": "same customer in two places at once",
    "minutes": "length is not a number of minutes",
    "date-of-birth": "date of birth in the future",
}


def test_cheltenhams_day_gives_what_is_expected_of_it(cheltenham: tuple[bytes, dict[str, object]]) -> None:
    data, expected = cheltenham
    outcome = checked(data)
    told = outcome.as_json()
    assert told["rows"] == expected["diary_rows"]
    assert told["importable"] == expected["importable"]
    assert told["with_warnings"] == expected["importable_with_warnings"]
    assert told["refused"] == expected["refused"]
    assert told["unchanged"] == 0
    because = expected["refused_because"]
    assert isinstance(because, list)
    assert sorted(IDEAS[problem.code] for problem in outcome.refused) == sorted(because)
    assert {warning.row for warning in outcome.warnings} == {204}
    assert len({row.staff for row in outcome.new} - {""}) == expected["coaches"]
    formula = next(row for row in outcome.new if row.row == 204)
    assert formula.customer == "D'Arcy O'Neill-Żuk"
    assert formula.note == '=HYPERLINK("http://x","say ""hello""")'


def test_cheltenhams_day_imported_twice_changes_nothing(cheltenham: tuple[bytes, dict[str, object]]) -> None:
    once = checked(cheltenham[0])
    twice = checked(cheltenham[0], after([], once))
    assert (len(twice.new), len(twice.changed), twice.warnings) == (0, 0, ())
    assert twice.unchanged == once.new
    assert twice.refused == once.refused


def test_cheltenhams_day_is_the_same_in_every_kind_of_file(
    cheltenham: tuple[bytes, dict[str, object]],
) -> None:
    table = list(csv.reader(io.StringIO(cheltenham[0].decode("utf-8-sig"))))
    # Windows-1252 has no Polish letters, so those go without their accents in every file compared.
    table = [
        [cell.translate(str.maketrans("łŁńśźżąęćŻŚŹĆ", "lLnszzaecZSZC")) for cell in line] for line in table
    ]
    whole = checked(written(table, encoding="utf-8"))
    assert len(whole.new) == 203
    assert checked(written(table, encoding="cp1252", delimiter=";")) == whole
    assert checked(written(table, encoding="utf-16", delimiter="\t")) == whole
    assert checked(workbook(table)) == whole
    assert checked(workbook([spreadsheet_cells(line) for line in table])) == whole


def spreadsheet_cells(line: Sequence[str]) -> list[object]:
    """The line as a person's spreadsheet holds it: real dates, times and numbers where the text is one."""
    cells: list[object] = list(line)
    for column, kind in ((1, date.fromisoformat), (2, time.fromisoformat), (3, int), (5, date.fromisoformat)):
        try:
            cells[column] = kind(line[column])
        except ValueError:
            continue
    return cells


# What a file may look like


def written(table: Sequence[Sequence[str]], *, encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    return out.getvalue().encode(encoding)


def workbook(table: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for number, line in enumerate(table, start=1):
        for column, value in enumerate(line, start=1):
            cell = page.cell(number, column)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def diary(*lines: dict[str, str]) -> bytes:
    """A file of these appointments; what one does not say is as in LINE, references count on."""
    table = [list({**LINE, "Ref": f"A{count}", **line}.values()) for count, line in enumerate(lines, start=1)]
    return written([HEADER, *table])


def checked(data: bytes, booked: Sequence[Booked] = (), *, country: str = "GB") -> Check:
    rows, refused, total = read_rows(data, filename="diary.csv", country=country, today=TODAY)
    return check(rows, refused, total, booked)


def read_one(country: str = "GB", **cells: str) -> DiaryRow | Problem:
    rows, refused, total = read_rows(diary(cells), filename="diary.csv", country=country, today=TODAY)
    assert total == 1
    return (rows + refused)[0] if rows else refused[0]


def row_of(**cells: str) -> DiaryRow:
    row = read_one("GB", **cells)
    assert isinstance(row, DiaryRow), row
    return row


def test_a_row_is_read_into_what_it_means() -> None:
    assert row_of() == DiaryRow(
        row=2,
        reference="A1",
        starts=at("2026-03-11T09:30"),
        minutes=10,
        customer="Ada Moss",
        date_of_birth=date(1990, 5, 17),
        phone="07700 900123",
        email="ada@example.org",
        staff="Kim Reed",
        kind="Review",
        note="wheelchair",
    )


@pytest.mark.parametrize(
    "header",
    [
        "Viite;Päivämäärä;Klo;Kesto;Asiakas;Syntymäaika;Puhelin;Sähköposti;Valmentaja;Tyyppi;Huomautukset",
        "Aftalenr;Dato;Tidspunkt;Minutter;Borger;Fødselsdato;Telefon;E-mail;Medarbejder;Type;Noter",
        "Kenmerk;Datum;Begintijd;Duur (minuten);Klant;Geboortedatum;Telefoon;E-mail;Consulent;Soort;Notitie",
        "Nr ref.;Data;Godzina;Czas trwania;Klient;Data urodzenia;Telefon;E-mail;Doradca;Rodzaj;Uwagi",
        " REF ; date;START TIME;Duration;client name;date of birth;MOBILE;e-mail address;Coach;TYPE;notes",
    ],
)
def test_headers_are_understood_in_the_languages_of_their_makers(header: str) -> None:
    rows, refused, _total = read_rows(
        written([header.split(";"), list(LINE.values())]), filename="x.csv", country="FI", today=TODAY
    )
    assert (rows, refused) == ([row_of()], [])


def test_columns_may_stand_in_any_order_and_others_do_not_matter() -> None:
    table = [["Notes", "Room", *HEADER[:-1]], ["wheelchair", "Room 2", *list(LINE.values())[:-1]]]
    assert read_rows(written(table), filename="x.csv", country="GB", today=TODAY)[0] == [row_of()]


def test_missing_columns_are_named() -> None:
    with pytest.raises(UnreadableSheet) as refusal:
        checked(b"Ref,Customer,Day\nA1,Ada Moss,2026-03-11\n")
    assert refusal.value.code == "missing-columns"
    assert "Start, Minutes." in str(refusal.value.message)
    assert len(checked(b"Date,Start,Minutes,Customer\n11.3.2026,9.30,10,Ada Moss\n").new) == 1


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("2026-03-11", "GB"),
        ("11/03/2026", "GB"),
        ("11/03/26", "BE"),
        ("11.3.2026", "FI"),
        ("11-03-2026", "DK"),
        ("11.03.26", "PL"),
        ("2026-03-11T00:00", "GB"),
        ("2026-03-11 00:00:00", "GB"),
        ("3/11/2026", "US"),
    ],
)
def test_dates_are_read_as_the_centres_country_writes_them(text: str, country: str) -> None:
    row = read_one(country=country, Date=text)
    assert isinstance(row, DiaryRow)
    assert row.starts.date() == date(2026, 3, 11)


@pytest.mark.parametrize(
    "text", ["", "31/02/2026", "03/25/2026", "11/3-2026", "tomorrow", "0026-03-11", "9999-12-31"]
)
def test_dates_that_are_none_are_refused(text: str) -> None:
    problem = read_one(Date=text)
    assert isinstance(problem, Problem)
    assert problem.code == "date"
    assert text in problem.reason


@pytest.mark.parametrize(
    "text",
    ["09:30", "9:30", "9.30", "0930", "930", "9:30 am", "09:30:00", "klo 9.30", "kl. 09.30", "9:30AM"],
)
def test_times_are_read_as_people_write_them(text: str) -> None:
    assert row_of(Start=text).starts.time() == time(9, 30)


def test_the_afternoon_is_the_afternoon() -> None:
    times = [row_of(Start=text).starts.time() for text in ("1:05 pm", "12:05 p.m.", "12:05 am", "13:05")]
    assert times == [time(13, 5), time(12, 5), time(0, 5), time(13, 5)]


@pytest.mark.parametrize(
    "text", ["", "25:10", "24:00", "9:60", "9", "9.3", "13:00 pm", "noon", "９:30", "09:30:15"]
)
def test_times_that_are_none_are_refused(text: str) -> None:
    problem = read_one(Start=text)
    assert isinstance(problem, Problem)
    assert problem.code == "time"


@pytest.mark.parametrize("text", ["", "0", "481", "-10", "10.5", "a while", "²"])
def test_lengths_that_are_no_number_of_minutes_are_refused(text: str) -> None:
    problem = read_one(Minutes=text)
    assert isinstance(problem, Problem)
    assert problem.code == "minutes"


def test_lengths_of_up_to_a_working_day_are_taken() -> None:
    assert [row_of(Minutes=text).minutes for text in ("1", "480", "20 min")] == [1, 480, 20]


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("17/05/90", date(1990, 5, 17)),
        ("17.5.15", date(2015, 5, 17)),
        ("11.3.26", date(2026, 3, 11)),
        ("12.3.26", date(1926, 3, 12)),
        ("1/1/31", date(1931, 1, 1)),
        ("29/02/04", date(2004, 2, 29)),
        ("", None),
    ],
)
def test_a_date_of_birth_with_two_digits_is_never_in_the_future(text: str, born: date | None) -> None:
    row = row_of(DOB=text)
    assert (row.date_of_birth, row.warnings) == (born, ())


def test_a_date_of_birth_in_the_future_is_refused_and_an_unreadable_one_left_out() -> None:
    problem = read_one(DOB="2031-01-01")
    assert isinstance(problem, Problem)
    assert (problem.code, problem.reason) == (
        "date-of-birth",
        "The date of birth is in the future (“2031-01-01”).",
    )
    for text in ("long ago", "1899-12-31", "30/02/1990"):
        row = row_of(DOB=text)
        assert row.date_of_birth is None
        assert [warning.code for warning in row.warnings] == ["date-of-birth"]


def test_contacts_that_cannot_be_read_are_left_out_with_a_warning() -> None:
    outcome = checked(diary({"Phone": "n/a", "Email": "not an address"}))
    assert [(row.phone, row.email) for row in outcome.new] == [("", "")]
    assert [warning.code for warning in outcome.warnings] == ["phone", "email"]
    assert outcome.as_json()["with_warnings"] == 1
    entry = outcome.as_json()["problems"][0]
    assert (entry["row"], entry["kind"]) == (2, "warning")
    assert "“n/a”" in entry["reason"]
    assert "“not an address”" in entry["reason"]


@pytest.mark.parametrize(
    "phone", ["07700 900123", "+358 40 123 4567", "(01242) 555-123", "040/123.45.67", "555123 ext 4"]
)
def test_phone_numbers_are_kept_as_they_were_written(phone: str) -> None:
    row = row_of(Phone=phone)
    assert (row.phone, row.warnings) == (phone, ())


def test_a_row_tells_all_its_faults_at_once() -> None:
    outcome = checked(diary({"Date": "x", "Start": "y", "Minutes": "z", "Customer": " "}))
    assert len(outcome.refused) == 1
    assert outcome.refused[0].code == "date"
    for word in ("date", "time", "length", "customer"):
        assert word in outcome.refused[0].reason


def test_a_name_needs_a_letter() -> None:
    for text in ("", "  ", "--", "\u200b"):
        problem = read_one(Customer=text)
        assert isinstance(problem, Problem)
        assert problem.code == "customer"


def test_nobody_named_as_staff_is_fine() -> None:
    assert row_of(With=" ").warnings == ()


def test_notes_stay_text_line_by_line() -> None:
    assert row_of(Notes="=1+1").note == "=1+1"
    assert row_of(Notes=" one \r\n\r\n  two\x07 \n").note == "one\n\ntwo"
    long = row_of(Notes="x" * 5_000)
    assert len(long.note) == 4_000
    assert [warning.code for warning in long.warnings] == ["note"]


def test_texts_longer_than_there_is_room_for_are_refused() -> None:
    problem = read_one(Customer="x" * 201)
    assert isinstance(problem, Problem)
    assert problem.code == "too-long"


def test_a_comma_that_was_not_quoted_is_noticed_instead_of_shifting_cells() -> None:
    day = b"2026-03-11,09:30,10"
    data = b"Date,Start,Minutes,Customer,With\n%b,Moss, Ada,Kim Reed\n%b,Bo Cole,\n" % (day, day)
    outcome = checked(data)
    assert [(problem.row, problem.code) for problem in outcome.refused] == [(2, "shifted")]
    assert len(outcome.new) == 1


def test_empty_rows_do_not_count_but_keep_the_numbers_of_the_others() -> None:
    data = diary({}) + b"\r\n , ,,,,,,,,,\r\n" + b",".join(v.encode() for v in LINE.values()) + b"\r\n\r\n"
    outcome = checked(data)
    assert outcome.rows == 2
    assert [problem.row for problem in outcome.refused] == [5]


def test_a_polish_centres_old_spreadsheet_keeps_its_letters() -> None:
    data = written(
        [HEADER, list({**LINE, "Customer": "Łucja Żuk"}.values())], encoding="cp1250", delimiter=";"
    )
    assert checked(data, country="PL").new[0].customer == "Łucja Żuk"


# Who clashes


def codes(outcome: Check) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in outcome.refused]


def test_an_appointment_may_begin_when_another_ends() -> None:
    outcome = checked(diary({"Customer": "Bo Cole", "DOB": ""}, {"Start": "09:40"}, {"Start": "09:20"}))
    assert len(outcome.new) == 3


def test_the_same_reference_twice_is_told_apart_from_the_same_appointment_twice() -> None:
    outcome = checked(diary({"Ref": "A1"}, {"Ref": "a 1"}, {"Ref": "A1", "Start": "11:00"}))
    assert codes(outcome) == [(3, "duplicate"), (4, "reference-taken")]
    assert outcome.refused[0].reason == "Duplicate reference a 1: the same appointment is in row 2."
    assert outcome.refused[1].reason == "Duplicate reference A1: row 2 has it for a different appointment."


def test_of_two_rows_that_clash_the_earlier_row_stays_and_is_named() -> None:
    outcome = checked(
        diary({"Minutes": "30"}, {"Start": "09:45", "Customer": "Bo Cole", "Email": "", "Phone": ""})
    )
    assert codes(outcome) == [(3, "staff-booked")]
    assert outcome.refused[0].reason == "Double booked: Kim Reed already has an appointment at 09:30, row 2."


def test_a_customer_cannot_be_in_two_places_at_once() -> None:
    outcome = checked(
        diary({"Minutes": "30"}, {"Start": "09:45", "Customer": "ADA  MOSS", "With": "Lee Fox"})
    )
    assert codes(outcome) == [(3, "customer-booked")]
    assert outcome.refused[0].reason == (
        "In two places at once: ADA MOSS already has an appointment at 09:30, row 2."
    )


@pytest.mark.parametrize(
    ("other", "clashes"),
    [
        ({"DOB": "1990-05-17", "Phone": "", "Email": ""}, True),
        ({"DOB": "", "Phone": "", "Email": ""}, True),
        ({"DOB": "1991-01-01", "Phone": "", "Email": ""}, False),
        ({"DOB": "1991-01-01", "Phone": "07700900123", "Email": ""}, True),
        ({"DOB": "1991-01-01", "Phone": "", "Email": "ADA@example.org"}, True),
        ({"Customer": "Ida Moss"}, False),
        ({"Customer": "Áda Mass", "DOB": ""}, False),
        ({"Customer": "Áda Moss", "DOB": ""}, True),
    ],
)
def test_people_of_one_name_are_the_same_unless_their_birth_dates_differ(
    other: dict[str, str], clashes: bool
) -> None:
    first = {"With": "Lee Fox"}
    assert len(checked(diary(first, other)).refused) == int(clashes)
    assert len(checked(diary({**other, "With": ""}, first)).refused) == int(clashes)


def test_a_refused_row_holds_nothing() -> None:
    outcome = checked(
        diary(
            {"Minutes": "30"},
            {"Start": "09:45", "Minutes": "30", "Customer": "Bo Cole", "DOB": ""},
            {"Start": "10:00", "Minutes": "30", "Customer": "Cy Dean", "DOB": ""},
        )
    )
    assert codes(outcome) == [(3, "staff-booked")]


# Against what is booked


def booking(row: DiaryRow, **other: object) -> Booked:
    names = {field.name for field in fields(Booked)} & {field.name for field in fields(DiaryRow)}
    return replace(Booked(**{name: getattr(row, name) for name in names}), **other)  # type: ignore[arg-type]


def after(booked: Sequence[Booked], outcome: Check) -> list[Booked]:
    """The diary once the outcome is applied."""
    changes = {id(change.before): change for change in outcome.changed}
    applied = []
    for one in booked:
        change = changes.pop(id(one), None)
        applied.append(
            replace(one, **{name: getattr(change.row, name) for name in change.fields}) if change else one
        )
    assert not changes
    return applied + [booking(row) for row in outcome.new]


def test_the_same_file_twice_changes_nothing() -> None:
    data = diary({}, {"Ref": "", "Start": "10:00"}, {"Ref": "", "With": "", "Customer": "Bo Cole"})
    once = checked(data)
    assert len(once.new) == 3
    twice = checked(data, after([], once))
    assert (len(twice.unchanged), twice.as_json()["importable"]) == (3, 0)


def test_what_a_file_changes_is_named_field_by_field() -> None:
    before = booking(row_of())
    outcome = checked(diary({"Start": "10:00", "Notes": "", "With": "Lee Fox"}), [before])
    assert [(change.before, change.fields) for change in outcome.changed] == [
        (before, ("starts", "staff", "note"))
    ]
    assert outcome.as_json()["importable"] == 1


def test_an_empty_contact_or_date_of_birth_takes_nothing_away() -> None:
    outcome = checked(diary({"DOB": "", "Phone": "n/a", "Email": "", "Ref": "a1"}), [booking(row_of())])
    assert len(outcome.unchanged) == 1
    assert outcome.warnings == ()


def test_another_spelling_of_a_customer_or_colleague_is_no_change() -> None:
    data = diary({"Customer": "ADA  MÖSS", "With": "kim reed", "Type": "REVIEW", "Phone": "07700-900123"})
    assert len(checked(data, [booking(row_of())]).unchanged) == 1


def test_a_booking_without_a_customer_holds_its_colleague() -> None:
    rota = booking(row_of(), reference="", customer="", date_of_birth=None, phone="", email="")
    outcome = checked(diary({}, {"With": "Lee Fox"}), [rota])
    assert codes(outcome) == [(2, "staff-booked")]


def test_another_customer_under_the_same_reference_takes_over_no_contacts() -> None:
    outcome = checked(
        diary({"Customer": "Bo Cole", "DOB": "", "Phone": "", "Email": ""}), [booking(row_of())]
    )
    assert outcome.changed[0].fields == ("customer", "date_of_birth", "phone", "email")


def test_what_is_booked_and_not_in_the_file_stands_and_wins() -> None:
    standing = booking(row_of(Customer="Bo Cole", DOB="", Phone="", Email=""), reference="B7")
    outcome = checked(diary({}), [standing])
    assert codes(outcome) == [(2, "staff-booked")]
    assert outcome.refused[0].reason == (
        "Double booked: Kim Reed already has an appointment at 09:30, in the diary as B7."
    )


def test_two_appointments_may_change_places() -> None:
    bo = {"Customer": "Bo Cole", "DOB": "", "Phone": "", "Email": ""}
    booked = after([], checked(diary({}, {**bo, "Start": "09:40"})))
    outcome = checked(diary({"Start": "09:40"}, {**bo, "Start": "09:30"}), booked)
    assert [change.fields for change in outcome.changed] == [("starts",), ("starts",)]


def test_a_booking_that_a_file_must_not_change_is_left_and_said_so() -> None:
    begun = booking(row_of(), fixed=True)
    outcome = checked(diary({"Start": "10:00"}), [begun])
    assert codes(outcome) == [(2, "fixed")]
    assert "09:30" in outcome.refused[0].reason
    assert len(checked(diary({}), [begun]).unchanged) == 1


def test_a_cancelled_booking_takes_up_no_time_and_is_not_booked_again() -> None:
    cancelled = booking(row_of(), fixed=True, holds=False)
    outcome = checked(diary({}, {"Customer": "Bo Cole", "DOB": "", "Phone": "", "Email": ""}), [cancelled])
    assert (len(outcome.unchanged), len(outcome.new), len(outcome.refused)) == (1, 1, 0)


def test_a_refused_change_leaves_its_booking_which_then_refuses_others() -> None:
    bo = {"Customer": "Bo Cole", "DOB": "", "Phone": "", "Email": ""}
    cy = {"Customer": "Cy Dean", "DOB": "", "Phone": "", "Email": ""}
    standing = booking(row_of(Start="11:00", **cy), reference="C1")
    first, second = checked(diary({}, {**bo, "Start": "10:00"})).new
    file = diary({"Start": "10:00"}, {**bo, "Start": "11:00"}, {**cy, "Start": "09:30"})
    # Bo's move runs into Cy's. So Bo stays at ten, so Ada cannot move there, so 09:30 is not free.
    outcome = checked(file, [booking(first), booking(second), standing])
    assert codes(outcome) == [(2, "staff-booked"), (3, "staff-booked"), (4, "staff-booked")]
    assert checked(file, [booking(first), booking(second)]).refused == ()


def test_what_a_file_only_confirms_stands_before_what_it_changes() -> None:
    booked = [booking(row_of(Start="11:00"))]
    outcome = checked(diary({"Ref": "A1", "Start": "10:00"}, {"Ref": "A1", "Start": "11:00"}), booked)
    assert codes(outcome) == [(2, "reference-taken")]
    assert [row.row for row in outcome.unchanged] == [3]


def test_a_booking_without_a_reference_stays_with_the_row_that_made_it() -> None:
    bo = {"Customer": "Bo Cole", "DOB": "", "Phone": "", "Email": ""}
    data = diary({**bo, "Start": "09:45"}, {"Ref": "", "Minutes": "20"}, {"Ref": ""})
    once = checked(data)
    assert codes(once) == [(3, "staff-booked")]
    twice = checked(data, after([], once))
    assert [row.row for row in twice.unchanged] == [2, 4]
    assert twice.refused == once.refused


def test_thousands_that_move_up_one_place_behind_one_that_cannot_are_refused_in_a_moment() -> None:
    begin = at("2026-03-11T09:00")
    rows = [
        replace(row_of(With="Kim Reed"), row=count, reference=f"A{count}", customer=f"Ada {count}")
        for count in range(2, 1_502)
    ]
    rows = [replace(row, starts=begin + timedelta(minutes=10 * row.row)) for row in rows]
    end = replace(rows[-1], reference="Z", customer="Zoe", starts=begin + timedelta(minutes=10 * 1_502))
    later = [replace(row, starts=row.starts + timedelta(minutes=10)) for row in rows]
    began = stopwatch.process_time()
    outcome = check(later, [], len(later), [booking(row) for row in [*rows, end]])
    assert len(outcome.refused) == 1_500
    assert stopwatch.process_time() - began < 5


# Whatever a file holds


def minutes_of(one: DiaryRow | Booked) -> tuple[datetime, datetime]:
    return one.starts, one.starts + timedelta(minutes=one.minutes)


def clash(one: DiaryRow | Booked, other: DiaryRow | Booked) -> bool:
    """The rule, said again in the plainest way."""
    (one_start, one_end), (other_start, other_end) = minutes_of(one), minutes_of(other)
    if one_end <= other_start or other_end <= one_start:
        return False
    if one.staff and fold(one.staff) == fold(other.staff):
        return True
    if fold(one.customer) != fold(other.customer):
        return False
    born = {one.date_of_birth, other.date_of_birth} - {None}
    return len(born) < 2 or one.phone == other.phone != "" or one.email == other.email != ""


ROWS = st.lists(
    st.builds(
        DiaryRow,
        row=st.just(0),
        reference=st.sampled_from(["", "", "R1", "R2", "R3", "R4", "R5", "R6", "r1"]),
        starts=st.integers(0, 10).map(lambda slot: at("2026-03-11T09:00") + timedelta(minutes=10 * slot)),
        minutes=st.sampled_from([5, 10, 10, 20, 40]),
        customer=st.sampled_from(["Ada Moss", "Bo Cole", "Cy Dean", "Eve Fry", "Gil Hay", "ada moss"]),
        date_of_birth=st.sampled_from([None, None, date(1990, 1, 1), date(1991, 1, 1)]),
        phone=st.sampled_from(["", "", "5551234"]),
        email=st.sampled_from(["", "", "a@example.org"]),
        staff=st.sampled_from(["", "", "Kim Reed", "Lee Fox"]),
        kind=st.just("Review"),
        note=st.sampled_from(["", "wheelchair"]),
    ),
    max_size=12,
).map(lambda rows: [replace(row, row=number) for number, row in enumerate(rows, start=2)])


@given(ROWS)
@thorough
def test_on_an_empty_day_rows_are_taken_in_their_order_unless_they_clash(rows: list[DiaryRow]) -> None:
    taken: list[DiaryRow] = []
    for row in rows:
        repeats = any(row.reference and row.reference.lower() == other.reference.lower() for other in taken)
        if not repeats and not any(clash(row, other) for other in taken):
            taken.append(row)
    outcome = check(rows, [], len(rows), [])
    assert list(outcome.new) == taken
    assert len(outcome.refused) == len(rows) - len(taken)


@given(ROWS, ROWS, st.randoms(use_true_random=False))
@settings(thorough, max_examples=250)
def test_whatever_is_booked_nobody_is_booked_twice_and_every_refusal_has_a_cause(
    earlier: list[DiaryRow], rows: list[DiaryRow], chance: random.Random
) -> None:
    booked = after([], check(earlier, [], len(earlier), []))
    booked = [replace(one, fixed=chance.random() < 0.1) for one in booked]
    booked = [replace(one, holds=not one.fixed or chance.random() < 0.5) for one in booked]
    outcome = check(rows, [], len(rows), booked)

    taken = [*outcome.new, *outcome.unchanged, *(change.row for change in outcome.changed)]
    assert sorted([row.row for row in taken] + [problem.row for problem in outcome.refused]) == [
        row.row for row in rows
    ]
    assert not any(change.before.fixed for change in outcome.changed)
    then = after(booked, outcome)
    assert not [pair for pair in combinations([one for one in then if one.holds], 2) if clash(*pair)]

    references = {row.reference.lower() for row in taken}
    for problem in outcome.refused:
        row = rows[problem.row - 2]
        if problem.code in ("duplicate", "reference-taken"):
            assert row.reference.lower() in references
        elif problem.code == "fixed":
            assert any(one.fixed for one in booked)
        else:
            assert any(clash(merged(row, booked), one) for one in then if one.holds)

    again = check(rows, [], len(rows), then)
    assert (again.new, again.changed) == ((), ())
    assert {row.row for row in again.unchanged} == {row.row for row in taken}
    assert [problem.row for problem in again.refused] == [problem.row for problem in outcome.refused]


def merged(row: DiaryRow, booked: Sequence[Booked]) -> DiaryRow:
    """The row with what its booking knows of the same customer and the row does not say."""
    for one in booked:
        if (
            row.reference
            and one.reference.lower() == row.reference.lower()
            and fold(one.customer) == fold(row.customer)
        ):
            born = row.date_of_birth or one.date_of_birth
            return replace(
                row, date_of_birth=born, phone=row.phone or one.phone, email=row.email or one.email
            )
    return row


@given(ROWS, st.randoms(use_true_random=False))
@thorough
def test_the_order_of_the_list_does_not_matter_only_the_order_of_the_file(
    rows: list[DiaryRow], chance: random.Random
) -> None:
    shuffled = chance.sample(rows, len(rows))
    assert check(shuffled, [], len(rows), []) == check(rows, [], len(rows), [])


CELLS = st.text(max_size=12) | st.sampled_from(
    [
        "2026-03-11",
        "11.3.26",
        "9.30",
        "0930",
        "10",
        "481",
        "Ada Moss",
        "n/a",
        "=1+1",
        "'=1",
        "9999-12-31",
        '"',
        ";",
    ]
)


@given(
    st.lists(st.lists(CELLS, min_size=11, max_size=12), max_size=5),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["GB", "FI", "DK", "BE", "PL", "US", ""]),
)
@thorough
def test_every_row_of_any_table_is_taken_or_refused_with_words(
    table: list[list[str]], delimiter: str, country: str
) -> None:
    lines = [[cell.encode("utf-8", "ignore").decode().replace("\0", "") for cell in line] for line in table]
    outcome = checked(written([HEADER, *lines], delimiter=delimiter), country=country)
    told = outcome.as_json()
    assert told["rows"] == told["importable"] + told["unchanged"] + told["refused"]
    assert all(problem["reason"] for problem in told["problems"])
    assert json.loads(json.dumps(told)) == told
    assert (
        checked(
            written([HEADER, *lines], delimiter=delimiter), after([], outcome), country=country
        ).importable
        == 0
    )


@given(st.binary(max_size=200), st.booleans())
@thorough
def test_arbitrary_bytes_are_a_diary_or_no_sheet(data: bytes, headed: bool) -> None:
    try:
        checked(b"Date,Start,Minutes,Customer\n" * headed + data)
    except UnreadableSheet as refusal:
        assert refusal.code  # noqa: PT017 - most bytes raise, some do not


def test_twenty_thousand_rows_are_checked_in_a_moment() -> None:
    chance = random.Random(1)
    lines = []
    for count in range(20_000):
        starts = at("2026-03-01T09:00") + timedelta(
            days=chance.randrange(60), minutes=5 * chance.randrange(90)
        )
        lines.append(
            [
                f"R{count}",
                f"{starts:%d/%m/%Y}",
                f"{starts:%H:%M}",
                "20",
                f"Ada Moss {chance.randrange(3000)}",
                "",
                "",
                "",
                f"Coach {chance.randrange(100)}",
                "Review",
                "",
            ]
        )
    began = stopwatch.process_time()
    once = checked(written([HEADER, *lines]))
    booked = after([], once)
    later = [replace(row, starts=row.starts + timedelta(minutes=10)) for row in once.new]
    moved = check(later, [], len(later), booked)
    assert len(moved.changed) > 10_000
    assert stopwatch.process_time() - began < 15
