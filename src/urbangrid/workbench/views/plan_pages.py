"""预案 for reading: the list, one plan with its preview or its figures, the exemption list, the bulletin (case-rules 18)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.cases import plan_bulletin, plan_list, plan_preview, plan_reading
from urbangrid.cases.actions.plans import DUTY
from urbangrid.cases.plan_banner import READERS
from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import acting_required
from urbangrid.workbench.views.common import acting_of, number, page


@require_GET
@acting_required(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """All plans: in force, drafts for those who write them, ended."""
    acting = acting_of(request)
    return page(request, "workbench/plans.html", plans=plan_reading.listed(acting), acting=acting, may_run=acting.may(DUTY))


@acting_required(*READERS)
def show(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A draft with what it would do now; one that was started with what it did."""
    return draw(request, plan_id)


def draw(request: HttpRequest, plan_id: int, fault: Refusal | None = None) -> HttpResponse:
    acting = acting_of(request)
    plan = plan_reading.one(acting, plan_id)
    drafted = plan.row.state == plan.row.DRAFT
    return page(
        request, "workbench/plan.html", fault.status if fault else 200, plan=plan, acting=acting, fault=fault, drafted=drafted,
        preview=plan_preview.of_plan(acting, plan.row) if drafted else None, may_run=acting.may(DUTY), why=request.POST.get("why", ""),
        bulletin=None if drafted else plan_bulletin.of_plan(acting, plan.row),
    )  # fmt: skip


@require_GET
@acting_required(*READERS)
def exemptions(request: HttpRequest, plan_id: int) -> HttpResponse:
    """免考核与收紧清单: each case with its limit before and after."""
    acting = acting_of(request)
    plan = plan_reading.one(acting, plan_id)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    found = plan_list.effects(acting, plan.row)
    total = found.count()
    rows = list(plan_list.rows(found, (number_of_page - 1) * plan_list.PAGE))
    return page(
        request, "workbench/plan_list.html", plan=plan, rows=rows, total=total, number=number_of_page, acting=acting,
        has_next=total > number_of_page * plan_list.PAGE, basis=plan_list.BASIS,
    )  # fmt: skip


@require_GET
@acting_required(*READERS)
def list_file(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The same list as a table."""
    acting = acting_of(request)
    plan = plan_reading.one(acting, plan_id)
    made = plan_list.table(acting, plan.row, address=address_of(request))
    name = _("%(plan)s 免考核与收紧清单") % {"plan": plan.row.name}
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or "attachment"
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


@require_GET
@acting_required(*READERS)
def bulletin(request: HttpRequest, plan_id: int) -> HttpResponse:
    """快报 on A4: where the plan's cases stand, with basis and instant."""
    acting = acting_of(request)
    plan = plan_reading.one(acting, plan_id)
    return page(
        request, "workbench/print/bulletin.html", plan=plan, bulletin=plan_bulletin.of_plan(acting, plan.row), acting=acting,
        platform=platform_of(acting.platform_id), basis=plan_bulletin.BASIS, phases=plan_bulletin.PHASE_WORDS.values(),
    )  # fmt: skip
