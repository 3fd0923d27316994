"""预案: written, started, ended, undone by the duty director or the head (case-rules 18)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from urbangrid.cases import plan_reading, plan_words
from urbangrid.cases.actions import plans
from urbangrid.cases.actions.plans import DUTY, PlanInputs
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench.views.common import acting_of, number, page, toast
from urbangrid.workbench.views.plan_pages import draw

SWITCHES = ("exempt", "takes_open", "to_territory", "by_road", "quota_off", "hourly")
LISTS = ("division_ids", "category_ids", "condition_ids")
MOST = 500
"""Entries of a list that a form may send."""


@require_http_methods(["GET", "POST"])
@acting_required(DUTY)
def new(request: HttpRequest) -> HttpResponse:
    """A new draft; saving leads to its preview."""
    return _form(request, None, 0, {"percent": "50", "kind": "storm"})


@require_http_methods(["GET", "POST"])
@acting_required(DUTY)
def edit(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A draft as it is; one that was started is not edited."""
    view = plan_reading.one(acting_of(request), plan_id)
    if view.row.state != view.row.DRAFT:
        raise NotFound("plan_unknown")
    return _form(request, plan_id, view.row.version, _typed(view.row))


def _form(request: HttpRequest, plan_id: int | None, version: int, typed: Mapping[str, Any]) -> HttpResponse:
    acting, fault = acting_of(request), None
    if request.method == "POST":
        try:
            sent = number(request.POST.get("version")) or 0
            row = plans.save(acting, _inputs(acting, request.POST), plan_id=plan_id, version=sent)
            toast(request, _("“%(name)s”已保存，下面是现在启动会有的影响") % {"name": row.name})
            return redirect("workbench:plan", row.pk)
        except Refusal as refused:
            fault, version = refused, sent
            typed = {**request.POST.dict(), **{name: _numbers(request.POST, name) for name in LISTS}}
    chosen = [catalog.find_category(one) for one in typed.get("category_ids", ())]
    return page(
        request, "workbench/plan_edit.html", fault.status if fault else 200, acting=acting, fault=fault, typed=typed, version=version,
        plan_id=plan_id, kinds=plan_words.KINDS.items(), switches=plan_words.RULES.items(), periods=catalog.periods(acting.platform_id),
        areas=plan_reading.area_names(acting.platform_id).items(), classes=catalog.category_options(acting.platform_id),
        conditions=[(one, catalog.conditions_of(one.id, acting.platform_id)) for one in chosen if one is not None],
    )  # fmt: skip


def _typed(row: Any) -> dict[str, Any]:
    """A draft as its form shows it."""
    found: dict[str, Any] = {name: getattr(row, name) for name in plans.FIELDS}
    return found | {name: "on" if found[name] else "" for name in SWITCHES}


def _numbers(posted: QueryDict, name: str) -> list[int]:
    return [found for text in posted.getlist(name)[:MOST] if (found := number(text))]


def _inputs(acting: Acting, posted: QueryDict) -> PlanInputs:
    rest: dict[str, Any] = {name: tuple(_numbers(posted, name)) for name in LISTS}
    rest |= {name: posted.get(name) == "on" for name in SWITCHES}
    return PlanInputs(
        name=posted.get("name", ""), kind=posted.get("kind", ""), percent=number(posted.get("percent")) or 0,
        period=posted.get("period", ""), note=posted.get("note", ""), begins_at=_instant(posted, "begins_at", acting),
        until=_instant(posted, "until", acting), **rest,
    )  # fmt: skip


def _instant(posted: QueryDict, name: str, acting: Acting) -> datetime | None:
    """A moment of the platform's wall clock; empty: none. Raises Refusal ``input_wrong``."""
    text = posted.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=acting.zone)
    except ValueError:
        raise Refusal("input_wrong", status=422, field=name, label=_("时间"), value=text[:20]) from None


@require_POST
@acting_required(DUTY)
def start(request: HttpRequest, plan_id: int) -> HttpResponse:
    """启动, as the draft stood on the page, with the occasion in words."""
    acting = acting_of(request)
    try:
        row = plans.start(acting, plan_id, number(request.POST.get("version")) or 0, request.POST.get("why", ""))
    except Refusal as fault:
        return draw(request, plan_id, fault)
    toast(request, _("“%(name)s”已启动，十分钟内可以撤回") % {"name": row.name}, undo=reverse("workbench:undo_plan", args=[plan_id]))
    return redirect("workbench:plan", plan_id)


@require_POST
@acting_required(DUTY)
def end(request: HttpRequest, plan_id: int) -> HttpResponse:
    """结束; what was filed under it stays so."""
    row = plans.end(acting_of(request), plan_id)
    toast(request, _("“%(name)s”已结束") % {"name": row.name})
    return redirect("workbench:plan", plan_id)


@require_POST
@acting_required(DUTY)
def undo(request: HttpRequest, plan_id: int) -> HttpResponse:
    """撤回 a start: every limit goes back."""
    try:
        row = plans.undo(acting_of(request), plan_id)
    except Refusal as fault:
        return draw(request, plan_id, fault)
    toast(request, _("“%(name)s”的启动已撤回，时限已恢复") % {"name": row.name})
    return redirect("workbench:plan", plan_id)


@require_POST
@acting_required(DUTY)
def copy(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A new draft with the same rules."""
    return redirect("workbench:edit_plan", plans.copy(acting_of(request), plan_id).pk)


@require_POST
@acting_required(DUTY)
def drop(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A draft that is not wanted."""
    plans.drop(acting_of(request), plan_id)
    return redirect("workbench:plans")
