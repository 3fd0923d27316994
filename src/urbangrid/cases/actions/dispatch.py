"""派遣, 签收, 退回立案 (model A, S3)."""

from __future__ import annotations

from urbangrid.cases import deadlines, proposals
from urbangrid.cases.actions import checks
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.actions.inputs import DispatchInputs
from urbangrid.cases.actions.step import begin, find
from urbangrid.cases.models import Case, CaseAccess
from urbangrid.cases.records import Entry
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting


@whole
def dispatch(acting: Acting, case_id: int, seq: int, inputs: DispatchInputs) -> Case:
    """派遣 to one unit: its clock starts now and runs over all its attempts. Another unit than the proposed one needs a reason.

    Raises Refusal ``unit_unknown``, ``unit_without_desk``, ``other_unit_needs_reason``.
    """
    step = begin(acting, case_id, seq, "dispatch")
    case = step.case
    unit = organizations.dispatchable(acting.platform_id, inputs.unit_id)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    if not unit.has_desk:
        raise Refusal("unit_without_desk", status=422, field="unit_id", unit=unit.name)
    proposed = proposals.first_choice(case)
    if proposed is not None and proposed.unit_id != unit.unit_id and not inputs.reason:
        raise Refusal("other_unit_needs_reason", status=422, field="reason")
    reason = checks.reason(acting, "dispatch", inputs.reason, inputs.opinion, list_name="other_unit") if inputs.reason else ""
    case.handler_unit_id = unit.unit_id
    case.handler_unit = organizations.unit(unit.unit_id)
    case.dispatched_at = step.at
    step.start_clock(
        "unit", unit_id=unit.unit_id, calendar_code=calendar_of_limit(case, unit.calendar_code),
        limit_seconds=deadlines.budget_seconds(case.limit_value or 0, case.limit_unit),  # type: ignore[arg-type]
    )  # fmt: skip
    if not CaseAccess.objects.filter(case=case, unit_id=unit.unit_id).exists():
        step.accesses.append(CaseAccess(case=case, unit_id=unit.unit_id, since=step.at, why="handler"))
    move = find(step, "dispatch")
    entry = Entry(
        "dispatch", move.edge.source, move.edge.target, secret={"opinion": inputs.opinion}, reason=reason, target_unit_id=unit.unit_id,
        inputs={"unit": str(unit.unit_id), "unit_name": unit.name, "proposed": str(proposed.unit_id) if proposed else None},
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.opinion)
    return step.commit()
