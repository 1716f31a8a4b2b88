"""The background work of people's ways."""

from __future__ import annotations

import uuid

from django.db import transaction

from kohti.kernel.actor import Actor
from kohti.kernel.errors import Refused
from kohti.kernel.jobs import job

from . import actions


@job("caseload.import", verb="journeys.lead")
def import_caseload(actor: Actor, subject_id: uuid.UUID) -> None:
    """Apply a held caseload file, as whoever ordered it; one that is refused is said to have failed."""
    try:
        with transaction.atomic():
            actions.apply_held_caseload(actor, subject_id)
    except Refused as trouble:
        actions.give_up_caseload(actor, subject_id, str(trouble.message))
