"""A picture without what it tells beside itself: where and when it was taken, by which telephone, words, thumbnails.

The picture's own data are copied as they are, byte by byte; only what is known to be needed to show it is kept
around them, with the way up it is to be turned. Nothing is decoded.

Layouts: JPEG, ITU-T T.81 annex B, and JFIF 1.02; PNG, W3C PNG third edition, 5 and 11; WebP, RFC 9649; the turn,
EXIF 2.32, tag 0x0112.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator

EXIF = b"Exif\0\0"
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
PNG = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"bKGD", b"hIST", b"sBIT", b"sPLT", b"pHYs"),
    *(b"cHRM", b"gAMA", b"iCCP", b"sRGB", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"),
}
WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
WEBP_EXIF, WEBP_XMP = 0x08, 0x04


def plain(content: bytes, kind: str) -> bytes:
    """The picture alone. Raises ValueError where its parts do not follow each other as they must."""
    maker = MAKERS.get(kind)
    try:
        return maker(content) if maker else content
    except (struct.error, IndexError) as trouble:
        raise ValueError("a part is cut off") from trouble


def _jpeg(content: bytes) -> bytes:
    head, turn = b"", 1
    rest: list[bytes] = []
    for marker, part in _jpeg_parts(content):
        said = part[4:]
        if marker == 0xE0:
            if said.startswith(b"JFIF\0") and not head:
                # Its first twelve bytes and no thumbnail: that may show what was cut off since.
                head = b"\xff\xe0" + struct.pack("!H", 16) + said[:12].ljust(12, b"\0") + b"\0\0"
        elif marker == 0xE1:
            turn = turn_of(said.removeprefix(EXIF)) if said.startswith(EXIF) else turn
        elif not (0xE2 <= marker <= 0xEF or marker == 0xFE) or said.startswith((b"ICC_PROFILE\0", b"Adobe")):
            rest.append(part)
    if turn != 1:
        small = EXIF + _tiff(turn)
        head += b"\xff\xe1" + struct.pack("!H", len(small) + 2) + small
    return b"".join((b"\xff\xd8", head, *rest))


def _jpeg_parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with its segment, a scan with all of its data, to the end of the picture: not what follows it."""
    at = 2
    while at < len(content):
        if content[at] != 0xFF:
            raise ValueError("no marker where one must be")
        while content[at + 1] == 0xFF:
            at += 1
        marker = content[at + 1]
        if marker == 0xD9:
            yield marker, b"\xff\xd9"
            return
        (length,) = struct.unpack_from("!H", content, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(content):
            raise ValueError("a segment is cut off")
        if marker == 0xDA:
            found = NEXT_MARKER.search(content, end)
            end = found.start() if found else len(content)
        yield marker, content[at:end]
        at = end


def _png(content: bytes) -> bytes:
    first, turn = b"", 1
    rest: list[bytes] = []
    at = len(PNG)
    while at < len(content):
        (length,) = struct.unpack_from("!I", content, at)
        name, end = content[at + 4 : at + 8], at + 12 + length
        if end > len(content):
            raise ValueError("a chunk is cut off")
        if name == b"eXIf":
            turn = turn_of(content[at + 8 : end - 4])
        elif name == b"IHDR":
            first = content[at:end]
        elif name in PNG_KEPT:
            rest.append(content[at:end])
        at = end
        if name == b"IEND":
            break
    if turn != 1:
        body = b"eXIf" + _tiff(turn)
        first += struct.pack("!I", len(body) - 4) + body + struct.pack("!I", zlib.crc32(body))
    return b"".join((PNG, first, *rest))


def _webp(content: bytes) -> bytes:
    parts: list[tuple[bytes, bytes]] = []
    turn, at = 1, 12
    until = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= until:
        name, (length,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            raise ValueError("a chunk is cut off")
        if name == b"EXIF":
            turn = turn_of(body.removeprefix(EXIF))
        elif name in WEBP_KEPT:
            parts.append((name, body))
        at += 8 + length + length % 2
    if turn != 1:
        parts.append((b"EXIF", _tiff(turn)))
    out = [b"WEBP"]
    for name, body in parts:
        if name == b"VP8X":
            flags = body[0] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if turn != 1 else 0)
            body = bytes([flags]) + body[1:]
        out += [name, struct.pack("<I", len(body)), body, b"\0" * (len(body) % 2)]
    return b"".join((b"RIFF", struct.pack("<I", sum(map(len, out))), *out))


MAKERS: dict[str, Callable[[bytes], bytes]] = {"jpeg": _jpeg, "png": _png, "webp": _webp}


def turn_of(tiff: bytes) -> int:
    """Which way up the picture is, from 1 (as it is) to 8; 1 where that is not said, or not in order."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, at)
        for n in range(min(entries, 200)):
            tag, kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * n)
            if tag == 0x0112 and kind == 3 and 1 <= value <= 8:
                return int(value)
    except struct.error:
        pass
    return 1


def _tiff(turn: int) -> bytes:
    """Nothing but the turn."""
    return b"MM\0*\0\0\0\x08\0\x01" + struct.pack("!HHIHH", 0x0112, 3, 1, turn, 0) + b"\0\0\0\0"
