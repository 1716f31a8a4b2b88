"""Whatever is killed in the middle of a morning: who was told that they are checked in, is."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPException
from itertools import cycle
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psycopg
import pytest
from tests.config.cli import Kohti, Visitor, data_folder, free_port

from kohti.kernel import postgres

HANDS = 6
"""People who check in at the same time."""


def a_busy_diary(number: int) -> bytes:
    """A morning with this many people, ten a colleague."""
    lines = (
        f"X{n:04d},2026-03-11,{11 + n % 10 // 6}:{n % 10 % 6}0,10,Visitor {n:04d},Colleague {n // 10:03d},"
        "Work search review\n"
        for n in range(number)
    )
    return "".join(["Ref,Date,Start,Minutes,Customer,With,Type\n", *lines]).encode()


def processes() -> Iterator[tuple[int, int, str]]:
    """Every process of this machine: its number, its parent's, its command."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (OSError, ValueError):
            continue
        yield int(folder.name), parent, words


class Morning:
    """A demo that runs, people who are checked in one after the other, and somebody with a hammer."""

    def __init__(self, kohti: Kohti, server: postgres.Server, *, number: int, tmp_path: Path) -> None:
        self.kohti = kohti
        self.server = server
        diary = tmp_path / "busy.csv"
        diary.write_bytes(a_busy_diary(number))
        kohti.run("demo", "--no-serve")
        done = kohti.run("import", "diary", diary, "--centre", "cheltenham", "--apply", "--json")
        assert done.json()["importable"] == number
        with self.owner() as owner:
            found = owner.execute(
                "select id, version from diary_booking where reference like 'X%'"
            ).fetchall()
        self.expected: Queue[tuple[uuid.UUID, int]] = Queue()
        for booking in found:
            self.expected.put(booking)
        self.told: list[uuid.UUID] = []
        self.failures = 0
        self.number = number

    def owner(self) -> psycopg.Connection[Any]:
        """The database, as the one who sees everything."""
        return psycopg.connect(self.server.address.url("kohti"), autocommit=True)

    def pid_of(self, what: str, demo: int) -> int | None:
        """The process of web, worker or database, if it is there."""
        if what == "database":
            (path,) = self.kohti.data.glob("**/postmaster.pid")
            return int(path.read_text().split()[0])
        words = {"web": "command serve", "worker": "command worker"}[what]
        return next(
            (pid for pid, parent, command in processes() if parent == demo and words in command), None
        )

    def check_everybody_in(self, visitor: Visitor, token: str) -> None:
        """Check in whoever is next until nobody is left; what fails is tried again, as a person would."""
        while True:
            try:
                booking_id, version = self.expected.get_nowait()
            except Empty:
                return
            request = urllib.request.Request(  # noqa: S310
                f"{visitor.base}/arrivals/{booking_id}/check-in/",
                f"csrfmiddlewaretoken={token}&v={version}".encode(),
                {"HX-Request": "true", "Referer": visitor.base},
            )
            try:
                with visitor.opener.open(request, timeout=30) as answer:
                    assert answer.status == 200
                    answer.read()
            except (urllib.error.URLError, OSError, HTTPException):
                self.failures += 1
                self.expected.put((booking_id, version))
                time.sleep(0.05)
            else:
                self.told.append(booking_id)

    def live(self, victims: list[str]) -> None:
        """Check everybody in while the victims are killed, one after the other, spread over the morning."""
        port = free_port()
        (account,) = (
            one
            for one in self.kohti.run("demo", "accounts", "--json").json()
            if one["name"] == "host.cheltenham"
        )
        with self.kohti.running("demo", "--stories", "--port", port) as demo:
            visitor = Visitor(port)
            visitor.wait_until_it_answers()
            visitor.sign_in(account["name"], account["password"])
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get("/arrivals/"))
            assert token is not None
            hands = [
                threading.Thread(target=self.check_everybody_in, args=(visitor, token[1]))
                for _n in range(HANDS)
            ]
            for hand in hands:
                hand.start()
            try:
                for n, victim in enumerate(victims, start=1):
                    wait_for(lambda n=n: len(self.told) >= n * self.number // (len(victims) + 1))  # type: ignore[misc]
                    wait_for(lambda victim=victim: self.pid_of(victim, demo.pid) is not None)  # type: ignore[misc]
                    pid = self.pid_of(victim, demo.pid)
                    assert pid is not None
                    os.kill(pid, signal.SIGKILL)
            finally:
                for hand in hands:
                    hand.join(240)
            assert not any(hand.is_alive() for hand in hands)

    def nobody_is_lost_and_nobody_is_there_twice(self) -> None:
        """What everybody was told is so."""
        with self.owner() as owner:
            rows = owner.execute(
                "select v.booking_id, count(*), min(b.state) from frontdesk_visit v"
                " join diary_booking b on b.id = v.booking_id"
                " where b.reference like 'X%' and v.state <> 'undone' group by v.booking_id"
            ).fetchall()
        found = {booking_id: (count, state) for booking_id, count, state in rows}
        assert len(self.told) == len(set(self.told)) == self.number
        assert found == dict.fromkeys(self.told, (1, "kept"))
        assert [one for one in self.kohti.run("check", "--json").json() if not one["ok"]] == []


def wait_for(what: Callable[[], bool], *, seconds: float = 180) -> None:
    """Until it is so."""
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.01)


def a_morning(tmp_path: Path, *, number: int, victims: list[str]) -> None:
    """A morning from the beginning to the reckoning."""
    with data_folder() as data, postgres.use(data) as server:
        morning = Morning(Kohti(data), server, number=number, tmp_path=tmp_path)
        morning.live(victims)
        assert morning.failures or "database" not in victims
        morning.nobody_is_lost_and_nobody_is_there_twice()


def test_web_worker_and_database_are_killed_and_nobody_who_was_told_is_lost(tmp_path: Path) -> None:
    a_morning(tmp_path, number=120, victims=["web", "worker", "database"])


@pytest.mark.long
def test_all_of_them_are_killed_three_times_in_five_hundred_check_ins(tmp_path: Path) -> None:
    turns = cycle(["web", "database", "worker"])
    a_morning(tmp_path, number=500, victims=[next(turns) for _n in range(9)])
