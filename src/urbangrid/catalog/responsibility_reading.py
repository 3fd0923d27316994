"""Reading the responsibility table: from cells or typed words to entries, with a fault at each cell that is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.catalog import condition_words, queries
from urbangrid.catalog.actions import units_by_name
from urbangrid.catalog.handbook import code_of
from urbangrid.catalog.sharing import NO_CONDITIONS, Conditions
from urbangrid.catalog.spreadsheets import Column, Faults, Row, day_of
from urbangrid.catalog.words import KIND_FROM_CHINESE
from urbangrid.core.text import beside
from urbangrid.grids.models import Division

SHEET: Final = "责任清单"
UNIT = Column("unit", N_("责任单位"), required=True, most=60, width=24)
ENTRY = Column("entry", N_("部件事件"), required=True, most=60, width=26)
KIND = Column("kind", N_("类型"), required=True, most=4, width=7)
CODE = Column("code", N_("小类代码"), most=8, width=10)
NAME = Column("name", N_("小类"), most=60, width=22)
AREA = Column("area", N_("区域"), most=60, width=16)
BASIS = Column("basis", N_("依据"), most=200, width=40)
MAIN = Column("main", N_("主责"), most=1, width=7, later=True)
RULE = Column("rule", N_("规则说明"), most=200, width=36, later=True)
ROADS = Column("roads", N_("道路等级"), most=60, width=18, later=True)
DAYS = Column("days", N_("星期"), most=30, width=12, later=True)
HOURS = Column("hours", N_("时段"), most=20, width=14, later=True)
OWNER = Column("owner", N_("权属"), most=60, width=16, later=True)
FROM = Column("from", N_("生效日期"), most=10, width=12, later=True)
UNTIL = Column("until", N_("终止日期"), most=10, width=12, later=True)
COLUMNS: Final[Sequence[Column]] = (UNIT, ENTRY, KIND, CODE, NAME, AREA, BASIS, MAIN, RULE, ROADS, DAYS, HOURS, OWNER, FROM, UNTIL)
YES = "是"


@dataclass(frozen=True, slots=True)
class Dates:
    """First and last day in force, in the platform's zone; None: open."""

    first: date | None = None
    last: date | None = None

    def agree(self, row: Dates) -> bool:
        """Whether a file that says this keeps a row with those: a first day that is left out asks for no change."""
        return self.last == row.last and self.first in (None, row.first)

    def meet(self, other: Dates) -> bool:
        """Whether there is a day in both."""
        return (self.first or date.min) <= (other.last or date.max) and (other.first or date.min) <= (self.last or date.max)


ALWAYS = Dates()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table in the shape that is compared and stored."""

    unit_name: str
    entry_name: str
    kind: str
    code: str
    category_id: int | None
    division_id: int | None
    division_name: str
    basis: str
    unit_id: int | None
    is_main: bool = False
    rule: str = ""
    conditions: Conditions = NO_CONDITIONS
    dates: Dates = ALWAYS
    number: int = field(default=0, compare=False)
    """Row of the file that it was read from."""

    @property
    def identity(self) -> tuple[Any, ...]:
        """What makes it this entry, whatever its days."""
        names = (self.unit_name, self.entry_name, self.kind, self.code, self.category_id, self.division_id, self.basis, self.unit_id)
        return (*names, self.is_main, self.rule, self.conditions)

    @property
    def contest(self) -> tuple[Any, ...]:
        """Entries with the same stand for the same class, area and moment: one main unit at most."""
        return (self.kind, self.code or self.entry_name, self.division_id, self.conditions)

    @property
    def line(self) -> str:
        """``工地扬尘·区环保局（万寿路街道）主责；周六、日``."""
        unit = beside(f"{self.entry_name}·{self.unit_name}", self.division_name)
        parts = (
            _("%(unit)s主责") % {"unit": unit} if self.is_main else unit,
            condition_words.words_of(self.conditions), self.rule, self.basis,
            _("%(day)s 起") % {"day": self.dates.first} if self.dates.first else "",
        )  # fmt: skip
        return _("；").join(part for part in parts if part)


def conditions_of_entry(entry: Entry) -> dict[str, Any]:
    """The conditions as columns."""
    found = entry.conditions
    return {
        "roads": [code for code in condition_words.ROADS if code in found.roads], "weekdays": sorted(found.weekdays),
        "from_minute": found.from_minute, "to_minute": found.to_minute, "owner": found.owner,
    }  # fmt: skip


def read_entries(platform_id: int, rows: Iterable[Row], faults: Faults) -> list[Entry]:
    """The entries of a file in its order; those at fault are left out and their faults noted."""
    units, divisions = units_by_name(platform_id), Divisions(platform_id)
    seen: dict[tuple[Any, ...], int] = {}
    mains: dict[tuple[Any, ...], list[tuple[int, Dates]]] = {}
    found = []
    for row in rows:
        entry = read_entry(platform_id, row, units, divisions, faults)
        if entry is None:
            continue
        if entry.identity in seen:
            faults.add("entry_twice", row.number, ENTRY.title, row=seen[entry.identity])
            continue
        others = mains.setdefault(entry.contest, []) if entry.is_main else []
        twice = next((number for number, dates in others if dates.meet(entry.dates)), None)
        if twice is not None:
            faults.add("main_twice", row.number, MAIN.title, row=twice)
            continue
        others.append((row.number, entry.dates))
        seen[entry.identity] = row.number
        found.append(entry)
    return found


def read_entry(platform_id: int, row: Row, units: dict[str, int], divisions: Divisions, faults: Faults) -> Entry | None:
    """One row, or None where a cell of it is at fault."""
    before = len(faults.found)
    kind = KIND_FROM_CHINESE.get(row["kind"])
    if kind is None:
        faults.add("kind_unknown", row.number, KIND.title, value=row["kind"])
        return None
    division_id = divisions.find(row, faults)
    code, category_id = _class_of(platform_id, row, kind, faults)
    conditions, dates = _conditions(row, faults), _dates(row, faults)
    if row["main"] not in ("", YES):
        faults.add("main_form", row.number, MAIN.title, value=row["main"])
    if len(faults.found) > before:
        return None
    return Entry(
        unit_name=row["unit"], entry_name=row["entry"], kind=kind, code=code, category_id=category_id, division_id=division_id,
        division_name=divisions.name(division_id), basis=row["basis"], unit_id=units.get(row["unit"]), is_main=row["main"] == YES,
        rule=row["rule"], conditions=conditions, dates=dates, number=row.number,
    )  # fmt: skip


def _conditions(row: Row, faults: Faults) -> Conditions:
    roads = condition_words.roads_of(row["roads"])
    days = condition_words.weekdays_of(row["days"])
    hours = condition_words.hours_of(row["hours"])
    for value, column, code in ((roads, ROADS, "roads_form"), (days, DAYS, "weekdays_form"), (hours, HOURS, "hours_form")):
        if value is None:
            faults.add(code, row.number, column.title, value=row[column.key])
    start, end = hours or (None, None)
    return Conditions(frozenset(roads or ()), frozenset(days or ()), start, end, row["owner"])


def _dates(row: Row, faults: Faults) -> Dates:
    first, last = day_of(row, FROM, faults), day_of(row, UNTIL, faults)
    if first and last and last < first:
        faults.add("days_turned", row.number, UNTIL.title, value=row["until"])
    return Dates(first, last)


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


class Divisions:
    """Divisions in force by code and by name."""

    def __init__(self, platform_id: int) -> None:
        listed = Division.objects.filter(platform_id=platform_id, valid_to=None).values_list("id", "code", "name")
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, list[int]] = {}
        self._names: dict[int, str] = {}
        for id, code, name in listed:
            if code:
                self._by_code[code] = id
            self._by_name.setdefault(name, []).append(id)
            self._names[id] = name

    def name(self, division_id: int | None) -> str:
        return self._names.get(division_id, "") if division_id is not None else ""

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
