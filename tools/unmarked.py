"""Texts that a person would see and that nobody marked for translation, as far as that can be found without reading.

In templates: literal text, literal attributes that are read out or shown, and sentences handed to a macro. In
code: what errors for people, commands and forms say. `tests/test_words.py` wants none; `python tools/unmarked.py`
lists them.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import jinja2
from jinja2 import nodes

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kohti"
NOT_LOOKED_AT = ("design/templates/design/gallery.html", "config/bench/")
"""Specimens that tests look at and nobody is served; the measuring of developers."""

SHOWN = {"alt", "aria-label", "aria-description", "placeholder", "title", "label"}
THE_SAME_EVERYWHERE = {"Kohti", "CSV", "XLSX", "PDF", "PIN", "Ctrl", "Enter", "Esc", "Tab"}
NEVER_SHOWN = {"NoActor", "NotThere", "NotAllowed"}
"""Errors whose page has words of its own; what they say is for whoever reads the log."""

MARKS = {
    "_",
    "gettext",
    "ngettext",
    "gettext_lazy",
    "ngettext_lazy",
    "pgettext",
    "gettext_noop",
    "ngettext_noop",
}
FOR_PEOPLE = {"label", "help_text", "empty_label", "help", "description", "epilog", "title"}
CODE = "zqz"
"""Stands for what a template fills in."""


def all_faults() -> list[str]:
    """Every text that is not marked: file, line, and how it begins."""
    found: list[str] = []
    for path in sorted(SOURCE.rglob("*")):
        name = path.relative_to(SOURCE).as_posix()
        if name.startswith(NOT_LOOKED_AT) or "/migrations/" in name or "/locale/" in name:
            continue
        if path.suffix == ".html" and "/templates/" in name:
            found += [f"{name}:{line}: {text!r}" for line, text in in_template(path.read_text("utf-8"))]
        elif path.suffix == ".py":
            found += [f"{name}:{line}: {text!r}" for line, text in in_code(path.read_text("utf-8"), name)]
    return found


def marked() -> Iterator[tuple[str, str]]:
    """Every text that code marks for translation, with its file."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[ast.Constant(value=str(text)), *_]) if (
                    name in MARKS and text
                ):
                    yield path.relative_to(SOURCE).as_posix(), text


def _has_words(text: str) -> bool:
    words = re.findall(r"[^\W\d_]{2,}", text.replace(CODE, " "))
    return any(word not in THE_SAME_EVERYWHERE for word in words)


# templates


def in_template(source: str) -> Iterator[tuple[int, str]]:
    """The lines and texts of one template that stand there in one language only."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=True)
    page, comment = "", False
    for _line, kind, value in environment.lex(source):
        if kind == "data":
            page += value
        elif kind in ("comment_begin", "comment_end"):
            comment = kind == "comment_begin"
        elif kind in ("variable_begin", "block_begin"):
            page += CODE
        if kind != "data":
            page += "\n" * (value.count("\n") if comment or kind != "data" else 0)
    reader = _Reader()
    reader.feed(page)
    reader.close()
    yield from reader.found
    yield from _sentences(environment.parse(source), marked=False)


class _Reader(HTMLParser):
    """Collects what a page says by itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Attributes that are shown or read out; what follows a script's or style's beginning is neither."""
        if tag in ("script", "style"):
            self.silent = tag
        for name, value in attrs:
            if name in SHOWN and value and _has_words(value):
                self.found.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        """The end of a script or style."""
        if tag == self.silent:
            self.silent = ""

    def handle_data(self, data: str) -> None:
        """Text; not what is left of a tag whose beginning the template fills in."""
        if not self.silent and _has_words(data) and '="' not in data:
            self.found.append((self.getpos()[0], " ".join(data.replace(CODE, " ").split())[:60]))


SENTENCE = re.compile(r"[A-Z][a-z’']+( [a-z’']+)+|[A-Z][a-z]{3,}$|([a-z’']+ ){3,}[a-z’']+")


def _is_sentence(text: str) -> bool:
    return bool(SENTENCE.match(text)) and _has_words(text) and "k-" not in text


def _sentences(node: nodes.Node, *, marked: bool) -> Iterator[tuple[int, str]]:
    """Literal sentences in the expressions of a template, outside a call of `_`."""
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name in MARKS:
        marked = True
    if (
        isinstance(node, nodes.Const)
        and isinstance(node.value, str)
        and not marked
        and _is_sentence(node.value)
    ):
        yield node.lineno, node.value
    for child in node.iter_child_nodes():
        yield from _sentences(child, marked=marked)


# code


def in_code(source: str, name: str) -> Iterator[tuple[int, str]]:
    """The lines and texts of one module that people are told in one language only."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if _name(node.exc.func) in _errors_for_people() and node.exc.args:
                yield from _literal(node.exc.args[0])
        elif isinstance(node, ast.Call):
            if _name(node.func) == "say" and node.args:
                yield from _literal(node.args[0])
            if _name(node.func) in ("command", "family"):
                for one in node.args[2:]:
                    yield from _literal(one)
            if _is_form(node, name) or "/commands/" in name or name.endswith("/command.py"):
                for keyword in node.keywords:
                    if keyword.arg in FOR_PEOPLE:
                        yield from _literal(keyword.value)


def _name(of: ast.expr) -> str:
    return of.id if isinstance(of, ast.Name) else of.attr if isinstance(of, ast.Attribute) else ""


def _is_form(call: ast.Call, name: str) -> bool:
    return name.endswith("forms.py") and (_name(call.func).endswith("Field") or _name(call.func) == "Field")


def _literal(value: ast.expr) -> Iterator[tuple[int, str]]:
    """A text or an f-string with words of its own."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        parts = [value.value]
    elif isinstance(value, ast.JoinedStr):
        parts = [one.value for one in value.values if isinstance(one, ast.Constant)]  # type: ignore[misc]
    else:
        return
    text = " ".join(parts)
    if _has_words(text):
        yield value.lineno, text[:60]


_errors: set[str] = set()


def _errors_for_people() -> set[str]:
    """The errors we raise on purpose: KohtiError, the commands' Trouble, forms' own, and all made from them."""
    if not _errors:
        parents = {
            node.name: {_name(base) for base in node.bases}
            for path in SOURCE.rglob("*.py")
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.ClassDef)
        }
        known = {"KohtiError", "Trouble", "ValidationError"}
        while more := {name for name, bases in parents.items() if bases & known} - known:
            known |= more
        _errors.update(known - NEVER_SHOWN)
    return _errors


def main() -> int:
    """List them; 1 when there are any."""
    found = all_faults()
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
