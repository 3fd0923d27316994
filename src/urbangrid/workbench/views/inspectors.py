"""监督员: the list of those whom a supervision user answers for, and the file of one in six tabs (HD-3.1.2f)."""

from __future__ import annotations

from math import ceil

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from urbangrid.audit.actions import note
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, Column, for_readers, write_book
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.organizations import inspectors as people
from urbangrid.organizations.acting import acting_required
from urbangrid.workbench import inspectors
from urbangrid.workbench.views.common import acting_of, number, page

COLUMNS = (
    Column("name", N_("姓名"), width=12), Column("unit", N_("单位"), width=24), Column("post", N_("岗位"), width=14),
    Column("cells", N_("网格数"), width=10), Column("here", N_("在岗"), width=8), Column("terminals", N_("终端数"), width=10),
    Column("lacks", N_("缺的必修培训"), width=40),
)  # fmt: skip


def _typed(request: HttpRequest) -> str:
    return request.GET.get("typed", "").strip()[:30]


@require_GET
@acting_required(people.ALL, people.OWN)
def listed(request: HttpRequest) -> HttpResponse:
    """By name, initials and squad."""
    acting, typed, unit_id = acting_of(request), _typed(request), number(request.GET.get("unit"))
    at = min(max(number(request.GET.get("page")) or 1, 1), 10_000)
    found = inspectors.page(acting, typed=typed, unit_id=unit_id, skip=(at - 1) * inspectors.PAGE)
    return page(
        request, "workbench/inspectors.html", acting=acting, found=found, typed=typed, unit_id=unit_id, number=at,
        pages=ceil(found.total / inspectors.PAGE), now=clock.now(),
    )  # fmt: skip


@require_GET
@acting_required(people.ALL, people.OWN)
def file(request: HttpRequest) -> HttpResponse:
    """The same as a table, all pages."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    found = inspectors.page(
        acting, typed=_typed(request), unit_id=number(request.GET.get("unit")), most=inspectors.MOST_EXPORTED
    )  # fmt: skip
    lines = [
        (
            one.listed.row.user.name, one.listed.row.unit.name, one.listed.row.post.name, one.listed.cells,
            _("是") if one.listed.here else _("否"), one.listed.terminals, inspectors.lack_words(one.lacks),
        )
        for one in found.rows
    ]  # fmt: skip
    note(acting, "export_inspectors", values={"rows": len(lines)}, address=address_of(request))
    made = write_book(_("监督员"), for_readers(COLUMNS), lines)
    disposition = content_disposition_header(as_attachment=True, filename=f"{_('监督员')}.xlsx") or "attachment"
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


@require_GET
@acting_required(people.ALL, people.OWN)
def show(request: HttpRequest, inspector_id: int) -> HttpResponse:
    """监督员档案; ``tab`` one of the six, ``month`` where a tab counts one."""
    acting = acting_of(request)
    row = people.find(acting, inspector_id)
    name = request.GET.get("tab", "")
    name = name if name in inspectors.TABS else "person"
    shown = inspectors.tab(acting, row, name, request.GET.get("month", "")[:7])
    return page(
        request, "workbench/inspector.html", acting=acting, row=row, tabs=inspectors.TABS.items(), tab=name, now=clock.now(), **shown
    )
