"""A service's logo: a small picture from outside, let in only when it is what it says and does nothing.

`check` is asked by whoever takes one in (a blueprint, an administrator's page). What passes may be served
with `HEADERS`: even a picture opened by itself in a browser then runs nothing and fetches nothing.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

MAX_BYTES = 200_000
MAX_SIDE = 4000
"""Pixels. A logo stands 40 of them high; what is larger slows every page of a phone."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Content-Disposition": "inline",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What every answer with a logo carries."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that has passed: its type, its bytes as they may be served, its size in pixels."""

    kind: str
    data: bytes
    width: float
    height: float


class BadLogo(ValueError):
    """The picture is refused. The text says why, for whoever chose it; `code` for machines: too-large,
    empty, unknown, broken, too-wide, script, outside."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check(data: bytes) -> Logo:
    """The logo in these bytes; what it is shows in them, no name or declared type is believed.

    PNG, JPEG, WebP, or an SVG of plain shapes. Raises BadLogo with a word for whoever chose it.
    """
    if not data:
        raise BadLogo("empty", _("The file is empty."))
    if len(data) > MAX_BYTES:
        raise BadLogo("too-large", _("A logo may have 200 kB at most. Save it smaller and try again."))
    for begins, read in ((b"\x89PNG\r\n\x1a\n", _png), (b"\xff\xd8\xff", _jpeg), (b"RIFF", _webp)):
        if data.startswith(begins):
            try:
                logo = read(data)
            except (struct.error, IndexError) as trouble:
                raise _broken() from trouble
            if not 1 <= logo.width <= MAX_SIDE or not 1 <= logo.height <= MAX_SIDE:
                raise BadLogo("too-wide", _("A logo may be 4000 pixels wide or high at most."))
            return logo
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data):
        return _svg(data)
    raise BadLogo("unknown", _("This is no PNG, JPEG, WebP or SVG picture, whatever its name says."))


def _broken() -> BadLogo:
    return BadLogo("broken", _("The picture is damaged. Save it again and choose it once more."))


# ---------------------------------------------------------------- pictures of points


def _png(data: bytes) -> Logo:
    """The chunks from its beginning to its end, nothing behind it; no animation is asked about."""
    at, kinds = 8, []
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        kinds.append(kind)
        at += 12 + length
        if kind == b"IEND":
            break
    if kinds[:1] != [b"IHDR"] or b"IDAT" not in kinds or kinds[-1] != b"IEND" or at != len(data):
        raise _broken()
    width, height = struct.unpack_from(">II", data, 16)
    return Logo("image/png", data, width, height)


_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def _jpeg(data: bytes) -> Logo:
    """From marker to marker until the frame, which knows the size."""
    if data[-2:] != b"\xff\xd9":
        raise _broken()
    at = 2
    while True:
        mark, kind, length = struct.unpack_from(">BBH", data, at)
        if mark != 0xFF:
            raise _broken()
        if kind in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return Logo("image/jpeg", data, width, height)
        at += 2 + length


def _webp(data: bytes) -> Logo:
    (length,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP" or length + 8 != len(data):
        raise _broken()
    kind = data[12:16]
    if kind == b"VP8X":
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif kind == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        width, height = (one & 0x3FFF for one in struct.unpack_from("<HH", data, 26))
    else:
        raise _broken()
    return Logo("image/webp", data, width, height)


# ---------------------------------------------------------------- drawings

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_SHAPES = frozenset((
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "text", "tspan", "use", "symbol", "clipPath", "mask", "linearGradient", "radialGradient", "stop", "pattern",
    "style", "marker", "switch", "metadata",
))  # fmt: skip
_NOTES = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_W3 = "http://www.w3.org/"
_LINK = re.compile(r"\A\s*#[\w.:-]+\s*\Z")
_REACHES_OUT = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|expression\s*\(|javascript:|\\", re.IGNORECASE)
_INSTRUCTIONS = re.compile(r"<\?(?!xml\s)")
_ENCODING = re.compile(r"<\?xml[^>]*encoding\s*=\s*['\"](?!utf-8['\"])", re.IGNORECASE)
_LENGTH = re.compile(r"\A\s*([0-9.]+)\s*(?:px|pt|mm|cm|in|em|rem)?\s*\Z")


def _svg(data: bytes) -> Logo:
    """Shapes, text and gradients, each by name; what is not on that list is refused, not cleaned away."""
    text = data.decode("utf-8-sig", errors="replace")
    if _INSTRUCTIONS.search(text) or _ENCODING.match(text):
        raise BadLogo("script", _("The drawing holds instructions to a program. Save it as a plain SVG."))
    try:
        root = ElementTree.fromstring(text)
    except DefusedXmlException as trouble:
        raise BadLogo(
            "script", _("The drawing defines entities of its own. Save it as a plain SVG.")
        ) from trouble
    except (ParseError, ValueError, LookupError) as trouble:
        raise BadLogo("unknown", _("This is no SVG drawing: it cannot be read as one.")) from trouble
    if root.tag != f"{{{_SVG}}}svg":
        raise BadLogo("unknown", _("This is no SVG drawing, whatever its name says."))
    for element in root.iter():
        _harmless(element)
    width, height = _size(root)
    return Logo("image/svg+xml", data, width, height)


def _harmless(element: Element) -> None:
    """Raises BadLogo for an element that does something, or that reaches outside its own file."""
    space, name = _split(element.tag)
    if space != _SVG:
        # Drawing programs leave notes to themselves: browsers pass them by, unlike what is HTML.
        if not space or (space.startswith(_W3) and space != _NOTES):
            raise _does_something(name)
    elif name in ("image", "feImage", "a"):
        raise BadLogo(
            "outside",
            _("The drawing holds <%(name)s>: a link or another picture. Save it with shapes alone.")
            % {"name": name},
        )
    elif name not in _SHAPES:
        raise _does_something(name)
    for key, value in element.attrib.items():
        _harmless_attribute(key, value)
    if space == _SVG and name == "style" and _REACHES_OUT.search(element.text or ""):
        raise _reaches_out()


def _harmless_attribute(key: str, value: str) -> None:
    space, name = _split(key)
    if name.lower().startswith("on"):
        raise _does_something(name)
    if name == "href" and space in ("", _XLINK) and not _LINK.match(value):
        raise _reaches_out()
    if name in ("src", "base") or _REACHES_OUT.search(value):
        raise _reaches_out()


def _does_something(name: str) -> BadLogo:
    return BadLogo(
        "script",
        _("The drawing holds “%(name)s”, which can do more than draw. Save it as a plain SVG.")
        % {"name": name[:40]},
    )


def _reaches_out() -> BadLogo:
    return BadLogo("outside", _("The drawing fetches something from elsewhere. Save it with shapes alone."))


def _split(tag: str) -> tuple[str, str]:
    space, _closing, name = tag.rpartition("}")
    return space.lstrip("{"), name


def _size(root: Element) -> tuple[float, float]:
    """Width and height as the drawing says, by its own numbers or its view box."""
    for said in (_said_lengths(root), _said_box(root)):
        sizes = tuple(said)
        if len(sizes) == 2 and all(0 < one < 1_000_000 for one in sizes):
            return sizes[0], sizes[1]
    raise BadLogo("broken", _("The drawing does not say how large it is. Save it with a view box."))


def _said_lengths(root: Element) -> Iterator[float]:
    for key in ("width", "height"):
        found = _LENGTH.match(root.get(key, ""))
        if found:
            yield _number(found[1])


def _said_box(root: Element) -> Iterator[float]:
    box = root.get("viewBox", "").replace(",", " ").split()
    if len(box) == 4:
        yield from (_number(one) for one in box[2:])


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
