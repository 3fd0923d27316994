"""What a person used last, so that the next choice needs no typing."""

from __future__ import annotations

from urbangrid.cases.models import Report
from urbangrid.organizations.acting import Acting


def categories_of(acting: Acting, most: int = 5) -> list[int]:
    """Ids of the categories the acting inspector reported last, newest first; one statement."""
    used = Report.objects.filter(reporter_appointment_id=acting.appointment_id, category__isnull=False).order_by("-id")
    found = [number for number in used.values_list("category_id", flat=True)[:60] if number is not None]
    return list(dict.fromkeys(found))[:most]
