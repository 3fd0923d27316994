"""Who may read which case: the only door for reading (architecture §3.5).

Confidential cases (case-rules 24) pass ``visible_to`` for nobody: they stand in no list, search, map or figure. One by one they are
opened (``readable``, ``check_seen``, ``case_id_of``) by the supervision side's director and by named handlers, each look on record.
"""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from urbangrid.audit.actions import note
from urbangrid.cases import store
from urbangrid.cases.models import Case, CaseAccess, CaseRelation, CaseReport, NamedHandler, Report, WorkItem
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import ITSELF, Acting


def _exists(found: QuerySet[Any]) -> Any:
    return store.current().exists(found)


def visible_to(acting: Acting) -> QuerySet[Case]:
    """Cases the acting post may read: the centre all of its platform, a sub-district those of its area and border, a unit those it has or
    had, an inspector those she reported or has a task on. A district that only commands reads of the city's cases those of its units."""
    cases = store.rows(Case).filter(platform_id=acting.cases_platform_id, confidential=False)
    if acting.may("read_all") and acting.parent_platform_id is None:
        return cases
    allowed = Q(pk__in=[])
    rights = _rights(acting)
    if rights:
        allowed |= Q(_exists(store.rows(CaseAccess).filter(rights, case=OuterRef("pk"))))
    if acting.may("verify") or acting.may("check"):
        allowed |= Q(_exists(store.rows(WorkItem).filter(case=OuterRef("pk"), appointment_id=acting.appointment_id)))
        own = store.rows(CaseReport).filter(case=OuterRef("pk"), report__reporter_appointment_id=acting.appointment_id)
        allowed |= Q(_exists(own))  # not a join: a case with two linked reports would come twice
    return cases.filter(allowed)


CONFIDENTIAL_DUTY = "handle_confidential"
"""Of the supervision side's director: reads confidential matters and names who handles them."""


def confidential_to(acting: Acting) -> QuerySet[Case]:
    """Confidential cases that the acting post may open: hers by name, or all for the director; never those about her own unit."""
    cases = store.rows(Case).filter(platform_id=acting.cases_platform_id, confidential=True).exclude(concerned_unit_id=acting.unit_id)
    if acting.may(CONFIDENTIAL_DUTY):
        return cases
    return cases.filter(_exists(store.rows(NamedHandler).filter(case=OuterRef("pk"), appointment_id=acting.appointment_id)))


UNIT_DUTIES = ("receive", "dispose", "lead_unit", "dispatch", "return_up", "answer_order")
"""Who has a case by her unit: those who dispose of it, the command centre of a district that it was handed to, and who answers the
order that was sent to it."""


def _rights(acting: Acting) -> Q:
    """Rights of the post's area and of its unit, in one question: of two joined by OR PostgreSQL collects all cases of both first, one it
    asks case by case from the newest. An empty Q for a post that reads by neither."""
    found = Q()
    if acting.may("read_area") and acting.division_id is not None:
        found |= Q(division_id=acting.division_id)
    return found | _of_units(acting)


def _of_units(acting: Acting) -> Q:
    """By its own unit, or by any of the district's for a centre that only commands; empty for a post that reads by none."""
    if acting.may("read_all") and acting.parent_platform_id is not None:
        return Q(unit_id__in=organizations.unit_ids(acting.platform_id))
    return Q(unit_id=acting.unit_id) if any(acting.may(duty) for duty in UNIT_DUTIES) else Q()


def limited(acting: Acting, cases: QuerySet[Case]) -> QuerySet[Case]:
    """The same cases, each with how far the post reads it (``reads_until``).

    A unit that no longer has a case reads up to the record with which it left (architecture §3.1), unless it has open work on it or reads
    it by another right: its area, a task or report of one's own.
    """
    units = _of_units(acting)
    if (acting.may("read_all") and acting.parent_platform_id is None) or not units:
        return cases
    own = CaseAccess.objects.filter(units, case=OuterRef("pk")).order_by(F("until_seq").desc(nulls_first=True)).values("until_seq")[:1]
    here = WorkItem.objects.filter(case=OuterRef("pk"))
    otherwise = Q(Exists(here.filter(units, closed_at=None))) | Q(Exists(here.filter(appointment_id=acting.appointment_id)))
    if acting.may("read_area") and acting.division_id is not None:
        otherwise |= Q(Exists(CaseAccess.objects.filter(case=OuterRef("pk"), division_id=acting.division_id)))
    if acting.may("verify") or acting.may("check"):
        otherwise |= Q(Exists(CaseReport.objects.filter(case=OuterRef("pk"), report__reporter_appointment_id=acting.appointment_id)))
    return cases.annotate(last_read=Subquery(own), reads_otherwise=ExpressionWrapper(otherwise, output_field=BooleanField()))


def reads_until(case: Case) -> int | None:
    """Of a case that ``readable`` or ``limited`` gave: the last record that the post may read; None where it reads all."""
    found: int | None = getattr(case, "last_read", None)
    return None if getattr(case, "reads_otherwise", True) else found


def reports_visible_to(acting: Acting) -> QuerySet[Report]:
    """Reports: the centre all, an inspector her own; nobody else meets one before it is a case."""
    reports = Report.objects.filter(platform_id=acting.cases_platform_id, confidential=False)
    if acting.may("read_all") and acting.parent_platform_id is None:
        return reports
    if acting.may("report"):
        return reports.filter(reporter_appointment_id=acting.appointment_id)
    return reports.none()


def sees_points(acting: Acting) -> bool:
    """A public-service company reads the words of a place, never its coordinates (desks.md C2)."""
    return acting.desk != "company"


def check_seen(acting: Acting, case_id: int) -> None:
    """Raises NotFound ``case_unknown`` when the post may not read the case, so that no answer tells a stranger that it exists."""
    if not any(cases.filter(pk=case_id).exists() for cases in (visible_to(acting), confidential_to(acting))):
        raise NotFound("case_unknown")


def check_entrusted(acting: Acting, case: Case) -> None:
    """For writing: nobody but those who may open it moves a confidential case, and the platform itself when a day comes.

    Raises NotFound ``case_unknown``.
    """
    if case.confidential and acting.user_id != ITSELF and not confidential_to(acting).filter(pk=case.pk).exists():
        raise NotFound("case_unknown")


_KIN = CaseRelation.objects.filter(Q(case=OuterRef("pk")) | Q(other=OuterRef("pk")))
"""Asked with the case itself: few have relations, and theirs cost a statement of their own (``relations.of``)."""


def has_relations(case: Case) -> bool:
    """Of a case that ``readable`` gave."""
    return bool(getattr(case, "has_kin", False))


def readable(acting: Acting, case_id: int) -> Case:
    """The case when it may be read. Raises NotFound ``case_unknown``: a stranger's number and a wrong one look the same."""
    case = _one(limited(acting, visible_to(acting)), case_id) or _one(confidential_to(acting), case_id)
    if case is None:
        raise NotFound("case_unknown")
    if case.confidential:
        note(acting, "confidential_seen", subject=f"case:{case_id}")
    return case


def _one(cases: QuerySet[Case], case_id: int) -> Case | None:
    return (
        cases.select_related("category", "condition", "handler_unit", "community", "subdistrict", "cell", "process")
        .defer("community__geom", "subdistrict__geom", "cell__geom", "process__definition", "words")
        .annotate(has_kin=Exists(_KIN))
        .filter(pk=case_id)
        .first()
    )


ID_DIGITS = 20
"""An id has at most 19 digits."""


def as_id(text: str) -> int | None:
    """The text as an id; None for anything else, a case number for example."""
    found = int(text) if text.isascii() and text.isdigit() and len(text) < ID_DIGITS else None
    return found if found is not None and found < 2**63 else None


def case_id_of(acting: Acting, number: str) -> int:
    """From a case number, or an id in digits, to the id of a readable case. Raises NotFound ``case_unknown``."""
    asked = Q(number=number) | Q(pk=as_id(number) or 0)
    for cases in (visible_to(acting), confidential_to(acting)):
        pk = cases.filter(asked).values_list("pk", flat=True).first()
        if pk is not None:
            return int(pk)
    raise NotFound("case_unknown")


def open_case_id_of(acting: Acting, number: str) -> int:
    """The same of a case that may be named beside others. Raises NotFound ``case_unknown``, Refusal ``confidential_apart``."""
    asked = Q(number=number) | Q(pk=as_id(number) or 0)
    pk = visible_to(acting).filter(asked).values_list("pk", flat=True).first()
    if pk is None:
        hidden = confidential_to(acting).filter(asked).exists()
        raise Refusal("confidential_apart", status=409, field="other") if hidden else NotFound("case_unknown")
    return int(pk)


def is_confidential(case_id: int) -> bool:
    """Whether a case is confidential, whoever asks; for packages that join things to cases."""
    return Case.objects.filter(pk=case_id, confidential=True).exists()


def file_is_confidential(file_id: int) -> bool:
    """Whether a stored file belongs to a confidential report or case."""
    return (
        Case.objects.filter(confidential=True, record_files__file_id=file_id).exists()
        or Report.objects.filter(confidential=True, files__file_id=file_id).exists()
    )
