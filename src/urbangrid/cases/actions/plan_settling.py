"""What a plan (预案) has to take up when it starts, and to give back when its start is undone (case-rules 18).

1. ``settle`` finds the cases: open ones where the plan says so, those filed since its start by a process that had not heard of it yet,
   and after an undone start everything on its list.
2. Each case is done in its own transaction through the one write path, with a record; cut off, it goes on where it stopped.
3. Whoever starts the plan does the first hundred, the worker the rest.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from urbangrid.cases import case_limits, clocks, planning
from urbangrid.cases.actions.filing import recompute_limits
from urbangrid.cases.actions.plan_effects import FILED, OPEN, fill, leave, told
from urbangrid.cases.actions.step import Step, lock
from urbangrid.cases.lifecycle import FILED_OPEN
from urbangrid.cases.models import Case, Plan, PlanEffect
from urbangrid.cases.models.place import Placed
from urbangrid.cases.plan_rules import Limit, PlanInfo
from urbangrid.cases.records import Entry
from urbangrid.catalog import cache
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting, itself

AT_ONCE = 100
"""Cases that are settled while one waits; the worker does the rest."""


def covered(platform_id: int, plan: PlanInfo) -> QuerySet[Case]:
    """Filed open cases that the plan covers by area, class and condition; confidential ones are on no list."""
    cases = Case.objects.filter(
        platform_id=platform_id, state__in=FILED_OPEN, closed_at=None, history=False, confidential=False, condition__isnull=False
    )
    return narrowed(cases, plan)


Placed_ = TypeVar("Placed_", bound=Placed)


def in_areas(rows: QuerySet[Placed_], plan: PlanInfo) -> QuerySet[Placed_]:
    """Those of the reports or cases that lie in the plan's areas."""
    if not plan.division_ids:
        return rows
    areas = list(plan.division_ids)
    return rows.filter(Q(community_id__in=areas) | Q(subdistrict_id__in=areas) | Q(district_id__in=areas))


def narrowed(cases: QuerySet[Case], plan: PlanInfo) -> QuerySet[Case]:
    """Those of the cases that belong to the plan's areas, classes and conditions: ``PlanInfo.covers`` as a query."""
    cases = in_areas(cases, plan)
    if plan.category_ids:
        cases = cases.filter(category_id__in=plan.category_ids)
    if plan.condition_ids:
        cases = cases.filter(condition_id__in=plan.condition_ids)
    return cases


def waiting(row: Plan) -> QuerySet[Case]:
    """Cases that the plan has yet to take up; what a plan that was started later has stays with that one."""
    plan = planning.info(row)
    later = PlanEffect.objects.filter(case=OuterRef("pk"), left_at=None, plan__started_at__gt=plan.started_at)
    had = PlanEffect.objects.filter(case=OuterRef("pk"), plan=row)
    cases = covered(row.platform_id, plan).filter(~Exists(later), ~Exists(had))
    if plan.ends_at is not None:
        cases = cases.filter(filed_at__lt=plan.ends_at)
    return cases if row.takes_open else cases.filter(filed_at__gte=plan.started_at)


def settle(row: Plan, most: int | None = None) -> int:
    """Do what the plan has left to do, at most ``most`` cases; says how many. Marks the plan when nothing can come any more."""
    cache.clear()  # the worker may have heard of the plan before it was undone
    acting, done = itself(row.platform_id), 0
    act = give_back if row.state == Plan.UNDONE else take_up
    listed = _left_to_do(row, None if most is None else most + 1)
    for case_id in listed[:most]:
        try:
            act(acting, row.pk, case_id)
            done += 1
        except Refusal:
            continue  # moved on meanwhile: the next look finds it as it is then, or not at all
    if row.state != Plan.ACTIVE and len(listed) == done:
        Plan.objects.filter(pk=row.pk).update(settled_at=clock.now())
    return done


def _left_to_do(row: Plan, most: int | None) -> list[int]:
    if row.state == Plan.UNDONE:
        effects = PlanEffect.objects.filter(plan=row, left_at=None).order_by("pk")
        return list(effects.values_list("case_id", flat=True)[:most])
    if row.started_at is None or row.started_at > clock.now():
        return []
    return list(waiting(row).order_by("pk").values_list("pk", flat=True)[:most])


def settle_all() -> int:
    """By the worker: every plan that may have something left."""
    rows = Plan.objects.filter(state__in=(Plan.ACTIVE, Plan.ENDED, Plan.UNDONE), settled_at=None).order_by("started_at", "pk")
    return sum(settle(row) for row in rows)


@whole
def take_up(acting: Acting, plan_id: int, case_id: int) -> Case:
    """The plan takes up an open case: its limits count from their first start anew, old and new stand in the record.

    Raises Refusal ``plan_takes_no_more`` for a case that moved on meanwhile.
    """
    step = lock(acting, case_id)
    row = Plan.objects.get(pk=plan_id)
    plan, case = planning.info(row), step.case
    still = case.state in FILED_OPEN and case.condition_id is not None and row.state != Plan.UNDONE
    fits = plan.covers(planning.divisions(case), case.category_id, case.condition_id)
    if not (still and fits) or PlanEffect.objects.filter(plan_id=plan_id, case=case).exists():
        raise Refusal("plan_takes_no_more", status=409)
    found, seconds = _without_plan(step)
    case.limit_value, case.limit_unit = case_limits.under(plan, case, step.process, step.at, found)
    way = FILED if case.filed_at is not None and plan.holds(case.filed_at) else OPEN
    made = PlanEffect(plan_id=plan_id, case=case, way=way, at=step.at)
    fill(step, made, plan, found, seconds)
    step.batch.insert(made)
    if (made.new_value, made.new_unit, made.new_case_seconds) != (*found, seconds):
        recompute_limits(step, made.new_case_seconds)
    step.record(Entry("plan", case.state, case.state, inputs=told(plan, made), target_unit_id=case.handler_unit_id))
    return step.commit()


def _without_plan(step: Step) -> tuple[Limit, int]:
    """The limits of an open case as they are, or as they were before the plan that has it now, which it leaves."""
    case = step.case
    for other in PlanEffect.objects.filter(case=case, left_at=None):
        leave(step, other, "another")
        return (other.old_value, other.old_unit), other.old_case_seconds
    row = step.clock("case")
    found: Limit = (case.limit_value or 0, case.limit_unit)
    if row is None:
        return found, case_limits.ordinary_case_seconds(case, step.at, found)
    return found, clocks.state_of(row, case.platform_id, step.acting.zone).limit


@whole
def give_back(acting: Acting, plan_id: int, case_id: int) -> Case:
    """The start of the plan was undone: the case has the limits that it would have had, on record. A closed case keeps its verdict.

    Raises Refusal ``plan_takes_no_more`` when it has left the plan already.
    """
    step = lock(acting, case_id)
    row = PlanEffect.objects.select_related("plan").get(plan_id=plan_id, case_id=case_id)
    case, plan = step.case, planning.info(row.plan)
    if row.left_at is not None:
        raise Refusal("plan_takes_no_more", status=409)
    same = (row.old_value, row.old_unit, row.old_case_seconds) == (row.new_value, row.new_unit, row.new_case_seconds)
    if case.state in FILED_OPEN and not same:
        case.limit_value, case.limit_unit = row.old_value, row.old_unit
        recompute_limits(step, row.old_case_seconds)
    said = told(plan, row) | {"undone": True, "exempt": False}
    step.record(Entry("plan", case.state, case.state, inputs=said, target_unit_id=case.handler_unit_id))
    leave(step, row, "undone")
    return step.commit()
