"""Pages of the system administrator: sources and lines, out and in as tables, and one by one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from urbangrid.audit import actions as audit
from urbangrid.catalog import source_tables, sources
from urbangrid.catalog.models import Line, Source
from urbangrid.catalog.source_tables import LINE_COLUMNS, SOURCE_COLUMNS, Imported
from urbangrid.catalog.spreadsheets import Column, Faults, Row
from urbangrid.catalog.views.common import acting_of, platform_row, spreadsheet, uploaded
from urbangrid.catalog.words import UNIT_FROM_CHINESE
from urbangrid.organizations.acting import acting_required
from urbangrid.organizations.models import Unit


@require_GET
@acting_required("administer_system")
def sources_page(request: HttpRequest) -> HttpResponse:
    """来源 and 热线; ``edit`` or ``line`` opens one of them in the form."""
    return _draw(request, None)


@require_POST
@acting_required("administer_system")
def change_source(request: HttpRequest, code: str) -> HttpResponse:
    """One source from the form; ``new`` as the address's code adds the one named in it."""
    faults = Faults("")
    values = source_tables.read_source(_row(request.POST, SOURCE_COLUMNS, faults), faults)
    if code != "new":
        values["code"] = code
    if faults.found:
        return _draw(request, Imported(faults=faults), edited=sources.info(Source(**values)))
    with transaction.atomic():
        source_tables.put(platform_row(request), Source, "code", values)
        audit.note(acting_of(request), "source_changed", values={"code": values["code"]})
    return redirect("catalog:sources")


@require_POST
@acting_required("administer_system")
def change_line(request: HttpRequest) -> HttpResponse:
    """One line from the form, by its number."""
    faults = Faults("")
    values = source_tables.read_line(acting_of(request).platform_id, _row(request.POST, LINE_COLUMNS, faults), faults)
    if faults.found:
        return _draw(request, Imported(faults=faults), line=Line(**values))
    with transaction.atomic():
        source_tables.put(platform_row(request), Line, "number", values)
        audit.note(acting_of(request), "line_changed", values={"number": values["number"]})
    return redirect("catalog:sources")


@require_POST
@acting_required("administer_system")
def sources_import(request: HttpRequest) -> HttpResponse:
    """Bring a table of sources in; faults are listed and nothing is written."""
    return _brought(request, "import_sources", source_tables.import_sources(platform_row(request), uploaded(request)))


@require_POST
@acting_required("administer_system")
def lines_import(request: HttpRequest) -> HttpResponse:
    """Bring a table of lines in."""
    return _brought(request, "import_lines", source_tables.import_lines(platform_row(request), uploaded(request)))


@require_GET
@acting_required("administer_system")
def sources_file(request: HttpRequest) -> HttpResponse:
    """Take the sources out."""
    return spreadsheet(request, "export_sources", source_tables.export_sources(acting_of(request).platform_id), gettext("来源"))


@require_GET
@acting_required("administer_system")
def lines_file(request: HttpRequest) -> HttpResponse:
    """Take the lines out."""
    return spreadsheet(request, "export_lines", source_tables.export_lines(acting_of(request).platform_id), gettext("热线"))


def _brought(request: HttpRequest, act: str, result: Imported) -> HttpResponse:
    count = len(result.faults.found) if result.faults else 0
    audit.note(acting_of(request), act, values={"added": result.added, "changed": result.changed, "faults": count})
    return _draw(request, result)


def _draw(
    request: HttpRequest, result: Imported | None, *, edited: sources.SourceInfo | None = None, line: Line | None = None
) -> HttpResponse:  # fmt: skip
    """The page; after a refusal the form with what was typed."""
    platform_id = acting_of(request).platform_id
    edited = edited or sources.source(platform_id, request.GET.get("edit", ""))
    lines = Line.objects.filter(platform_id=platform_id).select_related("unit", "category").order_by("position", "number")
    line = line or lines.filter(number=request.GET.get("line", "")).first()
    values = {
        "sources": sources.sources(platform_id).values(), "edited": edited, "adding": request.GET.get("edit") == "new", "line": line,
        "lines": lines,
        "classes": source_tables.CLASS_FROM_CHINESE.items(), "class_words": sources.CLASSES, "rules": list(sources.VERIFY.items()),
        "units": UNIT_FROM_CHINESE.items(),
        "names": {code: one.name for code, one in sources.sources(platform_id).items()}, "result": result,
        "verify_words": source_tables.VERIFY_FROM_CHINESE.items(), "adding_line": request.GET.get("line") == "new",
        "own_units": Unit.objects.filter(platform_id=platform_id, is_active=True).order_by("code").values_list("name", flat=True),
    }  # fmt: skip
    return render(request, "catalog/sources.html", values, status=422 if result and result.faults else 200)


def _row(posted: QueryDict, columns: Sequence[Column], faults: Faults) -> Row:
    """The fields of a form in the shape of a table's row, so that both are read by the same rules; a box that is not ticked is 否."""
    values = {column.key: posted.get(column.key, "").replace("\0", "").strip() for column in columns}
    for column in columns:
        if column.required and not values[column.key]:
            faults.add("required", 0, column.title)
        if len(values[column.key]) > column.most:
            faults.add("too_long", 0, column.title, limit=column.most, found=len(values[column.key]))
    values["is_active"] = values["is_active"] or source_tables.NO
    return Row(0, values)
