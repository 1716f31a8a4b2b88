"""Where a way stands in time, in words: how long in its stage, how much of its limit is left, whether that runs."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor

from .models import Journey


def days(number: int) -> str:
    """So many days."""
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": words.number(number)}


def days_between(actor: Actor, since: datetime, until: datetime) -> int:
    """How many days lie between two instants, as the service's own days are counted."""
    return (until.astimezone(actor.zone).date() - since.astimezone(actor.zone).date()).days


def time_left(ends_on: date | None, today: date, *, stopped: bool = False) -> str:
    """What is left of a time limit; empty where there is none. `stopped`: it does not run today."""
    if ends_on is None:
        return ""
    if ends_on < today:
        return _("The time limit has passed")
    left = (ends_on - today).days + 1
    text = ngettext("%(n)s day left", "%(n)s days left", left) % {"n": words.number(left)}
    return _("%(left)s, stands still") % {"left": text} if stopped else text


def stands_still(way: Journey) -> dict[str, str] | None:
    """The pause of a way's time limit that lasts today (since, until, why), as it was read with the way."""
    return getattr(way, "stands_still", None)


def limit(way: Journey, today: date) -> str:
    """The last day of an open way, what is left until then, and why it stands still if it does."""
    if way.ends_on is None or way.closed_at is not None:
        return ""
    text = f"{words.day_short(way.ends_on)} · {time_left(way.ends_on, today)}"
    pause = stands_still(way)
    if not pause:
        return text
    why = _("Stands still from %(since)s until %(until)s: %(why)s") % {
        "since": words.day_short(date.fromisoformat(pause["since"])),
        "until": words.day_short(date.fromisoformat(pause["until"])),
        "why": words.apart(pause["why"]),
    }
    return f"{text}. {why}"


def stage(actor: Actor, title: str, since: datetime) -> str:
    """A stage and for how long somebody has been in it."""
    spent = days_between(actor, since, clock.now())
    if not title:
        return ""
    if not spent:
        return _("%(stage)s, since today") % {"stage": title}
    return _("%(stage)s, for %(days)s") % {"stage": title, "days": days(spent)}
