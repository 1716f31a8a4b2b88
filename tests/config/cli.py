"""The real `kohti`, run as a person runs it: a process of its own, a data folder of its own."""

from __future__ import annotations

import http.cookiejar
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.server import UNSAFE, kept_copy, one_at_a_time
from tests.server import data_folder as folder_of_the_run

from kohti.kernel import postgres

SOURCE = Path(postgres.__file__).parents[3]
SHARED = Path(os.environ.get("KOHTI_SHARED", Path(__file__).parents[2] / ".." / "shared"))
SAMPLE = SOURCE / "kohti" / "config" / "sample"
DIARY = SAMPLE / "cheltenham-2026-03-11-diary.csv"
WALK_INS = SAMPLE / "cheltenham-2026-03-11-walk-ins.csv"
OURS = ("DATABASE_URL", "KOHTI_DATA", "KOHTI_ROLE", "DJANGO_SETTINGS_MODULE", "KOHTI_WEB_URL")


@dataclass(frozen=True, slots=True)
class Finished:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed for a machine."""
        return json.loads(self.out)


class Kohti:
    """The command line over one data folder."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment = {
            **kept,
            "PYTHONPATH": str(SOURCE),
            "KOHTI_DATA": str(data),
            "KOHTI_LANGUAGE": "en",
        }
        self.environment |= environment
        self.command = [sys.executable, "-m", "kohti.config.command"]

    def run(self, *words: object, code: int | None = 0) -> Finished:
        """Run a command to its end; it must end with `code`, unless that is None."""
        done = subprocess.run(
            [*self.command, *map(str, words)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        if code is not None:
            assert done.returncode == code, (
                f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return Finished(done.returncode, done.stdout, done.stderr)

    @contextmanager
    def running(self, *words: object) -> Iterator[subprocess.Popen[bytes]]:
        """A command that runs on until the block ends; then it is asked to stop."""
        process = subprocess.Popen(
            [*self.command, *map(str, words)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder of its own that the database's user may pass through; gone at the end."""
    made = Path(tempfile.mkdtemp(prefix="kohti-test-"))
    made.chmod(0o711)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextmanager
def made_by(*words: str, quick: bool = True) -> Iterator[tuple[Path, postgres.Server, str]]:
    """A data folder of its own where a command was run on nothing, its server, and what the command said.

    The command is run once in a test run; who asks later gets a copy of what it made. `quick` is for tests that
    do not kill the server.
    """
    with data_folder() as data:
        said = _make_or_copy(data, words)
        with postgres.use(data, settings=UNSAFE if quick else None) as server:
            yield data, server, said


def _make_or_copy(data: Path, words: tuple[str, ...]) -> str:
    kept = kept_copy(words[0])
    with one_at_a_time(folder_of_the_run(), f"made-{words[0]}"):
        if kept.exists():
            _copy(kept, data)
            return (data / "said").read_text("utf-8")
        with postgres.use(data, settings=UNSAFE):
            said = Kohti(data).run(*words).err
        (data / "said").write_text(said, "utf-8")
        if not any(data.glob("postgres-*/where")):  # else its files are in a place of their own
            unfinished = kept.with_name(f"{kept.name}-unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(mode=0o711)
            _copy(data, unfinished)
            unfinished.rename(kept)
    return said


def _copy(made: Path, to: Path) -> None:
    """Owners and rights stay: the database's files belong to its own user."""
    subprocess.run(["cp", "-Rp", f"{made}/.", str(to)], check=True)
    for port in to.glob("postgres-*/port"):
        port.unlink()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def small_day(folder: Path, *, lines: int = 12) -> tuple[str, ...]:
    """The first lines of the sample's day as files of their own, named as `replay day` wants them."""
    named = []
    for option, whole in (("--diary", DIARY), ("--walk-ins", WALK_INS)):
        part = folder / whole.name
        part.write_text("".join(whole.read_text("utf-8").splitlines(keepends=True)[: lines + 1]), "utf-8")
        named += [option, str(part)]
    return tuple(named)


class Visitor:
    """A browser without a screen: cookies, forms, nothing else."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def get(self, path: str) -> str:
        """A page. Raises urllib's errors."""
        with self.opener.open(self.base + path, timeout=20) as answer:
            return str(answer.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Send a form; the page it leads to. Raises urllib's errors."""
        token = next((one.value for one in self.cookies if "csrf" in one.name), "")
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token or "", **fields}).encode()
        request = urllib.request.Request(self.base + path, body, {"Referer": self.base + path})  # noqa: S310
        with self.opener.open(request, timeout=20) as answer:
            return str(answer.read().decode())

    def wait_until_it_answers(self, *, seconds: float = 60) -> None:
        """Until the server is up. Raises TimeoutError."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                self.get("/")
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(f"nobody answers at {self.base}")

    def sign_in(self, name: str, password: str) -> str:
        """Sign in as a person does; the page one lands on."""
        form = self.get("/account/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token is not None
        return self.post("/account/sign-in/", csrfmiddlewaretoken=token[1], login=name, password=password)
