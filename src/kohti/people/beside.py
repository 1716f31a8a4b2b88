"""What upper rooms say of a person on every page about them: asked with the person's card, in the same statement.

A room adds its part once, when it is loaded; this room knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kohti.kernel import reading
from kohti.kernel.actor import Actor

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """Words of a room about a person: for the bar (owner, stage, held_until), and for the overview, in order.

    `facts`: what it is called, what it is, and the page that says more (empty: none).
    """

    bar: Mapping[str, str] = field(default_factory=dict)
    facts: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """A room's part: where it stands among the others, what it asks of %(person)s on %(today)s, and its words.

    `sql` gives one row or none, under the reader's own row policies.
    """

    position: int
    sql: str
    say: Callable[[Actor, Row], Said]


Read = tuple[tuple[Beside, Row], ...]

_added: dict[int, Beside] = {}


def add(part: Beside) -> None:
    """Let a room say something of each person; what was added at the same position is said no more."""
    _added[part.position] = part


def parts() -> tuple[Beside, ...]:
    """What is said of each person, in order."""
    return tuple(_added[position] for position in sorted(_added))


def asked() -> list[reading.Part[Row]]:
    """The parts as `reading.together` asks them."""
    return [reading.Part(one.sql, dict) for one in parts()]


def said(actor: Actor, read: Read) -> Said:
    """The words of all rooms as one."""
    bar: dict[str, str] = {}
    facts: list[tuple[str, str, str]] = []
    for part, row in read:
        one = part.say(actor, row)
        bar |= one.bar
        facts.extend(one.facts)
    return Said(bar, tuple(facts))
