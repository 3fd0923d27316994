"""The stage bar of a case page: when each stage was entered and left, and how long each level of command had it (HD-3.2, SZ-4.2b)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from urbangrid.cases import words
from urbangrid.cases.detail_values import LevelSpan, StageSpan
from urbangrid.cases.ledger_stages import stage_seconds
from urbangrid.cases.lifecycle import DISTRICT, State
from urbangrid.cases.models import Case, CaseRecord
from urbangrid.cases.process import Process, Stage
from urbangrid.core.shipped import shipped


def spans(case: Case, process: Process, records: Sequence[CaseRecord], until: datetime) -> tuple[StageSpan, ...]:
    """First entered and last left, from the record; the time of report counts as entering the first. A stage that no open case is in
    (综合评价) stays ahead: closing a case does not evaluate it. ``until``: as far as the record tells, for what is still going on."""
    begun = case.reported_at or case.opened_at
    entered: dict[str, datetime] = {process.stages[0].code: begun}
    left: dict[str, datetime] = {}
    current = process.stage_of(State.REPORTED)
    for record in records:
        stage = process.stage_of(State(record.to_state))
        if stage is None or stage == current:
            continue
        if current is not None:
            left[current.code] = record.at
        entered.setdefault(stage.code, record.at)
        current = stage
    if current is not None and case.closed_at is not None:
        left[current.code] = case.closed_at
    now_code = current.code if current is not None and case.closed_at is None else ""
    moves = [(record.at, record.to_state) for record in records]
    seconds = stage_seconds(_parts(process), "", begun, moves, case.closed_at or until)
    found = []
    for stage in process.stages:
        if stage.after_the_end:
            found.append(StageSpan(stage.code, shipped(stage.name), "ahead", None, None))
            continue
        state = "now" if stage.code == now_code else ("done" if stage.code in entered else "ahead")
        end = None if state == "now" else left.get(stage.code)
        found.append(StageSpan(stage.code, shipped(stage.name), state, entered.get(stage.code), end, _levels(stage, seconds)))
    return tuple(found)


def _parts(process: Process) -> dict[str, str]:
    """State → stage and level in one word."""
    return {str(state): _part(stage, state in DISTRICT) for stage in process.stages for state in stage.states}


def _part(stage: Stage, district: bool) -> str:
    return f"{stage.code}/{'district' if district else 'city'}"


def _levels(stage: Stage, seconds: Mapping[str, int]) -> tuple[LevelSpan, ...]:
    """In the order of its states; none where one level alone has the stage."""
    order = list(dict.fromkeys(state in DISTRICT for state in stage.states))
    if len(order) == 1:
        return ()
    named = [(words.LEVELS["district" if district else "city"], _part(stage, district)) for district in order]
    return tuple(LevelSpan(str(name), seconds[part]) for name, part in named if part in seconds)
