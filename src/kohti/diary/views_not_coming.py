"""A colleague is not coming today: their appointments are given to others, one decision each."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import actor as actors
from kohti.kernel import clock, ids, links, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.team.models import Staff

from . import actions, covering
from .covering import Left
from .models import Absence


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
            today, now = clock.today(actor.zone), clock.now()
            if not Absence.objects.filter(staff_id=staff_id, starts__lte=now, ends__gt=now).exists():
                key = request.POST.get("key", "")[:60] or new_id()
                actions.be_away(actor, staff_id, today, today, key=f"not-coming:{staff_id}:{key}")
            return redirect("not_coming", staff_id)
        wrong = _decide(request, actor, staff_id)
        if not wrong:
            return redirect(f"{reverse('not_coming', args=[staff_id])}?said")
    elif "said" in request.GET:
        pages.say(request, _("Saved."))
    found = covering.left_alone(actor, staff_id)
    return render(
        request,
        "diary/not_coming.html",
        {
            "name": name,
            "staff_id": staff_id,
            "key": new_id(),
            "away": any(one.away for one in covering.at_work(actor) if one.staff_id == staff_id),
            "lines": _lines(actor, found, wrong),
        },
        status=409 if wrong else 200,
    )


@needs("diary.cover", methods=("GET", "POST"))
def needs_somebody(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Appointments to come that nobody will keep as they stand: a decision each, as when a colleague is not coming."""
    wrong: dict[uuid.UUID, str] = {}
    if request.method == "POST":
        wrong = _decide(request, actor, None)
        if not wrong:
            return redirect(f"{reverse('needs_somebody')}?said")
    elif "said" in request.GET:
        pages.say(request, _("Saved."))
    return render(
        request,
        "diary/needs_somebody.html",
        {
            "lines": _lines(actor, covering.needs_somebody(actor), wrong),
            "now": covering.MOST_OFFERED if may(actor, "diary.book") else 0,
        },
        status=409 if wrong else 200,
    )


def _lines(actor: Actor, found: list[Left], wrong: dict[uuid.UUID, str]) -> list[dict[str, Any]]:
    colleagues = dict(
        Staff.objects.filter(id__in={offer.staff_id for one in found for offer in one.offers})
        .order_by("id")
        .values_list("id", "full_name")
    )
    return [_line(actor, one, colleagues, wrong.get(one.id, "")) for one in found]


def _line(actor: Actor, one: Left, colleagues: dict[uuid.UUID, str], wrong: str) -> dict[str, Any]:
    day = one.starts.astimezone(actor.zone).date()
    options = [
        (
            f"{offer.starts.isoformat()}|{offer.staff_id}",
            _("%(time)s with %(name)s")
            % {
                "time": _when(actor, offer.starts, day),
                "name": words.apart(colleagues.get(offer.staff_id, "")) if offer.staff_id else "",
            },
        )
        for offer in one.offers
    ]
    return {
        "id": one.id,
        "version": one.version,
        "day": words.day_of(one.starts, actor.zone),
        "time": words.clock_time(one.starts, actor.zone),
        "name": one.name,
        "href": links.to("person", one.person_id) if one.person_id and may(actor, "people.open") else "",
        "kind": one.kind,
        "staff": one.staff,
        "why": one.why,
        "options": options,
        "chosen": options[0][0] if options else "later",
        "wrong": wrong,
    }


def _when(actor: Actor, starts: datetime, day: date) -> str:
    """A time, with its day where that is another one."""
    at = words.clock_time(starts, actor.zone)
    return at if starts.astimezone(actor.zone).date() == day else f"{words.day_of(starts, actor.zone)} {at}"


def _decide(request: HttpRequest, actor: Actor, staff_id: uuid.UUID | None) -> dict[uuid.UUID, str]:
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


def _do(actor: Actor, staff_id: uuid.UUID | None, booking_id: uuid.UUID, choice: str, version: int) -> None:
    key = f"not-coming:{staff_id}:{booking_id}:{version}:{choice}"[:200]
    if choice == "cancel":
        actors.must(actor, "diary.book")
        reason = _("The colleague is not coming today.") if staff_id else _("No colleague was free for it.")
        actions.cancel(actor, booking_id, reason=reason, version=version, key=key)
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
    actions.move_there(actor, booking_id, starts=at, staff_id=to, version=version, key=key)
