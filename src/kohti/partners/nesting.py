"""Public entries of the directory as HSDS nests them: whatever stands within one is public and hangs on nothing that is not.

Each kind takes a fixed number of statements, however many entries there are.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from .hsds.records import Record
from .models import UNREAD, Entry, ListedAt, Listing, Partner, Place, Taxonomy, Term


def opened(table: type[Entry]) -> QuerySet[Any]:
    """The entries of a kind that are public, each identifier once, whoever of several services published it last."""
    return (
        table._default_manager.filter(public=True, gone_since=None)
        .order_by("hsds_id", "-changed_at", "id")
        .distinct("hsds_id")
    )


def shown_at() -> Q:
    """Of offers at places: that the offer, its partner, the place and whose it is are public, and they themselves."""
    whole = Q(place__partner=None) | Q(place__partner__public=True, place__partner__gone_since=None)
    return whole & Q(
        public=True,
        gone_since=None,
        listing__public=True,
        listing__gone_since=None,
        listing__partner__public=True,
        listing__partner__gone_since=None,
        place__public=True,
        place__gone_since=None,
    )


def services(found: Iterable[Listing], *, full: bool) -> list[Record]:
    """Offers, each with its organisation and programme; `full`: with all that belongs to it. Four statements more."""
    offers = list(found)
    if not full:
        return [_brief_service(one) for one in offers]
    at, locations = _places([one.id for one in offers]), _locations(one.partner_id for one in offers)
    return _with_terms([_service(one, one.partner, at.get(one.id, ()), locations) for one in offers])


def organizations(found: Iterable[Partner], *, full: bool, full_service: bool) -> list[Record]:
    """Organisations; `full`: with their places and offers (`full_service`: whole). Five statements more."""
    partners = list(found)
    if not full:
        return [_plain(one.record) for one in partners]
    offers: dict[uuid.UUID, list[Listing]] = defaultdict(list)
    for one in (
        Listing.objects.filter(partner_id__in=[one.id for one in partners], public=True, gone_since=None)
        .defer(*UNREAD)
        .order_by("name", "id")
    ):
        offers[one.partner_id].append(one)
    at = _places([one.id for several in offers.values() for one in several]) if full_service else {}
    locations = _locations(one.id for one in partners)
    made = []
    for partner in partners:
        entry = dict(partner.record)
        if partner.id in locations:
            entry["locations"] = locations[partner.id]
        mine = offers.get(partner.id, [])
        if mine and full_service:
            entry["services"] = [
                _without(_service(one, partner, at.get(one.id, ()), {}), "organization") for one in mine
            ]
        elif mine:
            entry["services"] = [
                {"id": str(one.hsds_id), "name": one.name, "status": one.status} for one in mine
            ]
        made.append(entry)
    return _with_terms(made)


def services_at_locations(found: Iterable[ListedAt], *, full: bool) -> list[Record]:
    """Offers at places; `full`: with all that belongs to them. Three statements more."""
    listed = list(found)
    if not full:
        return [
            {
                **_plain(_without(one.record, "service_id", "location_id")),
                "location": _plain(_location(one.place)),
                "service": _brief_service(one.listing),
            }
            for one in listed
        ]
    locations = _locations(one.listing.partner_id for one in listed)
    return _with_terms(
        [
            {
                **_without(one.record, "service_id", "location_id"),
                "location": _location(one.place),
                "service": _service(one.listing, one.listing.partner, (), locations),
            }
            for one in listed
        ]
    )


def terms(found: Iterable[Term]) -> list[Record]:
    """Terms, each with its taxonomy. One statement more."""
    records = [one.record for one in found]
    wanted = {one["taxonomy_id"] for one in records if "taxonomy_id" in one}
    details = (
        {one.record["id"]: one.record for one in opened(Taxonomy).filter(hsds_id__in=wanted)}
        if wanted
        else {}
    )
    return [
        {**_without(one, "taxonomy_id"), "taxonomy_detail": details[one["taxonomy_id"]]}
        if one.get("taxonomy_id") in details
        else one
        for one in records
    ]


def _plain(record: Record, *without: str) -> Record:
    """A record without the lists within it."""
    return {
        key: value
        for key, value in record.items()
        if not isinstance(value, list | dict) and key not in without
    }


def _program(offer: Listing, partner: Partner) -> Record | None:
    wanted = offer.record.get("program_id")
    mine = [offer.record["program"]] if "program" in offer.record else partner.record.get("programs", ())
    return next((one for one in mine if one["id"] == wanted), None)


def _brief_service(offer: Listing) -> Record:
    made = _plain(offer.record, "organization_id", "program_id") | _stamps(offer)
    made["organization"] = _plain(offer.partner.record)
    if (program := _program(offer, offer.partner)) is not None:
        made["program"] = _plain(program)
    return made


def _stamps(offer: Listing) -> Record:
    made: Record = {
        "status": offer.status,
        "last_modified": offer.changed_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if offer.confirmed_at is not None:
        made["assured_date"] = offer.confirmed_at.date().isoformat()
    return made


def _service(
    offer: Listing, partner: Partner, at: Sequence[ListedAt], locations: Mapping[uuid.UUID, list[Record]]
) -> Record:
    made = {
        **_without(offer.record, "organization_id", "program_id"),
        **_stamps(offer),
        "organization": partner.record
        | ({"locations": locations[partner.id]} if partner.id in locations else {}),
    }
    if (program := _program(offer, partner)) is not None:
        made["program"] = program
    if at:
        made["service_at_locations"] = [
            {**_without(one.record, "service_id", "location_id"), "location": _location(one.place)}
            for one in at
        ]
    return made


def _location(place: Place) -> Record:
    return _without(place.record, "organization_id")


def _locations(partner_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Record]]:
    """The places of organisations where something is offered that the world may read."""
    at = ListedAt.objects.filter(shown_at(), place=OuterRef("pk")).order_by()
    found: dict[uuid.UUID, list[Record]] = defaultdict(list)
    for one in (
        Place.objects.filter(partner_id__in=set(partner_ids), public=True, gone_since=None)
        .filter(Exists(at))
        .order_by("name", "id")
    ):
        if one.partner_id is not None:
            found[one.partner_id].append(_location(one))
    return dict(found)


def _without(record: Record, *keys: str) -> Record:
    return {key: value for key, value in record.items() if key not in keys}


def _places(listing_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ListedAt]]:
    found: dict[uuid.UUID, list[ListedAt]] = defaultdict(list)
    for one in (
        ListedAt.objects.filter(shown_at(), listing_id__in=listing_ids)
        .select_related("place")
        .order_by("place__name", "id")
    ):
        found[one.listing_id].append(one)
    return found


def _with_terms(records: list[Record]) -> list[Record]:
    """Records whose attributes, however deep, hold the terms they name; those that name none that is public go."""
    wanted = {one["taxonomy_term_id"] for one in _attributes(records) if "taxonomy_term_id" in one}
    if not wanted:
        return records
    known = {one["id"]: one for one in terms(opened(Term).filter(hsds_id__in=wanted))}
    return [_holding(one, known) for one in records]


def _attributes(found: Any) -> Iterator[Record]:
    for one in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        if isinstance(one, dict) and "taxonomy_term_id" in one:
            yield one
        yield from _attributes(one)


def _holding(found: Any, known: Mapping[str, Record]) -> Any:
    if isinstance(found, list):
        return [
            _holding(one, known)
            for one in found
            if not isinstance(one, dict) or one.get("taxonomy_term_id") in (None, *known)
        ]
    if not isinstance(found, dict):
        return found
    made = {key: _holding(value, known) for key, value in found.items() if key != "taxonomy_term_id"}
    if "taxonomy_term_id" in found:
        made["taxonomy_term"] = known[found["taxonomy_term_id"]]
    return made
