"""Relations of a case as its page shows them, from both sides (CY-20-3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from urbangrid.cases import access, words
from urbangrid.cases.models import Case, CaseRelation
from urbangrid.cases.rows import title_of
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Related:
    """Another case and what it has to do with this one; ``readable``: whether the acting post may open it."""

    case_id: int
    number: str
    title: str
    state_word: str
    kind: str
    word: str
    leads: bool
    """This case was merged into that one: its page leads there."""
    ended: bool
    readable: bool
    made_at: datetime


def of(acting: Acting, case_id: int) -> tuple[Related, ...]:
    """Oldest first; one statement, and one more where there are any and the post does not read everything."""
    rows = list(
        CaseRelation.objects.filter(Q(case_id=case_id) | Q(other_id=case_id)).select_related("case", "other")
        .defer("case__words", "case__description", "other__words", "other__description").order_by("id")
    )  # fmt: skip
    if not rows:
        return ()
    ids = {row.case_id for row in rows} | {row.other_id for row in rows}
    may = ids if acting.may("read_all") else set(access.visible_to(acting).filter(pk__in=ids).values_list("pk", flat=True))
    return tuple(_related(row, case_id, may) for row in rows)


def _related(row: CaseRelation, case_id: int, may: set[int]) -> Related:
    here = row.case_id == case_id
    other: Case = row.other if here else row.case
    open_merger = row.kind == "merged" and row.ended_at is None
    return Related(
        case_id=other.pk, number=other.number or "", title=title_of(other.category_id, other.condition_id),
        state_word=str(words.STATES[other.state]), kind=row.kind, word=str(words.RELATIONS[row.kind][0 if here else 1]),
        leads=open_merger and not here, ended=row.ended_at is not None, readable=other.pk in may, made_at=row.made_at,
    )  # fmt: skip
