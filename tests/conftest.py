"""Every test runs against a real PostgreSQL, as the web's own database role.

Our server is started once for the whole run (or DATABASE_URL names another); each pytest process gets a
database of its own, copied from one migrated template. Tests commit for real and keep out of each other's way
by making a service of their own: row policies do the rest.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from kohti.config import addresses, prepare
from kohti.kernel import clock, postgres

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
TEMPLATE = f"kohti_template_{RUN[:12]}"
MINE = f"kohti_test_{RUN[:12]}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


def _data_folder() -> Path:
    base = Path(tempfile.gettempdir()) / f"kohti-tests-{os.getuid()}"
    base.mkdir(mode=0o700, exist_ok=True)
    return base


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """One pytest process at a time."""
    with (data / "tests.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Server:
    """The server of this run, and our database on it."""

    def __init__(self) -> None:
        self.data = _data_folder()
        os.environ["KOHTI_DATA"] = str(self.data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
        os.environ.pop("KOHTI_ROLE", None)
        self.outside = os.environ.get("DATABASE_URL")
        self.own = None if self.outside else postgres.use(self.data)
        with _alone(self.data):
            url = self._make(TEMPLATE)
            os.environ["DATABASE_URL"] = url
            import django

            django.setup(set_prefix=False)
            self._migrate_template()
            with psycopg.connect(self._beside(), autocommit=True) as admin:
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

    def close(self, *, last: bool) -> None:
        """Drop our database, and the template with the last of us; let the server go."""
        from django.db import connections

        connections.close_all()
        with psycopg.connect(self._beside(), autocommit=True) as admin:
            for name in (MINE, TEMPLATE) if last else (MINE,):
                prepare.drop_database(admin, name)
        if self.own is not None:
            self.own.release()


_server: Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start what the tests stand on, in the processes that run tests."""
    global _server
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        _server = Server()


SLOW_FIRST = ("tests/in_the_browser/", "tests/config/")
"""Few tests each of which takes long: begun last, they would leave the other process with nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files first; within them, and after them, the order stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW_FIRST))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    global _server
    if _server is not None:
        _server.close(last=not hasattr(config, "workerinput"))
        _server = None


@pytest.fixture(autouse=True)
def at_ten_in_the_morning() -> Iterator[None]:
    """It is ten o'clock on Wednesday 11 March 2026, until a test says otherwise."""
    from tests.factories import MORNING

    with clock.held_at(MORNING):
        yield


@pytest.fixture
def data() -> Path:
    """The data folder of this run."""
    return _data_folder()


@pytest.fixture
def owner() -> Iterator[psycopg.Connection]:
    """A connection as the owner, who sees everything."""
    with psycopg.connect(addresses.owner_url(), autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser, of the distribution's: KOHTI_CHROMIUM names it, or PATH has it.

    For one module: Playwright keeps an event loop in this thread as long as it runs.
    """
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("KOHTI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.skip("NOT TESTED IN A BROWSER: there is no Chromium (install it or set KOHTI_CHROMIUM)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()
