"""What each kind of request checks when it is asked and does when it is granted (golden table; case-rules 14, 16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from urbangrid.cases import clocks, deadlines
from urbangrid.cases.actions import holders
from urbangrid.cases.actions.dispatch import gone
from urbangrid.cases.actions.inputs import AskInputs, DecideInputs
from urbangrid.cases.actions.step import Step
from urbangrid.cases.deadlines_errors import AskedTooLate, ExtendedTooOften
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import CaseRecord, CaseRequest
from urbangrid.cases.records import Entry
from urbangrid.cases.requests import RequestRule
from urbangrid.core.errors import Refusal

__all__ = ["HANDLERS", "Handler", "holders"]

Earlier = Sequence[CaseRequest]


def _no_check(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    return {}


def _no_outcome(step: Step, request: CaseRequest, inputs: DecideInputs) -> dict[str, Any]:
    return {}


def _nothing(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Handler:
    """``check`` refuses or returns plain details for the record; ``outcome`` what the last approver decided; then one of the two acts."""

    check: Callable[[Step, RequestRule, AskInputs, Earlier], dict[str, Any]] = _no_check
    outcome: Callable[[Step, CaseRequest, DecideInputs], dict[str, Any]] = _no_outcome
    granted: Callable[[Step, CaseRequest, DecideInputs], None] = _nothing
    refused: Callable[[Step, CaseRequest, DecideInputs], None] = _nothing


def follow(step: Step, action: str, request: CaseRequest, note: str) -> None:
    """The move that a granted request takes; it follows the decision in the record."""
    move = step.process.find(action, State(step.case.state))
    if move is None:
        raise Refusal("request_unknown_here", status=409, action=action)
    entry = Entry(action, move.edge.source, move.edge.target, inputs={"request": str(request.pk)}, reason=request.reason, chained=True)
    step.take(move, entry, work_note=note)


# --- extension: budget + the original limit, as if granted when asked ---


def _check_extension(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    row = step.clock("unit")
    if row is None:
        raise Refusal("no_unit_clock", status=409)
    state = clocks.state_of(row, step.case.platform_id, step.acting.zone)
    try:
        deadlines.extend(state, step.at, most=rule.most or deadlines.MOST_EXTENSIONS)
    except AskedTooLate:
        raise Refusal("asked_too_late", status=409) from None
    except ExtendedTooOften:
        raise Refusal("request_used_up", status=409, request="延期", most=rule.most) from None
    return {}


def _extend(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    """The case limit grows with the unit's; a feedback given meanwhile is judged again."""
    row = step.clock("unit")
    if row is None:
        return
    most = 99  # the number of times was checked when it was asked
    step.change(row, lambda state: deadlines.extend(state, request.asked_at, most=most))
    of_case = step.clock("case")
    if of_case is not None:
        added = round(row.limit_seconds * 100 / max(of_case.limit_seconds, 1))
        step.change(of_case, lambda state: _extended_case(state, request, added))
    step.show_unit_clock()
    if step.case.disposed_at is not None:
        state = clocks.state_of(row, step.case.platform_id, step.acting.zone)
        step.case.on_time = deadlines.on_time(state, step.case.disposed_at)


def _extended_case(state: deadlines.ClockState, request: CaseRequest, percent: int) -> deadlines.ClockState:
    """By the same time; a case that is over its own limit already stays so."""
    try:
        return deadlines.extend(state, request.asked_at, percent=percent, most=99)
    except AskedTooLate:
        return state


# --- send-back: within n working minutes of receiving, once per unit, never in a circle ---


def _check_send_back(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    case = step.case
    settled = CaseRequest.objects.filter(case=case, kind="responsibility", state=CaseRequest.GRANTED).order_by("-id").first()
    if settled is not None and settled.outcome.get("designated") and settled.outcome.get("unit") == str(case.handler_unit_id):
        raise Refusal("designated", status=409)
    row = step.clock("unit")
    received = CaseRecord.objects.filter(case=case, action="receive", at__gte=case.dispatched_at or step.at).values_list("at", flat=True)
    since = received.order_by("seq").first()
    if rule.within_minutes is not None and row is not None and since is not None:
        line = clocks.timeline(case.platform_id, row.calendar_code, step.acting.zone)
        if line.seconds(since, step.at) > rule.within_minutes * 60:
            raise Refusal("send_back_too_late", status=409, hours=f"{rule.within_minutes / 60:g}")
    return {}


def _send_back(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    follow(step, "send_back", request, inputs.note)
    step.case.send_backs += 1
    gone(step)


HANDLERS: Mapping[str, Handler] = {
    "extension": Handler(check=_check_extension, granted=_extend),
    "send_back": Handler(check=_check_send_back, granted=_send_back),
}
"""Kinds that this release handles; a definition that names another is refused (cases.process.faults)."""
