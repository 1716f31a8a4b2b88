"""Letters and sheets as PDF: tagged for screen readers (PDF/UA-1), in the service's own name and colour.

A room says what stands in a document as `Block`s, in words it has translated; one of three layouts makes the
PDF. What people wrote is handed over as data and never read as markup, so nothing in it can do anything.
typst does the setting; it is loaded at the first document, not when a process starts.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from kohti.kernel import clock, words

HERE = Path(__file__).resolve().parent
OURS = "#15705c"
LONGEST = 40
"""A word longer than this may be broken anywhere."""
PIECE = 24

Layout = Literal["letter", "sheet", "card"]


@dataclass(frozen=True, slots=True)
class Text:
    """One or more paragraphs: an empty line begins another."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within the document; readers find it among the PDF's bookmarks."""

    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms with their values. Those without a value are left out."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Lines:
    """A list."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `widths`: parts of the page a column takes; 0 as much as its widest cell needs."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Square:
    """A text as a square to photograph (QR code), with what it is in words for whoever does not see it."""

    text: str
    alt: str


Block = Text | Heading | Facts | Lines | Table | Square


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whose letter it is: the service first, then where it comes from; `accent` is the service's colour."""

    service: str
    lines: Sequence[str] = ()
    accent: str = OURS


@dataclass(frozen=True, slots=True)
class Made:
    """A document. `accessible`: it keeps PDF/UA-1; not so where no font at hand has a letter of it."""

    content: bytes
    accessible: bool


def make(
    layout: Layout,
    *,
    sender: Sender,
    title: str,
    date: str,
    blocks: Sequence[Block],
    to: Sequence[str] = (),
    foot: str = "",
    language: str = "",
) -> Made:
    """Make a PDF in a language (default: the one in use), with title, language, structure and bookmarks.

    The same words make the same bytes on the same day. Letters that no font has show as boxes: the document
    is made all the same. Further fonts: a folder named by KOHTI_FONTS.
    """
    import typst

    now = clock.now()
    data = {
        "language": language or words.language(),
        "accent": sender.accent,
        "service": _said(sender.service),
        "from": [_said(line) for line in sender.lines if line],
        "to": [_said(line) for line in to if line],
        "title": _said(" ".join(title.split()) or "…"),
        "date": _said(date),
        "foot": _said(foot or sender.service),
        "made": {"year": now.year, "month": now.month, "day": now.day},
        "blocks": [part for block in blocks for part in _built(block)],
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    setting = _compiler(layout, os.environ.get("KOHTI_FONTS", ""))
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    try:
        content = setting.compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=int(midnight.timestamp())
        )
        return Made(content, True)
    except typst.TypstError as trouble:
        if "PDF/UA" not in str(trouble):
            raise
    content = setting.compile(
        format="pdf", sys_inputs=inputs, pdf_standards=[], timestamp=int(midnight.timestamp())
    )
    return Made(content, False)


@cache
def _compiler(layout: Layout, more_fonts: str) -> Any:
    import typst

    folders = [str(HERE / "fonts"), *([more_fonts] if more_fonts else [])]
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    return typst.Compiler(str(HERE / f"{layout}.typ"), root=str(HERE), font_paths=fonts)


def _built(block: Block) -> list[dict[str, Any]]:
    """A block as the layouts take it."""
    match block:
        case Text(text):
            paragraphs = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
            return [{"kind": "text", **_said(one.strip("\n"))} for one in paragraphs if one.strip()]
        case Heading(text):
            return [{"kind": "heading", **_said(text)}]
        case Facts(rows):
            kept = [[_said(term), _said(value)] for term, value in rows if value]
            return [{"kind": "facts", "rows": kept}] if kept else []
        case Lines(items):
            kept_items = [_said(item) for item in items if item.strip()]
            return [{"kind": "lines", "items": kept_items}] if kept_items else []
        case Square(text, alt):
            return [{"kind": "square", "svg": _square(text), "alt": _said(alt)}]
        case Table(columns, rows, widths):
            return [
                {
                    "kind": "table",
                    "columns": [_said(one) for one in columns],
                    "rows": [[_said(cell) for cell in row] for row in rows],
                    "widths": list(widths) or [1] * len(columns),
                }
            ]


def _square(text: str) -> str:
    """A QR code of a text, as SVG."""
    import qrcode  # type: ignore[import-untyped]
    from qrcode.image.svg import SvgPathImage  # type: ignore[import-untyped]

    return qrcode.make(text, image_factory=SvgPathImage, border=2).to_string(encoding="unicode")  # type: ignore[no-any-return]


def _said(text: str) -> dict[str, Any]:
    """A text made fit to print, and whether it reads from the right."""
    clean = printable(text)
    return {"text": clean, "rtl": reads_from_right(clean)}


def printable(text: str) -> str:
    """The text without what cannot be printed: control characters and those that turn its direction about.

    Line breaks stay; a word of more than `LONGEST` letters may be broken anywhere.
    """
    kept = "".join(
        one
        for one in text.replace("\t", " ")
        if one == "\n" or (unicodedata.category(one) not in ("Cc", "Cs") and one not in TURNING)
    )
    return "".join(_breakable(part) for part in _pieces(kept))


TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def _pieces(text: str) -> list[str]:
    """The text cut before and after each white space, nothing lost."""
    found = [""]
    for one in text:
        if one.isspace() or (found[-1] and found[-1][-1].isspace()):
            found.append(one)
        else:
            found[-1] += one
    return found


def _breakable(word: str) -> str:
    if len(word) <= LONGEST:
        return word
    return "\u200b".join(word[at : at + PIECE] for at in range(0, len(word), PIECE))


def reads_from_right(text: str) -> bool:
    """Whether the first letter with a direction is one of a script that reads from the right."""
    for one in text:
        direction = unicodedata.bidirectional(one)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False
