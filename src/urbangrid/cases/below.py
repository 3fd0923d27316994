"""What the units below a unit have open: the crews of a department's desk with their counts and tasks (case-rules 12, desks.md C1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases.actions import holders
from urbangrid.cases.lifecycle import TASK
from urbangrid.cases.models import WorkItem
from urbangrid.cases.rows import Light, light_of
from urbangrid.core import clock
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.queries import SubUnit


@dataclass(frozen=True, slots=True)
class Task:
    """An open task of a unit directly below: who has it, since when, its own light."""

    case_id: int
    unit_id: int
    holder: str
    since: datetime
    light: Light
    note: str


@dataclass(frozen=True, slots=True)
class Crew:
    """A unit directly below with the number of its open tasks; ``total`` equals the length of the list behind it."""

    unit: SubUnit
    total: int
    amber: int
    red: int


@dataclass(frozen=True, slots=True)
class Below:
    """All crews of the acting unit, and their tasks by case."""

    crews: tuple[Crew, ...]
    tasks: Mapping[int, Task]

    def cases_of(self, unit_id: int) -> frozenset[int]:
        """The cases that one of the crews has."""
        return frozenset(case_id for case_id, task in self.tasks.items() if task.unit_id == unit_id)


def view(acting: Acting) -> Below:
    """The crews of the acting post's unit; one statement where there are any, none otherwise."""
    units = organizations.sub_units(acting.unit_id)
    if not units:
        return Below((), {})
    now = clock.now()
    rows = (
        WorkItem.objects.filter(unit_id__in=[unit.unit_id for unit in units], kind=TASK, closed_at=None)
        .select_related("unit", "appointment__user", "appointment__unit").order_by("id")
    )  # fmt: skip
    tasks = {row.case_id: _task(row, now) for row in rows if row.case_id is not None}
    return Below(tuple(_crew(unit, [task for task in tasks.values() if task.unit_id == unit.unit_id]) for unit in units), tasks)


def _task(row: WorkItem, now: datetime) -> Task:
    light = light_of(row.due_at, row.warn_at, now, paused=row.paused)
    return Task(row.case_id or 0, row.unit_id or 0, holders.holder_name(row), row.opened_at, light, row.note)


def _crew(unit: SubUnit, tasks: list[Task]) -> Crew:
    lights = [task.light.light for task in tasks]
    return Crew(unit, len(tasks), lights.count("amber"), lights.count("red"))
