"""快报: where the cases of a plan stand, by area, class and state, and hour by hour since it began (case-rules 18)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, DateTimeField, F, Q, QuerySet
from django.db.models.functions import Trunc
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import access
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, Plan, PlanEffect
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting

BASIS: Final = _("口径：预案期间立案和启动时调入的案件，已退出预案的不计；超期按案件总时限；作废的单列，不在合计内。")
HOURS = 24
"""Rows of the table by hour: the last day of the plan."""
_S = State
PHASES: Final[Mapping[str, tuple[State, ...]]] = {
    "waiting": (_S.TO_FILE, _S.VERIFYING, _S.TO_CONFIRM, _S.TO_SIGN, _S.TO_RELEASE, _S.FILED, _S.TO_DISPATCH),
    "working": (_S.TO_RECEIVE, _S.DISPOSING, _S.WITH_CITY),
    "checking": (_S.TO_REVIEW, _S.TO_SEND_CHECK, _S.CHECKING, _S.TO_CLOSE),
    "closed": (_S.CLOSED, _S.ARCHIVED),
}
FIGURES: Final = (*PHASES, "late")
PHASE_WORDS: Final = {"waiting": _("待派遣"), "working": _("处置中"), "checking": _("待核查结案"), "closed": _("已结案")}


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of an area and class; ``total`` is the sum of the four phases. ``late``: of the open ones."""

    area: str
    category: str
    waiting: int = 0
    working: int = 0
    checking: int = 0
    closed: int = 0
    late: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.working + self.checking + self.closed


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened in the hour that begins at ``at``."""

    at: datetime
    filed: int
    disposed: int
    closed: int


@dataclass(frozen=True, slots=True)
class Bulletin:
    """``exempt``: among all of them, the void ones too."""

    lines: tuple[Line, ...]
    sum: Line
    hours: tuple[Hour, ...]
    void: int
    exempt: int
    at: datetime


def of_plan(acting: Acting, row: Plan) -> Bulletin:
    """As things stand now, of the cases that the acting post may read; five statements."""
    now = clock.now()
    members = PlanEffect.objects.filter(plan=row, left_at=None, case__in=access.visible_to(acting).values("pk"))
    counted = {name: Count("id", filter=Q(case__state__in=states)) for name, states in PHASES.items()}
    late = Count("id", filter=Q(case__closed_at=None, case__due_at__lt=now))
    grouped: Any = members.values("case__subdistrict__name", "case__category_id").annotate(**counted, late=late)
    ordered = grouped.order_by("case__subdistrict__name", "case__category_id")
    lines = tuple(
        Line(one["case__subdistrict__name"] or "", catalog.category(one["case__category_id"]).name, **{name: one[name] for name in FIGURES})
        for one in ordered
    )
    whole = Line("", "", **{name: sum(getattr(line, name) for line in lines) for name in FIGURES})
    others = members.aggregate(void=Count("id", filter=Q(case__state=State.VOID)), exempt=Count("id", filter=Q(exempt=True)))
    return Bulletin(lines, whole, _hours(acting, row, members, now), others["void"], others["exempt"], now)


def _hours(acting: Acting, row: Plan, members: QuerySet[PlanEffect], now: datetime) -> tuple[Hour, ...]:
    """Whole hours of the platform's day from the plan's start, at most the last ``HOURS``, the newest first."""
    if row.started_at is None or row.started_at > now:
        return ()
    since = _hour(row.started_at, acting)
    last = _hour(min(row.ended_at or now, now), acting)
    since = max(since, last - timedelta(hours=HOURS - 1))
    cases = Case.objects.filter(pk__in=members.values("case_id"))
    found = {name: _by_hour(cases, name, since, acting) for name in ("filed_at", "disposed_at", "closed_at")}
    hours = [last - timedelta(hours=back) for back in range(int((last - since).total_seconds()) // 3600 + 1)]
    return tuple(Hour(at, *(found[name][at] for name in found)) for at in hours)


def _hour(at: datetime, acting: Acting) -> datetime:
    return at.astimezone(acting.zone).replace(minute=0, second=0, microsecond=0)


def _by_hour(cases: QuerySet[Case], name: str, since: datetime, acting: Acting) -> Counter[datetime]:
    hour = Trunc(F(name), "hour", tzinfo=acting.zone, output_field=DateTimeField())
    rows = cases.filter(**{f"{name}__gte": since}).annotate(hour=hour).values_list("hour").annotate(n=Count("id")).order_by("hour")
    return Counter(dict(rows))
