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


def kept_reference(reference: str) -> str:
    """How the diary keeps a reference: without spaces, in capitals; so it is found however it is written."""
    key = reference_key(reference)
    capitals = key.upper()
    return capitals if capitals.casefold() == key else key


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
    without = [position for position, row in enumerate(rows) if not reference_key(row.reference)]
    # The closest first, so that no row takes a booking that another row made.
    for close in (_is_written_alike, _changes_nothing, _is_of_the_same_age, _may_be_the_same):
        for position in without:
            candidates = by_people.get(_people(rows[position]), [])
            if own[position] is None and candidates:
                row = rows[position]
                found = next((index for index in candidates if close(row, booked[index])), None)
                if found is not None:
                    own[position] = found
                    candidates.remove(found)
    return own


def _people(appointment: DiaryRow | Booked) -> tuple[datetime, str, str]:
    return appointment.starts, fold(appointment.customer), fold(appointment.staff)


def _is_written_alike(row: DiaryRow, before: Booked) -> bool:
    return _is_of_the_same_age(row, before) and (
        (row.minutes, row.customer, row.phone, row.email, row.kind, row.note)
        == (before.minutes, before.customer, before.phone, before.email, before.kind, before.note)
    )


def _changes_nothing(row: DiaryRow, before: Booked) -> bool:
    return not changed_fields(row, before)


def _is_of_the_same_age(row: DiaryRow, before: Booked) -> bool:
    return row.date_of_birth == before.date_of_birth


def _may_be_the_same(row: DiaryRow, before: Booked) -> bool:
    return row.date_of_birth is None or before.date_of_birth is None


def same_appointment(one: DiaryRow, other: DiaryRow) -> bool:
    """The same time, length, customer and staff."""
    return one.minutes == other.minutes and _people(one) == _people(other)


def confirms(row: DiaryRow, before: Booked) -> bool:
    """The row leaves the booking's time and people as they are, so that it can clash with nothing new."""
    return (
        row.minutes == before.minutes
        and _people(row) == _people(before)
        and row.date_of_birth in (None, before.date_of_birth)
        and not _is_new_phone(row, before)
        and not _is_new_email(row, before)
    )


def changed_fields(row: DiaryRow, before: Booked) -> tuple[str, ...]:
    """The names of the fields of the booking that the row would change.

    An empty date of birth, phone number or e-mail address says nothing about the same customer. Customer,
    staff and kind are compared folded, since the diary keeps its own spelling of them, phone numbers by their
    digits.
    """
    other_customer = fold(row.customer) != fold(before.customer)
    differs = {
        "starts": row.starts != before.starts,
        "minutes": row.minutes != before.minutes,
        "customer": other_customer,
        "date_of_birth": row.date_of_birth != before.date_of_birth
        and (other_customer or row.date_of_birth is not None),
        "phone": _is_new_phone(row, before, empty_counts=other_customer),
        "email": _is_new_email(row, before, empty_counts=other_customer),
        "staff": fold(row.staff) != fold(before.staff),
        "kind": fold(row.kind) != fold(before.kind),
        "note": row.note != before.note,
    }
    return tuple(field for field, is_different in differs.items() if is_different)


def _is_new_phone(row: DiaryRow, before: Booked, *, empty_counts: bool = False) -> bool:
    known = {phone_digits(value) for value in (before.phone, *before.also)}
    return phone_digits(row.phone) not in known if row.phone else empty_counts and bool(before.phone)


def _is_new_email(row: DiaryRow, before: Booked, *, empty_counts: bool = False) -> bool:
    known = {value.casefold() for value in (before.email, *before.also)}
    return row.email.casefold() not in known if row.email else empty_counts and bool(before.email)
