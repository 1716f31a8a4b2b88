"""Tables that people bring from elsewhere and take away: CSV or XLSX, in and out. Every cell is text."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import math
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import BinaryIO

from django.utils.translation import gettext as _

from kohti.kernel.errors import KohtiError
from kohti.kernel.names import fold

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
MAX_COLUMNS = 100
MAX_CELL = 32_767
"""Characters; as much as a spreadsheet's cell holds."""

# A spreadsheet has no more lines than this, so a file that says so is no spreadsheet.
_MAX_LINES = 1_048_576
_MAX_UNPACKED = 64_000_000
_MAX_PARTS = 10_000
_MOST_NAMED = 200
_MAX_CELLS = 4_000_000
_LAST_SECOND = datetime.fromisoformat("9999-12-31T23:59:59")

_DELIMITERS = ",;\t"
_SAMPLE = 200
# What a spreadsheet may take for a formula, behind any number of apostrophes: one is added on the way out,
# one is taken off on the way in, so that a text that began with an apostrophe comes back as it was.
_FORMULA_OUT = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
_FORMULA_IN = re.compile(r"'+(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")

# Excel's own first line that names the delimiter.
_SEPARATOR_LINE = re.compile(r"\Asep=([,;\t|])(?:\r\n|\r|\n|\Z)", re.IGNORECASE)

_OTHER_KINDS = {b"\xd0\xcf\x11\xe0": "old-excel", b"%PDF": "not-a-table", b"{\\rtf": "not-a-table"}


class UnreadableSheet(KohtiError):
    """The file is no table we can read. `code` says why: empty, too-big, too-many-rows, too-many-columns,
    long-cell, encoding, quotes, not-a-table, old-excel, broken, same-header."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row: its line as a spreadsheet shows it (the header's is usually 1), and its text by header.

    `extra` are the cells beyond the header's last column that are not empty (CSV only): most often a sign
    that a comma within a text was not quoted, so that the cells before them are out of place as well.
    """

    number: int
    cells: Mapping[str, str]
    extra: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the header's names, trimmed and distinct, without columns that have no name; the rows in their
    order."""

    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read(data: bytes, *, filename: str = "", legacy_encoding: str = "cp1252") -> Sheet:
    """Reads a table from the bytes of a file: XLSX, or CSV with commas, semicolons or tabs.

    What the file is shows in its bytes; `filename` only serves the words of an error. CSV may be UTF-8 (with
    or without a byte order mark), UTF-16 with a mark, or else `legacy_encoding` (Windows-1252). Of a workbook
    the first visible sheet that holds anything is read; dates come out as 2026-03-11, times as 09:30, both as
    2026-03-11T09:30, numbers in plain digits, formulas as the value last computed. A text that looks like a
    formula stays a text; the apostrophe that
    `write_csv` puts before one is taken off. The first row with anything in it is the header. Empty rows at
    the end are left out; cells that a row lacks are "".

    Raises UnreadableSheet: for more than 20,000 rows, 100 columns or 32,767 characters in a cell, for 20
    million bytes, and for whatever else is no table.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableSheet(_("The file is empty."), code="empty")
    if len(data) > MAX_BYTES:
        raise _too_big()
    for start, code in _OTHER_KINDS.items():
        if data.startswith(start):
            raise _other_kind(code, filename)
    if data.startswith(b"PK\x03\x04"):
        return _sheet(_workbook_lines(data, filename), shifts=False)
    return _sheet(_csv_lines(_text(data, filename, legacy_encoding)), shifts=True)


def find_columns(
    header: Sequence[str], wanted: Mapping[str, str], *, needed: Mapping[str, str]
) -> dict[str, str]:
    """The header of the column for each field that the file has.

    `wanted` names each field's columns, folded, without spaces, the most telling first: capitals, accents, spaces and
    punctuation do not count, and of two columns that could be meant the more telling name wins. `needed` are the
    titles of fields that must be there. Raises UnreadableSheet (code missing-columns), naming those that lack.
    """
    given: dict[str, str] = {}
    for name in header:
        given.setdefault(fold(name).replace(" ", ""), name)
    found = {
        field: match
        for field, names in wanted.items()
        if (match := next((given[name] for name in names.split() if name in given), None)) is not None
    }
    missing = [title for field, title in needed.items() if field not in found]
    if missing:
        message = _("These columns are missing: %(missing)s. The file has: %(given)s.")
        all_given = ", ".join(header)
        if len(all_given) > _MOST_NAMED:
            all_given = f"{all_given[: _MOST_NAMED - 1]}…"
        raise UnreadableSheet(
            message % {"missing": ", ".join(missing), "given": all_given}, code="missing-columns"
        )
    return found


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV that every spreadsheet opens rightly: UTF-8 with a byte order mark, commas, every cell quoted.

    A cell that begins as a formula does (= + - @, also behind spaces or in full width, a tab, a line end)
    gets an apostrophe before it, so that it stays text: -5 and +44 20 … too. `read` takes exactly that
    apostrophe off again, so
    `read(write_csv(header, rows))` gives the same cells.
    """
    return b"".join(csv_lines(header, rows))


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The bytes of `write_csv`, line by line as the rows come."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    yield codecs.BOM_UTF8
    for line in itertools.chain((header,), rows):
        writer.writerow(map(_as_text, line))
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def write_xlsx(out: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A workbook of one sheet, written as the rows come; every cell is text, and none of them a formula.

    `read` gives the same cells, without what no workbook can hold: control characters, and what is too long.
    """
    # Only here, because it takes a web process a tenth of a second to load.
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in itertools.chain((header,), rows):
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", _as_text(text))[:MAX_CELL])
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    book.save(out)


def _as_text(cell: str) -> str:
    return f"'{cell}" if _FORMULA_OUT.match(cell) else cell


def _sheet(lines: Iterable[list[str]], *, shifts: bool) -> Sheet:
    """The table of the lines; `shifts` says whether a cell too many moves those after it (as in CSV)."""
    columns: list[tuple[int, str]] = []
    width = 0
    rows: list[SheetRow] = []
    blank: list[SheetRow] = []
    for number, line in enumerate(lines, start=1):
        if number > _MAX_LINES:
            raise _too_many_rows()
        cells = _checked(line, number)
        if not columns:
            if any(cell.strip() for cell in cells):
                columns, width = _header(cells), len(line)
        elif not any(cells):
            # Kept only if a row follows: a spreadsheet's empty lines count, those at its end do not.
            if len(blank) <= MAX_ROWS:
                blank.append(SheetRow(number, {name: "" for _index, name in columns}))
        else:
            rows += [*blank, SheetRow(number, *_cells(cells, columns, width, shifts=shifts))]
            blank.clear()
            if len(rows) > MAX_ROWS:
                raise _too_many_rows()
    if not columns:
        raise UnreadableSheet(_("The file is empty."), code="empty")
    return Sheet(tuple(name for _index, name in columns), tuple(rows))


def _checked(line: list[str], number: int) -> list[str]:
    """The line without empty cells at its end and without apostrophes of ours."""
    end = len(line)
    while end and not line[end - 1]:
        end -= 1
    if end > MAX_COLUMNS:
        raise UnreadableSheet(
            _("Row %(row)s has %(count)s columns; at most %(most)s can be read.")
            % {"row": number, "count": end, "most": MAX_COLUMNS},
            code="too-many-columns",
        )
    cells = line[:end]
    if any(len(cell) > MAX_CELL for cell in cells):
        raise _long_cell(number)
    return [cell[1:] if cell[:1] == "'" and _FORMULA_IN.match(cell) else cell for cell in cells]


def _header(cells: list[str]) -> list[tuple[int, str]]:
    columns = [(index, " ".join(cell.split())) for index, cell in enumerate(cells)]
    columns = [(index, name) for index, name in columns if name]
    seen: set[str] = set()
    for _index, name in columns:
        if name in seen:
            message = _("Two columns have the name “%(name)s”. Give each its own name.")
            raise UnreadableSheet(message % {"name": name}, code="same-header")
        seen.add(name)
    return columns


def _cells(
    cells: list[str], columns: list[tuple[int, str]], width: int, *, shifts: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    have = len(cells)
    named = {name: cells[index] if index < have else "" for index, name in columns}
    extra = tuple(cell for cell in cells[width:] if cell.strip()) if shifts else ()
    return named, extra


# CSV


def _text(data: bytes, filename: str, legacy_encoding: str) -> str:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decoded(data, encoding, filename)
    if b"\0" in data:
        raise _other_kind("not-a-table", filename)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded(data, legacy_encoding, filename)


def _decoded(data: bytes, encoding: str, filename: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        message = _("The letters of this file cannot be read. Save it as CSV UTF-8 or as XLSX and try again.")
        raise UnreadableSheet(message, code="encoding") from error
    if "\0" in text:
        raise _other_kind("not-a-table", filename)
    return text


def _csv_lines(text: str) -> Iterator[list[str]]:
    named = _SEPARATOR_LINE.match(text)
    if named:
        text = text[named.end() :]
        delimiter = named[1]
    else:
        delimiter = max(_DELIMITERS, key=lambda candidate: _likeliness(text, candidate))
    number = 1
    try:
        for line in _parsed(text, delimiter):
            yield line
            number += 1
    except csv.Error as error:
        if "field limit" in str(error):
            raise _long_cell(number) from error
        message = _("A quotation mark in row %(row)s has no partner, or is not doubled within a quoted text.")
        raise UnreadableSheet(message % {"row": number}, code="quotes") from error


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    # Strict: a forgotten quotation mark would otherwise swallow the rows after it without a word.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _likeliness(text: str, delimiter: str) -> tuple[float, bool, int]:
    """How well the delimiter fits the first lines.

    The share of lines as wide as the first, whether all quotation marks stand where they may, and that width.
    """
    widths: list[int] = []
    well_quoted = True
    try:
        for line in _parsed(text, delimiter):
            if any(line):
                widths.append(len(line))
            if len(widths) == _SAMPLE:
                break
    except csv.Error:
        well_quoted = False
    if not widths or widths[0] == 1:
        return 0.0, well_quoted, 1
    return widths.count(widths[0]) / len(widths), well_quoted, widths[0]


# XLSX


def _workbook_lines(data: bytes, filename: str) -> list[list[str]]:
    try:
        return _unpacked_lines(data, filename)
    except UnreadableSheet:
        raise
    except Exception as error:  # openpyxl and zipfile raise whatever they stumble on
        message = _("This workbook is damaged. Open it in a spreadsheet, save it again, and try again.")
        raise UnreadableSheet(message, code="broken") from error


def _unpacked_lines(data: bytes, filename: str) -> list[list[str]]:
    # Only here, because it takes a web process a tenth of a second to load.
    import openpyxl

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        # zipfile reads no more of a part than the size it declares, so this bounds what is unpacked.
        if sum(part.file_size for part in parts) > _MAX_UNPACKED or len(parts) > _MAX_PARTS:
            raise _too_big()
        if "[Content_Types].xml" not in archive.namelist():
            raise _other_kind("not-a-table", filename)
    with warnings.catch_warnings():
        # Of styles and extensions it does not keep; we read values only.
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                # What the file says of its own size may be wrong.
                sheet.reset_dimensions()
                lines = _filled_lines(sheet.iter_rows(values_only=True))
                if lines:
                    return lines
    return []


def _filled_lines(rows: Iterable[Sequence[object]]) -> list[list[str]]:
    """The cells as text, up to the last line with anything in it."""
    lines: list[list[str]] = []
    cells = filled = last = 0
    for number, values in enumerate(rows, start=1):
        cells += len(values)
        if cells > _MAX_CELLS:
            raise _too_big()
        end = len(values)
        while end and values[end - 1] in (None, ""):
            end -= 1
        lines.append([_cell(value) for value in values[:end]])
        if end:
            filled, last = filled + 1, number
        if filled > MAX_ROWS + 1 or number > _MAX_LINES:
            raise _too_many_rows()
    return lines[:last]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "TRUE" if value else "FALSE"
        case int():
            return str(value)
        case float():
            return _plain_number(value)
        case datetime():
            rounded = _to_the_second(value)
            if rounded.time() == time():
                return rounded.date().isoformat()
            return f"{rounded.date().isoformat()}T{_clock(rounded.time())}"
        case date():
            return value.isoformat()
        case time():
            return _clock(_to_the_second(datetime.combine(date(2000, 1, 1), value)).time())
        case timedelta():
            seconds = round(value.total_seconds())
            sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
            rest = f":{seconds % 60:02d}" if seconds % 60 else ""
            return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}{rest}"
        case _:
            return str(value)


def _plain_number(value: float) -> str:
    if not math.isfinite(value):
        return str(value)
    digits = f"{Decimal(repr(value)):f}"
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


def _to_the_second(value: datetime) -> datetime:
    """Spreadsheets keep times as fractions of a day, so 09:30 may come out as 09:29:59.999997."""
    whole = value.replace(microsecond=0)
    return whole + timedelta(seconds=1) if value.microsecond >= 500_000 and whole < _LAST_SECOND else whole


def _clock(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


# Why not


def _too_big() -> UnreadableSheet:
    message = _("The file is too big. Leave out what is not needed, or bring it in parts.")
    return UnreadableSheet(message, code="too-big")


def _too_many_rows() -> UnreadableSheet:
    message = _("The file has more than %(most)s rows. Bring it in parts.")
    return UnreadableSheet(message % {"most": MAX_ROWS}, code="too-many-rows")


def _long_cell(number: int) -> UnreadableSheet:
    message = _("A cell in row %(row)s has more than %(most)s characters. Is a quotation mark missing?")
    return UnreadableSheet(message % {"row": number, "most": MAX_CELL}, code="long-cell")


def _other_kind(code: str, filename: str) -> UnreadableSheet:
    name = filename or _("This file")
    if code == "old-excel":
        message = _("%(name)s is an old or locked workbook. Save it as XLSX or CSV without a password.")
    else:
        message = _("%(name)s is not a table. Bring a CSV or XLSX file.")
    return UnreadableSheet(message % {"name": name}, code=code)
