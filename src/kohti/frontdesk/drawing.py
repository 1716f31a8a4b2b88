"""Cards of the queue as HTML. Each is rendered once, with gaps for what time alone changes, and kept until it changes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from gettext import GNUTranslations
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.template.loader import get_template
from markupsafe import Markup, escape

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.people.spoken import own_languages

from .queries import Card
from .showing import as_it_stands, by_the_clock, state_words

GAP = Markup("\0")
"""A letter that no text from the database has."""


class Drawn(NamedTuple):
    """A card and its HTML."""

    card: Card
    html: Markup


def drawn(
    actor: Actor,
    cards: Sequence[Card],
    *,
    waits: Mapping[uuid.UUID, int | None] | None = None,
    into: bool = False,
    mine: uuid.UUID | None = None,
) -> list[Drawn]:
    """Cards of the queue in the language in use.

    `waits`: how long each still waits, where the whole queue is known. `into`: each says into which list it goes;
    those with the colleague `mine` into their own.
    """
    zone, own, day = actor.zone, own_languages(actor), clock.today(actor.zone)
    speaking = words.spoken_now()
    found = []
    for card in cards:
        goes = "" if not into else "mine" if mine and card.with_staff_id == mine else "line"
        pieces = _pieces(card, zone, own, day, goes, speaking)
        if len(pieces) == 1:
            found.append(Drawn(card, pieces[0]))
            continue
        now = by_the_clock(card, waits.get(card.id) if waits else None)
        head, minutes, about, rest = pieces
        times = f' data-back-in="{now["back_s"]}"' if card.state == "parked" else ""
        times += " data-late" if now["late"] else " data-soon" if now["soon"] else ""
        html = f"{head}{times}{minutes}{now['waited']}{about}{escape(now['about'] or '–')}{rest}"
        found.append(Drawn(card, Markup(html)))  # noqa: S704 - made of rendered and escaped parts
    return found


@lru_cache(maxsize=2_000)
def _pieces(
    card: Card, zone: ZoneInfo, own: tuple[str, ...], day: date, goes: str, speaking: GNUTranslations
) -> tuple[Markup, ...]:
    """A card around its gaps: the last marks of its element, the minutes waited, those still to wait."""
    macros: Any = get_template("frontdesk/_visit_card.html")
    one = as_it_stands(card, zone, own, day) | {"times": GAP, "waited": GAP, "about": GAP}
    html: Markup = macros.template.module.card(one, state_words(), goes)
    return tuple(html.split(GAP))
