"""What a company looks up: the duty telephones of the centre and its own people, and 法规库 that everybody reads."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from urbangrid.catalog.views import regulations as law_pages
from urbangrid.companies.entry import acting_of, draw, for_companies
from urbangrid.organizations import contacts as book

LIBRARY = {"to_list": "companies:regulations", "to_document": "companies:document", "to_file": "companies:document_file"}


@require_GET
@for_companies
def contacts(request: HttpRequest) -> HttpResponse:
    """通讯录: duty telephones of the centre, and the own unit's people."""
    return draw(request, "companies/contacts.html", rows=book.everybody(acting_of(request)))


@require_GET
@for_companies
def regulations(request: HttpRequest) -> HttpResponse:
    """法规库, by words and kind."""
    return draw(request, "companies/regulations.html", None, **LIBRARY, **law_pages.shelf_context(acting_of(request), request.GET))


@require_GET
@for_companies
def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """One text of it."""
    shown = law_pages.document_context(acting_of(request), document_id, request.GET)
    return draw(request, "companies/document.html", None, **LIBRARY, **shown)


@require_GET
@for_companies
def document_file(request: HttpRequest, document_id: int) -> FileResponse:
    """Its PDF."""
    return law_pages.file_answer(acting_of(request), document_id)
