"""Who looked at a person's record: by day and colleague, what of it, and by what right."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.kernel import words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.people import queries as people
from kohti.people.bar import bar
from kohti.people.looked import Look, looks
from kohti.people.views.sight import PURPOSES

from . import happenings


def _line(actor: Actor, one: Look) -> dict[str, Any]:
    first, last = words.clock_time(one.first, actor.zone), words.clock_time(one.last, actor.zone)
    reasons = [PURPOSES[reason]() for reason in one.reasons if reason in PURPOSES]
    return {
        "who": one.who,
        "role": ", ".join(part for part in (one.role, one.centre, one.organisation) if part),
        "when": first if first == last else f"{first}\N{EN DASH}{last}",
        "what": words.all_of([happenings.verb(verb) for verb in one.verbs]),
        "times": ngettext("%(num)s time", "%(num)s times", one.times) % {"num": one.times},
        "reason": words.all_of(reasons) if reasons else _("by their role"),
        "heed": "emergency" in one.reasons,
    }


@needs("people.alerts")
def looked(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Who looked at this record, when, and why they could."""
    card = people.open_person(actor, person_id)
    try:
        before = date.fromisoformat(request.GET["before"]) if "before" in request.GET else None
    except ValueError:
        before = None
    found, older = looks(actor, person_id, before=before)
    here = reverse("person_looked", args=[person_id])
    return render(
        request,
        "workbench/looked.html",
        bar(actor, card, "history")
        | {
            "days": [
                (words.day_long(day), [_line(actor, one) for one in ones])
                for day, ones in groupby(found, key=lambda one: one.day)
            ],
            "later": f"{here}?before={older.isoformat()}" if older else "",
            "all": f"{reverse('audit')}?person={person_id}",
        },
    )
