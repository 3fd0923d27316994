"""法规条文: looked up, out and in as a spreadsheet with a look at what changes (CY-2.9)."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.catalog import law
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.views import staged
from urbangrid.catalog.views.common import (
    PAGE_ROWS,
    acting_of,
    page,
    spreadsheet,
    words,
)
from urbangrid.catalog.views.staged import Table
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import acting_required

TABLE = Table(
    "law", "import_law", law.preview, law.apply,
    {"title": "法规条文", "back": "catalog:law", "again": "catalog:law_import", "to": "catalog:law_apply"},
)  # fmt: skip


@require_GET
@acting_required("administer_business")
def table(request: HttpRequest) -> HttpResponse:
    """The articles, by words and class."""
    return _table(request, request.GET)


def _table(request: HttpRequest, asked: QueryDict, result: ImportResult | None = None, fault: Refusal | None = None) -> HttpResponse:
    typed = words(asked, "typed")
    shown = Paginator(law.table(acting_of(request).platform_id, typed), PAGE_ROWS).get_page(asked.get("page"))
    return page(request, "law.html", {"page": shown, "typed": typed, "result": result}, fault)


@require_GET
@acting_required("administer_business")
def file(request: HttpRequest) -> HttpResponse:
    """Take the articles out; an empty table comes with its head, as the pattern to fill in."""
    return spreadsheet(request, "export_law", law.export_table(acting_of(request).platform_id), _("法规条文"))


@require_POST
@acting_required("administer_business")
def preview(request: HttpRequest) -> HttpResponse:
    """What a file would change; faults are listed. Nothing of the table is written."""
    return staged.show(request, TABLE)


@require_POST
@acting_required("administer_business")
def apply(request: HttpRequest) -> HttpResponse:
    """Make the file that was shown the table; where the table changed meanwhile, its sender looks again."""
    try:
        result = staged.take(request, TABLE)
    except Refusal as fault:
        return _table(request, QueryDict(), fault=fault)
    return _table(request, QueryDict(), result)
