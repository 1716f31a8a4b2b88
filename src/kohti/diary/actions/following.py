"""What follows when appointments stand at another time, or no more: one call, whoever changed them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from kohti.kernel.actor import Actor

from ..reminding import confirm
from .settling import settle


def after_change(actor: Actor, booking_ids: Sequence[uuid.UUID], *, tell: bool = True) -> None:
    """Let follow what depends on these appointments, once they were moved or cancelled.

    Called in the change's own transaction, with the rows as they stand after it. `tell`: whether it is another
    appointment for whoever comes; another room or desk is not.
    """
    settle(actor, booking_ids)
    if tell:
        confirm(actor, booking_ids)
