"""Who was forgotten: kept beside the database, so that a backup from before cannot bring them back.

One line a person, JSON: identifiers and the time, nothing else. The worker writes the list of the data folder
anew every minute; where machines come and go, `kohti erasures` prints it, to be kept elsewhere.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from gettext import gettext as _
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from kohti.kernel.errors import KohtiError

from .files import appearing

LIST = "erasures.jsonl"


class Erasure(NamedTuple):
    """One person of one service, forgotten at an instant (ISO 8601)."""

    service_id: uuid.UUID
    person_id: uuid.UUID
    at: str


def known_to(owner: psycopg.Connection[Any]) -> set[Erasure]:
    """Everybody the database knows to have been forgotten."""
    return {
        Erasure(service_id, person_id, at.isoformat())
        for service_id, person_id, at in owner.execute(
            "select service_id, unnest(person_ids), min(at) from kernel_historyevent"
            " where verb = 'person.forgotten' and service_id is not null group by 1, 2"
        )
    }


def read(path: Path) -> set[Erasure]:
    """A list as it was kept. Raises KohtiError naming the line that cannot be read."""
    found: set[Erasure] = set()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise KohtiError(_("%(path)s cannot be read.") % {"path": path}) from trouble
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            found.add(Erasure(uuid.UUID(told["service"]), uuid.UUID(told["person"]), str(told["at"])))
        except (ValueError, KeyError, TypeError) as trouble:
            raise KohtiError(
                _("%(path)s: line %(number)s is not an erasure.") % {"path": path, "number": number}
            ) from trouble
    return found


def as_lines(erasures: Iterable[Erasure]) -> str:
    """The list in words for a file: the same for the same people."""
    return "".join(
        json.dumps({"service": str(one.service_id), "person": str(one.person_id), "at": one.at}) + "\n"
        for one in sorted(erasures, key=lambda one: (one.at, one.person_id))
    )


def keep(data: Path, known: Iterable[Erasure]) -> int:
    """Add these to the data folder's list; nobody ever leaves it. Returns how many it holds."""
    path = data / LIST
    held = read(path) if path.exists() else set()
    there = {(one.service_id, one.person_id) for one in held}
    new = {one for one in known if (one.service_id, one.person_id) not in there}
    if new:
        with appearing(path) as unfinished:
            unfinished.write_text(as_lines(held | new), encoding="utf-8")
    return len(held) + len(new)
