"""Keeps a few programs running beside each other, and the embedded database under them.

Each child runs in a session of its own, so that Ctrl-C in the terminal reaches this process alone, which then
stops the children politely. Should this process be killed outright, a small guard, which learns of it by the
end of its pipe, ends the children and whatever they started.
"""

from __future__ import annotations

import contextlib
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from kohti.kernel.postgres import Server

POLITE_FOR = 8.0
LOOK_EVERY = 0.5
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that lived this long was well; its next death starts the pauses from the beginning.
LIVED_WELL = 10.0
DEATHS_IN_A_ROW = 7

Say = Callable[[str], None]


@dataclass(frozen=True)
class Child:
    """A program to keep running. `env` is laid over our own environment.

    `once`: it has an end; when it comes to it with success it is not started again, and the others do not depend on it.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    once: bool = False


def run(children: Sequence[Child], *, server: Server | None, say: Say) -> int:
    """Run the children until SIGINT, SIGTERM or SIGHUP; then stop them and return 0.

    A child that ends is started again, after a pause that grows from half a second to half a minute. A
    database that was killed is brought back at its address first. After a signal each child gets SIGTERM and
    eight seconds; a second signal ends them at once. The server is not released: that is for whoever called
    `use`.

    Returns 1, after stopping everything, when a child ends seven times in a row within ten seconds of its
    start. Call it from the main thread; signal handlers are put back at the end.
    """
    with _signals() as signals, _guard() as guard:
        nursery = _Nursery([_Kept(child) for child in children], guard=guard, say=say)
        database = _Database(server, say=say)
        try:
            while not signals.count:
                if database.look():
                    nursery.look()
                if nursery.hopeless:
                    say(
                        _("%(name)s does not stay up; stopping. What it said is above.")
                        % {"name": nursery.hopeless}
                    )
                    return 1
                signals.wait(LOOK_EVERY)
            return 0
        finally:
            nursery.stop(signals)


class _Signals:
    """Counts requests to stop, and wakes whoever waits when one comes or a child ends."""

    def __init__(self) -> None:
        self.count = 0
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        os.set_blocking(self.writing, False)

    def asked_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.count += 1

    def wait(self, seconds: float) -> None:
        if select.select([self.reading], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self.reading, 4096)


@contextlib.contextmanager
def _signals() -> Iterator[_Signals]:
    signals = _Signals()
    stops = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signals.asked_to_stop) for number in stops}
    # Without a handler of some kind SIGCHLD would not reach the pipe.
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda number, frame: None)
    wakeup = signal.set_wakeup_fd(signals.writing, warn_on_full_buffer=False)
    try:
        yield signals
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(signals.reading)
        os.close(signals.writing)


class _Kept:
    """A child, its process while it has one, and when it is due to start."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.due = 0.0
        self.deaths = 0


class _Nursery:
    def __init__(self, kept: Sequence[_Kept], *, guard: BinaryIO, say: Say) -> None:
        self.kept = kept
        self.guard = guard
        self.say = say
        self.hopeless = ""

    def look(self) -> None:
        """Notice who ended, start who is due."""
        now = time.monotonic()
        for kept in self.kept:
            if kept.process is not None and (code := kept.process.poll()) is not None:
                self.bury(kept, code, now)
            if kept.process is None and now >= kept.due and not self.hopeless:
                self.start(kept, now)

    def start(self, kept: _Kept, now: float) -> None:
        # The child waits for a word from us before it begins, so that there is no moment in which it runs and
        # the guard does not know of it.
        wait_then_run = 'read -r word && exec "$@" </dev/null'
        kept.process = subprocess.Popen(
            ["/bin/sh", "-c", wait_then_run, "sh", *kept.child.argv],
            stdin=subprocess.PIPE,
            env={**os.environ, **kept.child.env},
            start_new_session=True,
        )
        kept.started = now
        self.tell_guard(f"+{kept.process.pid}")
        assert kept.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            kept.process.stdin.write(b"go\n")
            kept.process.stdin.close()

    def bury(self, kept: _Kept, code: int, now: float) -> None:
        self.sweep(kept)
        if kept.child.once and code == 0:
            kept.due = math.inf
            return
        lived = now - kept.started
        kept.deaths = 1 if lived >= LIVED_WELL and not kept.child.once else kept.deaths + 1
        if kept.deaths >= DEATHS_IN_A_ROW and kept.child.once:
            kept.due = math.inf
            self.say(_("%(name)s keeps failing; the others go on") % {"name": kept.child.name})
            return
        if kept.deaths >= DEATHS_IN_A_ROW:
            self.hopeless = kept.child.name
            return
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (kept.deaths - 1))
        kept.due = now + pause
        self.say(
            _("%(name)s ended (%(how)s); starting it again in %(seconds)s s")
            % {"name": kept.child.name, "how": _how(code), "seconds": f"{pause:g}"}
        )

    def sweep(self, kept: _Kept) -> None:
        """End what a child that has ended left behind in its group."""
        assert kept.process is not None
        _signal_group(kept.process.pid, signal.SIGKILL)
        self.tell_guard(f"-{kept.process.pid}")
        kept.process = None

    def stop(self, signals: _Signals) -> None:
        """SIGTERM, eight seconds, SIGKILL; SIGKILL at once when somebody asks a second time."""
        for kept in self.kept:
            if kept.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    kept.process.terminate()
        limit = time.monotonic() + POLITE_FOR
        while True:
            for kept in self.kept:
                if kept.process is not None and kept.process.poll() is not None:
                    self.sweep(kept)
            left = [kept for kept in self.kept if kept.process is not None]
            if not left:
                return
            if time.monotonic() >= limit or signals.count >= 2:
                break
            signals.wait(0.1)
        self.say(_("Ending at once: %(names)s") % {"names": ", ".join(kept.child.name for kept in left)})
        for kept in left:
            if kept.process is not None:
                _signal_group(kept.process.pid, signal.SIGKILL)
                kept.process.wait()
                self.sweep(kept)

    def tell_guard(self, word: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.guard.write(f"{word}\n".encode())


class _Database:
    """The embedded server: whether it is there, and bringing it back when it is not."""

    def __init__(self, server: Server | None, *, say: Say) -> None:
        self.server = server
        self.say = say
        self.pause = FIRST_PAUSE
        self.due = 0.0

    def look(self) -> bool:
        """True when children may be started: the server runs, or there is none to watch."""
        from kohti.kernel import postgres

        if self.server is None or postgres.alive(self.server):
            return True
        if time.monotonic() < self.due:
            return False
        self.say(_("The database was interrupted; bringing it back"))
        try:
            postgres.revive(self.server)
        except postgres.PostgresTrouble as trouble:
            self.say(f"{trouble} " + _("Trying again in %(seconds)s s.") % {"seconds": f"{self.pause:g}"})
            self.due = time.monotonic() + self.pause
            self.pause = min(LONGEST_PAUSE, self.pause * 2)
            return False
        self.pause = FIRST_PAUSE
        self.say(_("The database is back; every committed row is there"))
        return True


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"


def _signal_group(group: int, number: signal.Signals) -> None:
    # macOS answers EPERM where every member of the group is a zombie.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


@contextlib.contextmanager
def _guard() -> Iterator[BinaryIO]:
    """A process that ends all groups it was told of when this one is gone without taking its leave."""
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(__file__).resolve())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        bufsize=0,
        start_new_session=True,
        cwd="/",
    )
    assert guard.stdin is not None
    try:
        yield guard.stdin  # type: ignore[misc]
    finally:
        guard.stdin.close()
        guard.wait()


def _keep_guard() -> None:
    """What the guard does:

    read `+GROUP` and `-GROUP` until the pipe ends, then end the groups still there.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        if line.endswith("\n"):
            (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    for number, patience in ((signal.SIGTERM, POLITE_FOR), (signal.SIGKILL, 1.0)):
        for group in groups:
            _signal_group(group, number)
        limit = time.monotonic() + patience
        while groups and time.monotonic() < limit:
            groups = {group for group in groups if _exists(group)}
            time.sleep(0.05)


def _exists(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return sys.platform == "linux"
    return True


if __name__ == "__main__":
    _keep_guard()
