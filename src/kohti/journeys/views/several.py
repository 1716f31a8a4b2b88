"""Several people of a caseload at once: a colleague stands in for them, or becomes their coach."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.journeys import actions
from kohti.journeys.forms_away import CoachOfSeveralForm, StandInForm
from kohti.journeys.queries import away
from kohti.kernel import clock, pages
from kohti.kernel.actor import Actor, must
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing

from .away import chosen_ways, named, stand_in, stands_in

STAND_IN, COACH = "stand-in", "coach"


@needs("journeys.work", methods=("POST",))
def several(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Who was ticked in the caseload, and what is to be done with all of them; nothing is done before that is said."""
    ways = chosen_ways(request)
    if not ways:
        return redirect("caseload")
    what = COACH if request.POST.get("what") == COACH else STAND_IN
    if what == COACH:
        must(actor, "journeys.lead")
    chosen = away.ways_of(actor, ways)
    today = clock.today(actor.zone)
    could = away.who_could(
        actor, clock.now(), clock.now() + (away.AHEAD if what == STAND_IN else timedelta())
    )
    saying = request.POST if "key" in request.POST else None
    colleagues = [(one.member_id, named(actor, one)) for one in could]
    form: StandInForm | CoachOfSeveralForm
    if what == COACH:
        form = CoachOfSeveralForm(actor, colleagues, saying)
    else:
        form = StandInForm(actor, colleagues, saying, initial={"from_day": today})
    if saying is not None and form.is_valid():
        ids = [one.journey_id for one in chosen]
        try:
            with all_or_nothing():
                number = (
                    stand_in(actor, form, ids, could)
                    if isinstance(form, StandInForm)
                    else actions.give_coach_to_several(actor, ids, uuid.UUID(form.cleaned_data["member"]))
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('caseload')}?{'gave' if what == COACH else 'given'}={number}")
    shown: dict[str, Any] = {
        "form": form,
        "what": what,
        "lines": [
            {"id": one.journey_id, "name": one.name or _("No name given"), "reference": one.reference}
            for one in chosen
        ],
        "heading": _("Give them a coach") if what == COACH else _("Let a colleague stand in"),
    }
    return render(request, "journeys/several.html", shown, status=422 if saying is not None else 200)


def say_what_was_done(request: HttpRequest) -> None:
    """Say on the caseload what was just done with several."""
    for name, text in (("given", stands_in), ("gave", _has_coach)):
        number = request.GET.get(name, "")
        if number.isdigit():
            pages.say(request, text(int(number)))


def _has_coach(number: int) -> str:
    return ngettext("%(n)s person has a new coach.", "%(n)s people have a new coach.", number) % {"n": number}
