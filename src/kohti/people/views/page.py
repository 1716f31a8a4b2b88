"""A person's page."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.people import fields, queries
from kohti.people.bar import bar
from kohti.people.forms import ABOUT
from kohti.people.queries import MarkLine

KIN = {
    "partner": lambda: _("Partner"),
    "parent": lambda: _("Parent"),
    "child": lambda: _("Child"),
    "sibling": lambda: _("Sibling"),
    "household": lambda: _("Same household"),
}
SAID = {
    "kept": lambda: _("Saved."),
    "ended": lambda: _("Ended."),
    "new": lambda: _("They are registered."),
    "note": lambda: _("The note is saved."),
    "moved": lambda: _("The note stands here now."),
    "shared": lambda: _("Shared. From now on they read it."),
    "objects": lambda: _("It is written down that they object."),
    "open": lambda: _("Open for one hour. The team leader has been told."),
}


def say(request: HttpRequest) -> None:
    """Say on the page what was just done: the address names it, no more."""
    told = SAID.get(request.GET.get("said", ""))
    if told is not None:
        pages.say(request, told())


def mark_words(mark: MarkLine, titles: dict[str, Any]) -> dict[str, Any]:
    """A mark for a page, its kind and days in words."""
    about = str(titles.get(mark.about, ""))
    return {
        "id": mark.id,
        "kind": mark.kind,
        "about": about,
        "sealed": mark.sealed,
        "words": mark.words,
        "review": words.day_short(mark.review_on),
        "ends": words.day_short(mark.ends_on) if mark.ends_on else "",
        "due": mark.due,
    }


@needs("people.open")
def person(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Who they are, how to reach them, what to know. Opening it is written into the history."""
    card = queries.open_person(actor, person_id)
    say(request)
    seen = queries.overview(person_id, clock.today(actor.zone))
    titles = dict(ABOUT) | {code: name for code, (name, _sealed) in fields.fields_of_life(actor).items()}
    return render(
        request,
        "people/person.html",
        bar(actor, card, "person")
        | {
            "marks": [mark_words(mark, titles) for mark in card.marks],
            "reasons": {str(key): text for key, text in seen.reasons.items()},
            "representatives": [
                {
                    "name": one.full_name,
                    "what_for": one.what_for,
                    "reach": one.reach,
                    "paper": one.paper,
                    "until": words.day_short(one.ends_on) if one.ends_on else "",
                }
                for one in seen.representatives
            ],
            "household": [
                {"id": one.other_id, "name": one.name, "kind": KIN[one.kind]()} for one in seen.household
            ],
            "transfer_to": seen.moving.centre if seen.moving else "",
            "transfer_day": words.day_short(seen.moving.from_day) if seen.moving else "",
            "may_emergency": may(actor, "people.emergency"),
            "may_merge": may(actor, "people.merge"),
            "failing": {way.value for way in card.ways if way.fails_since},
        },
    )
