"""统计报表: cases of a period by place, class, source, unit, state or day, live, each figure with the list of exactly its cases.

One truth: what is counted are the cases that the searches and ledgers of the acting post count (``search.matching``), by the instant at
which they were accepted, as ``ledger_figures`` and ``area_tables`` do. A post with an area counts what lies in it, not what borders on it;
an office that handles cases itself has two tables, 只监督 and 本街办理, which are never added (desks.md B1, B4). One grouped statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import area_tables, search
from urbangrid.cases.ledger_figures import BASES, Rate
from urbangrid.cases.models import Case
from urbangrid.cases.statistic_periods import Choice, Stretch, earlier, stretch
from urbangrid.cases.statistic_rows import DIMENSIONS, Dimension, Label, day_label
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Asked:
    """``by``: the rows, a code of ``DIMENSIONS``. ``only``: code → key of a row, the way down. ``at``: 截至时刻, aware.

    ``own``: of an office that handles cases itself, 本街办理 (True) or 只监督 (False); None for everybody else.
    """

    choice: Choice
    at: datetime
    by: str
    own: bool | None = None
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A count with its name, what it counts (口径), and its cases at an instant."""

    word: Promise
    basis: Promise
    cases: Callable[[datetime], Q]


def _judged(at: datetime) -> Q:
    return Q(disposed_at=None) | Q(disposed_at__lt=at)


FIGURES: Final[Mapping[str, Figure]] = {
    "total": Figure(BASES["total"][0], _("这段时间受理的案件"), lambda _at: Q()),
    "filed": Figure(*BASES["filed"], lambda at: Q(filed_at__lt=at)),
    "closed": Figure(*BASES["closed"], area_tables.closed_by),
    "open": Figure(_("在办"), _("其中到截至时刻还没有结束的"), area_tables.open_at),
    "late": Figure(_("超期未结"), _("在办并且超过案件总时限的"), area_tables.late_at),
    "kept": Figure(_("按期"), _("反馈时未超过处置单位累计时限的"), lambda at: Q(on_time=True) & _judged(at)),
    "missed": Figure(_("超时"), _("反馈时已超过处置单位累计时限的"), lambda at: Q(on_time=False) & _judged(at)),
}
"""In the order of the table."""
RATE: Final = (_("按期率"), _("按期 /（按期＋超时），全部计入；剔除缓办和申诉后的按期率在台账"))
BASIS: Final = _(
    "按受理时间计入，截至时刻以后的不计；保密的不计；类别、来源、单位（主办）和环节按现在的。"
    "上期按同样长的一段、同样的进度比较。"
)
INSIDE: Final = _("位置在本辖区内的，边界外的不计。")
OWN_CASES: Final = _("本单位现在或曾经承办的。")
SCOPES: Final[Mapping[bool, Promise]] = {False: _("只监督"), True: _("本街办理")}


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of a row in one period."""

    total: int = 0
    filed: int = 0
    closed: int = 0
    open: int = 0
    late: int = 0
    kept: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def rate(self) -> Rate:
        return Rate(self.kept, self.kept + self.missed)


@dataclass(frozen=True, slots=True)
class Row:
    """``before``: of the period that it is compared with."""

    label: Label
    now: Tally
    before: Tally

    @property
    def change(self) -> int:
        return self.now.total - self.before.total


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in their order and their sum."""

    rows: tuple[Row, ...]
    sum: Row
    asked: Asked


def reach(acting: Acting, own: bool | None) -> QuerySet[Case]:
    """Cases that the acting post's figures are about: an office's area, a unit's cases, everything of the centre."""
    unit = acting.unit_id
    inside = acting.may("read_area") and acting.division_id is not None
    return search.matching(
        acting, search.Asked(inside_only=inside, unit_id=unit if own else None, but_unit_id=unit if own is False else None)
    )  # fmt: skip


def basis_of(acting: Acting) -> list[str]:
    """口径 of the whole page, in sentences, as the reach of the post is."""
    if acting.may("read_area") and acting.division_id is not None:
        return [str(INSIDE), str(BASIS)]
    return [str(BASIS)] if acting.may("read_all") else [str(OWN_CASES), str(BASIS)]


def stretches(acting: Acting, asked: Asked) -> tuple[Stretch, Stretch]:
    """What is counted, and what it is compared with."""
    period, before = asked.choice.period, asked.choice.before
    return stretch(period, acting.zone, asked.at), earlier(period, before, acting.zone, asked.at)


def table(acting: Acting, asked: Asked) -> Table:
    """One grouped statement; sums are those of the rows."""
    by, (now, before) = DIMENSIONS[asked.by], stretches(acting, asked)
    cases = _narrowed(acting, asked).filter(_opened(now) | _opened(before))
    if by.code == "day":
        cases = cases.annotate(day=TruncDate("opened_at", tzinfo=acting.zone))
    counted: dict[str, Any] = {name: Count("id", filter=_counted(now, one)) for name, one in FIGURES.items()}
    counted |= {f"before_{name}": Count("id", filter=_counted(before, one)) for name, one in FIGURES.items()}
    grouped = cases.order_by().values(*by.fields).annotate(**counted)
    rows = _in_order(_collected(by, grouped, acting, asked))
    return Table(rows, Row(Label("", "", ()), _total(one.now for one in rows), _total(one.before for one in rows)), asked)


def _collected(by: Dimension, grouped: Iterable[Mapping[str, Any]], acting: Acting, asked: Asked) -> Iterable[Row]:
    """Groups of the same key are one row: two versions of a catalogue may name a class differently."""
    found: dict[str, Row] = {one.label.key: one for one in _days(asked, acting)} if by.code == "day" else {}
    for values in grouped:
        now, before = _tally(values, ""), _tally(values, "before_")
        for label, row_now, row_before in _parts(by, values, now, before, acting, asked):
            known = found.get(label.key) or Row(label, Tally(), Tally())
            found[label.key] = Row(known.label, known.now + row_now, known.before + row_before)
    return found.values()


def _parts(by: Dimension, values: Mapping[str, Any], now: Tally, before: Tally, acting: Acting, asked: Asked) -> Iterable[Any]:
    """Where a group counts: a day of the former period stands beside the day of this one that is as far from its beginning."""
    label = by.row(values, acting.cases_platform_id)
    if by.code != "day":
        yield label, now, before
        return
    if now.total:
        yield label, now, Tally()
    if before.total:
        yield _beside(values["day"], asked), Tally(), before


def _beside(day: date, asked: Asked) -> Label:
    """The row in which a day of the former period stands; one that this period is too short for says which it is."""
    there = day + _shift(asked.choice)
    label = day_label(there)
    if there <= asked.choice.period.last:
        return label
    return replace(label, name=gettext("上期%(day)s") % {"day": day_label(day).name})


def _shift(choice: Choice) -> timedelta:
    return choice.period.first - choice.before.first


def _days(asked: Asked, acting: Acting) -> Iterable[Row]:
    """Every day up to now, so that a day without a case is seen."""
    day, last = asked.choice.period.first, min(asked.choice.period.last, asked.at.astimezone(acting.zone).date())
    while day <= last:
        yield Row(day_label(day), Tally(), Tally())
        day += timedelta(days=1)


def _in_order(rows: Iterable[Row]) -> tuple[Row, ...]:
    """As their labels say; those of nothing last."""
    return tuple(sorted(rows, key=lambda row: (not row.label.order, row.label.order)))


def _tally(values: Mapping[str, Any], prefix: str) -> Tally:
    return Tally(*(values[prefix + name] for name in FIGURES))


def _total(tallies: Iterable[Tally]) -> Tally:
    return sum(tallies, Tally())


def _opened(one: Stretch) -> Q:
    return Q(opened_at__gte=one.since, opened_at__lt=one.until)


def _counted(one: Stretch, figure: Figure) -> Q:
    return _opened(one) & figure.cases(one.at)


def _narrowed(acting: Acting, asked: Asked) -> QuerySet[Case]:
    cases = reach(acting, asked.own)
    for code, key in asked.only.items():
        cases = cases.filter(DIMENSIONS[code].only(key, acting.zone))
    return cases


def cases(acting: Acting, asked: Asked, figure: str, *, before: bool = False) -> QuerySet[Case]:
    """Exactly the cases behind a figure; ``before``: of the period compared with. ``by`` does not matter; in no order."""
    return _narrowed(acting, asked).filter(_counted(stretches(acting, asked)[before], FIGURES[figure]))


def key_before(row: Row, asked: Asked) -> str:
    """The key of a row in the period before: of a day the day beside which it stands."""
    if asked.by != "day":
        return row.label.key
    return (date.fromisoformat(row.label.key) - _shift(asked.choice)).isoformat()
