"""The page of messages: which mails and texts left, what became of them, and what a colleague decides."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import history, outbox, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.outbox.models import Message
from kohti.people.models import Person

STATES: dict[str, tuple[Callable[[], str], str]] = {
    "unknown": (lambda: _("Perhaps sent"), "late"),
    "failed": (lambda: _("Not sent"), "danger"),
    "bounced": (lambda: _("Came back"), "danger"),
    "queued": (lambda: _("Waiting"), "neutral"),
    "sending": (lambda: _("Being sent"), "neutral"),
    "sent": (lambda: _("Sent"), "success"),
    "cancelled": (lambda: _("Cancelled"), "outline"),
}
KINDS: dict[str, Callable[[], str]] = {
    "appointment": lambda: _("Time of an appointment"),
    "appointment.before": lambda: _("Reminder"),
    "appointment.booked": lambda: _("Time of an appointment"),
    "appointment.moved": lambda: _("Time of an appointment"),
    "appointment.cancelled": lambda: _("Time of an appointment"),
    "referral.link": lambda: _("A message to a partner"),
    "team.invitation": lambda: _("Invitation of a colleague"),
    "account": lambda: _("About an account"),
}
WHY: dict[str, Callable[[], str]] = {
    "unknown": lambda: _(
        "The machine stopped in the middle. It may have been sent: ask before sending it again."
    ),
    "failed": lambda: _("The message was refused. Check the address."),
    "bounced": lambda: _("It came back: this address does not work. Ask the person for another."),
}
TO_A_COLLEAGUE = "team.invitation"
DECISIONS = {"again": outbox.again, "settle": outbox.settle, "cancel": outbox.cancel}
OFFERED = {
    "unknown": ("again", "settle"),
    "failed": ("again", "cancel"),
    "bounced": ("again", "cancel"),
    "queued": ("cancel",),
}
MOST = 100


@needs("messages.see")
def messages(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What needs somebody first, then the latest. Whose they are is written into the history."""
    rows = Message.objects.filter(service_id=actor.service)
    counts = dict(rows.values_list("state").annotate(Count("id")).order_by("state"))
    chosen = request.GET.get("state", "")
    if chosen not in STATES:
        chosen = ""
    shown = list((rows.filter(state=chosen) if chosen else rows).order_by("-since", "-id")[:MOST])
    if not chosen:
        order = {state: position for position, state in enumerate(("unknown", "bounced", "failed"))}
        shown.sort(key=lambda row: order.get(row.state, len(order)))
    to = {row.to_id for row in shown if row.to_kind == "person" and row.to_id}
    persons = sorted(Person.objects.filter(id__in=to).values_list("id", flat=True)) if to else []
    if persons:
        history.record("messages.seen", "messages", None, persons=persons)
    return render(
        request,
        "workbench/messages.html",
        {
            "lines": [_line(row, actor, hidden=row.to_id in to - set(persons)) for row in shown],
            "chips": _chips(counts, chosen),
            "may_decide": may(actor, "messages.decide"),
            "most": MOST if len(shown) == MOST else 0,
        },
    )


def _chips(counts: dict[str, int], chosen: str) -> list[tuple[str, str, bool]]:
    address = reverse("messages")
    return [
        (
            f"{text()} ({words.number(counts[state])})",
            address if chosen == state else f"{address}?state={state}",
            chosen == state,
        )
        for state, (text, _tone) in STATES.items()
        if counts.get(state)
    ]


def _line(row: Message, actor: Actor, *, hidden: bool) -> dict[str, Any]:
    """One message; of whoever is not in sight (a restricted record, one of another centre by now) nothing of theirs."""
    text, tone = STATES[row.state]
    since = row.since.astimezone(actor.zone)
    return {
        "id": row.id,
        "to": _("Somebody you do not see yet")
        if hidden
        else row.name or row.address or _("somebody who was forgotten"),
        "address": row.address if row.name and not hidden else "",
        "what": KINDS[row.kind]() if row.kind in KINDS else row.kind,
        "by_text": row.channel == "sms",
        "state": text(),
        "tone": tone,
        "why": _why(row),
        "reply": row.reply if row.state in WHY and not hidden else "",
        "since": f"{words.day_short(since.date())}, {words.clock_time(row.since, actor.zone)}",
        "offers": OFFERED.get(row.state, ()) if row.erased_at is None else (),
    }


def _why(row: Message) -> str:
    if row.state == "bounced" and row.kind == TO_A_COLLEAGUE:
        return _("It came back: this address does not work. Invite this colleague again, with another.")
    return WHY[row.state]() if row.state in WHY else ""


@needs("messages.decide", methods=("POST",))
def decide(request: HttpRequest, actor: Actor, message_id: uuid.UUID) -> HttpResponseBase:
    """Send it again, let it count as sent, or let it be."""
    decision = DECISIONS.get(request.POST.get("decision", ""), outbox.settle)
    decision(actor, message_id)
    return redirect("messages")
