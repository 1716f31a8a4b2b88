"""A whole service out, as tables that people and machines can read, and in again in another installation.

A zip: README.md, dictionary.md (what every table and column means, made from the models), and of each table a CSV
for people (a text that looks like a formula stays a text) and JSON lines for machines, which is what comes in again:
the same rows under the same identifiers. Who signs in comes along without passwords and second factors.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from gettext import gettext as _
from pathlib import Path
from typing import Any, Literal

import psycopg
from django.apps import apps
from django.db import models
from psycopg import sql
from pydantic import BaseModel

from kohti.config import prepare
from kohti.kernel import clock
from kohti.kernel.errors import KohtiError
from kohti.kernel.sheets import write_csv

from .files import DAMAGED, BadBackup, appearing, speak_plainly, tables

Say = Callable[[str], None]
NOT_MOVED = {
    "kernel_done": "keys of changes already made: nobody repeats them elsewhere",
    "team_counter": "devices of the old installation",
    "team_wayback": "links that lead to the old installation",
}
NEVER_TOLD = {"team_user": ("password", "last_login")}
SERVICES, USERS, EVENTS, DETAILS = (
    "team_service",
    "team_user",
    "kernel_historyevent",
    "kernel_historydetail",
)
AT_ONCE = 2000


class Taken(KohtiError):
    """The service, or somebody's user name, is there already."""

    code = "taken"


class TableTold(BaseModel):
    """One table: rows, and the sum of the SHA-256 of each (modulo 2**256, hex)."""

    name: str
    rows: int
    digest: str


class ServiceManifest(BaseModel):
    """What the file says of itself."""

    product: Literal["kohti-service"] = "kohti-service"
    format: Literal[1] = 1
    service: str
    service_id: str
    made_at: str
    migrations: list[str]
    tables: list[TableTold]
    not_moved: dict[str, str]


def _conditions(owner: psycopg.Connection[Any]) -> dict[str, str]:
    """Of each table with rows of services, the condition for those of one (its id is the parameter)."""
    found = {
        name: "t.service_id = %s"
        for name, columns in tables(owner).items()
        if "service_id" in columns and name not in NOT_MOVED
    }
    found[SERVICES] = "t.id = %s"
    found[USERS] = "t.id in (select m.user_id from team_membership m where m.service_id = %s)"
    found[DETAILS] = "t.event_id in (select e.id from kernel_historyevent e where e.service_id = %s)"
    return found


def _rows(
    owner: psycopg.Connection[Any], table: str, condition: str, service_id: object
) -> Iterator[tuple[str]]:
    """Each row as JSON text, its keys in PostgreSQL's order."""
    told = "to_jsonb(t)" + "".join(f" - '{name}'" for name in NEVER_TOLD.get(table, ()))
    query = f'select ({told})::text from "{table}" t where {condition}'
    with owner.cursor(name=f"of_{table}") as cursor:
        cursor.itersize = AT_ONCE
        cursor.execute(query.encode(), (service_id,))
        yield from cursor


def _digest(total: int) -> str:
    return f"{total % (1 << 256):064x}"


def _hash(row: str) -> int:
    return int.from_bytes(hashlib.sha256(row.encode()).digest(), "big")


def export(code: str, target: Path, *, url: str, say: Say) -> ServiceManifest:
    """Write the service with this code to a new file, readable by its owner alone. Raises KohtiError.

    One snapshot. The caller notes in the history that it was done.
    """
    told: list[TableTold] = []
    with (
        psycopg.connect(url) as owner,
        appearing(target.absolute()) as unfinished,
        zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        owner.execute("set transaction isolation level repeatable read, read only")
        speak_plainly(owner)
        row = owner.execute("select id from team_service where code = %s", (code,)).fetchone()
        if row is None:
            raise KohtiError(_("There is no service “%(code)s” here.") % {"code": code}, code="not-there")
        service_id = row[0]
        for name, condition in sorted(_conditions(owner).items()):
            told.append(_write(owner, archive, name, condition, service_id))
            if told[-1].rows >= 10_000:
                say(_("%(name)s: %(rows)s rows") % {"name": name, "rows": f"{told[-1].rows:,}"})
        manifest = ServiceManifest(
            service=code,
            service_id=str(service_id),
            made_at=clock.real_now().isoformat(timespec="seconds"),
            migrations=sorted(".".join(one) for one in prepare.applied(owner)),
            tables=told,
            not_moved=NOT_MOVED,
        )
        archive.writestr("dictionary.md", dictionary({table.name for table in told}))
        archive.writestr("README.md", README.format(service=code, made_at=manifest.made_at))
        archive.writestr("manifest.json", manifest.model_dump_json(indent=1))
    return manifest


README = """# {service}, as it was at {made_at}

Everything that one service of Kohti holds. **It is about people, and nothing in it is sealed: keep it as you would
keep their files.**

- `csv/`: each table for a spreadsheet (UTF-8, commas, every cell quoted). A text that looks like a formula has an
  apostrophe before it, so that it stays a text.
- `json/`: the same rows for machines, one JSON object a line. `kohti import service` reads these.
- `dictionary.md`: what every table and column means.
- `manifest.json`: how many rows each table has, and a digest of them.

Times are UTC. Passwords and second factors are not in it.
"""


def _write(
    owner: psycopg.Connection[Any], archive: zipfile.ZipFile, name: str, condition: str, service_id: object
) -> TableTold:
    count = total = 0
    table = io.StringIO()
    columns = [one for one in tables(owner)[name] if one not in NEVER_TOLD.get(name, ())]
    with archive.open(f"json/{name}.jsonl", "w", force_zip64=True) as entry:
        for (row,) in _rows(owner, name, condition, service_id):
            entry.write(row.encode() + b"\n")
            count, total = count + 1, total + _hash(row)
            cells = json.loads(row)
            line = write_csv([_cell(cells[column]) for column in columns], [])
            table.write(line.decode("utf-8-sig"))
    archive.writestr(f"csv/{name}.csv", write_csv(columns, []).decode() + table.getvalue())
    return TableTold(name=name, rows=count, digest=_digest(total))


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def dictionary(names: set[str]) -> str:
    """What each table and column means, from the models themselves."""
    lines = ["# What is in the tables", ""]
    for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):
        if model._meta.db_table not in names:
            continue
        lines += [f"## {model._meta.db_table}", "", (model.__doc__ or "").strip(), ""]
        lines += ["| column | kind | what |", "| --- | --- | --- |"]
        for column in model._meta.concrete_fields:
            if column.column in NEVER_TOLD.get(model._meta.db_table, ()):
                continue
            what = [str(column.help_text)] if column.help_text else []
            if isinstance(column, models.ForeignKey):
                what.append(f"a row of {column.related_model._meta.db_table}")
            if column.choices:
                what.append("one of " + ", ".join(str(value) for value, _text in column.flatchoices))
            kind = column.get_internal_type().removesuffix("Field").lower()
            lines.append(f"| {column.column} | {kind} | {'; '.join(what).replace('|', '/')} |")
        lines.append("")
    return "\n".join(lines)


def read_manifest(path: Path) -> ServiceManifest:
    """What an exported service says of itself. Raises BadBackup."""
    try:
        with zipfile.ZipFile(path) as archive:
            return ServiceManifest.model_validate_json(archive.read("manifest.json"))
    except (*DAMAGED, OSError) as trouble:
        raise BadBackup(
            _("%(path)s is not an exported service, or was cut short.") % {"path": path}, code="unreadable"
        ) from trouble


def bring(path: Path, *, url: str, apply: bool, say: Say) -> ServiceManifest:
    """Bring a service into this installation, under the same identifiers; without `apply` see whether it could be.

    All of it or nothing; each table is read back and must have the count and digest that were written. Messages
    that waited become unknown, so that none is sent from here a second time. Raises Taken where the code, the
    service or a user name is there already; BadBackup where releases differ or a row came out another.
    """
    manifest = read_manifest(path)
    with psycopg.connect(url) as owner, zipfile.ZipFile(path) as archive:
        speak_plainly(owner)
        had = sorted(".".join(one) for one in prepare.applied(owner))
        if had != manifest.migrations:
            raise BadBackup(
                _(
                    "The service comes from another release of Kohti. Bring both installations to "
                    "the same one, export again, then import."
                ),
                code="newer",
            )
        _not_taken(owner, manifest)
        conditions = _conditions(owner)
        order = _in_order(owner, [table.name for table in manifest.tables])
        told = {table.name: table for table in manifest.tables}
        if set(told) != set(conditions):
            raise BadBackup(_("The file does not hold the tables of this release."))
        for name in order:
            _bring_table(owner, archive, name, told[name])
            if told[name].rows >= 10_000:
                say(_("%(name)s: %(rows)s rows are in") % {"name": name, "rows": f"{told[name].rows:,}"})
        for name, condition in conditions.items():
            _compare(owner, name, condition, told[name], manifest.service_id)
        _join_history(owner, manifest.service_id)
        owner.execute(
            "update kernel_message set state = 'unknown', reply = 'moved' where service_id = %s"
            " and state in ('queued', 'sending')",
            (manifest.service_id,),
        )
        if not apply:
            owner.rollback()
    return manifest


def _not_taken(owner: psycopg.Connection[Any], manifest: ServiceManifest) -> None:
    row = owner.execute(
        "select code from team_service where code = %s or id = %s", (manifest.service, manifest.service_id)
    ).fetchone()
    if row is not None:
        raise Taken(_("There is a service “%(name)s” here already. Nothing was changed.") % {"name": row[0]})


def _in_order(owner: psycopg.Connection[Any], names: list[str]) -> list[str]:
    """Tables after those they point to."""
    points: dict[str, set[str]] = {name: set() for name in names}
    for table, target in owner.execute(
        "select c.conrelid::regclass::text, c.confrelid::regclass::text from pg_constraint c"
        " where c.contype = 'f' and c.connamespace = 'public'::regnamespace"
    ):
        if table in points and target in points and table != target:
            points[table].add(target)
    order: list[str] = []
    while points:
        free = sorted(name for name, targets in points.items() if not targets - set(order))
        if not free:
            raise BadBackup(
                _("These tables point at each other: %(points)s") % {"points": ", ".join(sorted(points))}
            )
        order += free
        for name in free:
            del points[name]
    return order


def _lines(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    """The rows of a table, as they were written. Raises BadBackup where they cannot be read."""
    try:
        with archive.open(f"json/{name}.jsonl") as lines:
            for line in lines:
                yield line.decode().rstrip("\n")
    except (*DAMAGED, OSError) as trouble:
        raise BadBackup(_("The backup is damaged: %(name)s cannot be read.") % {"name": name}) from trouble


def _bring_table(
    owner: psycopg.Connection[Any], archive: zipfile.ZipFile, name: str, told: TableTold
) -> None:
    owner.execute("create temporary table if not exists arriving (r jsonb) on commit drop")
    owner.execute("truncate arriving")
    with owner.cursor() as cursor, cursor.copy("copy arriving (r) from stdin") as copy:
        for line in _lines(archive, name):
            copy.write_row((line,))
    if name == USERS:
        row = owner.execute(
            "select u.username from arriving a join team_user u on lower(u.username) = lower(a.r->>'username')"
            " and u.id <> (a.r->>'id')::uuid limit 1"
        ).fetchone()
        if row is not None:
            raise Taken(
                _("Somebody else here signs in as “%(name)s”. Nothing was changed.") % {"name": row[0]}
            )
        owner.execute("delete from arriving a using team_user u where u.id = (a.r->>'id')::uuid")
        owner.execute("update arriving set r = r || jsonb_build_object('password', '!')")
    table = sql.Identifier("public", name)
    owner.execute(
        sql.SQL(
            "insert into {table} ({columns}) select {picked} from arriving a,"
            " lateral jsonb_populate_record(null::{table}, a.r) p"
        ).format(
            table=table,
            columns=sql.SQL(", ").join(map(sql.Identifier, tables(owner)[name])),
            picked=sql.SQL(", ").join(sql.Identifier("p", one) for one in tables(owner)[name]),
        )
    )


def _compare(
    owner: psycopg.Connection[Any], name: str, condition: str, told: TableTold, service_id: str
) -> None:
    count = total = 0
    for (row,) in _rows(owner, name, condition, service_id):
        count, total = count + 1, total + _hash(row)
    # Whoever was here already keeps the address they have here.
    if (count, _digest(total)) != (told.rows, told.digest) and not (name == USERS and count == told.rows):
        raise BadBackup(
            _(
                "%(name)s came in with %(count)s rows, %(rows)s were written, or a row is "
                "another. Nothing was changed."
            )
            % {"name": name, "count": count, "rows": told.rows}
        )


def _join_history(owner: psycopg.Connection[Any], service_id: str) -> None:
    """The service's history stands in an era of its own, below zero: transactions were numbered elsewhere.

    Its events keep all they say; their digests, which cover the era, are made anew. The old installation's seals
    stay there; each event is still checked by its digest.
    """
    owner.execute(
        "with era as (select least(min(e.era), 0) - 1 as number from kernel_historyevent e)"
        " update kernel_historyevent e set era = era.number from era where e.service_id = %s",
        (service_id,),
    )
    owner.execute(
        "update kernel_historyevent e set digest = kohti.event_digest(e) where e.service_id = %s",
        (service_id,),
    )
