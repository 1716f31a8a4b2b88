"""Every address, and who may use it."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver


class Route(NamedTuple):
    """One address. who_may: everybody, signed-in, or the verb a role must have."""

    pattern: str
    name: str
    methods: tuple[str, ...]
    who_may: str


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> list[Route]:
    found: list[Route] = []
    for one in patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLResolver):
            found += _walk(one.url_patterns, pattern)
        else:
            found.append(
                Route(
                    "/" + pattern,
                    one.name or "",
                    tuple(getattr(one.callback, "methods", ())),
                    getattr(one.callback, "who_may", ""),
                )
            )
    return found


def routes() -> list[Route]:
    """Every address of the product, in the order of the URL table. `who_may` is empty where nobody said."""
    return _walk(get_resolver().url_patterns, "")
