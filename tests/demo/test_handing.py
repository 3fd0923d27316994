"""Whoever tries a post of the sign-in page finds work there: new cases at the units, a task on the inspector's and the crew's phone."""

from __future__ import annotations

from tests.demo.test_month import NOW, city, made
from urbangrid.cases import queues, verification
from urbangrid.cases.models import Case, WorkItem
from urbangrid.demo import day, handing, month, town

__all__ = ["city", "made"]


def test_the_shown_unit_company_inspector_and_crew_have_something_to_do(made: tuple[town.Town, month.Month]) -> None:
    city_, today = made[0], day.begin(made[0], NOW)
    known = set(Case.objects.values_list("pk", flat=True))
    before = WorkItem.objects.filter(appointment=city_.people["inspector01"], closed_at=None).count()
    handing.play(today)
    for code in handing.RECEIVING:
        new = WorkItem.objects.filter(unit=city_.units[code], kind="receive", closed_at=None).exclude(case__in=known)
        assert new.count() == handing.EACH, code
        waiting = queues.counts(queues.mine(today.named(code)))["receive"]
        assert waiting.total >= handing.EACH and waiting.red == 0
    assert WorkItem.objects.filter(appointment=city_.people["inspector01"], closed_at=None).count() > before
    given = WorkItem.objects.filter(unit=city_.units["D01-2"], closed_at=None).get()
    assert given.kind == "crew_task" and given.case_id in known
    touched = [*set(Case.objects.values_list("pk", flat=True)) - known, given.case_id]
    assert verification.verify_cases([pk for pk in touched if pk]).faults == []
