"""Rounds: planned, on their way, back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import pages
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing

from . import actions, named, queries
from .forms import RoundForm
from .views import met_line, round_line


@needs("outreach.go", methods=("GET", "POST"))
def new_round(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Plan a round, or go at once."""
    spots = queries.spots(actor)
    form = RoundForm(actor, spots, request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = f"round:{form.cleaned_data['key']}"
        try:
            with all_or_nothing():
                made = actions.plan_round(actor, form.wanted(), key=key)
                if "go" in request.POST:
                    actions.start_round(actor, made, key=f"{key}:go")
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('round', args=[made])}?said=planned")
    return render(
        request,
        "outreach/round_new.html",
        {"form": form, "any": bool(spots)},
        status=422 if request.method == "POST" else 200,
    )


@needs("outreach.go")
def round_page(request: HttpRequest, actor: Actor, round_id: uuid.UUID) -> HttpResponseBase:
    """A round: who, where, until when, what to heed, and whom they met."""
    one, met = queries.round_page(actor, round_id)
    if request.GET.get("said") == "planned":
        pages.say(request, _("Saved. It stands in the diaries of those who go."))
    known = named.words_of(actor)
    return render(
        request,
        "outreach/round.html",
        {
            "round": round_line(actor, one),
            "met": [met_line(actor, each, known) for each in met if not each.withdrawn],
            "key": new_id(),
        },
    )


def _done(
    request: HttpRequest, actor: Actor, round_id: uuid.UUID, change: Callable[..., None], name: str
) -> HttpResponseBase:
    key = request.POST.get("key", "")[:60] or str(new_id())
    change(actor, round_id, key=f"{name}:{key}")
    return redirect(reverse("round", args=[round_id]))


@needs("outreach.go", methods=("POST",))
def start(request: HttpRequest, actor: Actor, round_id: uuid.UUID) -> HttpResponseBase:
    """They are on their way."""
    return _done(request, actor, round_id, actions.start_round, "start")


@needs("outreach.go", methods=("POST",))
def back(request: HttpRequest, actor: Actor, round_id: uuid.UUID) -> HttpResponseBase:
    """They are back."""
    return _done(request, actor, round_id, actions.back, "back")


@needs("outreach.go", methods=("POST",))
def cancel(request: HttpRequest, actor: Actor, round_id: uuid.UUID) -> HttpResponseBase:
    """Nobody goes."""
    return _done(request, actor, round_id, actions.cancel_round, "cancel")
