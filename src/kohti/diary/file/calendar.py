"""Who is taken when: intervals of staff and customers that can be asked for overlaps quickly."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kohti.diary.file.shapes import Booked, DiaryRow
from kohti.diary.file.values import phone_digits
from kohti.kernel.names import fold

_EPOCH = datetime.fromisoformat("2000-01-01")
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """The minutes of wall time from `start` until before `end`: of whom, and which row or booking."""

    start: float
    end: float
    staff: str
    customer: str
    born: date | None
    phone: str
    email: str
    row: int | None = None
    booked: int | None = None

    def is_same_staff(self, other: Slot) -> bool:
        """A named member of staff, the same in both."""
        return bool(self.staff) and self.staff == other.staff

    def is_same_person(self, other: Slot) -> bool:
        """The same folded name, and no contradicting dates of birth or a phone or address in common."""
        return self.customer == other.customer and (
            self.born is None
            or other.born is None
            or self.born == other.born
            or bool(self.phone and self.phone == other.phone)
            or bool(self.email and self.email == other.email)
        )


def row_slot(index: int, row: DiaryRow, before: Booked | None) -> Slot | None:
    """The time a row would take up once applied; None where its booking is one that takes up none."""
    if before is not None and not before.holds:
        return None
    kept = before if before is not None and fold(before.customer) == fold(row.customer) else None
    return Slot(
        *_span(row),
        staff=fold(row.staff),
        customer=fold(row.customer),
        born=row.date_of_birth or (kept.date_of_birth if kept else None),
        phone=phone_digits(row.phone or (kept.phone if kept else "")),
        email=(row.email or (kept.email if kept else "")).casefold(),
        row=index,
    )


def booked_slot(index: int, booking: Booked) -> Slot | None:
    """The time a booking takes up; None where it takes up none."""
    if not booking.holds:
        return None
    return Slot(
        *_span(booking),
        staff=fold(booking.staff),
        customer=fold(booking.customer),
        born=booking.date_of_birth,
        phone=phone_digits(booking.phone),
        email=booking.email.casefold(),
        booked=index,
    )


def _span(appointment: DiaryRow | Booked) -> tuple[float, float]:
    start = (appointment.starts - _EPOCH) / _MINUTE
    return start, start + appointment.minutes


class Held:
    """The slots that are taken, found by member of staff and by customer."""

    def __init__(self, slots: Iterable[Slot | None]) -> None:
        self._intervals: dict[Hashable, _Intervals] = {}
        for slot in slots:
            self.add(slot)

    def add(self, slot: Slot | None) -> None:
        """Enters a slot, whether it clashes or not."""
        if slot is None:
            return
        for key in _entered_under(slot):
            intervals = self._intervals.get(key)
            if intervals is None:
                intervals = self._intervals[key] = _Intervals()
            intervals.add(slot)

    def clashing(self, slot: Slot | None) -> list[Slot]:
        """The slots at the same time with the same staff or customer, each once."""
        if slot is None:
            return []
        found: dict[int, Slot] = {}
        for key in _asked_under(slot):
            if intervals := self._intervals.get(key):
                found.update((id(other), other) for other in intervals.overlapping(slot))
        return list(found.values())


def _entered_under(slot: Slot) -> Iterator[Hashable]:
    if slot.staff:
        yield "staff", slot.staff
    if slot.customer:
        yield "customer", slot.customer
        yield "born", slot.customer, slot.born
        yield from _contacts(slot)


def _asked_under(slot: Slot) -> Iterator[Hashable]:
    """Fewer than all of the name: many may share a name at one time, but not a name and a date of birth."""
    if slot.staff:
        yield "staff", slot.staff
    if slot.born is None:
        yield "customer", slot.customer
        return
    yield "born", slot.customer, slot.born
    yield "born", slot.customer, None
    yield from _contacts(slot)


def _contacts(slot: Slot) -> Iterator[Hashable]:
    if slot.phone:
        yield "phone", slot.customer, slot.phone
    if slot.email:
        yield "email", slot.customer, slot.email


class _Intervals:
    """Slots in the order of their starts."""

    def __init__(self) -> None:
        self._starts: list[float] = []
        self._slots: list[Slot] = []
        self._longest = 0.0

    def add(self, slot: Slot) -> None:
        at = bisect_right(self._starts, slot.start)
        self._starts.insert(at, slot.start)
        self._slots.insert(at, slot)
        self._longest = max(self._longest, slot.end - slot.start)

    def overlapping(self, slot: Slot) -> Iterator[Slot]:
        # None that begins earlier than the longest one lasts can reach into the slot.
        first = bisect_right(self._starts, slot.start - self._longest)
        for at in range(first, bisect_left(self._starts, slot.end)):
            if self._slots[at].end > slot.start:
                yield self._slots[at]
