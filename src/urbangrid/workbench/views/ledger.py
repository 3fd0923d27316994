"""台账, exports of it and of searches, 常用查询 (HD-3.1.2g, CY-20-3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.cases import exports, ledger, ledger_figures, saved, search
from urbangrid.cases.actions import archiving
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.ui.templatetags.ug import EXPORTING
from urbangrid.workbench.views.case import asked_for, check_days, search_fields
from urbangrid.workbench.views.common import acting_of, number, page, toast

LONGEST_DAYS = 3650


def _of_month(get: QueryDict, acting: Acting) -> tuple[date, search.Asked]:
    """The month that the ledger shows, and the search that it is."""
    month, since, until = ledger.month_of(acting, get.get("month", ""))
    return month, replace(asked_for(get, acting), since=since, until=until)


def _check(get: QueryDict, acting: Acting) -> None:
    """Raises Refusal ``month_wrong``, ``day_wrong``, ``days_backwards`` for an address that names no time."""
    month = get.get("month") or ""
    if month and not ledger.is_month(month):
        raise Refusal("month_wrong", status=422, field="month", value=month[:20])
    check_days(get, acting)


@acting_required(*EXPORTING)
def show(request: HttpRequest) -> HttpResponse:
    """A month's cases with stages, durations and results."""
    acting, fault = acting_of(request), None
    try:
        _check(request.GET, acting)
    except Refusal as wrong:
        fault = wrong
    month, asked = _of_month(request.GET, acting)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    lines = ledger.page(acting, asked, skip=(number_of_page - 1) * search.PAGE)
    figures = ledger_figures.figures(acting, asked)
    assert asked.until is not None
    return page(
        request, "workbench/ledger.html", fault.status if fault else 200, fault=fault,
        acting=acting, month=month, lines=lines, figures=figures,
        basis=ledger.basis(acting.cases_platform_id),
        counted=ledger_figures.counted(figures), back=ledger_figures.passing_on(acting, asked), back_basis=ledger_figures.BACK_BASIS,
        stages=ledger.stages_of(lines), number=number_of_page, has_next=figures.total > number_of_page * search.PAGE,
        last_day=asked.until.astimezone(acting.zone).date() - timedelta(days=1), **search_fields(acting, asked),
    )  # fmt: skip


@require_POST
@acting_required(*EXPORTING)
def export(request: HttpRequest) -> HttpResponse:
    """The ledger or the search that the page showed, as a table: at once, or by the worker when it is long."""
    acting = acting_of(request)
    get, form = QueryDict(request.POST.get("query", "")[:2000]), request.POST.get("form", "")
    _check(get, acting)
    if request.POST.get("of") == "ledger":
        month, asked = _of_month(get, acting)
        name = _("台账 %(month)s") % {"month": f"{month:%Y-%m}"}
    else:
        asked, name = asked_for(get, acting), _("案件查询结果")
    if exports.is_long(acting, asked):
        exports.ask_ledger(acting, asked, form, name=name, address=address_of(request))
        return redirect("workbench:exports")
    made = exports.ledger_now(acting, asked, form, address=address_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.{form}") or "attachment"
    return HttpResponse(
        made, content_type=exports.FORMS[form], headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )  # fmt: skip


@require_POST
@acting_required("archive")
def archive(request: HttpRequest) -> HttpResponse:
    """归档 of everything closed so many days ago, 500 at a press (HD-4.1-3c)."""
    days = number(request.POST.get("days"))
    if days is None or days > LONGEST_DAYS:
        raise Refusal("input_wrong", status=422, field="days", label=_("结案满几天"), value=request.POST.get("days", "")[:10])
    done = archiving.archive_closed(acting_of(request), days)
    more = _("，还有更多，可再按一次") if done == archiving.BATCH else ""
    toast(request, _("已归档 %(n)d 件%(more)s") % {"n": done, "more": more})
    return redirect("workbench:ledger")


@acting_required(*EXPORTING)
def show_exports(request: HttpRequest) -> HttpResponse:
    """What the worker makes or has made for this person, with progress."""
    acting = acting_of(request)
    rows = exports.mine(acting)
    busy = any(row.state in ("waiting", "running") for row in rows)
    return page(request, "workbench/exports.html", exports=rows, busy=busy, acting=acting)


@acting_required(*EXPORTING)
def export_file(request: HttpRequest, export_id: int) -> HttpResponse:
    """A finished file, to the person who asked for it under that post."""
    row, path = exports.file_of(acting_of(request), export_id)
    sent = FileResponse(path.open("rb"), content_type=exports.FORMS[row.form], as_attachment=True, filename=row.name)
    sent["Cache-Control"] = "no-store"
    return cast("HttpResponse", sent)  # both are answers; Django names no common kind but a base without content


@require_POST
def save_search(request: HttpRequest) -> HttpResponse:
    """存为常用, and back to the same search."""
    acting, query = acting_of(request), QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    query.pop("page", None)
    kept = saved.save(acting, request.POST.get("name", ""), query.urlencode())
    toast(request, _("已存为常用查询“%(name)s”") % {"name": kept.name})
    return redirect(f"{reverse('workbench:search')}?{kept.query}")


@require_POST
def forget_search(request: HttpRequest, saved_id: int) -> HttpResponse:
    """去掉一个常用查询."""
    saved.forget(acting_of(request), saved_id)
    return redirect("workbench:search")
