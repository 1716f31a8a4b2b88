"""From a bare PostgreSQL to tables under their policies: roles, database, extensions, migrations, rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from gettext import gettext as _
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from kohti.config import addresses
from kohti.kernel import policies, postgres
from kohti.kernel.errors import KohtiError

OWNER = "kohti_owner"
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")
Say = Callable[[str], None]


def make_roles(admin: psycopg.Connection[Any], *, owner: str, passwords: dict[str, str]) -> None:
    """Make our database roles where they are missing, and give those that sign in their passwords.

    Web and worker own nothing, and can neither bypass row policies nor create roles or databases.
    """

    def exists(role: str) -> bool:
        return admin.execute("select 1 from pg_roles where rolname = %s", (role,)).fetchone() is not None

    plain = "nosuperuser nobypassrls nocreatedb nocreaterole noreplication"
    for role in (policies.WEB, policies.WORKER, policies.DEFINER):
        if not exists(role):
            login = "nologin" if role == policies.DEFINER else "login"
            admin.execute(f"create role {role} {login} {plain}".encode())
    for role, password in passwords.items():
        if not exists(role):
            admin.execute(sql.SQL("create role {} login createdb").format(sql.Identifier(role)))
        admin.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
        )
    version = admin.info.server_version
    how = " with inherit false, set true" if version >= 160000 else ""
    admin.execute(
        sql.SQL("grant {} to {}" + how).format(sql.Identifier(policies.DEFINER), sql.Identifier(owner))
    )


def make_database(admin: psycopg.Connection[Any], name: str, *, owner: str, template: str = "") -> bool:
    """Make a database for the owner; False when it is there already."""
    if admin.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
        return False
    query = sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner))
    if template:
        query += sql.SQL(" template {}").format(sql.Identifier(template))
    admin.execute(query)
    return True


def drop_database(admin: psycopg.Connection[Any], name: str) -> None:
    """Drop a database where it is there, and end the sessions of its owner in it.

    Raises psycopg.errors.ObjectInUse when somebody else stays in it for five seconds.
    """
    query = sql.SQL("drop database if exists {}").format(sql.Identifier(name))
    try:
        admin.execute(query + sql.SQL(" with (force)"))
    except psycopg.errors.InsufficientPrivilege:
        # The server's own vacuum is in it, which an owner may not end; without force the server does that itself.
        admin.execute(query)


def own_server(server: postgres.Server, data: Path, database: str) -> str:
    """Make roles and a database on our own server; returns the owner's address."""
    held = addresses.keep_secrets(data)
    with psycopg.connect(server.address.url("postgres"), autocommit=True) as admin:
        row = admin.execute(
            "select count(*) from pg_roles where rolname = any(%s)",
            ([OWNER, policies.WEB, policies.WORKER, policies.DEFINER],),
        ).fetchone()
        if row is None or row[0] < 4:
            with admin.transaction():
                admin.execute("select pg_advisory_xact_lock(7236000)")
                make_roles(
                    admin,
                    owner=OWNER,
                    passwords={
                        OWNER: held["owner_password"],
                        policies.WEB: held["web_password"],
                        policies.WORKER: held["worker_password"],
                    },
                )
        with suppress(psycopg.errors.DuplicateDatabase):
            make_database(admin, database, owner=OWNER)
    return server.address.url(database, OWNER, held["owner_password"])


def outside_server(data: Path) -> None:
    """See to it that our roles can sign in on a PostgreSQL that is not ours, through the owner's address.

    Makes them where the owner may. Raises KohtiError with what to ask the administrator for where not.
    """
    held = addresses.keep_secrets(data)
    if _signs_in(addresses.web_url(data)) and _signs_in(addresses.worker_url(data)):
        return
    passwords = {}
    if "KOHTI_WEB_URL" not in os.environ:
        passwords[policies.WEB] = held["web_password"]
    if "KOHTI_WORKER_URL" not in os.environ:
        passwords[policies.WORKER] = held["worker_password"]
    with psycopg.connect(addresses.owner_url(), autocommit=True) as admin:
        user = admin.info.user
        try:
            make_roles(admin, owner=user, passwords=passwords)
        except psycopg.errors.InsufficientPrivilege as trouble:
            raise KohtiError(
                _(
                    "The database user %(user)s may not make the roles %(roles)s, or set their passwords."
                    " Ask the administrator to make them (docs/operations.md), or to give %(user)s CREATEROLE."
                )
                % {"user": user, "roles": ", ".join((policies.WEB, policies.WORKER, policies.DEFINER))}
            ) from trouble


def _signs_in(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def make_extensions(owner: psycopg.Connection[Any]) -> None:
    """What our tables need of PostgreSQL's own extensions; the owner of a database may make these."""
    for extension in EXTENSIONS:
        owner.execute(f"create extension if not exists {extension}".encode())


class NewerDatabase(KohtiError):
    """The database was brought to a newer release than this one."""

    code = "newer-database"


def applied(owner: psycopg.Connection[Any]) -> set[tuple[str, str]]:
    """The migrations a database has had: app and name."""
    there = owner.execute("select to_regclass('public.django_migrations')").fetchone()
    if there is None or there[0] is None:
        return set()
    return {(str(app), str(name)) for app, name in owner.execute("select app, name from django_migrations")}


def migrations_of_this_release() -> frozenset[str]:
    """What `kohti migrate` applies in all: app and name, a dot between."""
    from django.db.migrations.loader import MigrationLoader

    return frozenset(".".join(one) for one in MigrationLoader(None).graph.nodes)


def differences(owner: psycopg.Connection[Any]) -> tuple[list[str], list[str]]:
    """The migrations this release would apply, and those of the database that it does not know."""
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(None)
    had = applied(owner)
    squashed = {old for one in loader.disk_migrations.values() for old in one.replaces}
    known = set(loader.graph.nodes)
    return (
        [".".join(one) for one in sorted(known - had)],
        [".".join(one) for one in sorted(had - known - squashed)],
    )


def migrate(say: Say = lambda line: None) -> None:
    """Bring the tables and their row policies to this release, as the owner. Run it as often as you like.

    One at a time; others wait. Each migration commits by itself and the policies are written last, so one that
    was interrupted goes on where it stopped. Raises NewerDatabase where the database is ahead of this release.
    """
    from django.core.management import call_command

    from kohti.config.migrating import models_kept
    from kohti.config.rooms import ROOMS

    url = addresses.owner_url()
    with psycopg.connect(url, autocommit=True) as owner:
        row = owner.execute("select pg_try_advisory_lock(7236002)").fetchone()
        if not (row and row[0]):
            say(_("another `kohti migrate` is at work on this database; waiting for its end"))
            owner.execute("select pg_advisory_lock(7236002)")
        _waiting, unknown = differences(owner)
        if unknown:
            raise NewerDatabase(
                _(
                    "The database is of a newer release of Kohti than this program: it has had "
                    "%(names)s. Nothing was changed. Start the newer release, or restore a backup "
                    "from before the update."
                )
                % {"names": ", ".join(unknown[:5])}
            )
        make_extensions(owner)
        say(_("bringing the tables up to date: %(database)s") % {"database": urlsplit(url).path.lstrip("/")})
        with models_kept():
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        owner.execute(
            "create table if not exists kohti_cache (cache_key varchar(255) primary key,"
            " value text not null, expires timestamptz not null)"
        )
        owner.execute("create index if not exists kohti_cache_expires on kohti_cache (expires)")
        owner.execute("insert into kernel_installation values (1, 0, false, 1) on conflict do nothing")
        if policies.apply(owner, ROOMS):
            say(_("row policies written"))
        # Everybody may read it: a web process says by it whether it can serve (`probes`).
        had = " ".join(sorted(".".join(one) for one in applied(owner)))
        owner.execute(sql.SQL("comment on table kernel_installation is {}").format(sql.Literal(had)))
        owner.execute("analyze kernel_installation")
