"""A way begins."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from kohti.journeys import actions, forms, queries
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people.bar import bar


@needs("journeys.work", methods=("GET", "POST"))
def open_way(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Begin somebody's way: their coach, why they are here, and what a funder asks, as far as they say."""
    card = people.open_person(actor, person_id)
    form = forms.OpenForm(
        actor,
        queries.coaches(actor),
        request.POST or None,
        initial={"owner": str(actor.member_id), "basis": "task"},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with all_or_nothing():
                actions.open_journey(
                    actor,
                    person_id,
                    owner_id=uuid.UUID(data["owner"]),
                    basis=data["basis"],
                    why_here=data["why_here"],
                    facts=form.facts(),
                    key=f"open:{data['key']}",
                )
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
        else:
            return redirect(f"{reverse('plan', args=[person_id])}?said=open")
    return render(
        request,
        "journeys/open.html",
        bar(actor, card, "plan") | {"form": form},
        status=422 if request.method == "POST" else 200,
    )
