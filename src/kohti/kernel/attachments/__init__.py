"""Files that people bring: which are taken, looked into before anything else happens, and scanned.

`examine` says what a file is by its content, or refuses it in words. It looks in a process of its own
(`looking.py`), and takes from a picture what it tells beside itself (`pictures.py`). `scan` asks the
installation's virus scanner, where one is set.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import socket
import struct
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from django.utils.translation import gettext as _

from kohti.kernel.errors import Refused

from . import pictures

MOST_BYTES = 10_000_000
MOST_OF_A_PERSON = 100_000_000
LONGEST_NAME = 100
LOOKING_S = 20
SCANNING_S = 30
KINDS: dict[str, tuple[str, str]] = {
    "pdf": (".pdf", "application/pdf"),
    "png": (".png", "image/png"),
    "jpeg": (".jpg", "image/jpeg"),
    "webp": (".webp", "image/webp"),
    "heic": (".heic", "image/heic"),
    "docx": (".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "odt": (".odt", "application/vnd.oasis.opendocument.text"),
    "ods": (".ods", "application/vnd.oasis.opendocument.spreadsheet"),
    "txt": (".txt", "text/plain; charset=utf-8"),
}
"""Each kind with its ending and its media type. HEIC is taken no more; there may be some from before."""

WORDS: dict[str, Callable[[], str]] = {
    "empty": lambda: _("This file is empty."),
    "too-large": lambda: _("This file is larger than 10 MB."),
    "kind": lambda: _("Only PDF, pictures, Word, Excel and OpenDocument files and plain text are taken."),
    "old-office": lambda: _(
        "This is an old Office file, or one with a password. Save it as DOCX, XLSX or PDF."
    ),
    "heic": lambda: _(
        "This picture is in Apple's own format (HEIC), which others cannot open. Take it as JPEG: on the telephone"
        " choose Settings, Camera, Formats, Most Compatible; or send it to yourself by e-mail first."
    ),
    "encrypted": lambda: _("This file has a password. Save it without one."),
    "broken": lambda: _("This file cannot be read: it is damaged."),
    "script": lambda: _("This file holds a program (a macro or script). Save it as PDF without it."),
    "file-inside": lambda: _("This file holds another file. Bring that one by itself."),
    "leads-out": lambda: _("This file fetches something from elsewhere when it is opened. Save it as PDF."),
    "too-many-pixels": lambda: _("This picture is too large. Make it smaller and try again."),
    "too-much-inside": lambda: _("There is too much packed into this file."),
    "infected": lambda: _("The virus scanner found something in this file. It was not kept."),
}


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept."""

    kind: str
    name: str
    content: bytes
    sha256: str

    @property
    def media_type(self) -> str:
        """What it is, for whoever downloads it."""
        return KINDS[self.kind][1]


def refused(code: str) -> Refused:
    """The refusal of a file, in words."""
    return Refused(WORDS[code](), code=code)


def examine(content: bytes, name: str) -> Examined:
    """What a file is. Raises Refused (its code is one of `WORDS`) for one that is not to be kept."""
    if not content:
        raise refused("empty")
    if len(content) > MOST_BYTES:
        raise refused("too-large")
    kind = _looked_at(content)
    try:
        content = pictures.plain(content, kind)
    except ValueError as trouble:
        raise refused("broken") from trouble
    return Examined(kind, clean_name(name, kind), content, hashlib.sha256(content).hexdigest())


def ours(content: bytes, title: str) -> Examined:
    """A PDF that we made ourselves: it needs no looking into."""
    return Examined("pdf", clean_name(f"{title}.pdf", "pdf"), content, hashlib.sha256(content).hexdigest())


def _looked_at(content: bytes) -> str:
    program = [sys.executable, "-I", str(Path(__file__).with_name("looking.py"))]
    try:
        done = subprocess.run(program, input=content, capture_output=True, timeout=LOOKING_S, check=False)
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired as trouble:
        raise refused("too-much-inside") from trouble
    except ValueError as trouble:
        # It was ended by its limits, or fell over something nobody foresaw: not a file to keep.
        raise refused("broken") from trouble
    if "kind" not in found:
        raise refused(str(found.get("refused", "broken")))
    return str(found["kind"])


def clean_name(name: str, kind: str) -> str:
    """A file's name without folders and tricks, with the ending of what it is."""
    ending = KINDS[kind][0]
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    kept = "".join(one if unicodedata.category(one)[0] not in "CZ" else " " for one in last)
    kept = " ".join("".join(" " if one in '<>:"|?*%;' else one for one in kept).split())
    stem, dot, was = kept.rpartition(".")
    stem = (stem if dot and 1 <= len(was) <= 5 else kept).strip(" .")
    return f"{stem[: LONGEST_NAME - len(ending)] or 'file'}{ending}"


Scanned = Literal["unscanned", "clean"]


def has_scanner() -> bool:
    """Whether a virus scanner is set."""
    return bool(os.environ.get("KOHTI_SCAN_COMMAND") or os.environ.get("KOHTI_SCAN_CLAMD"))


def scan(content: bytes) -> Scanned:
    """Ask the virus scanner. Raises Refused for what it finds; `unscanned` where there is none or it fails.

    KOHTI_SCAN_COMMAND reads the file on standard input and ends with 0 (clean) or 1 (found), as clamscan and
    clamdscan do with `-`; else KOHTI_SCAN_CLAMD is `host:port` of a clamd.
    """
    command, address = os.environ.get("KOHTI_SCAN_COMMAND", ""), os.environ.get("KOHTI_SCAN_CLAMD", "")
    found: bool | None = None
    if command:
        found = _by_command(shlex.split(command), content)
    elif address:
        found = _by_clamd(address, content)
    if found:
        raise refused("infected")
    return "unscanned" if found is None else "clean"


def _by_command(command: list[str], content: bytes) -> bool | None:
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SCANNING_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return {0: False, 1: True}.get(done.returncode)


def _by_clamd(address: str, content: bytes) -> bool | None:
    """clamd's INSTREAM: pieces with their length before them, an empty one at the end."""
    host, _colon, port = address.rpartition(":")
    try:
        with socket.create_connection((host or "localhost", int(port)), timeout=SCANNING_S) as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), 65_536):
                piece = content[at : at + 65_536]
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            said = b""
            while piece := line.recv(4096):
                said += piece
    except (OSError, ValueError):
        return None
    if said.rstrip(b"\0\n").endswith(b"OK"):
        return False
    return True if b"FOUND" in said else None
