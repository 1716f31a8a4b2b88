"""What a bench stands on: real web processes, signed-in sessions, and what the system says they ran.

CPU is what the operating system says the web process and PostgreSQL's processes ran (/proc/…/schedstat), divided
by the number of requests: it holds on a noisy machine where seconds do not. Statements are counted by the web
(begin, commit and the setting of the actor left out) and told in a header. Linux only.
"""

from __future__ import annotations

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from kohti.config import addresses

Say = Callable[[str], None]
KEPT_S = 60
"""How long a connection may rest: the server hangs up after 75 seconds."""
PASSWORD = "measured through the front door"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Row:
    """One operation over one amount of history: CPU in ms a request, times in ms, statements, bytes.

    `db_beside_ms`: the part of `db_cpu_ms` that PostgreSQL ran beside the requests (checkpoints, cleaning up).
    """

    operation: str
    rows: int
    clients: int
    app_cpu_ms: float
    db_cpu_ms: float
    db_beside_ms: float
    p50_ms: float
    p95_ms: float
    statements: int
    bytes: int


def as_table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows for a person."""
    head = (
        f"{'operation':16}{'rows':>10}{'app ms':>9}{'db ms':>8}{'beside':>8}{'p50':>8}{'p95':>8}{'stmts':>7}"
        f"{'bytes':>9}"
    )
    lines = [
        f"{one['operation']:16}{one['rows']:>10,}{one['app_cpu_ms']:>9.2f}{one['db_cpu_ms']:>8.2f}"
        f"{one['db_beside_ms']:>8.2f}"
        f"{one['p50_ms']:>8.1f}{one['p95_ms']:>8.1f}{one['statements']:>7}{one['bytes']:>9,}"
        for one in rows
    ]
    return "\n".join([head, *lines])


def cpu_ms(pids: Sequence[int]) -> float:
    """What processes have run so far, in ms: every thread's time on a processor."""
    total = 0
    for pid in pids:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                total += int(Path(f"/proc/{pid}/task/{task}/schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total / 1e6


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
            found += children(int(child))
    return found


BESIDE = ("autovacuum", "background writer", "checkpointer", "io worker", "logical replication", "walwriter")
"""What PostgreSQL's processes are called that answer nobody."""


def beside(pids: Sequence[int]) -> list[int]:
    """Those of PostgreSQL's processes that answer nobody."""
    found = []
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/cmdline").read_text().removeprefix("postgres: ").startswith(BESIDE):
                found.append(pid)
    return found


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Web:
    """Web processes of our own on free ports, over so many rows of the past; their clock begins at `opens` now."""

    def __init__(self, past: int, owner_url: str, *, opens: datetime, processes: int = 1) -> None:
        from kohti.config import installation

        self.past = past
        with psycopg.connect(owner_url, autocommit=True) as owner:
            installation.set_clock(owner, opens, sample=True)
        env = os.environ | {"KOHTI_ROLE": "web", "DATABASE_URL": owner_url}
        self.ports = [free_port() for _one in range(processes)]
        self.processes = [
            subprocess.Popen(
                [sys.executable, "-m", "kohti.config.command", "serve", "--port", str(port)],
                env=env,
                stderr=subprocess.DEVNULL,
            )
            for port in self.ports
        ]
        for port in self.ports:
            _wait_for(port)
        with psycopg.connect(addresses.owner_url()) as owner:
            row = owner.execute("select pg_backend_pid()").fetchone()
            assert row is not None
            stat = Path(f"/proc/{row[0]}/stat").read_text()
            self.postmaster = int(stat.rpartition(")")[2].split()[1])

    def __enter__(self) -> Web:
        return self

    def __exit__(self, *_trouble: object) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)

    def cpu(self) -> tuple[float, float, float]:
        """What the web processes, PostgreSQL, and of that those of its processes that answer nobody ran, in ms."""
        database = children(self.postmaster)
        return cpu_ms([one.pid for one in self.processes]), cpu_ms(database), cpu_ms(beside(database))


def _wait_for(port: int) -> None:
    """Until somebody listens on a port, for twenty seconds at most."""
    for _try in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


class Browser:
    """A signed-in session on one kept connection; the processes take browsers in turn, by their number."""

    def __init__(self, web: Web, username: str, number: int = 0) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", web.ports[number % len(web.ports)])
        self.cookies: dict[str, str] = {}
        self.token = ""
        self.last = time.monotonic()
        self.get("/account/sign-in/")
        status, _headers, body = self.post(
            "/account/sign-in/", {"login": username, "password": PASSWORD}, htmx=False
        )
        if status != 302:
            raise RuntimeError(f"could not sign in: {status} {body[:200]!r}")

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        if time.monotonic() - self.last > KEPT_S:
            self.connection.close()
        self.last = time.monotonic()
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        content = response.read()
        for line in response.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', content)
        if found:
            self.token = found.group(1).decode()
        return response.status, response.headers, content

    def get(self, path: str) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Open a page."""
        return self._ask("GET", path, None, {})

    def post(
        self, path: str, values: dict[str, str], *, htmx: bool = True
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Press a button, as the pages' script does."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if htmx:
            headers["HX-Request"] = "true"
        return self._ask("POST", path, urlencode(values | {"csrfmiddlewaretoken": self.token}), headers)


Answer = tuple[int, http.client.HTTPMessage, bytes]
Step = Callable[[Browser], Answer]
WARM = 5


@dataclass(slots=True)
class Stand:
    """One web process with its four browsers, and what the operation at hand has cost there so far."""

    web: Web
    browsers: Sequence[Browser]
    app: float = 0
    database: float = 0
    beside: float = 0
    times: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    bodies: list[list[bytes]] = field(default_factory=list)

    def work(self, name: str, numbers: Sequence[int], steps: Sequence[Sequence[Step]]) -> None:
        """Let these browsers do their steps at once; the first five of each are a warm-up."""

        def do(number: int, part: Sequence[Step]) -> list[tuple[float, Answer]]:
            done = []
            for step in part:
                begun = time.perf_counter()
                answer = step(self.browsers[number])
                done.append(((time.perf_counter() - begun) * 1000, answer))
                if answer[0] not in (200, 302, 303):
                    raise RuntimeError(f"{name}: {answer[0]} {answer[2][:300]!r}")
            return done

        with ThreadPoolExecutor(len(numbers)) as pool:
            warm = list(pool.map(lambda n: do(n, steps[n][:WARM]), numbers))
            before = self.web.cpu()
            rest = list(pool.map(lambda n: do(n, steps[n][WARM:]), numbers))
            after = self.web.cpu()
        self.app += after[0] - before[0]
        self.database += after[1] - before[1]
        self.beside += after[2] - before[2]
        for first, part in zip(warm, rest, strict=True):
            self.times += [one[0] for one in part]
            self.answers += [one[1] for one in part]
            self.bodies.append([one[1][2] for one in first + part])

    def row(self, name: str, clients: int) -> Row:
        """What it cost, and a clean sheet for the next operation."""
        times = sorted(self.times)
        row = Row(
            name,
            self.web.past,
            clients,
            round(self.app / len(times), 2),
            round(self.database / len(times), 2),
            round(self.beside / len(times), 2),
            round(statistics.median(times), 1),
            round(times[int(len(times) * 0.95)], 1),
            round(statistics.median(int(one[1].get("X-Kohti-Statements", "0")) for one in self.answers)),
            round(statistics.median(len(one[2]) for one in self.answers)),
        )
        self.app = self.database = self.beside = 0
        self.times, self.answers, self.bodies = [], [], []
        return row
