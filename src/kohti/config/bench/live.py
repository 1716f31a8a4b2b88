"""How soon a change is on every open screen: real streams over loopback, with real sessions, at one web process.

The screens are event streams of several colleagues, half on the arrivals and half on the queue. Another process
changes something through the actions; each screen says when it received the event that names it. Measured from
before the change began, so its own transaction is in it. The screens are read on the same machine.
"""

from __future__ import annotations

import asyncio
import resource
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from operator import methodcaller
from pathlib import Path
from typing import Any

import psycopg

from kohti.config import addresses, lived
from kohti.config.bench.frontdesk import CENTRE, OPENING
from kohti.config.bench.measure import PASSWORD, Browser, Say, Stand, Web, as_table

ROLES = ("host", "host", "coach", "coach", "coach", "coach", "leader", "leader")
PAGES = ("/arrivals/", "/queue/")
AT_ONCE = 50
"""So many screens are opened at the same moment."""
PATIENCE_S = 20.0
LOOKED = 20
"""So often each page is opened meanwhile."""


@dataclass(slots=True)
class Screen:
    """One open screen: the name it waits for, and when an event brought it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    name: bytes = b""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    at: float = 0.0
    ended: bool = False

    async def listen(self) -> None:
        """Read until the stream ends; note when the name that is waited for came."""
        while True:
            try:
                event = await self.reader.readuntil(b"\n\n")
            except (asyncio.IncompleteReadError, OSError):
                self.ended = True
                self.heard.set()
                return
            if self.name and self.name in event:
                self.at = time.perf_counter()
                self.name = b""
                self.heard.set()


def measure(*, screens: Sequence[int], changes: int, say: Say) -> list[dict[str, Any]]:
    """For each number of screens: how soon they heard of so many changes, connections, and the pages meanwhile."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with lived.scratch(say):
        from kohti.config import installation

        names, host, reason = _prepare(say)
        found = []
        for number in screens:
            with Web(0, addresses.owner_url(), opens=OPENING) as web:
                installation.load()  # the same clock as the web's
                browsers = [Browser(web, name) for name in names]
                for browser in browsers:
                    for page in PAGES:
                        browser.get(page)
                say(f"{number} screens")
                found.append(asyncio.run(_watch(web, browsers, number, changes, host, reason)))
        return found


def in_words(found: Sequence[dict[str, Any]]) -> str:
    """What was measured, for a person."""
    lines = []
    for one in found:
        lines += [
            f"{one['screens']:,} screens, {one['changes']} changes: heard in {one['p50_ms']:.0f} ms (p50),"
            f" {one['p95_ms']:.0f} ms (p95), {one['most_ms']:.0f} ms (the last); {one['missed']} missed,"
            f" {one['ended']} streams ended; CPU of the web a change {one['app_cpu_ms']:.1f} ms",
            f"connections of the web before {one['connections_before']}, meanwhile {one['connections_meanwhile']};"
            f" {one['memory_kb']:.0f} KB of the web a screen",
            as_table(one["pages"]),
            "",
        ]
    return "\n".join(lines)


def _prepare(say: Say) -> tuple[list[str], Any, uuid.UUID]:
    """A service with eight colleagues at one centre: their names, whoever changes something, and a reason."""
    from django.contrib.auth.hashers import make_password

    from kohti.config import sample, services
    from kohti.frontdesk.models import Reason
    from kohti.kernel import actor as actors
    from kohti.kernel import clock
    from kohti.kernel.actor import DOOR, as_actor
    from kohti.team import actions as team

    say("making a service with eight colleagues")
    hashed = make_password(PASSWORD)
    with clock.held_at(sample.HIRED):
        services.apply(services.shipped("gloucestershire"), name="gloucestershire.toml")
        actor, _place = services.centre_called(CENTRE)
        with as_actor(actor):
            members = [
                team.add_member(
                    actor,
                    username=f"bench{number}",
                    password_hash=hashed,
                    full_name=f"Colleague Number{number}",
                    role=role,
                    centre=CENTRE,
                    organisation="jobcentre",
                    starts=sample.HIRED,
                )
                for number, role in enumerate(ROLES)
            ]
            reason = Reason.objects.get(service_id=actor.service, code="own-coach").id
    with clock.held_at(OPENING), as_actor(DOOR):
        host = actors.member(members[0].id)
    return [f"bench{number}" for number in range(len(ROLES))], host, reason


def _connections() -> int:
    """Connections of the web's role to the database."""
    with psycopg.connect(addresses.owner_url(), autocommit=True) as owner:
        row = owner.execute(
            "select count(*) from pg_stat_activity where usename = %s and datname = current_database()",
            (addresses.WEB,),
        ).fetchone()
    return int(row[0]) if row else 0


async def _open(web: Web, browsers: Sequence[Browser], number: int) -> Screen:
    """A stream that has been greeted."""
    browser = browsers[number % len(browsers)]
    path = f"{PAGES[number // len(browsers) % len(PAGES)]}news/"
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    reader, writer = await asyncio.open_connection("127.0.0.1", web.ports[0], limit=2**20)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"no stream: {head[:200]!r}")
    await asyncio.wait_for(reader.readuntil(b"retry: "), PATIENCE_S)
    return Screen(reader, writer)


async def _watch(
    web: Web, browsers: Sequence[Browser], number: int, changes: int, host: Any, reason: uuid.UUID
) -> dict[str, Any]:
    first = await _open(web, browsers, 0)
    await asyncio.wait_for(first.reader.readuntil(b"event: fresh"), PATIENCE_S)
    before, weight = _connections(), _resident_kb(web)
    screens = [first]
    for begin in range(1, number, AT_ONCE):
        screens += await asyncio.gather(
            *(_open(web, browsers, one) for one in range(begin, min(begin + AT_ONCE, number)))
        )
    weight = (_resident_kb(web) - weight) / number
    listening = [asyncio.create_task(screen.listen()) for screen in screens]
    spans: list[float] = []
    missed = 0
    app = 0.0
    for turn in range(changes + 3):
        cpu = web.cpu()[0]
        ms = await _one_change(screens, host, reason)
        if turn >= 3:  # the first warm up
            spans += ms
            missed += len(screens) - len(ms)
            app += web.cpu()[0] - cpu
    meanwhile = _connections()
    pages = await asyncio.to_thread(_look, web, browsers)
    ended = sum(screen.ended for screen in screens)
    for screen in screens:
        screen.writer.close()
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    spans.sort()
    return {
        "screens": number,
        "changes": changes,
        "p50_ms": round(spans[len(spans) // 2], 1),
        "p95_ms": round(spans[int(len(spans) * 0.95)], 1),
        "most_ms": round(spans[-1], 1),
        "missed": missed,
        "ended": ended,
        "app_cpu_ms": round(app / changes, 1),
        "connections_before": before,
        "connections_meanwhile": meanwhile,
        "memory_kb": round(weight, 1),
        "pages": pages,
    }


async def _one_change(screens: Sequence[Screen], host: Any, reason: uuid.UUID) -> list[float]:
    """Somebody walks in: how long, in ms, until each of the screens that heard of it did."""
    from kohti.frontdesk import actions
    from kohti.kernel.actor import as_actor

    # A name that nobody had before tells this change from every other.
    name = f"Visitor {uuid.uuid4().hex[:12]}"

    def come() -> None:
        with as_actor(host):
            actions.take_walk_in(host, reason, key=str(uuid.uuid4()), given_name=name)

    for screen in screens:
        screen.heard.clear()
        screen.name = name.encode()
    began = time.perf_counter()
    await asyncio.to_thread(come)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*(one.heard.wait() for one in screens)), PATIENCE_S)
    return [(one.at - began) * 1000 for one in screens if one.at > began]


def _look(web: Web, browsers: Sequence[Browser]) -> list[dict[str, Any]]:
    """What pages cost while the screens are open."""
    stand = Stand(web, browsers[:1])
    rows = []
    for page in PAGES:
        look = methodcaller("get", page)
        stand.work(page, [0], [[look] * (LOOKED + 5)])
        rows.append(asdict(stand.row(page.strip("/"), 1)))
    return rows


def _resident_kb(web: Web) -> float:
    for line in Path(f"/proc/{web.processes[0].pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return float(line.split()[1])
    return 0.0
