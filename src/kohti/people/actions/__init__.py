"""Every change of what we hold about people, and of who may see them."""

from __future__ import annotations

from .failing import contact_fails
from .notes import correct, move_note, write_note
from .record import (
    Basics,
    Reach,
    add_contact,
    add_danger,
    add_household,
    add_mark,
    add_representative,
    end_contact,
    end_household,
    end_mark,
    end_representative,
    keep_basics,
    keep_reach,
    review_mark,
)
from .register import NewPerson, ask_elsewhere, note_birth, reach, register
from .sight import (
    ShowOnFloor,
    alert_seen,
    apply_transfers,
    end_grants,
    end_sight,
    give_sight,
    open_in_emergency,
    open_record,
    restrict,
    show_on_floor,
    transfer,
)

__all__ = (
    "Basics",
    "NewPerson",
    "Reach",
    "ShowOnFloor",
    "add_contact",
    "add_danger",
    "add_household",
    "add_mark",
    "add_representative",
    "alert_seen",
    "apply_transfers",
    "ask_elsewhere",
    "contact_fails",
    "correct",
    "end_contact",
    "end_grants",
    "end_household",
    "end_mark",
    "end_representative",
    "end_sight",
    "give_sight",
    "keep_basics",
    "keep_reach",
    "move_note",
    "note_birth",
    "open_in_emergency",
    "open_record",
    "reach",
    "register",
    "restrict",
    "review_mark",
    "show_on_floor",
    "transfer",
    "write_note",
)
