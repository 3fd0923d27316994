"""作废, 恢复办理, 申诉: requests about the end of a case and its judgement (HD-4.1-3c; case-rules 6, 22)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from urbangrid.cases import store
from urbangrid.cases.actions.dispatch import gone
from urbangrid.cases.actions.filing import start_case_clock
from urbangrid.cases.actions.granting_base import Earlier, Handler, follow
from urbangrid.cases.actions.inputs import AskInputs, DecideInputs
from urbangrid.cases.actions.step import Step
from urbangrid.cases.models import CaseRecord, CaseRequest
from urbangrid.cases.requests import CONTESTED, RequestRule
from urbangrid.core.errors import NotAllowed, Refusal


def _void(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    step.case.closed_at = step.at
    follow(step, "void", request, inputs.note)


def _check_reopen(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    if step.case.history:
        raise Refusal("history_not_reopened", status=409)
    return {}


def _reopen(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    """The case goes to the dispatcher again with a case limit of its own; what was judged before stays in the record."""
    case = step.case
    case.closed_at, case.disposed_at, case.checked_at = None, None, None
    case.check_answer, case.closing_kind, case.on_time = "", "", None
    case.reopen_count += 1
    start_case_clock(step)
    follow(step, "reopen", request, inputs.note)
    gone(step)


def _check_appeal(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    """What is contested, and in time: within n minutes of the closing. Raises Refusal ``subject_unknown``, ``appeal_too_late``."""
    if inputs.subject not in CONTESTED:
        raise Refusal("subject_unknown", status=422, field="subject")
    closed = step.case.closed_at
    if closed is not None and rule.within_minutes is not None and step.at > closed + timedelta(minutes=rule.within_minutes):
        raise Refusal("appeal_too_late", status=409, days=f"{rule.within_minutes / 1440:g}")
    return {"subject": inputs.subject}


def _judged(step: Step, request: CaseRequest, inputs: DecideInputs) -> dict[str, Any]:
    """Never by the person whose act is contested; the fact stays, it may be left out of the evaluation (剔除考核)."""
    contested = CONTESTED[request.details["subject"]]
    last = store.rows(CaseRecord).filter(case=step.case, action__in=contested, seq__lt=request.asked_seq).order_by("-seq").first()
    if last is not None and last.actor_id == step.acting.user_id:
        raise NotAllowed("reviewer_contested")
    return {"excluded": inputs.excluded}


VOID = Handler(granted=_void)
REOPEN = Handler(check=_check_reopen, granted=_reopen)
APPEAL = Handler(check=_check_appeal, outcome=_judged)
