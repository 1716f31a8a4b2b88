"""A directory that comes from elsewhere: what can be read is taken, again and again, and what is gone is said."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from kohti.kernel import actor as actors
from kohti.kernel import clock, history
from kohti.kernel.actor import Actor
from kohti.kernel.ids import new_id

from ..hsds import bundle as hsds
from ..hsds.bundle import Bundle
from ..hsds.records import Fault, Record
from ..models import TABLES, Entry, ListedAt, Listing, Partner, Place, Taxonomy, Term
from .deriving import A_BATCH, derive
from .showing import hide_unused


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of a file: how many records it holds, of which so many new, changed, as they were; how many that its
    source held before it names no more; and what could not be read."""

    read: int
    new: int
    changed: int
    unchanged: int
    gone: int
    faults: Sequence[Fault] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        return {
            "records": self.read,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "gone": self.gone,
            "faults": [one.as_json() for one in self.faults],
        }


def bring_file(actor: Actor, path: Path, *, source: str, apply: bool, public: bool = True) -> Brought:
    """Check an HSDS file or folder, and take it when `apply`. Raises `hsds.bundle.Unreadable`."""
    return bring(actor, hsds.load(path), source=source, apply=apply, public=public)


def bring(actor: Actor, found: Bundle, *, source: str, apply: bool, public: bool = True) -> Brought:
    """Take a directory: what is new is added, what changed is changed, what its source names no more is marked so.

    The same directory again changes nothing; one that names a record again brings it back. Each record belongs to
    the source that brought it first, and another's record of the same identifier is a fault (`not-yours`), so that
    two who keep one organisation do not overwrite each other. What is named in it and cannot be read is not gone, and
    nothing is where it is not all (`found.whole`). Not `public`: what it holds is for colleagues only from now on;
    else what stands stays as public as it is.
    """
    actors.must(actor, "directory.keep")
    if not source.strip():
        raise ValueError("a directory that is brought in has a source")
    now = clock.now()
    faults = list(found.faults)
    new = changed = unchanged = gone = 0
    ids: dict[str, dict[str, uuid.UUID]] = {}
    touched: set[uuid.UUID] = set()
    missing: dict[str, dict[str, _Before]] = {}
    hidden = _hidden(actor)
    nobodys = _places_of_nobody(actor)
    for kind, table in TABLES.items():
        there = _there(actor, table)
        ids[kind] = {hsds_id: one.id for hsds_id, one in there.items()}
        if kind == "organization":
            faults += _known_elsewhere(found, there, source)
        rows: list[Entry] = []
        for hsds_id, record in found.of(kind).items():
            before = there.get(hsds_id)
            if before is not None and before.source != source:
                faults.append(Fault(kind, hsds_id, "id", "not-yours", lost=True))
                continue
            as_before = (
                before is None
                or before.id not in nobodys
                or record.get("organization_id") not in ids["organization"]
            )
            if before is not None and as_before and before.stands(record) and (public or not before.public):
                unchanged += 1
                continue
            row_id = before.id if before is not None else new_id()
            ids[kind][hsds_id] = row_id
            values = _values(kind, record, ids)
            if values is None:
                faults.append(Fault(kind, hsds_id, "", "not-there", lost=True))
                continue
            new += before is None
            changed += before is not None
            touched.add(row_id)
            rows.append(
                table(
                    id=row_id,
                    service_id=actor.service,
                    hsds_id=uuid.UUID(hsds_id),
                    source=source,
                    record=record,
                    changed_at=_changed(record) or now,
                    gone_since=None,
                    public=public and values.get("listing_id") not in hidden,
                    **values,
                )
            )
        missing[kind] = {
            hsds_id: one
            for hsds_id, one in there.items()
            if one.source == source and one.gone_since is None and hsds_id not in found.of(kind)
        }
        if apply:
            _write(table, rows, public=public)
            _say_again(there, [one for one in rows if isinstance(one, Listing)])
            hide_unused({one.place_id for one in rows if isinstance(one, ListedAt) and not one.public})
    for kind, away in _gone(found, missing).items():
        gone += len(away)
        touched.update(away)
        for start in range(0, len(away) if apply else 0, A_BATCH):
            TABLES[kind]._default_manager.filter(id__in=away[start : start + A_BATCH]).update(gone_since=now)
    made = Brought(
        sum(len(found.of(kind)) for kind in TABLES),
        new,
        changed,
        unchanged,
        gone,
        tuple(dict.fromkeys(faults)),
    )
    if apply and (new or changed or gone):
        derive(actor, touched=touched if len(touched) <= A_BATCH else None)
        history.record(
            "directory.brought",
            "directory",
            None,
            detail={"source": source, "new": new, "changed": changed, "gone": gone, "public": public},
        )
    return made


@dataclass(frozen=True, slots=True)
class _Before:
    """A record as it stands."""

    id: uuid.UUID
    record: Record
    gone_since: datetime | None
    source: str
    public: bool

    def stands(self, record: Record) -> bool:
        """Whether it is there, and says just that."""
        return self.gone_since is None and self.record == record


def _there(actor: Actor, table: type[Entry]) -> dict[str, _Before]:
    return {
        str(hsds_id): _Before(*values)
        for hsds_id, *values in table._default_manager.filter(service_id=actor.service)
        .order_by("hsds_id")
        .values_list("hsds_id", "id", "record", "gone_since", "source", "public")
    }


def _hidden(actor: Actor) -> set[uuid.UUID]:
    """Offers that are for colleagues only."""
    return set(
        Listing.objects.filter(service_id=actor.service, public=False)
        .order_by("id")
        .values_list("id", flat=True)
    )


def _places_of_nobody(actor: Actor) -> set[uuid.UUID]:
    return set(
        Place.objects.filter(service_id=actor.service, partner=None)
        .order_by("id")
        .values_list("id", flat=True)
    )


def _known_elsewhere(found: Bundle, there: Mapping[str, _Before], source: str) -> list[Fault]:
    """Organisations that another source, or somebody here, has under the same identifier."""
    held = {
        named
        for one in there.values()
        if one.source != source and one.gone_since is None
        for named in hsds.identifiers(one.record)
    }
    return [
        hsds.same_identifier(record)
        for hsds_id, record in found.of("organization").items()
        if held & set(hsds.identifiers(record)) and (hsds_id not in there or there[hsds_id].source == source)
    ]


def _gone(found: Bundle, missing: Mapping[str, Mapping[str, _Before]]) -> dict[str, list[uuid.UUID]]:
    """What is gone, by kind: what is not in it, unless it is named there, or belongs to what is."""
    if not found.whole:
        return {}
    named = set(found.named)
    for hsds_id, one in missing["service"].items():
        if ("service", hsds_id) in named:
            named.add(("organization", one.record.get("organization_id", "")))
    for hsds_id, one in missing["service_at_location"].items():
        of, at = (
            ("service", one.record.get("service_id", "")),
            ("location", one.record.get("location_id", "")),
        )
        if {of, at, ("service_at_location", hsds_id)} & named:
            named.add(("service_at_location", hsds_id))
            if of in named:
                named.add(at)
    return {
        kind: [one.id for hsds_id, one in away.items() if (kind, hsds_id) not in named]
        for kind, away in missing.items()
    }


def _values(kind: str, record: Record, ids: Mapping[str, Mapping[str, uuid.UUID]]) -> dict[str, Any] | None:
    """The columns beside a record; None where what it points to is not here."""
    from .. import finding

    if kind in ("organization", "taxonomy_term"):
        return {"name": record["name"]}
    if kind == "taxonomy":
        return {}
    if kind == "location":
        address, town = finding.town_of(record)
        return {
            "name": record.get("name", ""),
            "address": address,
            "town": town,
            "partner_id": ids["organization"].get(record.get("organization_id", "")),
        }
    if kind == "service":
        partner = ids["organization"].get(record.get("organization_id", ""))
        if partner is None:
            return None
        return {
            "partner_id": partner,
            "name": record["name"],
            "status": record["status"],
            "confirmed_at": _assured(record),
        }
    offer = ids["service"].get(record.get("service_id", ""))
    place = ids["location"].get(record.get("location_id", ""))
    return {"listing_id": offer, "place_id": place} if offer and place else None


def _assured(record: Record) -> datetime | None:
    said = record.get("assured_date")
    return datetime.combine(datetime.fromisoformat(said).date(), time(), UTC) if said else None


def _changed(record: Record) -> datetime | None:
    said = record.get("last_modified")
    return datetime.fromisoformat(said).astimezone(UTC) if said else None


KEPT = {
    Partner: ("name",),
    Taxonomy: (),
    Term: ("name",),
    Place: ("name", "address", "town", "partner"),
    Listing: ("partner", "name"),
    ListedAt: ("listing", "place"),
}
"""What a record that comes again writes anew; what was added here beside it stays."""


def _write(table: type[Entry], rows: Iterable[Entry], *, public: bool) -> None:
    table._default_manager.bulk_create(
        rows,
        batch_size=A_BATCH,
        update_conflicts=True,
        unique_fields=["service", "hsds_id"],
        update_fields=["record", "changed_at", "gone_since", *KEPT[table], *([] if public else ["public"])],
    )


def _say_again(there: Mapping[str, _Before], rows: Iterable[Listing]) -> None:
    """What colleagues said of an offer stands until its source says something new.

    That is another status than it said before, or a later day on which it was assured.
    """
    again = [(there[str(one.hsds_id)], one) for one in rows if str(one.hsds_id) in there]
    said = [one for before, one in again if before.record.get("status") != one.record["status"]]
    Listing.objects.bulk_update(said, ["status"], batch_size=A_BATCH)
    confirmed: dict[uuid.UUID, datetime | None] = {}
    assured = [one for _before, one in again if one.confirmed_at]
    for start in range(0, len(assured), A_BATCH):
        confirmed.update(
            Listing.objects.filter(id__in=[one.id for one in assured[start : start + A_BATCH]])
            .order_by("id")
            .values_list("id", "confirmed_at")
        )
    later = [one for one in assured if one.confirmed_at and _is_later(one.confirmed_at, confirmed[one.id])]
    Listing.objects.bulk_update(later, ["confirmed_at", "confirmed_by", "confirm_by"], batch_size=A_BATCH)


def _is_later(said: datetime, stands: datetime | None) -> bool:
    return stands is None or said > stands
