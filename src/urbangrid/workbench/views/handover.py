"""交接班: the sheet made from what is open, taken over by one key or refused with a reason (HD-12.1, desks.md D3)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from urbangrid.audit.actions import note
from urbangrid.cases import drafts, handing_over
from urbangrid.core import limits
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import attending, handing
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Handover
from urbangrid.ui import pdf
from urbangrid.workbench.views.common import acting_of, at_a_desk, page, toast

STATES = {
    Handover.WAITING: gettext_lazy("待接班"), Handover.ACCEPTED: gettext_lazy("已接班"),
    Handover.REFUSED: gettext_lazy("不接，待值班长处理"), Handover.REPLACED: gettext_lazy("已重交"),
}  # fmt: skip


@require_http_methods(["GET", "POST"])
@at_a_desk
def handovers(request: HttpRequest) -> HttpResponse:
    """What is open now with the form of giving, what waits to be taken over, the newest sheets; giving makes the sheet."""
    acting = acting_of(request)
    if request.method != "POST":
        return _sheets(request, acting)
    try:
        with translation.override(settings.LANGUAGE_CODE):  # it is kept, for whoever reads it
            content = handing_over.content(acting)
        made = handing.give(acting, content=content, notes=request.POST.get("notes", ""))
    except Refusal as fault:
        return _sheets(request, acting, fault)
    toast(request, _("已交班，等待接班"))
    return redirect("workbench:handover", made.pk)


def _sheets(request: HttpRequest, acting: Acting, fault: Refusal | None = None) -> HttpResponse:
    left = _left(acting)
    return page(
        request, "workbench/handovers.html", fault.status if fault else 200, acting=acting, fault=fault, typed=request.POST,
        now_open=handing_over.shown(handing_over.content(acting)),
        waiting=handing.waiting_for(acting), sheets=[(row, STATES[row.state]) for row in handing.listed(acting)],
        successors=handing.successors(acting), turn=attending.open_turn(acting.appointment_id), offered=drafts.offered(acting, left),
    )  # fmt: skip


def _left(acting: Acting) -> list[tuple[int, datetime]]:
    return [(row.given_by.user_id, row.answered_at) for row in handing.taken_over(acting) if row.answered_at is not None]


def _draw(request: HttpRequest, sheet_id: int, fault: Refusal | None = None) -> HttpResponse:
    acting = acting_of(request)
    row = handing.find(acting, sheet_id)
    return page(
        request, "workbench/handover.html", fault.status if fault else 200, fault=fault, typed=request.POST,
        may_answer=handing.may_answer(acting, row),
        **_context(acting, row),
    )  # fmt: skip


def _context(acting: Acting, row: Handover) -> dict[str, object]:
    shown = handing_over.shown(row.content)
    return {"acting": acting, "one": row, "shown": shown, "state": STATES[row.state], "platform": platform_of(acting.platform_id)}


@require_GET
@at_a_desk
def sheet(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """交接班单 as it stood, with 接班 and 不接 for who may."""
    return _draw(request, sheet_id)


@require_GET
@at_a_desk
def sheet_pdf(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """The same on A4."""
    acting = acting_of(request)
    row = handing.find(acting, sheet_id)
    limits.spend("export.person", acting.user_id)
    note(acting, "printed", subject=f"handover:{row.pk}", values={"sheet": "handover"})
    made = pdf.write([render_to_string("workbench/print/handover_pdf.html", _context(acting, row))])
    disposition = content_disposition_header(as_attachment=False, filename=_("交接班单.pdf")) or "inline"
    return HttpResponse(made, content_type=pdf.MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


@require_POST
@at_a_desk
def accept(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """接班."""
    row, went = handing.accept(acting_of(request), sheet_id)
    toast(request, _("已接%(name)s的班，点名给其的 %(count)d 件已转来") % {"name": row.given_by.user.name, "count": went})
    return redirect("workbench:handovers")


@require_POST
@at_a_desk
def refuse(request: HttpRequest, sheet_id: int) -> HttpResponse:
    """不接, with a reason; it stays with the duty director."""
    try:
        handing.refuse(acting_of(request), sheet_id, request.POST.get("reason", "").replace("\0", ""))
    except Refusal as fault:
        if fault.status == 422:
            return _draw(request, sheet_id, fault)
        raise
    toast(request, _("已记录不接，留给值班长处理"))
    return redirect("workbench:handovers")


@require_POST
@at_a_desk
def take_draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """接手草稿 of the predecessor."""
    acting = acting_of(request)
    one = drafts.take(acting, draft_id, _left(acting))
    toast(request, _("%(name)s的“%(word)s”草稿已转到您名下") % {"name": one.name, "word": one.word})
    return redirect("workbench:case", one.case_id) if one.case_id else redirect("workbench:handovers")
