"""Pages of the system administrator: handbook and responsibility table; and what every desk asks of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from urbangrid.audit import actions as audit
from urbangrid.catalog import actions, cache, handbook, queries, responsibility
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, MOST_BYTES
from urbangrid.catalog.values import CategoryOption
from urbangrid.catalog.words import KIND_WORDS
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations.acting import acting_required

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting

PAGE_ROWS = 50


def _acting(request: HttpRequest) -> Acting:
    acting: Acting = request.acting  # type: ignore[attr-defined]  # set by the middleware, checked by acting_required
    return acting


@require_GET
@acting_required()
def categories(request: HttpRequest) -> HttpResponse:
    """The list of the combobox; browsers keep it until the catalogue changes."""
    platform_id = _acting(request).cases_platform_id
    tag = f'"{platform_id}-{cache.stamp()}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    data = queries.category_options_json(platform_id)
    return HttpResponse(data, content_type="application/json", headers={"ETag": tag, "Cache-Control": "private, no-cache"})


@require_GET
@acting_required()
def category(request: HttpRequest, category_id: int) -> HttpResponse:
    """A class's filing conditions, limits, closing conditions and units as a page fragment."""
    found = queries.handbook(category_id, _acting(request).cases_platform_id)
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
        result = handbook.import_handbook(_platform(request), _uploaded(request))
        _note(request, "import_handbook", result)
    return _handbook(request, QueryDict(), result)


@require_GET
@acting_required("administer_business")
def handbook_file(request: HttpRequest) -> HttpResponse:
    """Take the handbook out."""
    return _spreadsheet(request, "export_handbook", handbook.export_handbook(_acting(request).platform_id), gettext("立案标准"))


@require_GET
@acting_required("administer_business")
def responsibility_page(request: HttpRequest) -> HttpResponse:
    """责任清单, by unit and by class."""
    return _responsibility(request, request.GET, None)


@require_POST
@acting_required("administer_business")
def responsibility_import(request: HttpRequest) -> HttpResponse:
    """Bring a responsibility table in; faults are listed and nothing is written."""
    with transaction.atomic():
        result = responsibility.import_table(_platform(request), _uploaded(request))
        _note(request, "import_responsibility", result)
    return _responsibility(request, QueryDict(), result)


@require_POST
@acting_required("administer_business")
def responsibility_sample(request: HttpRequest) -> HttpResponse:
    """Load Chaoyang's extension classes and 100 entries into an empty table."""
    with transaction.atomic():
        added = actions.load_chaoyang(_platform(request))
        _note(request, "import_responsibility", handbook.ImportResult(added=added))
    return _responsibility(request, QueryDict(), None)


@require_GET
@acting_required("administer_business")
def responsibility_file(request: HttpRequest) -> HttpResponse:
    """Take the table out as it is filtered."""
    data = responsibility.export_table(_acting(request).platform_id, **_filters(request.GET))
    return _spreadsheet(request, "export_responsibility", data, gettext("责任清单"))


def _handbook(request: HttpRequest, asked: QueryDict, result: handbook.ImportResult | None) -> HttpResponse:
    platform_id = _acting(request).platform_id
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


def _responsibility(request: HttpRequest, asked: QueryDict, result: handbook.ImportResult | None) -> HttpResponse:
    platform_id = _acting(request).platform_id
    filters = _filters(asked)
    values = {
        "page": Paginator(responsibility.table(platform_id, **filters), PAGE_ROWS).get_page(asked.get("page")),
        "units": responsibility.unit_names(platform_id),
        "result": result,
        "kinds": dict(KIND_WORDS),
        **filters,
    }
    return _page(request, "catalog/responsibility.html", values, result)


def _filters(asked: QueryDict) -> dict[str, str]:
    return {"unit": asked.get("unit", ""), "typed": asked.get("typed", "").strip()[:40]}


def _page(request: HttpRequest, template: str, values: dict[str, Any], result: handbook.ImportResult | None) -> HttpResponse:
    """422 tells programs that an import was refused; the page lists the faults."""
    return render(request, template, values, status=422 if result and result.faults else 200)


def _note(request: HttpRequest, action: str, result: handbook.ImportResult) -> None:
    """Imports leave a trace, refused ones too."""
    counted = {name: getattr(result, name) for name in ("added", "changed", "unchanged", "ended")}
    audit.note(_acting(request), action, values={**counted, "faults": len(result.faults)})


def _platform(request: HttpRequest) -> Platform:
    return Platform.objects.get(id=_acting(request).platform_id)


def _uploaded(request: HttpRequest) -> bytes:
    sent = request.FILES.get("file")
    refuse_too_large(request)
    if sent is None:
        raise Refusal("catalog.no_file", field="file")
    # one byte more than is read: spreadsheets.read_rows refuses it with its own sentence
    data: bytes = sent.read(MOST_BYTES + 1)
    return data


def _spreadsheet(request: HttpRequest, act: str, data: bytes, name: str) -> HttpResponse:
    """A file for the browser to keep; what leaves the platform leaves a trace (HD-2.3.7e)."""
    limits.spend("export.person", _acting(request).user_id)
    audit.note(_acting(request), act, values={"bytes": len(data)}, address=address_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    return HttpResponse(data, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition or "attachment"})
