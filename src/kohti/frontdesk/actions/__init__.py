"""Every change at the front desk, one function a verb.

A visit moves waiting → called → serving → done; it can also end as absent (called, did not come), left, or
undone (checked in by mistake). Each move is a timed `Period`, an event of the history and live news, in one
transaction. Every function takes a `key`: the same key again changes nothing and gives the same visit.
"""

from __future__ import annotations

from ..said import LATE
from .alarm import everybody_out, open_after_alarm
from .arriving import MOST_TEXT, check_in, take_walk_in
from .at_the_kiosk import check_in_at_kiosk, desk_ticket
from .closing import close_day, closing_due
from .crisis import NextHelp, ask_to_come, card_printed, say_next_help, text_the_card
from .helping import ask_for_help, end_help, go_to_help
from .moving import (
    begin,
    call,
    call_next,
    did_not_come,
    finish,
    leave,
    take_back,
    undo_check_in,
)
from .placing import hand_over, park
from .promises import answer_promise
from .streams import apply_blueprint
from .visits import Moved, as_it_is

__all__ = [
    "LATE",
    "MOST_TEXT",
    "Moved",
    "NextHelp",
    "answer_promise",
    "apply_blueprint",
    "as_it_is",
    "ask_for_help",
    "ask_to_come",
    "begin",
    "call",
    "call_next",
    "card_printed",
    "check_in",
    "check_in_at_kiosk",
    "close_day",
    "closing_due",
    "desk_ticket",
    "did_not_come",
    "end_help",
    "everybody_out",
    "finish",
    "go_to_help",
    "hand_over",
    "leave",
    "open_after_alarm",
    "park",
    "say_next_help",
    "take_back",
    "take_walk_in",
    "text_the_card",
    "undo_check_in",
]
