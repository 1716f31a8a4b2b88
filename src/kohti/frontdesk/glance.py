"""What the desk must know of somebody at a glance: whom to ask, what to heed, what helps, what they speak."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.people import spoken
from kohti.people.promising import PROMISED


class Promise(NamedTuple):
    """What was promised somebody for their time here; `face`: the colleague who is the known face."""

    code: str
    face: str = ""
    name: str = ""


class Glance(NamedTuple):
    """Words for a line or a card. `danger` and `helps` hold what is not sealed alone, as far as it still holds."""

    ask: str
    danger: tuple[str, ...]
    helps: tuple[str, ...]
    speaks: str
    promised: tuple[Promise, ...] = ()


@lru_cache(maxsize=20_000)
def _marks(heed: str, day: date) -> tuple[tuple[str, str, date | None, tuple[Promise, ...]], ...]:
    found = []
    for kind, text, ends, *more in json.loads(heed):
        until = date.fromisoformat(ends) if ends else None
        also = more[0] if more else {}
        begun = "from" not in also or date.fromisoformat(also["from"]) <= day
        if begun and (until is None or until >= day):
            promised = tuple(
                Promise(code, also.get("face", ""), also.get("name", "")) if code == "face" else Promise(code)
                for code in also.get("promises", ())
            )
            found.append((kind, text, until, promised))
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
            for kind, text, until, _promised in marks
            if kind == "danger"
        ),
        helps=(*((note,) if note else ()), *(text for kind, text, *_more in marks if kind != "danger")),
        speaks=spoken.needed(languages.split(",") if languages else (), interpreter, own),
        promised=tuple(dict.fromkeys(one for mark in marks for one in mark[3])),
    )


def whom_to_ask(ask: str | None) -> str:
    """Whom to ask about somebody the reader may not see, and not a word of why; empty where they may."""
    if ask is None:
        return ""
    return _("Ask %(name)s") % {"name": words.apart(ask)} if ask else _("Ask the team leader")


def as_promises(promised: Sequence[Promise], said: str | None) -> list[dict[str, Any]]:
    """What was promised, in words, and what became of each. `said`: what colleagues ticked of the visit, as JSON."""
    answers = json.loads(said) if said else {}
    return [
        {
            "code": one.code,
            "text": f"{PROMISED[one.code]}: {one.name}" if one.name else str(PROMISED[one.code]),
            "face": one.face,
            "name": one.name,
            "kept": answers.get(one.code, {}).get("kept"),
            "why": answers.get(one.code, {}).get("why", ""),
        }
        for one in promised
        if one.code in PROMISED
    ]
