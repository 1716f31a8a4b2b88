"""What runs beside each other is kept running, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kohti.config import supervise
from kohti.kernel import postgres

SOURCE = Path(postgres.__file__).parents[3]

# A child notes its process and that of a grandchild, then waits; how it takes SIGTERM is its own affair.
CHILD = """
import os, signal, subprocess, sys, time
name, folder, manner = sys.argv[1:]
if manner == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
grandchild = subprocess.Popen(["sleep", "600"])
with open(f"{folder}/{name}", "a") as notes:
    notes.write(f"{os.getpid()} {grandchild.pid}\\n")
if manner == "dies":
    raise SystemExit(3)
if manner == "ends":
    raise SystemExit(0)
time.sleep(600)
"""

SUPERVISOR = """
import sys
from pathlib import Path
from kohti.config.supervise import Child, run
from kohti.kernel import postgres
folder, child, *manners = sys.argv[1:]
children = [
    Child(manner, [sys.executable, "-c", child, manner, folder, manner], {"KOHTI_TEST": "yes"}, manner == "ends")
    for manner in manners
    if manner != "database"
]
server = None
if "database" in manners:
    server = postgres.use(Path(folder) / "data", settings={"fsync": "off", "shared_buffers": "16MB"})
    Path(folder, "address").write_text(server.address.url("postgres"))
code = run(children, server=server, say=lambda line: print(line, flush=True))
if server is not None:
    server.release()
sys.exit(code)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="kohti-test-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def supervisor(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(*manners: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(folder), CHILD, *manners],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def until(condition: Callable[[], object], *, seconds: float = 120) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come to pass"
        time.sleep(0.01)


def notes(folder: Path, name: str) -> list[list[int]]:
    try:
        lines = (folder / name).read_text().splitlines()
    except FileNotFoundError:
        return []
    return [[int(word) for word in line.split()] for line in lines]


def lives(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def nobody_lives(folder: Path, *names: str) -> bool:
    return not any(lives(pid) for name in names for line in notes(folder, name) for pid in line)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_all_is_well(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]], number: signal.Signals
) -> None:
    process = supervisor("web", "worker")
    until(lambda: notes(folder, "web") and notes(folder, "worker"))
    process.send_signal(number)
    assert process.wait(30) == 0
    until(lambda: nobody_lives(folder, "web", "worker"))


def test_a_child_that_is_killed_is_started_again(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]]
) -> None:
    supervisor("web", "worker")
    until(lambda: notes(folder, "web") and notes(folder, "worker"))
    first, grandchild = notes(folder, "web")[0]
    os.kill(first, signal.SIGKILL)
    until(lambda: len(notes(folder, "web")) == 2)
    assert lives(notes(folder, "web")[1][0])
    until(lambda: not lives(grandchild))
    assert len(notes(folder, "worker")) == 1


def test_what_has_an_end_comes_to_it_once_and_the_others_go_on(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]]
) -> None:
    process = supervisor("ends", "web")
    until(lambda: notes(folder, "ends") and notes(folder, "web"))
    os.kill(notes(folder, "web")[0][0], signal.SIGKILL)
    until(lambda: len(notes(folder, "web")) == 2)
    assert process.poll() is None
    assert len(notes(folder, "ends")) == 1


def test_a_second_signal_ends_who_does_not_listen(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]]
) -> None:
    process = supervisor("deaf")
    until(lambda: notes(folder, "deaf"))
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    until(lambda: nobody_lives(folder, "deaf"))


@pytest.mark.long
def test_who_does_not_listen_is_ended_after_a_while(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]]
) -> None:
    process = supervisor("deaf", "web")
    until(lambda: notes(folder, "deaf") and notes(folder, "web"))
    process.send_signal(signal.SIGTERM)
    until(lambda: nobody_lives(folder, "web"))
    assert lives(notes(folder, "deaf")[0][0])
    assert process.wait(supervise.POLITE_FOR + 20) == 0
    until(lambda: nobody_lives(folder, "deaf"))


def test_nobody_is_left_when_the_supervisor_is_killed(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]]
) -> None:
    process = supervisor("web", "worker")
    until(lambda: notes(folder, "web") and notes(folder, "worker"))
    process.kill()
    until(lambda: nobody_lives(folder, "web", "worker"))


def test_a_killed_database_is_brought_back_at_its_address(
    folder: Path, supervisor: Callable[..., subprocess.Popen[str]]
) -> None:
    process = supervisor("web", "database")
    until(lambda: notes(folder, "web"))
    address = (folder / "address").read_text()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create table kept as select 1 as one")
    pid_file = folder / "data" / "postgres-18" / "cluster" / "postmaster.pid"
    killed = int(pid_file.read_text().split()[0])
    os.kill(killed, signal.SIGKILL)

    def rows() -> list[tuple[object, ...]]:
        try:
            with psycopg.connect(address) as connection:
                return connection.execute("select one from kept").fetchall()
        except psycopg.OperationalError:
            return []

    until(lambda: not lives(killed) and rows() == [(1,)])
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
    assert len(notes(folder, "web")) == 1
    assert not pid_file.exists()


def test_who_never_stays_up_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(supervise, "LOOK_EVERY", 0.01)
    said: list[str] = []
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)]
    code = supervise.run([supervise.Child("web", ["false"])], server=None, say=said.append)
    assert code == 1
    assert said[-1].startswith("web does not stay up")
    assert handlers == [
        signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD)
    ]
