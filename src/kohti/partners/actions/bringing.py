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
    two who keep one organisation do not overwrite each other.
    """
    actors.must(actor, "directory.keep")
    now = clock.now()
    faults = list(found.faults)
    new = changed = unchanged = gone = 0
    ids: dict[str, dict[str, uuid.UUID]] = {}
    touched: set[uuid.UUID] = set()
    for kind, table in TABLES.items():
        there = _there(actor, table)
        ids[kind] = {hsds_id: row[0] for hsds_id, row in there.items()}
        rows: list[Entry] = []
        for hsds_id, record in found.of(kind).items():
            before = there.get(hsds_id)
            if before is not None and before[3] != source:
                faults.append(Fault(kind, hsds_id, "id", "not-yours", lost=True))
                continue
            if before is not None and before[1] == record and before[2] is None:
                unchanged += 1
                continue
            row_id = before[0] if before is not None else new_id()
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
                    public=public,
                    **values,
                )
            )
        missing = [
            row[0]
            for hsds_id, row in there.items()
            if row[3] == source and row[2] is None and hsds_id not in found.of(kind)
        ]
        gone += len(missing)
        if apply:
            _write(table, rows)
            for start in range(0, len(missing), A_BATCH):
                table._default_manager.filter(id__in=missing[start : start + A_BATCH]).update(gone_since=now)
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
            detail={"source": source, "new": new, "changed": changed, "gone": gone},
        )
    return made


def _there(actor: Actor, table: type[Entry]) -> dict[str, tuple[uuid.UUID, Record, datetime | None, str]]:
    return {
        str(hsds_id): (row_id, record, gone_since, source)
        for hsds_id, row_id, record, gone_since, source in table._default_manager.filter(
            service_id=actor.service
        )
        .order_by("hsds_id")
        .values_list("hsds_id", "id", "record", "gone_since", "source")
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
    return datetime.fromisoformat(said) if said else None


KEPT = {
    Partner: ("name",),
    Taxonomy: (),
    Term: ("name",),
    Place: ("name", "address", "town", "partner"),
    Listing: ("partner", "name", "status", "confirmed_at"),
    ListedAt: ("listing", "place"),
}
"""What a record that comes again writes anew; what was added here beside it stays."""


def _write(table: type[Entry], rows: Iterable[Entry]) -> None:
    table._default_manager.bulk_create(
        rows,
        batch_size=A_BATCH,
        update_conflicts=True,
        unique_fields=["service", "hsds_id"],
        update_fields=["record", "changed_at", "gone_since", *KEPT[table]],
    )
