"""Long tables for WPS and Excel, written row by row: .xlsx and CSV (UTF-8 with mark). Memory does not grow with the rows.

A cell is text, a whole number or an instant; text is never a formula: what begins like one is marked as text (.xlsx) or gets an
apostrophe before it (CSV, which has no types).
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from urbangrid.cases.ledger import Cell
from urbangrid.catalog.spreadsheets import FORMULA_SIGNS
from urbangrid.ui import band

Head = Sequence[tuple[str, int]]


def write_xlsx(path: Path, title: str, head: Head, rows: Iterable[Sequence[Cell]], notes: Sequence[str], zone: ZoneInfo, about: str) -> int:
    """A sheet ``title`` with a fixed bold head and a sheet ``about`` with ``notes``; gives the number of rows.

    Instants become the zone's own time to the minute, since a spreadsheet knows no zones.
    """
    head, notes = _banded(head, notes)
    book = Workbook(write_only=True)
    sheet, said = book.create_sheet(title), book.create_sheet(about)
    sheet.freeze_panes = "B2"
    for place, (_title, width) in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.append([_bold(sheet, words) for words, _width in head])
    count = 0
    for row in rows:
        sheet.append([_cell(sheet, value, zone) for value in row])
        count += 1
    said.column_dimensions["A"].width = 100
    for note in notes:
        said.append([_cell(said, note, zone)])
    book.save(path)
    return count


def _banded(head: Head, notes: Sequence[str]) -> tuple[Head, Sequence[str]]:
    """Of a training copy: a column more at the right whose head says so, and the first of the notes."""
    said = band.words()
    return ([*head, (said, 40)], [said, *notes]) if said else (head, notes)


def xlsx_bytes(title: str, head: Head, rows: Iterable[Sequence[Cell]], notes: Sequence[str], zone: ZoneInfo, about: str) -> bytes:
    """The same as bytes, for a table that is drawn while one waits."""
    with tempfile.TemporaryDirectory(prefix="urbangrid-export-") as folder:
        path = Path(folder) / "table.xlsx"
        write_xlsx(path, title, head, rows, notes, zone, about)
        return path.read_bytes()


_BOLD: Final = Font(bold=True)


def _bold(sheet: Any, words: str) -> Any:
    cell = WriteOnlyCell(sheet, words)
    cell.font = _BOLD
    return cell


def _cell(sheet: Any, value: Cell, zone: ZoneInfo) -> Any:
    if isinstance(value, datetime):
        return _local(value, zone)
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not text.startswith(FORMULA_SIGNS):
        return text
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"  # after the value: openpyxl takes a leading "=" for a formula
    cell.quotePrefix = True
    return cell


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)


def write_csv(path: Path, head: Head, rows: Iterable[Sequence[Cell]], notes: Sequence[str], zone: ZoneInfo) -> int:
    """The same table as CSV; ``notes`` stand below it after an empty line. Gives the number of rows."""
    head, notes = _banded(head, notes)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([words for words, _width in head])
        for row in rows:
            writer.writerow([_plain(value, zone) for value in row])
            count += 1
        writer.writerow([])
        writer.writerows([_plain(note, zone)] for note in notes)
    return count


def _plain(value: Cell, zone: ZoneInfo) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{_local(value, zone):%Y-%m-%d %H:%M}"
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_SIGNS) else text
