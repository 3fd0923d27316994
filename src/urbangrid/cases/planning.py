"""Which plan (预案) a case belongs to, and what its limits are under it (case-rules 18). Asked at every filing: answered from memory.

What a process knows of plans is as fresh as what it knows of the catalogue (``catalog.cache``): at once where the plan was started, five
seconds elsewhere. A case filed in between is taken up by the worker (``actions.plan_effects.settle``), so that no case slips through.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from urbangrid.cases import plan_rules, store
from urbangrid.cases.models import Case, Plan, PlanEffect
from urbangrid.cases.plan_rules import Limit, PlanInfo
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.limits import LimitRow
from urbangrid.core import clock


def known(platform_id: int) -> tuple[PlanInfo, ...]:
    """Plans of the platform that were started and not undone, ended ones too: a correction still asks for them."""
    return cache.remembered(("plans", platform_id), lambda: tuple(map(info, _started(platform_id))))


def _started(platform_id: int) -> list[Plan]:
    return list(store.rows(Plan).filter(platform_id=platform_id, state__in=(Plan.ACTIVE, Plan.ENDED)).order_by("started_at", "pk"))


def info(row: Plan, *, now: datetime | None = None) -> PlanInfo:
    """The plan as a value; ``now``: a draft as if it were started then."""
    return PlanInfo(
        plan_id=row.pk, name=row.name, kind=row.kind, division_ids=frozenset(row.division_ids), category_ids=frozenset(row.category_ids),
        condition_ids=frozenset(row.condition_ids), started_at=row.started_at or now or row.made_at, ends_at=row.ended_at or row.until,
        percent=row.percent, period=row.period, exempt=row.exempt, to_territory=row.to_territory, by_road=row.by_road, hourly=row.hourly,
    )  # fmt: skip


def active(platform_id: int, at: datetime | None = None) -> list[PlanInfo]:
    """Those in force at the instant, the newest first; no statement once known."""
    now = at or clock.now()
    return [plan for plan in reversed(known(platform_id)) if plan.holds(now)]


def divisions(case: Case) -> tuple[int | None, ...]:
    """The areas a case lies in, the smallest first."""
    return case.community_id, case.subdistrict_id, case.district_id


def of_case(case: Case, at: datetime) -> PlanInfo | None:
    """The plan that counts for a case: in force when it was filed (``at``: not filed yet), or one that took it up.

    No statement before filing, and none where the platform never had a plan; else one.
    """
    plans = known(case.platform_id)
    if not plans:
        return None
    taken: Collection[int] = ()
    if case.filed_at is not None:
        rows = store.rows(PlanEffect).filter(case=case, way="open", left_at=None)
        taken = set(rows.values_list("plan_id", flat=True))
    return plan_rules.choose(plans, case.filed_at or at, divisions(case), case.category_id, case.condition_id, taken)


def limit_under(plan: PlanInfo, condition_id: int, area_grade: int | None, at: datetime, ordinary: Limit, *, own: bool = False) -> Limit:
    """The disposal limit under a plan. ``own``: the ordinary one is the process's own, so that the catalogue's periods say nothing."""
    if not own and has_period(plan, condition_id, area_grade, at):
        found = catalog.limit_for(condition_id, area_grade, plan.period, at)
        return found.value, found.unit
    return plan_rules.shortened(ordinary, plan.percent)


def has_period(plan: PlanInfo, condition_id: int, area_grade: int | None, at: datetime) -> bool:
    """Whether the catalogue names a limit of the plan's protection period for this condition."""

    def fits(row: LimitRow) -> bool:
        return row.period == plan.period and row.in_force(at) and row.area_grade in (None, area_grade)

    return bool(plan.period) and any(map(fits, catalog.condition(condition_id).limit_rows))


def row_of(platform_id: int, plan_id: int) -> Plan | None:
    """A plan of the platform, of any state."""
    return Plan.objects.filter(pk=plan_id, platform_id=platform_id).first()
