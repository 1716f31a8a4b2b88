"""A service described in a file: its words, looks, roles, centres, hours, streams, plans and targets.

`read` checks a TOML text and returns the `Blueprint`, or raises `BadBlueprint` with every fault, each with
its line and what was expected. Rooms load what is theirs from it; the whole of it is kept as JSON with its
version (`as_json`, `from_json`), for rooms that read it where they need it.
"""

from __future__ import annotations

from .lines import line_of
from .parts import CODED, Blueprint, Language, Mapped, OnlinePart, ReferralsPart, RemindersPart, Replacement
from .reading import BadBlueprint, Fault, digest, read
from .retiring import Held, WouldOrphan

__all__ = [
    "CODED",
    "BadBlueprint",
    "Blueprint",
    "Fault",
    "Held",
    "Language",
    "Mapped",
    "OnlinePart",
    "ReferralsPart",
    "RemindersPart",
    "Replacement",
    "WouldOrphan",
    "digest",
    "line_of",
    "read",
]
