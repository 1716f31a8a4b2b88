"""Something was reached, and the plan says so."""

from __future__ import annotations

import uuid
from datetime import date

from kohti.kernel import once
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id

from . import plan
from .journeys import journey_to_change
from .reached import Reached


def reach(
    actor: Actor,
    journey_id: uuid.UUID,
    kind: str,
    on: date,
    *,
    key: str,
    words: str = "",
    evidence: str = "",
    paper_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write that somebody reached something the blueprint names, as a version of its own of the plan.

    Raises what `write_outcome` raises.
    """
    new = Reached(kind=kind, on=on, words=words, evidence=evidence, paper_id=paper_id)
    before = once.first_time("outcome.reach", key, new.id)
    if before is not None:
        return before
    journey = journey_to_change(actor, journey_id)
    plan.apply_changes(actor, journey, [new], version_id=new_id())
    return new.id
