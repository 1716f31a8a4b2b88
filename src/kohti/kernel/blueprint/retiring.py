"""Codes that go from a blueprint while something still stands on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kohti.kernel.errors import KohtiError

HOW = {
    "centres": "A centre closes when its people have been transferred, its places ended, its bookings over or"
    " cancelled, and its day closed.",
}


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A code of one of the lists that is gone from the file, what still stands on it, and how many."""

    list: str
    code: str
    what: str
    number: int

    def __str__(self) -> str:
        return f"{self.list}: {self.code} is gone from the file, yet there are {self.what}: {self.number}"


class WouldOrphan(KohtiError):
    """The change of a blueprint would leave living data without what they stand on; `held` says which."""

    code = "would-orphan"

    def __init__(self, held: Iterable[Held]) -> None:
        self.held = tuple(sorted(held))
        lines = [str(one) for one in self.held]
        for name in sorted({one.list for one in self.held}):
            codes = sorted({one.code for one in self.held if one.list == name})
            lines.append(
                HOW.get(name)
                or f"Put {', '.join(codes)} back, or say where they move to: "
                + ", ".join(f'[mapping.{name}] {code} = "…"' for code in codes)
            )
        super().__init__("\n".join(lines))
