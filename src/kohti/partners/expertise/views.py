"""Pages of who knows what: everybody, one colleague, and what is written of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.diary import presence
from kohti.kernel import ids, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere
from kohti.people import fields as life
from kohti.people import spoken

from . import actions, queries
from .forms import ExpertiseForm
from .queries import Colleague


def shown(actor: Actor, found: Sequence[Colleague]) -> list[dict[str, Any]]:
    """Colleagues as a list shows them. One statement, or none where nobody is found."""
    if not found:
        return []
    known, here = life.fields_of_life(actor), presence.today(actor, [one.staff_id for one in found])
    return [
        {
            "id": one.staff_id,
            "name": one.name,
            "place": ", ".join(
                part for part in (words.title(one.role), one.organisation, one.centre) if part
            ),
            "fields": ", ".join(known[code][0] for code in one.fields if code in known),
            "languages": spoken.names_of(one.languages),
            "known": one.known,
            "reached": one.reached,
            "presence": here[one.staff_id].in_words(actor.zone) if one.staff_id in here else "",
            "away": one.staff_id in here and here[one.staff_id].away,
            "may_keep": one.staff_id == actor.staff_id or may(actor, "directory.keep"),
        }
        for one in found
    ]


@needs("directory.see")
def who_knows(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """All colleagues who say what they know, by name."""
    found = queries.colleagues(actor, after=ids.typed(request.GET.get("after", "")))
    return render(
        request,
        "partners/who_knows.html",
        {
            "lines": shown(actor, found.lines),
            "last": found.lines[-1].staff_id if found.more else None,
            "me": actor.staff_id,
        },
    )


@needs("directory.see")
def colleague(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """What one colleague knows, whether they are here, and how they are reached."""
    if "said" in request.GET:
        pages.say(request, _("Saved."))
    (one,) = shown(actor, [queries.colleague(actor, staff_id)])
    return render(request, "partners/colleague.html", {"one": one})


@needs("directory.see", methods=("GET", "POST"))
def change(request: HttpRequest, actor: Actor, staff_id: uuid.UUID) -> HttpResponseBase:
    """Write what oneself knows; or what a colleague does, for whoever keeps the directory."""
    if staff_id != actor.staff_id and not may(actor, "directory.keep"):
        raise NotThere("only who keeps the directory writes what others know")
    one = queries.colleague(actor, staff_id)
    form = ExpertiseForm(actor, request.POST or None, stands=queries.own(actor, staff_id))
    address = reverse("colleague_knows", args=[staff_id])
    if request.method == "POST" and form.is_valid():
        actions.keep_expertise(actor, staff_id, form.knows(), key=f"expertise:{form.cleaned_data['key']}")
        return redirect(f"{address}?said")
    return render(
        request,
        "partners/form.html",
        {
            "form": form,
            "heading": _("Who knows what"),
            "back": address,
            "name": one.name,
            "own": True,
        },
        status=422 if request.method == "POST" else 200,
    )
