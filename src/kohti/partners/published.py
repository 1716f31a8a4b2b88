"""What of the directories of this installation the world may read, as HSDS 3.0 nests it. Asked as nobody."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet

from .hsds.records import Record
from .models import Entry, ListedAt, Listing, Partner, Place, Taxonomy, Term

MOST_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries of a list: by words, by what they belong to, changed after an instant; and which page of them."""

    search: str = ""
    organization_id: uuid.UUID | None = None
    taxonomy_id: uuid.UUID | None = None
    taxonomy_term_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    top_only: bool = False
    modified_after: datetime | None = None
    page: int = 1
    per_page: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, and how many entries there are in all."""

    entries: tuple[Record, ...]
    total: int
    number: int
    per_page: int

    def as_json(self) -> dict[str, Any]:
        """HSDS's page envelope."""
        pages = max(1, -(-self.total // self.per_page))
        return {
            "total_items": self.total,
            "total_pages": pages,
            "page_number": self.number,
            "size": len(self.entries),
            "first_page": self.number == 1,
            "last_page": self.number >= pages,
            "empty": not self.entries,
            "contents": list(self.entries),
        }


def _open(table: type[Entry]) -> QuerySet[Any]:
    """The entries of a kind that are public, each identifier once, whoever of several services published it last."""
    return (
        table._default_manager.filter(public=True, gone_since=None)
        .order_by("hsds_id", "-changed_at", "id")
        .distinct("hsds_id")
    )


def services(wanted: Wanted, *, full: bool = False) -> Page:
    """A page of what is offered, each with its organisation and programme; `full`: with all that belongs to it."""
    rows = _open(Listing).filter(partner__public=True, partner__gone_since=None)
    rows = _asked(rows, wanted, organisation="partner__hsds_id")
    found, page = _page(rows.select_related("partner"), wanted)
    places = _places([one.id for one in found]) if full else {}
    terms = _terms(one.record for one in found) if full else {}
    locations = _locations(one.partner_id for one in found) if full else {}
    return page(
        [
            _service(one, one.partner, places.get(one.id, ()), terms, locations)
            if full
            else _brief_service(one)
            for one in found
        ]
    )


def service(hsds_id: uuid.UUID) -> Record | None:
    """What is offered, with all that belongs to it; None where it is not public."""
    one = (
        _open(Listing)
        .filter(hsds_id=hsds_id, partner__public=True, partner__gone_since=None)
        .select_related("partner")
        .first()
    )
    if one is None:
        return None
    places = _places([one.id]).get(one.id, ())
    return _service(one, one.partner, places, _terms([one.record]), _locations([one.partner_id]))


def organizations(wanted: Wanted, *, full: bool = False) -> Page:
    """A page of organisations; `full`: each with its places and what it offers."""
    rows = _open(Partner)
    if wanted.search:
        rows = rows.filter(name__icontains=wanted.search)
    rows = _after(rows, wanted)
    found, page = _page(rows, wanted)
    return page([_organization(one, full_service=True) if full else _plain(one.record) for one in found])


def organization(hsds_id: uuid.UUID, *, full_service: bool = True) -> Record | None:
    """An organisation with its places and what it offers (`full_service`: whole, else by name); None: not public."""
    one = _open(Partner).filter(hsds_id=hsds_id).first()
    return None if one is None else _organization(one, full_service=full_service)


def services_at_locations(wanted: Wanted, *, full: bool = False) -> Page:
    """A page of offers at places."""
    rows = _open_at()
    rows = _asked(rows, wanted, organisation="listing__partner__hsds_id", offer="listing__")
    found, page = _page(rows.select_related("listing__partner", "place"), wanted)
    terms = _terms(one.listing.record for one in found) if full else {}
    locations = _locations(one.listing.partner_id for one in found) if full else {}
    return page([_at(one, terms, locations, full=full) for one in found])


def service_at_location(hsds_id: uuid.UUID) -> Record | None:
    """An offer at a place, whole; None where it is not public."""
    one = _open_at().filter(hsds_id=hsds_id).select_related("listing__partner", "place").first()
    if one is None:
        return None
    return _at(one, _terms([one.listing.record]), _locations([one.listing.partner_id]), full=True)


def taxonomies(wanted: Wanted) -> Page:
    """A page of taxonomies."""
    rows = _open(Taxonomy)
    if wanted.search:
        rows = rows.filter(record__name__icontains=wanted.search)
    found, page = _page(rows, wanted)
    return page([one.record for one in found])


def taxonomy(hsds_id: uuid.UUID) -> Record | None:
    """A taxonomy; None where it is not public."""
    one = _open(Taxonomy).filter(hsds_id=hsds_id).first()
    return None if one is None else one.record


def taxonomy_terms(wanted: Wanted) -> Page:
    """A page of terms, each with its taxonomy."""
    rows = _open(Term)
    if wanted.search:
        rows = rows.filter(name__icontains=wanted.search)
    if wanted.taxonomy_id:
        rows = rows.filter(record__taxonomy_id=str(wanted.taxonomy_id))
    if wanted.parent_id:
        rows = rows.filter(record__parent_id=str(wanted.parent_id))
    if wanted.top_only:
        rows = rows.filter(record__parent_id__isnull=True)
    found, page = _page(rows, wanted)
    details = _details(one.record for one in found)
    return page([_term(one.record, details) for one in found])


def taxonomy_term(hsds_id: uuid.UUID) -> Record | None:
    """A term with its taxonomy; None where it is not public."""
    one = _open(Term).filter(hsds_id=hsds_id).first()
    return None if one is None else _term(one.record, _details([one.record]))


def _open_at() -> QuerySet[ListedAt]:
    rows: QuerySet[ListedAt] = _open(ListedAt).filter(
        listing__public=True,
        listing__gone_since=None,
        listing__partner__public=True,
        listing__partner__gone_since=None,
        place__public=True,
        place__gone_since=None,
    )
    return rows


def _asked(rows: QuerySet[Any], wanted: Wanted, *, organisation: str, offer: str = "") -> QuerySet[Any]:
    if wanted.search:
        query = SearchQuery(wanted.search, config="simple", search_type="websearch")
        rows = rows.filter(Q(**{f"{offer}found_by": query}) | Q(**{f"{offer}name__icontains": wanted.search}))
    if wanted.organization_id:
        rows = rows.filter(**{organisation: wanted.organization_id})
    if wanted.taxonomy_term_id:
        rows = rows.filter(**{f"{offer}terms__contains": [wanted.taxonomy_term_id]})
    if wanted.taxonomy_id:
        of_taxonomy = Term.objects.filter(public=True, record__taxonomy_id=str(wanted.taxonomy_id)).order_by(
            "hsds_id"
        )
        rows = rows.filter(
            **{
                f"{offer}terms__overlap": list(of_taxonomy.values_list("hsds_id", flat=True))
                or [uuid.UUID(int=0)]
            }
        )
    return _after(rows, wanted)


def _after(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    return rows.filter(changed_at__gte=wanted.modified_after) if wanted.modified_after else rows


def _page(rows: QuerySet[Any], wanted: Wanted) -> tuple[list[Any], Callable[[Iterable[Record]], Page]]:
    per_page = min(max(wanted.per_page, 1), MOST_A_PAGE)
    number = max(wanted.page, 1)
    total = rows.count()
    found = list(rows[(number - 1) * per_page : number * per_page])
    return found, lambda entries: Page(tuple(entries), total, number, per_page)


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
    offer: Listing,
    partner: Partner,
    at: Sequence[ListedAt],
    terms: Mapping[str, Record],
    locations: Mapping[uuid.UUID, list[Record]],
) -> Record:
    made = {
        **{key: value for key, value in offer.record.items() if key not in ("organization_id", "program_id")},
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
    return _with_terms(made, terms)


def _organization(partner: Partner, *, full_service: bool) -> Record:
    made = dict(partner.record)
    places = _locations([partner.id])
    if partner.id in places:
        made["locations"] = places[partner.id]
    offers = list(
        Listing.objects.filter(partner_id=partner.id, public=True, gone_since=None).order_by("name", "id")
    )
    if offers and full_service:
        at, terms = _places([one.id for one in offers]), _terms(one.record for one in offers)
        made["services"] = [
            _without(_service(one, partner, at.get(one.id, ()), terms, {}), "organization") for one in offers
        ]
    elif offers:
        made["services"] = [
            {"id": str(one.hsds_id), "name": one.name, "status": one.status} for one in offers
        ]
    return made


def _at(
    one: ListedAt,
    terms: Mapping[str, Record],
    locations: Mapping[uuid.UUID, list[Record]],
    *,
    full: bool,
) -> Record:
    own = _without(one.record, "service_id", "location_id")
    if not full:
        return {
            **_plain(own),
            "location": _plain(one.place.record),
            "service": _brief_service(one.listing),
        }
    return {
        **own,
        "location": _location(one.place),
        "service": _service(one.listing, one.listing.partner, (), terms, locations),
    }


def _location(place: Place) -> Record:
    return _without(place.record, "organization_id")


def _locations(partner_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Record]]:
    """The places of organisations."""
    found: dict[uuid.UUID, list[Record]] = defaultdict(list)
    for one in Place.objects.filter(partner_id__in=set(partner_ids), public=True, gone_since=None).order_by(
        "name", "id"
    ):
        if one.partner_id is not None:
            found[one.partner_id].append(_location(one))
    return dict(found)


def _without(record: Record, *keys: str) -> Record:
    return {key: value for key, value in record.items() if key not in keys}


def _places(listing_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ListedAt]]:
    found: dict[uuid.UUID, list[ListedAt]] = defaultdict(list)
    for one in (
        ListedAt.objects.filter(
            listing_id__in=listing_ids,
            public=True,
            gone_since=None,
            place__public=True,
            place__gone_since=None,
        )
        .select_related("place")
        .order_by("place__name", "id")
    ):
        found[one.listing_id].append(one)
    return found


def _terms(records: Iterable[Record]) -> dict[str, Record]:
    """The terms that records name in their attributes, by identifier, each with its taxonomy."""
    wanted = {
        one["taxonomy_term_id"]
        for record in records
        for one in record.get("attributes", ())
        if "taxonomy_term_id" in one
    }
    if not wanted:
        return {}
    found = [one.record for one in _open(Term).filter(hsds_id__in=wanted)]
    details = _details(found)
    return {one["id"]: _term(one, details) for one in found}


def _details(terms: Iterable[Record]) -> dict[str, Record]:
    wanted = {one["taxonomy_id"] for one in terms if "taxonomy_id" in one}
    return (
        {one.record["id"]: one.record for one in _open(Taxonomy).filter(hsds_id__in=wanted)} if wanted else {}
    )


def _term(record: Record, details: Mapping[str, Record]) -> Record:
    detail = details.get(record.get("taxonomy_id", ""))
    return record if detail is None else {**_without(record, "taxonomy_id"), "taxonomy_detail": detail}


def _with_terms(record: Record, terms: Mapping[str, Record]) -> Record:
    """A record whose attributes hold the terms they name."""
    if "attributes" not in record:
        return record
    attributes = [
        {**_without(one, "taxonomy_term_id"), "taxonomy_term": terms[one["taxonomy_term_id"]]}
        if one.get("taxonomy_term_id") in terms
        else one
        for one in record["attributes"]
    ]
    return {**record, "attributes": attributes}
