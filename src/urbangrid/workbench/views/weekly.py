"""领导周报: the page, A4 as PDF, and the earlier sheets (CY-1)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.audit.actions import note
from urbangrid.cases import weekly
from urbangrid.cases.weekly import KeptWeek
from urbangrid.core import limits
from urbangrid.core.errors import NotFound
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.ui import pdf
from urbangrid.workbench.views.common import acting_of, page
from urbangrid.workbench.views.common import day as day_of


@require_GET
@acting_required("read_all")
def show(request: HttpRequest, day: str = "") -> HttpResponse:
    """The sheet that was made on a day, without one the newest, with those before. Raises NotFound ``weekly_unknown``."""
    acting = acting_of(request)
    district = acting.parent_platform_id is not None
    sheet = _found(acting, day) if day else None if district else weekly.newest(acting.platform_id)
    days = [] if district else weekly.days(acting.platform_id)
    platform = platform_of(acting.platform_id)
    return page(request, "workbench/week_sheet.html", sheet=sheet, days=days, platform=platform, acting=acting, district=district)


@require_GET
@acting_required("read_all")
def as_pdf(request: HttpRequest, day: str) -> HttpResponse:
    """One A4: on the audit trail, and one more of the hour's prints."""
    acting = acting_of(request)
    sheet = _found(acting, day)
    limits.spend("export.person", acting.user_id)
    note(acting, "printed", subject=f"weekly:{sheet.day}", values={"sheet": "weekly"})
    html = render_to_string("workbench/print/week_sheet_pdf.html", {"sheet": sheet, "platform": platform_of(acting.platform_id)})
    disposition = content_disposition_header(as_attachment=False, filename=f"{_('领导周报')}-{sheet.day}.pdf") or "inline"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return HttpResponse(pdf.write([html]), content_type=pdf.MEDIA_TYPE, headers=headers)


def _found(acting: Acting, text: str) -> KeptWeek:
    """Of the own platform; a district that only commands has none."""
    day = day_of(text)
    sheet = weekly.of_day(acting.platform_id, day) if day is not None and acting.parent_platform_id is None else None
    if sheet is None:
        raise NotFound("weekly_unknown")
    return sheet
