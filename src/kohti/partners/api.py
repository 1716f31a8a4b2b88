"""The directory for other programs: HSDS 3.0's API, open to all for what is public, to be read only."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, register_converter
from django.urls.converters import UUIDConverter

from kohti.kernel import ids
from kohti.kernel.doors import open_to_all

from . import published
from .published import Page, Wanted

PROFILE = "https://docs.openreferral.org/en/v3.0/"
OPENAPI = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json"
NOT_HERE = ("postcode", "proximity")
"""Ways to search that are in the specification and not here: whoever uses one is told, rather than answered wrong."""


class _Identifier(UUIDConverter):
    """A UUID in either case."""

    regex = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"


register_converter(_Identifier, "hsds")


class _Unfit(ValueError):
    """A parameter that cannot be read; the argument is its name."""


@open_to_all()
def about(request: HttpRequest) -> HttpResponseBase:
    """Which version of the specification this is."""
    return _answer({"version": "3.0", "profile": PROFILE, "openapi_url": OPENAPI})


@open_to_all()
def services(request: HttpRequest) -> HttpResponseBase:
    """A page of what is offered."""
    return _listed(request, lambda wanted, full: published.services(wanted, full=full))


@open_to_all()
def service(request: HttpRequest, hsds_id: uuid.UUID) -> HttpResponseBase:
    """What is offered, whole."""
    return _one(published.service(hsds_id))


@open_to_all()
def organizations(request: HttpRequest) -> HttpResponseBase:
    """A page of organisations."""
    whole = _yes(request, "full_service")
    with_services = _yes(request, "full_service", usual=True)
    return _listed(
        request,
        lambda wanted, full: published.organizations(wanted, full=full or whole, full_service=with_services),
    )


@open_to_all()
def organization(request: HttpRequest, hsds_id: uuid.UUID) -> HttpResponseBase:
    """An organisation with what it offers."""
    return _one(published.organization(hsds_id, full_service=_yes(request, "full_service", usual=True)))


@open_to_all()
def services_at_locations(request: HttpRequest) -> HttpResponseBase:
    """A page of offers at places."""
    return _listed(request, lambda wanted, full: published.services_at_locations(wanted, full=full))


@open_to_all()
def service_at_location(request: HttpRequest, hsds_id: uuid.UUID) -> HttpResponseBase:
    """An offer at a place."""
    return _one(published.service_at_location(hsds_id))


@open_to_all()
def taxonomies(request: HttpRequest) -> HttpResponseBase:
    """A page of taxonomies."""
    return _listed(request, lambda wanted, _full: published.taxonomies(wanted))


@open_to_all()
def taxonomy(request: HttpRequest, hsds_id: uuid.UUID) -> HttpResponseBase:
    """A taxonomy."""
    return _one(published.taxonomy(hsds_id))


@open_to_all()
def taxonomy_terms(request: HttpRequest) -> HttpResponseBase:
    """A page of terms."""
    return _listed(request, lambda wanted, _full: published.taxonomy_terms(wanted))


@open_to_all()
def taxonomy_term(request: HttpRequest, hsds_id: uuid.UUID) -> HttpResponseBase:
    """A term."""
    return _one(published.taxonomy_term(hsds_id))


def _listed(request: HttpRequest, read: Callable[[Wanted, bool], Page]) -> HttpResponseBase:
    try:
        wanted = _wanted(request)
    except _Unfit as unfit:
        return _answer({"error": "parameter", "parameter": str(unfit)}, status=400)
    made = read(wanted, _yes(request, "full"))
    if _yes(request, "minimal"):
        entries = [
            {"id": one["id"], **({"last_modified": one["last_modified"]} if "last_modified" in one else {})}
            for one in made.entries
        ]
        made = Page(tuple(entries), made.total, made.number, made.per_page)
    if wanted.lines:
        body = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made.entries)
        return _open_to_others(HttpResponse(body, content_type="application/x-ndjson"))
    return _answer(made.as_json())


def _wanted(request: HttpRequest) -> Wanted:
    given = request.GET
    for name in NOT_HERE:
        if given.get(name):
            raise _Unfit(name)
    after = given.get("modified_after")
    lines = given.get("format", "").lower() == "ndjson"
    return Wanted(
        search=given.get("search", "")[:200].replace("\x00", ""),
        organization_id=_id(request, "organization_id"),
        taxonomy_id=_id(request, "taxonomy_id"),
        taxonomy_term_id=_id(request, "taxonomy_term_id"),
        parent_id=_id(request, "parent_id"),
        top_only=_yes(request, "top_only"),
        modified_after=_moment(after) if after else None,
        page=_number(request, "page", 1),
        per_page=_number(request, "per_page", published.MOST_IN_LINES if lines else 50),
        lines=lines,
    )


def _yes(request: HttpRequest, name: str, *, usual: bool = False) -> bool:
    """Whether a parameter says so, however it is written."""
    said = request.GET.get(name, "").strip().lower()
    return said in ("true", "1", "yes") if said else usual


def _id(request: HttpRequest, name: str) -> uuid.UUID | None:
    text = request.GET.get(name)
    if not text:
        return None
    found = ids.typed(text)
    if found is None:
        raise _Unfit(name)
    return found


def _number(request: HttpRequest, name: str, usual: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:9]) < 10_000_000:
        raise _Unfit(name)
    return int(text[:9])


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise _Unfit("modified_after") from None


def _one(found: Any) -> HttpResponseBase:
    return _answer({"error": "not-there"}, status=404) if found is None else _answer(found)


def _answer(found: Any, *, status: int = 200) -> HttpResponse:
    body = json.dumps(found, ensure_ascii=False)
    return _open_to_others(HttpResponse(body, content_type="application/json", status=status))


def _open_to_others(response: HttpResponse) -> HttpResponse:
    """What is public may be read from any page."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


urlpatterns = [
    path("", about, name="hsds"),
    path("services", services, name="hsds_services"),
    path("services/<hsds:hsds_id>", service, name="hsds_service"),
    path("organizations", organizations, name="hsds_organizations"),
    path("organizations/<hsds:hsds_id>", organization, name="hsds_organization"),
    path("service_at_locations", services_at_locations, name="hsds_services_at_locations"),
    path("service_at_locations/<hsds:hsds_id>", service_at_location, name="hsds_service_at_location"),
    path("taxonomies", taxonomies, name="hsds_taxonomies"),
    path("taxonomies/<hsds:hsds_id>", taxonomy, name="hsds_taxonomy"),
    path("taxonomy_terms", taxonomy_terms, name="hsds_taxonomy_terms"),
    path("taxonomy_terms/<hsds:hsds_id>", taxonomy_term, name="hsds_taxonomy_term"),
]
