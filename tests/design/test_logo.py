"""A logo is a picture that is what it says and does nothing; anything else is refused with a word."""

from __future__ import annotations

import struct
import zlib

import pytest

from kohti.design import logo
from kohti.design.logo import BadLogo


def png(width: int = 2, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    points = zlib.compress(b"".join(b"\0" + b"\0\0\0" * min(width, 9) for _ in range(min(height, 9))))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", points) + chunk(b"IEND", b"")


JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    b"\xff\xc0\x00\x0b\x08\x00\x28\x00\x78\x01\x01\x11\x00\xff\xd9"
)


def webp(kind: bytes, data: bytes) -> bytes:
    inside = b"WEBP" + kind + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


WEBP = webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 120, 40))
WEBP_LOSSLESS = webp(b"VP8L", b"\x2f\x77\xc0\x09\x00")
WEBP_WITH_MORE = webp(b"VP8X", bytes(4) + b"\x77\0\0\x27\0\0")


def svg(inside: str = "", attributes: str = 'viewBox="0 0 120 40"') -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" {attributes}>'
        f'<path d="M0 0h10"/>{inside}</svg>'
    ).encode()


@pytest.mark.parametrize(
    ("data", "kind", "size"),
    [
        (png(120, 40), "image/png", (120, 40)),
        (JPEG, "image/jpeg", (120, 40)),
        (WEBP, "image/webp", (120, 40)),
        (WEBP_LOSSLESS, "image/webp", (120, 40)),
        (WEBP_WITH_MORE, "image/webp", (120, 40)),
        (svg(), "image/svg+xml", (120, 40)),
        (svg(attributes='width="60mm" height="20mm"'), "image/svg+xml", (60, 20)),
    ],
)
def test_a_picture_is_known_by_its_bytes(data: bytes, kind: str, size: tuple[int, int]) -> None:
    found = logo.check(data)
    assert (found.kind, (found.width, found.height), found.data) == (kind, size, data)


def test_a_drawing_as_drawing_programs_save_it_is_let_in() -> None:
    saved = (
        b'\xef\xbb\xbf<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- made with care -->\n'
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        + svg(
            '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"/>'
            '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs>'
            '<style>.a{fill:url(#g)}</style><g style="fill: url(#g)"><use xlink:href="#a"/></g>'
        )
    )
    assert logo.check(saved).kind == "image/svg+xml"


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<SCRIPT/>", "script"),
        ('<path onload="alert(1)"/>', "script"),
        ('<path ONCLICK="alert(1)"/>', "script"),
        ("<foreignObject><p/></foreignObject>", "script"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "script"),
        ('<set attributeName="onmouseover" to="alert(1)"/>', "script"),
        ('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>', "script"),
        ('<h:meta xmlns:h="http://www.w3.org/1999/xhtml" content="0;url=//evil"/>', "script"),
        ('<a href="https://evil.example"><path/></a>', "outside"),
        ('<image href="https://evil.example/x.png"/>', "outside"),
        ('<image href="data:image/png;base64,AAAA"/>', "outside"),
        ('<use xlink:href="https://evil.example/x.svg#a"/>', "outside"),
        ('<use href="x.svg#a"/>', "outside"),
        ('<path style="fill: url(https://evil.example/#a)"/>', "outside"),
        ('<path fill="url(//evil.example/#a)"/>', "outside"),
        ("<style>@import 'https://evil.example/x.css';</style>", "outside"),
        ("<style>.a{fill:u\\72l(//evil.example)}</style>", "outside"),
        ('<path xml:base="https://evil.example/"/>', "outside"),
        ("<?xml-stylesheet href='https://evil.example/x.css'?>", "script"),
    ],
)
def test_a_drawing_that_does_something_or_reaches_out_is_refused(inside: str, code: str) -> None:
    with pytest.raises(BadLogo) as refused:
        logo.check(svg(inside))
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"GIF89a" + bytes(20), "unknown"),
        (b"%PDF-1.7", "unknown"),
        (b"<html><svg/></html>", "unknown"),
        (b"<svg/>", "unknown"),
        (b"<svg", "unknown"),
        ("<svg/>".encode("utf-16"), "unknown"),
        (b'<?xml version="1.0" encoding="utf-7"?>' + svg(), "script"),
        (b'<?xml-stylesheet href="x.css"?>' + svg(), "script"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("<text>&b;</text>"), "script"),
        (svg(attributes=""), "broken"),
        (svg(attributes='viewBox="0 0 0 0"'), "broken"),
        (b"\x89PNG\r\n\x1a\n<svg onload='alert(1)'>", "broken"),
        (png()[:-3], "broken"),
        (png() + b"<script>alert(1)</script>", "broken"),
        (JPEG[:12] + b"\xff\xd9", "broken"),
        (JPEG + b"<script>", "broken"),
        (WEBP + b"<script>", "broken"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "broken"),
        (png(8000, 10), "too-wide"),
        (svg("<desc>" + "x" * logo.MAX_BYTES + "</desc>"), "too-large"),
    ],
)
def test_a_file_that_is_not_what_it_says_or_is_too_large_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadLogo) as refused:
        logo.check(data)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.parametrize(
    "data", [png(120, 40), JPEG, WEBP, WEBP_LOSSLESS, WEBP_WITH_MORE, svg("<style>a{}</style>")]
)
def test_a_file_cut_anywhere_is_refused_and_never_an_error_of_ours(data: bytes) -> None:
    for length in range(len(data)):
        with pytest.raises(BadLogo):
            logo.check(data[:length])
