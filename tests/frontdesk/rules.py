"""The rules of the front desk a second time, without a database: what a booking and a visit are after each press."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime

OPEN = ("waiting", "called", "serving")


@dataclass
class Appointment:
    """A booking, as the rules have it."""

    person: uuid.UUID
    staff: uuid.UUID | None
    starts: datetime
    ends: datetime
    state: str = "booked"

    def holds_against(self, other: Appointment) -> bool:
        """Whether both cannot stand: somebody would be in two places."""
        return (
            self.state in ("booked", "kept")
            and self.starts < other.ends
            and other.starts < self.ends
            and (self.person == other.person or self.staff == other.staff)
        )


@dataclass
class Visitor:
    """A visit, as the rules have it."""

    ticket: str
    stream: str
    urgency: int
    order_at: datetime
    number: int
    booking: uuid.UUID | None = None
    staff: uuid.UUID | None = None
    with_staff: uuid.UUID | None = None
    handed_by: uuid.UUID | None = None
    state: str = "waiting"
    ending: str = ""
    out_of: str = ""
    parked_until: datetime | None = None
    periods: list[tuple[str, datetime, datetime | None]] = field(default_factory=list)

    def is_parked(self, now: datetime) -> bool:
        """Whether nobody is to call them yet."""
        return self.parked_until is not None and self.parked_until > now

    def comes_back(self, now: datetime) -> None:
        """Whoever was parked is back in the line: the stretch ends here, and what was to come begins here."""
        if self.is_parked(now):
            self.periods = [
                (state, min(starts, now), None if ends is None else min(ends, now))
                for state, starts, ends in self.periods
            ]
        self.parked_until = None

    def stay(self, now: datetime, *, until: datetime | None = None) -> None:
        """A new stretch of waiting, parked until then."""
        self.comes_back(now)
        self.move("waiting", now)
        if until is not None:
            self.periods[-1] = ("parked", now, until)
            self.periods.append(("waiting", until, None))
            self.parked_until = until

    @property
    def place(self) -> tuple[int, datetime, int]:
        """Where it stands in the order: urgency, then the agreed time or arrival, then the ticket."""
        return -self.urgency, self.order_at, self.number

    def move(self, to: str, now: datetime, *, ending: str = "") -> None:
        """End what runs, begin what comes."""
        self.comes_back(now)
        self.ending = ending
        if self.periods and self.periods[-1][2] is None:
            state, starts, _ends = self.periods[-1]
            self.periods[-1] = (state, starts, now)
        if to in OPEN:
            self.periods.append((to, now, None))
        if to == "waiting":
            self.with_staff = None
        self.state = to


class Refusal(Exception):
    """The model says no."""
