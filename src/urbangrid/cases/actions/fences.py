"""Two-limit cases: 先期围护 in 紧急工作时 beside the repair in its own limit (case-rules §1, golden table, missing cover).

The fence is a work item of its own for the same unit, with a clock of its own; the case stays where it is. No feedback, send-back or
suspension before the fence photo: every action that takes the case out of the unit's hands asks ``check_done`` first.
"""

from __future__ import annotations

from dataclasses import replace

from urbangrid.cases import clocks, deadlines, photo_doubts, words
from urbangrid.cases.actions import checks, holders
from urbangrid.cases.actions.inputs import FenceInputs
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import FENCEABLE, State
from urbangrid.cases.models import Case, Clock
from urbangrid.cases.records import Entry
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting

KIND = "fence"


def start(step: Step, *, note: str = "") -> None:
    """Give the unit that has the case the fence to put up, where its condition asks for one and none stands yet."""
    hours = _hours(step.case)
    if hours and step.case.fenced_at is None and step.item(KIND) is None:
        _open(step, hours, note)


def _hours(case: Case) -> int:
    return (catalog.condition(case.condition_id).fence_hours or 0) if case.condition_id else 0


def _open(step: Step, hours: int, note: str) -> None:
    """The clock runs from the dispatch, also where a correction asks for the fence later."""
    wait = replace(step.process.waits[State.DISPOSING], work=KIND)
    item = holders.item_for(step.case, wait, at=step.at, note=note, person=None)
    row = Clock(kind=KIND, calendar_code=ALWAYS, limit_seconds=deadlines.budget_seconds(hours, "urgent_hour"))
    step.open_with(item, row, since=step.case.dispatched_at)


def check_done(step: Step, action: str) -> None:
    """Raises Refusal ``fence_first`` while a fence is asked for and has not been fed back (``deadlines.may_leave``)."""
    row = _clock(step)
    state = clocks.state_of(row, step.case.platform_id, step.acting.zone) if row is not None else None
    if not deadlines.may_leave(state):
        raise Refusal("fence_first", status=409, action=words.ACTIONS[action])


HOLDS_BACK = frozenset({"send_back", "suspension", "deferral"})
"""Requests that would take the case out of the unit's hands: not before the fence photo (case-rules §1)."""


def _clock(step: Step) -> Clock | None:
    return next((row for row in step.clocks if row.kind == KIND and row.ended_at is None), None)


@whole
def fence(acting: Acting, case_id: int, seq: int, inputs: FenceInputs) -> Case:
    """先期围护反馈 with at least one photo of the fence; the repair's clock runs on. Raises Refusal ``fence_not_due`` or of the photos."""
    step = begin(acting, case_id, seq, "fence")
    if step.item(KIND) is None:
        raise Refusal("fence_not_due", status=409)
    used = checks.photos(acting, "fence", inputs.files, "fence", 1)
    move = find(step, "fence")
    step.case.fenced_at = step.at
    entry = Entry(
        "fence", move.edge.source, move.edge.target, files=used, secret={"text": inputs.text}, device_at=inputs.device_at,
        inputs=photo_doubts.of(step.case, used),
        target_unit_id=step.case.handler_unit_id,
    )  # fmt: skip
    step.take(move, entry)
    return step.commit()


def corrected(step: Step) -> None:
    """After 更正: the fence's limit counts anew from its start, a fence no longer asked for ends, one newly asked for begins."""
    hours, item, row = _hours(step.case), step.item(KIND), _clock(step)
    if item is not None and not hours:
        step.close_item(item)
    elif item is not None and row is not None:
        seconds = deadlines.budget_seconds(hours, "urgent_hour")
        step.change(row, lambda state: deadlines.correct(state, step.at, seconds))
        item.due_at, item.warn_at = row.due_at, row.warn_at
        step.batch.update(item, ["due_at", "warn_at"])
    elif State(step.case.state) in FENCEABLE:
        start(step)
