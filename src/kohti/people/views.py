"""A person's page."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from kohti.kernel import clock, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs

from . import queries


@needs("people.open")
def person(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Who they are and how to reach them. Opening it is written into the history."""
    card = queries.open_person(actor, person_id)
    return render(
        request,
        "people/person.html",
        {
            "person": card,
            "age": card.age_on(clock.today(actor.zone)),
            "born": words.day_short(card.date_of_birth) if card.date_of_birth else "",
            "failing": {way.value for way in card.ways if way.fails_since},
            "may_read_papers": may(actor, "documents.read"),
        },
    )
