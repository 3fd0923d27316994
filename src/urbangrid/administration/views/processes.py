"""流程 of the system administrator: versions, what differs between two, files, the table of classes, taking back (CY-9, desks.md A3)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms, process_words
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.administration.words import DUTIES
from urbangrid.audit.actions import note
from urbangrid.cases import processes
from urbangrid.cases.actions import definitions
from urbangrid.cases.definitions import bpmn, diagram, listing, rows, running, steps, table
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.handbook import ImportResult
from urbangrid.catalog.spreadsheets import MEDIA_TYPE, MOST_BYTES
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations.acting import acting_required


@require_GET
@acting_required("administer_system")
def home(request: HttpRequest) -> HttpResponse:
    """Every version of every definition, and the drafts."""
    return _home(request)


def _home(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    versions = [(one, process_words.scope_words(one.row.__dict__)) for one in listing.versions(platform_id)]
    return page(
        request, "processes.html", fault, versions=versions, drafts=listing.drafts(platform_id), states=process_words.STATES_OF_VERSION
    )


@require_GET
@acting_required("administer_system")
def show(request: HttpRequest, definition_id: int) -> HttpResponse:
    """One version: its diagram, its rows in words, what may be done with it."""
    return _show(request, definition_id)


def _show(request: HttpRequest, definition_id: int, fault: Refusal | None = None) -> HttpResponse:
    acting = acting_of(request)
    row = definitions.version(acting.platform_id, definition_id)
    process = processes.process_of(row.pk)
    versions, calendars = listing.versions(acting.platform_id), catalog.calendar_names(acting.platform_id)
    mine = next(one for one in versions if one.row.pk == row.pk)
    waits = [
        (process_words.row_of("waits", (state,)), process_words.spoken("duty", wait.duty), process_words.spoken("holder", wait.holder),
         diagram.limit_of(wait), calendars.get(wait.calendar) or process_words.spoken("calendar", wait.calendar))
        for state, wait in process.waits.items()
    ]  # fmt: skip
    return page(
        request, "process.html", fault, row=row, mine=mine, state=process_words.STATES_OF_VERSION[mine.state], waits=waits,
        scope=process_words.scope_words(row.definition), picture=diagram.picture(process, None, row.definition),
        others=[one.row for one in versions if one.row.pk != row.pk], runs=running.of_version(acting.platform_id, row.pk),
    )  # fmt: skip


@require_GET
@acting_required("administer_system")
def compare(request: HttpRequest) -> HttpResponse:
    """Two versions row by row: what changed, in words."""
    acting = acting_of(request)
    old, new = (definitions.version(acting.platform_id, forms.number(request.GET.get(name))) for name in ("old", "new"))
    found = process_words.change_rows(rows.changes(old.definition, new.definition))
    return page(request, "process_compare.html", old=old, new=new, changes=found)


@require_POST
@acting_required("administer_system")
def import_file(request: HttpRequest) -> HttpResponse:
    """An exported file becomes a draft (CY-2.1b)."""
    try:
        made = definitions.import_draft(acting_of(request), _uploaded(request))
    except Refusal as fault:
        return _home(request, fault)
    toast(request, _("已读入为草稿，检查后发布即成新的一版"))
    return redirect("administration:process_draft", made.pk)


def _uploaded(request: HttpRequest) -> bytes:
    refuse_too_large(request)
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("catalog.no_file", field="file")
    data: bytes = sent.read(MOST_BYTES + 1)
    return data


@require_GET
@acting_required("administer_system")
def json_file(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The version in the published format."""
    row = definitions.version(acting_of(request).platform_id, definition_id)
    return _file(request, definitions.write_file(row), f"{row.code}-{row.version}.json", "application/json")


@require_GET
@acting_required("administer_system")
def bpmn_file(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The version as BPMN 2.0, for other editors."""
    row = definitions.version(acting_of(request).platform_id, definition_id)
    data = bpmn.export(processes.process_of(row.pk), diagram.labels(DUTIES), f"{row.name} {row.code} {row.version}")
    return _file(request, data, f"{row.code}-{row.version}.bpmn", "application/xml")


@acting_required("administer_system")
def table_page(request: HttpRequest) -> HttpResponse:
    """办理流程表: classes with steps of their own, out and in (CY-9)."""
    result: ImportResult | None = None
    fault: Refusal | None = None
    if request.method == "POST":
        try:
            result = table.import_table(acting_of(request), _uploaded(request))
        except Refusal as refused:
            fault = refused
    offered, lines = _("、").join(steps.STEPS), table.lines(acting_of(request).platform_id)
    answer = page(request, "process_table.html", fault, result=result, offered=offered, lines=lines)
    if result is not None and result.faults:
        answer.status_code = 422
    return answer


@require_GET
@acting_required("administer_system")
def table_file(request: HttpRequest) -> HttpResponse:
    """The same as a spreadsheet."""
    return _file(request, table.export(acting_of(request).platform_id), f"{table.SHEET}.xlsx", MEDIA_TYPE)


def _file(request: HttpRequest, data: bytes, name: str, media_type: str) -> HttpResponse:
    """What leaves the platform leaves a trace (HD-2.3.7e)."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    note(acting, "export_process", subject=name, values={"bytes": len(data)}, address=address_of(request))
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(data, content_type=media_type, headers={"Content-Disposition": disposition or "attachment"})


@require_POST
@acting_required("administer_system")
def take_back(request: HttpRequest, definition_id: int) -> HttpResponse:
    """撤回 the newest version: the one before counts again for new cases."""
    try:
        former = definitions.take_back(acting_of(request), definition_id)
    except Refusal as fault:
        if fault.status == 404:
            raise
        return _show(request, definition_id, fault)
    said = _("已撤回，现行的是第 %(version)s 版") % {"version": former.version} if former else _("已撤回")
    toast(request, said)
    return redirect("administration:processes")
