"""What docs/access.md says, as whom each role sees what of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "access.md"

ROWS = {
    "who they are": ("name", "id"),
    "the reference they are known by": ("reference",),
    "when they come": ("when",),
    "what helps": ("helps",),
    "what to heed": ("danger",),
    "how to reach them": ("phone",),
    "who acts for them": ("guardian",),
    "notes on a field of life": ("worknote",),
    "other notes, papers": ("note", "paper"),
    "their aims and steps": ("aim", "step"),
    "why they came, why they paused": ("why", "away"),
    "what they are handed over for": ("about",),
    "why they are to be heeded": ("reason",),
    "what is sealed": ("secret", "sealednote", "sealedpaper", "sealedaim", "sealedstep"),
    "a hidden address": ("address",),
}
"""By which words each line of the table is known."""

COLUMNS = {
    "front desk": ("host",),
    "coach": ("coach",),
    "partner at a drop-in": ("partner",),
    "partner's worker": ("helper",),
    "mentor": ("mentor",),
    "funder": ("funder", "manager"),
    "auditor": ("auditor",),
    "team leader": ("leader",),
    "administrator": ("administrator",),
    "by a link": ("guest",),
    "partner by a link": ("linked",),
    "kiosk": ("kiosk",),
    "board": ("board",),
}
"""Who of the tests stands for each column."""

MEANT = {
    "today's": {"to", "et"},
    "theirs": {"ow", "sh", "fo"},
    "with the key": {"ow", "fo"},
    "the centre's": {"ow", "sh", "se", "to", "ce", "sf", "sx", "rf", "rw", "rl", "sn"},
    "shared": {"sf", "rf"},
    "their own": {"to"},
    "no": set[str](),
}
"""Of whom each word of the table speaks, for whoever works at the centre of the tests."""

FOR: dict[str, dict[str, set[str]]] = {"linked": {"shared": {"rl"}}}
"""Of whom a word speaks for somebody in particular."""

LIKE = {
    "colleague": ("coach", {"today's": {"to", "et"}}),
    "leader elsewhere": ("team leader", {"the centre's": {"el", "et", "fo"}}),
    "coach elsewhere": ("coach", {}),
    "coach of another service": ("coach", {}),
    "nobody": ("board", {}),
}
"""Who else asks: as which column, and of whom its words speak for them; of nobody where nothing is said."""


@cache
def table() -> dict[str, dict[str, tuple[str, ...]]]:
    """The cells, by line and column; each is its words."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    (_what, *columns), _dashes, *rows = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines
    )
    return {
        what: {column: tuple(cell.split(", ")) for column, cell in zip(columns, cells, strict=True)}
        for what, *cells in rows
    }


@cache
def seen_by(asker: str) -> frozenset[tuple[str, str]]:
    """Of whom somebody may be told what."""
    columns = [column for column, askers in COLUMNS.items() if asker in askers]
    meant = MEANT | FOR.get(asker, {})
    if not columns:
        column, meant = LIKE[asker]
        columns = [column]
    return frozenset(
        (code, sort)
        for what, cells in table().items()
        for column in columns
        for said in cells[column]
        for code in meant.get(said, set())
        for sort in ROWS[what]
    )
