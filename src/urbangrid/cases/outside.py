"""Rows of another system's reports (CSV) read by a TOML mapping: times, place, flag; each row or the reason why not.

Used by ``import cases`` (history) and ``replay``. The mapping's [catalogue] part is ``catalog.outside``'s.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from urbangrid.core import geometry
from urbangrid.core.errors import Refusal
from urbangrid.core.geometry import STORAGE_SRID, transformer

REST_PLACE = 1e-6
"""Degrees within which a point counts as the source's default point."""


@dataclass(frozen=True, slots=True)
class RowsMapping:
    """The [rows] part of a mapping file."""

    columns: Mapping[str, str]
    flag_on_time: str
    zone: ZoneInfo
    source_srid: int
    no_place: tuple[tuple[float, float], ...]
    metric_srid: int
    origin: tuple[float, float]


@dataclass(frozen=True, slots=True)
class OutsideRow:
    """A row ready for use: aware UTC times, degrees of the source (None: no place), the source's own verdict (None: silent)."""

    line: int
    id: str
    opened_at: datetime
    target_at: datetime | None
    closed_at: datetime | None
    on_time: bool | None
    place: str
    longitude: float | None
    latitude: float | None
    original: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be used: its line in the file, its id where it has one, and why (a code of ``cases.messages``)."""

    line: int
    id: str
    code: str
    value: str


ID_LENGTH = 48
FIRST_YEAR, LAST_YEAR = 1900, 2100
COLUMNS = ("id", "opened", "target", "closed", "flag", "place", "longitude", "latitude")


def read_mapping(path: Path) -> RowsMapping:
    """Raises Refusal ``mapping_unreadable`` saying what is wrong with the file."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))["rows"]
        shift = given["shift"]
        return RowsMapping(
            {name: str(given[name]) for name in COLUMNS}, str(given["flag_on_time"]), ZoneInfo(given["zone"]), int(given["source_srid"]),
            tuple((float(x), float(y)) for x, y in given.get("no_place", [])), int(shift["metric_srid"]),
            (float(shift["from"][0]), float(shift["from"][1])),
        )  # fmt: skip
    except (OSError, tomllib.TOMLDecodeError, KeyError, ValueError, ZoneInfoNotFoundError) as error:
        raise Refusal("mapping_unreadable", file=path.name, fault=str(error)) from error


def rows(path: Path, mapping: RowsMapping) -> Iterator[OutsideRow | BadRow]:
    """Every row of the CSV in its order, good or bad; none is skipped silently.

    Raises Refusal ``mapping_unreadable`` when a column is missing, so that nothing is read with the wrong mapping;
    ``rows_unreadable`` from a line on that is no CSV in UTF-8.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = [column for column in mapping.columns.values() if column not in _head(reader, path)]
        if missing:
            raise Refusal("mapping_unreadable", file=path.name, fault=", ".join(missing))
        try:
            for row in reader:
                yield _row(reader.line_num, row, mapping)
        except (UnicodeDecodeError, csv.Error) as error:
            raise Refusal("rows_unreadable", file=path.name, line=reader.line_num + 1, fault=str(error)) from error


def _head(reader: csv.DictReader[str], path: Path) -> Sequence[str]:
    try:
        return reader.fieldnames or []
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal("rows_unreadable", file=path.name, line=1, fault=str(error)) from error


def _row(line: int, row: dict[str, Any], mapping: RowsMapping) -> OutsideRow | BadRow:
    text = {name: (row.get(column) or "").strip() for name, column in mapping.columns.items()}
    if not text["id"] or None in row or len(text["id"]) > ID_LENGTH or any("\0" in str(value) for value in row.values()):
        return BadRow(line, text["id"][:ID_LENGTH], "row_broken", "")
    times: dict[str, datetime | None] = {}
    for name in ("opened", "target", "closed"):
        try:
            times[name] = _instant(text[name], mapping.zone)
        except ValueError:
            return BadRow(line, text["id"], "row_time", text[name])
    opened = times["opened"]
    if opened is None:
        return BadRow(line, text["id"], "row_time", "")
    if times["closed"] is not None and times["closed"] < opened:
        return BadRow(line, text["id"], "row_closed_before_opened", text["closed"])
    try:
        longitude, latitude = _degrees(text["longitude"], text["latitude"], mapping)
    except ValueError as error:
        return BadRow(line, text["id"], "row_place", str(error))
    flag = None if not text["flag"] else text["flag"] == mapping.flag_on_time
    original = {name: str(value) for name, value in row.items() if value}
    return OutsideRow(line, text["id"], opened, times["target"], times["closed"], flag, text["place"], longitude, latitude, original)


def _instant(text: str, zone: ZoneInfo) -> datetime | None:
    """Local time without zone; an hour that the clocks repeat counts as its first. Raises ValueError outside the years one can mean."""
    if not text:
        return None
    found = datetime.fromisoformat(text)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(text)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _degrees(longitude: str, latitude: str, mapping: RowsMapping) -> tuple[float | None, float | None]:
    """None for no place; raises ValueError for numbers that are nowhere on Earth."""
    try:
        x, y = float(longitude), float(latitude)
    except ValueError:
        return None, None
    if any(abs(x - there_x) < REST_PLACE and abs(y - there_y) < REST_PLACE for there_x, there_y in mapping.no_place):
        return None, None
    if not geometry.on_earth(x, y):
        raise ValueError(f"{longitude}, {latitude}")
    return x, y


@dataclass(frozen=True, slots=True)
class Mover:
    """Moves points rigidly: the same distances and directions, laid down around another place (metres in both systems)."""

    mapping: RowsMapping
    target_srid: int
    target: tuple[float, float]

    def move(self, longitude: float, latitude: float) -> tuple[float, float] | None:
        """Degrees of the source to degrees of the loaded city (EPSG:4490); None for a point too far away to be laid down there."""
        there = transformer(self.mapping.source_srid, self.mapping.metric_srid)
        x0, y0 = there.transform(*self.mapping.origin)
        x, y = there.transform(longitude, latitude)
        back = transformer(self.target_srid, STORAGE_SRID)
        moved_x, moved_y = back.transform(self.target[0] + x - x0, self.target[1] + y - y0)
        return (float(moved_x), float(moved_y)) if geometry.on_earth(moved_x, moved_y) else None
