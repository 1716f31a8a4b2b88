"""What can be promised somebody for their time at a centre, in words; some of it is what a room must have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy

PROMISED = {
    "quiet": gettext_lazy("A quiet room"),
    "step-free": gettext_lazy("A room without steps"),
    "loop": gettext_lazy("A hearing loop"),
    "children": gettext_lazy("Room for children"),
    "face": gettext_lazy("A known face"),
    "companion": gettext_lazy("A companion"),
    "interpreter": gettext_lazy("An interpreter"),
}
OF_ROOMS = ("quiet", "step-free", "loop", "children")
"""What a room has or has not: said of rooms in the same words."""


def in_words(codes: Iterable[str]) -> str:
    """Some of these in the language in use, with commas between."""
    return ", ".join(str(text) for code, text in PROMISED.items() if code in set(codes))


def of_a_room(heed: str | None, day: date) -> tuple[str, ...]:
    """What somebody needs of a room on a day. `heed`: what the desk heeds of them, as their row has it."""
    found = set()
    for _kind, _text, ends, *more in json.loads(heed) if heed else ():
        also = more[0] if more else {}
        if also.get("from", "") <= day.isoformat() <= (ends or "9999"):
            found |= set(also.get("promises", ()))
    return tuple(code for code in OF_ROOMS if code in found)
