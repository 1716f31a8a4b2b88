"""A calendar server of others takes the feed and gives it back as it was: a Radicale, in a process of its own."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from tests.factories import MORNING, TODAY

from kohti.diary.icalendar import Event, calendar

LONDON = ZoneInfo("Europe/London")
AUTH = {"Authorization": "Basic Y29hY2g6"}
"""The user `coach`, whom the server asks for nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[int]:
    """The port of a server that keeps what it is given below `tmp_path`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "server-hosts": f"127.0.0.1:{port}",
        "auth-type": "none",
        "storage-filesystem-folder": str(tmp_path / "kept"),
        "web-type": "none",
        "logging-level": "error",
    }
    command = [sys.executable, "-m", "radicale", "--config", ""]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            wait_for(port, process, tmp_path / "log")
            yield port
        finally:
            process.terminate()
            process.wait(10)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it answers; at most twenty seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def ask(port: int, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """One request to the server."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, path, body, AUTH | {"Content-Type": "text/calendar; charset=utf-8"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def said(content: bytes) -> dict[str, list[str]]:
    """What a calendar says of each event, line by line, as another hand writes it."""
    read: Any = icalendar.Calendar.from_ical(content)
    return {
        str(one["UID"]): sorted(one.to_ical(sorted=True).decode().replace("\r\n ", "").splitlines())
        for one in read.walk("VEVENT")
    }


def test_a_calendar_server_takes_the_feed_and_gives_the_same_back(server: int) -> None:
    starts = datetime(2026, 3, 25, 9, 30, tzinfo=LONDON)
    usual: dict[str, Any] = {
        "changed": MORNING,
        "title": "Työnhaun tarkistus; 2. kerta, pitkä — Übersicht über alles Besprochene",
    }
    events = [
        Event(uid="1", sequence=3, starts=starts, ends=starts + timedelta(minutes=20), **usual),
        Event(
            uid="2",
            sequence=1,
            starts=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            ends=datetime(2026, 10, 25, 2, 0, tzinfo=UTC),
            cancelled=True,
            text="7K2M-9QXD https://kohti.example/calendar/AZ/",
            link="https://kohti.example/calendar/AZ/",
            **usual,
        ),
        Event(
            uid="3",
            sequence=0,
            starts=datetime(2026, 4, 3, tzinfo=LONDON),
            ends=datetime(2026, 4, 7, tzinfo=LONDON),
            whole_days=True,
            **usual,
        ),
        Event(
            uid="4",
            sequence=0,
            starts=starts,
            ends=starts.replace(hour=12),
            every_week=date(2026, 4, 22),
            but=[date(2026, 4, 8)],
            place="Room 2, Cheltenham",
            **usual,
        ),
    ]
    content = calendar(events, name="Kohti", zone=LONDON, first=TODAY, last=TODAY)
    assert ask(server, "PUT", "/coach/own/", content)[0] == 201
    status, back = ask(server, "GET", "/coach/own/")
    assert status == 200
    assert said(back) == said(content)
    assert set(said(back)) == {"1", "2", "3", "4"}
    weekly: Any = recurring_ical_events.of(icalendar.Calendar.from_ical(back)).between(
        (2026, 3, 1), (2026, 6, 1)
    )
    hours = [one["DTSTART"].dt.isoformat() for one in weekly if one["UID"] == "4"]
    assert hours == [
        "2026-03-25T09:30:00+00:00",
        "2026-04-01T09:30:00+01:00",
        "2026-04-15T09:30:00+01:00",
        "2026-04-22T09:30:00+01:00",
    ]
