"""Tables come in from whatever other systems write, and go out so that no spreadsheet runs them."""

import io
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kohti.kernel import sheets
from kohti.kernel.sheets import Sheet, UnreadableSheet, read, write_csv

thorough = settings(derandomize=True, deadline=None, max_examples=100)
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
at = datetime.fromisoformat
TABLE = 'Name,Notes\nÅsa Öst,"one, two"\nJosé,"first line\nsecond; line"\nZoë,\n'


def rows_of(sheet: Sheet) -> list[tuple[int, list[str]]]:
    return [(row.number, list(row.cells.values())) for row in sheet.rows]


def test_a_workbook_that_goes_out_comes_in_again_and_holds_no_formula() -> None:
    lines = [["=1+1", "'=2", "a\nb"], ["+44 20", "", "Åsa"], ["ab", "long", "-5"]]
    out = io.BytesIO()
    sheets.write_xlsx(out, ("One", "Two", "Three"), [*lines, ["a\x00b", "x" * 40_000, "@x"]])
    sheet = read(out.getvalue())
    assert [cells for _row, cells in rows_of(sheet)] == [*lines, ["ab", "x" * 32_767, "@x"]]
    page = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    assert page is not None
    assert "f" not in {cell.data_type for line in page.iter_rows() for cell in line}


def workbook(*lines: Sequence[object], before: int = 0) -> bytes:
    """An XLSX file whose cells are just these values; a text stays a text even if it looks like a formula."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for number, line in enumerate(lines, start=1 + before):
        for column, value in enumerate(line, start=1):
            cell = page.cell(number, column)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def why_not(data: bytes) -> str:
    with pytest.raises(UnreadableSheet) as refusal:
        read(data, filename="diary.csv")
    assert str(refusal.value.message).endswith((".", "?"))
    return refusal.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_csv_is_read_whatever_its_letters_and_delimiter(encoding: str, delimiter: str, line_end: str) -> None:
    text = TABLE.replace('"one, two"', '"one, two; three\tfour"')
    text = "\n".join(line.replace(",", delimiter, 1) for line in text.split("\n")).replace("\n", line_end)
    sheet = read(text.encode(encoding))
    assert sheet.header == ("Name", "Notes")
    assert rows_of(sheet) == [
        (2, ["Åsa Öst", "one, two; three\tfour"]),
        (3, ["José", f"first line{line_end}second; line"]),
        (4, ["Zoë", ""]),
    ]


def test_utf_16_of_either_byte_order_is_read() -> None:
    for encoding, mark in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")):
        assert read(mark + TABLE.encode(encoding)) == read(TABLE.encode())


def test_a_polish_spreadsheet_is_read_in_its_own_letters_when_asked() -> None:
    data = "Imię;Nazwisko\nŁucja;Żuk\n".encode("cp1250")
    assert read(data, legacy_encoding="cp1250").rows[0].cells == {"Imię": "Łucja", "Nazwisko": "Żuk"}


def test_commas_within_texts_do_not_make_a_semicolon_file_a_comma_file() -> None:
    data = b"Name;Notes, if any, of yesterday\nAnna;likes tea, coffee, and milk\nBo;none\n"
    assert read(data).header == ("Name", "Notes, if any, of yesterday")


def test_a_file_may_name_its_delimiter_as_excel_does() -> None:
    sheet = read(b"sep=;\r\nName;Notes\r\nAnna;a,b,c\r\n")
    assert sheet.header == ("Name", "Notes")
    assert rows_of(sheet) == [(2, ["Anna", "a,b,c"])]


def test_a_single_column_is_a_table_too() -> None:
    assert rows_of(read(b"Name\nAnna\nBo\n")) == [(2, ["Anna"]), (3, ["Bo"])]


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    sheet = read(b'\n\nName,Notes\nAnna,"a\nb\nc"\n\nBo,\n,\n\n')
    assert rows_of(sheet) == [(4, ["Anna", "a\nb\nc"]), (5, ["", ""]), (6, ["Bo", ""])]


def test_short_rows_are_filled_and_cells_beyond_the_header_are_told() -> None:
    sheet = read(b"Name,Phone,Notes\nAnna\nBo,1,2,,\nCy,1,one, two\n")
    assert rows_of(sheet) == [(2, ["Anna", "", ""]), (3, ["Bo", "1", "2"]), (4, ["Cy", "1", "one"])]
    assert [row.extra for row in sheet.rows] == [(), (), (" two",)]


def test_columns_without_a_name_are_left_out() -> None:
    sheet = read(b" Full  name ,,Notes,\nAnna,x,y,z\n")
    assert sheet.header == ("Full name", "Notes")
    assert sheet.rows[0].cells == {"Full name": "Anna", "Notes": "y"}
    assert sheet.rows[0].extra == ()


def test_cells_of_a_workbook_come_out_as_plain_text() -> None:
    header = [f"C{number}" for number in range(14)]
    values: list[object] = [date(2026, 3, 11), at("2026-03-11"), at("2026-03-11T09:30")]
    values += [
        at("2026-03-11T09:29:59.999990"),
        time(9, 30),
        time(16, 45, 30),
        timedelta(hours=25, minutes=10),
    ]
    values += [10, 40.0, 0.1, 12345678901.0, True, None, '=HYPERLINK("x")']
    sheet = read(workbook(header, values))
    assert list(sheet.rows[0].cells.values()) == [
        "2026-03-11",
        "2026-03-11",
        "2026-03-11T09:30",
        "2026-03-11T09:30",
        "09:30",
        "16:45:30",
        "25:10",
        "10",
        "40",
        "0.1",
        "12345678901",
        "TRUE",
        "",
        '=HYPERLINK("x")',
    ]


def test_a_workbook_is_read_from_its_first_visible_sheet_with_anything_in_it() -> None:
    book = openpyxl.Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["Secret"])
    hidden.sheet_state = "hidden"
    book.create_sheet("Empty")
    page = book.create_sheet("Diary")
    page["B3"] = "Name"
    page["B5"] = "Anna"
    page["B40"] = ""
    out = io.BytesIO()
    book.save(out)
    sheet = read(out.getvalue())
    assert sheet.header == ("Name",)
    assert rows_of(sheet) == [(4, [""]), (5, ["Anna"])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b" \r\n\r\n", "empty"),
        (b",,,\n,,\n", "empty"),
        (workbook(), "empty"),
        (b"Name,Name\nAnna,Bo\n", "same-header"),
        (b'Name,Notes\nAnna,"never closed\nBo,x\n', "quotes"),
        (b'Name,Notes\nAnna,"five" minutes\n', "quotes"),
        (b"\xff\xfeN\x00a", "encoding"),
        (b"Name\n\x81\xfe\n", "encoding"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not-a-table"),
        (b"%PDF-1.7\n", "not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old-excel"),
        (b"PK\x03\x04 and then nothing", "broken"),
        (b"x" * (sheets.MAX_BYTES + 1), "too-big"),
        (b"Name\n" + b"x" * (sheets.MAX_CELL + 1), "long-cell"),
        (b"Name\n" + b"x" * 200_000, "long-cell"),
        (b",".join(b"c%d" % number for number in range(101)) + b"\n", "too-many-columns"),
        (b"Name\n" + b"x\n" * (sheets.MAX_ROWS + 1), "too-many-rows"),
        (b"Name\n" + b"\n" * 1_100_000 + b"x\n", "too-many-rows"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_refused_with_the_reason(data: bytes, code: str) -> None:
    assert why_not(data) == code


def test_as_many_rows_and_columns_as_promised_are_read() -> None:
    assert len(read(b"Name\n" + b"x\n" * sheets.MAX_ROWS + b"\n" * 30_000).rows) == sheets.MAX_ROWS
    assert len(read(b",".join(b"c%d" % number for number in range(100))).header) == 100
    assert len(read(workbook([f"C{number}" for number in range(100)])).header) == 100


def test_a_workbook_too_wide_or_with_too_long_a_text_is_refused() -> None:
    assert why_not(workbook([f"C{number}" for number in range(101)])) == "too-many-columns"
    assert why_not(with_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * 40_000)) == "long-cell"


def with_sheet(rows: str, *, prolog: str = "") -> bytes:
    """A workbook whose sheet is made by hand; what `rows` leaves open is closed."""
    for open_tag in ("t", "is", "c", "row"):
        rows += f"</{open_tag}>" * (
            rows.count(f"<{open_tag}>") + rows.count(f"<{open_tag} ") - rows.count(f"</{open_tag}>")
        )
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(["Name"]))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            content = old.read(part)
            if part.endswith("sheet1.xml"):
                sheet = f'<worksheet xmlns="{NAMESPACE}"><sheetData>{rows}</sheetData></worksheet>'
                content = (prolog + sheet).encode()
            new.writestr(part, content)
    return out.getvalue()


def test_bombs_of_every_kind_are_refused_quickly() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(70_000_000))
    assert why_not(bomb.getvalue()) == "too-big"
    name = '<c r="A{0}" t="inlineStr"><is><t>x</t></is></c>'
    assert (
        why_not(with_sheet(f'<row r="1">{name.format(1)}</row><row r="99999999999">{name.format(9)}'))
        == "too-many-rows"
    )
    wide = "".join(f'<row r="{number}"><c r="ZZZ{number}"><v>1</v></c></row>' for number in range(1, 500))
    assert why_not(with_sheet(wide)) in ("too-many-columns", "too-big")
    laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert why_not(with_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>&b;', prolog=laughs)) == "broken"


def test_another_zip_file_is_no_workbook() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert why_not(out.getvalue()) == "not-a-table"


@given(st.binary(max_size=300))
@thorough
def test_arbitrary_bytes_are_a_table_or_refused(data: bytes) -> None:
    for start in (b"", b"\xef\xbb\xbf", b"\xff\xfe", b"Name,Notes\n"):
        try:
            sheet = read(start + data)
        except UnreadableSheet:
            continue
        assert all(tuple(row.cells) == sheet.header for row in sheet.rows)


@given(st.data())
@thorough
def test_a_damaged_workbook_is_a_table_or_refused(data: st.DataObject) -> None:
    whole = WORKBOOK
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 8)) :]
    with suppress(UnreadableSheet):
        read(damaged)


WORKBOOK = workbook(["Name", "When"], ["Anna", at("2026-03-11T09:30")])


@given(st.text(alphabet="<>/= \"'rcvtsABZ019&;!-inlStr", max_size=60))
@settings(thorough, max_examples=30)
def test_a_workbook_with_nonsense_inside_is_a_table_or_refused(inside: str) -> None:
    with suppress(UnreadableSheet):
        read(with_sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{inside}'))


@pytest.mark.parametrize(
    "cell", ["=1+1", "+44 20 7946 0000", "-5", "@here", "\tx", "\rx", " =1+1", "＝1", "'=1", "''-5"]
)
def test_what_a_spreadsheet_would_run_goes_out_as_text_and_comes_back_as_it_was(cell: str) -> None:
    data = write_csv(["Name", "Notes"], [["Anna", cell]])
    assert data.startswith(b"\xef\xbb\xbf")
    assert f'"\'{cell}"' in data.decode("utf-8-sig")
    assert read(data).rows[0].cells["Notes"] == cell


@pytest.mark.parametrize("cell", ["O'Neill", "'quoted'", "a=b", "5-6", "someone@example.org", "'"])
def test_other_texts_go_out_as_they_are(cell: str) -> None:
    assert f'"{cell}"' in write_csv(["Notes"], [[cell]]).decode()


CELLS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12
) | st.sampled_from(["=1", "'=1", "''+", "-", ";", ",", "\t", '"', "\r\n", " ", "sep=;", "'"])


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), max_size=6)
    )
)
@thorough
def test_every_table_comes_back_as_it_went_out(table: list[list[str]]) -> None:
    width = len(table[0]) if table else 1
    header = [f"{'=' * (column % 2)}Column; {column}, \t" for column in range(width)]
    while table and not any(table[-1]):
        table.pop()
    sheet = read(write_csv(header, table))
    assert sheet.header == tuple(name.rstrip().replace("\t", "") for name in header)
    assert [list(row.cells.values()) for row in sheet.rows] == table
    assert [row.number for row in sheet.rows] == list(range(2, len(table) + 2))
