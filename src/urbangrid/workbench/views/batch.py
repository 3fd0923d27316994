"""批量登记: forty calls of a storm, pasted one per line, become one case per road (case-rules 18; desks.md, the demonstration)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.cases import plan_roads, planning
from urbangrid.cases.plan_roads import OnRoad
from urbangrid.cases.plan_rules import PlanInfo
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import limits
from urbangrid.core.errors import Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.platforms import platform_of
from urbangrid.core.text import labelled
from urbangrid.grids import roads
from urbangrid.organizations import names
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.service_requests import actions, calls, messages
from urbangrid.service_requests.actions import Batch, RoadCase
from urbangrid.service_requests.calls import Call, Unread
from urbangrid.workbench.views.common import acting_of, number, page

ALL = "*"
"""Value of the key that makes a case of every road."""


@dataclass(frozen=True, slots=True)
class Group:
    """The calls about a road and what the plan has there; ``road`` empty: they name none. ``outside``: no part of it lies in the plan."""

    road: str
    calls: tuple[Call, ...]
    there: OnRoad | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Pasted:
    """What the form says, read."""

    text: str
    plan: PlanInfo | None
    batch: Batch
    groups: tuple[Group, ...]
    unread: tuple[Unread, ...]


@require_GET
@acting_required("register")
def register(request: HttpRequest) -> HttpResponse:
    """The empty form, for a plan that merges by road."""
    return _draw(request, None)


@require_POST
@acting_required("register")
def make(request: HttpRequest) -> HttpResponse:
    """Without ``road``: show the groups. With a road, with ``*`` or with ``single``: make the cases, and show what is left."""
    acting = acting_of(request)
    try:
        pasted = _read(request, acting)
        wanted = request.POST.get("road")
        if wanted is None:
            return _draw(request, pasted)
        limits.spend("report.person", acting.user_id)
        return _made(request, acting, pasted, wanted)
    except Refusal as fault:
        return _draw(request, None, fault=fault)


def _plans(acting: Acting) -> list[PlanInfo]:
    return [plan for plan in planning.active(acting.platform_id) if plan.by_road]


def _read(request: HttpRequest, acting: Acting) -> Pasted:
    """Raises Refusal ``batch_plan_missing``, ``batch_too_long``, ``input_wrong``."""
    posted = request.POST
    plan = next((one for one in _plans(acting) if one.plan_id == number(posted.get("plan"))), None)
    if plan is None:
        raise Refusal("batch_plan_missing", status=409, field="plan", who=names.holders(acting.platform_id, "run_plans"))
    source = sources.source(acting.platform_id, posted.get("source", ""))
    if source is None or not source.is_registered:
        raise Refusal("input_wrong", status=422, field="source", label=_("来源"), value=posted.get("source", "")[:20])
    category = catalog.find_category(number(posted.get("category_id")))
    if category is None or (plan.category_ids and category.id not in plan.category_ids):
        raise Refusal("input_wrong", status=422, field="category_id", label=_("类别"), value="")
    text = posted.get("calls", "")
    found, unread = calls.read(text)
    if len(found) > calls.MOST:
        raise Refusal("batch_too_long", status=422, field="calls", most=calls.MOST, count=len(found))
    line = platform_of(acting.platform_id).hotline if source.code == "hotline" else ""
    batch = Batch(posted.get("batch", "")[:24] or secrets.token_hex(8), source.code, line, category.id)
    return Pasted(text, plan, batch, _groups(acting, plan, batch, found), tuple(unread))


def _groups(acting: Acting, plan: PlanInfo, batch: Batch, found: Sequence[Call]) -> tuple[Group, ...]:
    grouped = calls.by_road(found, roads.road_names(acting.platform_id))
    return tuple(_group(acting, plan, batch, road, grouped[road]) for road in sorted(grouped, key=lambda road: road == ""))


def _group(acting: Acting, plan: PlanInfo, batch: Batch, road: str, found: Sequence[Call]) -> Group:
    if not road:
        return Group("", tuple(found), None, False)
    outside = roads.point_on_road(acting.platform_id, road, sorted(plan.division_ids)) is None
    there = None if outside else plan_roads.on_road(acting, plan, road, batch.category_id)
    return Group(road, tuple(found), there, outside)


def _made(request: HttpRequest, acting: Acting, pasted: Pasted, wanted: str) -> HttpResponse:
    """Each road in a transaction of its own, once per press; what was refused stays in the form with its sentence."""
    made: list[RoadCase] = []
    singles, left, faults = 0, list[Call](), list[str]()
    for group in pasted.groups:
        merges = bool(group.road) and not group.outside
        if not (wanted in (ALL, group.road) if merges else wanted == "single"):
            left += group.calls
            continue
        try:
            if merges:
                made.append(_one(request, acting, pasted, group))
            else:
                singles += len([actions.make_single(acting, pasted.batch, call) for call in group.calls])
        except Refusal as fault:
            faults.append(labelled(group.road, fault.sentence()) if group.road else fault.sentence())
            left += group.calls
    rest = _with(acting, pasted, left)
    return _draw(request, rest, made=made, singles=singles, faults=faults)


def _one(request: HttpRequest, acting: Acting, pasted: Pasted, group: Group) -> RoadCase:
    assert pasted.plan is not None
    plan = pasted.plan
    done: dict[str, RoadCase] = {}

    def act() -> dict[str, Any]:
        done["made"] = actions.make_road_case(acting, plan, pasted.batch, group.road, group.calls)
        return {"case": str(done["made"].case_id)}

    key = f"{pasted.batch.key}:{request.POST.get('key', '')}"
    body = {"road": group.road, "calls": [call.key for call in group.calls]}
    kept = once(actor_id=acting.user_id, key=f"{key[:40]}:{group.calls[0].key}", body=body, act=act)
    return done.get("made") or RoadCase(group.road, int(kept["case"]), "", len(group.calls), 0, False)


def _with(acting: Acting, pasted: Pasted, left: Sequence[Call]) -> Pasted:
    """The form with the lines that are left, as they were typed."""
    lines = pasted.text.splitlines()
    text = "\n".join(lines[call.line - 1] for call in left)
    assert pasted.plan is not None
    found, unread = calls.read(text)
    return Pasted(text, pasted.plan, pasted.batch, _groups(acting, pasted.plan, pasted.batch, found), tuple(unread))


def _draw(
    request: HttpRequest, pasted: Pasted | None, *, fault: Refusal | None = None, made: Sequence[RoadCase] = (), singles: int = 0,
    faults: Sequence[str] = (),
) -> HttpResponse:  # fmt: skip
    acting, posted = acting_of(request), request.POST
    plans = _plans(acting)
    wanted = frozenset(number_ for plan in plans for number_ in plan.category_ids)
    classes = [one for one in catalog.category_options(acting.platform_id) if not wanted or one.id in wanted]
    known = sources.sources(acting.platform_id).values()
    roads_to_make = [one for one in pasted.groups if one.road and not one.outside] if pasted else []
    return page(
        request, "workbench/batch.html", fault.status if fault else 200, acting=acting, fault=fault, pasted=pasted, plans=plans,
        classes=classes, sources=[one for one in known if one.is_registered], made=made, singles=singles, faults=faults,
        batch_key=pasted.batch.key if pasted else secrets.token_hex(8), roads=roads_to_make,
        text=pasted.text if pasted else posted.get("calls", ""), typed=posted, source=posted.get("source", "hotline"),
        why=messages.UNREAD, joined=sum(one.calls for one in made),
    )  # fmt: skip
