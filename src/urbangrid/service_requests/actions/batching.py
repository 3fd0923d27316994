"""批量登记 under a plan: many calls about one road become one case, and every caller's request is joined to it (case-rules 5, 18).

1. Where the plan has an open case on the road already, that one is taken; else a report 沿线 is made and accepted.
2. Every call becomes a request of its own with contact, number and reply limit, joined to the case (N:M).
3. Reports about the same road that wait on the desk are joined to the case (并入).

All of a road in one transaction; the same calls of the same batch again make nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from urbangrid.cases import plan_roads
from urbangrid.cases.actions import intake, perform
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.cases.plan_roads import OnRoad
from urbangrid.cases.plan_rules import PlanInfo
from urbangrid.core.confidential import cleaned
from urbangrid.core.errors import Refusal
from urbangrid.core.text import labelled
from urbangrid.core.transactions import whole
from urbangrid.grids import roads
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests.actions.registering import Contact, Registration, register
from urbangrid.service_requests.calls import Call
from urbangrid.service_requests.models import ServiceRequest

WORDS_LIMIT = 2000
"""Of the description of a road case; the requests keep all words."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What all calls of a page have in common; ``key`` is made by the page, once."""

    key: str
    source: str
    line: str
    category_id: int


@dataclass(frozen=True, slots=True)
class RoadCase:
    """What became of the calls about a road. ``number``: of the case, or of its report before it is filed."""

    road: str
    case_id: int
    number: str
    calls: int
    joined_reports: int
    is_new: bool


@whole
def make_road_case(acting: Acting, plan: PlanInfo, batch: Batch, road: str, calls: Sequence[Call]) -> RoadCase:
    """One case for the calls about a road. Raises Refusal ``road_outside_plan``, or of the report and its acceptance."""
    there = plan_roads.on_road(acting, plan, road, batch.category_id)
    case_id, number = (there.case_id, there.number) if there.case_id is not None else _open(acting, plan, batch, road, calls)
    for call in calls:
        _request(acting, batch, call, case_id)
    joined = _join_waiting(acting, case_id, there)
    return RoadCase(road, case_id, number, len(calls), joined, there.case_id is None)


def _open(acting: Acting, plan: PlanInfo, batch: Batch, road: str, calls: Sequence[Call]) -> tuple[int, str]:
    point = roads.point_on_road(acting.platform_id, road, sorted(plan.division_ids))
    if point is None:
        raise Refusal("road_outside_plan", status=409, road=road, plan=plan.name)
    told = _("；").join(dict.fromkeys(_said(call) for call in calls))[:WORDS_LIMIT]
    place = _("%(road)s（%(n)s 个来电，沿线）") % {"road": road, "n": len(calls)}
    client_id = f"batch-{batch.key}-{hashlib.sha256(road.encode()).hexdigest()[:16]}"
    report = intake.report(
        acting,
        ReportInputs(source=batch.source, client_id=client_id[:64], category_id=batch.category_id, description=told, place_text=place,
                     longitude=point[0], latitude=point[1]),
    )  # fmt: skip
    return intake.accept(acting, report.pk).pk, report.number


def _said(call: Call) -> str:
    words = call.place if call.text == call.place else labelled(call.place, call.text)
    return cleaned(words, phone=call.phone)


def _request(acting: Acting, batch: Batch, call: Call, case_id: int | None) -> ServiceRequest:
    asked = Registration(
        source=batch.source, client_id=f"batch-{batch.key}-{call.key}"[:64], text=call.text, line=batch.line,
        contact=Contact(phone=call.phone), category_id=batch.category_id, place_text=call.place, case_id=case_id,
    )  # fmt: skip
    return register(acting, asked)


def _join_waiting(acting: Acting, case_id: int, there: OnRoad) -> int:
    """Reports that wait are joined where the desk may do that; the others stay on it."""
    done, seq = 0, None
    for report_id in there.report_ids:
        seq = plan_roads.seq_of(case_id) if seq is None else seq
        seq = perform(acting, case_id, "join_report", seq, {"report_id": report_id}).seq
        done += 1
    return done


@whole
def make_single(acting: Acting, batch: Batch, call: Call) -> ServiceRequest:
    """A call that names no road: registered like any other, its report on the desk."""
    return _request(acting, batch, call, None)
