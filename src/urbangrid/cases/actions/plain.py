"""Moves that need nothing but a remark, or a reason from the list: the definition says who, the lifecycle says what follows."""

from __future__ import annotations

from collections.abc import Callable

from urbangrid.cases.actions import checks, joint
from urbangrid.cases.actions.inputs import NoteInputs, ReasonInputs
from urbangrid.cases.actions.step import begin, find
from urbangrid.cases.models import Case
from urbangrid.cases.records import Entry
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting


def noted(action: str) -> Callable[[Acting, int, int, NoteInputs], Case]:
    """签发, 批转, 签收, 转市级 and their like: one move, one record, the remark with it."""

    @whole
    def run(acting: Acting, case_id: int, seq: int, inputs: NoteInputs) -> Case:
        return _move(acting, case_id, seq, action, inputs.note)

    return run


def reasoned(action: str) -> Callable[[Acting, int, int, ReasonInputs], Case]:
    """退回 with a reason code of the action's own list. Raises Refusal of the reason."""

    @whole
    def run(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
        code = checks.reason(acting, action, inputs.reason, inputs.note)
        return _move(acting, case_id, seq, action, inputs.note, code)

    return run


def _move(acting: Acting, case_id: int, seq: int, action: str, note: str, reason: str = "") -> Case:
    step = begin(acting, case_id, seq, action)
    move = find(step, action)
    if action == "review":
        joint.check_review(step, move.edge.target)
    entry = Entry(
        action, move.edge.source, move.edge.target, secret={"note": note}, reason=reason, target_unit_id=step.case.handler_unit_id
    )
    step.take(move, entry, work_note=note)
    return step.commit()
