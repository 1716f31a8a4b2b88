"""Every change of the team's state."""

from __future__ import annotations

from .colleagues import confirm_name, find_or_name
from .inviting import (
    NOT_ACCEPTED,
    Invited,
    accept_invitation,
    digest_of,
    invite,
    invite_administrator,
    invite_again,
    join,
    take_back,
)
from .places import ENDED, NO_PASSWORD, add_member, change_place, end_membership, give_place

__all__ = (
    "ENDED",
    "NOT_ACCEPTED",
    "NO_PASSWORD",
    "Invited",
    "accept_invitation",
    "add_member",
    "change_place",
    "confirm_name",
    "digest_of",
    "end_membership",
    "find_or_name",
    "give_place",
    "invite",
    "invite_administrator",
    "invite_again",
    "join",
    "take_back",
)
