"""When something would be due: shown before the key is pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases import clocks, deadlines
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Estimate:
    """A filing condition with its limit here and now; ``due_at`` if the unit's clock started at this moment."""

    condition_id: int
    problem: str
    condition: str
    closing_condition: str
    limit: str
    due_at: datetime
    value: int
    unit: str


def conditions(acting: Acting, category_id: int, area_grade: int | None, unit_calendar: str = "") -> list[Estimate]:
    """All filing conditions of a category with what they would mean; no statement once the catalogue is known."""
    now = clock.now()
    return [
        _estimate(acting, category_id, row.id, area_grade, unit_calendar, now)
        for row in catalog.conditions_of(category_id, acting.cases_platform_id)
    ]


def one(acting: Acting, category_id: int, condition_id: int, area_grade: int | None, unit_calendar: str = "") -> Estimate:
    """The same for one condition."""
    return _estimate(acting, category_id, condition_id, area_grade, unit_calendar, clock.now())


def _estimate(
    acting: Acting, category_id: int, condition_id: int, area_grade: int | None, unit_calendar: str, now: datetime
) -> Estimate:  # fmt: skip
    row = catalog.condition(condition_id)
    limit = catalog.limit_for(condition_id, area_grade, "", now)
    code = clocks.ALWAYS
    if limit.unit not in deadlines.CONTINUOUS_UNITS:
        code = catalog.calendar_code_for(acting.cases_platform_id, unit_calendar=unit_calendar, category_id=category_id)
    line = clocks.timeline(acting.cases_platform_id, code, acting.zone)
    due = line.advance(now, deadlines.budget_seconds(limit.value, limit.unit))  # type: ignore[arg-type]
    words = f"{limit.value} {clocks.unit_word(limit.unit)}"
    return Estimate(row.id, row.problem, row.condition, row.closing_condition, words, due, limit.value, limit.unit)
