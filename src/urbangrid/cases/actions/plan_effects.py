"""A plan (预案) at filing, correction and splitting: the case goes on the plan's list with its limits before and after (case-rules 18)."""

from __future__ import annotations

from typing import Any

from urbangrid.cases import case_limits, planning
from urbangrid.cases.actions.step import Step
from urbangrid.cases.models import PlanEffect
from urbangrid.cases.plan_rules import Limit, PlanInfo

FILED, OPEN = "filed", "open"
"""Ways of a case into a plan: filed under it, taken up while open."""


def note(step: Step) -> dict[str, Any]:
    """Put the case on the list of the plan that counts for it, off the list of another; what the record says of that."""
    case = step.case
    plan = planning.of_case(case, step.at)
    earlier = list(PlanEffect.objects.filter(case=case)) if case.filed_at and planning.known(case.platform_id) else []
    for row in earlier:
        if row.left_at is None and (plan is None or row.plan_id != plan.plan_id):
            leave(step, row, "corrected" if plan is None else "another")
    if plan is None:
        return {}
    found = case_limits.ordinary(case, step.process, step.at)
    had = next((one for one in earlier if one.plan_id == plan.plan_id), None)
    made = had or PlanEffect(plan_id=plan.plan_id, case=case, way=FILED, at=step.at)
    fill(step, made, plan, found, case_limits.ordinary_case_seconds(case, step.at, found))
    if had is None:
        step.batch.insert(made)
    else:
        step.batch.update(made, [*_FIGURES, "left_at", "left_why"])
    return told(plan, made)


_FIGURES = ["old_value", "old_unit", "old_case_seconds", "new_value", "new_unit", "new_case_seconds", "exempt"]


def fill(step: Step, row: PlanEffect, plan: PlanInfo, found: Limit, seconds: int) -> None:
    """The row with the limits that would hold without the plan and those that hold under it."""
    case = step.case
    row.old_value, row.old_unit = found
    row.new_value, row.new_unit = case.limit_value or 0, case.limit_unit
    row.old_case_seconds = seconds
    row.new_case_seconds = case_limits.case_seconds_under(plan, case, step.at, found, seconds)
    row.exempt, row.left_at, row.left_why = plan.exempt, None, ""


def told(plan: PlanInfo, row: PlanEffect) -> dict[str, Any]:
    """The plan in the inputs of a record: its name, the limit that would hold without it, whether the case is exempt."""
    return {
        "plan": str(plan.plan_id), "plan_name": plan.name, "exempt": row.exempt, "ordinary_limit": f"{row.old_value} {row.old_unit}",
        "plan_limit": f"{row.new_value} {row.new_unit}",
    }  # fmt: skip


def leave(step: Step, row: PlanEffect, why: str) -> None:
    """Off the list, with why: corrected, another or undone."""
    row.left_at, row.left_why = step.at, why
    step.batch.update(row, ["left_at", "left_why"])
