"""What this room holds about a person: tell it, and forget its words. For the service's own housekeeping."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.forms.models import model_to_dict

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor

from .models import Encounter, Reached


def tell(actor: Actor, person_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """All that this room holds about a person, by table, sealed parts too. Two statements."""
    actors.must(actor, "people.tell")
    return {
        str(model._meta.model_name): [
            model_to_dict(one) | {"id": one.pk} for one in model._default_manager.filter(which).order_by("id")
        ]
        for model, which in ((Reached, _reached_as(person_id)), (Encounter, Q(person_id=person_id)))
    }


def _reached_as(person_id: uuid.UUID) -> Q:
    """Who became them, and whoever was joined into that one."""
    return Q(person_id=person_id) | Q(joined_into__person_id=person_id)


def forget(actor: Actor, person_id: uuid.UUID) -> None:
    """Erase nicknames, words and what encounters were about. When and where stays, so that figures still add up."""
    actors.must(actor, "people.forget")
    Reached.objects.filter(_reached_as(person_id)).update(nickname="", folded="")
    Encounter.objects.filter(person_id=person_id).update(
        nickname="", text="", about=[], sealed=[], given=[], next=""
    )
