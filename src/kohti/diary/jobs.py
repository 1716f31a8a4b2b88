"""The diary's background work."""

from __future__ import annotations

import uuid

from kohti.kernel.actor import Actor
from kohti.kernel.jobs import job

from . import actions


@job("diary.import", verb="diary.import")
def import_file(actor: Actor, subject_id: uuid.UUID) -> None:
    """Apply a held diary file, as whoever ordered it."""
    actions.apply_held(actor, subject_id)
