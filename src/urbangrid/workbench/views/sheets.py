"""Sheets on paper: one on the screen, one as PDF, twenty at once from a desk (desks.md C2)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.audit.actions import note
from urbangrid.cases import exports, sheets
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting
from urbangrid.ui import pdf
from urbangrid.workbench.views.common import acting_of, number, page, toast


def sheet(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """One A4 sheet on the screen, to be printed by the browser; that it was drawn is on the trail."""
    acting = acting_of(request)
    one = sheets.sheet(acting, case_id, name, number(request.GET.get("request")))
    _on_record(request, acting, [case_id], name)
    return page(request, "workbench/sheet.html", one=one, acting=acting, photo_view="workbench:photo")


def sheet_pdf(request: HttpRequest, case_id: int, name: str) -> HttpResponse:
    """The same sheet as a file."""
    acting = acting_of(request)
    made = sheets.as_pdf(acting, name, [case_id], request_id=number(request.GET.get("request")))
    _on_record(request, acting, [case_id], name)
    return _file(made, f"{sheets.TITLES[name]}.pdf")


@require_POST
def batch(request: HttpRequest) -> HttpResponse:
    """打印派遣单 of the ticked cases as one PDF; more than twenty are made by the worker and lie under 导出 then.

    A ticked case that was taken away meanwhile is left out and named in the sentence of the next page. Raises Refusal ``nothing_ticked``.
    """
    acting = acting_of(request)
    ticked = [found for text in request.POST.getlist("case") if (found := number(text.partition(":")[0]))]
    if not ticked:
        raise Refusal("nothing_ticked", status=422)
    if len(ticked) > sheets.AT_ONCE:
        exports.ask_sheets(acting, "order", ticked[: sheets.MOST], address=address_of(request))
        return redirect("workbench:exports")
    left_out: list[int] = []
    made = sheets.as_pdf(acting, "order", ticked, skipped=left_out.append)
    _on_record(request, acting, [one for one in ticked if one not in left_out], "order")
    if left_out:
        toast(request, _("有 %(n)d 件没有派遣单（已改派或收回），没有打印") % {"n": len(left_out)})
    return _file(made, _("派遣单.pdf"))


def _on_record(request: HttpRequest, acting: Acting, case_ids: list[int], name: str) -> None:
    """One more of the hour's prints, and a row of the trail per case: who looks for a case finds each of its prints."""
    limits.spend("export.person", acting.user_id)
    for case_id in case_ids:
        note(acting, "printed", subject=f"case:{case_id}", values={"sheet": name}, address=address_of(request))


def _file(made: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=False, filename=name) or "inline"
    return HttpResponse(made, content_type=pdf.MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})
