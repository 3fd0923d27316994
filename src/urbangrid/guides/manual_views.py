"""指挥手册, 监督手册, 处置手册 as page, A4 and spreadsheet; for everybody on the government's network, of today or any day before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from urbangrid.audit.actions import note
from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotFound
from urbangrid.core.platforms import platform_of
from urbangrid.guides import manual_table, manuals
from urbangrid.guides.manuals import MANUALS, Manual
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.security import OUTSIDE
from urbangrid.ui import pdf


@dataclass(frozen=True, slots=True)
class Asked:
    """A book of a day; ``wrong``: what was typed is no day of the past, so it is today's."""

    manual: Manual
    day: date
    today: date
    unit: str
    wrong: bool


@require_GET
@acting_required()
def show(request: HttpRequest, manual: str) -> HttpResponse:
    """The page. Raises NotFound ``guide_unknown``."""
    return render(request, "guides/manual.html", _context(request, _asked(request, manual)))


@require_GET
@acting_required()
def as_pdf(request: HttpRequest, manual: str) -> HttpResponse:
    """A4."""
    asked = _taken(request, manual)
    html = render_to_string("guides/manual_pdf.html", _context(request, asked))
    return _file(pdf.write([html]), pdf.MEDIA_TYPE, f"{asked.manual.title}-{asked.day}.pdf", inline=True)


@require_GET
@acting_required()
def as_table(request: HttpRequest, manual: str) -> HttpResponse:
    """The spreadsheet."""
    asked = _taken(request, manual)
    return _file(manual_table.write(asked.manual, asked.day.isoformat()), MEDIA_TYPE, f"{asked.manual.title}-{asked.day}.xlsx")


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.acting  # type: ignore[attr-defined]  # set by the middleware, checked by acting_required
    return acting


def _asked(request: HttpRequest, name: str) -> Asked:
    """Today: as things stand at this instant; a day before: as they stood when it ended."""
    acting = _acting(request)
    if name not in MANUALS or acting.face == OUTSIDE:
        raise NotFound("guide_unknown")
    now = clock.now()
    today = now.astimezone(acting.zone).date()
    typed = request.GET.get("day", "").strip()
    found = _day(typed)
    wrong = bool(typed) and (found is None or found > today)
    day = today if found is None or wrong else found
    at = now if day == today else datetime.combine(day + timedelta(days=1), time.min, acting.zone) - timedelta(microseconds=1)
    unit = request.GET.get("unit", "").replace("\0", "").strip()[:60] if name == "handling" else ""
    return Asked(manuals.manual(name, acting.cases_platform_id, at, day, unit=unit), day, today, unit, wrong)


def _day(typed: str) -> date | None:
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.year >= 2000 else None


def _taken(request: HttpRequest, name: str) -> Asked:
    """As a file: on the audit trail, and one more of the hour's."""
    asked = _asked(request, name)
    limits.spend("export.person", _acting(request).user_id)
    note(_acting(request), "printed", values={"sheet": asked.manual.title, "day": asked.day.isoformat()}, address=address_of(request))
    return asked


def _context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    platform = platform_of(_acting(request).cases_platform_id)
    return {"asked": asked, "manual": asked.manual, "manuals": MANUALS.items(), "platform": platform, "now": clock.now()}


def _file(made: bytes, media_type: str, name: str, *, inline: bool = False) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=not inline, filename=name) or "inline"
    return HttpResponse(made, content_type=media_type, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})
