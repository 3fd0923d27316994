"""值班: who is at work now, 签到 and 签退, 请假 (case-rules 23, desks.md Q1)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.shipped import shipped
from urbangrid.organizations import attending, holding, leaves, rosters
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench.views.common import acting_of, at_a_desk, number, page, toast

STATES = {
    "here": gettext_lazy("在岗"), "late": gettext_lazy("迟到"), "absent": gettext_lazy("未签到"), "leave": gettext_lazy("请假"),
    "coming": gettext_lazy("待到岗"), "left": gettext_lazy("已签退"),
}  # fmt: skip


@require_GET
@at_a_desk
def duty(request: HttpRequest) -> HttpResponse:
    """值班表 of now: 应到, 实到, 迟到, 请假, 未签到, with telephone; one's own next turns with 签到 and 签退."""
    return _draw(request)


def _draw(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    acting = acting_of(request)
    rows = attending.attendance(acting.platform_id, _units(acting))
    states = Counter(row.state for row in rows)
    areas = Counter(row.area for row in rows if row.area and row.state in ("here", "late"))
    figures = [
        (_("应到"), sum(states[name] for name in ("here", "late", "absent", "leave"))), (_("实到"), states["here"] + states["late"]),
        *((STATES[name], states[name]) for name in ("late", "leave", "absent", "coming")),
    ]  # fmt: skip
    return page(
        request, "workbench/duty.html", fault.status if fault else 200, acting=acting, fault=fault, figures=figures, areas=areas.items(),
        rows=[(row, STATES[row.state]) for row in rows], turns=rosters.mine(acting), signed=attending.open_turn(acting.appointment_id),
        **_personnel(acting), soon=clock.now() + attending.EARLY, now=clock.now(),
    )  # fmt: skip


def _personnel(acting: Acting) -> dict[str, object]:
    """人员名册 of a sub-district with counts per kind and area, for who reads one (CY-2.3b)."""
    if not acting.may("read_area") or acting.division_id is None:
        return {}
    people = holding.register(acting.platform_id, acting.division_id)
    kinds = list(dict.fromkeys(one.kind for one in people))
    counts = Counter((one.area, one.kind) for one in people)
    areas = [(area, [counts[area, kind] for kind in kinds]) for area in dict.fromkeys(one.area for one in people)]
    sums = [sum(counts[area, kind] for area, _row in areas) for kind in kinds]
    return {"people": people, "kinds": kinds, "counts": areas, "sums": sums}


def _units(acting: Acting) -> list[int] | None:
    """None: the whole platform."""
    return None if acting.may("read_all") else sorted({acting.unit_id, *(row.pk for row in rosters.managed(acting))})


@require_POST
@at_a_desk
def sign_on(request: HttpRequest) -> HttpResponse:
    """签到; in a night shift with the posts of the platform's rule."""
    try:
        turn, also = attending.sign_on(acting_of(request))
    except Refusal as fault:
        return _draw(request, fault)
    more = _("；本班兼%(posts)s，在“切换岗位”里选") % {"posts": _("、").join(map(shipped, also))} if also else ""
    toast(request, _("%(shift)s已签到%(more)s") % {"shift": turn.shift.name, "more": more})
    return redirect("workbench:duty")


@require_POST
@at_a_desk
def sign_off(request: HttpRequest) -> HttpResponse:
    """签退; what was claimed returns to the pool."""
    try:
        returned = attending.sign_off(acting_of(request))
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("已签退，%(count)d 件正在办理的退回待办") % {"count": returned})
    return redirect("workbench:duty")


@require_http_methods(["GET", "POST"])
@at_a_desk
def leave(request: HttpRequest) -> HttpResponse:
    """请假: one's own, and what waits for one's decision."""
    if request.method != "POST":
        return _draw_leave(request)
    acting, posted = acting_of(request), request.POST
    try:
        leaves.ask(
            acting, kind=posted.get("kind", ""), begins_at=_moment(acting, posted, "begins"), ends_at=_moment(acting, posted, "ends"),
            reason=posted.get("reason", "").replace("\0", ""),
        )  # fmt: skip
    except Refusal as fault:
        return _draw_leave(request, fault)
    toast(request, _("请假已提交，等待批准"))
    return redirect("workbench:leave")


def _moment(acting: Acting, posted: QueryDict, field: str) -> datetime:
    try:
        return datetime.fromisoformat(posted.get(field, "")).replace(tzinfo=acting.zone)
    except ValueError as error:
        raise Refusal("leave_time", status=422, field=field) from error


def _draw_leave(request: HttpRequest, fault: Refusal | None = None, decided: int = 0) -> HttpResponse:
    acting = acting_of(request)
    asked = leaves.asked_of(acting)
    people = [one for team in rosters.teams(acting) for one in team.people] if asked else []
    return page(
        request, "workbench/leave.html", fault.status if fault else 200, acting=acting, fault=fault, kinds=leaves.KINDS.items(),
        mine=[(row, leaves.KINDS[row.kind], leaves.STATES[row.state]) for row in leaves.mine(acting)],
        asked=[(row, leaves.KINDS[row.kind], [one for one in people if one.user_id != row.appointment.user_id]) for row in asked],
        typed=request.POST, decided=decided,
    )  # fmt: skip


@require_POST
@acting_required(rosters.DUTY)
def decide(request: HttpRequest, leave_id: int) -> HttpResponse:
    """同意 with a stand-in, or 不同意 with a reason."""
    posted, grant = request.POST, request.POST.get("grant") == "1"
    try:
        done = leaves.decide(
            acting_of(request), leave_id, grant=grant, stand_in=number(posted.get("stand_in")) or 0,
            answer=posted.get("answer", "").replace("\0", ""),
        )  # fmt: skip
    except Refusal as fault:
        if fault.status == 422:
            return _draw_leave(request, fault, leave_id)
        raise
    said = _("已同意，%(taken)d 个班由顶替人接，%(free)d 个班空出") % {"taken": done.taken, "free": done.free}
    toast(request, said if grant else _("已答复不同意"))
    return redirect("workbench:leave")


@require_POST
@at_a_desk
def take_back(request: HttpRequest, leave_id: int) -> HttpResponse:
    """撤回 one's own leave, while nobody decided."""
    leaves.take_back(acting_of(request), leave_id)
    toast(request, _("请假已撤回"))
    return redirect("workbench:leave")
