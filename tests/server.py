"""The PostgreSQL of a test run: one migrated template for each state of the source, a database for each process.

A template stays for the next run of the same source. Who uses a database holds a file of its name; what nobody
holds any more (a run was killed, the source went on) the next run drops.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

import kohti
from kohti.config import addresses, prepare
from kohti.kernel import postgres

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
OURS = "kohti_tests_"
UNSAFE = {"fsync": "off", "full_page_writes": "off"}
"""A server whose rows nobody needs after the machine was cut off: tests that kill it keep what was committed."""
KEPT = 3
"""So many templates stay that nobody uses now: the source before a change is often the next one again."""


def data_folder() -> Path:
    """Where the server of the tests has its files, for every run of this user."""
    base = Path(tempfile.gettempdir()) / f"kohti-tests-{os.getuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    return base


def fingerprint() -> str:
    """Of everything a migrated database is made from, and of more."""
    source = Path(kohti.__path__[0])
    tables_of = ("django", "django-allauth", "procrastinate")
    found = hashlib.sha256(" ".join(map(version, tables_of)).encode())
    for file in sorted(one for kind in ("py", "sql", "toml") for one in source.rglob(f"*.{kind}")):
        found.update(f"{file.relative_to(source)}\0".encode())
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


TEMPLATE = f"{OURS}template_{fingerprint()}"
MINE = f"{OURS}{RUN[:12]}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


def kept_copy(name: str) -> Path:
    """A folder that every process of this run finds by its name; gone after the run. Others may pass through."""
    return Path(tempfile.gettempdir()) / f"kohti-made-{os.getuid()}-{RUN[:12]}-{name}"


@contextmanager
def one_at_a_time(data: Path, what: str) -> Iterator[None]:
    """One pytest process at a time does this."""
    with (data / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Server:
    """The server of this run, and our database on it."""

    def __init__(self) -> None:
        self.data = data_folder()
        os.environ["KOHTI_DATA"] = str(self.data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
        os.environ.pop("KOHTI_ROLE", None)
        self.outside = os.environ.get("DATABASE_URL")
        self.own = None if self.outside else postgres.use(self.data, settings=UNSAFE)
        with one_at_a_time(self.data, "holding"):
            self.held = [self._hold(name) for name in (TEMPLATE, MINE)]
        with one_at_a_time(self.data, TEMPLATE):
            url = self._make(TEMPLATE)
            os.environ["DATABASE_URL"] = url
            import django

            django.setup(set_prefix=False)
            with psycopg.connect(self._beside(), autocommit=True) as admin:
                if not _is_whole(admin):
                    self._migrate_template()
                    admin.execute(
                        sql.SQL("comment on database {} is 'whole'").format(sql.Identifier(TEMPLATE))
                    )
                prepare.make_database(admin, MINE, owner=self._owner(), template=TEMPLATE)
        from django.db import connections

        os.environ["DATABASE_URL"] = addresses.with_database(url, MINE)
        if "KOHTI_WEB_URL" in os.environ:  # a pooler before the same server
            os.environ["KOHTI_WEB_URL"] = addresses.with_database(os.environ["KOHTI_WEB_URL"], MINE)
        for alias in ("default", "owner"):
            connections.settings[alias]["NAME"] = MINE
        connections.settings["worker"] = connections.settings["default"] | {
            "USER": addresses.WORKER,
            "PASSWORD": addresses.keep_secrets(self.data)["worker_password"],
        }

    def _owner(self) -> str:
        if self.own is not None:
            return prepare.OWNER
        with psycopg.connect(self._beside()) as admin:
            return admin.info.user

    def _beside(self) -> str:
        """The owner's address of a database that is not ours."""
        if self.own is not None:
            return self.own.address.url("postgres")
        assert self.outside is not None
        return self.outside

    def _make(self, name: str) -> str:
        if self.own is not None:
            return prepare.own_server(self.own, self.data, name)
        assert self.outside is not None
        prepare.outside_server(self.data)
        with psycopg.connect(self.outside, autocommit=True) as admin:
            prepare.make_database(admin, name, owner=admin.info.user)
        return addresses.with_database(self.outside, name)

    def _migrate_template(self) -> None:
        from django.db import connections

        prepare.migrate()
        connections.close_all()

    def _hold(self, name: str) -> int:
        held = os.open(self.data / f"{name}.used", os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(held, fcntl.LOCK_SH)
        os.utime(held)
        return held

    def close(self) -> None:
        """Drop our database and what runs before us left; let the server go."""
        from django.db import connections

        connections.close_all()
        with psycopg.connect(self._beside(), autocommit=True) as admin:
            prepare.drop_database(admin, MINE)
            for held in self.held:
                os.close(held)
            if self.own is not None:
                with one_at_a_time(self.data, "holding"):
                    self._tidy(admin)
        if self.own is not None:
            self.own.release()

    def _tidy(self, admin: psycopg.Connection) -> None:
        """Drop the databases of tests that nobody holds, but for the latest templates."""
        used = sorted(self.data.glob(f"{OURS}*.used"), key=lambda file: file.stat().st_mtime, reverse=True)
        templates = [file for file in used if file.name.startswith(f"{OURS}template_")]
        for file in used:
            if file in templates[:KEPT]:
                continue
            with file.open("r+") as held:
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                prepare.drop_database(admin, file.name.removesuffix(".used"))
                file.unlink()
                file.with_suffix(".lock").unlink(missing_ok=True)
        for copy in Path(tempfile.gettempdir()).glob(f"kohti-made-{os.getuid()}-*"):
            if not any(self.data.glob(f"{OURS}{copy.name.split('-')[3]}_*.used")):
                shutil.rmtree(copy, ignore_errors=True)


def _is_whole(admin: psycopg.Connection) -> bool:
    row = admin.execute(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", (TEMPLATE,)
    ).fetchone()
    return row is not None and row[0] == "whole"
