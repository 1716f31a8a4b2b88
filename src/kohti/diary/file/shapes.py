"""The shapes that pass between reading a diary file, checking it and applying it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row is refused or taken with a warning: its line in the spreadsheet, a code, and plain words."""

    row: int
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class DiaryRow:
    """One appointment of the file. Texts are tidied, "" where the file says nothing or nothing readable.

    `starts` is the wall time at the centre (no zone), `minutes` 1 to 480.
    """

    row: int
    reference: str
    starts: datetime
    minutes: int
    customer: str
    date_of_birth: date | None
    phone: str
    email: str
    staff: str
    kind: str
    note: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment the diary holds already, on the dates of the file, in the words it was imported or
    booked with.

    `fixed`: the visit has begun, is over or was cancelled, so that a file must not change it. `holds`: it
    takes up the time of its people; a cancelled one does not. `also`: further phone numbers and addresses that
    the diary holds of the customer.
    """

    reference: str
    starts: datetime
    minutes: int
    customer: str
    date_of_birth: date | None
    phone: str
    email: str
    staff: str
    kind: str
    note: str
    fixed: bool = False
    holds: bool = True
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A booking that the file changes: the row, what is booked, and the names of the fields that differ."""

    row: DiaryRow
    before: Booked
    fields: tuple[str, ...]


class ProblemJson(TypedDict):
    row: int
    kind: str
    code: str
    reason: str


class CheckJson(TypedDict):
    rows: int
    importable: int
    with_warnings: int
    refused: int
    unchanged: int
    problems: list[ProblemJson]


@dataclass(frozen=True)
class Check:
    """What an import would do. Every row of the file is in exactly one of new, changed, unchanged and
    refused.

    `rows` counts the rows of the file that are not empty; `refused` has one problem a row, `warnings` those
    of the new and changed rows; everything is in the order of the file.
    """

    rows: int
    new: tuple[DiaryRow, ...]
    changed: tuple[Change, ...]
    unchanged: tuple[DiaryRow, ...]
    warnings: tuple[Problem, ...]
    refused: tuple[Problem, ...]

    @property
    def importable(self) -> int:
        """How many rows are new or change something, those with warnings included."""
        return len(self.new) + len(self.changed)

    @property
    def with_warnings(self) -> int:
        """How many of the importable rows have a warning."""
        return len({warning.row for warning in self.warnings})

    def as_json(self) -> CheckJson:
        """Counts, and one entry for each row that is refused or has warnings, in the order of the file."""
        return {
            "rows": self.rows,
            "importable": self.importable,
            "with_warnings": self.with_warnings,
            "refused": len(self.refused),
            "unchanged": len(self.unchanged),
            "problems": sorted(
                _entries(self.refused, "refused") + _entries(self.warnings, "warning"),
                key=lambda entry: entry["row"],
            ),
        }


def _entries(problems: tuple[Problem, ...], kind: str) -> list[ProblemJson]:
    entries: dict[int, ProblemJson] = {}
    for problem in problems:
        if entry := entries.get(problem.row):
            entry["reason"] += f" {problem.reason}"
        else:
            entries[problem.row] = {
                "row": problem.row,
                "kind": kind,
                "code": problem.code,
                "reason": problem.reason,
            }
    return list(entries.values())
