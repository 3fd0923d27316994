"""处置时限 and 案件总时限 of a case: what the catalogue or its process says, and what a plan makes of it (case-rules 1, 2, 18; CY-9)."""

from __future__ import annotations

from datetime import datetime

from urbangrid.cases import deadlines, planning
from urbangrid.cases.models import Case
from urbangrid.cases.plan_rules import Limit, PlanInfo
from urbangrid.cases.process import Process
from urbangrid.cases.processes import process_of
from urbangrid.catalog import queries as catalog

CASE_ALLOWANCE = {"urgent_hour": 4, "work_hour": 4, "work_day": 2, "day": 2}
"""案件总时限 where the catalogue names none: the disposal limit and this much more, in its own unit (our default, a platform setting)."""


def seconds_of(limit: Limit) -> int:
    """A limit in counted seconds."""
    return deadlines.budget_seconds(limit[0], limit[1])  # type: ignore[arg-type]


def ordinary(case: Case, process: Process, at: datetime) -> Limit:
    """The limit of the case's process where it has one of its own (CY-9), else that of its condition for the place's grade."""
    if process.limit is not None:
        return process.limit
    limit = catalog.limit_for(case.condition_id or 0, case.area_grade, "", at)
    return limit.value, limit.unit


def limit_of(case: Case, process: Process, at: datetime) -> Limit:
    """The limit that counts for a case with its condition chosen: the ordinary one, or its plan's."""
    found = ordinary(case, process, at)
    plan = planning.of_case(case, at)
    return found if plan is None else under(plan, case, process, at, found)


def under(plan: PlanInfo, case: Case, process: Process, at: datetime, found: Limit) -> Limit:
    """What a plan makes of the ordinary limit ``found``."""
    return planning.limit_under(plan, case.condition_id or 0, case.area_grade, at, found, own=process.limit is not None)


def case_limit_seconds(case: Case, at: datetime) -> int:
    """The case limit in seconds: the catalogue's, or the disposal limit and the allowance; under a plan the plan's."""
    assert case.limit_value is not None
    plan = planning.of_case(case, at)
    if plan is None:
        return ordinary_case_seconds(case, at, (case.limit_value, case.limit_unit))
    found = ordinary(case, process_of(case.process_id), at)
    return case_seconds_under(plan, case, at, found, ordinary_case_seconds(case, at, found))


def ordinary_case_seconds(case: Case, at: datetime, limit: Limit) -> int:
    """The same where no plan holds; ``limit`` is the disposal limit."""
    assert case.condition_id is not None
    own = process_of(case.process_id).limit
    listed = None if own else catalog.limit_for(case.condition_id, case.area_grade, "", at).case_value
    return _whole(listed, limit)


def _whole(listed: int | None, limit: Limit) -> int:
    return seconds_of((listed, limit[1]) if listed else (limit[0] + CASE_ALLOWANCE[limit[1]], limit[1]))


def case_seconds_under(plan: PlanInfo, case: Case, at: datetime, found: Limit, seconds: int) -> int:
    """The period's own case limit, else the plan's share of ``seconds`` (the one without a plan), never less than the disposal limit
    that it makes of ``found``."""
    assert case.condition_id is not None
    process = process_of(case.process_id)
    given = under(plan, case, process, at, found)
    if process.limit is None and planning.has_period(plan, case.condition_id, case.area_grade, at):
        return _whole(catalog.limit_for(case.condition_id, case.area_grade, plan.period, at).case_value, given)
    return max(seconds * plan.percent // 100, seconds_of(given))
