"""Addresses of pages about things with identifiers: a page has many of them, and each is found once."""

from __future__ import annotations

import uuid
from functools import cache
from operator import add

from django.urls import reverse

from . import ids


@cache
def _around(name: str, number: int) -> tuple[str, ...] | None:
    """What stands around so many identifiers in an address; None where it takes other things."""
    marks = [uuid.UUID(int=one + 1) for one in range(number)]
    rest, found = reverse(name, args=marks), []
    for mark in marks:
        before, there, rest = rest.partition(ids.short(mark))
        if not there:
            return None
        found.append(before)
    return (*found, rest)


def to(name: str, *things: uuid.UUID) -> str:
    """The address of a page about these things, as Django's `reverse` says it, at a tenth of the cost."""
    around = _around(name, len(things))
    if around is None:
        return reverse(name, args=things)
    return "".join(map(add, around, [*map(ids.short, things), ""]))
