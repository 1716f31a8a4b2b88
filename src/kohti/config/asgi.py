"""The web process: every request runs in one thread from beginning to end, on a connection that thread keeps.

Django's own handler goes back and forth between the event loop and threads when middleware is synchronous, and
gives each request a new thread; ours hops once, into a small pool. Streams run in the event loop and hold no
connection.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

from kohti.config import metrics, probes

log = structlog.get_logger()
THREADS = int(os.environ.get("KOHTI_THREADS", "4"))
LOG_REQUESTS = os.environ.get("KOHTI_REQUEST_LOG", "1") == "1"
executor = ThreadPoolExecutor(THREADS, thread_name_prefix="request")


class Handler(ASGIHandler):
    """One hop into a thread that is kept."""

    probes: probes.Probes

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the synchronous chain."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """A probe is answered before anything else; the rest is Django's."""
        if scope["type"] == "http" and scope["path"] in probes.ADDRESSES:
            await self.probes.answer(scope["path"], send)
        else:
            await super().__call__(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in one of our threads; count it, and log it by the name of its route."""
        began, number = time.perf_counter(), secrets.token_hex(6)
        structlog.contextvars.bind_contextvars(request=number)
        response = await self._answered(request)
        from kohti.config.middleware import COUNT_STATEMENTS

        seconds = time.perf_counter() - began
        statements = int(response.headers.get(COUNT_STATEMENTS, 0))
        route = metrics.route_of(request, static=settings.STATIC_URL)
        counted: dict[str, Any] = {
            "route": route,
            "method": request.method or "",
            "status": response.status_code,
            "statements": statements,
        }
        metrics.requests.add(seconds=seconds, **counted)
        response.headers["X-Request-ID"] = number
        if LOG_REQUESTS and route != "static":
            log.info("request", ms=round(seconds * 1000, 1), **counted)
        return response

    async def _answered(self, request: HttpRequest) -> HttpResponseBase:
        answer: Any = sync_to_async(self.get_response, thread_sensitive=False, executor=executor)
        response: HttpResponseBase = await answer(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            # A style sheet or script: small, and read here rather than piece by piece in threads.
            response.streaming_content = _at_once(b"".join(response))
        return response


async def _at_once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def make() -> Handler:
    """The application: Django set up, clock set."""
    import django

    django.setup(set_prefix=False)
    from kohti.config import addresses, installation
    from kohti.kernel import live

    installation.load()
    live.set_hub(live.Hub(addresses.listen_url(settings.DATA), executor))
    handler = Handler()
    handler.probes = probes.set_up(addresses.web_url(settings.DATA))
    return handler


application = make()
