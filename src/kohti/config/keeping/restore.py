"""Bringing a backup back: into a database made beside, verified row by row, and only then put in its place.

The tables are made by the migrations that had been applied when the backup was made; the rows are loaded and
read back; then come the migrations since, and the row policies. So a backup of an older release comes back into
this one, on any PostgreSQL that we support, and needs no administrator of the server.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from kohti.config import addresses
from kohti.kernel.errors import KohtiError

from . import erasures
from .erasures import Erasure
from .files import CHUNK, LEFT_OUT, BadBackup, Manifest, Reading, TableFile, speak_plainly, summed, tables

Say = Callable[[str], None]
LEAVING_S = 3.0
"""How long a connection that was given up may take to be gone from the server's list."""


class Living(KohtiError):
    """The database holds something that a restore would put away."""

    code = "living"


@dataclass(slots=True)
class Restored:
    """What came back. `database` is where it stands now."""

    database: str
    made_at: str
    tables: int
    rows: int
    verified: bool
    forgotten_again: int
    messages_unknown: int
    history_verified: bool
    migrations_since: int
    put_away: str = ""
    faults: list[str] = field(default_factory=list)


def check(path: Path, say: Say) -> Manifest:
    """Read the whole of a backup; its manifest. Raises BadBackup where anything of it is not as it was written."""
    reading = Reading(path)
    try:
        for table in reading.manifest.tables:
            for _line in reading.lines(table):
                pass
            if table.rows >= 10_000:
                say(_("%(name)s: %(rows)s rows") % {"name": table.name, "rows": f"{table.rows:,}"})
        for name in reading.manifest.files:
            reading.file(name)
        return reading.manifest
    finally:
        reading.close()


def holds(url: str) -> str:
    """What a database holds: `nothing` of ours (or no service yet), `services`, or `else`: tables we do not know.

    Raises psycopg.OperationalError where there is no such database.
    """
    with psycopg.connect(url, autocommit=True) as owner:
        there = tables(owner)
        if not there:
            return "nothing"
        if "team_service" not in there:
            return "else"
        row = owner.execute("select exists (select 1 from team_service)").fetchone()
        return "services" if row and row[0] else "nothing"


@contextmanager
def server_of(url: str, *, into: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the server beside its databases, while nobody else restores into that one.

    Raises KohtiError when somebody does.
    """
    try:
        admin = psycopg.connect(addresses.with_database(url, "postgres"), autocommit=True)
    except psycopg.OperationalError:
        admin = psycopg.connect(addresses.with_database(url, "template1"), autocommit=True)
    with admin:
        row = admin.execute("select pg_try_advisory_lock(7236003, hashtext(%s))", (into,)).fetchone()
        if not (row and row[0]):
            raise KohtiError(
                _("Another restore into %(name)s is running. Wait for its end.") % {"name": into}
            )
        yield admin


def there_is(admin: psycopg.Connection[Any], name: str) -> bool:
    """Whether the server has a database of this name."""
    return admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone() is not None


def make_beside(admin: psycopg.Connection[Any], name: str) -> None:
    """An empty database of this name; one that an interrupted restore left is thrown away. Raises KohtiError."""
    admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
    try:
        admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as trouble:
        raise KohtiError(
            _(
                "The database user %(user)s may not make databases. Ask the administrator for "
                "`alter role %(user)s createdb`, or for an empty database of its own and name it "
                "with --beside."
            )
            % {"user": admin.info.user}
        ) from trouble


def nobody_else(admin: psycopg.Connection[Any], name: str) -> None:
    """Raises KohtiError while anybody is connected to the database: it could not be put away."""
    until = time.monotonic() + LEAVING_S
    while True:
        row = admin.execute(
            "select count(*) from pg_stat_activity where datname = %s and backend_type = 'client backend'",
            (name,),
        ).fetchone()
        if not (row and row[0]):
            return
        if time.monotonic() > until:
            raise KohtiError(
                _(
                    "Somebody is connected to %(name)s (%(count)s at once). Stop the web and worker "
                    "processes, then try again. Nothing was changed."
                )
                % {"name": name, "count": row[0]}
            )
        time.sleep(0.1)


def load(path: Path, url: str, say: Say) -> Manifest:
    """Fill the empty database at `url`, which Django's `owner` reaches, and verify every table.

    Raises BadBackup where the file is damaged, of a newer release, or what came back differs.
    """
    from kohti.config import prepare

    reading = Reading(path)
    try:
        manifest = reading.manifest
        with psycopg.connect(url, autocommit=True) as owner:
            prepare.make_extensions(owner)
        _tables_as_they_were(manifest)
        with psycopg.connect(url) as owner:
            speak_plainly(owner)
            _fill(owner, reading, say)
            _verify(owner, manifest, say)
    finally:
        reading.close()
    return manifest


def _tables_as_they_were(manifest: Manifest) -> None:
    """Migrate an empty database to what the backup's had, and no further."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from kohti.config.migrating import models_kept

    executor = MigrationExecutor(connections["owner"])
    graph = executor.loader.graph
    squashed = {old for one in executor.loader.disk_migrations.values() for old in one.replaces}
    had = set(manifest.migrations)
    unknown = sorted(had - set(graph.nodes) - squashed)
    if unknown:
        raise BadBackup(
            _(
                "The backup was made by a newer release of Kohti: this one does not know the "
                "migrations %(names)s. Update Kohti, then restore."
            )
            % {"names": ", ".join(".".join(one) for one in unknown[:5])},
            code="newer",
        )
    last = [
        one
        for one in sorted(had & set(graph.nodes))
        if not any(child in had and child[0] == one[0] for child in graph.node_map[one].children)
    ]
    with models_kept():
        executor.migrate(last)
    connections["owner"].close()


def _fill(owner: psycopg.Connection[Any], reading: Reading, say: Say) -> None:
    there = tables(owner)
    wanted = {table.name: table for table in reading.manifest.tables}
    if set(there) - set(LEFT_OUT) != set(wanted):
        odd = sorted((set(there) - set(LEFT_OUT)) ^ set(wanted))
        raise BadBackup(
            _("The backup and its own migrations differ about the tables %(odd)s.") % {"odd": ", ".join(odd)}
        )
    keys = owner.execute(
        "select c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)"
        " from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace"
    ).fetchall()
    for table, key, _definition in keys:
        owner.execute(f"alter table {table} drop constraint {key}".encode())
    names = sql.SQL(", ").join(sql.Identifier("public", name) for name in there)
    owner.execute(sql.SQL("truncate {}").format(names))
    for table in wanted.values():
        if set(table.columns) != set(there[table.name]):
            raise BadBackup(
                _("The backup and its own migrations differ about the columns of %(name)s.")
                % {"name": table.name}
            )
        _fill_table(owner, reading, table)
        if table.rows >= 10_000:
            say(_("%(name)s: %(rows)s rows are back") % {"name": table.name, "rows": f"{table.rows:,}"})
    for name, value in reading.manifest.sequences.items():
        owner.execute("select setval(quote_ident(%s)::regclass, %s)", (name, value))
    for table, key, definition in keys:
        owner.execute(f"alter table {table} add constraint {key} {definition}".encode())


def _fill_table(owner: psycopg.Connection[Any], reading: Reading, table: TableFile) -> None:
    name = sql.Identifier("public", table.name)
    columns = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    # Its triggers have done their work once, in the life that comes back.
    owner.execute(sql.SQL("alter table {} disable trigger user").format(name))
    with (
        owner.cursor() as cursor,
        cursor.copy(sql.SQL("copy {} ({}) from stdin").format(name, columns)) as copy,
    ):
        waiting: list[bytes] = []
        size = 0
        for line in reading.lines(table):
            waiting.append(line)
            size += len(line)
            if size > CHUNK:
                copy.write(b"".join(waiting))
                waiting, size = [], 0
        copy.write(b"".join(waiting))
    owner.execute(sql.SQL("alter table {} enable trigger user").format(name))


def _verify(owner: psycopg.Connection[Any], manifest: Manifest, say: Say) -> None:
    say(_("reading %(rows)s rows back") % {"rows": f"{manifest.rows:,}"})
    for table in manifest.tables:
        found = summed(owner, table.name, table.columns)
        if (found.rows, found.digest) != (table.rows, table.digest):
            raise BadBackup(
                _(
                    "%(name)s came back with %(rows)s rows, %(rows2)s went in, or a row is different. "
                    "Nothing was put in place."
                )
                % {"name": table.name, "rows": found.rows, "rows2": table.rows}
            )


def bring_up(url: str, made: Manifest, forgotten: set[Erasure], say: Say) -> Restored:
    """From the rows as they were to a database that can be worked with: migrations, policies, era, erasures."""
    from kohti.config import prepare
    from kohti.kernel import history

    prepare.migrate(say)
    with psycopg.connect(url, autocommit=True) as owner:
        # Transaction ids begin anew on another server; the history is sealed in their order.
        owner.execute("update kernel_installation set era = era + 1")
        again = _forget_again(owner, forgotten)
        unsure = _nothing_is_sent_twice()
        owner.execute("analyze")
        *_all, verdict = history.verify(owner)
        row = owner.execute("select count(*) from django_migrations").fetchone()
    return Restored(
        database=urlsplit(url).path.lstrip("/"),
        made_at=made.made_at,
        tables=len(made.tables),
        rows=made.rows,
        verified=True,
        forgotten_again=again,
        messages_unknown=unsure,
        history_verified=verdict.verified,
        migrations_since=(int(row[0]) if row else 0) - len(made.migrations),
        faults=verdict.faults[:20],
    )


def _forget_again(owner: psycopg.Connection[Any], forgotten: set[Erasure]) -> int:
    """Forget whoever was forgotten after the backup was made; returns how many."""
    from kohti.config import about, housekeeping
    from kohti.kernel.actor import as_actor

    known = {(one.service_id, one.person_id) for one in erasures.known_to(owner)}
    waiting = {(one.service_id, one.person_id) for one in forgotten} - known
    count = 0
    for actor in housekeeping.services():
        for service_id, person_id in sorted(waiting):
            if service_id == actor.service:
                with as_actor(actor):
                    about.forget(actor, person_id)
                count += 1
    return count


def _nothing_is_sent_twice() -> int:
    """What waited in the outbox may have left after the backup was made: nobody knows. Returns how many."""
    from kohti.config import housekeeping
    from kohti.kernel import clock, history
    from kohti.kernel.actor import DOOR, as_actor
    from kohti.kernel.outbox.models import Message

    count = 0
    for actor in [DOOR, *housekeeping.services()]:
        with as_actor(actor):
            waiting = Message.objects.filter(
                service_id=actor.service_id, state__in=(Message.State.QUEUED, Message.State.SENDING)
            )
            for message in waiting.order_by("id").only("id", "to_kind", "to_id"):
                Message.objects.filter(id=message.id).update(
                    state=Message.State.UNKNOWN, since=clock.now(), reply="restored"
                )
                persons = [message.to_id] if message.to_kind == "person" and message.to_id else []
                history.record("message.unknown", "message", message.id, persons=persons)
                count += 1
    return count


def put_in_place(admin: psycopg.Connection[Any], *, made: str, name: str) -> None:
    """Give the restored database its name; the one that had it is dropped. Raises KohtiError when in use."""
    away = f"{name}_put_away"
    nobody_else(admin, name)
    admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(away)))
    rename = sql.SQL("alter database {} rename to {}")
    with admin.transaction():
        if there_is(admin, name):
            admin.execute(rename.format(sql.Identifier(name), sql.Identifier(away)))
        admin.execute(rename.format(sql.Identifier(made), sql.Identifier(name)))
    admin.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(away)))


def put_files_back(path: Path, data: Path, say: Say) -> None:
    """The files of the data folder that the backup holds, where there is none of that name."""
    reading = Reading(path)
    try:
        for name in reading.manifest.files:
            target = (data / name).resolve()
            if not target.is_relative_to(data.resolve()):
                raise BadBackup(
                    _("The backup names a file outside the data folder: %(name)s") % {"name": name}
                )
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(reading.file(name))
            say(_("%(name)s is back") % {"name": name})
    finally:
        reading.close()


def use_database(url: str) -> None:
    """From here on this process's owner, web and worker addresses lead to the database at `url`."""
    name = urlsplit(url).path.lstrip("/")
    os.environ["DATABASE_URL"] = url
    for variable in ("KOHTI_WEB_URL", "KOHTI_WORKER_URL", "KOHTI_LISTEN_URL"):
        if variable in os.environ:
            os.environ[variable] = addresses.with_database(os.environ[variable], name)
