"""The file of a backup: a zip with what PostgreSQL's COPY says of every table, and a manifest to check it by.

Rows are hashed one by one and the hashes added up (modulo 2**256): two tables with the same count and sum hold
the same rows, whatever the order they lie in. That is what a restore is verified with.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg import sql
from pydantic import BaseModel, ValidationError

from kohti.kernel.errors import KohtiError

MANIFEST = "manifest.json"
LEFT_OUT = {
    "kohti_cache": "kept for speed only",
    "django_session": "everybody signs in again",
    "team_session": "everybody signs in again",
}
"""Tables of which a backup keeps no rows, and why."""
SAME_WORDS = (
    "set local datestyle = 'ISO, YMD'",
    "set local intervalstyle = 'postgres'",
    "set local timezone = 'UTC'",
    "set local extra_float_digits = 1",
    "set local bytea_output = 'hex'",
    "set local client_encoding = 'UTF8'",
)
"""A value is written in the same words on every server, or digests would differ."""
CHUNK = 1 << 18


class BadBackup(KohtiError):
    """The file is no backup, or not the whole of one. `code`: unreadable, newer, damaged."""

    code = "damaged"


class TableFile(BaseModel):
    """One table of a backup. `digest` is the sum of its rows' SHA-256, in hex."""

    name: str
    columns: list[str]
    rows: int
    digest: str


class Manifest(BaseModel):
    """What a backup says of itself. Times are real time, UTC, ISO 8601."""

    product: Literal["kohti"] = "kohti"
    format: Literal[1] = 1
    made_at: str
    server: str
    sample: bool
    services: list[str]
    migrations: list[tuple[str, str]]
    tables: list[TableFile]
    sequences: dict[str, int]
    left_out: dict[str, str]
    files: list[str]
    history_head: str
    forgotten: int

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)


@dataclass(slots=True)
class Sum:
    """Counts and adds up rows as they pass."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes | memoryview) -> None:
        """One more row, as COPY writes it, with the line's end."""
        self.rows += 1
        self.total += int.from_bytes(hashlib.sha256(line).digest(), "big")

    @property
    def digest(self) -> str:
        """The sum of the rows' hashes, modulo 2**256, in hex."""
        return f"{self.total % (1 << 256):064x}"


def tables(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """The product's tables and their columns, those that are computed left out."""
    found: dict[str, list[str]] = {}
    for table, column in connection.execute(
        "select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid"
        " where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"
        " and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by c.relname, a.attnum"
    ):
        found.setdefault(str(table), []).append(str(column))
    return found


def speak_plainly(connection: psycopg.Connection[Any]) -> None:
    """In the running transaction, write values in the same words on every server."""
    for line in SAME_WORDS:
        connection.execute(line.encode())


def rows_of(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> Iterator[memoryview]:
    """The rows of a table, each as the line that COPY writes."""
    query = sql.SQL("copy (select {} from {}) to stdout").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("public", table)
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        # The server sends a message a row (PostgreSQL's manual, message formats, CopyData).
        yield from copy  # type: ignore[misc]


def summed(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> Sum:
    """The count and digest of a table as it is in the database."""
    found = Sum()
    for line in rows_of(connection, table, columns):
        found.add(line)
    return found


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A file that appears under its name whole, readable by its owner alone, or not at all."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    finally:
        unfinished.unlink(missing_ok=True)


class Writing:
    """A backup being written."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=3)

    def table(self, name: str, lines: Iterable[memoryview]) -> Sum:
        """Add a table's rows."""
        found = Sum()
        with self.archive.open(f"tables/{name}.copy", "w", force_zip64=True) as entry:
            waiting: list[memoryview] = []
            size = 0
            for line in lines:
                found.add(line)
                waiting.append(line)
                size += len(line)
                if size > CHUNK:
                    entry.write(b"".join(waiting))
                    waiting, size = [], 0
            entry.write(b"".join(waiting))
        return found

    def file(self, name: str, content: bytes) -> None:
        """Add a file of the data folder."""
        self.archive.writestr(f"files/{name}", content)

    def finish(self, manifest: Manifest) -> None:
        """Close with the manifest."""
        self.archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        self.archive.close()


DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, KeyError, EOFError, ValueError, IndexError),
    *(NotImplementedError, RuntimeError),
)
"""What Python's reader of zips raises for one in which some bytes are others, wherever they stand."""


class Reading:
    """A backup being read. Raises BadBackup for what is none."""

    def __init__(self, path: Path) -> None:
        try:
            self.archive = zipfile.ZipFile(path)
            told = self.archive.read(MANIFEST)
        except DAMAGED as trouble:
            raise BadBackup(
                _("%(path)s is not a backup of Kohti, or was cut short.") % {"path": path}, code="unreadable"
            ) from trouble
        try:
            self.manifest = Manifest.model_validate_json(told)
        except ValidationError as trouble:
            raise BadBackup(
                _("%(path)s was made by a release of Kohti that this one does not know.") % {"path": path},
                code="newer",
            ) from trouble

    def lines(self, table: TableFile) -> Iterator[bytes]:
        """A table's rows. Raises BadBackup at the end when they are not the ones that were written."""
        found = Sum()
        try:
            with self.archive.open(f"tables/{table.name}.copy") as entry:
                for line in entry:
                    found.add(line)
                    yield line
        except (*DAMAGED, OSError) as trouble:
            raise BadBackup(
                _("The backup is damaged: %(name)s cannot be read.") % {"name": table.name}
            ) from trouble
        if (found.rows, found.digest) != (table.rows, table.digest):
            raise BadBackup(
                _(
                    "The backup is damaged: %(name)s holds %(rows)s rows, and %(rows2)s were written "
                    "into it, or a row is different."
                )
                % {"name": table.name, "rows": found.rows, "rows2": table.rows}
            )

    def file(self, name: str) -> bytes:
        """A file of the data folder. Raises BadBackup where it is damaged."""
        try:
            return self.archive.read(f"files/{name}")
        except (*DAMAGED, OSError) as trouble:
            raise BadBackup(
                _("The backup is damaged: %(name)s cannot be read.") % {"name": name}
            ) from trouble

    def close(self) -> None:
        """Let the file go."""
        self.archive.close()
