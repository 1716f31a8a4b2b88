"""Reached and coached: how many, from when until when, and what is counted."""

from __future__ import annotations

from datetime import date, time, timedelta
from datetime import datetime as moment

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.journeys import rules
from kohti.kernel import clock, words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.team import queries as team

from . import counting, named
from .forms import PeriodForm


@needs("journeys.lead")
def figures(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The whole service, from a day to a day and month by month: numbers alone, with what each counts."""
    form = PeriodForm(request.GET if "first_0" in request.GET else None)
    first, last = _period(actor)
    if form.is_bound and form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
    else:
        form.initial = {"first": first, "last": last}
    coached_in = named.coached_in(actor)
    starts, ends = (moment.combine(day, time(), actor.zone) for day in (first, last + timedelta(days=1)))
    whole, months = counting.counted(starts, ends, coached_in)
    lines, reached, coached = [], 0, 0
    for one in months:
        reached, coached = reached + one.reached, coached + one.coached
        assert one.month is not None
        counts = (one.reached, one.coached, reached, coached, one.encounters)
        lines.append((words.month(one.month), counts))
    stages = {one.code: one.title for one in rules.stages(actor)}
    return render(
        request,
        "outreach/figures.html",
        {
            "form": form,
            "first": words.day_short(first),
            "last": words.day_short(last),
            "whole": whole,
            "months": lines,
            "targets": [
                (words.title({str(code): text for code, text in one.title.items()}), words.number(one.number))
                for one in team.blueprint(actor).targets
                if one.counts in ("reached", "coached") and (one.starts, one.until) == (first, last)
            ],
            "means": [
                (
                    _("People reached"),
                    _("people met at least once in the period, each once, however often and by whomever"),
                ),
                (
                    _("Began coaching"),
                    _(
                        "of these, whose way came to one of these stages in the period, after we met them: %(stages)s"
                    )
                    % {"stages": ", ".join(stages.get(code, code) for code in coached_in)},
                ),
                (_("Meetings"), _("each meeting with them, also several with one person")),
                (
                    _("Not counted"),
                    _(
                        "coaching that began before we met them (%(earlier)s); meetings that were taken back (%(withdrawn)s)"
                    )
                    % {"earlier": words.number(whole.earlier), "withdrawn": words.number(whole.withdrawn)},
                ),
                (_("How sure"), _("who was never joined with an earlier meeting counts as one more person")),
            ],
            "number": words.number,
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _period(actor: Actor) -> tuple[date, date]:
    """What is counted where nobody says: the period of the blueprint's target, else from the first meeting until today."""
    for one in team.blueprint(actor).targets:
        if one.counts == "reached":
            return one.starts, one.until
    today = clock.today(actor.zone)
    since = counting.since()
    return (since.astimezone(actor.zone).date() if since else today.replace(month=1, day=1)), today
