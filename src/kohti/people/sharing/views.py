"""To share something of a person with another organisation, and to look at one share again."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kohti.kernel import clock, ids, links
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import fields as life
from kohti.people import queries as people
from kohti.people.bar import bar

from . import actions, forms, queries, showing
from .models import PARTS, last_day
from .wording import GROUNDS, PART_TITLES, titles

FIELD_OF = {"nothing": "what", "sealed": "what", "not-told": "told", "days": "until", "not-theirs": "members"}
"""At which field of the form a refusal stands."""


@needs("shares.write", methods=("GET", "POST"))
def share(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Share something of a person with another organisation."""
    card = people.open_person(actor, person_id)
    chosen = ids.typed(request.POST.get("organisation", ""))
    organisations, staff = queries.whom_to_share_with(actor, chosen)
    known, keys = life.fields_of_life(actor), set(people.keys_to_give(actor, person_id))
    what = [(code, title) for code, (title, sealed) in known.items() if not sealed or code in keys]
    what += [(code, PART_TITLES[code]()) for code in PARTS]
    asked = request.POST or None
    only_people = "people" in request.POST
    form = forms.ShareForm(actor, organisations, staff, what, asked)
    if only_people:
        form = forms.ShareForm(actor, organisations, staff, what, initial=_typed(form))
    elif request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with all_or_nothing():
                actions.share(
                    actor,
                    person_id,
                    organisation_id=uuid.UUID(data["organisation"]),
                    fields=data["what"],
                    what_for=data["what_for"],
                    basis=data["basis"],
                    until=data["until"],
                    review_on=data["review_on"],
                    told=data["told"],
                    members=[uuid.UUID(one) for one in data["members"]],
                    key=f"share:{data['key']}",
                )
        except Refused as trouble:
            form.add_error(FIELD_OF.get(trouble.code, "organisation"), str(trouble.message))
        else:
            return redirect(f"{links.to('person_sharing', person_id)}?said=shared")
    return render(
        request,
        "people/share.html",
        bar(actor, card, "sharing")
        | {
            "form": form,
            "chosen": bool(chosen and staff),
            "nobody": bool(chosen and not staff),
            "grounds": [(code, name(), means()) for code, (name, means) in GROUNDS.items()],
            "locked": titles(
                actor, [code for code, (_t, sealed) in known.items() if sealed and code not in keys]
            ),
        },
        status=422 if request.method == "POST" and not only_people else 200,
    )


def _typed(form: forms.ShareForm) -> dict[str, Any]:
    """What was typed so far, to be shown again without a word on what is still missing."""
    return {name: form[name].value() for name in form.fields if form[name].value()}


@needs("shares.write", methods=("GET", "POST"))
def one_share(
    request: HttpRequest, actor: Actor, person_id: uuid.UUID, share_id: uuid.UUID
) -> HttpResponseBase:
    """A share: it is still needed, it ends, or they object."""
    card = people.open_person(actor, person_id)
    found = next((one for one in queries.shares_of(person_id)[0] if one.id == share_id), None)
    if found is None:
        raise NotThere("no such share")
    today, what = clock.today(actor.zone), request.POST.get("what", "")
    shown = showing.line(actor, found)
    last = last_day(found.ends, actor.zone)
    again = forms.AgainForm(
        actor,
        request.POST if what == "again" else None,
        objected=bool(shown["objects"]),
        initial={"again_on": today + (last - today + timedelta(days=1)) // 2},
        prefix="a",
    )
    end = forms.EndForm(actor, request.POST if what == "end" else None, prefix="e")
    objects = forms.ObjectForm(actor, request.POST if what == "object" else None, prefix="o")
    form = {"again": again, "end": end, "object": objects}.get(what)
    if form is not None and form.is_valid():
        try:
            with all_or_nothing():
                said = _do(actor, share_id, what, form.cleaned_data)
        except Refused as trouble:
            form.add_error("again_on" if trouble.code == "days" else None, str(trouble.message))
        else:
            return redirect(f"{links.to('person_sharing', person_id)}?said={said}")
    return render(
        request,
        "people/one_share.html",
        bar(actor, card, "sharing")
        | {
            "one": shown,
            "means": GROUNDS[found.basis][1](),
            "again": again if last > today else None,
            "end": end,
            "object": objects,
            "form": form,
            "consent": _("They take their consent back: it ends at once.")
            if found.basis == "consent"
            else "",
        },
        status=422 if request.method == "POST" else 200,
    )


def _do(actor: Actor, share_id: uuid.UUID, what: str, data: dict[str, Any]) -> str:
    """Do what was pressed; what the page says of it."""
    if what == "again":
        actions.review_share(actor, share_id, again_on=data["again_on"], answer=data.get("answer", ""))
        return "kept"
    if what == "end":
        actions.end_share(actor, share_id, why=data["why"])
        return "ended"
    return "ended" if actions.object_to(actor, share_id, words=data["words"]) else "objects"
