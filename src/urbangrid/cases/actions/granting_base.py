"""The shape of a kind's part in a request, and what several kinds share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from urbangrid.cases import levels, words
from urbangrid.cases.actions.inputs import AskInputs, DecideInputs
from urbangrid.cases.actions.step import Step
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import CaseRequest
from urbangrid.cases.records import Entry
from urbangrid.cases.requests import RequestRule
from urbangrid.core.errors import Refusal
from urbangrid.organizations import queries as organizations

Earlier = Sequence[CaseRequest]


def no_check(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    return {}


def no_outcome(step: Step, request: CaseRequest, inputs: DecideInputs) -> dict[str, Any]:
    return {}


def nothing(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Handler:
    """``check`` refuses or returns plain details for the record; ``outcome`` what the last approver decided; then one of the two acts."""

    check: Callable[[Step, RequestRule, AskInputs, Earlier], dict[str, Any]] = no_check
    outcome: Callable[[Step, CaseRequest, DecideInputs], dict[str, Any]] = no_outcome
    granted: Callable[[Step, CaseRequest, DecideInputs], None] = nothing
    refused: Callable[[Step, CaseRequest, DecideInputs], None] = nothing


def follow(step: Step, action: str, request: CaseRequest, note: str) -> None:
    """The move that a granted request takes, back up by the way that the case came; it follows the decision in the record."""
    move = step.process.find(action, State(step.case.state), levels.way_of(step.case))
    if move is None:
        raise Refusal("request_unknown_here", status=409, action=words.ACTIONS[action])
    entry = Entry(action, move.edge.source, move.edge.target, inputs={"request": str(request.pk)}, reason=request.reason, chained=True)
    step.take(move, entry, work_note=note)


def settled_unit(step: Step, inputs: DecideInputs) -> dict[str, Any]:
    """The unit that a decision names, with its basis and whether it must act first (指定处置): one that the deciding level dispatches to.

    Raises Refusal ``unit_unknown``.
    """
    unit = organizations.dispatchable(step.acting.platform_id, inputs.unit_id or 0)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    return {"unit": str(unit.unit_id), "unit_name": unit.name, "basis": inputs.basis, "designated": inputs.designated}
