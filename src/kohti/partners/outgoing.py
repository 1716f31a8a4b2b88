"""The directory as it goes out: all of it as HSDS records, or what the world may read of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kohti.kernel import actor as actors
from kohti.kernel.actor import Actor

from .hsds.bundle import Bundle, settle
from .hsds.records import Record
from .models import TABLES, Listing


def as_bundle(actor: Actor, *, public_only: bool = False) -> Bundle:
    """The whole directory as HSDS records, to be taken elsewhere; what its sources name no more is left out.

    An offer's status is the one it has here, whatever its source says.
    What hangs on something that is left out is left out as well. `public_only`: what the world may read, without
    pointers to anything else. Raises NotAllowed. Six statements.
    """
    actors.must(actor, "directory.see")
    made = Bundle()
    for kind, table in TABLES.items():
        rows = table._default_manager.filter(service_id=actor.service, gone_since=None).order_by("hsds_id")
        own = ("status",) if table is Listing else ()
        for hsds_id, record, public, *values in rows.values_list("hsds_id", "record", "public", *own):
            if public or not public_only:
                made.of(kind)[str(hsds_id)] = record | dict(zip(own, values, strict=True))
    if public_only:
        _drop(made, "location", [one["id"] for one in made.of("location").values() if _elsewhere(made, one)])
    settle(made)
    if public_only:
        still = {one["location_id"] for one in made.of("service_at_location").values()}
        _drop(made, "location", made.of("location").keys() - still)
        for kind in TABLES:
            made.records[kind] = {one: _pointed(made, record) for one, record in made.of(kind).items()}
    made.faults.clear()
    return made


_POINTERS = {
    "parent_organization_id": "organization",
    "taxonomy_id": "taxonomy",
    "parent_id": "taxonomy_term",
    "taxonomy_term_id": "taxonomy_term",
}


def _elsewhere(made: Bundle, place: Record) -> bool:
    return bool(place.get("organization_id")) and place["organization_id"] not in made.of("organization")


def _drop(made: Bundle, kind: str, ids: Iterable[str]) -> None:
    for one in ids:
        made.of(kind).pop(one, None)


def _pointed(made: Bundle, found: Any) -> Any:
    """A record that points to nothing that is not in the bundle; an attribute that did is none."""
    if isinstance(found, list):
        return [
            _pointed(made, one)
            for one in found
            if not isinstance(one, dict) or one.get("taxonomy_term_id", "") in ("", *made.of("taxonomy_term"))
        ]
    if not isinstance(found, dict):
        return found
    return {
        key: _pointed(made, value)
        for key, value in found.items()
        if key not in _POINTERS or value in made.of(_POINTERS[key])
    }
