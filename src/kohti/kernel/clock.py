"""The one clock.

`now()` is what the product believes the time to be. It runs at the speed of real time, shifted by the
installation's offset, so that sample days can be lived on their own dates. `as_actor` hands SQL the instant at
which the actor was entered, where `kohti.now()` returns it; where the clock is held they are the same.

Sign-in, one-time codes and job timers use real time and do not come here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_offset: timedelta = timedelta(0)
_held: ContextVar[datetime | None] = ContextVar("kohti_clock_held", default=None)


def real_now() -> datetime:
    """The machine's own time, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The product's time, aware, in UTC."""
    held = _held.get()
    return held if held is not None else real_now() + _offset


def offset() -> timedelta:
    """How far the product's clock is from real time."""
    return _offset


def set_offset(value: timedelta) -> None:
    """Shift this process's clock; called once at start with the installation's offset."""
    global _offset
    _offset = value


def day_typed(text: str) -> date | None:
    """A day as an address says it, 2026-03-11; None for whatever is none, and before 1900 or after 2200."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None


@contextmanager
def held_at(instant: datetime) -> Iterator[datetime]:
    """Stop the clock at `instant` (aware) for the block: for tests and for lived days."""
    if instant.tzinfo is None:
        raise ValueError("an instant has a zone")
    token = _held.set(instant)
    try:
        yield instant
    finally:
        _held.reset(token)


@contextmanager
def one_instant() -> Iterator[datetime]:
    """Let everything in the block happen at one instant: the present one, or the one already held."""
    held = _held.get()
    if held is not None:
        yield held
        return
    with held_at(real_now() + _offset) as instant:
        yield instant


def today(zone: ZoneInfo) -> date:
    """The local date in `zone` by the product's clock."""
    return now().astimezone(zone).date()


def local(day: date, wall: str, zone: ZoneInfo) -> datetime:
    """The instant of the wall time `HH:MM` on `day` in `zone`, in UTC.

    A wall time that the clock change skips is read as if the change had not happened yet (fold=0).
    """
    hours, minutes = wall.split(":")
    return datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=zone).astimezone(UTC)
