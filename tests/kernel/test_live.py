"""Live news: one rendering for all who see the same, and nothing lost on the way."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from tests.factories import MORNING, Place, browser_of, place

from kohti.config import addresses
from kohti.frontdesk import actions as frontdesk
from kohti.frontdesk.views_news import part_of
from kohti.kernel import clock, live
from kohti.kernel.actor import Actor, as_actor
from kohti.kernel.live import BEAT, END, FRESH, RECHECK_HEARTBEATS, Hub, News, View

PATIENCE_S = 120


def run(work: Callable[[Hub], Awaitable[None]], data: Path, **options: Any) -> None:
    """Do asynchronous work with a hub that listens on a real connection."""

    async def with_a_hub() -> None:
        with ThreadPoolExecutor(1) as executor:
            hub = Hub(addresses.listen_url(data), executor, **options)
            try:
                await asyncio.wait_for(work(hub), PATIENCE_S * 2)
            finally:
                hub.close()
                await asyncio.gather(hub.listener or asyncio.sleep(0), return_exceptions=True)
                executor.submit(connections.close_all)

    asyncio.run(with_a_hub())


@asynccontextmanager
async def screens(
    hub: Hub, number: int, view: View, render: live.Render
) -> AsyncIterator[list[AsyncIterator[bytes]]]:
    """Open streams that have been greeted, on a hub that hears."""
    open_streams = [hub.stream(view, render, lambda: True) for _n in range(number)]
    try:
        for stream in open_streams:
            await anext(stream)
        await hears(hub)
        yield open_streams
    finally:
        for stream in open_streams:
            await stream.aclose()  # type: ignore[attr-defined]


async def hears(hub: Hub) -> None:
    """Wait until the hub listens."""
    until = time.monotonic() + PATIENCE_S
    while not hub.listening_as:
        assert time.monotonic() < until, "the hub never listened"
        await asyncio.sleep(0.01)


async def next_part(stream: AsyncIterator[bytes]) -> bytes:
    """The next rendered event, whatever asks for a fresh page before it."""
    while True:
        event = await asyncio.wait_for(anext(stream), PATIENCE_S)
        if event.startswith(b"event: parts"):
            return event


async def in_a_thread(work: Callable[[], Any]) -> Any:
    """Work that asks the database, away from the event loop."""

    def apart() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(apart)


def queue_of(actor: Actor, page: str = "queue") -> View:
    """What an actor's screen of a page shows."""
    assert actor.centre_id is not None
    return View(page, actor.centre_id, actor.role, "en")


def rendering(actor: Actor, page: str = "queue") -> live.Render:
    """The product's own rendering, on the morning of the tests."""
    render = part_of(actor, "en", page)

    def in_the_morning(news: Sequence[News]) -> str | None:
        with clock.held_at(MORNING):
            return render(news)

    return in_the_morning


def walk_in(here: Place, host: Actor) -> uuid.UUID:
    """Somebody comes in."""
    with clock.held_at(MORNING), as_actor(host):
        return frontdesk.take_walk_in(host, here.reasons["evidence"].id, key=str(uuid.uuid4())).visit_id


def test_three_hundred_screens_cost_one_rendering_for_each_batch_of_news(data: Path) -> None:
    here = place()
    host = here.member("host")

    async def work(hub: Hub) -> None:
        async with screens(hub, 300, queue_of(host), rendering(host)) as streams:
            for rendered in (1, 2, 3):
                visit = await in_a_thread(lambda: walk_in(here, host))
                events = [await next_part(stream) for stream in streams]
                assert len(set(events)) == 1
                assert str(visit).encode() in events[0]
                assert hub.renderings == rendered

    run(work, data)


def test_each_role_and_language_is_rendered_for_itself(data: Path) -> None:
    here = place()
    host, leader = here.member("host"), here.member("leader")

    async def work(hub: Hub) -> None:
        async with (
            screens(hub, 20, queue_of(host), rendering(host)) as first,
            screens(hub, 20, queue_of(leader), rendering(leader)) as second,
        ):
            await in_a_thread(lambda: walk_in(here, host))
            for stream in [*first, *second]:
                await next_part(stream)
            assert hub.renderings == 2

    run(work, data)


def test_much_news_at_once_is_one_batch(data: Path) -> None:
    """A whole file imported, a day closed: each screen is told once, not two hundred times."""
    host = place().member("host")
    batches: list[int] = []

    def render(news: Sequence[News]) -> str:
        batches.append(len(news))
        return "<p id='x'></p>"

    def tell_many() -> None:
        with as_actor(host):
            for _n in range(200):
                live.tell(_centre(host), "visit", uuid.uuid4())

    async def work(hub: Hub) -> None:
        async with screens(hub, 5, queue_of(host), render) as streams:
            await in_a_thread(tell_many)
            while sum(batches) < 200:
                await next_part(streams[0])
        assert len(batches) < 10

    run(work, data)


def _centre(actor: Actor) -> uuid.UUID:
    assert actor.centre_id is not None
    return actor.centre_id


def test_a_change_that_is_undone_tells_nobody(data: Path) -> None:
    here = place()
    host = here.member("host")

    def undone() -> None:
        with pytest.raises(ZeroDivisionError), clock.held_at(MORNING), as_actor(host):
            frontdesk.take_walk_in(host, here.reasons["evidence"].id, key="undone")
            raise ZeroDivisionError

    async def work(hub: Hub) -> None:
        async with screens(hub, 1, queue_of(host), rendering(host)) as streams:
            before = hub.version(_centre(host))
            await in_a_thread(undone)
            visit = await in_a_thread(lambda: walk_in(here, host))
            event = await next_part(streams[0])
            assert str(visit).encode() in event
            assert hub.renderings == 1
            assert hub.version(_centre(host)) == _one_more(before)

    run(work, data)


def _one_more(version: str) -> str:
    name, number = version.split(".")
    return f"{name}.{int(number) + 1}"


def test_another_centre_s_news_do_not_arrive(data: Path) -> None:
    here = place()
    host, elsewhere = here.member("host"), here.member("host", centre="gloucester")
    stranger = place()

    async def work(hub: Hub) -> None:
        async with screens(hub, 1, queue_of(host), rendering(host)) as streams:
            await in_a_thread(lambda: walk_in(here, elsewhere))
            await in_a_thread(lambda: walk_in(stranger, stranger.member("host")))
            visit = await in_a_thread(lambda: walk_in(here, host))
            event = await next_part(streams[0])
            assert event.count(b'id="v') == 1
            assert str(visit).encode() in event
            assert hub.renderings == 1

    run(work, data)


def test_a_slow_reader_gets_a_fresh_page_instead_of_ever_more_news(data: Path) -> None:
    host = place().member("host")

    def render(news: Sequence[News]) -> str:
        return f"<p id='x'>{len(news)}</p>"

    def tell() -> None:
        with as_actor(host):
            live.tell(_centre(host), "visit", uuid.uuid4())

    async def work(hub: Hub) -> None:
        async with (
            screens(hub, 1, queue_of(host), render) as slow,
            screens(hub, 1, queue_of(host), render) as quick,
        ):
            for _n in range(8):
                await in_a_thread(tell)
                await next_part(quick[0])
            (group,) = hub.groups.values()
            assert max(queue.qsize() for queue in group.queues) <= 3
            kept: list[bytes] = []
            while len(kept) < 2:
                kept.append(await asyncio.wait_for(anext(slow[0]), PATIENCE_S))
            assert kept[0] == FRESH

    run(work, data, most_waiting=3)


def test_news_whose_rendering_fails_asks_for_a_fresh_page(data: Path) -> None:
    host = place().member("host")

    def render(news: Sequence[News]) -> str:
        raise ValueError("a fault of ours")

    def tell() -> None:
        with as_actor(host):
            live.tell(_centre(host), "visit", uuid.uuid4())

    async def work(hub: Hub) -> None:
        async with screens(hub, 1, queue_of(host), render) as streams:
            assert await asyncio.wait_for(anext(streams[0]), PATIENCE_S) == FRESH  # it has begun to listen
            await in_a_thread(tell)
            assert await asyncio.wait_for(anext(streams[0]), PATIENCE_S) == FRESH

    run(work, data)


def test_a_database_that_hung_up_and_came_back_gives_a_fresh_page_and_then_news(data: Path) -> None:
    here = place()
    host = here.member("host")

    def hang_up() -> int:
        with psycopg.connect(addresses.listen_url(data), autocommit=True) as line:
            row = line.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                " where usename = current_user and datname = current_database() and query ilike 'listen %'"
            ).fetchone()
        assert row is not None
        return int(row[0])

    async def work(hub: Hub) -> None:
        async with screens(hub, 3, queue_of(host), rendering(host)) as streams:
            for stream in streams:
                assert await asyncio.wait_for(anext(stream), PATIENCE_S) == FRESH  # it has begun to listen
            name = hub.listening_as
            page = hub.version(_centre(host))
            assert await in_a_thread(hang_up) >= 1
            for stream in streams:
                assert await asyncio.wait_for(anext(stream), PATIENCE_S) == FRESH
            await hears(hub)
            assert hub.listening_as != name
            assert hub.version(_centre(host)) != page
            visit = await in_a_thread(lambda: walk_in(here, host))
            for stream in streams:
                assert str(visit).encode() in await next_part(stream)

    run(work, data)


def test_what_happened_between_a_page_and_its_stream_is_noticed(data: Path) -> None:
    """The page carries the version from before it was made; the stream greets with the one of now."""
    here = place()
    host = here.member("host")

    async def greeting(hub: Hub) -> str:
        stream = hub.stream(queue_of(host), rendering(host), lambda: True)
        try:
            return (await anext(stream)).decode()
        finally:
            await stream.aclose()  # type: ignore[attr-defined]

    async def work(hub: Hub) -> None:
        assert hub.version(_centre(host)) == "unheard"
        async with screens(hub, 1, queue_of(host), rendering(host)) as streams:
            made = hub.version(_centre(host))
            assert f"event: hello\ndata: {made}\n" in await greeting(hub)
            await in_a_thread(lambda: walk_in(here, host))
            event = (await next_part(streams[0])).decode()
            now = hub.version(_centre(host))
            assert now != made
            assert f"event: hello\ndata: {now}\n" in await greeting(hub)
            assert f"\nid: {now}\n" in event

    run(work, data)


def test_a_stream_ends_when_its_right_has_ended(data: Path) -> None:
    host = place().member("host")
    allowed = [True]

    async def work(hub: Hub) -> None:
        stream = hub.stream(queue_of(host), rendering(host), lambda: allowed[0])
        await anext(stream)
        await hears(hub)
        allowed[0] = False
        events = [event async for event in stream]
        assert events.count(BEAT) == RECHECK_HEARTBEATS - 1
        assert events[-1] == FRESH
        assert hub.groups == {}

    run(work, data, heartbeat_s=0.02)


def test_closing_ends_every_stream(data: Path) -> None:
    host = place().member("host")

    async def work(hub: Hub) -> None:
        async with screens(hub, 10, queue_of(host), rendering(host)) as streams:
            hub.close()
            for stream in streams:
                events = [event async for event in stream]
                assert events[-1] == END

    run(work, data)


# --------------------------------------------------------------------------- a real server


class Served:
    """A web process of its own, as in production."""

    def __init__(self) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        # Into a file: a pipe that nobody reads would fill, and the process stand still.
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `stop`
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kohti.config.command", "serve", "--port", str(self.port)],
            env=os.environ | {"KOHTI_ROLE": "web"},
            stderr=self.said,
        )
        until = time.monotonic() + PATIENCE_S
        while True:
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, "the server never served"
            time.sleep(0.05)

    async def get(self, path: str, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Ask for a page as a browser does; the reader stands behind the head of a good answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: sessionid={cookie}\r\n\r\n".encode()
        )
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE_S)
        assert head.startswith(b"HTTP/1.1 200"), head
        return reader, writer

    def stop(self) -> None:
        """Make sure it is gone."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.said.close()

    def log(self) -> str:
        """What it said about itself."""
        self.said.seek(0)
        return self.said.read().decode(errors="replace")


@pytest.fixture
def served() -> Iterator[Served]:
    """A web process."""
    one = Served()
    yield one
    one.stop()


def connections_of_the_web(owner: psycopg.Connection) -> int:
    """How many connections the web role has to our database."""
    row = owner.execute(
        "select count(*) from pg_stat_activity where usename = 'kohti_web' and datname = current_database()"
    ).fetchone()
    assert row is not None
    return int(row[0])


def test_a_hundred_open_streams_hold_no_connection_and_end_at_once_with_the_server(
    served: Served, owner: psycopg.Connection
) -> None:
    here = place()
    host = here.member("host")
    cookie = browser_of(host).cookies["sessionid"].value
    connections.close_all()

    async def work() -> None:
        for _n in range(20):  # every thread of the server has been busy once
            _reader, writer = await served.get("/queue/", cookie)
            writer.close()
        open_streams = [await served.get("/queue/news/", cookie)]
        await _until(open_streams[0][0], b"event: fresh")
        before = connections_of_the_web(owner)
        assert before <= 8 + 1
        open_streams += [await served.get("/queue/news/", cookie) for _n in range(100)]
        for reader, _writer in open_streams[1:]:
            await _until(reader, b"event: hello")
        assert connections_of_the_web(owner) <= max(before, 8 + 1)
        await in_a_thread(lambda: _walk_in_now(here, host))
        for reader, _writer in open_streams:
            await _until(reader, b"event: parts")
        served.process.send_signal(signal.SIGTERM)
        for reader, writer in open_streams:
            rest = await asyncio.wait_for(reader.read(), PATIENCE_S)
            assert b"event: end" in rest
            writer.close()

    asyncio.run(work())
    assert served.process.wait(PATIENCE_S) is not None


def _walk_in_now(here: Place, host: Actor) -> None:
    with clock.held_at(clock.real_now()), as_actor(host):
        frontdesk.take_walk_in(host, here.reasons["evidence"].id, key=str(uuid.uuid4()))


async def _until(reader: asyncio.StreamReader, words: bytes) -> None:
    await asyncio.wait_for(reader.readuntil(words), PATIENCE_S)


def test_a_page_of_a_real_server_carries_the_version_of_its_news(served: Served) -> None:
    host = place().member("host")
    cookie = browser_of(host).cookies["sessionid"].value

    async def page() -> str:
        reader, writer = await served.get("/queue/", cookie)
        html = await asyncio.wait_for(reader.readuntil(b"</html>"), PATIENCE_S)
        writer.close()
        return html.decode()

    async def work() -> None:
        assert 'data-version="unheard"' in await page()
        reader, writer = await served.get("/queue/news/", cookie)
        await _until(reader, b"event: fresh")
        made = await page()
        again, other = await served.get("/queue/news/", cookie)
        await _until(again, b"event: hello\ndata: ")
        greeting = (await again.readline()).decode().strip()
        assert f'data-version="{greeting}"' in made
        writer.close()
        other.close()

    asyncio.run(work())
