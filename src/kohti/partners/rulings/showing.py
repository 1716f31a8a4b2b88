"""A question to the authority as pages show it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from kohti.journeys.rules import Named, named
from kohti.journeys.said import RULED as DECISIONS
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.people.sharing.queries import SharedPerson

from .queries import Asked, OnToday

__all__ = ("DECISIONS", "line", "today_line")


def when(actor: Actor, at: Any) -> str:
    """The time, with its day where that is not today."""
    time, day = words.clock_time(at, actor.zone), at.astimezone(actor.zone).date()
    return time if day == clock.today(actor.zone) else f"{words.day_short(day)} {time}"


def line(actor: Actor, one: Asked, kinds: list[Named], person: SharedPerson | None = None) -> dict[str, Any]:
    """A question with what became of it, and with whom it is about for those who may answer."""
    now = clock.now()
    late = one.closed_at is None and one.answer_by <= now
    return {
        "id": one.id,
        "kind": named(kinds, one.kind),
        "words": one.words,
        "state": one.state,
        "open": one.closed_at is None,
        "asked_by": one.asked_by,
        "asked_at": when(actor, one.asked_at),
        "minutes": max(0, int((now - one.asked_at).total_seconds() // 60)),
        "late": late,
        "became": _became(actor, one, late),
        "answer": DECISIONS[one.answer]() if one.answer else "",
        "reason": one.reason,
        "step": one.step,
        "due": words.day_short(one.due_on) if one.due_on else "",
        "mine": one.mine,
        "taken_by": one.taken_by,
        "taken_by_me": one.taken_by_me,
        "shown": one.shown,
        "person": person.id if person else one.person_id,
        "name": (person.full_name if person else "") or _("No name given"),
    }


def _became(actor: Actor, one: Asked, late: bool) -> str:
    if one.state == "answered":
        return _("%(name)s decided at %(time)s") % {
            "name": one.taken_by,
            "time": when(actor, one.closed_at),
        }
    if one.state == "withdrawn":
        return _("Taken back")
    if not one.shown:
        return _("Not answered on the day. Ask again, and they are shown it anew.")
    if one.state == "taken":
        return _("%(name)s is looking at it") % {"name": one.taken_by}
    if late:
        return _("Nobody has taken it yet. The leader of the centre is shown it now.")
    return _("Asked. Nobody has taken it yet.")


def today_line(actor: Actor, one: OnToday) -> dict[str, Any]:
    """A question on Today."""
    return {
        "id": one.id,
        "person": one.person_id,
        "name": one.name or _("No name given"),
        "words": one.words,
        "answer": DECISIONS[one.answer]() if one.answer else "",
        "reason": one.reason,
        "asked_by": one.asked_by,
        "asked_at": when(actor, one.asked_at),
        "taken_by": one.taken_by,
        "which": one.which,
    }
