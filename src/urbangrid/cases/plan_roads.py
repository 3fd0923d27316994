"""按路合并: what a plan already has on a road, so that more calls about it become no more cases (case-rules 18)."""

from __future__ import annotations

from dataclasses import dataclass

from urbangrid.cases import access
from urbangrid.cases.actions.plan_settling import in_areas
from urbangrid.cases.models import Case
from urbangrid.cases.plan_rules import PlanInfo
from urbangrid.cases.rows import title_of
from urbangrid.organizations.acting import Acting

MOST_REPORTS = 50


@dataclass(frozen=True, slots=True)
class OnRoad:
    """The open road case, if there is one, and the reports that wait to be accepted."""

    case_id: int | None
    number: str
    title: str
    seq: int
    report_ids: tuple[int, ...]


def on_road(acting: Acting, plan: PlanInfo, road: str, category_id: int) -> OnRoad:
    """Of the plan's time and areas, that road and class: the oldest open case, and waiting reports, oldest first. Two statements."""
    cases = access.visible_to(acting).filter(
        road_name=road, category_id=category_id, closed_at=None, history=False, opened_at__gte=plan.started_at
    )
    case: Case | None = in_areas(cases, plan).only("number", "category_id", "condition_id", "seq").order_by("pk").first()
    waiting = access.reports_visible_to(acting).filter(
        state="waiting", road_name=road, category_id=category_id, received_at__gte=plan.started_at
    )
    ids = tuple(in_areas(waiting, plan).order_by("pk").values_list("pk", flat=True)[:MOST_REPORTS])
    if case is None:
        return OnRoad(None, "", "", 0, ids)
    return OnRoad(case.pk, case.number or "", title_of(case.category_id, case.condition_id), case.seq, ids)


def seq_of(case_id: int) -> int:
    """The last record of a case, for who goes on with one that she just made."""
    return int(Case.objects.values_list("seq", flat=True).get(pk=case_id))
