"""Checks that the documentation holds together; `make docs` calls it.

Every relative link in README.md, CHANGELOG.md and docs/ leads to a file that is there, and to a heading that
is in it; every page of docs/ is reachable from docs/README.md.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import unquote

CHECKOUT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")


def pages(root: Path) -> list[Path]:
    """The pages that are checked, as paths."""
    top = [root / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return [page for page in top if page.exists()] + sorted((root / "docs").rglob("*.md"))


def links(page: Path) -> list[str]:
    """Where a page points to inside the checkout."""
    text = CODE.sub("", FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in LINK.findall(text) if not re.match(r"[a-z][a-z+.-]*:", link)]


def anchors(page: Path) -> set[str]:
    """The names under which the headings of a page can be linked to."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    found: set[str] = set()
    for heading in re.findall(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        number = 0
        while (candidate := f"{name}-{number}" if number else name) in found:
            number += 1
        found.add(candidate)
    return found


def problems(root: Path) -> list[str]:
    """What is wrong, a line each."""
    found: list[str] = []
    leads_to: dict[Path, set[Path]] = {}
    for page in pages(root):
        leads_to[page] = set()
        for link in links(page):
            place, _, anchor = link.partition("#")
            target = (page.parent / unquote(place)).resolve() if place else page
            where = page.relative_to(root)
            if not target.exists():
                found.append(f"{where}: {link} leads nowhere")
                continue
            leads_to[page].add(target / "README.md" if target.is_dir() else target)
            if anchor and target.suffix == ".md" and anchor not in anchors(target):
                found.append(f"{where}: {link} names a heading that is not there")
    start = root / "docs" / "README.md"
    if not start.exists():
        return [*found, "docs/README.md is missing"]
    reached, waiting = {start}, [start]
    while waiting:
        for target in leads_to.get(waiting.pop(), set()) - reached:
            reached.add(target)
            waiting.append(target)
    lonely = [page for page in pages(root) if page.is_relative_to(root / "docs") and page not in reached]
    return [*found, *(f"{page.relative_to(root)}: no way from docs/README.md leads here" for page in lonely)]


def main() -> int:
    found = problems(CHECKOUT)
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{len(pages(CHECKOUT))} pages, every link leads somewhere and every page can be reached")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
