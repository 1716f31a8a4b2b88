"""What the tables of people and of staff have in common: columns, problems, and the answer's shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from kohti.diary.file.shapes import CheckJson, ProblemJson
from kohti.kernel import sheets
from kohti.kernel.actor import DOOR, Actor, as_actor, system_of
from kohti.kernel.errors import NotThere
from kohti.kernel.sheets import Sheet, UnreadableSheet
from kohti.team.models import Service


@dataclass(slots=True)
class Result:
    """What an import would do, or did: every row that is not empty is new, changed, unchanged or refused."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[ProblemJson] = field(default_factory=list)

    def problem(self, row: int, kind: str, code: str, reason: str) -> None:
        """Note why a row is `refused`, or taken with a `warning`; further ones of a row join the first."""
        if self.problems and self.problems[-1]["row"] == row and self.problems[-1]["kind"] == kind:
            self.problems[-1]["reason"] += f" {reason}"
        else:
            self.problems.append({"row": row, "kind": kind, "code": code, "reason": reason})

    def as_json(self) -> CheckJson:
        """In the same shape as the check of a diary."""
        return {
            "rows": self.rows,
            "importable": self.new + self.changed,
            "with_warnings": len({one["row"] for one in self.problems if one["kind"] == "warning"}),
            "refused": len({one["row"] for one in self.problems if one["kind"] == "refused"}),
            "unchanged": self.unchanged,
            "problems": self.problems,
        }


def read(path: Path) -> Sheet:
    """A table from a file. Raises UnreadableSheet, for one that is too big before it is read; OSError."""
    if path.stat().st_size > sheets.MAX_BYTES:
        raise UnreadableSheet(
            _("The file is too big. Leave out what is not needed, or bring it in parts."), code="too-big"
        )
    return sheets.read(path.read_bytes(), filename=path.name)


def housekeeping_of(code: str) -> Actor:
    """The housekeeping of the service with this code. Raises NotThere."""
    with as_actor(DOOR):
        service = Service.objects.filter(code=code).first()
    if service is None:
        raise NotThere(f"no service {code}")
    return system_of(
        service.id, timezone=service.timezone, country=service.country, languages=service.languages
    )
