"""Long tables: correct Chinese, nothing that a spreadsheet computes, memory that does not grow with the rows."""

from __future__ import annotations

import csv
import tracemalloc
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from urbangrid.cases import tables
from urbangrid.cases.ledger import Cell

ZONE = ZoneInfo("Asia/Shanghai")
HEAD = [("地点", 20), ("数", 8), ("时间", 17)]
ROWS: list[list[Cell]] = [
    ["大柳树路，“南侧”\n第二行", 3, datetime(2026, 11, 20, 1, 40, 31, tzinfo=UTC)], ["=1+1", -2, None], ["+86", 0, None],
    ["-cmd|' /C calc'!A0", None, None], ["@SUM(A1)", None, None], ["\tx", None, None], ["a\x00b", None, None],
]  # fmt: skip


def test_a_workbook_reads_back_as_written_and_holds_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert tables.write_xlsx(path, "台账", HEAD, ROWS, ["口径：按受理", "=x"], ZONE, "说明") == len(ROWS)
    book = load_workbook(path)
    assert book.sheetnames == ["台账", "说明"]
    found = list(book["台账"].iter_rows(values_only=True))
    assert found[0] == ("地点", "数", "时间")
    assert found[1] == ("大柳树路，“南侧”\n第二行", 3, datetime(2026, 11, 20, 9, 40))  # noqa: DTZ001 - a spreadsheet knows no zones
    assert [row[0] for row in found[2:]] == ["=1+1", "+86", "-cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "ab"]
    assert {cell.data_type for row in book["台账"].iter_rows() for cell in row} <= {"s", "n", "d"}, "f would be a formula"
    with zipfile.ZipFile(path) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_a_csv_opens_in_wps_with_its_mark_and_apostrophes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    assert tables.write_csv(path, HEAD, ROWS, ["口径：按受理"], ZONE) == len(ROWS)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as text:
        found = list(csv.reader(text))
    assert found[1] == ["大柳树路，“南侧”\n第二行", "3", "2026-11-20 09:40"]
    assert found[2][:2] == ["'=1+1", "-2"], "a number may be negative, words may not compute"
    assert found[-2:] == [[], ["口径：按受理"]]


@given(st.text(max_size=20))
@settings(max_examples=50)
def test_no_cell_of_a_csv_begins_like_a_formula(tmp_path_factory: pytest.TempPathFactory, words: str) -> None:
    assert tables._plain(words, ZONE)[:1] not in ("=", "+", "-", "@", "\t", "\r") or not words


def test_twice_the_rows_take_no_more_memory(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        lines: list[Cell] = ["大柳树路南侧", "道路破损·路面破损", "市政所", 12, datetime(2026, 11, 20, tzinfo=UTC)]
        tracemalloc.start()
        tables.write_xlsx(tmp_path / f"{rows}.xlsx", "台账", HEAD, (lines for _row in range(rows)), [], ZONE, "说明")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    small = peak(500)
    assert peak(5000) < small * 1.5
