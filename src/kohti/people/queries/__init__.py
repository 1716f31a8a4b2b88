"""Reads of people. Opening a person is in the history; so is finding them."""

from __future__ import annotations

from .cards import (
    MarkLine,
    Overview,
    PersonCard,
    colleagues_who_may_see,
    contacts_of,
    open_person,
    overview,
    people_named,
    who_sees,
)
from .finding import Alike, Found, alike_to, find, page_of_people
from .keys import keys_to_give
from .notes import Entry, Reading, note_with_readings
from .watching import (
    AskFirst,
    alerts,
    coming_at,
    emergencies,
    leads_to,
    mark_of,
    not_there,
    restriction_of,
    to_review,
    transfers_of,
)

__all__ = (
    "Alike",
    "AskFirst",
    "Entry",
    "Found",
    "MarkLine",
    "Overview",
    "PersonCard",
    "Reading",
    "alerts",
    "alike_to",
    "colleagues_who_may_see",
    "coming_at",
    "contacts_of",
    "emergencies",
    "find",
    "keys_to_give",
    "leads_to",
    "mark_of",
    "not_there",
    "note_with_readings",
    "open_person",
    "overview",
    "page_of_people",
    "people_named",
    "restriction_of",
    "to_review",
    "transfers_of",
    "who_sees",
)
