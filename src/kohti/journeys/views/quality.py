"""How our work goes, for the leader who keeps coaches able and people well looked after."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from kohti.journeys import queries, rules
from kohti.journeys.queries.quality import LATELY_DAYS, Quality
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs

COUNTED = ("in_hand", "held", "in_touch", "planned", "agreed", "heard", "reached")


def _line(one: Quality) -> dict[str, Any]:
    return {
        "coach": one.coach or _("Without a coach"),
        "counts": [getattr(one, name) for name in COUNTED],
        "person": one.read.person_id if one.read else None,
        "name": (one.read.name or _("No name given")) if one.read else "",
    }


@needs("journeys.lead")
def quality(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Coach by coach: who is held, in touch, heard, agreed; and a plan of each by lot, to read together."""
    found = queries.quality(actor)
    days = rules.plan_rules(actor).contact_days or rules.CONTACT_DAYS
    return render(
        request,
        "journeys/quality.html",
        {
            "lines": [_line(one) for one in found],
            "sums": [sum(getattr(one, name) for one in found) for name in COUNTED],
            "means": [
                (_("Held"), _("somebody has them in hand and no rule is broken")),
                (_("In touch"), _("a contact within %(n)s days, as the blueprint asks") % {"n": days}),
                (_("Planned"), _("a next step or an appointment lies ahead")),
                (_("Agreed"), _("the person agreed to the last change of their plan")),
                (
                    _("Heard"),
                    _("they said themselves how life goes, in the last %(n)s days") % {"n": LATELY_DAYS},
                ),
                (_("Reached"), _("outcomes of the last %(n)s days, small ones too") % {"n": LATELY_DAYS}),
            ],
        },
    )
