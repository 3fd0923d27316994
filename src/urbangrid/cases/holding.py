"""Who has the open work of a case: for programs that play the posts (replay, simulation)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from urbangrid.cases import proposals, words
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseRecord, CaseRequest, WorkItem
from urbangrid.cases.rows import light_of
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock


@dataclass(frozen=True, slots=True)
class Work:
    """An open work item; ``needs_director``: its category is filed by the duty director alone."""

    item_id: int
    kind: str
    duty: str
    unit_id: int | None
    appointment_id: int | None
    needs_director: bool
    case_id: int = 0


def open_work(case_id: int) -> Work | None:
    """The oldest open item of a case; None when nothing is open."""
    item = WorkItem.objects.filter(case_id=case_id, closed_at=None).select_related("case").order_by("id").first()
    if item is None or item.case is None:
        return None
    director = item.case.category_id is not None and catalog.category(item.case.category_id).confirm_filing
    return Work(item.pk, item.kind, item.duty, item.unit_id, item.appointment_id, director, case_id)


def has_work(appointment_id: int) -> bool:
    """Whether something is open that only this person can do."""
    return WorkItem.objects.filter(appointment_id=appointment_id, closed_at=None).exists()


def decision(case_id: int, kind: str = "decide") -> tuple[int, Work] | None:
    """The request of a case that waits to be decided, by its id, with the work of who decides; None where none waits. ``kind``: of the
    work, where it is an order that waits for its answer or the answer for its judge."""
    item = WorkItem.objects.filter(case_id=case_id, kind=kind, closed_at=None).order_by("id").first()
    if item is None:
        return None
    return item.request_id or 0, Work(item.pk, item.kind, item.duty, item.unit_id, item.appointment_id, False, case_id)


@dataclass(frozen=True, slots=True)
class Lying:
    """A case with its unit: nothing happened in it since ``since``, nobody asked anything about it."""

    case_id: int
    unit_id: int
    since: datetime
    due_at: datetime | None


def lying(platform_id: int) -> list[Lying]:
    """The cases of a platform that units dispose of, in the order of opening; one statement."""
    cases = Case.objects.filter(platform_id=platform_id, closed_at=None, history=False, state=State.DISPOSING, aside="", confidential=False)
    last = CaseRecord.objects.filter(case_id=OuterRef("pk"), seq=OuterRef("seq")).values("at")
    rows = cases.annotate(last=Subquery(last[:1])).exclude(Exists(CaseRequest.objects.filter(case_id=OuterRef("pk"))))
    return [Lying(*row) for row in rows.order_by("pk").values_list("pk", "handler_unit_id", "last", "due_at")]


def seq_of(case_id: int) -> int:
    """The seq of a case as it now stands."""
    return int(Case.objects.values_list("seq", flat=True).get(pk=case_id))


def proposed_unit(case_id: int) -> int | None:
    """The unit that the dispatcher would be proposed: of the district that has the case, else of the city."""
    case = Case.objects.select_related("command_unit").get(pk=case_id)
    return proposals.decide(case, platform_id=case.command_unit.platform_id if case.command_unit is not None else None).unit_id


@dataclass(frozen=True, slots=True)
class Standing:
    """Cases of one state with their lights and the mean time from opening to closing, in seconds."""

    state: str
    word: str
    count: int
    lights: Counter[str]
    on_time: int
    mean_seconds: int


def standings(case_ids: Sequence[int]) -> list[Standing]:
    """The given cases by state, time and light; two statements at most per 1,000 cases."""
    now = clock.now()
    groups: dict[str, list[Case]] = {}
    for case in Case.objects.filter(pk__in=list(case_ids)).defer("words", "description", "last_hash"):
        groups.setdefault(case.state, []).append(case)
    return [_standing(state, cases, now) for state, cases in sorted(groups.items())]


def _standing(state: str, cases: list[Case], now: datetime) -> Standing:
    lights = Counter(
        ("green" if case.on_time else "red") if case.closed_at else light_of(case.due_at, case.warn_at, now).light for case in cases
    )
    took = [(case.closed_at - case.opened_at).total_seconds() for case in cases if case.closed_at is not None]
    mean = int(sum(took) / len(took)) if took else 0
    return Standing(state, str(words.STATES[state]), len(cases), lights, sum(case.on_time is True for case in cases), mean)
