"""Tables as .xlsx, for WPS and Excel: strict reading with faults by sheet, row and column; writing without formulas.

Text that begins like a formula is written as text with a quote prefix: the program shows it unchanged, never computes
it, and an exported table imports again without a difference.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from io import BytesIO
from typing import Any, Final

from django.utils.translation import gettext
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from urbangrid.catalog.messages import FAULTS
from urbangrid.core.text import beside
from urbangrid.ui import band

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED_BYTES = 40 * 1024 * 1024
MOST_TAGS = 1_500_000
MOST_ROWS = 50_000
MOST_COLUMNS = 100
MOST_FAULTS = 200
"""More than these nobody reads; the rest comes at the next try."""
MOST_OF_A_TITLE = 31
"""Characters that spreadsheet programs give the name of a sheet."""
WRITER: Final = "UrbanGrid"
"""Whose notes they are."""
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its title; ``most`` characters, ``width`` in characters of the program; ``later``: older files may lack it."""

    key: str
    title: str
    required: bool = False
    most: int = 300
    width: int = 14
    later: bool = False


def for_readers(columns: Sequence[Column]) -> list[Column]:
    """The columns under titles in the reader's language, for a table that nothing reads back.

    A table that is read back keeps its Chinese titles and words whoever takes it out: they are the form of the file, which goes from hand
    to hand and from city to city; ``write_book`` puts a reader's own word for a title beside it as a note.
    """
    return [replace(column, title=gettext(column.title)) for column in columns]


def _said(title: str) -> str:
    """A title that is part of the form of a file, in the reader's language; empty for a reader of Chinese."""
    said = gettext(title) if title else ""
    return "" if said == title else said


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong and where; row 0 means the sheet, an empty column the row."""

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    values: tuple[tuple[str, Any], ...] = ()

    def words(self) -> str:
        """What is wrong, without the place."""
        return str(FAULTS[self.code]) % dict(self.values)

    def sentence(self) -> str:
        """``工作表“立案标准”第 5 行“处置时限”列：……``."""
        said = self.words()
        place = gettext("工作表“%(sheet)s”") % {"sheet": self.sheet} if self.sheet else ""
        place += gettext("第 %(row)d 行") % {"row": self.row} if self.row else ""
        place += gettext("“%(column)s”列") % {"column": beside(self.column, _said(self.column))} if self.column else ""
        return gettext("%(place)s：%(said)s") % {"place": place, "said": said} if place else said


@dataclass(slots=True)
class Faults:
    """The faults found so far in one sheet."""

    sheet: str
    found: list[Fault] = field(default_factory=list)

    def add(self, code: str, row: int = 0, column: str = "", /, **values: Any) -> None:
        if len(self.found) < MOST_FAULTS:
            self.found.append(Fault(code, self.sheet, row, column, tuple(values.items())))


@dataclass(frozen=True, slots=True)
class Row:
    """A row by its number in the sheet; every column of the table has a value, empty where the cell is."""

    number: int
    values: dict[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values[key]


def read_rows(data: bytes, columns: Sequence[Column], faults: Faults) -> list[Row]:
    """The rows of the sheet named by ``faults``; columns in any order, unknown ones ignored, empty rows skipped."""
    book = _open(data, faults)
    if book is None:
        return []
    try:
        return _read(book, columns, faults)
    finally:
        book.close()


def _read(book: Workbook, columns: Sequence[Column], faults: Faults) -> list[Row]:
    if faults.sheet not in book.sheetnames:
        faults.add("sheet_missing", sheet=faults.sheet)
        return []
    lines = _lines(book[faults.sheet], faults)
    places = _places([_text(value) for value in next(lines, ())], columns, faults)
    if faults.found:
        return []
    rows = list(_rows(lines, columns, places, faults))
    if not rows and not faults.found:
        faults.add("empty")
    return rows


BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, IndexError, ValueError, TypeError, SyntaxError, AttributeError)
"""What openpyxl raises for a broken or foreign file, SyntaxError for XML that is none or that grows by entities."""


def _open(data: bytes, faults: Faults) -> Workbook | None:
    """Opened for streaming: a file of 5 kB may claim a sheet of 17 milliard cells, which would all be made otherwise."""
    if len(data) > MOST_BYTES:
        faults.add("too_large", limit=MOST_BYTES // 1024**2)
        return None
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            if not fits(parts):
                faults.add("too_large", limit=MOST_BYTES // 1024**2)
                return None
        return load_workbook(BytesIO(data), data_only=True, read_only=True)
    except BROKEN:
        faults.add("not_xlsx")
        return None


def fits(parts: zipfile.ZipFile) -> bool:
    """Whether the file unpacks to a size, and to a number of XML elements, that a process reads in seconds."""
    if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED_BYTES:
        return False
    tags = 0
    for part in parts.infolist():
        with parts.open(part) as stream:
            tags += sum(chunk.count(b"<") for chunk in iter(partial(stream.read, 2**20), b""))
    return tags <= MOST_TAGS


def _lines(sheet: Any, faults: Faults) -> Iterator[tuple[Any, ...]]:
    """The values of each row up to the limits, whatever size the sheet says it has."""
    if not isinstance(sheet, ReadOnlyWorksheet):  # a sheet of a chart alone
        return
    sheet.reset_dimensions()
    streamed: Any = sheet  # its stubs take iter_rows for the one of a whole sheet
    lines = streamed.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
    while True:
        try:
            line = next(lines, None)
        except BROKEN:
            faults.add("not_xlsx")
            return
        if line is None:
            return
        yield line


def _places(titles: Sequence[str], columns: Sequence[Column], faults: Faults) -> dict[str, int]:
    for column in columns:
        if titles.count(column.title) != 1 and not (column.later and column.title not in titles):
            faults.add("column_twice" if column.title in titles else "column_missing", 1, column.title)
    return {column.key: titles.index(column.title) for column in columns if column.title in titles}


def _rows(lines: Iterable[tuple[Any, ...]], columns: Sequence[Column], places: dict[str, int], faults: Faults) -> Iterator[Row]:
    for number, line in enumerate(lines, 2):
        if number > MOST_ROWS:
            faults.add("too_many_rows", limit=MOST_ROWS)
            return
        texts = {key: _text(line[place]) for key, place in places.items() if place < len(line)}
        if not any(texts.values()):
            continue
        for column in columns:
            text = texts.setdefault(column.key, "")
            if column.required and not text:
                faults.add("required", number, column.title)
            if len(text) > column.most:
                faults.add("too_long", number, column.title, limit=column.most, found=len(text))
        yield Row(number, texts)


def _text(value: Any) -> str:
    """A cell's value as typed; whole numbers lose the ``.0`` that spreadsheets give them."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def number(row: Row, column: Column, faults: Faults) -> int | None:
    """A positive whole number, None where the cell is empty or at fault."""
    text = row[column.key]
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 2**31):
        faults.add("not_a_number", row.number, column.title, value=text)
        return None
    return int(text)


def day_of(row: Row, column: Column, faults: Faults) -> date | None:
    """A day as 2026-01-31 or as the program's own date; None where the cell is empty or at fault."""
    text = row[column.key]
    try:
        return date.fromisoformat(text[:10].replace("/", "-")) if text else None
    except ValueError:
        faults.add("day_form", row.number, column.title, value=text)
        return None


def write_book(title: str, columns: Sequence[Column], rows: Iterable[Sequence[str | int | None]]) -> bytes:
    """One sheet with a fixed bold head and a filter; cells are text except whole numbers."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title[:MOST_OF_A_TITLE]
    head = [column.title for column in columns]
    if band.words():  # a column more: what reads the table goes by the titles that it knows
        head.append(band.words())
        printed: Any = sheet.oddHeader  # None in its stubs, never in a new sheet
        printed.center.text = band.words()
    last = 1
    for place, line in enumerate([head, *rows], 1):
        last = place
        for across, value in enumerate(line, 1):
            _put(sheet.cell(row=place, column=across), value, head=place == 1)
    for across, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(across)].width = column.width
        if said := _said(column.title):
            noted: Any = sheet.cell(row=1, column=across)  # a merged cell takes no note in its stubs
            noted.comment = Comment(said, WRITER)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{last}"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


_HEAD_FONT = Font(bold=True)
_HEAD_FILL = PatternFill("solid", fgColor="E8EDF3")
_WRAP = Alignment(wrap_text=True, vertical="top")


def _put(cell: Any, value: str | int | None, *, head: bool) -> None:
    if value is None or value == "":
        return
    assert isinstance(cell, Cell)
    if isinstance(value, int):
        cell.value = value
    else:
        value = ILLEGAL_CHARACTERS_RE.sub("", value)  # controls that XML cannot hold: the rest of the table is worth more
        cell.value = value
        # set after the value: openpyxl takes a leading "=" for a formula
        cell.data_type = "s"
        cell.number_format = "@"
        if value.startswith(FORMULA_SIGNS):
            cell.quotePrefix = True
    cell.alignment = _WRAP
    if head:
        cell.font = _HEAD_FONT
        cell.fill = _HEAD_FILL
