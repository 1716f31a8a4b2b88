"""Where a place of a blueprint stands in its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

Path = tuple[str | int, ...]
"""A place in the file: keys, and numbers of entries from 0."""


def line_of(text: str, path: Path, *, value: object = None) -> int:
    """The line of a place in a TOML text, as near as it can be found: its table, its key, its value."""
    lines = text.splitlines()
    named = [part for part in path if isinstance(part, str)]
    index = next((part for part in path[1:2] if isinstance(part, int)), 0)
    at, rest = _head(lines, named, index)
    for key in rest:
        at = _key(lines, at, key)
    if path and isinstance(path[-1], int) and isinstance(value, str):
        at = next((i for i in _block(lines, at) if f'"{value}"' in lines[i]), at)
    return at + 1


def _head(lines: list[str], named: list[str], index: int) -> tuple[int, list[str]]:
    """The line of the nearest table around a place, and the keys that are left to find in it."""
    for depth in range(len(named), 0, -1):
        name = r"\s*\.\s*".join(rf'"?{re.escape(one)}"?' for one in named[:depth])
        heads = [i for i, line in enumerate(lines) if re.match(rf"\s*\[+\s*{name}\s*\]", line)]
        if heads:
            return heads[min(index, len(heads) - 1)], named[depth:]
    return 0, named


def _block(lines: list[str], at: int) -> Iterator[int]:
    """The lines from here to the next table."""
    for i in range(at, len(lines)):
        if i > at and re.match(r"\s*\[+\s*[\w\"]", lines[i]) and not re.match(r"\s*\[+\s*\"[^]]*$", lines[i]):
            return
        yield i


def _key(lines: list[str], at: int, key: str) -> int:
    written = "|".join(map(re.escape, (key, json.dumps(key, ensure_ascii=False), f"'{key}'")))
    for pattern in (rf"\s*(?:{written})\s*[=.]", rf".*[{{,]\s*(?:{written})\s*="):
        for i in _block(lines, at):
            if re.match(pattern, lines[i]):
                return i
    return at
