"""Every change of a person's way."""

from __future__ import annotations

from .beginning import Fact, open_journey
from .contacts import NewContact, Said, write_contact
from .ending import close, follow_up, reopen
from .handing import (
    answer_hand_over,
    ask_to_take_over,
    cover,
    end_cover,
    give_coach,
    give_coach_to_several,
    hand_overs_read,
    may_give,
    take_back,
)
from .helping import ask_to_help, end_help, help_read, help_with_step
from .importing import (
    apply_caseload,
    apply_held_caseload,
    check_caseload,
    give_up_caseload,
    hold_caseload,
    order_caseload,
)
from .journeys import end_pause, extend, has_in_hand, journey_to_change, move_to_stage, pause
from .needs import answer, rate, seal_of_item
from .plan import (
    AFTER,
    LAST,
    AtWork,
    Change,
    EndAim,
    MoveStep,
    NewAim,
    NewStep,
    ReopenAim,
    agree,
    change_plan,
    due_before_it_begins,
)
from .reached import Reached, answer_check, verify, withdraw
from .reaching import reach

__all__ = (
    "AFTER",
    "LAST",
    "AtWork",
    "Change",
    "EndAim",
    "Fact",
    "MoveStep",
    "NewAim",
    "NewContact",
    "NewStep",
    "Reached",
    "ReopenAim",
    "Said",
    "agree",
    "answer",
    "answer_check",
    "answer_hand_over",
    "apply_caseload",
    "apply_held_caseload",
    "ask_to_help",
    "ask_to_take_over",
    "change_plan",
    "check_caseload",
    "close",
    "cover",
    "due_before_it_begins",
    "end_cover",
    "end_help",
    "end_pause",
    "extend",
    "follow_up",
    "give_coach",
    "give_coach_to_several",
    "give_up_caseload",
    "hand_overs_read",
    "has_in_hand",
    "help_read",
    "help_with_step",
    "hold_caseload",
    "journey_to_change",
    "may_give",
    "move_to_stage",
    "open_journey",
    "order_caseload",
    "pause",
    "rate",
    "reach",
    "reopen",
    "seal_of_item",
    "take_back",
    "verify",
    "withdraw",
    "write_contact",
)
