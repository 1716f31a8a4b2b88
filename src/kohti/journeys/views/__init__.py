"""The pages about people's ways."""

from __future__ import annotations

from .bringing import bring, bring_in, bring_rows, bring_state, brought
from .caseload import caseload
from .changing import hand_over_answer, hand_over_back, way_change
from .ending import closing_letter, follow_up, way_end, ways
from .figures import figures
from .moving import aim, outcome_lasts, outcome_verify, outcome_withdraw, step
from .needs import person_needs, questionnaire
from .opening import open_way
from .papers import plan_printed
from .plan import agreed, plan
from .quality import quality
from .taking import take_away

__all__ = (
    "agreed",
    "aim",
    "bring",
    "bring_in",
    "bring_rows",
    "bring_state",
    "brought",
    "caseload",
    "closing_letter",
    "figures",
    "follow_up",
    "hand_over_answer",
    "hand_over_back",
    "open_way",
    "outcome_lasts",
    "outcome_verify",
    "outcome_withdraw",
    "person_needs",
    "plan",
    "plan_printed",
    "quality",
    "questionnaire",
    "step",
    "take_away",
    "way_change",
    "way_end",
    "ways",
)
