"""The case page, looking cases up, the sub-district's view, and printed sheets."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from urbangrid.cases import access, detail, drafts, queues, search, words
from urbangrid.cases.actions import step
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.workbench.views.common import acting_of, number, page

REASONED = ("rework", "void", "correct", "return_to_filing", "return_unsigned", "refuse_filing", "withdraw")
SHEETS = {"handover": "workbench/print/handover.html", "order": "workbench/print/order.html", "filing": "workbench/print/filing.html"}


def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case as the acting post may see it; opening it as its holder ends the withdrawal of the step before."""
    return draw(request, acting_of(request), case_id)


def draw(
    request: HttpRequest, acting: Acting, case_id: int, *, fault: Refusal | None = None, typed: dict[str, Any] | None = None
) -> HttpResponse:  # fmt: skip
    view = detail.view(acting, case_id)
    if view.my_item_id is not None:
        step.mark_seen(acting, case_id)
    case = view.case
    near = search.near(acting, case.point.x, case.point.y, category_id=case.category_id, exclude=case.pk) if case.point else []
    reasons = {action: catalog.reasons(acting.platform_id, detail.REASON_LISTS.get(action, action)) for action in REASONED}
    kept = {} if fault else {move.action: drafts.find(acting, f"{move.action}-{case_id}") for move in view.moves[:4]}
    return page(
        request, "workbench/case.html", fault.status if fault else 200, view=view, near=near, reasons=reasons, fault=fault,
        typed=typed or {}, drafts={action: draft for action, draft in kept.items() if draft}, acting=acting,
    )  # fmt: skip


def by_number(request: HttpRequest, text: str) -> HttpResponse:
    """From a spoken case number to its page; a stranger's number is answered like a wrong one."""
    return redirect("workbench:case", access.case_id_of(acting_of(request), text))


def sheet(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """A4 sheets: hand-over to the city, dispatch order, filing form."""
    acting = acting_of(request)
    view = detail.view(acting, case_id)
    if name not in SHEETS:
        raise Refusal("case_unknown", status=404)
    return page(request, SHEETS[name], view=view, acting=acting, platform=platform_of(acting.platform_id))


def asked_for(request: HttpRequest, acting: Acting) -> search.Asked:
    """The search form's fields."""
    get = request.GET
    return search.Asked(
        words=get.get("words", "")[:100], category_id=number(get.get("category")), division_id=number(get.get("area")),
        state=get.get("state", "") if get.get("state", "") in words.STATES else "",
        light=get.get("light", "") if get.get("light", "") in words.LIGHTS else "", unit_id=number(get.get("unit")),
        since=_day(get.get("since"), acting), until=_day(get.get("until"), acting, after=True), open_only=get.get("open") == "1",
    )  # fmt: skip


def _day(text: str | None, acting: Acting, *, after: bool = False) -> datetime | None:
    """A day of the platform's zone as its first instant; with ``after`` the first of the next day."""
    try:
        day = datetime.strptime(text or "", "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None
    return datetime.combine(day + timedelta(days=int(after)), time.min, acting.zone)


def look_up(request: HttpRequest) -> HttpResponse:
    """综合查询."""
    acting = acting_of(request)
    asked = asked_for(request, acting)
    text = asked.words.strip()
    if text and "-" in text and request.GET.get("exact") != "0":
        try:
            return redirect("workbench:case", access.case_id_of(acting, text))
        except Refusal:
            pass
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    found = search.search(acting, asked, skip=(number_of_page - 1) * search.PAGE)
    return page(
        request, "workbench/search.html", found=found, asked=asked, number=number_of_page, states=words.STATES, lights=words.LIGHTS,
        tree=grids.area_tree(platform_of(acting.platform_id)), units=organizations.all_units(acting.platform_id), acting=acting,
        category=catalog.category(asked.category_id) if asked.category_id else None,
    )  # fmt: skip


def area(request: HttpRequest) -> HttpResponse:
    """本辖区全部: what lies in the sub-district and on its border; list, map and count are the same cases (desks.md B1)."""
    acting = acting_of(request)
    asked = search.Asked(
        open_only=request.GET.get("all") != "1", light=request.GET.get("light", ""), words=request.GET.get("words", "")[:100]
    )
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    found = search.search(acting, asked, skip=(number_of_page - 1) * search.PAGE)
    return page(request, "workbench/subdistrict.html", found=found, asked=asked, number=number_of_page, acting=acting)


def done(request: HttpRequest) -> HttpResponse:
    """经办: what I have finished, newest first."""
    acting = acting_of(request)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    rows = queues.done(acting, skip=(number_of_page - 1) * queues.PAGE)
    return page(request, "workbench/done.html", rows=rows, number=number_of_page, acting=acting)
