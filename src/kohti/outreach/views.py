"""Outreach on a phone: where we stand, whom one meets, and where."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, ids, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing

from . import actions, named, queries
from .forms import EncounterForm, SpotForm
from .queries import Met, RoundLine

STATES = {
    "planned": lambda: _("Planned"),
    "out": lambda: _("Out there"),
    "late": lambda: _("Not back"),
    "back": lambda: _("Back again"),
    "cancelled": lambda: _("Cancelled"),
}


def round_line(actor: Actor, one: RoundLine) -> dict[str, Any]:
    """A round for a page."""
    today = clock.today(actor.zone)
    return {
        "id": one.id,
        "state": one.state,
        "said": STATES[one.state](),
        "day": "" if one.day == today else words.day_short(one.day),
        "from": words.clock_time(one.starts, actor.zone),
        "until": words.clock_time(one.back_by, actor.zone),
        "ended": words.clock_time(one.ended_at, actor.zone) if one.ended_at else "",
        "goers": words.all_of(list(one.goers)),
        "spots": ", ".join(name for name, _safety in one.spots),
        "heed": [(name, safety) for name, safety in one.spots if safety],
        "watcher": one.watcher,
        "phone": one.phone,
        "dial": "".join(sign for sign in one.phone if sign.isdigit() or sign == "+"),
        "mine": one.mine,
        "key": new_id(),
    }


def met_line(actor: Actor, one: Met, known: named.Words) -> dict[str, Any]:
    """An encounter for a page; without its day where that is today."""
    today = one.at.astimezone(actor.zone).date() == clock.today(actor.zone)
    return {
        "id": one.id,
        "reached": one.reached_id,
        "day": "" if today else words.day_of(one.at, actor.zone),
        "at": words.clock_time(one.at, actor.zone),
        "spot": one.spot,
        "name": one.nickname,
        "what": [
            part
            for part in (
                named.all_of(known.about, one.about),
                named.all_of(known.given, one.given),
                named.all_of(known.next, [one.next] if one.next else []),
                one.text,
            )
            if part
        ],
        "by": one.by,
        "mine": one.mine,
        "withdrawn": one.withdrawn,
        "key": new_id(),
    }


@needs("outreach.go")
def outreach(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who is out there and until when, one's own round, and what one wrote last."""
    rounds, met = queries.home(actor)
    if request.GET.get("said") == "withdrawn":
        pages.say(request, _("Taken back. It counts nowhere."))
    known = named.words_of(actor)
    lines = [round_line(actor, one) for one in rounds]
    mine = next(
        (
            one
            for one in lines
            if one["mine"] and one["state"] in ("out", "late", "planned") and not one["day"]
        ),
        None,
    )
    return render(
        request,
        "outreach/home.html",
        {
            "late": [one for one in lines if one["state"] == "late"],
            "mine": mine,
            "rounds": [one for one in lines if one["state"] != "late" and one is not mine],
            "met": [met_line(actor, one, known) for one in met],
            "may_count": may(actor, "journeys.lead"),
        },
    )


@needs("outreach.go", methods=("GET", "POST"))
def encounter(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Write down whom one met: one screen, one thumb; the spot stays for the next one."""
    again = ids.typed(request.POST.get("reached") or request.GET.get("reached", ""))
    spots, mine, lately = queries.out_there(actor, again)
    spots.sort(key=lambda one: (one.id not in mine, one.name))
    form = EncounterForm(
        actor,
        spots,
        lately,
        request.POST or None,
        initial={
            "key": new_id(),
            "spot": request.GET.get("spot", str(mine[0]) if mine else ""),
            "reached": str(again or ""),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            with all_or_nothing():
                written = actions.write_encounter(
                    actor, form.said(), key=f"encounter:{form.cleaned_data['key']}"
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            at = form.cleaned_data["spot"]
            return redirect(f"{reverse('encounter')}?said={written}&spot={at}")
    if "said" in request.GET:
        _say_written(request, request.GET["said"])
    return render(
        request,
        "outreach/encounter.html",
        {"form": form, "any": bool(spots)},
        status=422 if request.method == "POST" else 200,
    )


def _say_written(request: HttpRequest, said: str) -> None:
    pages.say(request, _("Saved. The next one?"))
    if written := ids.typed(said):
        request.notices[0]["undo"] = {  # type: ignore[attr-defined]
            "action": reverse("encounter_withdraw", args=[written]),
            "label": _("Undo"),
            "fields": {},
        }


@needs("outreach.go", methods=("POST",))
def withdraw(request: HttpRequest, actor: Actor, encounter_id: uuid.UUID) -> HttpResponseBase:
    """Take back an encounter that was a slip."""
    actions.withdraw(actor, encounter_id)
    return redirect(f"{reverse('outreach')}?said=withdrawn")


@needs("outreach.go", methods=("GET", "POST"))
def spots(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Where people are met; one more is added here."""
    form = SpotForm(actor, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with all_or_nothing():
                actions.add_spot(actor, form.said(), key=f"spot:{form.cleaned_data['key']}")
        except Refused as trouble:
            form.add_error("name", str(trouble.message))
        else:
            return redirect(f"{reverse('spots')}?said")
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    kinds = named.words_of(actor).spots
    return render(
        request,
        "outreach/spots.html",
        {
            "form": form,
            "spots": [(one, kinds.get(one.kind, one.kind)) for one in queries.spots(actor)],
        },
        status=422 if request.method == "POST" else 200,
    )


@needs("outreach.go", methods=("GET", "POST"))
def spot(request: HttpRequest, actor: Actor, spot_id: uuid.UUID) -> HttpResponseBase:
    """Change what is said of a spot."""
    found = queries.spot(actor, spot_id)
    form = SpotForm(actor, request.POST or None, spot=found)
    if request.method == "POST" and form.is_valid():
        try:
            with all_or_nothing():
                actions.change_spot(actor, spot_id, form.said())
        except Refused as trouble:
            form.add_error("name", str(trouble.message))
        else:
            return redirect(f"{reverse('spots')}?said")
    return render(
        request,
        "outreach/spot.html",
        {"form": form, "spot": found},
        status=422 if request.method == "POST" else 200,
    )


@needs("outreach.go", methods=("POST",))
def end_spot(request: HttpRequest, actor: Actor, spot_id: uuid.UUID) -> HttpResponseBase:
    """Nobody goes there any more."""
    actions.end_spot(actor, spot_id)
    return redirect(f"{reverse('spots')}?said")
