"""A report by the number that was read out to who sent it, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass

from urbangrid.cases import access
from urbangrid.cases.models import WorkItem
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Reported:
    """``case_id`` once it was accepted and the post may read the case; until then ``item_id``, the work of who decides on it."""

    case_id: int | None
    item_id: int | None


def by_number(acting: Acting, number: str) -> Reported | None:
    """What became of a report; None for one that is not there, is hidden, or ended without a case. Two statements."""
    case_id = access.visible_to(acting).filter(report_links__report__number=number).values_list("pk", flat=True).first()
    if case_id is not None:
        return Reported(int(case_id), None)
    mine = access.reports_visible_to(acting).filter(number=number, state="waiting").values("pk")
    item_id = WorkItem.objects.filter(report_id__in=mine, case=None, closed_at=None).values_list("pk", flat=True).first()
    return Reported(None, int(item_id)) if item_id is not None else None
