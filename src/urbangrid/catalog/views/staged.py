"""A table is brought in twice: shown first, then taken as it was shown (responsibilities, articles of law)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from urbangrid.catalog import responsibility, staging
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.staging import Changes
from urbangrid.catalog.views.common import acting_of, note_import, note_refused, number, page, platform_row, uploaded
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform


@dataclass(frozen=True, slots=True)
class Table:
    """``kind`` of what is staged, ``act`` on the trail, what a file would change, making it the table, and the words of the page."""

    kind: str
    act: str
    preview: Callable[[Platform, bytes], Changes]
    apply: Callable[[Platform, bytes], ImportResult]
    words: Mapping[str, str]


def show(request: HttpRequest, table: Table) -> HttpResponse:
    """What the uploaded file would change; faults are listed. Nothing of the table is written."""
    data = uploaded(request)
    with transaction.atomic():
        changes = table.preview(platform_row(request), data)
        note_refused(request, table.act, changes)
        staged = 0 if changes.faults else staging.stage(acting_of(request), table.kind, data, changes)
    return page(request, "preview.html", {"changes": changes, "staged": staged, **table.words}, status=422 if changes.faults else 200)


@transaction.atomic
def take(request: HttpRequest, table: Table) -> ImportResult:
    """Make the file that was shown the table. Raises Refusal ``catalog.table_moved_on``: its sender looks again."""
    platform = platform_row(request)
    responsibility.lock(platform.pk)
    data, shown = staging.take(acting_of(request), table.kind, number(request.POST.get("staged")))
    if table.preview(platform, data).digest != shown:
        raise Refusal("catalog.table_moved_on", status=409)
    result = table.apply(platform, data)
    note_import(request, table.act, result)
    return result
