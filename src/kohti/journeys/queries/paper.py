"""What of a plan may stand on paper: nothing sealed, whoever asks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..models import OPEN_STEPS, Aim, PlanChange, PlanVersion, Step
from .plan import in_order


@dataclass(frozen=True, slots=True)
class OnPaper:
    """Open aims, open steps by day, and what changed last: when, what, and when it was agreed to."""

    aims: tuple[Aim, ...]
    steps: tuple[Step, ...]
    at: datetime | None
    changes: tuple[tuple[str, dict[str, Any]], ...]
    agreed_at: datetime | None


def plan_on_paper(journey_id: uuid.UUID) -> OnPaper:
    """The open part of a plan without what is sealed. Four statements."""
    aims = Aim.objects.filter(journey_id=journey_id, sealed="", state=Aim.State.OPEN).order_by(
        "made_at", "id"
    )
    steps = Step.objects.filter(journey_id=journey_id, sealed="", state__in=OPEN_STEPS)
    last = PlanVersion.objects.filter(journey_id=journey_id).order_by("-number").first()
    changes = PlanChange.objects.filter(plan_version=last, sealed="").order_by("position") if last else ()
    return OnPaper(
        tuple(aims),
        tuple(sorted(steps, key=in_order)),
        last.at if last else None,
        tuple((one.kind, one.values) for one in changes),
        last.agreed_at if last else None,
    )
