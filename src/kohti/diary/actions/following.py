"""What follows when appointments stand at another time, or no more: one call, whoever changed them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from kohti.kernel.actor import Actor

from ..reminding import confirm
from .settling import settle


def after_change(
    actor: Actor,
    booking_ids: Sequence[uuid.UUID],
    *,
    moved: Collection[uuid.UUID] = (),
    told: Collection[uuid.UUID] = (),
) -> None:
    """Let follow what depends on these appointments, once they were moved or cancelled.

    Called in the change's own transaction, with the rows as they stand after it. `moved`: those of them that the
    same person comes to at another time; `told`: those of which else there is something to say. Another room is not.
    """
    settle(actor, booking_ids)
    if told:
        confirm(actor, list(told))
    if moved:
        confirm(actor, list(moved), moved=True)
