"""The pages about people's ways."""

from __future__ import annotations

from .caseload import caseload
from .changing import hand_over_answer, outcome_lasts, outcome_verify, way_change
from .needs import person_needs, questionnaire
from .opening import open_way
from .plan import agreed, plan, step
from .quality import quality
from .taking import take_away

__all__ = (
    "agreed",
    "caseload",
    "hand_over_answer",
    "open_way",
    "outcome_lasts",
    "outcome_verify",
    "person_needs",
    "plan",
    "quality",
    "questionnaire",
    "step",
    "take_away",
    "way_change",
)
