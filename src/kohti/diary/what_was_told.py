"""What staff see of what somebody was told of their appointments by itself: what, when, how, and what became of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.kernel.actor import Actor

BECAME: dict[str, tuple[Callable[[], str], str]] = {
    "waiting": (lambda: _("Waiting"), "neutral"),
    "queued": (lambda: _("Waiting"), "neutral"),
    "sending": (lambda: _("Being sent"), "neutral"),
    "sent": (lambda: _("Sent"), "success"),
    "unknown": (lambda: _("Perhaps sent"), "late"),
    "failed": (lambda: _("Not sent"), "danger"),
    "bounced": (lambda: _("Came back"), "danger"),
    "no-way": (lambda: _("Not sent"), "danger"),
}
WHY: dict[str, Callable[[], str]] = {
    "no-messages": lambda: _("This person must not be left a message."),
    "nothing-known": lambda: _("There is no way to send it to them: only a letter."),
    "address": lambda: _("What is sent to this address comes back. Ask for another."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """One message in words; `tone` is of its state, `look` whether somebody should look at it under Messages."""

    what: str
    state: str
    tone: str
    why: str
    look: bool


def what_was_told(actor: Actor, booking_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Told]]:
    """What left or did not leave about each of these appointments, oldest first. One statement; none for none."""
    found: dict[uuid.UUID, list[Told]] = defaultdict(list)
    if not booking_ids:
        return found
    with connection.cursor() as cursor:
        cursor.execute("select * from kohti.told_of(%s)", [list(booking_ids)])
        rows = cursor.fetchall()
    for booking_id, about, due, channel, state, why, message in rows:
        became = message if state == "written" else state
        if became not in BECAME:
            continue
        said, tone = BECAME[became]
        title = _("Reminder") if about == "before" else _("Message")
        how = {"sms": _("text"), "mail": _("e-mail")}.get(channel, "")
        when = f"{words.day_of(due, actor.zone)}, {words.clock_time(due, actor.zone)}"
        found[booking_id].append(
            Told(
                ", ".join(part for part in (title, how, when) if part),
                said(),
                tone,
                _why(why) if state == "no-way" else "",
                became in ("unknown", "failed", "bounced"),
            )
        )
    return found


def _why(code: str) -> str:
    if code in WHY:
        return WHY[code]()
    return _("How they can be reached safely is for people to read: nothing is sent by itself.")
