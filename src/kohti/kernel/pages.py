"""What pages of every room do alike: say on top what was just done, and hand out a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header


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
