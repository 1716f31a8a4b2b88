"""Every template is used, and every template that is named is there."""

from __future__ import annotations

import re
from pathlib import Path

import kohti

SOURCE = Path(kohti.__file__).parent
OF_LIBRARIES = re.compile(r"(account|mfa|socialaccount)/|\d{3}(_csrf)?\.html$")
"""Pages that a library looks for by their names, in place of its own."""

NAMED = re.compile(r"""["']([a-z_]+/(?:[a-z_]+/)*[a-z_0-9]+\.(?:html|xml|txt|css|js|typ))["']""")


def _templates() -> set[str]:
    found = set()
    for folder in SOURCE.rglob("templates"):
        found |= {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*.*")
            if "__pycache__" not in path.parts
        }
    return found


def _named() -> dict[str, str]:
    """What is named as a template somewhere, and where."""
    found: dict[str, str] = {}
    for path in (*SOURCE.rglob("*.py"), *SOURCE.rglob("*.html")):
        for name in NAMED.findall(path.read_text(encoding="utf-8")):
            found.setdefault(name, path.relative_to(SOURCE).as_posix())
    return found


def test_every_template_is_used() -> None:
    named = _named()
    unused = {name for name in _templates() if name not in named and not OF_LIBRARIES.match(name)}
    assert sorted(unused) == []


def test_every_template_that_is_named_is_there() -> None:
    there = _templates()
    lost = {
        name: where
        for name, where in _named().items()
        if name.endswith(".html") and name not in there and not OF_LIBRARIES.match(name)
    }
    assert lost == {}
