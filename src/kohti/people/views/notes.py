"""A note that is corrected, or moved to the right person."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.kernel import words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.kernel.errors import NotThere, Refused
from kohti.kernel.once import all_or_nothing
from kohti.people import actions, fields, forms, queries, wording
from kohti.people.bar import bar
from kohti.people.queries import Entry

from .change import person_by_reference


def _entry(actor: Actor, one: Entry, known: dict[str, tuple[str, bool]]) -> dict[str, Any]:
    changed = ""
    if one.changed_at is not None and not one.moved_away:
        day = words.day_of(one.changed_at, actor.zone)
        how = {
            "moved": _("Moved here by %(name)s on %(day)s: %(why)s"),
            "corrected": _("Corrected by %(name)s on %(day)s: %(why)s"),
        }[one.changed_how]
        changed = how % {"name": one.changed_by, "day": day, "why": one.changed_why}
    return {
        "id": one.id,
        "at": words.clock_time(one.at, actor.zone),
        "who": one.who,
        "fields": ", ".join(fields.title_of(known, code) for code in one.fields),
        "sealed": one.sealed,
        "text": one.text,
        "moved_away": one.moved_away,
        "changed": changed,
        "may_change": not one.moved_away and (one.mine or may(actor, "people.keep")),
    }


@needs("people.note", methods=("GET", "POST"))
def note(request: HttpRequest, actor: Actor, note_id: uuid.UUID) -> HttpResponseBase:
    """A note, to be corrected, or moved from the wrong person to the right one."""
    found = queries.note_with_readings(actor, note_id)
    if found is None:
        raise NotThere("no such note")
    entry, person_id, readings = found
    card = queries.open_person(actor, person_id)
    moving = "move" in request.POST
    now = {"text": entry.text, "version": entry.version}
    correct = forms.CorrectForm(actor, request.POST if request.POST and not moving else None, initial=now)
    move = forms.MoveForm(actor, request.POST if moving else None, initial=now, prefix="m")
    form: forms.Keyed = move if moving else correct
    heeded, seal = request.POST.get("heeded", ""), wording.seal_of(actor, request.POST.get("seal", ""))
    questions: list[wording.Question] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if moving:
                right = person_by_reference(actor, data["reference"])
                with all_or_nothing():
                    actions.move_note(actor, note_id, right, data["why"], version=data["version"])
                return redirect(f"{reverse('person_timeline', args=[right])}?said=moved")
            marked = [*entry.fields, *([seal] if seal else [])]
            questions = wording.asked(actor, data["text"], marked, heeded)
            if not questions:
                with all_or_nothing():
                    actions.correct(
                        actor, note_id, data["text"], data["why"], version=data["version"], seal=seal
                    )
                return redirect(f"{reverse('person_timeline', args=[person_id])}?said=note")
        except Refused as trouble:
            form.add_error("reference" if trouble.code == "reference" else None, str(trouble.message))
    known = fields.fields_of_life(actor)
    return render(
        request,
        "people/note.html",
        bar(actor, card, "timeline")
        | {
            "entry": _entry(actor, entry, known),
            "correct": correct,
            "move": move,
            "form": form,
            "readings": [
                {
                    "text": one.text,
                    "until": f"{words.day_of(one.until, actor.zone)}"
                    f" {words.clock_time(one.until, actor.zone)}",
                }
                for one in readings
            ],
        }
        | wording.shown(questions, heeded),
        status=422 if request.method == "POST" else 200,
    )
