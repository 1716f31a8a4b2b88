"""A caseload is brought in: first a check that changes nothing, then the change."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render

from kohti.diary import faults
from kohti.diary.actions import files
from kohti.journeys import actions, jobs
from kohti.journeys.actions.importing import KIND
from kohti.journeys.forms import CaseloadFileForm
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.kernel.ids import new_id
from kohti.kernel.sheets import UnreadableSheet

MOST_SHOWN = 500
"""Rows to look at that stand on the page; all of them stand in the file one can take away."""


@needs("journeys.lead", methods=("GET", "POST"))
def bring(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Choose a file; it is checked and nothing is changed yet."""
    if request.method != "POST":
        return render(request, "journeys/bring.html", {"form": CaseloadFileForm(initial={"key": new_id()})})
    form = CaseloadFileForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            held = actions.hold_caseload(
                actor, sent.read(), filename=sent.name, key=f"caseload:{form.cleaned_data['key']}"
            )
        except UnreadableSheet as trouble:
            form.add_error("file", str(trouble.message))
        else:
            return redirect("caseload_brought", held.id)
    return render(request, "journeys/bring.html", {"form": form}, status=422)


@needs("journeys.lead")
def brought(request: HttpRequest, actor: Actor, caseload_id: uuid.UUID) -> HttpResponseBase:
    """What the file would change, what it would not, and why."""
    held = files.held(KIND, caseload_id)
    problems = held.result.get("problems", [])
    return render(
        request,
        "journeys/brought.html",
        {"held": held, "problems": problems[:MOST_SHOWN], "more": max(0, len(problems) - MOST_SHOWN)},
    )


@needs("journeys.lead", methods=("POST",))
def bring_in(request: HttpRequest, actor: Actor, caseload_id: uuid.UUID) -> HttpResponseBase:
    """Order the import; it runs in the background, as whoever ordered it."""
    if actions.order_caseload(actor, caseload_id, register=request.POST.get("unknown") == "register"):
        jobs.import_caseload.order(actor, subject_id=caseload_id)
    return redirect("caseload_brought", caseload_id)


@needs("journeys.lead")
def bring_state(request: HttpRequest, actor: Actor, caseload_id: uuid.UUID) -> HttpResponseBase:
    """How far the import is: a part of the page, asked for while it runs."""
    return render(request, "journeys/_brought.html", {"held": files.held(KIND, caseload_id)})


@needs("journeys.lead")
def bring_rows(request: HttpRequest, actor: Actor, caseload_id: uuid.UUID) -> HttpResponseBase:
    """The rows to look at as CSV, to mend the file by."""
    return faults.to_take_away(actor, files.held(KIND, caseload_id))
