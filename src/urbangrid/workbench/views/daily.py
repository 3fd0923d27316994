"""城市管理日报: the page, A4 as PDF, one picture, and the earlier sheets (desks.md L5)."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.audit.actions import note
from urbangrid.cases import daily
from urbangrid.cases.daily import KeptSheet
from urbangrid.core import clock, limits
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.ui import pdf
from urbangrid.workbench import daily_picture, daily_sheets
from urbangrid.workbench.views.common import acting_of, page


@require_GET
@acting_required("read_all")
def show(request: HttpRequest, day: str = "") -> HttpResponse:
    """The sheet of a day, without one the newest, with the list of those before. Raises NotFound ``daily_unknown``."""
    acting = acting_of(request)
    sheet = _found(acting, day) if day else None if acting.parent_platform_id else daily.newest(acting.platform_id)
    today = clock.now().astimezone(acting.zone).date()
    shown = daily_sheets.shown(acting.platform_id, sheet) if sheet is not None else None
    days = [] if acting.parent_platform_id else daily.days(acting.platform_id)
    return page(
        request, "workbench/daily.html", view=shown, days=days, today=today, acting=acting, district=acting.parent_platform_id is not None
    )


@require_GET
@acting_required("read_all")
def as_pdf(request: HttpRequest, day: str) -> HttpResponse:
    """One A4, however full the day was."""
    acting = acting_of(request)
    sheet = _taken(acting, day)
    listed = daily_sheets.versions(daily_sheets.shown(acting.platform_id, sheet))
    papers = (render_to_string("workbench/print/daily_pdf.html", {"view": view}) for view in listed)
    return _file(pdf.write_on_one_leaf(papers), pdf.MEDIA_TYPE, f"{_('城市管理日报')}-{sheet.day}.pdf")


@require_GET
@acting_required("read_all")
def as_picture(request: HttpRequest, day: str) -> HttpResponse:
    """One picture for a messenger."""
    acting = acting_of(request)
    sheet = _taken(acting, day)
    made = daily_picture.draw(daily_sheets.shown(acting.platform_id, sheet))
    return _file(made, "image/png", f"{_('城市管理日报')}-{sheet.day}.png")


def _found(acting: Acting, day: str) -> KeptSheet:
    """Of the own platform; a district that only commands has none."""
    wanted = _day(day)
    sheet = daily.of_day(acting.platform_id, wanted) if wanted is not None and acting.parent_platform_id is None else None
    if sheet is None:
        raise NotFound("daily_unknown")
    return sheet


def _taken(acting: Acting, day: str) -> KeptSheet:
    """The sheet as a file: on the audit trail, and one more of the hour's prints."""
    sheet = _found(acting, day)
    limits.spend("export.person", acting.user_id)
    note(acting, "printed", subject=f"daily:{sheet.day}", values={"sheet": "daily"})
    return sheet


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _file(made: bytes, media_type: str, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=False, filename=name) or "inline"
    return HttpResponse(made, content_type=media_type, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})
