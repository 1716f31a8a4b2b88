"""Whether this process lives and can serve: for the machine that starts it and the proxy before it.

`/health` says that the process answers, and asks nobody. `/ready` says that pages can be served: the database
answers, it has had every migration of this release (more is fine: that is an update under way), and nobody told
this process to stop. Both are answered before Django: no session, no actor, nothing personal, whatever the host's
name. What `/ready` found is good for a second, so that asking it costs the database next to nothing.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg

Send = Callable[[Any], Awaitable[None]]
GOOD_FOR_S = 1.0
ANSWER_WITHIN_S = 3


class Probes:
    """The two addresses of one web process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.stopping = False
        self.known: frozenset[str] = frozenset()
        self.asked_at = float("-inf")
        self.why: list[str] = []
        self.asking = asyncio.Lock()

    async def answer(self, path: str, send: Send) -> None:
        """Answer `/health` or `/ready`."""
        if path == "/health":
            await _said(send, 200, {"alive": True})
            return
        async with self.asking:
            if time.monotonic() - self.asked_at > GOOD_FOR_S:
                self.why = await asyncio.get_running_loop().run_in_executor(None, self.look)
                self.asked_at = time.monotonic()
        why = [*self.why, *(["stopping"] if self.stopping else [])]
        await _said(send, 503 if why else 200, {"ready": not why, "because": why})

    def look(self) -> list[str]:
        """Why pages cannot be served: `database`, `migrations`."""
        from kohti.config import prepare

        try:
            with psycopg.connect(self.url, connect_timeout=ANSWER_WITHIN_S, prepare_threshold=None) as web:
                row = web.execute(
                    "select obj_description(to_regclass('public.kernel_installation'), 'pg_class')"
                ).fetchone()
        except psycopg.Error:
            return ["database"]
        self.known = self.known or prepare.migrations_of_this_release()
        had = str(row[0] or "").split() if row else []
        return [] if self.known <= set(had) else ["migrations"]


async def _said(send: Send, status: int, body: dict[str, Any]) -> None:
    content = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
    headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


ADDRESSES = frozenset({"/health", "/ready"})

_probes: Probes | None = None


def set_up(url: str) -> Probes:
    """Give this process its probes; `url` is the web role's address."""
    global _probes
    _probes = Probes(url)
    return _probes


def stopping() -> None:
    """Say from here on that this process is not ready: it was told to stop."""
    if _probes is not None:
        _probes.stopping = True
