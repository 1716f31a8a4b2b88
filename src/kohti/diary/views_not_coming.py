"""A colleague is not coming today: their appointments are given to others, one decision each."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, ids, pages, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.team.models import Staff

from . import actions, covering
from .covering import Left


@needs("diary.book")
def who_is_not_coming(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whose appointments are still to come today: one press says that they are not coming."""
    return render(request, "diary/not_coming_who.html", {"colleagues": covering.at_work(actor)})


@needs("diary.book", methods=("GET", "POST"))
def not_coming(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """Say that a colleague is not coming today, then decide of each of their appointments; no decision is one too."""
    name = covering.colleague(actor, staff_id)
    wrong: dict[uuid.UUID, str] = {}
    if request.method == "POST":
        if "away" in request.POST:
            today = clock.today(actor.zone)
            actions.be_away(actor, staff_id, today, today, key=f"not-coming:{staff_id}:{today}")
            return redirect("not_coming", staff_id)
        wrong = _decide(request, actor, staff_id)
        if not wrong:
            return redirect(f"{reverse('not_coming', args=[staff_id])}?said")
    elif "said" in request.GET:
        pages.say(request, _("Noted."))
    found = covering.left_alone(actor, staff_id)
    colleagues = dict(
        Staff.objects.filter(id__in={offer.staff_id for one in found for offer in one.offers})
        .order_by("id")
        .values_list("id", "full_name")
    )
    return render(
        request,
        "diary/not_coming.html",
        {
            "name": name,
            "staff_id": staff_id,
            "away": any(one.away for one in covering.at_work(actor) if one.staff_id == staff_id),
            "lines": [_line(actor, one, colleagues, wrong.get(one.id, "")) for one in found],
        },
        status=409 if wrong else 200,
    )


def _line(actor: Actor, one: Left, colleagues: dict[uuid.UUID, str], wrong: str) -> dict[str, Any]:
    at = words.clock_time(one.starts, actor.zone)
    options = [
        (
            f"{offer.starts.isoformat()}|{offer.staff_id}",
            _("%(time)s with %(name)s")
            % {
                "time": words.clock_time(offer.starts, actor.zone),
                "name": words.apart(colleagues.get(offer.staff_id, "")) if offer.staff_id else "",
            },
        )
        for offer in one.offers
    ]
    return {
        "id": one.id,
        "version": one.version,
        "time": at,
        "name": one.name,
        "person_id": one.person_id,
        "kind": one.kind,
        "options": options,
        "chosen": options[0][0] if options else "later",
        "wrong": wrong,
    }


def _decide(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Do what was chosen of each appointment, or of the one whose own button was pressed; what went wrong, by id."""
    only = request.POST.get("only", "")
    wrong = {}
    for text in request.POST.getlist("booking")[:100]:
        booking_id = ids.typed(text)
        if booking_id is None or (only and only != text):
            continue
        choice, version = request.POST.get(f"do-{text}", ""), request.POST.get(f"v-{text}", "")
        try:
            with all_or_nothing():
                _do(actor, staff_id, booking_id, choice, int(version) if version.isdigit() else 0)
        except Refused as trouble:
            wrong[booking_id] = str(trouble.message)
    return wrong


def _do(actor: Actor, staff_id: uuid.UUID, booking_id: uuid.UUID, choice: str, version: int) -> None:
    key = f"not-coming:{staff_id}:{booking_id}:{version}:{choice}"[:200]
    if choice == "cancel":
        actors.must(actor, "diary.book")
        actions.cancel(actor, booking_id, reason=_("The colleague is not coming today."), key=key)
        return
    starts, _bar, other = choice.partition("|")
    to = ids.typed(other)
    if to is None:
        return
    try:
        at = datetime.fromisoformat(starts)
    except ValueError as trouble:
        raise NotThere("no such time") from trouble
    if at.tzinfo is None:
        raise NotThere("no such time")
    actions.move(actor, booking_id, starts=at, staff_id=to, version=version, key=key)
