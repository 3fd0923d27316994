"""预览: what a plan would do if it were started now, computed from the open cases and the last thirty days; nothing is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from urbangrid.cases import candidates, case_limits, clocks, deadlines, planning
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.actions.plan_settling import covered, narrowed
from urbangrid.cases.candidates import Asked
from urbangrid.cases.models import Case, Clock, Plan
from urbangrid.cases.plan_rules import Limit, PlanInfo
from urbangrid.cases.processes import process_of
from urbangrid.cases.rows import limit_words, title_of
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting

DAYS = 30
"""Of the past that tell how many cases a day the plan will meet."""
READ = (
    "process_id", "platform_id", "number", "category_id", "condition_id", "place_text", "area_grade", "limit_value", "limit_unit",
    "handler_unit_id", "community_id", "subdistrict_id", "district_id", "handler_unit__short_name", "handler_unit__calendar_code",
)  # fmt: skip
"""Of a case."""
SHOWN = 200
"""Rows of the list; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Change:
    """So many open cases go from one limit to the other."""

    old: str
    new: str
    count: int


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One open case that the plan covers; ``late``: its unit would be over the new limit at once."""

    case_id: int
    number: str
    title: str
    place: str
    unit: str
    old: str
    new: str
    late: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """``filed``: cases of the last ``DAYS`` that it covers. ``without_unit``: open cases in areas whose unit cannot be dispatched to."""

    open: int
    late: int
    without_unit: int
    filed: int
    changes: tuple[Change, ...]
    rows: tuple[PreviewRow, ...]
    now: datetime

    @property
    def per_day(self) -> str:
        return f"{self.filed / DAYS:.1f}".removesuffix(".0")


def of_plan(acting: Acting, row: Plan) -> Preview:
    """If ``row`` were started now. Three statements, whatever the number of cases."""
    now = clock.now()
    plan = planning.info(row, now=now)
    cases = list(covered(acting.platform_id, plan).select_related("handler_unit").only(*READ).order_by("due_at", "pk"))
    limits = {case.pk: _limits(plan, case, now) for case in cases}
    changed = [case for case in cases if limits[case.pk][0] != limits[case.pk][1]]
    late = _late_at_once(changed, {pk: new for pk, (_old, new) in limits.items()}, now, acting.zone)
    counted = Counter(limits.values())
    changes = [Change(limit_words(*old), limit_words(*new), n) for (old, new), n in counted.most_common() if old != new]
    past = narrowed(Case.objects.filter(platform_id=acting.platform_id, confidential=False, filed_at__isnull=False), plan)
    return Preview(
        open=len(cases), late=len(late), without_unit=_without_unit(acting.platform_id, cases, now) if plan.to_territory else 0,
        filed=past.filter(opened_at__gte=now - timedelta(days=DAYS)).count(), changes=tuple(changes),
        rows=tuple(_row(case, *limits[case.pk], late=case.pk in late) for case in cases[:SHOWN]), now=now,
    )  # fmt: skip


def _limits(plan: PlanInfo, case: Case, now: datetime) -> tuple[Limit, Limit]:
    """As it is and as it would be."""
    found: Limit = (case.limit_value or 0, case.limit_unit)
    return found, case_limits.under(plan, case, process_of(case.process_id), now, found)


def _late_at_once(cases: list[Case], limits: dict[int, Limit], now: datetime, zone: ZoneInfo) -> set[int]:
    """Cases whose unit is in time and would not be under the new limit, counted from its first start (golden table, corrected)."""
    by_id = {case.pk: case for case in cases}
    found = set()
    for row in Clock.objects.filter(case_id__in=by_id, kind="unit", ended_at=None):
        case = by_id[row.case_id or 0]
        if row.unit_id != case.handler_unit_id:
            continue
        state = clocks.state_of(row, case.platform_id, zone)
        own = case.handler_unit.calendar_code if case.handler_unit else None
        case.limit_value, case.limit_unit = limits[case.pk]
        line = clocks.timeline(case.platform_id, calendar_of_limit(case, own), zone)
        moved = deadlines.correct(state, max(now, state.events[-1].at), case_limits.seconds_of(limits[case.pk]), timeline=line)
        if deadlines.on_time(state, now) and not deadlines.on_time(moved, now):
            found.add(case.pk)
    return found


def _without_unit(platform_id: int, cases: list[Case], now: datetime) -> int:
    """Cases that no unit of their own area could get."""
    found: dict[tuple[int, ...], bool] = {}
    asked = [Asked(case, platform_id, now) for case in cases]
    for one in asked:
        if one.areas not in found:
            found[one.areas] = not candidates.from_territory(one)
    return sum(found[one.areas] for one in asked)


def _row(case: Case, old: Limit, new: Limit, *, late: bool) -> PreviewRow:
    unit = case.handler_unit.short_name if case.handler_unit else ""
    return PreviewRow(
        case.pk, case.number or "", title_of(case.category_id, case.condition_id), case.place_text, unit, limit_words(*old),
        limit_words(*new), late,
    )  # fmt: skip
