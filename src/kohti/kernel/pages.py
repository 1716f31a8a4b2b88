"""What pages of every room do alike: say on top what was just done, hand out a file, stream live news."""

from __future__ import annotations

from collections.abc import AsyncIterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from . import actor as actors
from . import live
from .actor import Actor, as_actor


def say(request: HttpRequest, text: str, kind: str = "success") -> None:
    """Put a word on top of the page that is about to be shown: a `success`, an `info` or a `warning`."""
    request.notices = [{"kind": kind, "text": text}]  # type: ignore[attr-defined]


def to_save(content: bytes, *, name: str, media_type: str) -> HttpResponse:
    """A file, to be saved: never shown within our pages, never guessed at, unable to run anything."""
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": str(content_disposition_header(True, name)),
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def stream(
    request: HttpRequest, actor: Actor, view: live.View, render: live.Render, *, begins: bytes = b""
) -> StreamingHttpResponse:
    """Live news for a member's page, for as long as they work here and are signed in on this device.

    `begins`: an event that the stream begins with, how things stand.
    """
    member_id = actor.member_id
    assert member_id is not None
    still_here = request.still_here  # type: ignore[attr-defined]

    def still_allowed() -> bool:
        with as_actor(actors.DOOR):
            return actors.member(member_id) is not None and still_here()

    news = live.hub().stream(view, render, still_allowed)
    return streamed(_begun_with(begins, news) if begins else news)


async def _begun_with(first: bytes, news: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for event in news:
        yield event


def streamed(events: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Server-sent events as an answer: kept by no cache, held back by no proxy."""
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response
