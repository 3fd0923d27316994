"""回退 without circles, 权属会商, 疑难审核: requests about who has to deal with a case (case-rules 14; HD-3.1.3e, HD-3.1.3f)."""

from __future__ import annotations

from typing import Any

from urbangrid.cases import clocks, store
from urbangrid.cases.actions.dispatch import check_not_designated, gone
from urbangrid.cases.actions.granting_base import Earlier, Handler, follow, settled_unit
from urbangrid.cases.actions.inputs import AskInputs, DecideInputs
from urbangrid.cases.actions.step import Step
from urbangrid.cases.models import CaseRecord, CaseRequest
from urbangrid.cases.requests import RequestRule
from urbangrid.core.errors import Refusal
from urbangrid.core.text import labelled


def _check_send_back(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    """Within n working minutes of receiving, never where 指定处置 holds. How often is checked for every kind alike."""
    case = step.case
    check_not_designated(case, case.handler_unit_id)
    row = step.clock("unit")
    received = store.rows(CaseRecord).filter(case=case, action="receive", at__gte=case.dispatched_at or step.at)
    since = received.values_list("at", flat=True).order_by("seq").first()
    if rule.within_minutes is not None and row is not None and since is not None:
        line = clocks.timeline(case.platform_id, row.calendar_code, step.acting.zone)
        if line.seconds(since, step.at) > rule.within_minutes * 60:
            raise Refusal("send_back_too_late", status=409, hours=f"{rule.within_minutes / 60:g}")
    return {}


def _maybe_designated(step: Step, request: CaseRequest, inputs: DecideInputs) -> dict[str, Any]:
    """Who agrees may name the next unit at once; the decision is a precedent."""
    return settled_unit(step, inputs) if inputs.unit_id is not None else {}


def _send_back(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    follow(step, "send_back", request, inputs.note)
    step.case.send_backs += 1
    _bind(step, request)
    gone(step)


def _bind(step: Step, request: CaseRequest) -> None:
    """From now on the case goes to that unit and to no other, until another decision."""
    if request.outcome.get("unit"):
        step.case.settled_unit_id = int(request.outcome["unit"])


def _settled(step: Step, request: CaseRequest, inputs: DecideInputs) -> dict[str, Any]:
    """A decision names the unit and on what it rests. Raises Refusal ``unit_unknown``, ``basis_missing``."""
    if not inputs.basis.strip():
        raise Refusal("basis_missing", status=422, field="basis")
    return settled_unit(step, inputs)


def _tell_dispatcher(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    """The dispatcher's item says what was decided; she sends it on by one key."""
    _bind(step, request)
    item = step.item("dispatch") or step.item("district_dispatch")
    if item is not None:
        step.note_item(item, labelled(request.outcome["unit_name"], request.outcome["basis"]))


def _opinion(step: Step, request: CaseRequest, inputs: DecideInputs) -> dict[str, Any]:
    """The reviewer's words are what was asked for. Raises Refusal ``basis_missing``."""
    if not inputs.note.strip():
        raise Refusal("opinion_missing", status=422, field="note")
    return {}


SEND_BACK = Handler(check=_check_send_back, outcome=_maybe_designated, granted=_send_back)
RESPONSIBILITY = Handler(outcome=_settled, granted=_tell_dispatcher)
DIFFICULT = Handler(outcome=_opinion)
