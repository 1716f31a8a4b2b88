"""Reads of people's ways. Listing and opening people is in the history."""

from __future__ import annotations

from .caseload import FLAGS, ORDERS, SHOWS, Case, Chosen, Page, caseload, coaches, whole
from .ending import Done, FollowUp, ending, follow_ups, look_back
from .handing import Handing, hand_overs, open_hand_over
from .helping import HELPED, HELPERS, Helped, Helper, MyStep, may_help, steps_i_help_with
from .needing import Needs, needing
from .needs import Answer, answers_over_time, needs_over_time
from .paper import OnPaper, plan_on_paper
from .plan import (
    LastTime,
    Plan,
    Rating,
    Version,
    checks_due,
    in_order,
    last_contacts,
    last_time,
    latest_version,
    open_steps,
    plan,
    step_of,
    whose_check,
    whose_outcome,
)
from .quality import Quality, quality
from .reviewing import to_review
from .way import journey, journey_of

__all__ = (
    "FLAGS",
    "HELPED",
    "HELPERS",
    "ORDERS",
    "SHOWS",
    "Answer",
    "Case",
    "Chosen",
    "Done",
    "FollowUp",
    "Handing",
    "Helped",
    "Helper",
    "LastTime",
    "MyStep",
    "Needs",
    "OnPaper",
    "Page",
    "Plan",
    "Quality",
    "Rating",
    "Version",
    "answers_over_time",
    "caseload",
    "checks_due",
    "coaches",
    "ending",
    "follow_ups",
    "hand_overs",
    "in_order",
    "journey",
    "journey_of",
    "last_contacts",
    "last_time",
    "latest_version",
    "look_back",
    "may_help",
    "needing",
    "needs_over_time",
    "open_hand_over",
    "open_steps",
    "plan",
    "plan_on_paper",
    "quality",
    "step_of",
    "steps_i_help_with",
    "to_review",
    "whole",
    "whose_check",
    "whose_outcome",
)
