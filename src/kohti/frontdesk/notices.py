"""What a page says after a press: in the answer to a script, or from the address it was sent back to."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock
from kohti.kernel.actor import Actor

from . import actions, queries
from .actions import Moved
from .line_hours import why_elsewhere
from .queries import Arrival
from .said import Agreed, at_the_door, say_aloud


def from_address(request: HttpRequest, actor: Actor) -> None:
    """After a change without JavaScript the page says what was done: the address names the visit, no more."""
    said = request.GET.get("said", "")
    try:
        visit_id = uuid.UUID(request.GET.get("visit", ""))
    except ValueError:
        return
    moved = actions.as_it_is(visit_id)
    if moved is not None:
        notice = notice_of(said, moved)
        if said == "check-in" and moved.booking_id:
            line = queries.arrival_of(actor.centre, clock.today(actor.zone), moved.visit_id, moved.booking_id)
            notice |= said_at_the_door(actor, moved, line)
        elif said == "walk-in" and (why := why_elsewhere(actor, moved.visit_id)):
            notice["more"] = why
        request.notices = [notice]  # type: ignore[attr-defined]


def said_at_the_door(actor: Actor, moved: Moved, line: Arrival | None) -> dict[str, Any]:
    """What to say to whoever was checked in early or late; nothing to whoever is right."""
    if line is None or moved.state != "waiting":
        return {}
    agreed = Agreed(day=clock.today(actor.zone), starts=line.at)
    found = at_the_door(agreed, actor.zone)
    if found is not None and found.code == "late":
        found = at_the_door(
            agreed, actor.zone, before=queries.before(actor.centre, clock.today(actor.zone), moved.visit_id)
        )
    return {"more": say_aloud(found)} if found else {}


def notice_of(verb: str, moved: Moved) -> dict[str, Any]:
    texts = {
        "check-in": _("Checked in. Their ticket:"),
        "walk-in": _("Taken in. Give them ticket"),
        "undo": _("The check-in of %(ticket)s was taken back."),
        "call": _("%(ticket)s has been called."),
        "begin": _("%(ticket)s: the talk has begun."),
        "done": _("%(ticket)s is done."),
        "did-not-come": _("%(ticket)s did not come."),
        "left": _("%(ticket)s has left."),
        "take-back": _("%(ticket)s is back in the line, at the old place."),
        "parked": _("%(ticket)s is parked and keeps the old place."),
        "handed-over": _("%(ticket)s was handed over."),
    }
    notice: dict[str, Any] = {
        "kind": "success",
        "text": texts.get(verb, _("%(ticket)s was changed.")) % {"ticket": moved.ticket},
    }
    if moved.state == "waiting" and verb in ("check-in", "walk-in"):
        notice["ticket"] = moved.ticket
        notice["undo"] = {
            "live": True,
            "action": reverse("visit_undo", args=[moved.visit_id]),
            "label": _("Undo"),
            "fields": {"booking": moved.booking_id or ""},
        }
    return notice
