"""A caseload file against itself and against who is known: whose way begins, who is new, what is refused."""

from __future__ import annotations

import difflib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kohti.diary.file.shapes import Problem
from kohti.kernel.names import fold
from kohti.kernel.words import quoted

from .rows import CaseRow, Rows


@dataclass(frozen=True, slots=True)
class Place:
    """A colleague's place at the centre: whether it holds now, and whether they work with people's ways there."""

    member_id: uuid.UUID
    name: str
    here: bool
    works: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody known: of this centre or of another, their open way (whose, since when), when others were, and
    whether they have died."""

    person_id: uuid.UUID
    folded: str
    here: bool
    open: tuple[uuid.UUID | None, date] | None = None
    ended: tuple[tuple[date, date], ...] = ()
    died: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """Whom and what the rows of a file can be about."""

    people: Mapping[str, Found]
    named: Mapping[tuple[str, date], Sequence[Found]]
    names: frozenset[str]
    places: Mapping[str, Sequence[Place]]
    centre: frozenset[str]
    """How the actor's own centre is called."""
    centres: frozenset[str]


@dataclass(slots=True)
class Checked:
    """What bringing a file in would do: every row begins a way, is of somebody unknown, changes nothing or is refused."""

    total: int
    ways: list[tuple[CaseRow, Found, uuid.UUID]] = field(default_factory=list)
    unknown: list[tuple[CaseRow, uuid.UUID]] = field(default_factory=list)
    nobody: list[Problem] = field(default_factory=list)
    unchanged: int = 0
    refused: list[Problem] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As the check of a diary, and how many are of somebody unknown."""
        taken = [way[0] for way in self.ways] + [row for row, _coach in self.unknown]
        problems = [
            {"row": one.row, "kind": kind, "code": one.code, "reason": one.reason}
            for kind, found in (
                ("refused", self.refused),
                ("unknown", self.nobody),
                ("warning", [one for row in taken for one in row.warnings]),
            )
            for one in found
        ]
        return {
            "rows": self.total,
            "importable": len(self.ways),
            "unknown": len(self.unknown),
            "with_warnings": sum(bool(row.warnings) for row in taken),
            "refused": len(self.refused),
            "unchanged": self.unchanged,
            "problems": sorted(problems, key=lambda one: int(str(one["row"]))),
        }


def _nobody(row: CaseRow, known: Known) -> Problem:
    reason = _("Nobody whom you may see has this name and date of birth.")
    if fold(row.name) in known.names:
        other = _("Somebody of this name is known at this centre, with another date of birth or none.")
        reason = f"{reason} {other}"
    return Problem(row.row, "unknown", reason)


def check(rows: Rows, known: Known) -> Checked:
    """What bringing these rows in would do; changes nothing. Of several rows about one person the first is taken.

    When the ways have begun and the file is checked again, all of its rows are unchanged or refused as before.
    """
    checked = Checked(rows.total, refused=list(rows.refused))
    seen: dict[object, int] = {}
    for row in rows.rows:
        person = _person(row, known)
        coach = _coach(row, known, rows.columns)
        faults = [
            one for one in (_centre(row, known, rows.columns), person, coach) if isinstance(one, Problem)
        ]
        if not isinstance(person, Problem):
            identity: object = person.person_id if person else (fold(row.name), row.born)
            first = seen.setdefault(identity, row.row)
            if first != row.row:
                reason = _("The same person is in row %(row)s.") % {"row": first}
                faults.append(Problem(row.row, "duplicate", reason))
        if not faults and isinstance(person, Found) and isinstance(coach, Place):
            if _is_that_way(row, person, coach):
                checked.unchanged += 1
                continue
            if trouble := _already(row, person):
                faults.append(trouble)
        if faults:
            reasons = " ".join(one.reason for one in faults)
            checked.refused.append(Problem(row.row, faults[0].code, reasons))
        elif isinstance(coach, Place):
            if isinstance(person, Found):
                checked.ways.append((row, person, coach.member_id))
            else:
                checked.unknown.append((row, coach.member_id))
                checked.nobody.append(_nobody(row, known))
    checked.refused.sort(key=lambda one: one.row)
    return checked


def _person(row: CaseRow, known: Known) -> Found | Problem | None:
    """Whom a row is about; None for somebody who is not known and can be registered."""
    found: Found | None = None
    if row.reference:
        found = known.people.get(row.reference)
        if found is None:
            reason = _("Nobody whom you may see has the reference %(reference)s.")
            return Problem(row.row, "no-such-reference", reason % {"reference": row.reference})
        if row.name and found.folded and found.folded != fold(row.name):
            return Problem(row.row, "reference-taken", _("Somebody else here has this reference."))
    elif row.born is not None:
        alike = known.named.get((fold(row.name), row.born), ())
        if len(alike) > 1:
            reason = _("Several people here have this name and date of birth. Give the reference.")
            return Problem(row.row, "ambiguous", reason)
        found = alike[0] if alike else None
    if found is not None and not found.here:
        return Problem(row.row, "other-centre", _("They belong to another centre."))
    return found


def _coach(row: CaseRow, known: Known, columns: Mapping[str, str]) -> Place | Problem:
    key = row.coach.casefold() if "@" in row.coach else fold(row.coach)
    places = known.places.get(key, ())
    working = [one for one in places if one.here and one.works]
    if working:
        return working[0]
    told = {"column": columns["coach"], "text": quoted(row.coach[:60])}
    if any(one.here for one in places):
        return Problem(row.row, "coach", _("%(column)s: %(text)s does not work with people's plans.") % told)
    if places:
        return Problem(row.row, "coach-left", _("%(column)s: %(text)s is no longer here.") % told)
    names = {fold(one.name): one.name for found in known.places.values() for one in found if one.here}
    near = difflib.get_close_matches(key, names, 1, 0.6)
    if near:
        reason = _("%(column)s: %(text)s is not known here. Did you mean %(near)s?")
        return Problem(row.row, "no-such-coach", reason % (told | {"near": quoted(names[near[0]])}))
    return Problem(row.row, "no-such-coach", _("%(column)s: %(text)s is not known here.") % told)


def _centre(row: CaseRow, known: Known, columns: Mapping[str, str]) -> Problem | None:
    if not row.centre or fold(row.centre) in known.centre:
        return None
    told = {"column": columns["centre"], "text": quoted(row.centre[:60])}
    if fold(row.centre) in known.centres:
        reason = _("%(column)s: %(text)s is another centre. Its own leader brings this row in.")
        return Problem(row.row, "other-centre", reason % told)
    return Problem(row.row, "no-such-centre", _("%(column)s: %(text)s is not known here.") % told)


def _is_that_way(row: CaseRow, person: Found, coach: Place) -> bool:
    """Whether the row says nothing but that they are on their way already, with this coach, since that day."""
    if person.open is None or person.open[0] != coach.member_id:
        return False
    return row.opened_on is None or row.opened_on == person.open[1]


def _already(row: CaseRow, person: Found) -> Problem | None:
    if person.died:
        return Problem(row.row, "died", _("This person has died."))
    if person.open is not None:
        return Problem(row.row, "open-already", _("They are on their way with us already."))
    if row.opened_on is not None and any(
        row.opened_on == begun or row.opened_on < ended for begun, ended in person.ended
    ):
        reason = _("Their way has ended since that day. Open it again from their page.")
        return Problem(row.row, "ended", reason)
    return None
