"""Tasks of the units below a case's unit, as part of a step: open, ended, standing with the clock above (case-rules 12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from urbangrid.cases import clocks
from urbangrid.cases.lifecycle import TASK
from urbangrid.cases.models import Clock, WorkItem

if TYPE_CHECKING:
    from urbangrid.cases.actions.step import Step


def still_open(step: Step) -> list[WorkItem]:
    """Open tasks from the unit's own level downwards: each was given by the one before it, the first by the handling unit."""
    found = [item for item in step.items if item.kind == TASK and item.closed_at is None]
    return sorted(found, key=lambda item: item.pk)


def give(step: Step, item: WorkItem, *, limit_seconds: int, calendar_code: str) -> None:
    """A sub-unit's work item with a clock of its own; the clocks above run on."""
    row = Clock(
        case=step.case, item=item, kind="stage", stage=TASK, unit_id=item.unit_id, calendar_code=calendar_code,
        limit_seconds=limit_seconds,
    )  # fmt: skip
    clocks.start(row, step.at, step.case.platform_id, step.acting.zone)
    item.due_at, item.warn_at = row.due_at, row.warn_at
    step.add_item(item, row)


def end(step: Step, items: Sequence[WorkItem]) -> None:
    """End tasks that were not answered: only one that is late already keeps a verdict."""
    for item in items:
        step.close_item(item, done=False)
        item.on_time = False if item.on_time is False else None


def follow(step: Step, stands: bool) -> None:
    """While the unit's clock stands (挂账, 缓办) those of its tasks stand with it."""
    for item in still_open(step):
        if item.paused != stands:
            step.pause_item(item, "suspension" if stands else None)
