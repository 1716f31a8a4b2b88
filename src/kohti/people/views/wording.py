"""What somebody is writing is looked at as they write, and nothing of it is kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.people import wording


@needs("people.note", methods=("POST",))
def note_wording(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whether a note that is being written seems to name what should be sealed."""
    questions = wording.asked(actor, request.POST.get("text", ""), request.POST.getlist("fields_"))
    found = {"questions": questions, "heeded": wording.kinds(questions, request.POST.get("heeded", ""))}
    return render(request, "people/_wording.html", found)
