"""From the bytes of a caseload file to its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kohti.diary.file.reading import Reading, filled, shortened, table
from kohti.diary.file.shapes import Problem
from kohti.diary.file.values import read_date, read_date_of_birth, read_note
from kohti.kernel import references
from kohti.kernel.names import fold
from kohti.kernel.references import BadReference
from kohti.kernel.words import quoted

from .columns import find_columns
from .words import UNSAID, Words

ROOM = {"name": 200, "coach": 200, "centre": 200, "step": 500}
MOST_WHY = 8000
OLDEST_BIRTH, OLDEST_WAY, LAST_YEAR = 120, 1990, 2199


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """Somebody's way, as a row says it. `facts`: what was asked, by kind; empty: they do not want to say."""

    row: int
    reference: str
    name: str
    born: date | None
    centre: str
    coach: str
    why_here: str
    basis: str
    stage: str
    opened_on: date | None
    limit_on: date | None
    facts: Mapping[str, tuple[str, date | None]]
    step: str
    step_on: date | None
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file that can be read, why each other is refused, how many there are, and its columns' names."""

    rows: tuple[CaseRow, ...]
    refused: tuple[Problem, ...]
    total: int
    columns: Mapping[str, str]


def read_rows(data: bytes, *, filename: str, country: str, today: date, words: Words) -> Rows:
    """What a caseload file says. Empty rows do not count; a row's faults stand together, each with its column.

    Raises UnreadableSheet where the file is no table or lacks a needed column.
    """
    sheet = table(data, filename=filename, country=country)
    columns = find_columns(sheet.header)
    rows: list[CaseRow] = []
    refused: list[Problem] = []
    total = 0
    for line in filled(sheet):
        total += 1
        texts = {field: line.cells[name] for field, name in columns.items()}
        reading = _Reading(line.number, texts, columns, country=country, today=today, words=words)
        row = reading.row(shifted=bool(line.extra))
        if row is None:
            first = reading.faults[0]
            refused.append(
                Problem(line.number, first.code, " ".join(fault.reason for fault in reading.faults))
            )
        else:
            rows.append(row)
    return Rows(tuple(rows), tuple(refused), total, columns)


class _Reading(Reading):
    """One row being read."""

    def __init__(
        self,
        number: int,
        texts: Mapping[str, str],
        columns: Mapping[str, str],
        *,
        country: str,
        today: date,
        words: Words,
    ) -> None:
        super().__init__(number, texts)
        self.columns, self.country, self.today, self.words = columns, country, today, words

    def row(self, *, shifted: bool) -> CaseRow | None:
        """The row, or None where there are faults."""
        if shifted:
            self.refuse(
                "shifted", _("The row has more cells than the header: a text with a comma needs quotes.")
            )
            return None
        reference, name, born = self._reference(), self._line("name"), self._born()
        if not self.faults and not reference and (not fold(name) or born is None):
            self.refuse("who", _("Give a reference, or a name and a date of birth."))
        coach = self._line("coach")
        if not coach:
            self.refuse("no-coach", _("The coach is missing."))
        opened_on, limit_on = self._past("opened_on"), self._day("limit_on")
        if opened_on is not None and opened_on.year < OLDEST_WAY:
            self._unreadable("opened_on")
        self._in_order("born", born, "opened_on", opened_on)
        self._in_order("opened_on", opened_on or self.today, "limit_on", limit_on)
        if limit_on is not None and (opened_on or self.today) <= limit_on < self.today:
            self.warn("limit", _("The time limit has passed already: they will stand on the list at once."))
        facts = self._facts(born)
        basis = self._one_of("basis") or "task"
        stage = self._one_of("stage")
        step, step_on = self._step()
        if self.faults:
            return None
        return CaseRow(
            row=self.number,
            reference=reference,
            name=name,
            born=born,
            centre=self._line("centre"),
            coach=coach,
            why_here=self._why(),
            basis=basis,
            stage=stage,
            opened_on=opened_on,
            limit_on=limit_on,
            facts=facts,
            step=step,
            step_on=step_on,
            warnings=tuple(self.warnings),
        )

    def _column(self, field: str) -> str:
        return self.columns.get(field, field)

    def _unreadable(self, field: str) -> None:
        reason = _("%(column)s: %(text)s cannot be read as a day.")
        self.refuse(field, reason % self._told(field))

    def _told(self, field: str) -> dict[str, str]:
        return {"column": self._column(field), "text": quoted(shortened(self.text(field)))}

    def _reference(self) -> str:
        text = self.text("reference")
        try:
            return references.read_reference(text) if text else ""
        except BadReference as trouble:
            self.refuse("reference", f"{self._column('reference')}: {trouble.message}")
            return ""

    def _line(self, field: str) -> str:
        text = self.text(field)
        if len(text) > ROOM[field]:
            reason = _("%(column)s is longer than %(most)s characters.")
            self.refuse("too-long", reason % {"column": self._column(field), "most": ROOM[field]})
        return text

    def _born(self) -> date | None:
        text = self.text("born")
        if not text:
            return None
        born = read_date_of_birth(text, country=self.country, today=self.today)
        if born is None or born.year < self.today.year - OLDEST_BIRTH:
            self._unreadable("born")
            return None
        return self._not_to_come("born", born)

    def _day(self, field: str) -> date | None:
        text = self.text(field)
        if not text:
            return None
        day = read_date(text, country=self.country, today=self.today)
        if day is None or day.year > LAST_YEAR:
            self._unreadable(field)
            return None
        return day

    def _past(self, field: str) -> date | None:
        day = self._day(field)
        return self._not_to_come(field, day) if day else None

    def _not_to_come(self, field: str, day: date) -> date | None:
        if day <= self.today:
            return day
        self.refuse(field, _("%(column)s: %(text)s is still to come.") % self._told(field))
        return None

    def _in_order(self, first: str, one: date | None, then: str, other: date | None) -> None:
        if one is not None and other is not None and other < one:
            reason = _("%(later)s comes before %(first)s.")
            first_named = self._column(first) if self.text(first) else _("today")
            self.refuse("order", reason % {"later": self._column(then), "first": first_named})

    def _one_of(self, field: str) -> str:
        text = self.text(field)
        if not text:
            return ""
        code = self.words.code(field, text)
        if code is None:
            self.refuse(field, self.words.fault(field, self._column(field), text))
        return code or ""

    def _facts(self, born: date | None) -> dict[str, tuple[str, date | None]]:
        since = self._past("employment_since")
        self._in_order("born", born, "employment_since", since)
        facts: dict[str, tuple[str, date | None]] = {}
        for field in ("employment", "education", "household"):
            code = self._one_of(field)
            if code:
                said = "" if code == UNSAID else code
                facts[field] = (said, since if field == "employment" and said else None)
        if since and not facts.get("employment", ("",))[0]:
            self.warn(
                "employment-since",
                _("%(column)s is left out: nothing is said of their work.")
                % {"column": self._column("employment_since")},
            )
        return facts

    def _step(self) -> tuple[str, date | None]:
        step, day = self._line("step"), self._day("step_on")
        if day and not step:
            self.refuse("step", _("%(column)s: there is a day, but no next step.") % self._told("step_on"))
        if day and day < self.today:
            reason = _("A step cannot be due before it begins. Choose today or a later day.")
            self.refuse("step-due", f"{self._column('step_on')}: {reason}")
        if step and not day:
            self.warn("step-day", _("The next step has no day, so it does not count as planned."))
        return step, day

    def _why(self) -> str:
        why = read_note(self.texts.get("why_here", ""))
        if len(why) > MOST_WHY:
            reason = _("%(column)s is longer than %(most)s characters and is cut.")
            self.warn("why", reason % {"column": self._column("why_here"), "most": MOST_WHY})
        return why[:MOST_WHY].rstrip()
