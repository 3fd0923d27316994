"""What the pages of courses share: who asks, a page with its toast or fault, what was typed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from urbangrid.catalog.spreadsheets import MEDIA_TYPE
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting

TOAST = "toast"


def acting_of(request: HttpRequest) -> Acting:
    """The acting post; every view here is guarded by ``acting_required``."""
    acting: Acting = request.acting  # type: ignore[attr-defined]  # set by the middleware, checked by acting_required
    return acting


def page(request: HttpRequest, template: str, fault: Refusal | None = None, status: int = 200, **context: Any) -> HttpResponse:
    """A page; after a refusal with its status, and the sentence above or at its field."""
    context |= {"toast": request.session.pop(TOAST, None), "fault": fault, "acting": acting_of(request)}
    return render(request, f"courses/{template}", context, status=fault.status if fault is not None else status)


def toast(request: HttpRequest, text: str) -> None:
    """A sentence on the next page."""
    request.session[TOAST] = {"text": text}


def spreadsheet(data: bytes, name: str) -> HttpResponse:
    """A file for the browser to keep."""
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx") or "attachment"
    return HttpResponse(data, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


def number(text: str | None) -> int | None:
    """A whole number from an address or form; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else None


def day(text: str) -> date | None:
    """A day as 2026-07-06; None for anything else."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if 1900 < found.year < 2100 else None


def moment(text: str, acting: Acting) -> datetime | None:
    """An instant typed as local time of the platform; None for anything else."""
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found.replace(tzinfo=acting.zone) if found.tzinfo is None and 1900 < found.year < 2100 else None


def decimal(text: str) -> Decimal | None:
    """A number with a point; None for anything else."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
