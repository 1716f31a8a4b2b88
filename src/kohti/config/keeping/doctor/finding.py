"""What the doctor says of one thing, and how it asks the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import psycopg

CLOCKS_APART = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `do` says what to do, where anything is to be done."""

    about: str
    state: Literal["good", "look", "wrong"]
    found: str
    do: str = ""


def good(about: str, found: str) -> Finding:
    """As it should be."""
    return Finding(about, "good", found)


def look(about: str, found: str, do: str) -> Finding:
    """Works, but should not stay so."""
    return Finding(about, "look", found, do)


def wrong(about: str, found: str, do: str) -> Finding:
    """Has to be mended."""
    return Finding(about, "wrong", found, do)


def value(owner: psycopg.Connection[Any], query: str) -> Any:
    """The first column of the first row, or None."""
    row = owner.execute(query.encode()).fetchone()
    return row[0] if row else None


def last_line(trouble: Exception) -> str:
    """What an error says at its end: the part for people."""
    return next(
        reversed([line for line in str(trouble).splitlines() if line.strip()]), type(trouble).__name__
    )
