"""What reading any file has in common: its table, its rows' cells, and the faults and warnings found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kohti.diary.file.shapes import Problem
from kohti.kernel import sheets
from kohti.kernel.names import tidy
from kohti.kernel.words import quoted

_LEGACY_ENCODINGS = {"PL": "cp1250"}


def table(data: bytes, *, filename: str, country: str) -> sheets.Sheet:
    """The table of a file; `country` says how the letters of an old one are kept. Raises UnreadableSheet."""
    legacy = _LEGACY_ENCODINGS.get(country.upper(), "cp1252")
    return sheets.read(data, filename=filename, legacy_encoding=legacy)


def filled(sheet: sheets.Sheet) -> Iterator[sheets.SheetRow]:
    """The rows of a table in which anything stands."""
    return (row for row in sheet.rows if row.extra or any(map(str.strip, row.cells.values())))


class Reading:
    """One row being read. `texts` holds its cells by field."""

    def __init__(self, number: int, texts: Mapping[str, str]) -> None:
        self.number = number
        self.texts = texts
        self.faults: list[Problem] = []
        self.warnings: list[Problem] = []

    def text(self, field: str) -> str:
        """A cell, tidied; empty where the file has no such column."""
        return tidy(self.texts.get(field, ""))

    def given(self, field: str) -> str:
        """What stands there, in brackets, to find it by."""
        text = self.text(field)
        return f" ({quoted(shortened(text))})" if text else ""

    def refuse(self, code: str, reason: str) -> None:
        """The row cannot be taken."""
        self.faults.append(Problem(self.number, code, reason))

    def warn(self, code: str, reason: str) -> None:
        """The row is taken, but for something."""
        self.warnings.append(Problem(self.number, code, reason))


def shortened(text: str) -> str:
    """A cell's text, as much of it as a sentence bears."""
    return text if len(text) <= 40 else f"{text[:39]}…"
