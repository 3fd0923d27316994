"""督办件, 批示件, 挂账库, 疑难件 and 申诉件 as tables that open in WPS."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from urbangrid.audit.actions import note
from urbangrid.cases import ledgers
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, Column, for_readers, write_book
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import acting_required
from urbangrid.ui.templatetags.ug import EXPORTING
from urbangrid.workbench.views.common import acting_of
from urbangrid.workbench.views.requests import LEDGERS

MOST = 20_000
"""Of one list: a city's open orders are some hundreds, all of its years some thousands."""
COLUMNS = (
    Column("number", N_("编号"), width=18), Column("case", N_("案卷号"), width=18), Column("title", N_("问题"), width=24),
    Column("place", N_("地点"), width=30),
    Column("unit", N_("提出单位"), width=16), Column("target", N_("对象单位"), width=16), Column("reason", N_("理由"), width=20),
    Column("state", N_("状态"), width=12), Column("until", N_("期限"), width=18), Column("asked", N_("提出时间"), width=18),
)  # fmt: skip
UNTIL = next(place for place, one in enumerate(COLUMNS) if one.key == "until")
ASIDE = (*COLUMNS[:UNTIL], Column("granted", N_("批准人"), width=12), replace(COLUMNS[UNTIL], title=N_("挂账至")), *COLUMNS[UNTIL + 1 :])
"""Of 挂账库: who granted and until when."""


@require_GET
@acting_required(*EXPORTING)
def request_list(request: HttpRequest, name: str) -> HttpResponse:
    """The list as it is shown, all of its pages, by the same rule of who sees what. Raises NotFound ``case_request_unknown``."""
    acting = acting_of(request)
    if name not in LEDGERS:
        raise NotFound("case_request_unknown")
    limits.spend("export.person", acting.user_id)
    title, zone = str(LEDGERS[name][0]), acting.zone
    open_only, mine = request.GET.get("all") != "1", request.GET.get("mine") == "1"
    rows, _total = ledgers.ledger(acting, name, open_only=open_only, mine=mine, most=MOST)
    lines = [
        (
            row.number, row.case_number, row.title, row.place, row.unit, row.target, row.reason, str(row.state_word),
            *([row.granted_by] if name == "aside" else []), f"{row.until.astimezone(zone):%Y-%m-%d %H:%M}" if row.until else "",
            f"{row.asked_at.astimezone(zone):%Y-%m-%d %H:%M}",
        )
        for row in rows
    ]  # fmt: skip
    note(acting, "export_cases", values={"list": title, "rows": len(lines)}, address=address_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=f"{title}.xlsx") or "attachment"
    made = write_book(title, for_readers(ASIDE if name == "aside" else COLUMNS), lines)
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})
