"""The files a directory comes in: found, unpacked and decoded, within bounds, whatever is in them."""

from __future__ import annotations

import csv
import io
import json
import lzma
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from kohti.kernel.errors import KohtiError

from .records import Fault, plain

MOST_BYTES = 500_000_000
"""Of all files of a package together, unpacked."""


class Unreadable(KohtiError):
    """What was brought is no directory. `code`: not-there, not-json, not-csv, not-zip, too-big, nothing."""

    code = "unreadable"


def found(path: Path) -> dict[str, bytes | None]:
    """The files of a path that are read, by name; None where one cannot be unpacked. Raises Unreadable."""
    if path.is_dir():
        parts = [one for one in sorted(path.iterdir()) if _is_data(one.name) and one.is_file()]
        if sum(one.stat().st_size for one in parts) > MOST_BYTES:
            raise Unreadable(str(path), code="too-big")
        return {one.name: one.read_bytes() for one in parts}
    if path.stat().st_size > MOST_BYTES:
        raise Unreadable(str(path), code="too-big")
    if path.suffix.lower() != ".zip":
        return {path.name: path.read_bytes()}
    try:
        with zipfile.ZipFile(path) as package:
            within = [
                one
                for one in package.infolist()
                if not one.is_dir() and _is_data(PurePosixPath(one.filename).name)
            ]
            if sum(one.file_size for one in within) > MOST_BYTES:
                raise Unreadable(str(path), code="too-big")
            return {one.filename: _unpacked(package, one) for one in within}
    except BROKEN as trouble:
        raise Unreadable(str(path), code="not-zip") from trouble


BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
"""What a broken or locked ZIP file raises, by what is wrong with it."""


def _unpacked(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes | None:
    try:
        return package.read(part)
    except BROKEN:
        return None


def _is_data(name: str) -> bool:
    """Whether a file is read: JSON or CSV, and not one that a computer puts beside it for itself."""
    return not name.startswith(".") and PurePosixPath(name).suffix.lower() in (".json", ".csv")


def parsed(name: str, content: bytes) -> Any:
    """What a JSON file says. Raises Unreadable."""
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as trouble:
        raise Unreadable(name, code="not-json") from trouble


def rows(name: str, content: bytes, faults: list[Fault]) -> list[dict[str, Any]]:
    """The rows of a CSV file; that it is no UTF-8 is added to the faults. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
        faults.append(Fault("", plain(name)[:60], "", "not-utf8"))
    csv.field_size_limit(10_000_000)
    try:
        return [dict(row) for row in csv.DictReader(io.StringIO(text.replace("\x00", ""), newline=""))]
    except csv.Error as trouble:
        raise Unreadable(name, code="not-csv") from trouble
