"""Making a backup: everything as it was at one instant, in one file that appears whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from gettext import gettext as _
from pathlib import Path
from typing import Any

import psycopg

from kohti.kernel import clock
from kohti.kernel.errors import KohtiError

from . import erasures
from .files import LEFT_OUT, Manifest, TableFile, Writing, appearing, rows_of, speak_plainly, tables

Say = Callable[[str], None]
LAST = "last-backup.json"
KEPT_FOLDERS = ("blueprints",)
"""Folders of the data folder that go into a backup. Secrets never do: they would lie beside what they protect."""
NAME = re.compile(r"kohti-\d{8}T\d{6}Z\.kohti")
MARGIN = 64_000_000


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made. Times are real time, ISO 8601; `seconds` on the wall."""

    file: str
    made_at: str
    bytes: int
    tables: int
    rows: int
    history_head: str
    seconds: float
    removed: list[str]


def make(target: Path, *, data: Path, url: str, say: Say, keep: int = 0) -> Made:
    """Back the database at `url` (the owner's) up to a file, or into a folder under a name of its own.

    One repeatable-read transaction: what commits meanwhile is in the next one. What was written so far is sealed
    first. `keep` removes, once the new one is whole, all but so many of the folder's backups of that naming.
    Raises KohtiError where a table could not be seen whole, or the disk is too full.
    """
    began = clock.real_now()
    path = target / f"kohti-{began:%Y%m%dT%H%M%SZ}.kohti" if target.is_dir() else target
    if not path.parent.is_dir():
        raise KohtiError(_("There is no folder %(parent)s.") % {"parent": path.parent})
    with psycopg.connect(url, autocommit=True) as owner:
        _see_everything(owner)
        _seal(owner)
        _room_for(owner, path, say)
        with appearing(path) as unfinished, owner.transaction():
            owner.execute("set transaction isolation level repeatable read, read only")
            speak_plainly(owner)
            manifest = _write(owner, unfinished, data=data, at=began.isoformat(timespec="seconds"), say=say)
            size = unfinished.stat().st_size
        erasures.keep(data, erasures.known_to(owner))
    made = Made(
        file=str(path),
        made_at=manifest.made_at,
        bytes=size,
        tables=len(manifest.tables),
        rows=manifest.rows,
        history_head=manifest.history_head,
        seconds=round((clock.real_now() - began).total_seconds(), 2),
        removed=_remove_old(path, keep),
    )
    with appearing(data / LAST) as unfinished:
        unfinished.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made


def last(data: Path) -> dict[str, Any] | None:
    """What the last backup from this data folder said of itself, or None."""
    try:
        told: dict[str, Any] = json.loads((data / LAST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return told


def _see_everything(owner: psycopg.Connection[Any]) -> None:
    """Raises KohtiError where row policies would hide rows from the owner, who backs up under them."""
    hidden = [
        str(row[0])
        for row in owner.execute(
            "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace"
            " and c.relkind in ('r', 'p') and row_security_active(c.oid)"
            " and not exists (select 1 from pg_policies p where p.schemaname = 'public'"
            "  and p.tablename = c.relname and p.cmd = 'ALL' and p.qual = 'true'"
            "  and current_user = any(p.roles)) order by 1"
        )
    ]
    if hidden:
        raise KohtiError(
            _("The owner of the database cannot see every row of %(hidden)s. Run `kohti migrate`.")
            % {"hidden": ", ".join(hidden)}
        )


def _seal(owner: psycopg.Connection[Any]) -> None:
    """Seal the history, as the role that owns that function."""
    with owner.transaction():
        owner.execute("set local role kohti_definer")
        while True:
            row = owner.execute("select kohti.seal_history(10000)").fetchone()
            if row is None or row[0] < 10_000:
                return


def _room_for(owner: psycopg.Connection[Any], path: Path, say: Say) -> None:
    """Say it before, not after an hour: a packed backup is a fifth to a half of the database."""
    row = owner.execute("select pg_database_size(current_database())").fetchone()
    size = int(row[0]) if row else 0
    free = shutil.disk_usage(path.parent).free
    if free < size // 8 + MARGIN:
        raise KohtiError(
            _(
                "There is too little room in %(parent)s: %(free)s MB are free, and the database "
                "has %(size)s MB."
            )
            % {"parent": path.parent, "free": f"{free // 1000000:,}", "size": f"{size // 1000000:,}"}
        )
    say(_("backing up %(size)s MB to %(path)s") % {"size": f"{size // 1000000:,}", "path": path})


def _write(owner: psycopg.Connection[Any], path: Path, *, data: Path, at: str, say: Say) -> Manifest:
    def column(query: str) -> list[Any]:
        return [row[0] for row in owner.execute(query.encode())]

    written: list[TableFile] = []
    writing = Writing(path)
    for name, columns in tables(owner).items():
        if name in LEFT_OUT:
            continue
        found = writing.table(name, rows_of(owner, name, columns))
        written.append(TableFile(name=name, columns=columns, rows=found.rows, digest=found.digest))
        if found.rows >= 10_000:
            say(_("%(name)s: %(rows)s rows") % {"name": name, "rows": f"{found.rows:,}"})
    files = []
    for folder in KEPT_FOLDERS:
        for file in sorted((data / folder).rglob("*")):
            if file.is_file() and not file.is_symlink():
                files.append(str(file.relative_to(data)))
                writing.file(files[-1], file.read_bytes())
    manifest = Manifest(
        made_at=at,
        server=owner.info.parameter_status("server_version") or "",
        sample=bool(column("select sample from kernel_installation")[0]),
        services=column("select code from team_service order by code"),
        migrations=[
            (str(app), str(name))
            for app, name in owner.execute("select app, name from django_migrations order by id")
        ],
        tables=written,
        sequences={
            str(name): int(value)
            for name, value in owner.execute(
                "select sequencename, last_value from pg_sequences"
                " where schemaname = 'public' and last_value is not null"
            )
        },
        left_out=LEFT_OUT,
        files=files,
        history_head=next(
            iter(column("select encode(hash, 'hex') from kernel_historyseal order by n desc limit 1")), ""
        ),
        forgotten=len(erasures.known_to(owner)),
    )
    writing.finish(manifest)
    return manifest


def _remove_old(path: Path, keep: int) -> list[str]:
    if keep < 1 or not NAME.fullmatch(path.name):
        return []
    there = sorted(one for one in path.parent.iterdir() if NAME.fullmatch(one.name))
    gone = there[:-keep]
    for one in gone:
        one.unlink()
    return [str(one) for one in gone]
