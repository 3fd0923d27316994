"""责任清单: the responsibility table as a spreadsheet, out and in (CY-A2). The file is the whole table.

Cases keep what they were dispatched by in their own record, so that rows of this table may go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from urbangrid.catalog import cache, queries, shipped
from urbangrid.catalog.actions import units_by_name
from urbangrid.catalog.handbook import ImportResult, code_of
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.spreadsheets import Column, Faults, Row, read_rows, write_book
from urbangrid.catalog.words import KIND_FROM_CHINESE, KIND_TO_CHINESE
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division

SHEET: Final = "责任清单"
UNIT = Column("unit", "责任单位", required=True, most=60, width=24)
ENTRY = Column("entry", "部件事件", required=True, most=60, width=26)
KIND = Column("kind", "类型", required=True, most=4, width=7)
CODE = Column("code", "小类代码", most=8, width=10)
NAME = Column("name", "小类", most=60, width=22)
AREA = Column("area", "区域", most=60, width=16)
BASIS = Column("basis", "依据", most=200, width=40)
COLUMNS: Final[Sequence[Column]] = (UNIT, ENTRY, KIND, CODE, NAME, AREA, BASIS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table in the shape that is compared and stored."""

    unit_name: str
    entry_name: str
    kind: str
    code: str
    category_id: int | None
    division_id: int | None
    basis: str
    unit_id: int | None


def table(platform_id: int, *, unit: str = "", typed: str = "") -> QuerySet[Responsibility]:
    """The rows in their order; ``unit``: the unit's words; ``typed``: part of the entry or the class, or its code."""
    rows = Responsibility.objects.filter(platform_id=platform_id).select_related("category", "division", "unit")
    if unit:
        rows = rows.filter(unit_name=unit)
    if typed:
        rows = rows.filter(Q(entry_name__icontains=typed) | Q(category__name__icontains=typed) | Q(code=typed))
    return rows.defer("division__geom").order_by("position", "id")


def unit_names(platform_id: int) -> list[str]:
    """The units of the table in their first order of appearance."""
    listed = Responsibility.objects.filter(platform_id=platform_id).order_by("position", "id")
    return list(dict.fromkeys(listed.values_list("unit_name", flat=True)))


def export_table(platform_id: int, *, unit: str = "", typed: str = "") -> bytes:
    """The (filtered) table as a spreadsheet that imports unchanged."""
    rows = (
        [
            row.unit_name,
            row.entry_name,
            KIND_TO_CHINESE[row.kind],
            row.code,
            row.category.name if row.category else None,
            (row.division.code or row.division.name) if row.division else None,
            row.basis,
        ]
        for row in table(platform_id, unit=unit, typed=typed)
    )
    return write_book(SHEET, COLUMNS, rows)


def chaoyang_sample() -> bytes:
    """Chaoyang's 100 entries of 24 units as a spreadsheet to start from; needs its classes of major 21."""
    rows = (
        [row.unit_name, row.entry_name, KIND_TO_CHINESE[row.kind], row.code, None, None, None]
        for row in shipped.chaoyang_responsibilities()
    )
    return write_book(SHEET, COLUMNS, rows)


def import_table(platform: Platform, data: bytes) -> ImportResult:
    """Replace the platform's table by the file's; all or nothing. Unknown units are noted, their words kept."""
    faults = Faults(SHEET)
    entries = _read(platform.id, read_rows(data, COLUMNS, faults), faults)
    if faults.found:
        return ImportResult(faults=tuple(faults.found))
    with transaction.atomic():
        return _write(platform, entries)


def _read(platform_id: int, rows: Iterable[Row], faults: Faults) -> list[Entry]:
    units, divisions = units_by_name(platform_id), _Divisions(platform_id)
    seen: dict[Entry, int] = {}
    for row in rows:
        kind = KIND_FROM_CHINESE.get(row["kind"])
        if kind is None:
            faults.add("kind_unknown", row.number, KIND.title, value=row["kind"])
            continue
        before = len(faults.found)
        division_id = divisions.find(row, faults)
        code, category_id = _class_of(platform_id, row, kind, faults)
        unit_id = units.get(row["unit"])
        entry = Entry(row["unit"], row["entry"], kind, code, category_id, division_id, row["basis"], unit_id)
        if len(faults.found) > before:
            continue
        if entry in seen:
            faults.add("entry_twice", row.number, ENTRY.title, row=seen[entry])
        seen.setdefault(entry, row.number)
    return list(seen)


def _class_of(platform_id: int, row: Row, kind: str, faults: Faults) -> tuple[str, int | None]:
    """Code and class; a row without a code is kept as an entry that no class has yet."""
    if not row["code"]:
        return "", None
    code = code_of(row["code"])
    if code is None:
        faults.add("code_form", row.number, CODE.title, value=row["code"])
        return "", None
    option = queries.find_class(platform_id, kind, code)
    if option is None:
        faults.add("class_unknown", row.number, CODE.title, kind=row["kind"], code=code)
        return code, None
    if row["name"] and row["name"] != option.name and row["name"] not in option.aliases:
        values = {"kind": row["kind"], "code": code, "expected": option.name, "found": row["name"]}
        faults.add("name_differs", row.number, NAME.title, **values)
    return code, option.id


class _Divisions:
    """Divisions in force by code and by name."""

    def __init__(self, platform_id: int) -> None:
        listed = Division.objects.filter(platform_id=platform_id, valid_to=None).values_list("id", "code", "name")
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        for id, code, name in listed:
            if code:
                self._by_code[code] = id
            self._by_name.setdefault(name, []).append(id)

    def find(self, row: Row, faults: Faults) -> int | None:
        typed = row["area"]
        if not typed:
            return None
        if typed in self._by_code:
            return self._by_code[typed]
        named = self._by_name.get(typed, [])
        if len(named) == 1:
            return named[0]
        if named:
            faults.add("division_unclear", row.number, AREA.title, value=typed, count=len(named))
        else:
            faults.add("division_unknown", row.number, AREA.title, value=typed)
        return None


def _write(platform: Platform, entries: Sequence[Entry]) -> ImportResult:
    there = {_entry(row): row for row in Responsibility.objects.filter(platform=platform)}
    gone = [row.id for entry, row in there.items() if entry not in set(entries)]
    Responsibility.objects.filter(id__in=gone).delete()
    moved = []
    new = []
    for position, entry in enumerate(entries, 1):
        row = there.get(entry)
        if row is None:
            new.append(_row(platform, entry, position))
        elif row.position != position:
            row.position = position
            moved.append(row)
    Responsibility.objects.bulk_create(new)
    Responsibility.objects.bulk_update(moved, ["position"])
    if gone or new or moved:
        cache.changed()
    unknown = dict.fromkeys(entry.unit_name for entry in entries if entry.unit_id is None)
    notes = [gettext("“%(unit)s”不是本平台的单位，已按原文保留，待建立单位后重新导入。") % {"unit": name} for name in unknown]
    unclassed = [entry.entry_name for entry in entries if entry.category_id is None]
    notes += [gettext("“%(entry)s”没有小类代码，派遣时不会建议责任单位。") % {"entry": name} for name in unclassed]
    return ImportResult(added=len(new), unchanged=len(entries) - len(new), ended=len(gone), notes=tuple(notes))


def _entry(row: Responsibility) -> Entry:
    return Entry(
        row.unit_name,
        row.entry_name,
        row.kind,
        row.code,
        row.category_id,
        row.division_id,
        row.basis,
        row.unit_id,
    )


def _row(platform: Platform, entry: Entry, position: int) -> Responsibility:
    return Responsibility(
        platform=platform,
        category_id=entry.category_id,
        entry_name=entry.entry_name,
        kind=entry.kind,
        code=entry.code,
        unit_id=entry.unit_id,
        unit_name=entry.unit_name,
        division_id=entry.division_id,
        position=position,
        basis=entry.basis,
    )
