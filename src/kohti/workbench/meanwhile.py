"""After an absence, on Today: what happened with one's people meanwhile, a line each."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kohti.diary import actions as diary
from kohti.journeys import rules
from kohti.journeys.queries.meanwhile import Happened, meanwhile
from kohti.journeys.views.away import days
from kohti.kernel import words
from kohti.kernel.actor import Actor
from kohti.kernel.doors import needs


def digest(actor: Actor, stages: list[rules.Named]) -> dict[str, Any] | None:
    """What happened while the actor was away, for Today; None where there is nothing to tell of."""
    found = meanwhile(actor)
    if found is None:
        return None
    outcomes = rules.outcomes(actor) if any(one.outcomes for one in found.people) else []
    return {
        "id": found.absence_id,
        "days": days(actor, found.starts, found.ends),
        "people": [
            {
                "person": one.person_id,
                "name": one.name or _("No name given"),
                "what": in_words(actor, one, stages, outcomes),
            }
            for one in found.people
        ],
    }


def in_words(
    actor: Actor, one: Happened, stages: list[rules.Named], outcomes: list[rules.Named]
) -> list[str]:
    """What happened with one person, each thing said in a few words."""
    told = [_("New in your hands")] if one.new else []
    if one.contacts:
        told.append(ngettext("%(n)s contact", "%(n)s contacts", one.contacts) % {"n": one.contacts})
    told += [_("Done: %(words)s") % {"words": text} for text in one.done]
    told += [_("Stuck: %(words)s") % {"words": text} for text in one.stuck]
    told += [_("Now in the stage: %(stage)s") % {"stage": rules.named(stages, code)} for code in one.stages]
    told += [_("Reached: %(words)s") % {"words": rules.named(outcomes, code)} for code in one.outcomes]
    for at in one.missed:
        day = words.day_of(at, actor.zone)
        told.append(_("Did not come on %(day)s") % {"day": day})
    if one.ended:
        told.append(_("Their way has ended"))
    if one.stood_in:
        told.append(_("%(names)s stood in") % {"names": ", ".join(one.stood_in)})
    return told


@needs("journeys.work", methods=("POST",))
def caught_up(request: HttpRequest, actor: Actor, absence_id: uuid.UUID) -> HttpResponseBase:
    """They have read it: Today says no more of it."""
    diary.caught_up(actor, absence_id)
    return redirect("my_day")
