"""What starting a web process costs: from `kohti serve` to the first answer, and what it weighs then."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kohti.config import addresses, lived
from kohti.config.bench.measure import Say, cpu_ms, free_port

PAGES = ("/account/sign-in/", "/account/way-back/", "/account/sign-in/")
PATIENCE_S = 60


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds on the wall and ms of CPU until `/health` answered, MB resident after three pages."""

    wall_s: float
    cpu_ms: float
    memory_mb: float


def measure(*, repeat: int, say: Say) -> list[dict[str, Any]]:
    """Start a web process `repeat` times against a database that runs, one after the other.

    The first of them warms the disk's cache and is left out. Raises RuntimeError when one does not answer.
    """
    with lived.scratch(say):
        starts = [_start(addresses.owner_url()) for _turn in range(repeat + 1)]
    return [asdict(one) for one in starts[1:]]


def as_table(rows: list[dict[str, Any]]) -> str:
    """The starts for a person: the median and the extremes of each figure."""
    lines = [f"{'':14}{'median':>10}{'least':>10}{'most':>10}"]
    for name, words in (("wall_s", "seconds"), ("cpu_ms", "CPU ms"), ("memory_mb", "MB")):
        values = [row[name] for row in rows]
        lines.append(f"{words:14}{statistics.median(values):>10.2f}{min(values):>10.2f}{max(values):>10.2f}")
    return "\n".join(lines)


def _start(owner_url: str) -> Start:
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "kohti.config.command", "serve", "--port", str(port)],
        env=os.environ | {"KOHTI_ROLE": "web", "DATABASE_URL": owner_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not _answers(port, "/health"):
            if process.poll() is not None or time.perf_counter() - begun > PATIENCE_S:
                raise RuntimeError("a web process did not answer")
            time.sleep(0.005)
        wall, cpu = time.perf_counter() - begun, cpu_ms([process.pid])
        for page in PAGES:
            if not _answers(port, page):
                raise RuntimeError(f"{page} was not answered")
        return Start(round(wall, 3), round(cpu, 1), _resident_mb(process.pid))
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0
