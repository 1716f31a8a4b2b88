"""A theme on light and on dark screens side by side, whatever screen one looks from: for who chooses colours.

The greys, and what says danger or late, are read out of kohti.css, so that a preview shows what pages will.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from .theme import DARK, LIGHT, Theme, check, shades

_CSS = Path(__file__).parent / "static/design/kohti.css"
_TOKENS = {
    LIGHT: re.compile(r"^:root,\n\[data-theme\] \{\n(.*?)\n\}", re.S | re.M),
    DARK: re.compile(
        r"^@media screen and \(prefers-color-scheme: dark\) \{\n  :root,\n  \[data-theme\] \{\n(.*?)\n  \}",
        re.S | re.M,
    ),
}


@lru_cache(maxsize=2)
def _common(scheme: str) -> str:
    """What all services share in one scheme; what only light pages say holds on dark ones too."""
    css = _CSS.read_text()
    found = [_TOKENS[LIGHT].search(css), _TOKENS[scheme].search(css)]
    assert all(found)
    return "\n".join(one[1] for one in found if one is not None)


def sheet(theme: Theme) -> str:
    """The style sheet for parts marked data-preview="light" and "dark". Raises ValueError as `theme.tokens`."""
    if check(theme):
        raise ValueError("nobody could read it")
    parts = []
    for scheme in (LIGHT, DARK):
        own = "".join(
            f"  --ds-color-accent-{name}: {colour};\n" for name, colour in shades(theme, scheme).items()
        )
        parts.append(
            f'[data-preview="{scheme}"] {{\n{_common(scheme)}\n{own}'
            f"  color-scheme: {scheme};\n  color: var(--ds-color-neutral-text-default);\n"
            "  background: var(--ds-color-neutral-background-default);\n"
            "  border: 1px solid var(--line);\n  border-radius: 0.5rem;\n  padding: 1rem;\n}\n"
        )
    return "".join(parts)
