"""Somebody helps with a step: asked on the plan, and on their own page what they do."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import actions, forms_helping, queries, said
from kohti.kernel import clock, pages, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.ids import new_id
from kohti.kernel.once import all_or_nothing
from kohti.people import queries as people
from kohti.people.bar import bar


@needs("journeys.work", methods=("GET", "POST"))
def helper(request: HttpRequest, actor: Actor, person_id: uuid.UUID, step_id: uuid.UUID) -> HttpResponseBase:
    """Ask a colleague of any organisation to help with one step, until a day."""
    card = people.open_person(actor, person_id)
    way = queries.journey_of(actor, person_id)
    step = queries.step_of(person_id, step_id)
    if way is None or not may(actor, "shares.write"):
        raise NotThere("no way to help with")
    colleagues = queries.may_help(actor, way.centre_id)
    form = forms_helping.HelperForm(actor, step, colleagues, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with all_or_nothing():
                actions.ask_to_help(
                    actor,
                    step_id,
                    uuid.UUID(data["member"]),
                    until=data["until"],
                    told=data["told"],
                    key=f"helper:{data['key']}",
                )
        except Refused as trouble:
            form.add_error("until" if trouble.code == "days" else None, str(trouble.message))
        else:
            return redirect(f"{reverse('plan', args=[person_id])}?said=saved")
    return render(
        request,
        "journeys/helper.html",
        bar(actor, card, "plan") | {"form": form, "step": step, "nobody": not colleagues},
        status=422 if request.method == "POST" else 200,
    )


@needs("journeys.work", methods=("POST",))
def helper_end(request: HttpRequest, actor: Actor, helping_id: uuid.UUID) -> HttpResponseBase:
    """End somebody's help with a step."""
    person_id = actions.end_help(actor, helping_id)
    return redirect(f"{reverse('plan', args=[person_id])}?said=saved")


@needs("journeys.work", methods=("POST",))
def help_read(request: HttpRequest, actor: Actor, helping_id: uuid.UUID) -> HttpResponseBase:
    """What a helper did was read on Today."""
    actions.help_read(actor, helping_id)
    return redirect("my_day")


@needs("shares.read")
def helping(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The steps that one helps with."""
    if request.GET.get("said") == "saved":
        pages.say(request, _("Saved. Their coach is told."))
    return _shown(request, actor, "", {})


@needs("shares.read", methods=("POST",))
def help_step(request: HttpRequest, actor: Actor, step_id: uuid.UUID) -> HttpResponseBase:
    """What came of a step that one helps with."""
    typed = request.POST
    version, state, line = typed.get("v", ""), typed.get("state", ""), typed.get("words", "")
    try:
        with all_or_nothing():
            actions.help_with_step(
                actor,
                step_id,
                version=int(version) if version.isdigit() else 0,
                state=state,
                words=line,
                key=f"helped:{step_id}:{version}:{state}:{typed.get('key', '')}",
            )
    except Refused as trouble:
        return _shown(request, actor, str(trouble.message), {str(step_id): line})
    except NotThere:  # their help ended while the page was open: what was typed is given back
        return render(request, "people/shared_over.html", {"since": "", "typed": line}, status=404)
    return redirect(f"{reverse('helping')}?said=saved")


def _shown(request: HttpRequest, actor: Actor, trouble: str, typed: dict[str, str]) -> HttpResponseBase:
    found = queries.steps_i_help_with(actor)
    return render(
        request,
        "journeys/helping.html",
        {"mine": by_person(actor, found), "trouble": trouble, "typed": typed},
        status=422 if trouble else 200,
    )


def by_person(actor: Actor, found: list[queries.MyStep]) -> list[dict[str, Any]]:
    """The steps that one helps with, under whose they are."""
    today = clock.today(actor.zone)
    people_of: dict[uuid.UUID, dict[str, Any]] = {}
    for one in found:
        person = people_of.setdefault(
            one.person.id,
            {"id": one.person.id, "name": one.person.full_name or _("No name given"), "steps": []},
        )
        person["steps"].append(
            {
                "id": one.id,
                "words": one.words,
                "due": words.day_short(one.due_on) if one.due_on else "",
                "late": one.open and one.due_on is not None and one.due_on < today,
                "state": one.state,
                "state_words": said.chosen(said.STATES, one.state),
                "why": one.why,
                "version": one.version,
                "open": one.open,
                "until": words.day_short(one.until),
                "told": one.told,
                "asked_by": one.asked_by,
                "key": new_id(),
            }
        )
    return list(people_of.values())
