"""The queue: who waits, who is called next, what happens to each, and the end of the day."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, pages
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.ids import new_id

from . import actions, in_line, meeting, notices, queries, views_line
from .actions import Moved
from .drawing import drawn
from .line_hours import hours_and_elsewhere
from .models import OPEN, Ending
from .showing import state_words
from .views_line import DESK

VERBS: dict[str, Callable[..., Moved]] = {
    "call": actions.call,
    "begin": actions.begin,
    "done": actions.finish,
    "did-not-come": actions.did_not_come,
    "left": actions.leave,
    "take-back": actions.take_back,
}


def _today(actor: Actor) -> date:
    return clock.today(actor.zone)


def _queue_context(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    centre, day = actor.centre, _today(actor)
    lines, waiting = queries.lines(centre, day), queries.queue(centre, day)
    hours, elsewhere = hours_and_elsewhere(actor)
    waits = in_line.waits_of(waiting, lines)
    shown = drawn(actor, waiting, waits=waits)
    everybody = {line.code for line in lines if line.everybody or line.of_appointments}
    return {
        "following": queries.next_of(waiting, actor.staff_id, everybody),
        "staff_id": actor.staff_id,
        "key": new_id(),
        "columns": [
            {
                "line": line,
                "cards": [one for one in shown if one.card.stream == line.code],
                "held": hours[line.code].said(actor) if line.code in hours else "",
                "elsewhere": line.code in elsewhere and not line.everybody,
            }
            for line in lines
        ],
        "parked": [one for one in shown if one.card.state == "parked"],
        "everybody": sorted(everybody),
        "busy": [one for one in shown if one.card.state not in ("waiting", "parked")],
        "desk": request.COOKIES.get(DESK, ""),
        "may_close": may(actor, "day.close"),
        "help_calls": views_line.help_calls(actor),
        "told": in_line.as_told(waits),
    }


def _queue_change(actor: Actor, moved: Moved | None = None) -> dict[str, Any]:
    """What a press changed on the queue of whoever pressed: the visit's card.

    The counts and waits come with the live news, and the page itself finds who is next among its cards.
    """
    still_here = moved is not None and moved.state in OPEN
    cards = queries.cards_of(actor.centre, _today(actor), [moved.visit_id]) if moved and still_here else []
    shown = drawn(actor, cards, into=True, mine=actor.staff_id)
    return {
        "key": new_id(),
        "cards": shown,
        "gone": [moved.visit_id] if moved and not shown else [],
    }


def _changed(request: HttpRequest, actor: Actor, verb: str, moved: Moved) -> HttpResponseBase:
    """After a change: the notice and the changed card to a script, the page to a browser without."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('queue')}?said={verb}&visit={moved.visit_id}")
    context: dict[str, Any] = {"notice_": notices.notice_of(verb, moved), "clear": False}
    return render(request, "frontdesk/_queue_changed.html", context | _queue_change(actor, moved))


@needs("queue.call")
def queue(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who waits, in which line, and who is next for me."""
    notices.from_address(request, actor)
    if "nobody" in request.GET:
        pages.say(request, _("Nobody is waiting for you."), "info")
    if "closed" in request.GET:
        pages.say(request, _("The day is closed."))
    if "open" in request.GET:
        pages.say(request, _("Open again: everybody is back in their place."))
    return render(
        request,
        "frontdesk/queue.html",
        _queue_context(request, actor)
        | {
            "numbers": queries.numbers_of(actor.centre, _today(actor)),
            "asked": meeting.asked_now(actor.centre, _today(actor)),
        },
    )


@needs("queue.call")
def queue_waits(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """How long each still waits, for a page to which nothing was told for a minute."""
    day = _today(actor)
    waits = in_line.waits_of(in_line.standing(actor.centre, day), queries.lines(actor.centre, day))
    return HttpResponse(in_line.as_told(waits), content_type="text/plain; charset=utf-8")


@needs("queue.call", methods=("POST",))
def call_next(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Call whoever is next for me, or next in one line."""
    stream = request.POST.get("stream", "")
    key = request.POST.get("key", "")[:60] or str(new_id())
    moved = actions.call_next(
        actor,
        streams=[stream] if stream else None,
        key=f"call-next:{key}",
        desk=request.COOKIES.get(DESK, ""),
    )
    if moved is None:
        if request.headers.get("HX-Request"):
            return render(
                request,
                "frontdesk/_queue_changed.html",
                {"notice_": {"kind": "info", "text": _("Nobody is waiting for you.")}, "clear": False}
                | _queue_change(actor),
            )
        return redirect(f"{reverse('queue')}?nobody")
    return _changed(request, actor, "call", moved)


@needs("queue.call", methods=("POST",))
def move(request: HttpRequest, actor: Actor, visit_id: uuid.UUID, verb: str) -> HttpResponseBase:
    """One step of a visit: call, begin, done, did-not-come, left, take-back."""
    action = VERBS.get(verb)
    if action is None:
        raise Http404
    version = request.POST.get("v", "0")[:10]
    extra: dict[str, Any] = {"desk": request.COOKIES.get(DESK, "")} if verb == "call" else {}
    if verb == "left" and request.POST.get("noticed"):
        with suppress(ValueError):
            extra["noticed_by"] = uuid.UUID(request.POST["noticed"])
    moved = action(actor, visit_id, key=f"{verb}:{visit_id}:{version}", **extra)
    return _changed(request, actor, verb, moved)


@needs("queue.call", methods=("POST",))
def desk(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Say at which desk I sit today; kept on this device."""
    response = redirect("queue")
    response.set_cookie(DESK, request.POST.get("desk", "")[:20], max_age=12 * 3600, samesite="Lax")
    return response


@needs("day.close", methods=("POST",))
def close_day(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Close today at this centre, before its hours end."""
    day = _today(actor)
    if request.POST.get("sure") != "yes":
        said = state_words()
        return render(
            request,
            "frontdesk/close_day.html",
            {
                "open": [
                    {
                        "id": card.id,
                        "ticket": card.ticket,
                        "name": card.name,
                        "state": said[card.state],
                        "usual": Ending.SEEN if card.state == "serving" else Ending.LEFT,
                    }
                    for card in queries.queue(actor.centre, day)
                ],
                "endings": [(code, text()) for code, text in ENDINGS.items()],
                "expected": queries.numbers_of(actor.centre, day).expected,
            },
        )
    endings = {}
    for field, value in request.POST.items():
        if field.startswith("e-") and value in ENDINGS:
            with suppress(ValueError):
                endings[uuid.UUID(field[2:])] = value
    actions.close_day(actor, actor.centre, day, key=f"close:{actor.centre}:{day}", endings=endings)
    return redirect(f"{reverse('queue')}?closed")


ENDINGS: dict[str, Callable[[], str]] = {
    Ending.LEFT: lambda: _("Left"),
    Ending.SEEN: lambda: _("Seen"),
    Ending.AGAIN: lambda: _("Asked to come again with an appointment"),
    Ending.PASSED_ON: lambda: _("Passed on"),
}
"""How a visit can end with the day, in words; what is over after hours or by an alarm nobody is asked about."""
