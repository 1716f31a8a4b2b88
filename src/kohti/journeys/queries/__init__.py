"""Reads of people's ways. Listing and opening people is in the history."""

from __future__ import annotations

from .caseload import FLAGS, ORDERS, SHOWS, Case, Chosen, Needs, Page, caseload, coaches, needing
from .plan import (
    LastTime,
    Plan,
    Rating,
    Version,
    asked_of,
    checks_due,
    journey,
    journey_of,
    last_contacts,
    needs,
    open_steps,
    outcomes,
    plan,
)
from .quality import Quality, quality

__all__ = (
    "FLAGS",
    "ORDERS",
    "SHOWS",
    "Case",
    "Chosen",
    "LastTime",
    "Needs",
    "Page",
    "Plan",
    "Quality",
    "Rating",
    "Version",
    "asked_of",
    "caseload",
    "checks_due",
    "coaches",
    "journey",
    "journey_of",
    "last_contacts",
    "needing",
    "needs",
    "open_steps",
    "outcomes",
    "plan",
    "quality",
)
