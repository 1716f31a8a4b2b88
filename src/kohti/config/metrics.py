"""Figures for whoever runs the product, in Prometheus' text format, on a port of their own.

Nothing personal: routes by their names, never addresses; no person, user, centre or identifier. The port is not
the pages': a proxy that publishes the product cannot publish these by mistake, and no token lies about.
"""

from __future__ import annotations

import asyncio
import os
import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import psycopg

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
METHODS = frozenset({"GET", "HEAD", "POST"})
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]
Sample = tuple[str, Labels, float]
"""The name of a figure (with its suffix), its labels, its value."""


class Requests:
    """How many requests there were, of which route, how they ended and how long they took."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.ended: Counter[tuple[str, str, int]] = Counter()
        self.buckets: dict[str, list[int]] = {}
        self.seconds: Counter[str] = Counter()
        self.statements = 0

    def add(self, *, route: str, method: str, status: int, seconds: float, statements: int) -> None:
        """One more request."""
        with self.lock:
            self.ended[route, method if method in METHODS else "other", status] += 1
            counts = self.buckets.setdefault(route, [0] * (len(BUCKETS_S) + 1))
            counts[bisect_left(BUCKETS_S, seconds)] += 1
            self.seconds[route] += seconds  # type: ignore[assignment]
            self.statements += statements

    def samples(self) -> Iterator[tuple[str, str, str, list[Sample]]]:
        """Each figure: name, kind, what it means, its values."""
        with self.lock:
            ended, seconds = dict(self.ended), dict(self.seconds)
            buckets = {route: list(counts) for route, counts in self.buckets.items()}
            statements = self.statements
        yield (
            "kohti_requests_total",
            "counter",
            "Requests by route, method and status.",
            [
                (
                    "kohti_requests_total",
                    (("route", route), ("method", method), ("status", str(status))),
                    float(count),
                )
                for (route, method, status), count in sorted(ended.items())
            ],
        )
        durations: list[Sample] = []
        name = "kohti_request_seconds"
        for route, counts in sorted(buckets.items()):
            total = 0
            for limit, count in zip((*map(str, BUCKETS_S), "+Inf"), counts, strict=True):
                total += count
                durations.append((f"{name}_bucket", (("route", route), ("le", limit)), float(total)))
            durations.append((f"{name}_sum", (("route", route),), seconds[route]))
            durations.append((f"{name}_count", (("route", route),), float(total)))
        yield (
            name,
            "histogram",
            "Time until the answer began, by route.",
            durations,
        )
        yield (
            "kohti_statements_total",
            "counter",
            "SQL statements of requests.",
            [("kohti_statements_total", (), float(statements))],
        )


requests = Requests()


def of_live_news() -> Iterator[tuple[str, str, str, list[Sample]]]:
    """What this web process pushes, and to how many screens."""
    from kohti.kernel import live

    with suppress(RuntimeError):
        hub = live.hub()
        streams = sum(len(group.queues) for group in list(hub.groups.values()))
        for name, kind, text, value in (
            ("kohti_live_streams", "gauge", "Screens that listen.", streams),
            ("kohti_live_renderings_total", "counter", "Fragments rendered for screens.", hub.renderings),
            (
                "kohti_live_listening",
                "gauge",
                "1 while the database's notifications are heard; 0 before the first screen, or lost.",
                int(bool(hub.listening_as)),
            ),
        ):
            yield name, kind, text, [(name, (), float(value))]


IN_THE_DATABASE = (
    (
        "kohti_jobs",
        "Background jobs by state.",
        "state",
        "select status::text, count(*) from procrastinate_jobs where status::text <> 'succeeded' group by 1",
        ("todo", "doing", "failed"),
    ),
    (
        "kohti_jobs_waiting_seconds",
        "For how long the oldest job that could be done has waited.",
        "",
        "select '', coalesce(extract(epoch from max(clock_timestamp() - coalesce(j.scheduled_at,"
        " (select min(e.at) from procrastinate_events e where e.job_id = j.id)))), 0)"
        " from procrastinate_jobs j where j.status = 'todo'"
        " and (j.scheduled_at is null or j.scheduled_at < clock_timestamp())",
        (),
    ),
    (
        "kohti_messages",
        "Mail and text messages by state: waiting, on their way, unknown after a crash, refused.",
        "state",
        "select state, messages from kohti.messages_by_state()",
        ("queued", "sending", "unknown", "failed"),
    ),
    (
        "kohti_database_connections",
        "Connections to the database by role.",
        "role",
        "select coalesce(usename::text, 'server'), count(*) from pg_stat_activity"
        " where datname = current_database() group by 1",
        (),
    ),
    (
        "kohti_database_bytes",
        "Size of the database.",
        "",
        "select '', pg_database_size(current_database())",
        (),
    ),
)


def of_the_database(url: str) -> Iterator[tuple[str, str, str, list[Sample]]]:
    """What the worker's role sees of work and connections; only `kohti_database_up` 0 where it cannot ask."""
    up = 0
    found: list[tuple[str, str, str, list[Sample]]] = []
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=5, prepare_threshold=None) as worker:
            worker.execute("set statement_timeout = '5s'")
            for name, text, label, query, states in IN_THE_DATABASE:
                values = {str(row[0]): float(row[1]) for row in worker.execute(query.encode())}
                values = dict.fromkeys(states, 0.0) | values
                found.append(
                    (
                        name,
                        "gauge",
                        text,
                        [
                            (name, ((label, key),) if label else (), value)
                            for key, value in sorted(values.items())
                        ],
                    )
                )
        up = 1
    except psycopg.Error:
        found = []
    yield (
        "kohti_database_up",
        "gauge",
        "1 where the database answers.",
        [("kohti_database_up", (), float(up))],
    )
    yield from found


def of_the_process() -> Iterator[tuple[str, str, str, list[Sample]]]:
    """CPU and memory of this process (Linux)."""
    times = os.times()
    yield (
        "process_cpu_seconds_total",
        "counter",
        "CPU time of this process.",
        [("process_cpu_seconds_total", (), times.user + times.system)],
    )
    with suppress(OSError), open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
        yield (
            "process_resident_memory_bytes",
            "gauge",
            "Memory of this process.",
            [("process_resident_memory_bytes", (), float(pages * os.sysconf("SC_PAGE_SIZE")))],
        )


def as_text(families: Iterable[tuple[str, str, str, list[Sample]]]) -> str:
    """Figures in Prometheus' text format (exposition formats, text-based, 0.0.4)."""
    lines: list[str] = []
    for name, kind, text, samples in families:
        lines += [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
        for sample, labels, value in samples:
            inside = ",".join(f'{key}="{_escaped(word)}"' for key, word in labels)
            lines.append(f"{sample}{{{inside}}} {value:g}" if inside else f"{sample} {value:g}")
    return "\n".join(lines) + "\n"


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def of_the_web() -> str:
    """The figures of a web process."""
    return as_text([*requests.samples(), *of_live_news(), *of_the_process()])


def of_the_worker(url: str) -> str:
    """The figures of a worker process, and with them those of the database."""
    return as_text([*of_the_database(url), *of_the_process()])


async def serve(make: Callable[[], str], *, host: str, port: int) -> asyncio.Server:
    """Answer `GET /metrics` at a port of its own until the server is closed. Raises OSError when it is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
            if head.startswith(b"GET /metrics "):
                body = (await asyncio.get_running_loop().run_in_executor(None, make)).encode()
                status = b"200 OK"
            else:
                status, body = b"404 Not Found", b""
            writer.write(
                b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
                % (status, CONTENT_TYPE.encode(), len(body), body)
            )
            await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, host, port)


def place(environment: Mapping[str, str], *, given: int | None) -> tuple[str, int] | None:
    """Where the figures are served: a port given on the command line or KOHTI_METRICS_PORT; None for nowhere."""
    port = given if given is not None else int(environment.get("KOHTI_METRICS_PORT") or 0)
    return (environment.get("KOHTI_METRICS_HOST", "127.0.0.1"), port) if port else None


def route_of(request: Any, *, static: str) -> str:
    """The name of a request's route: `static` for files of ours, `unknown` where nothing is at its address."""
    if request.path.startswith(static):
        return "static"
    match = getattr(request, "resolver_match", None)
    return str(match.view_name or "unnamed") if match is not None else "unknown"
