"""What stands in the columns of the book, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from markupsafe import escape

from kohti.kernel import words
from kohti.kernel.ids import short

from ..sessions import Session
from .reading import Block

STATE_WORDS: dict[str, Callable[[], str]] = {
    "booked": lambda: _("Expected"),
    "kept": lambda: _("Came"),
    "missed": lambda: _("Did not come"),
    "cancelled": lambda: _("Cancelled"),
}


def held(one: Session, zone: ZoneInfo, by: str) -> str:
    """A session in a column, in words: when, what, and who holds it or where."""
    about = (one.by,) if by == "r" else (one.organisation, one.room)
    return (
        f"<p><b>{_hours(one, zone)}</b> <bdi>{escape(one.title)}</bdi>"
        f" <span>{escape(' · '.join(part for part in about if part))}</span></p>"
    )


def also(one: Session, zone: ZoneInfo) -> str:
    """A session that stands in no column, in words: what, when, and where and who holds it."""
    return ", ".join(part for part in (one.title, _hours(one, zone), one.room, one.by) if part)


def _hours(one: Session, zone: ZoneInfo) -> str:
    return f"{words.clock_time(one.starts, zone)}–{words.clock_time(one.ends, zone)}"


class Said:
    """The words of the book in one language and in one service's own, each looked up and escaped once."""

    def __init__(self) -> None:
        self.states = {state: escape(text()) for state, text in STATE_WORDS.items()}
        self.somebody, self.beside, self.away = escape(_("Somebody")), escape(_("Beside")), escape(_("Away"))
        self._free: dict[tuple[int, int], str] = {}

    def free(self, instant: datetime, zone: ZoneInfo) -> str:
        """That there is time from an instant on: the end of its press, the same each day."""
        local = instant.astimezone(zone)
        at = (local.hour, local.minute)
        if at not in self._free:
            text = escape(_("Free %(time)s") % {"time": words.clock_time(instant, zone)})
            self._free[at] = f'{at[0]:02d}{at[1]:02d}">{text}</button>'
        return self._free[at]


@lru_cache(maxsize=256)
def of(speaks: object) -> Said:
    """The words of the book, of what texts are translated by now."""
    return Said()


def block(one: Block, zone: ZoneInfo, said: Said, by: str) -> str:
    """One appointment."""
    name = escape(one.name) if one.name else said.somebody
    where = one.room if by != "r" else one.staff
    about = escape(" · ".join(part for part in (words.title(one.kind), where) if part))
    beside = f" <em>{said.beside}</em>" if one.beside else ""
    return (
        f'<a href="/book/{short(one.id)}/" data-s={one.state}>'
        f"<b>{words.clock_time(one.starts, zone)}</b> <bdi>{name}</bdi>{beside}"
        f" <small>{said.states[one.state]}</small> <span>{about}</span></a>"
    )
