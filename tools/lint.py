"""Runs every check of the source at once and prints what they found; `make lint` calls it.

    .venv/bin/python tools/lint.py [NAME ...]

Exits with 1 when one of them found something. Nothing is changed: `ruff format` and `ruff check --fix` do
that.
"""

from __future__ import annotations

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PROGRAMS = CHECKOUT / ".venv" / "bin"
CHECKS: dict[str, list[str]] = {
    "mypy": ["mypy", "--no-error-summary"],
    "templates": ["djlint", "--quiet", "--lint", "src"],
    "rooms": ["lint-imports", "--no-cache"],
    "style": ["ruff", "check", "--no-cache", "--quiet", "--output-format", "concise", "."],
    "format": ["ruff", "format", "--no-cache", "--check", "--quiet", "--output-format", "concise", "."],
}


def check(name: str) -> tuple[str, int, str, float]:
    """Run one check: its name, exit code, words and seconds."""
    began = time.monotonic()
    program, *arguments = CHECKS[name]
    done = subprocess.run(
        [str(PROGRAMS / program), *arguments], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    return name, done.returncode, (done.stdout + done.stderr).strip(), time.monotonic() - began


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(CHECKS))
    if unknown:
        print(f"No such check: {', '.join(unknown)}. There are {', '.join(CHECKS)}.", file=sys.stderr)
        return 2
    worst = 0
    with ThreadPoolExecutor(max_workers=2) as workers:
        for name, code, words, seconds in workers.map(check, names or list(CHECKS)):
            print(
                f"{name:<10} {'as it should be' if code == 0 else 'FOUND SOMETHING':<16} {seconds:5.1f} s",
                flush=True,
            )
            if code:
                worst = 1
                print(f"{words}\n", flush=True)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
