"""What is looked at again: emergencies, matches and moves, marks whose day has come, restricted records."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import actions, forms, queries
from kohti.people.bar import bar
from kohti.people.models import Mark

from .page import say

AGAIN = timedelta(days=90)
"""When a mark that still holds is looked at again, unless another day is typed."""
KINDS = {
    "emergency": lambda: _("Opened in an emergency"),
    "match": lambda: _("Somebody typed in a person who is known already"),
    "transfer": lambda: _("Moved between centres"),
}


@needs("people.alerts")
def alerts(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """What happened with records at the centre, not looked at yet first; then what is to be looked at again."""
    say(request)
    zone = actor.zone
    marks, closed = queries.to_review(actor)
    return render(
        request,
        "people/alerts.html",
        {
            "lines": [
                {
                    "id": one.id,
                    "kind": KINDS[one.kind](),
                    "when": f"{words.day_of(one.at, zone)} {words.clock_time(one.at, zone)}",
                    "until": words.clock_time(one.until, zone)
                    if one.until and one.until > clock.now()
                    else "",
                    "who": one.who,
                    "words": one.words,
                    "person_id": one.person_id,
                    "name": one.name or one.reference,
                    "hidden": one.hidden,
                    "seen": one.seen,
                }
                for one in queries.alerts(actor)
            ],
            "marks": [
                {
                    "id": one.id,
                    "kind": one.kind,
                    "words": one.words,
                    "on": words.day_short(one.on),
                    "over": one.over,
                    "person_id": one.person_id,
                    "name": one.name,
                }
                for one in marks
            ],
            "closed": [
                {
                    "ask": one.ask,
                    "since": words.day_of(one.since, zone),
                    "person_id": one.person_id,
                    "name": one.name,
                }
                for one in closed
            ],
        },
    )


@needs("people.alerts", methods=("POST",))
def alert_seen(request: HttpRequest, actor: Actor, alert_id: uuid.UUID) -> HttpResponseBase:
    """The leader has looked at it."""
    actions.alert_seen(actor, alert_id)
    return redirect("people_alerts")


@needs("people.edit", methods=("GET", "POST"))
def review(request: HttpRequest, actor: Actor, person_id: uuid.UUID, mark_id: uuid.UUID) -> HttpResponseBase:
    """One mark: it still holds until another day, or it ends. A danger note only ends."""
    card = queries.open_person(actor, person_id)
    mark = queries.mark_of(person_id, mark_id)
    ending = "end" in request.POST
    form = forms.ReviewForm(
        actor,
        request.POST if request.POST and not ending else None,
        initial={"review_on": clock.today(actor.zone) + AGAIN},
    )
    here = reverse("person", args=[person_id])
    if ending:
        actions.end_mark(actor, person_id, mark_id)
        return redirect(f"{here}?said=ended")
    if request.method == "POST" and form.is_valid():
        try:
            with all_or_nothing():
                actions.review_mark(actor, person_id, mark_id, form.cleaned_data["review_on"])
        except Refused as trouble:
            form.add_error("review_on", str(trouble.message))
        else:
            return redirect(f"{here}?said=kept")
    return render(
        request,
        "people/review.html",
        bar(actor, card, "person")
        | {
            "form": form,
            "mark_id": mark_id,
            "words": mark.words,
            "danger": mark.kind == Mark.Kind.DANGER,
            "ends": words.day_short(mark.ends_on) if mark.ends_on else "",
        },
        status=422 if request.method == "POST" else 200,
    )
