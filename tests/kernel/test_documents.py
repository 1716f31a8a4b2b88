"""Documents: what a PDF promises to whoever reads it, and what the words in it cannot do."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from typing import Any

import pikepdf
import pytest

from kohti.kernel import documents
from kohti.kernel.documents import Block, Facts, Heading, Lines, Made, Sender, Table, Text

SENDER = Sender(service="Työtalo", lines=("Hämeenkatu 1, Tampere", "Kaupunki ja järjestöt"), accent="#5a2d82")


def made(
    layout: documents.Layout = "letter", *blocks: Block, language: str = "en", title: str = "A title"
) -> Made:
    """A document with these blocks."""
    return documents.make(
        layout,
        sender=SENDER,
        title=title,
        date="11 March 2026",
        blocks=blocks or (Text("Good morning."),),
        language=language,
    )


def opened(document: Made) -> pikepdf.Pdf:
    """The PDF, read by another program's reader."""
    return pikepdf.open(io.BytesIO(document.content))


def words_in(document: Made) -> str:
    """What the PDF says, by its tables from glyphs to letters, without spaces: enough to look for a text."""
    found: list[str] = []
    with opened(document) as pdf:
        for page in pdf.pages:
            tables = {
                str(name): _letters(font["/ToUnicode"].read_bytes().decode("latin-1"))
                for name, font in page.resources["/Font"].items()
                if "/ToUnicode" in font
            }
            letters: dict[int, str] = {}
            for step in pikepdf.parse_content_stream(page):
                does = str(step.operator)
                if does == "Tf":
                    letters = tables.get(str(step.operands[0]), {})
                elif does in ("Tj", "TJ"):
                    found += _shown(step.operands[0] if does == "TJ" else [step.operands[0]], letters)
    return re.sub(r"\s", "", "".join(found))


def _shown(pieces: Any, letters: dict[int, str]) -> list[str]:
    return [
        letters.get(int.from_bytes(raw[at : at + 2], "big"), "")
        for piece in pieces
        if isinstance(piece, pikepdf.String)
        for raw in [bytes(piece)]
        for at in range(0, len(raw), 2)
    ]


def _letters(table: str) -> dict[int, str]:
    """A font's own table, glyph to text (PDF 1.7, 9.10.3)."""
    return {
        int(glyph, 16): bytes.fromhex(text).decode("utf-16-be")
        for glyph, text in re.findall(r"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>", table)
    }


@pytest.mark.parametrize("layout", ["letter", "sheet", "card"])
@pytest.mark.parametrize("language", ["en", "fi", "da", "nl", "pl"])
def test_a_document_says_its_title_and_language_and_has_structure_and_bookmarks(
    layout: documents.Layout, language: str
) -> None:
    document = made(
        layout,
        Text("Zażółć gęślą jaźń. Æblegrød på Åland. Hyvää päivää."),
        Heading("What to bring"),
        Facts([("When", "10:00"), ("Where", "")]),
        Lines(["A card", "A pen"]),
        Table(["Time", "Name"], [["10:00", "Ann"]]),
        language=language,
        title="Your appointment",
    )
    assert document.accessible
    with opened(document) as pdf:
        root = pdf.Root
        assert "/StructTreeRoot" in root
        assert str(root.Lang) == language
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]) == "Your appointment"
        assert str(pdf.docinfo["/Author"]) == "Työtalo"
        with pdf.open_outline() as outline:
            titles = [one.title for one in outline.root] + [
                child.title for one in outline.root for child in one.children
            ]
        assert titles == ["Your appointment", "What to bring"]
        assert "pdfuaid" in root.Metadata.read_bytes().decode()


def test_tables_have_heads_and_lists_are_lists_for_who_cannot_see_them() -> None:
    with opened(made("sheet", Table(["Time"], [["10:00"]]), Lines(["A card"]))) as pdf:
        kinds = {str(one.get("/S")) for one in pdf.objects if isinstance(one, pikepdf.Dictionary)}
    assert {"/Table", "/TH", "/TD", "/L", "/LI", "/H1"} <= kinds


def test_every_font_is_in_the_file_and_the_service_s_own_comes_first() -> None:
    with opened(made("letter", Text("Plain words."))) as pdf:
        fonts = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and "/FontDescriptor" in one
        ]
        names = {str(font.BaseFont) for font in fonts}
        assert all(
            {"/FontFile", "/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys()) for font in fonts
        )
    assert names
    assert all("AtkinsonHyperlegibleNext" in name for name in names), names


def test_the_service_stands_first_in_its_own_colour() -> None:
    document = made()
    assert words_in(document).startswith("Työtalo")
    with opened(document) as pdf:
        drawn = b"".join(page.Contents.read_bytes() for page in pdf.pages)
    assert b"0.3529" in drawn  # 5a of 5a2d82
    assert (
        document.content
        != documents.make(
            "letter", sender=Sender(service="Työtalo"), title="A title", date="", blocks=[Text("x")]
        ).content
    )


HOSTILE = [
    '#include "letter.typ"',
    '#read("/etc/passwd")',
    "#panic(sys.inputs)",
    "*bold* _it_ `raw` $x^2$ @ref <label> \\u{41} = not a heading",
    "- not a list\n+ nor this\n/ nor: that",
    '"#eval("1+1")"',
    "]#text(red)[",
    "// not a comment /* nor this */",
    "https://example.org/~x",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_wrote_is_never_read_as_markup(text: str) -> None:
    document = documents.make(
        "letter",
        sender=Sender(service=text, lines=(text,)),
        title=text,
        date=text,
        to=(text,),
        foot=text,
        blocks=[Text(text), Heading(text), Facts([(text, text)]), Lines([text]), Table([text], [[text]])],
        language="en",
    )
    said = words_in(document)
    plain = re.sub(r"\s", "", text)
    # service, line, to, date, title, foot, text, heading, both halves of the fact, list, table's head and cell
    assert said.count(plain) == 13, said
    assert "root:" not in said


@pytest.mark.parametrize(
    ("text", "accessible"),
    [
        ("w" * 5000, True),
        ("العربية: مرحبا بك في المركز", True),
        ("שלום and hello", True),
        ("Здравствуйте, Γειά σας", True),
        ("\x00\x07\x1b[31m bell", True),
        ("\u202egnp.exe\u202c", True),
        ("\ud800 half of a letter", True),
        ("🎉 emoji", False),
        ("\ue000 \ufffe of nobody", False),
        ("漢字 ខ្មែរ አማርኛ", False),
        ("", True),
        ("\n\n\n", True),
    ],
)
def test_any_script_makes_a_document_and_one_without_a_font_says_so(text: str, accessible: bool) -> None:
    document = made("letter", Text(text), Facts([("Name", text)]))
    assert document.accessible is accessible
    with opened(document) as pdf:
        assert "/StructTreeRoot" in pdf.Root


def test_a_very_long_word_stays_on_the_page() -> None:
    with opened(made("letter", Text("w" * 5000))) as pdf:
        width = float(pdf.pages[0].mediabox[2])
        drawn = words_in(made("letter", Text("w" * 500)))
    assert width < 600
    assert drawn.count("w") == 500
    assert "\u200b" in documents.printable("w" * 41)
    assert documents.printable("w" * 40) == "w" * 40


def test_what_turns_a_line_about_is_taken_out_and_line_breaks_stay() -> None:
    assert documents.printable("in\u202evoice\u2066\x07.pdf") == "invoice.pdf"
    assert documents.printable("one\ntwo\tthree") == "one\ntwo three"


def test_a_paragraph_reads_in_its_own_direction() -> None:
    assert documents.reads_from_right("12 مرحبا hello")
    assert not documents.reads_from_right("12 hello مرحبا")
    assert not documents.reads_from_right("12")


def test_the_same_words_make_the_same_file() -> None:
    assert made().content == made().content
    assert made().content != made("letter", Text("Good evening.")).content


def test_a_long_table_goes_on_over_pages_under_its_head() -> None:
    document = made("sheet", Table(["Time", "Name"], [["10:00", f"Person {n}"] for n in range(200)]))
    with opened(document) as pdf:
        assert len(pdf.pages) > 2
        assert words_in(document).count("TimeName") == len(pdf.pages)
    assert "Person199" in words_in(document)


def test_a_folder_of_further_fonts_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOHTI_FONTS", str(documents.HERE / "fonts"))
    assert made().accessible


def test_typst_is_not_loaded_before_the_first_document() -> None:
    words = "import sys, kohti.kernel.documents; print('typst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_fonts_are_those_their_makers_published() -> None:
    said = (documents.HERE / "fonts" / "VENDORED.md").read_text()
    carried = sorted((documents.HERE / "fonts").glob("*.ttf"))
    assert carried
    for font in carried:
        assert f"| {font.name} |" in said
        assert hashlib.sha256(font.read_bytes()).hexdigest() in said
    assert "SIL Open Font License" in (documents.HERE / "fonts" / "LICENSE.txt").read_text()
