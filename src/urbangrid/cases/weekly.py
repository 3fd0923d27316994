"""领导周报: what the sheet of Friday says, when it is due, and the sheets that were kept (CY-1).

1. Due at the platform's weekday and hour (Friday 16:00 by default); where that day is no working day, on the last one before.
2. The figures go from the day of the last sheet to the evening before this one, seven days as a rule: no day is left out or told twice
   where a holiday moves the making. They stand beside an equally long stretch before.
3. They are those of the daily sheet and the leader's page (``day_figures``), summed over the days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import day_figures, day_rules, ledgers
from urbangrid.cases.day_rules import DayCounts, Figure
from urbangrid.cases.models import CaseRequest, WeeklySheet
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations.acting import Acting

WEEKDAY, HOUR = 5, 16
"""Monday is 1. Our default; the platform's settings ``weekly_sheet.weekday`` and ``weekly_sheet.hour``."""
WEEK: Final = 7
LONGEST: Final = 2 * WEEK
"""Days since the last sheet that one still goes back to; after a longer pause a week is told."""
UNITS: Final = 10
BASIS: Final = _(
    "口径：前五项为所列各日 0–24 时，对紧接其前同样长的一段；按期看反馈时刻与处置时限（当日反馈并已判定的）；返工率为结案中返工过的；"
    "超期未结为此刻未结案、已过案件总时限的，对上一期生成时（没有上一期的按时限回看）。挂账、转市级停表的和保密的不计。"
)


@dataclass(frozen=True, slots=True)
class KeptWeek:
    """A sheet as it was made."""

    day: date
    made_at: datetime
    content: Mapping[str, Any]

    @property
    def figures(self) -> list[Figure]:
        return [Figure(**one) for one in self.content["figures"]]

    @property
    def first(self) -> date:
        return date.fromisoformat(self.content["first"])

    @property
    def last(self) -> date:
        return self.day - timedelta(days=1)

    @property
    def basis(self) -> str:
        return str(BASIS)


def due_on(today: date, weekday: int, is_working: Callable[[date], bool]) -> bool:
    """Whether today is the day of the sheet: the weekday, or the last working day before one that is none."""
    nominal = today + timedelta(days=(weekday - today.isoweekday()) % WEEK)
    day = nominal
    while not is_working(day) and nominal - day < timedelta(days=WEEK - 1):
        day -= timedelta(days=1)
    return day == today


def setting(platform: Platform, name: str, default: int) -> int:
    return int(platform.settings.get("weekly_sheet", {}).get(name, default))


def of_day(platform_id: int, day: date) -> KeptWeek | None:
    """The sheet that was made on a day; one statement."""
    return _kept(WeeklySheet.objects.filter(platform_id=platform_id, day=day).first())


def newest(platform_id: int) -> KeptWeek | None:
    """The last one made; one statement."""
    return _kept(WeeklySheet.objects.filter(platform_id=platform_id).order_by("-day").first())


def days(platform_id: int, most: int = 53) -> list[date]:
    """Days that have a sheet, the newest first; one statement."""
    return list(WeeklySheet.objects.filter(platform_id=platform_id).order_by("-day").values_list("day", flat=True)[:most])


def _kept(row: WeeklySheet | None) -> KeptWeek | None:
    return KeptWeek(row.day, row.made_at, row.content) if row is not None else None


def content(acting: Acting, day: date) -> dict[str, Any]:
    """The sheet as things stand now; some ten statements. ``acting``: ``day_figures.reader`` of the platform."""
    now, before = clock.now(), newest(acting.platform_id)
    length = (day - before.day).days if before is not None and 0 < (day - before.day).days <= LONGEST else WEEK
    first = day - timedelta(days=length)
    this, former = day_figures.by_stretch(
        acting, day_figures.span(acting, first, length), day_figures.span(acting, first - timedelta(days=length), length)
    )
    late = day_figures.late(acting, now)
    then = next((one.part for one in before.figures if one.code == "overdue"), None) if before is not None else None
    if then is None:
        then = day_figures.overdue_then(acting, now - timedelta(days=length))
    figures = day_rules.six(day_figures.total(this), day_figures.total(former), late.total, then)
    return {
        "first": first.isoformat(), "figures": [asdict(one) for one in figures], "areas": _areas(this, late.areas),
        "late": [{"unit": row.unit, "count": row.count} for row in late.units[:UNITS]],
        "others": late.total - sum(row.count for row in late.units[:UNITS]), "instructions": _instructions(acting, first, length, now),
    }  # fmt: skip


def _areas(week: day_figures.Areas, late: Mapping[int | None, int]) -> list[dict[str, Any]]:
    """A row per sub-district by its code, cases in none at the end; names as they were."""
    known = {area for area in (*week, *late) if area is not None}
    names = dict(Division.objects.filter(pk__in=known).order_by("code").values_list("pk", "name"))
    rows: list[int | None] = [*names, *([None] if None in week or None in late else [])]
    return [{"name": names.get(area or 0, ""), **asdict(week.get(area, DayCounts())), "overdue": late.get(area, 0)} for area in rows]


def _instructions(acting: Acting, first: date, length: int, now: datetime) -> dict[str, int]:
    """批示 and 督办: given in these days, and of all that wait for an answer those past their time; one statement."""
    since, until = day_figures.span(acting, first, length)
    waiting = Q(state=CaseRequest.WAITING)
    rows = ledgers.visible(acting).filter(kind__in=("instruction", "order"))
    counts: dict[str, int] = rows.aggregate(
        given=Count("id", filter=Q(asked_at__gte=since, asked_at__lt=until)), waiting=Count("id", filter=waiting),
        late=Count("id", filter=waiting & Q(until__lt=now)),
    )  # fmt: skip
    return counts


def summary(sheet: KeptWeek) -> str:
    """The figures in words, without a place, a name or a telephone."""
    found = {one.code: one for one in sheet.figures}
    week = "".join(f"{found[code].word}{found[code].number}" for code in ("reported", "filed", "closed"))
    kept = gettext("，") + f"{found['on_time'].word}{found['on_time'].number}%" if found["on_time"].whole else ""
    return gettext("%(first)s至%(last)s%(week)s%(kept)s；超期%(n)s件") % {
        "first": f"{sheet.first:%m-%d}", "last": f"{sheet.last:%m-%d}", "week": week, "kept": kept, "n": found["overdue"].number,
    }  # fmt: skip
