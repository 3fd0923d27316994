"""挂账库: what stands aside until a day, wakes by itself, and is looked at every month (case-rules 16)."""

from __future__ import annotations

from datetime import timedelta

from urbangrid.cases import store
from urbangrid.cases.actions import naming
from urbangrid.cases.actions.granting_time import ASIDE, open_recheck, wake_up
from urbangrid.cases.actions.step import lock
from urbangrid.cases.models import CaseRequest, WorkItem
from urbangrid.cases.records import Entry
from urbangrid.core import clock
from urbangrid.core.transactions import whole
from urbangrid.organizations import acting

RECHECK_EVERY = timedelta(days=30)
RECHECK_MINUTES = 3 * 480
"""Of the unit's working time, for a photo of the secured place: our default."""


def wake_due() -> int:
    """Wake every 挂账 and 缓办 whose day has come; says how many. Each in a transaction of its own."""
    due = store.rows(CaseRequest).filter(kind__in=ASIDE, state=CaseRequest.GRANTED, ended_at=None, until__lte=clock.now())
    return sum(_wake(pk) for pk in due.values_list("pk", flat=True))


@whole
def _wake(request_id: int) -> bool:
    request = store.rows(CaseRequest).get(pk=request_id)
    step = lock(acting.itself(request.platform_id), request.case_id)
    if step.case.aside not in ASIDE.values():
        return False
    state = step.case.state
    wake_up(step, Entry("wake", state, state, inputs={"request": str(request_id), "until": request.until}))
    step.commit()
    return True


def ask_rechecks() -> int:
    """Give the unit of every suspended case its monthly re-check; says how many were given."""
    month_ago = clock.now() - RECHECK_EVERY
    rows = store.rows(CaseRequest).filter(kind="suspension", state=CaseRequest.GRANTED, ended_at=None, decided_at__lte=month_ago)
    held = list(rows.values_list("pk", flat=True))
    asked = set(store.rows(WorkItem).filter(request_id__in=held, opened_at__gt=month_ago).values_list("request_id", flat=True))
    return sum(naming.unless_nobody(_recheck, pk) for pk in held if pk not in asked)


@whole
def _recheck(request_id: int) -> bool:
    request = store.rows(CaseRequest).get(pk=request_id)
    step = lock(acting.itself(request.platform_id), request.case_id)
    if step.case.aside != ASIDE["suspension"] or step.item("recheck") is not None:
        return False
    open_recheck(step, step.request(request_id), RECHECK_MINUTES)
    step.commit()
    return True
