"""The handbook of the system administrator, and what every desk asks of the catalogue."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from urbangrid.catalog import cache, handbook, queries, responsibility_queries
from urbangrid.catalog.values import CategoryOption
from urbangrid.catalog.views.common import PAGE_ROWS, acting_of, note_import, platform_row, spreadsheet, uploaded
from urbangrid.catalog.words import KIND_WORDS
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required()
def categories(request: HttpRequest) -> HttpResponse:
    """The list of the combobox; browsers keep it until the catalogue changes."""
    platform_id = acting_of(request).cases_platform_id
    tag = f'"{platform_id}-{cache.stamp()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    data = queries.category_options_json(platform_id)
    return HttpResponse(data, content_type="application/json", headers={"ETag": tag, "Cache-Control": "private, no-cache"})


@require_GET
@acting_required()
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    """A class's filing conditions, limits, closing conditions and units as a page fragment."""
    found = responsibility_queries.handbook(category_id, acting_of(request).cases_platform_id)
    return render(request, "catalog/parts/handbook.html", {"handbook": found})


@require_GET
@acting_required("administer_business")
def handbook_page(request: HttpRequest) -> HttpResponse:
    """立案标准: every class with its conditions, by kind and words."""
    return _handbook(request, request.GET, None)


@require_POST
@acting_required("administer_business")
def handbook_import(request: HttpRequest) -> HttpResponse:
    """Bring a handbook in; faults are listed and nothing is written."""
    with transaction.atomic():
        result = handbook.import_handbook(platform_row(request), uploaded(request))
        note_import(request, "import_handbook", result)
    return _handbook(request, QueryDict(), result)


@require_GET
@acting_required("administer_business")
def handbook_file(request: HttpRequest) -> HttpResponse:
    """Take the handbook out."""
    return spreadsheet(request, "export_handbook", handbook.export_handbook(acting_of(request).platform_id), gettext("立案标准"))


def _handbook(request: HttpRequest, asked: QueryDict, result: handbook.ImportResult | None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    kind, typed = asked.get("kind", ""), asked.get("typed", "").strip()[:40]
    listed = [row for row in queries.category_options(platform_id) if kind in ("", row.kind) and _fits(row, typed)]
    page = Paginator(listed, PAGE_ROWS).get_page(asked.get("page"))
    conditions = queries.effective_conditions([row.id for row in page], platform_id)
    values = {
        "classes": [(row, conditions.get(row.id, [])) for row in page],
        "page": page,
        "kinds": KIND_WORDS.items(),
        "kind": kind,
        "typed": typed,
        "result": result,
    }
    return _page(request, "catalog/handbook.html", values, result)


def _fits(row: CategoryOption, typed: str) -> bool:
    return not typed or typed in row.name or typed in row.major_name or row.code.startswith(typed)


def _page(request: HttpRequest, template: str, values: dict[str, Any], result: handbook.ImportResult | None) -> HttpResponse:
    """422 tells programs that an import was refused; the page lists the faults."""
    return render(request, template, values, status=422 if result and result.faults else 200)
