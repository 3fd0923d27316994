"""责任清单 on pages: looked up by unit and class, rows added, changed and retired, what is to be settled, spreadsheet out and in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.catalog import actions, condition_words, queries, responsibility, responsibility_queries, responsibility_rows
from urbangrid.catalog import settled as to_settle
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.models import Responsibility
from urbangrid.catalog.responsibility_reading import COLUMNS, YES
from urbangrid.catalog.views import staged
from urbangrid.catalog.views.common import (
    PAGE_ROWS,
    acting_of,
    note_import,
    number,
    page,
    platform_row,
    spreadsheet,
    toast,
    words,
)
from urbangrid.catalog.views.staged import Table
from urbangrid.catalog.words import KIND_TO_CHINESE
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.grids.models import Division
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required("administer_business")
def table(request: HttpRequest) -> HttpResponse:
    """The table, by unit and by class."""
    return _table(request, request.GET)


def _table(request: HttpRequest, asked: QueryDict, result: ImportResult | None = None, fault: Refusal | None = None) -> HttpResponse:
    platform_id, filters = acting_of(request).platform_id, _filters(asked)
    shown = Paginator(responsibility.table(platform_id, **filters), PAGE_ROWS).get_page(asked.get("page"))
    return page(
        request,
        "responsibility.html",
        {
            "page": shown,
            "rows": [(row, responsibility_queries.responsible(row)) for row in shown],
            "units": responsibility.unit_names(platform_id),
            "result": result,
            **filters,
        },
        fault,
    )


def _filters(asked: QueryDict) -> dict[str, str]:
    return {"unit": words(asked, "unit", 60), "typed": words(asked, "typed")}


@require_GET
@acting_required("administer_business")
def file(request: HttpRequest) -> HttpResponse:
    """Take the table out as it is filtered."""
    data = responsibility.export_table(platform_row(request), **_filters(request.GET))
    return spreadsheet(request, "export_responsibility", data, _("责任清单"))


@require_POST
@acting_required("administer_business")
def preview(request: HttpRequest) -> HttpResponse:
    """What a file would change; faults are listed. Nothing of the table is written."""
    return staged.show(request, TABLE)


TABLE = Table(
    "responsibility", "import_responsibility", responsibility.preview, responsibility.apply,
    {
        "title": "责任清单", "back": "catalog:responsibility", "again": "catalog:responsibility_import",
        "to": "catalog:responsibility_apply",
    },
)  # fmt: skip


@require_POST
@acting_required("administer_business")
def apply(request: HttpRequest) -> HttpResponse:
    """Make the file that was shown the table; where the table changed meanwhile, its sender looks again."""
    try:
        result = staged.take(request, TABLE)
    except Refusal as fault:
        return _table(request, QueryDict(), fault=fault)
    return _table(request, QueryDict(), result)


@require_POST
@acting_required("administer_business")
def sample(request: HttpRequest) -> HttpResponse:
    """Load Chaoyang's extension classes and 100 entries into an empty table."""
    with transaction.atomic():
        added = actions.load_chaoyang(platform_row(request))
        note_import(request, "import_responsibility", ImportResult(added=added))
    return _table(request, QueryDict())


@require_GET
@acting_required("administer_business")
def unsettled(request: HttpRequest) -> HttpResponse:
    """待明确: classes and areas without exactly one main unit (SY-6.4b)."""
    platform_id, typed = acting_of(request).platform_id, words(request.GET, "typed")
    why = request.GET.get("why", "")
    rows = [
        (option, one)
        for option, one in responsibility_queries.unsettled(platform_id)
        if (not typed or typed in option.name or option.code.startswith(typed)) and why in ("", one.why)
    ]
    areas = {one.division_id for _option, one in rows if one.division_id}
    names = dict(Division.objects.filter(pk__in=areas).values_list("id", "name"))
    shown = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page"))
    listed = [(option, one, names.get(one.division_id or 0, "")) for option, one in shown]
    return page(request, "unsettled.html", {"page": shown, "rows": listed, "typed": typed, "why": why, "whys": _whys()})


def _whys() -> dict[str, str]:
    return {to_settle.SEVERAL: _("几家单位，主责未定"), to_settle.NOBODY: _("没有责任单位"), to_settle.NO_UNIT: _("责任单位未建立")}


# --- one row ---


@acting_required("administer_business")
def new(request: HttpRequest) -> HttpResponse:
    """A new row; started from a class where one asks so."""
    if request.method != "POST":
        option = queries.find_category(number(request.GET.get("category")))
        start = {"category": str(option.id), "entry": option.name, "path": option.path} if option else {}
        return _form(request, None, start)
    try:
        row = responsibility_rows.add(acting_of(request), _typed(request.POST))
    except Refusal as fault:
        return _form(request, None, request.POST, fault)
    toast(request, _("已增加：%(entry)s·%(unit)s") % {"entry": row.entry_name, "unit": row.unit_name})
    return redirect("catalog:responsibility_row", row.pk)


@acting_required("administer_business")
def edit(request: HttpRequest, row_id: int) -> HttpResponse:
    """A row with what counted before it; a change begins a new row and ends this one."""
    row = responsibility_rows.row(acting_of(request).platform_id, row_id)
    if request.method != "POST":
        return _form(request, row, _values(row))
    try:
        changed = responsibility_rows.change(acting_of(request), row_id, _typed(request.POST))
    except Refusal as fault:
        return _form(request, row, request.POST, fault)
    toast(request, _("已保存：%(entry)s·%(unit)s") % {"entry": changed.entry_name, "unit": changed.unit_name})
    return redirect("catalog:responsibility_row", changed.pk)


@require_POST
@acting_required("administer_business")
def retire(request: HttpRequest, row_id: int) -> HttpResponse:
    """停用: the row ends now or after the day that was typed."""
    row = responsibility_rows.row(acting_of(request).platform_id, row_id)
    try:
        last = words(request.POST, "until", 10)
        ended = responsibility_rows.retire(acting_of(request), row_id, _day(last))
    except Refusal as fault:
        return _form(request, row, _values(row), fault)
    toast(request, _("已停用：%(entry)s·%(unit)s") % {"entry": ended.entry_name, "unit": ended.unit_name})
    return redirect("catalog:responsibility")


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise Refusal("catalog.row_day", status=422, field="until") from error


def _typed(posted: QueryDict) -> dict[str, str]:
    """The form as the columns of the spreadsheet; the class was chosen by its id."""
    typed = {column.key: posted.get(column.key, "")[: column.most + 1] for column in COLUMNS}
    option = queries.find_category(number(posted.get("category")))
    typed |= {"kind": KIND_TO_CHINESE[option.kind] if option else "", "code": option.code if option else "", "name": ""}
    if option is None:
        raise Refusal("catalog.row_missing", status=422, field="category", label=_("小类"))
    return typed | {
        "entry": typed["entry"].strip() or option.name, "main": YES if posted.get("main") else "",
        "roads": "、".join(posted.getlist("roads")), "days": "、".join(posted.getlist("days")),
    }  # fmt: skip


def _values(row: Responsibility) -> dict[str, Any]:
    """The row as its form shows it."""
    days = responsibility.dates_of(platform_of(row.platform_id), row)
    return {
        "unit": row.unit_name, "entry": row.entry_name, "category": str(row.category_id or ""), "basis": row.basis, "rule": row.rule,
        "area": (row.division.code or row.division.name) if row.division else "", "main": YES if row.is_main else "", "owner": row.owner,
        "hours": condition_words.hours_words(row.from_minute, row.to_minute),
        "roads": [condition_words.ROADS[code] for code in row.roads], "days": [condition_words.DAYS[number - 1] for number in row.weekdays],
        "from": days.first.isoformat() if days.first else "", "until": days.last.isoformat() if days.last else "",
    }  # fmt: skip


def _form(request: HttpRequest, row: Responsibility | None, typed: Mapping[str, Any], fault: Refusal | None = None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    option = queries.find_category(number(typed.get("category")))
    areas = Division.objects.filter(platform_id=platform_id, valid_to=None, level__in=("subdistrict", "community"))
    chosen = {name: typed.getlist(name) if isinstance(typed, QueryDict) else typed.get(name, []) for name in ("roads", "days")}
    return page(
        request,
        "responsibility_row.html",
        {
            "row": row,
            "typed": typed,
            "path": option.path if option else "",
            "units": [one.name for one in organizations.all_units(platform_id)],
            "areas": areas.order_by("code").values_list("code", "name", "level"),
            "roads": condition_words.ROADS.values(),
            "days": condition_words.DAYS,
            "chosen": chosen,
            "past": [(one, responsibility_queries.responsible(one)) for one in responsibility.history(row)] if row else [],
        },
        fault,
    )
