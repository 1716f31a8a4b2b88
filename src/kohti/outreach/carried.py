"""What this room carries about a person."""

from __future__ import annotations

from kohti.kernel.carried import Carried

CARRIED: tuple[Carried, ...] = (
    Carried(table="outreach_reached"),
    Carried(table="outreach_encounter", sealed="many"),
)

STAYS: dict[tuple[str, str], str] = {}
"""Columns about people that stay as they are, and why."""
