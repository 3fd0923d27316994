"""Who gets a piece of work: duties of the definition resolved to units and people at the moment they are used."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from urbangrid.cases import store
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.models import Case, CaseAccess, CaseReport, WorkItem
from urbangrid.cases.process import Wait
from urbangrid.catalog import queries as catalog
from urbangrid.core import lengths
from urbangrid.core.shipped import shipped
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

if TYPE_CHECKING:
    from urbangrid.cases.actions.step import Step

NOBODY = "nobody_responsible"
"""Duty of the duty director's queue for what could not be resolved."""


def item_for(
    case: Case, wait: Wait, *, at: datetime, note: str, person: int | None, unit_id: int | None = None, by_another: bool = True
) -> WorkItem:
    """An unsaved work item for a waiting state of ``case``; unresolved work goes to the duty director with a note.

    ``by_another``: who checks shall not be who reported (``check_by_another`` of the process).
    """
    item = WorkItem(
        platform_id=case.platform_id, case=case, kind=wait.work, duty=wait.duty, urgent=case.urgent,
        opened_seq=case.seq, opened_at=at, note=lengths.shortened(note, 300),
    )  # fmt: skip
    if unit_id is not None:
        item.unit_id = unit_id
    elif wait.holder == "handler":
        item.unit_id = case.handler_unit_id
    elif wait.holder == "district":
        item.unit_id = case.command_unit_id
    elif wait.holder == "inspector":
        _to_inspector(item, case, person, by_another=by_another)
    else:
        item.unit_id = organizations.unit_for_duty(case.platform_id, wait.duty, case.subdistrict_id)
    if item.unit_id is None:
        item.duty, item.unit_id = NOBODY, organizations.unit_for_duty(case.platform_id, NOBODY, None)
    return item


def _to_inspector(item: WorkItem, case: Case, person: int | None, *, by_another: bool) -> None:
    """The inspector of the place: on duty first, not the reporter where the process says so and the roster allows, then the least loaded
    (case-rules 19)."""
    candidates = organizations.inspectors_for(case.platform_id, case.cell_id, case.community_id, case.subdistrict_id)
    if person is not None:
        chosen = next((one for one in candidates if one.appointment_id == person), None)
    else:
        others = candidates
        if item.kind == "check" and by_another:
            reporters = set(store.rows(CaseReport).filter(case=case).values_list("report__reporter_appointment_id", flat=True))
            others = [one for one in candidates if one.appointment_id not in reporters] or candidates
        chosen = _least_loaded(others)
    if chosen is not None:
        item.appointment_id, item.unit_id = chosen.appointment_id, chosen.unit_id


def _least_loaded(candidates: list[organizations.Candidate]) -> organizations.Candidate | None:
    """Of the first (on duty before others, then cell before community before squad) the one with the fewest open tasks."""
    if not candidates:
        return None
    best = [one for one in candidates if (one.on_duty, one.rank) == (candidates[0].on_duty, candidates[0].rank)]
    if len(best) == 1:
        return best[0]
    tasks = store.rows(WorkItem).filter(closed_at=None, appointment_id__in=[one.appointment_id for one in best])
    counts = Counter(tasks.values_list("appointment_id", flat=True))
    return min(best, key=lambda one: (counts[one.appointment_id], one.appointment_id))


def holds(acting: Acting, item: WorkItem) -> bool:
    """Whether the acting post may do this item: its unit, its duty, and the person where one is named."""
    if item.appointment_id is not None:
        return item.appointment_id == acting.appointment_id
    return item.unit_id == acting.unit_id and (item.duty in acting.duties)


def held_by(acting: Acting) -> Q:
    """The same as a condition on work items."""
    return Q(appointment_id=acting.appointment_id) | Q(appointment=None, unit_id=acting.unit_id, duty__in=sorted(acting.duties))


def holder_name(item: WorkItem) -> str:
    """In words: the person where one is named, else the unit."""
    if item.appointment is not None:
        return f"{shipped(item.appointment.unit.short_name)}·{item.appointment.user.name}"
    return shipped(item.unit.short_name) if item.unit else ""


def calendar_code(case: Case, wait: Wait) -> str:
    """The calendar of a stage: the unit's own, the definition's, or what the city set for the stage (case-rules 3)."""
    if wait.calendar == "unit":
        own = case.handler_unit.calendar_code if case.handler_unit is not None else ""
        return catalog.calendar_code_for(case.platform_id, unit_calendar=own)
    if wait.calendar != ALWAYS:
        return wait.calendar
    return catalog.calendar_code_for(case.platform_id, stage=wait.work)


def let_read(step: Step, unit_id: int, why: str) -> None:
    """The unit reads the case from now on, also one that had it before and read up to there."""
    row = store.rows(CaseAccess).filter(case=step.case, unit_id=unit_id).first()
    if row is None:
        if not any(one.unit_id == unit_id for one in step.accesses):
            step.accesses.append(CaseAccess(case=step.case, unit_id=unit_id, since=step.at, why=why))
    elif row.until_seq is not None:
        row.until_seq = None
        step.batch.update(row, ["until_seq"])
