"""From the bytes of a diary file to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils.translation import gettext as _

from kohti.diary.file.columns import find_columns
from kohti.diary.file.reading import Reading, filled, shortened, table
from kohti.diary.file.shapes import DiaryRow, Problem
from kohti.diary.file.values import (
    LONGEST,
    read_date,
    read_date_of_birth,
    read_email,
    read_minutes,
    read_note,
    read_phone,
    read_time,
)
from kohti.kernel.names import fold

# Characters, as much as the diary keeps.
_ROOM = {"reference": 64, "customer": 200, "staff": 200, "kind": 200, "note": 4000}
_OLDEST = 1900
_LAST_YEAR = 2199

# What a spreadsheet writes where it is not asked for UTF-8.


def read_rows(
    data: bytes, *, filename: str, country: str, today: date
) -> tuple[list[DiaryRow], list[Problem], int]:
    """The rows of a diary file that can be read, why each other row is refused, and how many rows there are.

    `country` is that of the centre (GB, FI, DK, BE, PL …): it decides between day and month, and how a Polish
    file's letters are kept. Dates of birth must not be after `today`. Empty rows do not count. Phone numbers,
    e-mail addresses and dates of birth that cannot be read are left out with a warning; a row without a
    readable date, time, length or customer is refused, with all its reasons in one problem.

    Raises UnreadableSheet where the file is no table or lacks a needed column.
    """
    sheet = table(data, filename=filename, country=country)
    columns = find_columns(sheet.header)
    rows: list[DiaryRow] = []
    refused: list[Problem] = []
    total = 0
    for line in filled(sheet):
        total += 1
        texts = {field: line.cells[name] for field, name in columns.items()}
        reading = _Reading(line.number, texts, country=country, today=today)
        row = reading.row(shifted=bool(line.extra))
        if row is None:
            first = reading.faults[0]
            refused.append(
                Problem(line.number, first.code, " ".join(fault.reason for fault in reading.faults))
            )
        else:
            rows.append(row)
    return rows, refused, total


class _Reading(Reading):
    """One row being read: its cells, and the faults and warnings found so far."""

    def __init__(self, number: int, texts: Mapping[str, str], *, country: str, today: date) -> None:
        super().__init__(number, texts)
        self.country = country
        self.today = today

    def row(self, *, shifted: bool) -> DiaryRow | None:
        """The row, or None where there are faults."""
        if shifted:
            self.refuse(
                "shifted", _("The row has more cells than the header: a text with a comma needs quotes.")
            )
            return None
        starts = self._starts()
        minutes = read_minutes(self.text("minutes"))
        if minutes is None:
            text = _("The length is not a number of minutes from 1 to %(most)s%(given)s.")
            self.refuse("minutes", text % {"most": LONGEST, "given": self.given("minutes")})
        customer = self._name("customer")
        if not fold(customer):
            self.refuse("customer", _("There is no customer name."))
        date_of_birth = self._date_of_birth()
        reference, staff, kind = self._name("reference"), self._name("staff"), self._name("kind")
        if not fold(staff):  # a dash says nobody
            staff = ""
        if self.faults or starts is None or minutes is None:
            return None
        return DiaryRow(
            row=self.number,
            reference=reference,
            starts=starts,
            minutes=minutes,
            customer=customer,
            date_of_birth=date_of_birth,
            phone=self._phone(),
            email=self._email(),
            staff=staff,
            kind=kind,
            note=self._note(),
            warnings=tuple(self.warnings),
        )

    def _starts(self) -> datetime | None:
        day = read_date(self.text("date"), country=self.country, today=self.today)
        if day is None or not _OLDEST <= day.year <= _LAST_YEAR:
            self.refuse("date", _("The date cannot be read%(given)s.") % {"given": self.given("date")})
        clock = read_time(self.text("starts"))
        if clock is None:
            self.refuse("time", _("The time cannot be read%(given)s.") % {"given": self.given("starts")})
        return datetime.combine(day, clock) if day and clock is not None else None

    def _date_of_birth(self) -> date | None:
        text = self.text("date_of_birth")
        if not text:
            return None
        born = read_date_of_birth(text, country=self.country, today=self.today)
        if born is not None and born > self.today:
            reason = _("The date of birth is in the future%(given)s.")
            self.refuse("date-of-birth", reason % {"given": self.given("date_of_birth")})
            return None
        if born is None or born.year < _OLDEST:
            reason = _("The date of birth cannot be read%(given)s and is left out.")
            self.warn("date-of-birth", reason % {"given": self.given("date_of_birth")})
            return None
        return born

    def _phone(self) -> str:
        text = self.text("phone")
        phone = read_phone(text) if text else ""
        if phone is None:
            reason = _("The phone number cannot be read%(given)s and is left out.")
            self.warn("phone", reason % {"given": self.given("phone")})
        return phone or ""

    def _email(self) -> str:
        text = self.text("email")
        email = read_email(text) if text else ""
        if email is None:
            reason = _("The e-mail address cannot be read%(given)s and is left out.")
            self.warn("email", reason % {"given": self.given("email")})
        return email or ""

    def _note(self) -> str:
        note = read_note(self.texts.get("note", ""))
        if len(note) > _ROOM["note"]:
            self.warn(
                "note", _("The note is longer than %(most)s characters and is cut.") % {"most": _ROOM["note"]}
            )
            note = note[: _ROOM["note"]].rstrip()
        return note

    def _name(self, field: str) -> str:
        text = self.text(field)
        if len(text) > _ROOM[field]:
            reason = _("“%(column)s” is longer than %(most)s characters.")
            self.refuse("too-long", reason % {"column": shortened(text), "most": _ROOM[field]})
        return text
