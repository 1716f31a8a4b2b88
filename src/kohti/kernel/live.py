"""Live news: what changed is rendered once for a centre, role and language, and pushed to every screen.

An action calls `tell`; PostgreSQL delivers it on commit to each web process, which listens on one
connection. Screens that show the same thing are one `Group`: its fragment is rendered once for each batch of
news and the same bytes go to all. A stream holds no database connection.

A page carries the version of its centre's news from before it was made, a stream says the version it begins
with: where they differ the page comes anew, so that nothing is lost in between.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import psycopg
import structlog
from django.db import connection

CHANNEL = "kohti_news"
GATHER_S = 0.03
"""Between two renderings of a group. What comes after a quiet moment is rendered at once."""
AT_ONCE_S = 0.003
"""What one transaction tells arrives together, and is rendered together."""
HEARTBEAT_S = 20.0
RECHECK_HEARTBEATS = 3
MOST_WAITING = 200
END = b"event: end\ndata: \n\n"
FRESH = b"event: fresh\ndata: \n\n"
BEAT = b": still here\n\n"

ASK_AGAIN = b"ask again"
RIGHTS = "membership"
"""The topic of news that somebody's place at the centre has ended: each stream asks whether it may go on."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class News:
    """Something changed at a centre: its kind and identifier, nothing personal."""

    centre_id: uuid.UUID
    topic: str
    subject_id: uuid.UUID


def tell(centre_id: uuid.UUID, topic: str, subject_id: uuid.UUID) -> None:
    """Announce a change to every open screen of the centre, when and only if this transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute(TELL, as_note(centre_id, topic, subject_id))


TELL = "select pg_notify(%s, %s)"


def as_note(centre_id: uuid.UUID, topic: str, subject_id: uuid.UUID) -> tuple[str, str]:
    """What PostgreSQL delivers for one piece of news: the channel and the note."""
    return CHANNEL, json.dumps([str(centre_id), topic, str(subject_id)])


@dataclass(frozen=True, slots=True)
class View:
    """What a screen shows: screens with equal views share one rendering."""

    page: str
    centre_id: uuid.UUID
    role: str
    language: str


def _beat(queue: asyncio.Queue[bytes]) -> None:
    """Wake a stream that nobody had anything to say to; a timer is far cheaper than a wait with an end."""
    if queue.empty():
        queue.put_nowait(BEAT)


Render = Callable[[Sequence[News]], str | None]
"""Renders what some news changed on a view; None where the whole page should come anew."""


@dataclass(eq=False, slots=True)
class Group:
    """The screens that show one view."""

    render: Render
    queues: set[asyncio.Queue[bytes]] = field(default_factory=set)
    waiting: list[News] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    rendered_at: float = 0.0


def as_event(name: str, body: str, *, version: str = "") -> bytes:
    """One server-sent event (WHATWG HTML, 9.2)."""
    lines = "".join(f"data: {line}\n" for line in body.splitlines() or [""])
    number = f"id: {version}\n" if version else ""
    return f"event: {name}\n{number}{lines}\n".encode()


class Hub:
    """The news of one web process. Lives in its event loop; starts with the first stream."""

    def __init__(
        self,
        listen_url: str,
        executor: Executor,
        *,
        heartbeat_s: float = HEARTBEAT_S,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self.listen_url = listen_url
        self.executor = executor
        self.heartbeat_s = heartbeat_s
        self.most_waiting = most_waiting
        self.listening_as = ""
        self.heard: dict[uuid.UUID, int] = {}
        self.groups: dict[View, Group] = {}
        self.renderings = 0
        self.listener: asyncio.Task[None] | None = None
        self.closing = False

    def version(self, centre_id: uuid.UUID) -> str:
        """How much of a centre's news this process has heard. Equal versions: nothing came in between.

        While nobody listens it equals no version that a stream begins with.
        """
        return f"{self.listening_as}.{self.heard.get(centre_id, 0)}" if self.listening_as else "unheard"

    async def stream(
        self, view: View, render: Render, still_allowed: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """The events of one screen until it leaves, its right ends, or the process stops."""
        self._start()
        group = self.groups.setdefault(view, Group(render))
        queue: asyncio.Queue[bytes] = asyncio.Queue(self.most_waiting)
        group.queues.add(queue)
        loop = asyncio.get_running_loop()
        beat: asyncio.TimerHandle | None = None
        try:
            greeting = f"retry: {random.randint(1000, 3000)}\n\n".encode()
            if self.listening_as:
                greeting += as_event("hello", self.version(view.centre_id))
            yield greeting
            beats = 0
            while not self.closing:
                beat = loop.call_later(self.heartbeat_s, _beat, queue)
                event = await queue.get()
                beat.cancel()
                if event is BEAT:
                    beats += 1
                    if beats % RECHECK_HEARTBEATS == 0 and not await self._in_thread(still_allowed):
                        yield FRESH
                        return
                if event is ASK_AGAIN:
                    if not await self._in_thread(still_allowed):
                        yield FRESH
                        return
                    continue
                yield event
                if event is END:
                    return
            yield END
        finally:
            if beat is not None:
                beat.cancel()
            group.queues.discard(queue)
            if not group.queues and self.groups.get(view) is group:
                del self.groups[view]

    async def _in_thread(self, call: Callable[[], bool]) -> bool:
        return await asyncio.get_running_loop().run_in_executor(self.executor, call)

    def _start(self) -> None:
        if self.listener is None or self.listener.done():
            self.listener = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        lost = False
        while not self.closing:
            try:
                async with await psycopg.AsyncConnection.connect(
                    self.listen_url, autocommit=True
                ) as listening:
                    await listening.execute(f"listen {CHANNEL}".encode())
                    self.listening_as = secrets.token_hex(4)
                    self.heard.clear()
                    # Whoever was here before cannot know what they missed.
                    self._to_all(FRESH)
                    lost = False
                    async for note in listening.notifies():
                        centre, topic, subject = json.loads(note.payload)
                        self._spread(News(uuid.UUID(centre), topic, uuid.UUID(subject)))
            except (psycopg.Error, OSError) as trouble:
                if not lost:
                    log.warning("live.lost", error=type(trouble).__name__)
                lost = True
                self.listening_as = ""
                await asyncio.sleep(0.5)

    def _spread(self, news: News) -> None:
        if news.topic == RIGHTS:
            for view, group in self.groups.items():
                if view.centre_id == news.centre_id:
                    self._to_group(group, ASK_AGAIN)
            return
        self.heard[news.centre_id] = self.heard.get(news.centre_id, 0) + 1
        for view, group in self.groups.items():
            if view.centre_id == news.centre_id:
                group.waiting.append(news)
                if group.task is None or group.task.done():
                    group.task = asyncio.create_task(self._render(view, group))

    async def _render(self, view: View, group: Group) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(AT_ONCE_S, group.rendered_at + GATHER_S - loop.time()))
        while group.waiting:
            group.rendered_at = loop.time()
            batch, group.waiting = list(dict.fromkeys(group.waiting)), []
            version = self.version(view.centre_id)
            self.renderings += 1
            try:
                html = await loop.run_in_executor(self.executor, group.render, batch)
            except Exception as trouble:
                log.error("live.render", error=type(trouble).__name__)
                self._to_group(group, FRESH)
                continue
            if html is None:
                self._to_group(group, FRESH)
            elif html.strip():
                self._to_group(group, as_event("parts", html, version=version))

    def _to_group(self, group: Group, event: bytes) -> None:
        for queue in group.queues:
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(event if event is END else FRESH)
            else:
                queue.put_nowait(event)

    def _to_all(self, event: bytes) -> None:
        for group in self.groups.values():
            self._to_group(group, event)

    def close(self) -> None:
        """End every stream, so that the server can stop at once and browsers come back to another."""
        self.closing = True
        self._to_all(END)
        if self.listener is not None:
            self.listener.cancel()


_hub: Hub | None = None


def set_hub(hub: Hub | None) -> None:
    """Give this process its hub; called once by the server."""
    global _hub
    _hub = hub


def hub() -> Hub:
    """This process's hub. Raises RuntimeError where nobody serves streams."""
    if _hub is None:
        raise RuntimeError("this process serves no live news")
    return _hub


def version(centre_id: uuid.UUID | None) -> str:
    """The version of a centre's news for a page about to be made; empty where nobody serves streams."""
    return _hub.version(centre_id) if _hub is not None and centre_id is not None else ""
