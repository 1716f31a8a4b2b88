"""Keeps the documentation true; `make docs` calls it.

Parts of some pages are made from the code (commands, routes, roles, verbs, row policies): they stand between
`<!-- made from the code: NAME -->` and `<!-- end -->`, and are written anew where they are out of date. Then
every page is checked: each relative link leads to a file and a heading that are there, each page of docs/ is
reachable from docs/README.md, each file that a page names is there, and so is each test.

Exits with 1 when something was out of date, so that it is looked at and committed, or is wrong.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

CHECKOUT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1[^\n]*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
NAMED = re.compile(r"`((?:src|tests|tools|docs|requirements)/[\w./-]+?\.\w+)(?:::(\w+))?`")
MADE = re.compile(r"(<!-- made from the code: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


# --- what is checked ----------------------------------------------------------------------------------------


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


def lost_names(root: Path, page: Path) -> Iterator[str]:
    """The files, and tests in them, that a page names and that are not there."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    for path, name in NAMED.findall(text):
        file = root / path
        if not file.exists():
            yield f"{page.relative_to(root)}: there is no {path}"
        elif name and not re.search(rf"^\s*(async )?(def|class) {name}\b", file.read_text(), re.MULTILINE):
            yield f"{page.relative_to(root)}: there is no {name} in {path}"


def problems(root: Path) -> list[str]:
    """What is wrong, a line each."""
    found: list[str] = []
    leads_to: dict[Path, set[Path]] = {}
    for page in pages(root):
        leads_to[page] = set()
        found += lost_names(root, page)
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


# --- what is made from the code -----------------------------------------------------------------------------


def set_up() -> None:
    """Django without a database, in a data folder that is thrown away."""
    os.environ.pop("DATABASE_URL", None)
    os.environ["DJANGO_SETTINGS_MODULE"] = "kohti.config.settings"
    with tempfile.TemporaryDirectory() as data:
        os.environ["KOHTI_DATA"] = data
        import django

        django.setup(set_prefix=False)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def coded(text: str) -> str:
    """The text as code, or nothing."""
    return f"`{text}`" if text else ""


def made_commands() -> str:
    """Every command of `kohti`, with its words and options, from the parser itself."""
    from kohti.config.command import parser

    return "\n".join(_command(parser(), "kohti", ""))


def _command(parser: argparse.ArgumentParser, name: str, text: str) -> Iterator[str]:
    below: list[tuple[str, argparse.ArgumentParser, str]] = []
    options: list[tuple[str, str]] = []
    usage = [name]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            texts = {choice.dest: choice.help or "" for choice in action._choices_actions}
            below = [(f"{name} {word}", made, texts[word]) for word, made in action.choices.items()]
            usage.append(str(action.metavar))
        elif not isinstance(action, argparse._HelpAction):
            value = action.metavar or (
                "|".join(map(str, action.choices)) if action.choices else action.dest.upper()
            )
            word = " ".join(
                filter(None, [*action.option_strings[-1:], str(value) if action.nargs != 0 else ""])
            )
            options.append((word, action.help or ""))
            usage.append(word if action.required else f"[{word}]")
    yield f"{'#' * min(2 + name.count(' '), 4)} `{name}`\n"
    yield f"{parser.description or text}\n"
    yield f"```\n{' '.join(usage)}\n```\n"
    if options:
        yield table(("", "what it does"), [(coded(word), meaning) for word, meaning in options])
    if parser.epilog:
        yield f"{parser.epilog}\n"
    for path, made, meaning in below:
        yield from _command(made, path, meaning)


def made_routes() -> str:
    """Every address and who may use it."""
    from kohti.config.routes import routes

    return table(
        ("address", "methods", "who may", "name"),
        [(coded(one.pattern), ", ".join(one.methods), one.who_may, coded(one.name)) for one in routes()],
    )


def made_verbs() -> str:
    """Every verb a role can be given."""
    from kohti.kernel.may import VERBS

    return table(("verb", "what it lets one do"), [(coded(verb), text) for verb, text in VERBS.items()])


SCOPES = {
    "none": "nobody's, and no day's",
    "day": "the people who come to the centre today, and today's queue",
    "centre": "everybody and every day of the centre",
    "service": "everything of the service",
    "administration": "the team and the history of the service, and nobody it helps",
}


def made_roles() -> str:
    """The roles of each shipped blueprint: whose rows they see, and their verbs."""
    from kohti.config import services
    from kohti.kernel import blueprint
    from kohti.kernel.may import VERBS

    parts = []
    for file in sorted(services.SHIPPED.iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        plan = blueprint.read(file.read_text(encoding="utf-8"), name=file.name)
        head = ("verb", *(f"{role.title['en']} (`{role.code}`)" for role in plan.roles))
        rows = [("*sees the rows of*", *(SCOPES[role.scope] for role in plan.roles))]
        rows += [
            (coded(verb), *("yes" if verb in role.verbs else "" for role in plan.roles)) for verb in VERBS
        ]
        parts.append(f"### {plan.service.name}\n\n{table(head, rows)}")
    return "\n".join(parts)


def made_rows() -> str:
    """The row policy of every table of ours, as its room declares it."""
    from kohti.config.rooms import ROOMS

    def said(condition: str) -> str:
        return coded(re.sub(r"\(select kohti\.(\w+)\(\)\)(::uuid\[\])?", r"\1", condition))

    parts = []
    for room in ROOMS:
        name = room.__name__.split(".")[1]
        rows = [
            (
                coded(one.name),
                said(one.see),
                said(one.add),
                said(one.change),
                said(one.remove),
                one.door,
                " ".join(dict.fromkeys(f"{one.system if one.system_rows else ''} {one.worker}".split())),
            )
            for one in room.TABLES
        ]
        head = ("table", "see", "add", "change", "remove", "at the door", "worker, for the service")
        parts.append(f"### {name}\n\n{table(head, rows)}")
    return "\n".join(parts)


MAKERS: dict[str, Callable[[], str]] = {
    "commands": made_commands,
    "routes": made_routes,
    "verbs": made_verbs,
    "roles": made_roles,
    "rows": made_rows,
}


def as_made(text: str) -> str:
    """A page's text with what is made from the code as the code is now. Raises KeyError for unknown names."""
    return MADE.sub(lambda found: f"{found[1]}\n{MAKERS[found[2]]()}\n{found[3]}", text)


def out_of_date(root: Path) -> Iterator[tuple[Path, str]]:
    """The pages whose made parts differ from the code, each as it should be."""
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        if (fresh := as_made(text)) != text:
            yield page, fresh


def main() -> int:
    set_up()
    found = []
    for page, fresh in out_of_date(CHECKOUT):
        page.write_text(fresh, encoding="utf-8")
        found.append(f"{page.relative_to(CHECKOUT)}: was out of date and has been written anew; commit it")
    found += problems(CHECKOUT)
    for line in found:
        print(line, file=sys.stderr)
    if not found:
        print(f"{len(pages(CHECKOUT))} pages: what they show is so, and every link leads somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
