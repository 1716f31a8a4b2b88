"""Figures of our ways, for the leader: how many began, are open, moved on."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.journeys import counting, rules
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs
from kohti.team.models import Centre

COUNTED = ("started", "open", "listed", "moved_on", "ended", "colleagues")


@needs("journeys.lead")
def figures(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The whole service, centre by centre, and stage by stage: numbers alone, with what each counts."""
    outcomes = rules.outcomes(actor)
    found, by_stage = counting.figures([one.code for one in outcomes if one.flag])
    names = dict(Centre.objects.filter(service_id=actor.service).values_list("id", "name"))
    centres = sorted(
        (names[one.centre_id], [getattr(one, name) for name in COUNTED])
        for one in found
        if one.centre_id in names
    )
    return render(
        request,
        "journeys/figures.html",
        {
            "all": [getattr(found[0], name) for name in COUNTED],
            "any": found[0].started > 0,
            "centres": centres if len(centres) > 1 else [],
            "stages": [(one.title, by_stage.get(one.code, 0)) for one in rules.stages(actor) if not one.flag],
            "means": [
                (_("Started"), _("ways that began, whatever became of them")),
                (_("Still open"), _("ways that have not ended")),
                (_("On a list"), _("open ways that need somebody now: a rule is broken")),
                (_("Moved on"), _("ways that ended, and what was reached last counts as a success")),
                (_("Ended"), _("ways that ended otherwise")),
                (_("Colleagues"), _("people with a place to work that holds now")),
                (
                    _("Counts as a success"),
                    ", ".join(one.title for one in outcomes if one.flag) or _("nothing, says the blueprint"),
                ),
            ],
        },
    )
