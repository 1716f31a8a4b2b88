"""What the records of HSDS 3.0 hold: their fields in the specification's order, and what stands within what.

Source: the Open Referral Human Services Data Specification, version 3.0 (docs.openreferral.org), its JSON Schemas and
its tabular data package. Names, types and what is required are facts of the specification; the words are not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ID, TEXT, NUMBER, DAY, MOMENT, EMAIL, WEB = "id", "text", "number", "day", "moment", "email", "web"
"""Types of values. `id` is a UUID; `day` is YYYY-MM-DD; `moment` an instant of RFC 3339; `web` an address."""


@dataclass(frozen=True)
class Shape:
    """One kind of record.

    name      the specification's, in the singular
    file      its file in the tabular data package
    fields    name and type of each value; a tuple is a list of the words allowed
    required  what a record is nothing without
    lists     lists of further records within it, by key
    one       single records within it, by key
    """

    name: str
    file: str
    fields: Mapping[str, str | tuple[str, ...]]
    required: tuple[str, ...] = ("id",)
    lists: Mapping[str, str] = field(default_factory=dict)
    one: Mapping[str, str] = field(default_factory=dict)


def _texts(*names: str) -> dict[str, str | tuple[str, ...]]:
    return dict.fromkeys(names, TEXT)


def _ids(*names: str) -> dict[str, str | tuple[str, ...]]:
    return dict.fromkeys(names, ID)


WITH = {"attributes": "attribute", "metadata": "metadata"}
"""What nearly every record may carry."""

ALL = (
    Shape(
        "organization",
        "organizations.csv",
        {
            **_ids("id"),
            **_texts("name", "alternate_name", "description"),
            "email": EMAIL,
            "website": WEB,
            **_texts("tax_status", "tax_id"),
            "year_incorporated": NUMBER,
            **_texts("legal_status", "logo"),
            "uri": WEB,
            **_ids("parent_organization_id"),
        },
        required=("id", "name", "description"),
        lists={
            "funding": "funding",
            "contacts": "contact",
            "phones": "phone",
            "programs": "program",
            "organization_identifiers": "organization_identifier",
            **WITH,
        },
    ),
    Shape(
        "program",
        "programs.csv",
        {**_ids("id", "organization_id"), **_texts("name", "alternate_name", "description")},
        required=("id", "name", "description"),
        lists=WITH,
    ),
    Shape(
        "service",
        "services.csv",
        {
            **_ids("id", "organization_id", "program_id"),
            **_texts("name", "alternate_name", "description"),
            "url": WEB,
            "email": EMAIL,
            "status": ("active", "inactive", "defunct", "temporarily closed"),
            **_texts("interpretation_services", "application_process", "fees_description", "wait_time"),
            **_texts("fees", "accreditations", "eligibility_description"),
            "minimum_age": NUMBER,
            "maximum_age": NUMBER,
            "assured_date": DAY,
            "assurer_email": EMAIL,
            **_texts("licenses", "alert"),
            "last_modified": MOMENT,
        },
        required=("id", "name", "status"),
        lists={
            "phones": "phone",
            "schedules": "schedule",
            "service_areas": "service_area",
            "languages": "language",
            "funding": "funding",
            "cost_options": "cost_option",
            "required_documents": "required_document",
            "contacts": "contact",
            **WITH,
        },
    ),
    Shape(
        "service_at_location",
        "service_at_location.csv",
        {**_ids("id", "service_id", "location_id"), **_texts("description")},
        lists={"contacts": "contact", "phones": "phone", "schedules": "schedule", **WITH},
    ),
    Shape(
        "location",
        "locations.csv",
        {
            **_ids("id"),
            "location_type": ("physical", "postal", "virtual"),
            "url": WEB,
            **_ids("organization_id"),
            **_texts("name", "alternate_name", "description", "transportation"),
            "latitude": NUMBER,
            "longitude": NUMBER,
            **_texts("external_identifier", "external_identifier_type"),
        },
        required=("id", "location_type"),
        lists={
            "languages": "language",
            "addresses": "address",
            "contacts": "contact",
            "accessibility": "accessibility",
            "phones": "phone",
            "schedules": "schedule",
            **WITH,
        },
    ),
    Shape(
        "address",
        "addresses.csv",
        {
            **_ids("id", "location_id"),
            **_texts("attention", "address_1", "address_2", "city", "region", "state_province"),
            **_texts("postal_code", "country"),
            "address_type": ("physical", "postal", "virtual"),
        },
        required=(
            "id",
            "address_1",
            "city",
            "state_province",
            "postal_code",
            "country",
            "address_type",
        ),
        lists=WITH,
    ),
    Shape(
        "phone",
        "phones.csv",
        {
            **_ids("id", "location_id", "service_id", "organization_id", "contact_id"),
            **_ids("service_at_location_id"),
            "number": TEXT,
            "extension": NUMBER,
            **_texts("type", "description"),
        },
        required=("id", "number"),
        lists={"languages": "language", **WITH},
    ),
    Shape(
        "contact",
        "contacts.csv",
        {
            **_ids("id", "organization_id", "service_id", "service_at_location_id", "location_id"),
            **_texts("name", "title", "department"),
            "email": EMAIL,
        },
        lists={"phones": "phone", **WITH},
    ),
    Shape(
        "schedule",
        "schedules.csv",
        {
            **_ids("id", "service_id", "location_id", "service_at_location_id"),
            "valid_from": DAY,
            "valid_to": DAY,
            "dtstart": DAY,
            "timezone": NUMBER,
            "until": DAY,
            "count": NUMBER,
            "wkst": ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
            "freq": ("WEEKLY", "MONTHLY"),
            "interval": NUMBER,
            **_texts("byday", "byweekno", "bymonthday", "byyearday", "description", "opens_at", "closes_at"),
            "schedule_link": WEB,
            **_texts("attending_type", "notes"),
        },
        lists=WITH,
    ),
    Shape(
        "funding",
        "funding.csv",
        {**_ids("id", "organization_id", "service_id"), **_texts("source")},
        lists=WITH,
    ),
    Shape(
        "service_area",
        "service_areas.csv",
        {
            **_ids("id", "service_id"),
            **_texts("name", "description", "extent", "extent_type"),
            "uri": WEB,
        },
        lists=WITH,
    ),
    Shape(
        "required_document",
        "required_documents.csv",
        {**_ids("id", "service_id"), **_texts("document"), "uri": WEB},
        lists=WITH,
    ),
    Shape(
        "language",
        "languages.csv",
        {**_ids("id", "service_id", "location_id", "phone_id"), **_texts("name", "code", "note")},
        lists=WITH,
    ),
    Shape(
        "accessibility",
        "accessibility.csv",
        {**_ids("id", "location_id"), **_texts("description", "details"), "url": WEB},
        lists=WITH,
    ),
    Shape(
        "cost_option",
        "cost_options.csv",
        {
            **_ids("id", "service_id"),
            "valid_from": DAY,
            "valid_to": DAY,
            **_texts("option", "currency"),
            "amount": NUMBER,
            "amount_description": TEXT,
        },
        lists=WITH,
    ),
    Shape(
        "organization_identifier",
        "organization_identifiers.csv",
        {
            **_ids("id", "organization_id"),
            **_texts("identifier_scheme", "identifier_type", "identifier"),
        },
        required=("id", "identifier_type", "identifier"),
        lists=WITH,
    ),
    Shape(
        "attribute",
        "attributes.csv",
        {
            **_ids("id", "link_id", "taxonomy_term_id"),
            **_texts("link_type", "link_entity", "value"),
        },
        one={"taxonomy_term": "taxonomy_term"},
        lists={"metadata": "metadata"},
    ),
    Shape(
        "taxonomy_term",
        "taxonomy_terms.csv",
        {
            **_ids("id"),
            **_texts("code", "name", "description"),
            **_ids("parent_id"),
            **_texts("taxonomy", "language"),
            **_ids("taxonomy_id"),
            "term_uri": WEB,
        },
        required=("id", "name", "description"),
        one={"taxonomy_detail": "taxonomy"},
        lists={"metadata": "metadata"},
    ),
    Shape(
        "taxonomy",
        "taxonomies.csv",
        {**_ids("id"), **_texts("name", "description"), "uri": WEB, "version": TEXT},
        required=("id", "name", "description"),
        lists={"metadata": "metadata"},
    ),
    Shape(
        "metadata",
        "metadata.csv",
        {
            **_ids("id", "resource_id"),
            **_texts("resource_type", "last_action_date", "last_action_type", "field_name"),
            **_texts("previous_value", "replacement_value", "updated_by"),
        },
        required=(
            "id",
            "last_action_date",
            "last_action_type",
            "field_name",
            "previous_value",
            "replacement_value",
            "updated_by",
        ),
    ),
)
SHAPES = {shape.name: shape for shape in ALL}

ROOTS = ("organization", "service", "location", "service_at_location", "taxonomy", "taxonomy_term")
"""The records that stand by themselves; all others stand within one of them."""
