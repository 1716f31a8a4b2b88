"""Codes that go from a blueprint while something still stands on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kohti.kernel.errors import KohtiError

from .parts import Mapped


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A code that is gone from the file, what still stands on it, and how many."""

    list: Mapped
    code: str
    what: str
    number: int
    mends: bool = True
    """Whether a mapping moves it; else it has to come to its end first."""

    def __str__(self) -> str:
        return f"{self.list}: {self.code} is gone from the file, yet it has {self.what}: {self.number}"


class WouldOrphan(KohtiError):
    """The change of a blueprint would leave living data without what they stand on; `held` says which."""

    code = "would-orphan"

    def __init__(self, held: Sequence[Held]) -> None:
        self.held = tuple(sorted(held))
        lines = [str(one) for one in self.held]
        lists = sorted({one.list for one in self.held if one.mends})
        if lists:
            lines.append(
                "Put the codes back, or say where these move to: "
                + ", ".join(f'[mapping.{name}] old-code = "new-code"' for name in lists)
            )
        if any(not one.mends for one in self.held):
            lines.append("What no mapping can move has to come to its end first.")
        super().__init__("\n".join(lines))
