"""How far the sample is filled with people, where the pages can read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

FILE = "sample-lives.json"


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the lives are there, of how many."""

    made: int
    of: int

    @property
    def done(self) -> bool:
        """Whether nobody is missing."""
        return self.made >= self.of


def progress(data: Path) -> Progress | None:
    """How far the lives of the sample in this data folder are; None before the first."""
    try:
        told = json.loads((data / FILE).read_text())
        return Progress(int(told["made"]), int(told["of"]))
    except (OSError, ValueError, KeyError):
        return None


def keep(data: Path, now: Progress) -> None:
    """Write down how far they are."""
    beside = data / f"{FILE}.new"
    beside.write_text(json.dumps({"made": now.made, "of": now.of}))
    beside.replace(data / FILE)


def begin_anew(data: Path) -> None:
    """There is a new sample: nobody of the one before is in it."""
    (data / FILE).unlink(missing_ok=True)
