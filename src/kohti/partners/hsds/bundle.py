"""A whole directory in HSDS 3.0: out of JSON or of the tabular data package, and into either."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from . import files
from .files import Unreadable
from .records import DEEPEST, Fault, Record, plain, read
from .shapes import ALL, ROOTS, SHAPES, Shape

BY_FILE = {shape.file: shape for shape in ALL}
APART = {
    "organization": {"locations": "location", "services": "service"},
    "service": {
        "organization": "organization",
        "program": "program",
        "service_at_locations": "service_at_location",
    },
    "service_at_location": {"location": "location", "service": "service"},
}
"""Records that JSON writes within others and that stand by themselves: key and kind, by what they are written in."""

PARENTS = ("contact", "phone", "service_at_location", "service", "location", "organization")
"""Whose a row of the tabular package is: of the kinds it names, the first it gives an identifier of."""


@dataclass(slots=True)
class Bundle:
    """Records that stand by themselves, by kind and identifier; what stands within one is nested in it.

    named  kind and identifier of records it names and does not hold: those left out, or told by their names alone
    whole  whether it is all that its source has, so that whatever it does not name is gone
    """

    records: dict[str, dict[str, Record]] = field(default_factory=lambda: {kind: {} for kind in ROOTS})
    faults: list[Fault] = field(default_factory=list)
    named: set[tuple[str, str]] = field(default_factory=set)
    whole: bool = True

    def of(self, kind: str) -> dict[str, Record]:
        """The records of a kind, by identifier."""
        return self.records[kind]


def load(path: Path) -> Bundle:
    """A directory out of a file (JSON, CSV, or a ZIP of these) or a folder of them. Raises Unreadable."""
    if not path.exists():
        raise Unreadable(str(path), code="not-there")
    return load_files(files.found(path))


def load_files(several: Mapping[str, bytes | None]) -> Bundle:
    """The same out of files by name (None: it cannot be unpacked). One that cannot be read is a fault of its own.

    Raises Unreadable where there is nothing to be read in any of them.
    """
    tables: dict[str, list[dict[str, Any]]] = {}
    made = Bundle()
    read_any = False
    broken: list[Unreadable] = []
    for name, content in several.items():
        last = PurePosixPath(name).name.lower()
        try:
            if content is None:
                raise Unreadable(name, code="not-zip")
            if last in BY_FILE:
                tables.setdefault(last, []).extend(files.rows(name, content, made.faults))
            elif last.endswith(".json") and last != "datapackage.json":
                _take_file(made, files.parsed(name, content), name=PurePosixPath(last).stem)
            else:
                continue
            read_any = True
        except Unreadable as trouble:
            broken.append(trouble)
            made.whole = False
            made.faults.append(Fault("", plain(name)[:60], "", trouble.code, lost=True))
    if not read_any:
        raise broken[0] if broken else Unreadable("", code="nothing")
    if tables:
        _take_tables(made, tables)
    if not made.whole:
        made.faults.append(Fault("", "", "", "not-all"))
    settle(made)
    return made


def _take_file(made: Bundle, found: Any, *, name: str) -> None:
    """Take what a JSON file holds: tables by their names, or records."""
    if isinstance(found, Mapping) and any(key in BY_FILE for key in found):
        _take_tables(made, {key: rows for key, rows in found.items() if key in BY_FILE})
    else:
        _take_json(made, found, name=name)


def _take_json(made: Bundle, found: Any, *, name: str) -> None:
    """Take a record, a list of them, or a page of them."""
    if isinstance(found, Mapping) and isinstance(found.get("contents"), list):
        if found.get("first_page") is False or found.get("last_page") is False:
            made.whole = False
        found = found["contents"]
    for one in found if isinstance(found, list) else [found]:
        kind = _kind(one, name)
        if kind is None:
            made.faults.append(Fault("", "", "", "no-record", lost=True))
        else:
            _take(made, kind, one)


def _kind(found: Any, name: str) -> str | None:
    """What a record is: told by what only its kind has, else by the name of its file."""
    if not isinstance(found, Mapping):
        return None
    if "service_at_locations" in found or "status" in found:
        return "service"
    if "location_type" in found:
        return "location"
    if {"organization_identifiers", "legal_status", "programs", "website"} & found.keys():
        return "organization"
    if {"organization", "program", "program_id"} & found.keys():
        return "service"
    if {"taxonomy_id", "taxonomy_detail", "term_uri", "parent_id"} & found.keys():
        return "taxonomy_term"
    if "organization_id" in found and "location" not in name:
        return "service"
    for kind in sorted(ROOTS, key=len, reverse=True):
        if kind in name or kind.replace("y", "ies") in name:
            return kind
    if "location" in found or "service_id" in found:
        return "service_at_location"
    return "organization" if {"name", "description"} <= found.keys() else None


def _take(
    made: Bundle, kind: str, found: Mapping[str, Any], *, deep: int = 0, **points: str
) -> Record | None:
    """Take a record and those written within it that stand by themselves. `points`: to what it belongs."""
    if deep > DEEPEST:
        made.faults.append(Fault(kind, "", "", "no-record", lost=True))
        return None
    if kind == "service" and points and found.keys() <= {"id", "name"}:
        made.named.add((kind, str(found.get("id", "")).lower()))
        return None  # an organisation that only names its services
    apart = APART.get(kind, {})
    record = read(
        SHAPES[kind],
        {**{key: value for key, value in found.items() if key not in apart}, **_unless(found, points)},
        made.faults,
    )
    if record is None:
        return None
    _terms(made, SHAPES[kind], record)
    if kind in ROOTS:
        stands = made.of(kind).setdefault(record["id"], record)
        for key, value in record.items():
            stands.setdefault(key, value)
    own = {f"{kind}_id": record["id"]}
    for key, inner in apart.items():
        within = found.get(key)
        if not within:
            continue
        above = key in ("organization", "program", "location", "service") and not isinstance(within, list)
        for one in [within] if above else within if isinstance(within, list) else []:
            if not isinstance(one, Mapping):
                made.faults.append(Fault(inner, "", "", "no-record", lost=True))
                continue
            taken = _take(made, inner, one, deep=deep + 1, **({} if above else own))
            if taken is None:
                continue
            if above:
                made.of(kind)[record["id"]].setdefault(f"{inner}_id", taken["id"])
            if inner == "program":
                made.of(kind)[record["id"]]["program"] = taken
    return record


def _unless(found: Mapping[str, Any], points: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in points.items() if not found.get(key)}


def _terms(made: Bundle, shape: Shape, record: Record) -> None:
    """Terms and taxonomies, which JSON repeats wherever they are used, stand by themselves."""
    for within, one in _within(shape, record):
        if "taxonomy_term" in within.one and (term := one.pop("taxonomy_term", None)) is not None:
            one.setdefault("taxonomy_term_id", term["id"])
            _term(made, term)
    if "taxonomy_detail" in shape.one and "taxonomy_detail" in record:
        _term(made, record)


def _term(made: Bundle, term: Record) -> None:
    if (detail := term.pop("taxonomy_detail", None)) is not None:
        term.setdefault("taxonomy_id", detail["id"])
        made.of("taxonomy").setdefault(detail["id"], detail)
    made.of("taxonomy_term").setdefault(term["id"], term)


def _within(shape: Shape, record: Record) -> Iterator[tuple[Shape, Record]]:
    """All records within one, however deep, with their shapes."""
    for key, kind in {**shape.lists, **shape.one}.items():
        value = record.get(key, [])
        for one in value if isinstance(value, list) else [value]:
            yield SHAPES[kind], one
            yield from _within(SHAPES[kind], one)


def _take_tables(made: Bundle, tables: Mapping[str, Any]) -> None:
    """Take rows by file: each becomes part of what it names as its own."""
    records: dict[str, dict[str, Record]] = {}
    for file, rows in tables.items():
        shape = BY_FILE[file]
        mine = records.setdefault(shape.name, {})
        for row in rows if isinstance(rows, list) else []:
            record = read(shape, row, made.faults)
            if record is None:
                continue
            if record["id"] in mine:
                made.faults.append(Fault(shape.name, record["id"], "id", "same-id", lost=True))
                continue
            mine[record["id"]] = record
    for shape in reversed(ALL):  # what stands deepest first
        if shape.name in ROOTS:
            continue
        for record in records.get(shape.name, {}).values():
            if not _put(shape, record, records):
                made.faults.append(Fault(shape.name, record["id"], "", "not-there", lost=True))
    for kind in ROOTS:
        for record in records.get(kind, {}).values():
            made.of(kind).setdefault(record["id"], record)


def _put(shape: Shape, record: Record, records: Mapping[str, Mapping[str, Record]]) -> bool:
    """Put a record within what it belongs to; whether that is there."""
    if shape.name in ("attribute", "metadata"):
        whose = record.get("link_id" if shape.name == "attribute" else "resource_id", "")
        for kind in records:
            if whose in records[kind] and shape.name in SHAPES[kind].lists.values():
                records[kind][whose].setdefault(_key(SHAPES[kind], shape.name), []).append(record)
                return True
        return False
    for kind in PARENTS:
        above = records.get(kind, {}).get(record.get(f"{kind}_id", ""))
        if above is not None and shape.name in SHAPES[kind].lists.values():
            above.setdefault(_key(SHAPES[kind], shape.name), []).append(record)
            return True
    return False


def _key(shape: Shape, inner: str) -> str:
    return next(key for key, kind in shape.lists.items() if kind == inner)


def settle(made: Bundle) -> None:
    """What points to a record that is not there is left out, and said; so is one identifier for two organisations."""
    gone = True
    while gone:
        gone = False
        for kind, needed in (
            ("service", ("organization",)),
            ("service_at_location", ("service", "location")),
        ):
            for record in list(made.of(kind).values()):
                for other in needed:
                    if record.get(f"{other}_id") in made.of(other):
                        continue
                    del made.of(kind)[record["id"]]
                    made.faults.append(Fault(kind, record["id"], f"{other}_id", "not-there", lost=True))
                    gone = True
                    break
    made.faults = list(dict.fromkeys(made.faults))
    made.named.update((one.kind, one.record.lower()) for one in made.faults if one.lost and one.kind in ROOTS)
    holders: dict[tuple[str, str], str] = {}
    for record in made.of("organization").values():
        if any(holders.setdefault(one, record["id"]) != record["id"] for one in identifiers(record)):
            made.faults.append(same_identifier(record))


def identifiers(organisation: Record) -> list[tuple[str, str]]:
    """What an organisation is known by elsewhere, as it is compared: of which kind, and which."""
    known = organisation.get("organization_identifiers", ())
    return [(one["identifier_type"].casefold(), one["identifier"].casefold()) for one in known]


def same_identifier(organisation: Record) -> Fault:
    """Another organisation is known by the same: both are taken, and it is said."""
    return Fault("organization", organisation["id"], "organization_identifiers", "same-identifier")


def tables(bundle: Bundle) -> dict[str, list[Record]]:
    """Rows by file of the tabular data package; a record within others becomes a row that names them."""
    found: dict[str, dict[str, Record]] = {shape.name: {} for shape in ALL}
    for kind in ROOTS:
        for record in bundle.of(kind).values():
            _flatten(SHAPES[kind], record, found)
    for record in bundle.of("service").values():
        if "program" in record:
            _flatten(
                SHAPES["program"], {**record["program"], "organization_id": record["organization_id"]}, found
            )
    return {
        shape.file: [
            {name: row[name] for name in shape.fields if name in row} for row in found[shape.name].values()
        ]
        for shape in ALL
        if found[shape.name]
    }


def _flatten(shape: Shape, record: Record, found: dict[str, dict[str, Record]]) -> None:
    row = found[shape.name].setdefault(record["id"], {})
    for name in shape.fields:
        if name in record:
            row.setdefault(name, record[name])
    for key, inner in shape.lists.items():
        for one in record.get(key, ()):
            points: Iterable[tuple[str, str]]
            if inner == "attribute":
                points = (("link_id", record["id"]), ("link_entity", shape.name))
            elif inner == "metadata":
                points = (("resource_id", record["id"]), ("resource_type", shape.name))
            else:
                points = ((f"{shape.name}_id", record["id"]),)
            _flatten(SHAPES[inner], {**dict(points), **one}, found)


def as_csv(file: str, rows: list[Record]) -> bytes:
    """A file of the tabular data package: UTF-8, with every column of the specification."""
    shape = next(one for one in ALL if one.file == file)
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(shape.fields), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


_FRICTIONLESS: dict[str, dict[str, str]] = {
    "id": {"type": "string", "format": "uuid"},
    "text": {"type": "string"},
    "number": {"type": "number"},
    "day": {"type": "date"},
    "moment": {"type": "datetime"},
    "email": {"type": "string", "format": "email"},
    "web": {"type": "string", "format": "uri"},
}


def descriptor(files: Iterable[str], *, title: str) -> dict[str, Any]:
    """The `datapackage.json` of a package (Frictionless Tabular Data Package) of these files."""
    wanted = set(files)
    return {
        "name": "human_services_data",
        "title": title,
        "profile": "tabular-data-package",
        "version": "3.0.0",
        "resources": [
            {
                "name": shape.name,
                "path": shape.file,
                "format": "csv",
                "mediatype": "text/csv",
                "profile": "tabular-data-resource",
                "schema": {
                    "primaryKey": "id",
                    "fields": [
                        {
                            "name": name,
                            **(
                                {"type": "string", "constraints": {"enum": list(kind)}}
                                if isinstance(kind, tuple)
                                else _FRICTIONLESS[kind]
                            ),
                        }
                        for name, kind in shape.fields.items()
                    ],
                },
            }
            for shape in ALL
            if shape.file in wanted
        ],
    }
