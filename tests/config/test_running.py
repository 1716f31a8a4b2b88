"""What the machine that runs us is told: health, readiness, figures, logs; and a stop that nobody notices."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client
from tests.config.cli import Kohti, Visitor, free_port
from tests.factories import MORNING, PASSWORD, Place, browser_of, place

from kohti.config import addresses, metrics, prepare
from kohti.kernel import clock


@pytest.fixture(scope="module")
def here() -> Place:
    """A service with a leader whose name must not be told."""
    with clock.held_at(MORNING):
        made = place()
        made.members["leader", "cheltenham"] = made.member("leader", name="Quirin Unmistakable")
    return made


class Serving:
    """A web process of a test: its pages, its figures, and what it wrote to its log."""

    def __init__(self, log: Path) -> None:
        self.port, self.figures_port = free_port(), free_port()
        self.log = log
        self.kohti = Kohti(
            Path(os.environ["KOHTI_DATA"]), DATABASE_URL=addresses.owner_url(), KOHTI_REQUIRE_CODE="0"
        )
        self.process: subprocess.Popen[bytes] | None = None

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """The process, until the block ends."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [
                    *self.kohti.command,
                    "serve",
                    "--port",
                    str(self.port),
                    "--metrics-port",
                    str(self.figures_port),
                ],
                env=self.kohti.environment,
                stdout=subprocess.DEVNULL,
                stderr=log,
            )
            try:
                self.wait()
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                process.wait(30)

    def wait(self) -> None:
        """Until it answers."""
        limit = time.monotonic() + 60
        while True:
            try:
                if self.get("/health")[0] == 200:
                    return
            except OSError:
                assert time.monotonic() < limit
                time.sleep(0.05)

    def get(self, path: str, *, port: int = 0, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """Status and body of an address, from outside."""
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.port}{path}", headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read().decode()

    def figures(self) -> str:
        """What Prometheus reads."""
        status, body = self.get("/metrics", port=self.figures_port)
        assert status == 200
        return body

    def figure(self, line: str) -> float:
        """The value of one line, 0 where it is not told."""
        found = re.search(rf"^{re.escape(line)} (\S+)$", self.figures(), re.MULTILINE)
        return float(found[1]) if found else 0.0


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """A web process for the tests of this module."""
    made = Serving(tmp_path_factory.mktemp("serving") / "log")
    with made.running():
        yield made


def member(here: Place, serving: Serving) -> Visitor:
    """A visitor with the session of a leader."""
    client: Client = browser_of(here.member("leader"))
    visitor = Visitor(serving.port)
    cookies = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    visitor.opener.addheaders = [("Cookie", cookies)]
    return visitor


def test_it_says_that_it_lives_and_is_ready_to_whoever_asks_under_whatever_name(serving: Serving) -> None:
    for headers in ({}, {"Host": "10.1.2.3"}, {"Host": "nobody.example"}):
        assert serving.get("/health", headers=headers) == (200, '{"alive": true}')
        status, body = serving.get("/ready", headers=headers)
        assert (status, json.loads(body)) == (200, {"ready": True, "because": []})


def test_it_is_not_ready_while_a_migration_waits_and_is_when_the_database_is_ahead(
    serving: Serving, owner: psycopg.Connection
) -> None:
    row = owner.execute("select obj_description('kernel_installation'::regclass)").fetchone()
    assert row is not None
    had = str(row[0])

    def say(names: str) -> None:
        owner.execute(f"comment on table kernel_installation is '{names}'".encode())

    def answers(status: int) -> dict[str, Any]:
        limit = time.monotonic() + 30
        while True:
            found, body = serving.get("/ready")
            if found == status:
                return dict(json.loads(body))
            assert time.monotonic() < limit
            time.sleep(0.05)

    try:
        say(had.split(" ", 1)[1])
        assert answers(503)["because"] == ["migrations"]
        assert serving.get("/health")[0] == 200
        say(f"{had} people.0999_of_the_next_release")
        assert answers(200)["ready"] is True
    finally:
        say(had)
    assert set(had.split()) == prepare.migrations_of_this_release()


def test_the_figures_count_by_route_and_name_nobody(here: Place, serving: Serving) -> None:
    arrivals = 'kohti_requests_total{route="arrivals",method="GET",status="200"}'
    before = serving.figure(arrivals)
    visitor = member(here, serving)
    for _time in range(3):
        assert "arrivals" in visitor.get("/arrivals/")
    with pytest.raises(urllib.error.HTTPError) as lost:
        visitor.get("/people/Xanthippe/Unmistakable/")
    lost.value.close()
    assert serving.figure(arrivals) == before + 3
    assert serving.figure('kohti_requests_total{route="unknown",method="GET",status="404"}') >= 1
    assert serving.figure('kohti_request_seconds_bucket{route="arrivals",le="+Inf"}') == before + 3
    assert serving.figure('kohti_request_seconds_count{route="arrivals"}') == before + 3
    assert serving.figure("kohti_statements_total") > 3
    told = serving.figures()
    assert "process_resident_memory_bytes" in told
    for word in (
        "Xanthippe",
        "Unmistakable",
        "Quirin",
        "/arrivals",
        str(here.centre.id),
        str(here.system.service),
    ):
        assert word not in told


def test_the_figures_are_not_among_the_pages_and_the_pages_not_among_the_figures(serving: Serving) -> None:
    assert serving.get("/metrics")[0] == 404
    assert serving.get("/", port=serving.figures_port)[0] == 404


def test_the_log_names_routes_and_nobody(here: Place, serving: Serving) -> None:
    visitor = member(here, serving)
    visitor.get("/arrivals/?q=Xanthippe")
    with pytest.raises(urllib.error.HTTPError) as refusal:
        Visitor(serving.port).post("/account/sign-in/", login="quirin@example.org", password=PASSWORD)
    refusal.value.close()
    lines = [json.loads(line) for line in serving.log.read_text().splitlines() if line.startswith("{")]
    asked = [line for line in lines if line["event"] == "request"]
    assert {"request", "route", "method", "status", "ms", "statements"} <= set(asked[-1])
    assert {"arrivals", "account_login"} <= {line["route"] for line in asked}
    assert len({line["request"] for line in asked}) == len(asked)
    told = serving.log.read_text()
    for word in (
        "Xanthippe",
        "Unmistakable",
        "quirin",
        "Quirin",
        "example.org",
        PASSWORD,
        "127.0.0.1/",
        "/arrivals",
    ):
        assert word not in told


def test_told_to_stop_it_ends_its_streams_and_whoever_listened_comes_back(
    here: Place, tmp_path: Path
) -> None:
    serving = Serving(tmp_path / "log")
    with serving.running() as process:
        visitor = member(here, serving)
        found = re.search(r'data-live="([^"]+)"', visitor.get("/arrivals/"))
        assert found is not None
        with visitor.opener.open(visitor.base + found[1], timeout=30) as stream:
            assert stream.readline().startswith(b"retry:")
            assert serving.figure("kohti_live_streams") == 1
            process.send_signal(signal.SIGTERM)
            rest = stream.read().decode()
        assert "event: end" in rest
        assert process.wait(30) in (0, -signal.SIGTERM)
    with serving.running():
        assert "arrivals" in visitor.get("/arrivals/")
        with visitor.opener.open(visitor.base + found[1], timeout=30) as stream:
            assert stream.readline().startswith(b"retry:")


def test_the_worker_tells_of_work_and_the_database() -> None:
    url = addresses.worker_url(Path(os.environ["KOHTI_DATA"]))
    told = metrics.of_the_worker(url)
    assert "kohti_database_up 1" in told
    for name in (
        'kohti_jobs{state="todo"}',
        "kohti_jobs_waiting_seconds",
        'kohti_messages{state="unknown"}',
        'role="kohti_worker"',
    ):
        assert name in told
    gone = metrics.of_the_worker(f"postgresql://kohti_worker@127.0.0.1:{free_port()}/kohti")
    assert "kohti_database_up 0" in gone


def test_a_route_that_carries_quotes_cannot_break_the_format() -> None:
    text = metrics.as_text([("x", "gauge", "X.", [("x", (("route", 'a"b\\c\nd'),), 1.0)])])
    assert text.splitlines()[-1] == 'x{route="a\\"b\\\\c\\nd"} 1'
