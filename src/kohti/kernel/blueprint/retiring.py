"""Codes that go from a blueprint while something still stands on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kohti.kernel.errors import KohtiError
from kohti.kernel.languages import gettext_noop

HOW = {
    "centres": gettext_noop(
        "A centre closes when its people have been transferred, its places ended, its bookings over or"
        " cancelled, and its day closed."
    ),
    "fields": gettext_noop(
        "A field of life that seals something stays in the file, and sealed: else nobody could be given its key."
    ),
}
WHAT = (
    gettext_noop("places to work in force"),
    gettext_noop("rotas in force"),
    gettext_noop("invitations that wait"),
    gettext_noop("people whose centre it is"),
    gettext_noop("transfers to come"),
    gettext_noop("notes, marks and papers under its seal"),
    gettext_noop("needs, aims and steps under its seal"),
    gettext_noop("people on their way in this stage"),
    gettext_noop("bookings to come"),
    gettext_noop("people waiting or being seen"),
    gettext_noop("people in the building"),
)
"""What rooms say still stands on a code (`Held.what`)."""


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A code of one of the lists that is gone from the file, what still stands on it, and how many."""

    list: str
    code: str
    what: str
    number: int

    def __str__(self) -> str:
        said = (
            _(
                "%(list)s: %(code)s is gone from the file or no longer sealed, yet there are %(what)s: %(number)s"
            )
            if self.list == "fields"
            else _("%(list)s: %(code)s is gone from the file, yet there are %(what)s: %(number)s")
        )
        return said % {
            "list": self.list,
            "code": self.code,
            "what": _(self.what),
            "number": self.number,
        }


class WouldOrphan(KohtiError):
    """The change of a blueprint would leave living data without what they stand on; `held` says which."""

    code = "would-orphan"

    def __init__(self, held: Iterable[Held]) -> None:
        self.held = tuple(sorted(held))
        lines = [str(one) for one in self.held]
        for name in sorted({one.list for one in self.held}):
            codes = sorted({one.code for one in self.held if one.list == name})
            example = ", ".join(f'[mapping.{name}] {code} = "…"' for code in codes)
            back = {"codes": ", ".join(codes), "example": example}
            lines.append(
                _(HOW[name])
                if name in HOW
                else _("Put %(codes)s back, or say where they move to: %(example)s") % back
            )
        super().__init__("\n".join(lines))
