"""A real web process on this run's database, a real worker where one is needed, and somebody in front of a screen."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from playwright.sync_api import Browser
from tests.in_the_browser.screen import Screen, SitDown, Way

from kohti.config import addresses
from kohti.kernel import clock

if TYPE_CHECKING:
    from tests.factories import Place

    from kohti.kernel.actor import Actor

WAYS = {
    "mouse": Way(),
    "phone": Way(width=320),
    "keyboard": Way(keyboard=True),
    "no JavaScript": Way(script=False),
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers. Raises AssertionError when it ended or stays silent."""
    for _ in range(300):
        assert process.poll() is None, f"the web process ended with {process.returncode}"
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
    raise AssertionError(f"nobody answers at {address}")


@contextmanager
def _running(*words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command of the product, on this run's database; told to stop at the end."""
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    env.pop("KOHTI_ROLE", None)
    process = subprocess.Popen([sys.executable, "-m", "kohti.config.command", *words], env=env)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        process.kill()
        process.wait()


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of the product, served from this run's database; it is ten o'clock when it starts."""
    from tests.factories import MORNING

    from kohti.config import installation

    port = _free_port()
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        installation.set_clock(owner, MORNING, sample=True)
        row = owner.execute("select clock_offset_us from kernel_installation").fetchone()
        assert row is not None
        clock.set_offset(timedelta(microseconds=row[0]))
        # Playwright keeps a loop in this thread; what we ask the database between its calls is fine.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
        try:
            with _running("serve", "--port", str(port)) as serving:
                _wait_for(f"http://localhost:{port}/", serving)
                yield f"http://localhost:{port}"
        finally:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
            clock.set_offset(timedelta(0))
            owner.execute("update kernel_installation set clock_offset_us = 0, sample = false")


@pytest.fixture(scope="module")
def worker(site: str) -> Iterator[None]:
    """Somebody does what a page leaves to be done: for the tests that wait for it."""
    with _running("worker"):
        yield


@pytest.fixture(autouse=True)
def at_ten_in_the_morning(site: str) -> None:
    """Here the clock runs, as it does in the web process: it was ten when that started."""


@pytest.fixture
def here() -> Place:
    """A service of the test's own."""
    from tests.factories import place

    return place()


ALWAYS = ("mouse", "no JavaScript")


@pytest.fixture(
    params=[
        pytest.param(way, id=name, marks=() if name in ALWAYS else pytest.mark.long)
        for name, way in WAYS.items()
    ]
)
def way(request: pytest.FixtureRequest) -> Way:
    """How somebody uses the pages: with a mouse, without JavaScript; in the long run on a phone and by keyboard."""
    found: Way = request.param
    return found


@pytest.fixture
def screens(site: str, chromium: Browser) -> Iterator[list[Screen]]:
    """The screens a test opens; at its end each must have kept what every page promises."""
    opened: list[Screen] = []
    yield opened
    for screen in opened:
        screen.close()


@pytest.fixture
def sit_down(site: str, chromium: Browser, screens: list[Screen]) -> SitDown:
    """Open a screen: `sit_down(colleague, way)` signs them in by one click on the sample's page."""

    def open_screen(colleague: Actor | None = None, way: Way | None = None) -> Screen:
        screen = Screen(chromium, site, way or Way())
        screens.append(screen)
        if colleague is not None:
            screen.sign_in(colleague)
        return screen

    return open_screen
