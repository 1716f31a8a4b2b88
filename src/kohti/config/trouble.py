"""What is said when a request fails for all: each page says what happened, what was kept and what to do.

What fails on purpose, in words of its own, is said by `views.said_in_words`.
"""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from psycopg_pool import PoolTimeout

SOON = "10"
"""Seconds after which a browser or a proxy may ask again."""


def could_not_read(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What was sent is no request we understand (400), or is too large (413)."""
    too_large = isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent)
    status = 413 if too_large else 400
    return HttpResponse(render_to_string(f"{status}.html"), status=status)


def too_often(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too many tries in a short time."""
    answer = render(request, "429.html", status=429)
    answer.headers["Retry-After"] = "60"
    return answer


def went_wrong(request: HttpRequest) -> HttpResponse:
    """A fault of ours (500), or the database does not answer for the moment (503).

    Rendered without request, session or database: whatever failed may be one of them.
    """
    trouble = sys.exc_info()[1]
    away = isinstance(trouble, OperationalError | InterfaceError | PoolTimeout)
    status = 503 if away else 500
    answer = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if away:
        answer.headers["Retry-After"] = SOON
    return answer
