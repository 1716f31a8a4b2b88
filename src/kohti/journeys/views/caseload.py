"""Whom somebody has in hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kohti.journeys import queries, rules, said
from kohti.journeys.queries import Case
from kohti.kernel import words
from kohti.kernel.actor import Actor, may
from kohti.kernel.doors import needs
from kohti.people import queries as people
from kohti.people.forms import MOST_NAME

SHOWN: dict[str, Callable[[], str]] = {
    "mine": lambda: _("Mine"),
    "centre": lambda: _("The whole centre"),
    "unassigned": lambda: _("Without a coach"),
    "closed": lambda: _("Ended"),
}


def day_of(actor: Actor, at: datetime | None) -> str:
    """The local day of an instant, in short; empty for none."""
    return words.day_short(at.astimezone(actor.zone).date()) if at else ""


def line(actor: Actor, case: Case, stages: list[rules.Named]) -> dict[str, Any]:
    """A case for a page, in words."""
    return {
        "person": case.person_id,
        "journey": case.journey_id,
        "name": case.called or case.name or _("No name given"),
        "full_name": case.name if case.called and case.called != case.name else "",
        "reference": case.reference,
        "stage": rules.named(stages, case.stage) if case.stage else "",
        "owner": case.owner,
        "covered": case.covered,
        "next": case.next_words,
        "next_on": words.day_short(case.next_on) if case.next_on else "",
        "booked": f"{day_of(actor, case.booked_at)} {words.clock_time(case.booked_at, actor.zone)}"
        if case.booked_at
        else "",
        "last": day_of(actor, case.last_contact_at),
        "held": day_of(actor, case.held_until),
        "why": said.chosen(said.BROKEN, "away" if case.alone else case.lapse) if case.listed else "",
        "ended": day_of(actor, case.closed_at),
    }


@needs("journeys.see", methods=("GET", "POST"))
def caseload(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """People's ways: mine, the centre's, those without a coach, those that ended; who needs somebody first.

    What is searched for is posted, so that no name stands in an address.
    """
    show = request.GET.get("show", "mine")
    if show not in queries.SHOWS:
        show = "mine"
    stages = rules.stages(actor)
    stage = request.GET.get("stage", "")
    stage = stage if stage in {one.code for one in stages} else ""
    after = request.GET.get("after", "")
    typed = request.POST.get("q", "").strip()[:MOST_NAME]
    among = [one.id for one in people.find(actor, typed)] if typed else None
    try:
        page = queries.caseload(actor, show, stage=stage, among=among, after=after)
    except ValueError:
        page = queries.caseload(actor, show, stage=stage, among=among)

    def address(**change: str) -> str:
        values = {"show": show, "stage": stage} | change
        kept = urlencode({name: value for name, value in values.items() if value})
        return f"{reverse('caseload')}?{kept}"

    return render(
        request,
        "journeys/caseload.html",
        {
            "show": show,
            "lines": [line(actor, case, stages) for case in page.cases],
            "shows": [(text(), address(show=code), code == show) for code, text in SHOWN.items()],
            "stages": [
                (one.title, address(stage="" if one.code == stage else one.code), one.code == stage)
                for one in stages
                if not one.flag
            ],
            "typed": typed,
            "here": address(),
            "filtered": bool(stage or typed),
            "everything": address(stage=""),
            "later": address(after=page.further) if page.further and not typed else "",
            "may_lead": may(actor, "journeys.lead"),
        },
    )
