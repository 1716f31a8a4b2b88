"""What the desk must know of somebody at a glance: whom to ask, what to heed, what helps, what they speak."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.people import spoken


class Glance(NamedTuple):
    """Words for a line or a card. `danger` and `helps` hold what is not sealed alone, as far as it still holds."""

    ask: str
    danger: tuple[str, ...]
    helps: tuple[str, ...]
    speaks: str


@lru_cache(maxsize=20_000)
def _marks(heed: str, day: date) -> tuple[tuple[str, str, date | None], ...]:
    found = []
    for kind, text, ends in json.loads(heed):
        until = date.fromisoformat(ends) if ends else None
        if until is None or until >= day:
            found.append((kind, text, until))
    return tuple(found)


def at_a_glance(
    *,
    note: str,
    heed: str | None,
    languages: str,
    interpreter: str,
    ask: str | None,
    day: date,
    own: Sequence[str],
) -> Glance:
    """Words for one line: `note` is the door's, the rest the person's, on a day, where the service speaks `own`."""
    marks = _marks(heed, day) if heed else ()
    return Glance(
        ask=whom_to_ask(ask),
        danger=tuple(
            f"{text} ({_('until %(day)s') % {'day': words.day_short(until)}})" if until else text
            for kind, text, until in marks
            if kind == "danger"
        ),
        helps=(*((note,) if note else ()), *(text for kind, text, _until in marks if kind != "danger")),
        speaks=spoken.needed(languages.split(",") if languages else (), interpreter, own),
    )


def whom_to_ask(ask: str | None) -> str:
    """Whom to ask about somebody the reader may not see, and not a word of why; empty where they may."""
    if ask is None:
        return ""
    return _("Ask %(name)s") % {"name": words.apart(ask)} if ask else _("Ask the team leader")
