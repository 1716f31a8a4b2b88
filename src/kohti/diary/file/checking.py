"""A diary file against itself and against what is booked: what is new, what changes, what is refused.

What the file only confirms stands first. Then its rows are tried in their order, and of two that clash the
earlier stays. A booking that the file does not name stands and wins over the file; so does one whose row is
refused, which may refuse further rows. What a row gives up is free for others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kohti.diary.file.calendar import Held, Slot, booked_slot, row_slot
from kohti.diary.file.matching import changed_fields, confirms, match, reference_key, same_appointment
from kohti.diary.file.shapes import Booked, Change, Check, DiaryRow, Problem
from kohti.kernel.words import apart, clock_time

_ANY_ZONE = ZoneInfo("UTC")


def check(
    rows: Sequence[DiaryRow], refused: Sequence[Problem], total: int, booked: Sequence[Booked]
) -> Check:
    """What importing the rows into the diary would do; changes nothing.

    `rows`, `refused` and `total` as `read_rows` gives them, `booked` everything in the centre's diary on the
    dates of the file and on the dates of whatever else has a reference of the file.

    Two appointments clash where their times overlap (ending at 09:40 and beginning at 09:40 do not) and the
    staff or the customer is the same. The same customer: the same folded name, and dates of birth that do not
    contradict each other or the same phone number or e-mail address. When the rows taken are applied and the
    file is checked again, all of them are unchanged and the same rows are refused. 20,000 rows take a second
    or two.
    """
    plan = _Plan(sorted(rows, key=lambda row: row.row), booked)
    taken, problems = plan.settle()
    new: list[DiaryRow] = []
    changed: list[Change] = []
    unchanged: list[DiaryRow] = []
    for index in sorted(taken):
        row, before = plan.rows[index], plan.before(index)
        if before is None:
            new.append(row)
        elif fields := changed_fields(row, before):
            changed.append(Change(row, before, fields))
        else:
            unchanged.append(row)
    importable = sorted([*new, *(change.row for change in changed)], key=lambda row: row.row)
    return Check(
        rows=total,
        new=tuple(new),
        changed=tuple(changed),
        unchanged=tuple(unchanged),
        warnings=tuple(warning for row in importable for warning in row.warnings),
        refused=tuple(sorted([*refused, *problems], key=lambda problem: problem.row)),
    )


class _Plan:
    """The rows and bookings, by their indexes, and which booking each row is about."""

    def __init__(self, rows: Sequence[DiaryRow], booked: Sequence[Booked]) -> None:
        self.rows = rows
        self.booked = booked
        self.own = match(rows, booked)
        self.row_slots = [row_slot(index, row, self.before(index)) for index, row in enumerate(rows)]
        self.booked_slots = [booked_slot(index, booking) for index, booking in enumerate(booked)]

    def before(self, index: int) -> Booked | None:
        """The booking that the row is about, if there is one."""
        own = self.own[index]
        return None if own is None else self.booked[own]

    def settle(self) -> tuple[set[int], list[Problem]]:
        """The indexes of the rows that are taken, and why each other one is refused.

        Each round takes what can be taken as things stand, so the last one, which takes nothing more, refuses
        every row because of something that stays.
        """
        taken = self._confirmed()
        while True:
            pending = [index for index in range(len(self.rows)) if index not in taken]
            more, problems = self._round(taken, pending)
            if not more:
                return taken, problems
            taken |= more

    def _confirmed(self) -> set[int]:
        """Rows that leave a booking its people and its time; of several about one booking the first."""
        taken: set[int] = set()
        seen: set[int] = set()
        for index, row in enumerate(self.rows):
            own, before = self.own[index], self.before(index)
            if own is None or before is None or own in seen or not confirms(row, before):
                continue
            if not before.fixed or not changed_fields(row, before):
                seen.add(own)
                taken.add(index)
        return taken

    def _round(self, taken: set[int], pending: Sequence[int]) -> tuple[set[int], list[Problem]]:
        settled = {self.own[index] for index in taken}
        # Bookings whose rows are still to be tried make room, and come back where their rows are refused.
        making_room = {own for index in pending if (own := self.own[index]) is not None} - settled
        standing_slots = [
            slot
            for index, slot in enumerate(self.booked_slots)
            if index not in settled and index not in making_room
        ]
        while True:
            held = Held([*(self.row_slots[index] for index in taken), *standing_slots])
            more, problems = self._tried(held, taken, pending)
            back = making_room - {self.own[index] for index in more}
            if not back:
                return more, problems
            back = self._brought_back(held, back, making_room)
            making_room -= back
            standing_slots += [self.booked_slots[index] for index in sorted(back)]

    def _tried(
        self, held: Held, taken: Iterable[int], pending: Sequence[int]
    ) -> tuple[set[int], list[Problem]]:
        """One pass in the order of the file; enters what it takes in `held`."""
        references = {
            key: self.rows[index] for index in taken if (key := reference_key(self.rows[index].reference))
        }
        more: set[int] = set()
        problems: list[Problem] = []
        for index in pending:
            row, before = self.rows[index], self.before(index)
            key = reference_key(row.reference)
            problem = (
                _duplicate(row, references.get(key))
                or _fixed(row, before)
                or self._clash(held, row, self.row_slots[index], self.own[index])
            )
            if problem:
                problems.append(problem)
                continue
            more.add(index)
            held.add(self.row_slots[index])
            if key:
                references[key] = row
        return more, problems

    def _brought_back(self, held: Held, back: set[int], making_room: set[int]) -> set[int]:
        """The bookings that come back, with those whose rows lose their new time to one of them."""
        waiting, found = list(back), set(back)
        while waiting:
            booking = waiting.pop()
            for slot in held.clashing(self.booked_slots[booking]):
                own = self.own[slot.row] if slot.row is not None else None
                if own is not None and own in making_room and own not in found:
                    found.add(own)
                    waiting.append(own)
        return found

    def _clash(self, held: Held, row: DiaryRow, slot: Slot | None, own: int | None) -> Problem | None:
        if slot is None:
            return None
        others = [other for other in held.clashing(slot) if own is None or other.booked != own]
        # An earlier row or a booking is the cause; a later row may merely have taken the place.
        others = [other for other in others if other.row is None or other.row < (slot.row or 0)] or others
        same_person = [other for other in others if other.is_same_person(slot)]
        same_staff = [other for other in others if other.is_same_staff(slot)]
        reasons = []
        if same_person:
            reasons.append(
                _("In two places at once: %(customer)s already has an appointment at %(time)s%(where)s.")
                % {"customer": apart(row.customer), **self._where(same_person)}
            )
        if same_staff:
            reasons.append(
                _("Double booked: %(staff)s already has an appointment at %(time)s%(where)s.")
                % {"staff": apart(row.staff), **self._where(same_staff)}
            )
        if not reasons:
            return None
        return Problem(row.row, "customer-booked" if same_person else "staff-booked", " ".join(reasons))

    def _where(self, slots: Sequence[Slot]) -> dict[str, str]:
        """The time of the first of them, and its line in the file or its reference in the diary."""
        slot = min(slots, key=lambda slot: (slot.start, slot.row is None, slot.row or 0, slot.booked or 0))
        if slot.row is not None:
            row = self.rows[slot.row]
            return {"time": _time(row), "where": _(", row %(row)s") % {"row": row.row}}
        booking = self.booked[slot.booked or 0]
        where = _(", in the diary")
        if booking.reference:
            where = _(", in the diary as %(reference)s") % {"reference": booking.reference}
        return {"time": _time(booking), "where": where}


def _duplicate(row: DiaryRow, other: DiaryRow | None) -> Problem | None:
    if other is None:
        return None
    if same_appointment(row, other):
        code, reason = (
            "duplicate",
            _("Duplicate reference %(reference)s: the same appointment is in row %(row)s."),
        )
    else:
        code = "reference-taken"
        reason = _("Duplicate reference %(reference)s: row %(row)s has it for a different appointment.")
    return Problem(row.row, code, reason % {"reference": row.reference, "row": other.row})


def _fixed(row: DiaryRow, before: Booked | None) -> Problem | None:
    if before is None or not before.fixed or not changed_fields(row, before):
        return None
    reason = _(
        "This appointment (%(time)s in the diary) has begun, ended or was cancelled; a file cannot change it."
    )
    return Problem(row.row, "fixed", reason % {"time": _time(before)})


def _time(appointment: DiaryRow | Booked) -> str:
    return clock_time(appointment.starts.replace(tzinfo=_ANY_ZONE), _ANY_ZONE)
