"""Versions and drafts as the administrator's list shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from urbangrid.cases import processes
from urbangrid.cases.models import Case, ProcessDefinition, ProcessDraft
from urbangrid.core import clock

CURRENT, COMING, REPLACED, TAKEN_BACK = "current", "coming", "replaced", "taken_back"


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version, what it is now, and how many open cases follow it."""

    row: ProcessDefinition
    state: str
    open: int
    newest: bool


def versions(platform_id: int) -> list[VersionRow]:
    """Every version by code, newest first. Three statements; definitions themselves are not read."""
    rows = ProcessDefinition.objects.filter(platform_id=platform_id).select_related("base").order_by("code", "-version")
    current = {row.pk for row in processes.in_force(platform_id)}
    counts = open_counts(platform_id)
    found, seen = [], set[str]()
    for row in rows.defer("definition", "override", "base__definition", "base__override"):
        newest = row.retired_at is None and row.code not in seen
        if newest:
            seen.add(row.code)
        found.append(VersionRow(row, state_of(row, current), counts.get(row.pk, 0), newest))
    return found


def state_of(row: ProcessDefinition, current: set[int]) -> str:
    if row.retired_at is not None:
        return TAKEN_BACK
    if row.pk in current:
        return CURRENT
    return COMING if row.effective_from > clock.now() else REPLACED


def open_counts(platform_id: int) -> dict[int, int]:
    """Open cases by version."""
    cases = Case.objects.filter(platform_id=platform_id, closed_at=None, history=False).order_by()
    return dict(cases.values_list("process_id").annotate(Count("pk")))


def drafts(platform_id: int) -> list[ProcessDraft]:
    """Drafts, the last saved first."""
    rows = ProcessDraft.objects.filter(platform_id=platform_id).select_related("begun_from")
    return list(rows.defer("begun_from__definition", "begun_from__override").order_by("-saved_at", "-pk"))


def open_states(platform_id: int, definition_id: int) -> dict[str, int]:
    """Open cases of a version by state."""
    cases = Case.objects.filter(platform_id=platform_id, process_id=definition_id, closed_at=None, history=False)
    return dict(cases.order_by().values_list("state").annotate(Count("pk")))
