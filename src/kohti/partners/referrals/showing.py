"""Referrals in words for a page: what somebody reads of a person, what was said, how long it has been."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.journeys import rules
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.people import fields as life
from kohti.people.sharing.models import HELPS, PARTS, REACH
from kohti.people.sharing.wording import GROUNDS, PART_TITLES

from . import states
from .models import Referral
from .queries import Card, Line, Page, Turn

State = Referral.State
VIEWS: Mapping[str, Callable[[], str]] = {"own": lambda: _("They say"), "coach": lambda: _("We say")}


def fields(actor: Actor) -> dict[str, tuple[str, bool]]:
    """All that can be shown of a person: its title, and whether it is sealed."""
    return {code: (PART_TITLES[code](), False) for code in (REACH, HELPS)} | life.fields_of_life(actor)


def card(
    actor: Actor, shown: Card, codes: Sequence[str], why: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """What somebody reads, field by field: its title, why, and the lines that stand there now."""
    known, reasons = fields(actor), why or {}
    return [
        {
            "code": code,
            "title": life.title_of(known, code),
            "sealed": known.get(code, ("", False))[1],
            "why": reasons.get(code, ""),
            "lines": _lines(actor, shown, code),
        }
        for code in (*(one for one in PARTS if one in codes), *(one for one in codes if one not in PARTS))
    ]


def _lines(actor: Actor, shown: Card, code: str) -> list[tuple[str, str]]:
    """What stands under a field: of what kind it is, and its words."""
    if code == REACH:
        return [
            ("", " · ".join(part for part in (value, note) if part))
            for _kind, value, note in shown.reach or ()
        ]
    if code == HELPS:
        return [("", text) for text in shown.helps or ()]
    scale = rules.scale(actor, code)
    found = [
        (VIEWS[view](), scale.get(level, "")) for field, view, level, _at in shown.needs if field == code
    ]
    for field, text, steps in shown.aims:
        if field == code:
            found.append((_("Aim"), text))
            found += [(_("Step"), _step(step, due)) for step, due in steps]
    found += [
        (words.day_short(_day(actor, at)), text) for several, at, text in shown.notes if code in several
    ]
    return found


def _step(text: str, due: str | None) -> str:
    if not due:
        return text
    return f"{text} ({_('by %(day)s') % {'day': words.day_short(date.fromisoformat(due))}})"


def _day(actor: Actor, at: str) -> date:
    return datetime.fromisoformat(at).astimezone(actor.zone).date()


def turn(actor: Actor, one: Turn) -> dict[str, Any]:
    """One line of the conversation."""
    what = _("Asks for a new link") if one.state == "again" else states.called(one.state) if one.state else ""
    return {
        "at": f"{words.day_of(one.at, actor.zone)}, {words.clock_time(one.at, actor.zone)}",
        "here": one.here,
        "by": one.by,
        "what": what,
        "words": one.words,
        "icon": "check" if one.state in states.OPEN else "close" if one.state in states.CLOSED else "message",
    }


def age(actor: Actor, at: datetime) -> str:
    """How many days something has been open."""
    days = (clock.today(actor.zone) - at.astimezone(actor.zone).date()).days
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days} if days else _("today")


def line(actor: Actor, one: Line) -> dict[str, Any]:
    """A line of a list."""
    return {
        "id": one.id,
        "person": one.person_id,
        "name": one.name or _("No name given"),
        "to": one.to,
        "by": one.by,
        "about": one.about,
        "state": states.called(one.state),
        "tone": states.TONES.get(one.state, "neutral"),
        "age": age(actor, one.at),
        "late": one.reply_by is not None and one.reply_by < clock.today(actor.zone),
        "due": words.day_short(one.reply_by) if one.reply_by else "",
        "unread": one.unread,
    }


def facts(actor: Actor, page: Page) -> list[tuple[str, str]]:
    """What a referral says of itself, as terms and values."""
    one = page.one
    ground, means = GROUNDS[one.basis]
    return [
        (_("To"), page.to_whom),
        (_("Sent by"), ", ".join(part for part in (page.by, page.by_organisation) if part)),
        (_("How"), states.HOWS[one.how][0]()),
        (_("Shown until"), words.day_long(one.until)),
        (_("Ground"), f"{ground()}: {means()}"),
        (_("How they agreed"), one.consent_how),
    ]


def answers(page: Page) -> list[str]:
    """Which states whoever was asked can say next; where they have no account, whoever handed over says them for them."""
    if page.here and page.one.to_organisation_id is not None:
        return []
    after = [one for one in states.AFTER[page.state] if one not in states.OURS]
    return [one for one in after if one != State.SEEN]


SAY: Mapping[str, Callable[[], str]] = {
    State.ACCEPTED: lambda: _("Accept"),
    State.WAITING: lambda: _("On the waiting list"),
    State.STARTED: lambda: _("It has started"),
    State.DONE: lambda: _("It is done"),
    State.DECLINED: lambda: _("Decline"),
}
"""What whoever answers presses."""
