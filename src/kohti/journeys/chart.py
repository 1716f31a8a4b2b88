"""A small chart of how something went, drawn on the server: two lines, one a view, over the days it was said.

It says nothing that the table beside it does not. Where somebody did not want to say, a cross stands on the bottom
line, and the line goes on from what was said before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

WIDE, TOP, ROW, LEFT, RIGHT = 300, 18, 32, 8, 292
LEVELS = (4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Said:
    """One saying: whose view, at which level (None: did not want to say), when."""

    view: str
    level: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """A point of a line, in the chart's own units. `unsaid`: a cross on the bottom line."""

    x: float
    y: float
    unsaid: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The sayings of one view: its path and its points."""

    view: str
    path: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """What a template draws: the height, each level's line with its words, and the lines of both views."""

    height: int
    levels: tuple[tuple[int, str], ...]
    lines: tuple[Line, ...]
    wide: int = WIDE


def chart(said: Sequence[Said], scale: Mapping[int | None, str]) -> Chart | None:
    """The chart of what was said, oldest first; None while there is no change to draw."""
    if len({one.at for one in said}) < 2:
        return None
    unsaid = any(one.level is None for one in said)
    rows: list[int | None] = [*LEVELS, *([None] if unsaid else [])]
    at = {level: TOP + n * ROW for n, level in enumerate(rows)}
    first, last = min(one.at for one in said), max(one.at for one in said)
    span = (last - first).total_seconds()

    def across(one: Said) -> float:
        return round(LEFT + 8 + (RIGHT - LEFT - 16) * (one.at - first).total_seconds() / span, 1)

    lines = []
    for view in ("own", "coach"):
        own = [one for one in said if one.view == view]
        # The coach's stand a little lower, so that two that agree do not hide each other.
        lower = 4 if view == "coach" else 0
        marks = tuple(Mark(across(one), at[one.level] + lower, one.level is None) for one in own)
        points = [f"{mark.x:g},{mark.y}" for mark in marks if not mark.unsaid]
        if marks:
            lines.append(Line(view, " ".join(points) if len(points) > 1 else "", marks))
    return Chart(TOP + ROW * (len(rows) - 1) + 14, tuple((at[one], scale[one]) for one in rows), tuple(lines))
