"""Every test runs against a real PostgreSQL, as the web's own database role.

Our server is started once for the whole run (or DATABASE_URL names another); each pytest process gets a
database of its own, copied from one migrated template (tests/server.py). Tests commit for real and keep out of each other's way
by making a service of their own: row policies do the rest.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from tests.server import Server, data_folder

from kohti.config import addresses
from kohti.kernel import clock

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_server: Server | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start what the tests stand on, in the processes that run tests."""
    global _server
    if hasattr(config, "workerinput") or not getattr(config.option, "numprocesses", None):
        _server = Server()
        _passwords_cost_little()


def _passwords_cost_little() -> None:
    """In these processes only: a web process that a test starts keeps them as dear as the product does."""
    from django.contrib.auth.hashers import ScryptPasswordHasher

    ScryptPasswordHasher.work_factor = 2**4


SLOW_FIRST = ("tests/in_the_browser/", "tests/config/")
"""Few tests each of which takes long: begun last, they would leave the other process with nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files first; within them, and after them, the order stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(SLOW_FIRST))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave nothing behind."""
    global _server
    if _server is not None:
        _server.close()
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
    return data_folder()


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
