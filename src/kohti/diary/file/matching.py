"""Which booking a row is about, and what it would change of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kohti.diary.file.shapes import Booked, DiaryRow
from kohti.diary.file.values import phone_digits
from kohti.kernel.names import fold


def reference_key(reference: str) -> str:
    """By which two ways of writing a reference are the same: capitals and spaces do not count."""
    return "".join(reference.split()).casefold()


def match(rows: Sequence[DiaryRow], booked: Sequence[Booked]) -> list[int | None]:
    """For each row the index of the booking that it is about.

    By reference; a row without one by start, customer and staff, among bookings that no reference of the file
    names, each for one row only.
    """
    by_reference: dict[str, int] = {}
    for index, booking in enumerate(booked):
        if key := reference_key(booking.reference):
            by_reference.setdefault(key, index)
    own = [by_reference.get(reference_key(row.reference)) for row in rows]
    named = {index for index in own if index is not None}
    by_people: dict[tuple[datetime, str, str], list[int]] = {}
    for index, booking in enumerate(booked):
        if index not in named:
            by_people.setdefault(_people(booking), []).append(index)
    nameless = [position for position, row in enumerate(rows) if not reference_key(row.reference)]
    # Those of whom the date of birth is known too come first, so that no other row takes their booking.
    for exactly in (True, False):
        for position in nameless:
            if own[position] is None:
                candidates = by_people.get(_people(rows[position]), [])
                own[position] = _taken_from(candidates, rows[position], booked, exactly=exactly)
    return own


def _people(appointment: DiaryRow | Booked) -> tuple[datetime, str, str]:
    return appointment.starts, fold(appointment.customer), fold(appointment.staff)


def _taken_from(
    candidates: list[int], row: DiaryRow, booked: Sequence[Booked], *, exactly: bool
) -> int | None:
    for index in candidates:
        born = booked[index].date_of_birth
        if born == row.date_of_birth or (not exactly and None in (born, row.date_of_birth)):
            candidates.remove(index)
            return index
    return None


def same_appointment(one: DiaryRow, other: DiaryRow) -> bool:
    """The same time, length, customer and staff."""
    return one.minutes == other.minutes and _people(one) == _people(other)


def confirms(row: DiaryRow, before: Booked) -> bool:
    """The row leaves the booking's time and people as they are, so that it can clash with nothing new."""
    return (
        row.minutes == before.minutes
        and _people(row) == _people(before)
        and row.date_of_birth in (None, before.date_of_birth)
        and not _differs(phone_digits(row.phone), phone_digits(before.phone))
        and not _differs(row.email.casefold(), before.email.casefold())
    )


def changed_fields(row: DiaryRow, before: Booked) -> tuple[str, ...]:
    """The names of the fields of the booking that the row would change.

    An empty date of birth, phone number or e-mail address says nothing about the same customer. Staff are
    compared by folded name, phone numbers by their digits.
    """
    other_customer = fold(row.customer) != fold(before.customer)
    differs = {
        "starts": row.starts != before.starts,
        "minutes": row.minutes != before.minutes,
        "customer": row.customer != before.customer,
        "date_of_birth": row.date_of_birth != before.date_of_birth
        and (other_customer or row.date_of_birth is not None),
        "phone": _differs(phone_digits(row.phone), phone_digits(before.phone), empty_counts=other_customer),
        "email": _differs(row.email.casefold(), before.email.casefold(), empty_counts=other_customer),
        "staff": fold(row.staff) != fold(before.staff),
        "kind": row.kind != before.kind,
        "note": row.note != before.note,
    }
    return tuple(field for field, is_different in differs.items() if is_different)


def _differs(now: str, before: str, *, empty_counts: bool = False) -> bool:
    return now != before and bool(now or empty_counts)
