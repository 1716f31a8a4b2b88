"""Every change of the directory."""

from __future__ import annotations

from .bringing import Brought, bring, bring_file
from .keeping import (
    ListingWords,
    PartnerWords,
    PlaceWords,
    add_listing,
    add_partner,
    change_listing,
    change_partner,
    confirm_listing,
    offer_again,
    offer_no_more,
)

__all__ = [
    "Brought",
    "ListingWords",
    "PartnerWords",
    "PlaceWords",
    "add_listing",
    "add_partner",
    "bring",
    "bring_file",
    "change_listing",
    "change_partner",
    "confirm_listing",
    "offer_again",
    "offer_no_more",
]
