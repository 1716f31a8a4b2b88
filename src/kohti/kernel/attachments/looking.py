"""Looks into one file, in a process of its own with little memory and time: whatever is in it stays in here.

Run as a script, alone, with the file on standard input. Prints JSON: `{"kind": "pdf"}`, or `{"refused": CODE}`.
Which kind a file is, its content says and not its name.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile

MEMORY_BYTES = 768 * 1024 * 1024
SECONDS = 10
MOST_PIXELS = 60_000_000
MOST_FRAMES = 50
MOST_OBJECTS = 300_000
MOST_PARTS = 2_000
MOST_UNPACKED = 200_000_000

MACROS = re.compile(
    r"(^|/)(vbaproject|vbadata)[^/]*$|(^|/)(macrosheets|activex|embeddings|ctrlprops)/|\.(bin|exe|dll|js|vbs|class|jar)$",
    re.IGNORECASE,
)
ODF_SCRIPTS = re.compile(r"^(basic|scripts|dialogs|object [0-9])", re.IGNORECASE)
SCRIPT_TYPES = (b"macroenabled", b"vbaproject", b"oleobject", b"activex")
MAIN = {
    b"wordprocessingml.document.main+xml": "docx",
    b"spreadsheetml.sheet.main+xml": "xlsx",
}
LEADS_OUT = re.compile(
    rb'Type="[^"]*/(attachedTemplate|oleObject|frame|subDocument|externalLinkPath|package)"[^>]*'
    rb'TargetMode="External"|TargetMode="External"[^>]*Type="[^"]*/(attachedTemplate|oleObject|frame|subDocument'
    rb'|externalLinkPath|package)"',
    re.IGNORECASE,
)


class Bad(Exception):
    """The file is refused, with a code that says why."""


def kind_of(content: bytes) -> str:
    """What the file is. Raises Bad."""
    if content.startswith(b"%PDF-"):
        pdf(content)
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return picture(content, "png", "PNG")
    if content.startswith(b"\xff\xd8\xff"):
        return picture(content, "jpeg", "JPEG")
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return picture(content, "webp", "WEBP")
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"heim", b"heis", b"hevc"):
        # It tells where it was taken, and hardly anybody can open it. A telephone that is not offered to send one
        # makes a JPEG of it by itself.
        raise Bad("heic")
    if content.startswith(b"PK\x03\x04"):
        return office(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # The container of old Office files, and of new ones with a password.
        raise Bad("old-office")
    return text(content)


def pdf(content: bytes) -> None:
    """A PDF that does nothing by itself, needs no password and carries no other file."""
    import pikepdf

    try:
        opened = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as trouble:
        raise Bad("encrypted") from trouble
    except pikepdf.PdfError as trouble:
        raise Bad("broken") from trouble
    with opened:
        if opened.is_encrypted:
            raise Bad("encrypted")
        if len(opened.objects) > MOST_OBJECTS:
            raise Bad("too-much-inside")
        if not len(opened.pages):
            raise Bad("broken")
        for one in opened.objects:
            if isinstance(one, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)):
                harmless(one, 0)


DOES = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMediaExecute", "/Rendition", "/GoToE"}
HOLDS = {"/JS", "/JavaScript", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/XFA", "/RichMediaContent"}
SHOWS = {"/RichMedia", "/FileAttachment", "/Screen", "/Movie", "/3D"}


def harmless(one: object, depth: int) -> None:
    """Nothing in this object, or written out within it, is a script, a program or another file."""
    import pikepdf

    if depth > 40:
        raise Bad("too-much-inside")
    if isinstance(one, pikepdf.Array):
        for part in one:
            if not getattr(part, "is_indirect", False) and isinstance(
                part, (pikepdf.Dictionary, pikepdf.Array)
            ):
                harmless(part, depth + 1)
        return
    if not isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
        return
    names = set(one.keys())
    if names & HOLDS and not (names & HOLDS == {"/AA"} and not len(one["/AA"])):
        raise Bad("script" if names & {"/JS", "/JavaScript", "/AA", "/XFA"} else "file-inside")
    if "/S" in names and str(one["/S"]) in DOES:
        raise Bad("script")
    if "/Subtype" in names and str(one["/Subtype"]) in SHOWS:
        raise Bad("file-inside")
    if "/Type" in names and str(one["/Type"]) == "/EmbeddedFile":
        raise Bad("file-inside")
    for name in names:
        part = one[name]
        if not getattr(part, "is_indirect", False) and isinstance(part, (pikepdf.Dictionary, pikepdf.Array)):
            harmless(part, depth + 1)


def picture(content: bytes, kind: str, program: str) -> str:
    """A picture that can be opened without filling the memory."""
    import warnings

    from PIL import Image, UnidentifiedImageError

    # Of oddities beside the picture, which go (`pictures.py`), Pillow would only warn.
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with Image.open(io.BytesIO(content), formats=[program]) as image:
            if image.width * image.height > MOST_PIXELS or getattr(image, "n_frames", 1) > MOST_FRAMES:
                raise Bad("too-many-pixels")
            image.verify()
    except Bad:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as trouble:
        raise Bad("too-many-pixels") from trouble
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as trouble:
        raise Bad("broken") from trouble
    return kind


def office(content: bytes) -> str:
    """A DOCX, XLSX, ODT or ODS without macros, programs, other files or a way out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS:
                raise Bad("too-much-inside")
            if any(part.flag_bits & 1 for part in parts):
                raise Bad("encrypted")
            names = [part.filename for part in parts]
            if len(set(names)) != len(names):
                raise Bad("broken")
            unpacked = {
                part.filename: unpack(packed, part, parts) for part in parts if worth_reading(part.filename)
            }
            return office_kind(names, unpacked)
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError, ValueError) as trouble:
        raise Bad("broken") from trouble


def worth_reading(name: str) -> bool:
    """Parts that say what the file is and where it leads."""
    return name == "mimetype" or name.endswith((".xml", ".rels"))


def unpack(packed: zipfile.ZipFile, part: zipfile.ZipInfo, parts: list[zipfile.ZipInfo]) -> bytes:
    """A part's bytes, never more than all parts together may have; what a head says is not believed."""
    if sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise Bad("too-much-inside")
    with packed.open(part) as stream:
        found = stream.read(part.file_size + 1)
    if len(found) > part.file_size:
        raise Bad("too-much-inside")
    return found


def office_kind(names: list[str], unpacked: dict[str, bytes]) -> str:
    """Which kind of document the parts make, when none of them does anything."""
    if "[Content_Types].xml" in unpacked:
        types = unpacked["[Content_Types].xml"]
        if any(MACROS.search(name) and not harmless_part(name) for name in names):
            raise Bad("script")
        if any(word in types.lower() for word in SCRIPT_TYPES):
            raise Bad("script")
        if any(LEADS_OUT.search(body) for name, body in unpacked.items() if name.endswith(".rels")):
            raise Bad("leads-out")
        for mark, kind in MAIN.items():
            if mark in types:
                return kind
        raise Bad("kind")
    mime = unpacked.get("mimetype", b"").strip()
    kinds = {
        b"application/vnd.oasis.opendocument.text": "odt",
        b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    }
    if mime not in kinds:
        raise Bad("kind")
    if any(ODF_SCRIPTS.match(name) or MACROS.search(name) for name in names):
        raise Bad("script")
    said = b"".join(
        unpacked.get(name, b"") for name in ("content.xml", "styles.xml", "META-INF/manifest.xml")
    )
    if b"encryption-data" in said:
        raise Bad("encrypted")
    if b"<script:event-listener" in said or b"<office:script " in said or b"<draw:object-ole" in said:
        raise Bad("script")
    return kinds[mime]


def harmless_part(name: str) -> bool:
    """What spreadsheets keep of a printer, and how they mark changed cells: settings, no programs."""
    return bool(re.fullmatch(r"(xl|word)/printerSettings/printerSettings\d+\.bin", name))


def text(content: bytes) -> str:
    """Plain text in UTF-8."""
    try:
        read = content.decode("utf-8-sig")
    except UnicodeDecodeError as trouble:
        raise Bad("kind") from trouble
    if any(one < " " and one not in "\t\n\r\f" for one in read):
        raise Bad("kind")
    return "txt"


def main() -> None:
    """Look at what comes in, within limits."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    except (ImportError, ValueError, OSError):  # not on every system
        pass
    try:
        found = {"kind": kind_of(sys.stdin.buffer.read())}
    except Bad as trouble:
        found = {"refused": str(trouble)}
    except (MemoryError, RecursionError):
        found = {"refused": "too-much-inside"}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
