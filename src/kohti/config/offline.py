"""The page a browser keeps for the moment when it reaches nobody, and the small worker that shows it.

The worker keeps this page with its style sheet and font, and the time of the last answer. No page of anybody's work,
nothing typed, no name: whoever opens a counter's browser without a connection finds nothing about anyone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

import kohti.design
from kohti.kernel.doors import open_to_all

WORKER = Path(kohti.design.__file__).parent / "static" / "design" / "offline-worker.js"


@open_to_all()
def page(request: HttpRequest) -> HttpResponse:
    """The page itself, in the language asked for; the same for everybody, so made without the request."""
    return HttpResponse(render_to_string("design/offline.html"), headers={"Cache-Control": "no-cache"})


@open_to_all()
def worker(request: HttpRequest) -> HttpResponse:
    """The worker, at the top of the site so that it may answer for every page."""
    return HttpResponse(
        _worker(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@cache
def _worker() -> bytes:
    return WORKER.read_bytes()
