"""What this room holds about a person: tell it, and forget its words. For the service's own housekeeping."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Model
from django.forms.models import model_to_dict

from kohti.kernel import actor as actors
from kohti.kernel import clock
from kohti.kernel.actor import Actor

from .models import Referral, ReferralLink, ReferralTurn, Ruling

TABLES: tuple[type[Model], ...] = (Referral, ReferralTurn, ReferralLink, Ruling)
SECRETS = ("token_hash", "browser_hash")


def tell(actor: Actor, person_id: uuid.UUID) -> dict[str, list[dict[str, Any]]]:
    """All that this room holds about a person, by table, sealed parts too. One statement a table."""
    actors.must(actor, "people.tell")
    told = {}
    for model in TABLES:
        rows = model._default_manager.filter(person_id=person_id).order_by("id")
        told[str(model._meta.model_name)] = [
            {key: value for key, value in (model_to_dict(one) | {"id": one.pk}).items() if key not in SECRETS}
            for one in rows
        ]
    return told


def forget(actor: Actor, person_id: uuid.UUID) -> None:
    """Erase every word this room holds about a person and end the links to it; days and states stay, without a name.

    Forgetting again changes nothing.
    """
    actors.must(actor, "people.forget")
    ReferralLink.objects.filter(person_id=person_id, ended_at=None).update(ended_at=clock.now())
    ReferralTurn.objects.filter(person_id=person_id).update(words="", name="")
    Ruling.objects.filter(person_id=person_id).update(words="", reason="", step="")
    # what was sent keeps its words but here: nobody is to read them again
    Referral.objects.filter(person_id=person_id).update(
        about="", why={}, consent_how="", to_name="", to_address=""
    )
