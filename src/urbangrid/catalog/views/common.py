"""What the pages of the catalogue share: who asks, what was uploaded, what is taken out, what was typed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import content_disposition_header

from urbangrid.audit import actions as audit
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, MOST_BYTES
from urbangrid.catalog.staging import Changes
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations.acting import Acting

PAGE_ROWS = 50
TOAST = "catalog_toast"


def acting_of(request: HttpRequest) -> Acting:
    """The acting post; every view here is guarded by ``acting_required``."""
    acting: Acting = request.acting  # type: ignore[attr-defined]  # set by the middleware, checked by acting_required
    return acting


def platform_row(request: HttpRequest) -> Platform:
    """The acting platform with its zone."""
    return Platform.objects.get(id=acting_of(request).platform_id)


def page(request: HttpRequest, template: str, context: dict[str, Any], fault: Refusal | None = None, status: int = 200) -> HttpResponse:
    """A page; after a refusal with its status, the sentence at its field, and above the page where no field is at fault."""
    session = getattr(request, "session", None)
    context["toast"] = session.pop(TOAST, None) if session is not None else None
    context["at_field"] = fault if fault is not None and fault.field else None
    context["fault"] = fault if fault is not None and not fault.field else None
    return render(request, f"catalog/{template}", context, status=fault.status if fault is not None else status)


def toast(request: HttpRequest, text: str) -> None:
    """A sentence on the next page."""
    request.session[TOAST] = {"text": text}


def uploaded(request: HttpRequest) -> bytes:
    """The bytes of the file of the form. Raises Refusal ``catalog.no_file``."""
    sent = request.FILES.get("file")
    refuse_too_large(request)
    if sent is None:
        raise Refusal("catalog.no_file", field="file")
    # one byte more than is read: spreadsheets.read_rows refuses it with its own sentence
    data: bytes = sent.read(MOST_BYTES + 1)
    return data


def spreadsheet(request: HttpRequest, act: str, data: bytes, name: str) -> HttpResponse:
    """A file for the browser to keep; what leaves the platform leaves a trace (HD-2.3.7e)."""
    limits.spend("export.person", acting_of(request).user_id)
    audit.note(acting_of(request), act, values={"bytes": len(data)}, address=address_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    return HttpResponse(data, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition or "attachment"})


def note_import(request: HttpRequest, action: str, result: ImportResult) -> None:
    """Imports leave a trace, refused ones too."""
    counted = {name: getattr(result, name) for name in ("added", "changed", "unchanged", "ended")}
    audit.note(acting_of(request), action, values={**counted, "faults": len(result.faults)})


def note_refused(request: HttpRequest, action: str, changes: Changes) -> None:
    """The same for a file whose faults were shown; one without faults leaves its trace when it is applied."""
    if changes.faults:
        audit.note(acting_of(request), action, values={"faults": len(changes.faults)})


def words(asked: QueryDict, field: str, most: int = 40) -> str:
    """Words of a search: without blanks around and without the NUL character, which PostgreSQL refuses."""
    return asked.get(field, "").replace("\0", "").strip()[:most]


def number(typed: str | None) -> int:
    """An id; 0, which is none, for anything else."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 19 else 0
