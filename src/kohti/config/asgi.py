"""The web process: every request runs in one thread from beginning to end, on a connection that thread keeps.

Django's own handler goes back and forth between the event loop and threads when middleware is synchronous, and
gives each request a new thread; ours hops once, into a small pool. Streams run in the event loop and hold no
connection.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase, StreamingHttpResponse

THREADS = int(os.environ.get("KOHTI_THREADS", "4"))
executor = ThreadPoolExecutor(THREADS, thread_name_prefix="request")


class Handler(ASGIHandler):
    """One hop into a thread that is kept."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Load the synchronous chain."""
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in one of our threads."""
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
    from django.conf import settings

    from kohti.config import addresses, installation
    from kohti.kernel import live

    installation.load()
    live.set_hub(live.Hub(addresses.listen_url(settings.DATA), executor))
    return Handler()


application = make()
