"""Shared with us: of whom, and a page for each with what is shared and nothing else."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from kohti.journeys.queries import steps_i_help_with
from kohti.journeys.views.helping import by_person
from kohti.journeys.views.plan import needs_lines, step_line
from kohti.kernel import clock, ids, links, words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import fields as life
from kohti.people import forms, spoken, wording
from kohti.people.bar import safely
from kohti.people.queries.cards import age_on
from kohti.people.sharing import actions
from kohti.people.sharing.models import NOT_OF_LIFE, STEPS, last_day
from kohti.people.sharing.queries import SharedPerson, open_shared, over_for_me
from kohti.people.sharing.wording import titles
from kohti.people.views.page import say

from . import queries

MOST_TYPED = 100


@needs("shares.read", methods=("GET", "POST"))
def shared_with_us(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Of whom something is shared with one's organisation; found by a part of their name."""
    typed = request.POST.get("q", "")[:MOST_TYPED].strip()
    lines, more = queries.shared_list(actor, typed, after=ids.typed(request.GET.get("after", "")))
    return render(
        request,
        "workbench/shared.html",
        {
            "typed": typed,
            "lines": [
                {
                    "id": one.id,
                    "name": one.full_name or _("No name given"),
                    "called": one.called,
                    "reference": one.reference,
                    "what_for": one.what_for,
                    "until": words.day_short(last_day(one.until, actor.zone)),
                }
                for one in lines
            ],
            "more": more,
            "later": f"{links.to('shared_with_us')}?after={lines[-1].id}" if more and not typed else "",
        },
    )


@needs("shares.read", methods=("GET", "POST"))
def shared_person(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """What is shared of a person; a note of what is shared is written here too."""
    try:
        found = open_shared(actor, person_id)
    except NotThere:
        return _over(request, actor, person_id)
    known = life.fields_of_life(actor)
    shared = {code: known.get(code, (code, True)) for code in found.fields if code not in NOT_OF_LIFE}
    form = forms.NoteForm(actor, shared, request.POST or None)
    form.fields["fields_"].required = True
    if len(shared) == 1:
        form.fields["fields_"].initial = list(shared)
    questions: list[wording.Question] = []
    heeded = request.POST.get("heeded", "")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        marked = list(
            dict.fromkeys([*data["fields_"], *(c for c in request.POST.getlist("seal") if c in shared)])
        )
        questions = [
            one if one.field in shared else replace(one, field="", title="")
            for one in wording.asked(actor, data["text"], marked, heeded)
        ]
        try:
            if not questions:
                with all_or_nothing():
                    actions.write_note(
                        actor, person_id, data["text"], fields=marked, key=f"note:{data['key']}"
                    )
                return redirect(f"{links.to('shared_person', person_id)}?said=note")
        except Refused as trouble:
            form.add_error(None, str(trouble.message))
    say(request)
    return render(
        request,
        "workbench/shared_person.html",
        _shown(request, actor, found)
        | {
            "form": form if shared and may(actor, "people.note") else None,
            "questions": questions,
            "heeded": wording.kinds(questions, heeded),
        },
        status=422 if request.method == "POST" else 200,
    )


def _over(request: HttpRequest, actor: Actor, person_id: uuid.UUID) -> HttpResponseBase:
    """Whoever was once shown something is told that it is over, with what they typed; to others there is nobody."""
    once, since = over_for_me(actor, person_id)
    if not once:
        raise NotThere("no such person")
    return render(
        request,
        "people/shared_over.html",
        {
            "since": words.day_of(since, actor.zone),
            "typed": request.POST.get("text", "")[: forms.MOST_TEXT],
        },
        status=410,
    )


def _shown(request: HttpRequest, actor: Actor, found: SharedPerson) -> dict[str, Any]:
    today = clock.today(actor.zone)
    part = queries.beside(found, today, older=ids.typed(request.GET.get("older", "")))
    known = life.fields_of_life(actor)
    steps = [(one.aim_id, step_line(one, today)) for one in part.steps]
    return {
        "person": found,
        "about": {
            "name": found.full_name or _("No name given"),
            "called": found.called,
            "age": age_on(found.date_of_birth, found.died_on, today),
            "languages": spoken.names_of(found.languages),
            "interpreter": spoken.name_of(found.interpreter) if found.interpreter else "",
            "safe_contact": safely(found.safe_contact, found.not_by, no_messages=found.no_messages),
            "warning": _("Died on %(day)s") % {"day": words.day_short(found.died_on)}
            if found.died_on
            else "",
        },
        "born": words.day_short(found.date_of_birth) if found.date_of_birth else "",
        "shared": ", ".join(titles(actor, found.fields)),
        "shares": [
            {"what_for": one.what_for, "until": words.day_short(last_day(one.ends, actor.zone)), "by": one.by}
            for one in part.shares
        ],
        "helps": [one.words for one in part.helps],
        "contacts": [(one.kind, one.value, one.note) for one in part.contacts],
        "aims": [
            {
                "words": one.words,
                "state": one.state,
                "field": life.title_of(known, one.field),
                "steps": [step for aim, step in steps if aim == one.id],
            }
            for one in part.aims
        ],
        "mine": by_person(actor, steps_i_help_with(actor, found.id)) if STEPS in found.fields else [],
        "needs": needs_lines(actor, part.needs, known),
        "notes": [
            {
                "day": words.day_of(one.at, actor.zone),
                "who": one.who,
                "fields": ", ".join(life.title_of(known, code) for code in one.fields),
                "text": one.text,
            }
            for one in part.notes
        ],
        "older": f"{links.to('shared_person', found.id)}?older={part.older}" if part.older else "",
    }
