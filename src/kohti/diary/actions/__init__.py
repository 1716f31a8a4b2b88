"""Every change of the diary."""

from __future__ import annotations

from .absences import be_away, be_back, caught_up
from .booking import NewBooking, book, mark, miss_the_rest
from .changing import book_agreed, book_one, cancel, move
from .closed_days import cancel_the_closed, close_on, open_again
from .drop_ins import NewDropIn, add_drop_in, end_drop_in, skip
from .earlier import ask_earlier, ask_for_time, move_there, take_earlier, take_wish_back
from .following import after_change
from .hours import apply_blueprint
from .importing import Checked, apply_file, apply_held, check_file, give_up, hold_file, order_import
from .links import end_link, say_late
from .offers import answer_offer, take_back_offer

__all__ = [
    "Checked",
    "NewBooking",
    "NewDropIn",
    "add_drop_in",
    "after_change",
    "answer_offer",
    "apply_blueprint",
    "apply_file",
    "apply_held",
    "ask_earlier",
    "ask_for_time",
    "be_away",
    "be_back",
    "book",
    "book_agreed",
    "book_one",
    "cancel",
    "cancel_the_closed",
    "caught_up",
    "check_file",
    "close_on",
    "end_drop_in",
    "end_link",
    "give_up",
    "hold_file",
    "mark",
    "miss_the_rest",
    "move",
    "move_there",
    "open_again",
    "order_import",
    "say_late",
    "skip",
    "take_back_offer",
    "take_earlier",
    "take_wish_back",
]
