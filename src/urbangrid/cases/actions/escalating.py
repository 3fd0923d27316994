"""逾时转批: an approver who sleeps two hours loses the request to the next one (case-rules 16; desks.md D2).

1. Open decisions are read with the process of their case; those younger than ``escalate_minutes`` by the wall, and those that nobody
   stands above, are passed over without a lock.
2. The others are locked one by one and looked at again by the counted time of the approver's own stage; who is next gets them, on record.

The duty director is told of what nobody decided all the same (line ``undecided``): nothing waits two hours unseen.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from urbangrid.cases import clocks, deadlines, store
from urbangrid.cases.actions import naming
from urbangrid.cases.actions.requesting import hand_up, item_of, links_of
from urbangrid.cases.actions.step import Step, lock
from urbangrid.cases.models import CaseRequest, WorkItem
from urbangrid.cases.process import Process
from urbangrid.cases.processes import process_of
from urbangrid.cases.requests import next_link
from urbangrid.core import clock
from urbangrid.core.transactions import whole
from urbangrid.organizations import acting

MINUTES = 120
"""Default of ``escalate_minutes`` in the settings of a process; 0: nothing is passed on."""


def minutes(process: Process) -> int:
    """How long an approver may sleep."""
    return int(process.settings.get("escalate_minutes", MINUTES))


def escalate_slept() -> int:
    """Pass on every request whose approver has slept; says how many. Each in a transaction of its own."""
    now = clock.now()
    waiting = store.rows(WorkItem).filter(kind="decide", closed_at=None, request__state=CaseRequest.WAITING).order_by("pk")
    rows = list(waiting.select_related("request", "case").only(*_READ))
    return sum(naming.unless_nobody(_escalate, one.request_id or 0) for one in rows if _may_have_slept(one, now))


_READ = ("opened_at", "request__kind", "request__link", "request__again", "request__unit", "case__process_id", "case__platform")


def _may_have_slept(item: WorkItem, now: datetime) -> bool:
    assert item.request is not None and item.case is not None
    process = process_of(item.case.process_id)
    rule, most = process.requests.get(item.request.kind), minutes(process)
    if rule is None or not most or item.opened_at > now - timedelta(minutes=most):
        return False
    return next_link(rule, links_of(process, item.case, rule, item.request), item.request.link) is not None


@whole
def _escalate(request_id: int) -> bool:
    found = store.rows(CaseRequest).get(pk=request_id)
    step = lock(acting.itself(found.platform_id), found.case_id)
    request, rule = step.request(request_id), step.process.requests.get(found.kind)
    if rule is None or not _has_slept(step, request) or not hand_up(step, request, rule):
        return False
    step.commit()
    return True


def _has_slept(step: Step, request: CaseRequest) -> bool:
    """By the counted time of the approver's stage: nights count only where they count for her."""
    item = item_of(step, request)
    row = step.stage_clock(item) if item is not None else None
    if row is None:
        return False
    state = clocks.state_of(row, step.case.platform_id, step.acting.zone)
    return deadlines.consumed_at(state, step.at) >= minutes(step.process) * 60
