"""Files that people bring: what is taken, what is refused and in which words, and that nothing in them acts."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pikepdf
import pytest
from PIL import Image

from kohti.kernel import attachments
from kohti.kernel.attachments import clean_name, examine, scan
from kohti.kernel.errors import Refused


def pdf(change: str = "") -> bytes:
    """A PDF of one page, with something bad in it."""
    with pikepdf.new() as made:
        made.add_blank_page()
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        if change == "open action":
            made.Root.OpenAction = script
        elif change == "names":
            made.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=["a", script]))
        elif change == "launch":
            made.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
        elif change == "page action":
            made.pages[0].obj["/AA"] = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.Launch))
        elif change == "file":
            made.attachments["x.exe"] = pikepdf.AttachedFileSpec(
                made, b"MZ", description="", filename="x.exe", mime_type="", creation_date="", mod_date=""
            )
        elif change == "link":
            made.pages[0].obj.Annots = made.make_indirect(
                pikepdf.Array(
                    [
                        pikepdf.Dictionary(
                            Type=pikepdf.Name.Annot,
                            Subtype=pikepdf.Name.Link,
                            Rect=[0, 0, 9, 9],
                            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org"),
                        )
                    ]
                )
            )
        elif change == "link that starts a program":
            made.pages[0].obj.Annots = pikepdf.Array(
                [
                    pikepdf.Dictionary(
                        Type=pikepdf.Name.Annot,
                        Subtype=pikepdf.Name.Link,
                        Rect=[0, 0, 9, 9],
                        A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="x"),
                    )
                ]
            )
        out = io.BytesIO()
        if change == "password":
            made.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
        elif change == "owner's password":
            made.save(out, encryption=pikepdf.Encryption(owner="o", user=""))
        else:
            made.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
        return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (20, 10)) -> bytes:
    """A picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind)
    return out.getvalue()


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip with these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return out.getvalue()


TYPES = b'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.%s"/></Types>'
WORD = {"[Content_Types].xml": TYPES % b"wordprocessingml.document.main+xml", "word/document.xml": b"<x/>"}
ODT = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
TEMPLATE = b'<Relationship Type="http://x/attachedTemplate" Target="http://e" TargetMode="External"/>'
LINK = b'<Relationship Type="http://x/hyperlink" Target="https://example.org" TargetMode="External"/>'


def excel() -> bytes:
    """A workbook as a program makes it."""
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def huge_png(side: int = 60_000) -> bytes:
    """Few bytes that say they are 3,600 million pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack("!I", len(body)) + name + body + struct.pack("!I", zlib.crc32(name + body))

    head = struct.pack("!IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def heic(wide: int, high: int) -> bytes:
    """As much of such a picture as we look at."""
    return (
        b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"
        + b"\x00\x00\x00\x14ispe\x00\x00\x00\x00"
        + struct.pack("!II", wide, high)
    )


TAKEN: dict[str, Callable[[], bytes]] = {
    "pdf": pdf,
    "a pdf with a link": lambda: pdf("link"),
    "png": lambda: picture("PNG"),
    "jpeg": lambda: picture("JPEG"),
    "webp": lambda: picture("WEBP"),
    "docx": lambda: packed(WORD),
    "a docx with a link": lambda: packed(WORD | {"word/_rels/document.xml.rels": LINK}),
    "xlsx": excel,
    "odt": lambda: packed(ODT),
    "txt that says it is a picture": lambda: b"GIF89a<script>alert(1)</script>",
    "txt": lambda: "Hyvää päivää, مرحبا\r\n\tend".encode(),
}


@pytest.mark.parametrize("what", TAKEN)
def test_these_kinds_are_taken_whatever_they_are_called(what: str) -> None:
    found = examine(TAKEN[what](), "letter.exe")
    assert found.kind in what
    assert found.name == f"letter{attachments.KINDS[found.kind][0]}"
    assert len(found.sha256) == 64


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a pdf that runs a script when opened": (lambda: pdf("open action"), "script"),
    "a pdf with a script among its names": (lambda: pdf("names"), "script"),
    "a pdf that starts a program": (lambda: pdf("launch"), "script"),
    "a pdf whose page starts a program": (lambda: pdf("page action"), "script"),
    "a pdf whose link starts a program": (lambda: pdf("link that starts a program"), "script"),
    "a pdf with a file in it": (lambda: pdf("file"), "file-inside"),
    "a pdf with a password": (lambda: pdf("password"), "encrypted"),
    "a pdf with its owner's password": (lambda: pdf("owner's password"), "encrypted"),
    "half a pdf": (lambda: b"%PDF-1.7\n" + b"x" * 500, "broken"),
    "a picture of 3,600 million pixels": (huge_png, "too-many-pixels"),
    "a photo in the format of one maker": (lambda: heic(4032, 3024), "heic"),
    "half a picture": (lambda: picture("JPEG")[:200], "broken"),
    "a docx with a macro": (lambda: packed(WORD | {"word/vbaProject.bin": b"x"}), "script"),
    "a docx that may have macros": (
        lambda: packed(WORD | {"[Content_Types].xml": WORD["[Content_Types].xml"] + b"macroEnabled"}),
        "script",
    ),
    "a docx with a program in it": (
        lambda: packed(WORD | {"word/embeddings/oleObject1.bin": b"x"}),
        "script",
    ),
    "a docx that fetches its template": (
        lambda: packed(WORD | {"word/_rels/settings.xml.rels": TEMPLATE}),
        "leads-out",
    ),
    "an odt with a macro": (lambda: packed(ODT | {"Basic/Standard/Module1.xml": b"x"}), "script"),
    "an odt with a password": (
        lambda: packed(ODT | {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}),
        "encrypted",
    ),
    "a zip of anything": (lambda: packed({"a.txt": b"x"}), "kind"),
    "a zip that unpacks to gigabytes": (
        lambda: packed(WORD | {f"word/{n}.xml": b"\0" * 30_000_000 for n in range(8)}),
        "too-much-inside",
    ),
    "a zip of 3,000 parts": (
        lambda: packed(WORD | {f"word/{n}": b"" for n in range(3000)}),
        "too-much-inside",
    ),
    "half a zip": (lambda: packed(WORD)[:100], "broken"),
    "an old Office file": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old-office"),
    "a program": (lambda: b"MZ\x90\x00\x03", "kind"),
    "bytes": (lambda: bytes(range(256)), "kind"),
    "nothing": (lambda: b"", "empty"),
    "too much": (lambda: b"x" * (attachments.MOST_BYTES + 1), "too-large"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_these_are_refused_in_words_even_with_a_good_name(what: str) -> None:
    make, code = REFUSED[what]
    with pytest.raises(Refused) as trouble:
        examine(make(), "letter.pdf")
    assert trouble.value.code == code
    assert str(trouble.value.message) == attachments.WORDS[code]()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("letter.PDF", "letter.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Ann\\My letter.docx", "My letter.pdf"),
        ("invoice\u202efdp.exe", "invoice fdp.pdf"),
        ('a"b;c\r\nd.pdf', "a b c d.pdf"),
        ("", "file.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("Kirje 1.3.2026 Ääni.pdf", "Kirje 1.3.2026 Ääni.pdf"),
        ("ä" * 300, "ä" * 96 + ".pdf"),
        ("رسالة.pdf", "رسالة.pdf"),
    ],
)
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given, "pdf") == kept


class Clamd(socketserver.BaseRequestHandler):
    """A scanner that finds the word EICAR."""

    def handle(self) -> None:
        """Read one stream, answer."""
        reader = self.request.makefile("rb")
        assert reader.read(10) == b"zINSTREAM\0"
        body = b""
        while length := struct.unpack("!I", reader.read(4))[0]:
            body += reader.read(length)
        self.request.sendall(b"stream: Eicar FOUND\0" if b"EICAR" in body else b"stream: OK\0")


@pytest.fixture
def clamd(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A scanner that listens."""
    with socketserver.TCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        monkeypatch.setenv("KOHTI_SCAN_CLAMD", f"127.0.0.1:{server.server_address[1]}")
        yield
        server.shutdown()


def test_a_scanner_that_listens_is_asked(clamd: None) -> None:
    assert scan(b"harmless" * 50_000) == "clean"
    with pytest.raises(Refused, match="virus"):
        scan(b"x" * 100_000 + b"EICAR")


def test_a_scanner_that_is_a_command_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "scan.sh"
    script.write_text('#!/bin/sh\nif grep -q EICAR; then exit 1; fi\nexit "${1:-0}"\n')
    script.chmod(0o700)
    monkeypatch.setenv("KOHTI_SCAN_COMMAND", str(script))
    assert scan(b"harmless") == "clean"
    with pytest.raises(Refused, match="virus"):
        scan(b"EICAR")
    monkeypatch.setenv("KOHTI_SCAN_COMMAND", f"{script} 2")
    assert scan(b"harmless") == "unscanned"


@pytest.mark.parametrize(
    "setting", [{}, {"KOHTI_SCAN_CLAMD": "127.0.0.1:1"}, {"KOHTI_SCAN_COMMAND": "/no/such"}]
)
def test_without_a_scanner_that_answers_a_file_counts_as_not_scanned(
    setting: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    assert scan(b"harmless") == "unscanned"
