"""Every change of outreach."""

from __future__ import annotations

from .becoming import become, become_new, not_them
from .encounters import NewEncounter, withdraw, write_encounter, write_encounters
from .joining import join, not_the_same, take_apart
from .rounds import NewRound, back, cancel_round, plan_round, start_round
from .spots import SpotWords, add_spot, change_spot, end_spot
from .watching import tell_who_is_late

__all__ = [
    "NewEncounter",
    "NewRound",
    "SpotWords",
    "add_spot",
    "back",
    "become",
    "become_new",
    "cancel_round",
    "change_spot",
    "end_spot",
    "join",
    "not_the_same",
    "not_them",
    "plan_round",
    "start_round",
    "take_apart",
    "tell_who_is_late",
    "withdraw",
    "write_encounter",
    "write_encounters",
]
