"""Who may read where an offer is to be had: whoever may read the offer, and nobody by an address alone."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Exists, OuterRef

from ..models import ListedAt, Listing, Place


def show(offer: Listing) -> None:
    """Where an offer is to be had is public as the offer is; a place that another public offer uses stays public."""
    at = ListedAt.objects.filter(listing=offer)
    at.update(public=offer.public)
    places = at.order_by("place_id").values_list("place_id", flat=True)
    if offer.public:
        Place.objects.filter(id__in=list(places)).update(public=True)
    else:
        hide_unused(places)


def hide_unused(places: Iterable[uuid.UUID]) -> None:
    """Of these places, those where nothing public is to be had are for colleagues only."""
    used = ListedAt.objects.filter(place_id=OuterRef("id"), gone_since=None, public=True)
    Place.objects.filter(~Exists(used), id__in=list(places), public=True).update(public=False)
