"""Who may read which case: the only door for reading (architecture §3.5)."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from urbangrid.cases.models import Case, CaseAccess, CaseReport, Report, WorkItem
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting


def visible_to(acting: Acting) -> QuerySet[Case]:
    """Cases the acting post may read: the centre all of its platform, a sub-district those of its area and border, a unit those it has or
    had, an inspector those she reported or has a task on."""
    cases = Case.objects.filter(platform_id=acting.platform_id)
    if acting.may("read_all"):
        return cases
    allowed = Q(pk__in=[])
    rights = _rights(acting)
    if rights:
        allowed |= Q(Exists(CaseAccess.objects.filter(rights, case=OuterRef("pk"))))
    if acting.may("verify") or acting.may("check"):
        allowed |= Q(Exists(WorkItem.objects.filter(case=OuterRef("pk"), appointment_id=acting.appointment_id)))
        own = CaseReport.objects.filter(case=OuterRef("pk"), report__reporter_appointment_id=acting.appointment_id)
        allowed |= Q(Exists(own))  # not a join: a case with two linked reports would come twice
    return cases.filter(allowed)


def _rights(acting: Acting) -> Q:
    """Rights of the post's area and of its unit, in one question: of two joined by OR PostgreSQL collects all cases of both first, one it
    asks case by case from the newest. An empty Q for a post that reads by neither."""
    found = Q()
    if acting.may("read_area") and acting.division_id is not None:
        found |= Q(division_id=acting.division_id)
    if acting.may("receive") or acting.may("dispose") or acting.may("lead_unit"):
        found |= Q(unit_id=acting.unit_id)
    return found


def reports_visible_to(acting: Acting) -> QuerySet[Report]:
    """Reports: the centre all, an inspector her own; nobody else meets one before it is a case."""
    reports = Report.objects.filter(platform_id=acting.platform_id)
    if acting.may("read_all"):
        return reports
    if acting.may("report"):
        return reports.filter(reporter_appointment_id=acting.appointment_id)
    return reports.none()


def sees_points(acting: Acting) -> bool:
    """A public-service company reads the words of a place, never its coordinates (desks.md C2)."""
    return acting.desk != "company"


def check_seen(acting: Acting, case_id: int) -> None:
    """Raises NotFound ``case_unknown`` when the post may not read the case, so that no answer tells a stranger that it exists."""
    if not visible_to(acting).filter(pk=case_id).exists():
        raise NotFound("case_unknown")


def readable(acting: Acting, case_id: int) -> Case:
    """The case when it may be read. Raises NotFound ``case_unknown``: a stranger's number and a wrong one look the same."""
    case = (
        visible_to(acting)
        .select_related("category", "condition", "handler_unit", "community", "subdistrict", "cell", "process")
        .defer("community__geom", "subdistrict__geom", "cell__geom", "process__definition", "words")
        .filter(pk=case_id)
        .first()
    )
    if case is None:
        raise NotFound("case_unknown")
    return case


ID_DIGITS = 20
"""An id has at most 19 digits."""


def as_id(text: str) -> int | None:
    """The text as an id; None for anything else, a case number for example."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < ID_DIGITS else None
    return found if found is not None and found < 2**63 else None


def case_id_of(acting: Acting, number: str) -> int:
    """From a case number, or an id in digits, to the id of a readable case. Raises NotFound ``case_unknown``."""
    found = visible_to(acting).filter(Q(number=number) | Q(pk=as_id(number) or 0))
    pk = found.values_list("pk", flat=True).first()
    if pk is None:
        raise NotFound("case_unknown")
    return int(pk)
