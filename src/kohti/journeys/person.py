"""What this room holds about a person: tell it, and forget its words. For the service's own housekeeping."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict

from kohti.kernel import actor as actors
from kohti.kernel import drafts
from kohti.kernel.actor import Actor

from .models import (
    PARTS,
    Aim,
    Answers,
    Ending,
    Extension,
    HandOver,
    Helping,
    Journey,
    LastingCheck,
    Outcome,
    Pause,
    PlanChange,
    StageSpell,
    Step,
)

WORDS: tuple[tuple[type[Model], dict[str, Any]], ...] = (
    (Journey, {"why_here": "", "closed_with": ""}),
    (StageSpell, {"why": ""}),
    (Pause, {"why": ""}),
    (Extension, {"why": ""}),
    (HandOver, {"words": "", "answer": ""}),
    (Answers, {"answers": {}}),
    (Aim, {"words": ""}),
    (Step, {"words": "", "who_words": "", "why": ""}),
    (PlanChange, {"values": {}}),
    (Outcome, {"words": "", "evidence": ""}),
    (LastingCheck, {"words": ""}),
    (Ending, {"words": "", "answer": "", "again_why": ""}),
    (Helping, {"news": ""}),
)
"""What somebody wrote of a person, by table, and what stands there once it is forgotten."""


def tell(actor: Actor, person_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """All that this room holds about a person, by table, sealed parts too. One statement a table."""
    actors.must(actor, "people.tell")
    told = {}
    tables: tuple[type[Model], ...] = (Journey, *PARTS)
    for model in tables:
        rows = model._default_manager.filter(person_id=person_id).order_by("id")
        told[str(model._meta.model_name)] = [model_to_dict(one) | {"id": one.pk} for one in rows]
    return told


def forget(actor: Actor, person_id: uuid.UUID) -> None:
    """Erase every word this room holds about a person, what they answered, and what is being typed about them.

    Dates, stages, levels of needs, entry facts, kinds of outcome and who had it in hand stay, without a name, so that
    figures still add up. A way that is open stays open until somebody ends it. Forgetting again changes nothing.
    """
    actors.must(actor, "people.forget")
    ways = list(Journey.objects.filter(person_id=person_id).values_list("id", flat=True))
    drafts.forget([person_id, *ways])
    for model, emptied in WORDS:
        model._default_manager.filter(person_id=person_id).update(**emptied)
