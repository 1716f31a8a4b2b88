"""What this room carries about a person."""

from __future__ import annotations

from kohti.kernel.carried import Carried

CARRIED: tuple[Carried, ...] = (
    Carried(table="frontdesk_visit", without=("is_open", "counts"), hangs_on=("booking_id", "diary_booking")),
)

STAYS: dict[tuple[str, str], str] = {}
"""Columns about people that stay as they are, and why."""
