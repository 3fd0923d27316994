"""Figures of an area: what is open there, and the table 社区 × 类别 of a week or any period (desks.md B1, B3, B4; HD-2.3.2b, HD-2.3.2e).

The table is one function of area, period and instant, whoever asks: the office's figure and the centre's are the same one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.cases import search, tables
from urbangrid.cases.ledger import Cell
from urbangrid.cases.models import Case
from urbangrid.cases.search import Asked
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock, limits
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting

BASIS: Final = _("口径：位置在本辖区内、在这段时间受理的案件，按受理时间计；边界外的和保密的不计；已结案和超期按截至时刻。")


# --- what is open in the area ---


@dataclass(frozen=True, slots=True)
class AreaCounts:
    """Cases of a search in the acting post's own area, apart by who handles them; ``border``: beside it, within the border distance.

    ``supervised`` (只监督) and ``own`` (本街办理) are two figures and are never added where the office handles cases itself.
    """

    supervised: int
    own: int
    border: int

    @property
    def inside(self) -> int:
        """Of an office that handles nothing itself: all in the area."""
        return self.supervised + self.own


def inside(division_id: int) -> Q:
    """Cases that lie in a division of any level."""
    return Q(community_id=division_id) | Q(subdistrict_id=division_id) | Q(district_id=division_id)


def counts(acting: Acting, asked: Asked) -> AreaCounts:
    """Exact, of the cases that the search would list without its choice of handler; one statement."""
    found = search.matching(acting, replace(asked, unit_id=None, but_unit_id=None, inside_only=False))
    here, mine = inside(acting.division_id or 0), Q(handler_unit_id=acting.unit_id)
    numbers = found.aggregate(
        own=Count("id", filter=here & mine), all_here=Count("id", filter=here), everything=Count("id"),
    )  # fmt: skip
    return AreaCounts(numbers["all_here"] - numbers["own"], numbers["own"], numbers["everything"] - numbers["all_here"])


# --- the table of a period ---


@dataclass(frozen=True, slots=True)
class Period:
    """From the first instant to the last (excluded), as the platform's days."""

    first: date
    last: date
    """Included."""

    def since(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.first, time.min, zone)

    def until(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.last + timedelta(days=1), time.min, zone)


def week_of(day: date) -> Period:
    """Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


@dataclass(frozen=True, slots=True)
class TableAsked:
    """``division_id``: the area, of any level. ``by``: community or cell, the rows. ``major``: 大类 as columns, else 小类."""

    division_id: int
    period: Period
    by: str = "community"
    major: bool = True
    category_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One community or cell: figures by column, then all, closed ones, and those open over their limit."""

    name: str
    cells: Mapping[str, int]
    total: int
    closed: int
    late: int

    def in_order(self, columns: Sequence[str]) -> list[int]:
        return [self.cells.get(name, 0) for name in columns]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows by name, columns in the order of the catalogue, the sum; ``at``: 截至时刻."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    sum: Row
    at: datetime
    asked: TableAsked = field(repr=False)

    def lines(self) -> list[tuple[Row, list[int]]]:
        """Rows with their figures in the order of the columns, the sum last."""
        return [(row, row.in_order(self.columns)) for row in (*self.rows, self.sum)]


ROWS: Final = {"community": ("community__name", "community__code"), "cell": ("cell__code", "cell__code")}
"""Name and order of a row."""


def table(platform_id: int, zone: ZoneInfo, asked: TableAsked, at: datetime) -> Table:
    """The figures as they stand, closed and late ones judged at ``at``; one statement. The same for everybody: who may ask is the
    business of ``area_of``."""
    name, order = ROWS[asked.by]
    grouped = (
        _cases(platform_id, zone, asked, at)
        .values(name, order, "category_id")
        .annotate(n=Count("id"), closed=Count("id", filter=closed_by(at)), late=Count("id", filter=late_at(at)))
        .order_by(order, "category_id")
    )
    rows: dict[str, tuple[dict[str, int], list[int]]] = {}
    columns: dict[str, tuple[str, str]] = {}
    for one in grouped:
        column = _column(one["category_id"], columns, major=asked.major)
        cells, sums = rows.setdefault(one[name] or "", ({}, [0, 0, 0]))
        cells[column] = cells.get(column, 0) + one["n"]
        for place, figure in enumerate(("n", "closed", "late")):
            sums[place] += one[figure]
    ordered = tuple(sorted(columns, key=lambda column: columns[column]))
    made = tuple(Row(name, cells, *sums) for name, (cells, sums) in rows.items())
    total = {column: sum(row.cells.get(column, 0) for row in made) for column in ordered}
    whole = Row(gettext("合计"), total, *(sum(getattr(row, figure) for row in made) for figure in ("total", "closed", "late")))
    return Table(ordered, made, whole, at, asked)


def _cases(platform_id: int, zone: ZoneInfo, asked: TableAsked, at: datetime) -> QuerySet[Case]:
    cases = Case.objects.filter(
        inside(asked.division_id), platform_id=platform_id, confidential=False, opened_at__gte=asked.period.since(zone),
        opened_at__lt=min(asked.period.until(zone), at),
    )  # fmt: skip
    if asked.category_id:
        cases = cases.filter(category_id=asked.category_id)
    return cases.filter(handler_unit_id=asked.unit_id) if asked.unit_id else cases


def closed_by(at: datetime) -> Q:
    """Ended before ``at``: 已结案, with 作废, 不予立案 and 已并案."""
    return Q(closed_at__lt=at)


def open_at(at: datetime) -> Q:
    """Not ended before ``at``: in the database's three values not simply the opposite of ``closed_by``."""
    return Q(closed_at=None) | Q(closed_at__gte=at)


def late_at(at: datetime) -> Q:
    """超期未结: open at ``at`` beyond the case limit."""
    return Q(due_at__lt=at) & open_at(at)


def _column(category_id: int | None, known: dict[str, tuple[str, str]], *, major: bool) -> str:
    """The name of the column; ``known`` gets what it is sorted by."""
    if category_id is None:
        known.setdefault(gettext("未分类"), ("~", ""))
        return gettext("未分类")
    found = catalog.category(category_id)
    name = found.major_name if major else found.name
    known.setdefault(name, (found.kind, found.code))
    return name


def area_of(acting: Acting, wanted: int | None, offered: Sequence[int]) -> int:
    """The area that a post may ask for: her own, or any of ``offered`` for one that reads everything. Raises NotFound ``area_unknown``."""
    if acting.may("read_all") and acting.division_id is None:
        found = wanted if wanted is not None else next(iter(offered), None)
        if found is None or found not in offered:
            raise NotFound("area_unknown")
        return found
    if acting.division_id is None or wanted not in (None, acting.division_id):
        raise NotFound("area_unknown")
    return acting.division_id


def as_xlsx(acting: Acting, found: Table, area: str, *, address: str) -> bytes:
    """The table with its basis, on the audit trail. Raises TooOften."""
    limits.spend("export.person", acting.user_id)
    period = f"{found.asked.period.first}–{found.asked.period.last}"
    note(acting, "export_cases", values={"form": "xlsx", "table": "area", "area": area, "period": period}, address=address)
    head = [(gettext("社区") if found.asked.by == "community" else gettext("单元网格"), 20), *((name, 12) for name in found.columns)]
    head += [(gettext("合计"), 8), (gettext("已结案"), 8), (gettext("在办超期"), 10)]
    nowhere = gettext("未落社区")
    cells: list[list[Cell]] = [[row.name or nowhere, *figures, row.total, row.closed, row.late] for row, figures in found.lines()]
    notes = [
        f"{area} {period}", str(BASIS), gettext("截至时刻：%(at)s") % {"at": f"{found.at.astimezone(acting.zone):%Y-%m-%d %H:%M}"},
        gettext("导出：%(unit)s %(post)s %(name)s") % {"unit": acting.unit_name, "post": acting.post_name, "name": acting.user_name},
    ]  # fmt: skip
    return tables.xlsx_bytes(gettext("社区与类别"), head, cells, notes, acting.zone, gettext("说明"))


def now() -> datetime:
    """截至时刻 of a table that is drawn now: to the minute, so that two who look within it hold the same paper."""
    return clock.now().replace(second=0, microsecond=0)
