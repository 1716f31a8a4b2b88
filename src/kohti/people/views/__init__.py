"""The pages about people."""

from __future__ import annotations

from .change import change, end
from .finding import alike_to, find, new, people
from .notes import note
from .page import person
from .reviewing import alert_seen, alerts, review
from .sight import emergency, sharing, transfer
from .wording import note_wording

__all__ = (
    "alert_seen",
    "alerts",
    "alike_to",
    "change",
    "emergency",
    "end",
    "find",
    "new",
    "note",
    "note_wording",
    "people",
    "person",
    "review",
    "sharing",
    "transfer",
)
