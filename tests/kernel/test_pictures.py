"""A photo is kept without where and when it was taken, and looks as it did."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageChops, ImageOps, PngImagePlugin

from kohti.kernel.attachments import examine, pictures

PLACE = (51.0, 53.0, 56.4)
"""Degrees, minutes and seconds north: a street in Cheltenham."""
WORDS = (b"iPhone", b"Ann's", b"2026:03:11", b"Cheltenham", b"adobe", b"GPS")


def scene(mode: str = "RGB") -> Image.Image:
    """Something with edges and slopes, as a photo has."""
    slope = Image.linear_gradient("L").resize((160, 96))
    return Image.merge("RGB", (slope, slope.rotate(180), Image.effect_noise((160, 96), 40))).convert(mode)


def told(turn: int = 1) -> Image.Exif:
    """What a telephone writes into a photo."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Apple", "Ann's iPhone", turn
    exif[0x9003] = "2026:03:11 10:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: PLACE, 3: "W", 4: (2.0, 4.0, 40.1), 29: "2026:03:11"})
    return exif


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack("!H", len(body) + 2) + body


def jpeg(turn: int = 1, *, mode: str = "RGB", progressive: bool = False) -> bytes:
    """A photo with all that comes along: EXIF, XMP, IPTC, a comment, and a second picture behind the first."""
    out = io.BytesIO()
    scene(mode).save(
        out, "JPEG", exif=told(turn), icc_profile=b"a profile", progressive=progressive, restart_marker_rows=1
    )
    made = out.getvalue()
    more = (
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>Cheltenham</x>")
        + segment(0xED, b"Photoshop 3.0\0Cheltenham")
        + segment(0xFE, b"Ann's garden in Cheltenham")
        + segment(0xE2, b"MPF\0" + b"GPS")
    )
    return made[:2] + more + made[2:] + made


def png(turn: int = 1) -> bytes:
    """The same as a PNG."""
    out, words = io.BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Author", "Ann's iPhone")
    words.add_text("Comment", "Cheltenham", zip=True)
    words.add_itxt("XML:com.adobe.xmp", "<x>Cheltenham</x>")
    scene("RGBA").save(out, "PNG", exif=told(turn), pnginfo=words, icc_profile=b"a profile")
    return out.getvalue() + b"Cheltenham"


def webp(turn: int = 1) -> bytes:
    """The same as a WebP."""
    out = io.BytesIO()
    scene().save(out, "WEBP", exif=told(turn), xmp=b"<x>Cheltenham adobe</x>", icc_profile=b"a profile")
    return out.getvalue() + b"Cheltenham"


MAKERS: dict[str, Callable[[int], bytes]] = {
    "jpeg": jpeg,
    "progressive jpeg": lambda turn: jpeg(turn, progressive=True),
    "jpeg in print colours": lambda turn: jpeg(turn, mode="CMYK"),
    "grey jpeg": lambda turn: jpeg(turn, mode="L"),
    "png": png,
    "webp": webp,
}


def seen(content: bytes) -> Image.Image:
    """The picture as a viewer shows it, turned the right way up."""
    return ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGBA")


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("turn", [1, 6])
@pytest.mark.parametrize("what", MAKERS)
def test_a_photo_is_kept_without_where_when_and_by_whom_it_was_taken_and_looks_the_same(
    what: str, turn: int
) -> None:
    before = MAKERS[what](turn)
    assert Image.open(io.BytesIO(before)).getexif().get_ifd(0x8825)[2] == PLACE
    kept = examine(before, "garden.jpg").content
    after = Image.open(io.BytesIO(kept))
    assert dict(after.getexif()) == ({} if turn == 1 else {0x0112: turn})
    assert set(after.info) <= {
        *("jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform", "icc_profile"),
        *("exif", "dpi", "loop", "background", "timestamp", "duration", "progressive", "progression"),
    }
    assert after.info["icc_profile"] == b"a profile"
    assert [word for word in WORDS if word in kept] == []
    assert seen(kept).size == seen(before).size
    assert ImageChops.difference(seen(kept), seen(before)).getbbox(alpha_only=False) is None


@pytest.mark.parametrize("what", MAKERS)
def test_one_that_tells_nothing_stays_as_it_is(what: str) -> None:
    kind = what.split()[1] if " " in what and "jpeg" in what.split()[1] else what.split()[0]
    once = pictures.plain(MAKERS[what](6), kind)
    assert pictures.plain(once, kind) == once


def test_the_small_picture_in_the_head_goes_it_may_show_what_was_cut_off() -> None:
    made = jpeg()
    head = b"JFIF\0\1\2\0\0\1\0\1\2\2" + b"\1" * 12
    kept = pictures.plain(made[:2] + segment(0xE0, head) + made[2:], "jpeg")
    assert b"\1" * 12 not in kept
    assert kept[2:20] == segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\0\0")


@pytest.mark.parametrize("what", ["jpeg", "png", "webp"])
def test_one_that_is_damaged_anywhere_is_refused_or_kept_and_never_more_than_that(what: str) -> None:
    whole, dice = MAKERS[what](6), random.Random(5)
    refused = 0
    for _n in range(3000):
        broken = bytearray(whole[: dice.randrange(12, len(whole))])
        for _m in range(dice.randrange(4)):
            broken[dice.randrange(8, min(len(broken), 400))] = dice.randrange(256)
        try:
            kept = pictures.plain(bytes(broken), what)
        except ValueError:
            refused += 1
        else:
            assert len(kept) <= len(broken) + 60
    assert refused > 300


def test_a_turn_that_is_written_wrongly_is_none() -> None:
    right = pictures._tiff(6)
    assert pictures.turn_of(right) == 6
    for wrong in (b"", right[:9], b"II" + right[2:], right[:4] + b"\xff\xff\xff\xff", pictures._tiff(9)):
        assert pictures.turn_of(wrong) == 1


def test_what_is_no_picture_is_left_alone() -> None:
    assert pictures.plain(b"%PDF-1.7 Cheltenham", "pdf") == b"%PDF-1.7 Cheltenham"


def test_a_png_keeps_its_check_sums() -> None:
    kept, at = pictures.plain(png(6), "png"), 8
    names = []
    while at < len(kept):
        (length,) = struct.unpack_from("!I", kept, at)
        names.append(kept[at + 4 : at + 8])
        (said,) = struct.unpack_from("!I", kept, at + 8 + length)
        assert said == zlib.crc32(kept[at + 4 : at + 8 + length])
        at += 12 + length
    assert names[:2] == [b"IHDR", b"eXIf"]
    assert names[-1] == b"IEND"
