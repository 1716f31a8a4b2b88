"""What of the directories of this installation the world may read, as HSDS 3.0 nests it. Asked as nobody."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import QuerySet

from . import finding, nesting
from .hsds.records import Record
from .models import UNREAD, ListedAt, Listing, Partner, Taxonomy, Term
from .nesting import opened, shown_at

MOST_A_PAGE = 100
MOST_IN_LINES = 1000
"""So many entries a page where each is a line of its own (ndjson)."""
WHOLE_A_PAGE = 10
"""So many organisations a page with all they offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries of a list: by words, by what they belong to, changed after an instant; and which page of them.

    lines  each stands in a line of its own: more of them go on a page
    """

    search: str = ""
    organization_id: uuid.UUID | None = None
    taxonomy_id: uuid.UUID | None = None
    taxonomy_term_id: uuid.UUID | None = None
    parent_id: uuid.UUID | None = None
    top_only: bool = False
    modified_after: datetime | None = None
    page: int = 1
    per_page: int = 50
    lines: bool = False


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


def services(wanted: Wanted, *, full: bool = False) -> Page:
    """A page of what is offered, each with its organisation and programme; `full`: with all that belongs to it."""
    rows = _asked(_services(), wanted, organisation="partner__hsds_id")
    found, page = _page(rows, wanted)
    return page(nesting.services(found, full=full))


def service(hsds_id: uuid.UUID) -> Record | None:
    """What is offered, with all that belongs to it; None where it is not public."""
    return _one(nesting.services(_services().filter(hsds_id=hsds_id)[:1], full=True))


def organizations(wanted: Wanted, *, full: bool = False, full_service: bool = True) -> Page:
    """A page of organisations; `full`: each with its places and what it offers, ten at a time."""
    rows = opened(Partner)
    if wanted.search:
        rows = rows.filter(name__icontains=wanted.search)
    found, page = _page(_after(rows, wanted), wanted, most=WHOLE_A_PAGE if full else None)
    return page(nesting.organizations(found, full=full, full_service=full_service))


def organization(hsds_id: uuid.UUID, *, full_service: bool = True) -> Record | None:
    """An organisation with its places and what it offers (`full_service`: whole, else by name); None: not public."""
    found = opened(Partner).filter(hsds_id=hsds_id)[:1]
    return _one(nesting.organizations(found, full=True, full_service=full_service))


def services_at_locations(wanted: Wanted, *, full: bool = False) -> Page:
    """A page of offers at places."""
    rows = _asked(_at(), wanted, organisation="listing__partner__hsds_id", offer="listing__")
    found, page = _page(rows, wanted)
    return page(nesting.services_at_locations(found, full=full))


def service_at_location(hsds_id: uuid.UUID) -> Record | None:
    """An offer at a place, whole; None where it is not public."""
    return _one(nesting.services_at_locations(_at().filter(hsds_id=hsds_id)[:1], full=True))


def taxonomies(wanted: Wanted) -> Page:
    """A page of taxonomies."""
    rows = opened(Taxonomy)
    if wanted.search:
        rows = rows.filter(record__name__icontains=wanted.search)
    found, page = _page(rows, wanted)
    return page([one.record for one in found])


def taxonomy(hsds_id: uuid.UUID) -> Record | None:
    """A taxonomy; None where it is not public."""
    one = opened(Taxonomy).filter(hsds_id=hsds_id).first()
    return None if one is None else one.record


def taxonomy_terms(wanted: Wanted) -> Page:
    """A page of terms, each with its taxonomy."""
    rows = opened(Term)
    if wanted.search:
        rows = rows.filter(name__icontains=wanted.search)
    if wanted.taxonomy_id:
        rows = rows.filter(record__taxonomy_id=str(wanted.taxonomy_id))
    if wanted.parent_id:
        rows = rows.filter(record__parent_id=str(wanted.parent_id))
    if wanted.top_only:
        rows = rows.filter(record__parent_id__isnull=True)
    found, page = _page(rows, wanted)
    return page(nesting.terms(found))


def taxonomy_term(hsds_id: uuid.UUID) -> Record | None:
    """A term with its taxonomy; None where it is not public."""
    return _one(nesting.terms(opened(Term).filter(hsds_id=hsds_id)[:1]))


def _one(found: list[Record]) -> Record | None:
    return found[0] if found else None


def _services() -> QuerySet[Any]:
    return (
        opened(Listing)
        .filter(partner__public=True, partner__gone_since=None)
        .select_related("partner")
        .defer(*UNREAD)
    )


def _at() -> QuerySet[Any]:
    return (
        opened(ListedAt)
        .filter(shown_at())
        .select_related("listing__partner", "place")
        .defer(*(f"listing__{name}" for name in UNREAD))
    )


def _asked(rows: QuerySet[Any], wanted: Wanted, *, organisation: str, offer: str = "") -> QuerySet[Any]:
    if wanted.search:
        rows = rows.filter(**{f"{offer}told_by": _said(wanted.search)})
    if wanted.organization_id:
        rows = rows.filter(**{organisation: wanted.organization_id})
    if wanted.taxonomy_term_id:
        if not opened(Term).filter(hsds_id=wanted.taxonomy_term_id).exists():
            return rows.none()
        rows = rows.filter(**{f"{offer}terms__contains": [wanted.taxonomy_term_id]})
    if wanted.taxonomy_id:
        of_taxonomy = opened(Term).filter(record__taxonomy_id=str(wanted.taxonomy_id))
        rows = rows.filter(
            **{
                f"{offer}terms__overlap": list(of_taxonomy.values_list("hsds_id", flat=True))
                or [uuid.UUID(int=0)]
            }
        )
    return _after(rows, wanted)


def _said(text: str) -> Any:
    """Words, with endings as any language of the directories has them."""
    configs = ("simple", *finding.SPEECH.values())
    return reduce(or_, (SearchQuery(text, config=one, search_type="websearch") for one in configs))


def _after(rows: QuerySet[Any], wanted: Wanted) -> QuerySet[Any]:
    return rows.filter(changed_at__gte=wanted.modified_after) if wanted.modified_after else rows


def _page(
    rows: QuerySet[Any], wanted: Wanted, *, most: int | None = None
) -> tuple[list[Any], Callable[[Iterable[Record]], Page]]:
    most = most or (MOST_IN_LINES if wanted.lines else MOST_A_PAGE)
    per_page = min(max(wanted.per_page, 1), most)
    number = max(wanted.page, 1)
    total = rows.count()
    found = list(rows[(number - 1) * per_page : number * per_page])
    return found, lambda entries: Page(tuple(entries), total, number, per_page)
