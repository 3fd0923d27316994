"""Drafts of definitions: begun from a version, edited row by row, checked, published from an instant on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.administration import forms, process_editor, process_words
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.cases import processes, words
from urbangrid.cases.actions import definitions
from urbangrid.cases.definitions import rows
from urbangrid.cases.definitions.rows import Definition
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import clock, lengths
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting, acting_required

if TYPE_CHECKING:
    from urbangrid.cases.models import ProcessDraft

HEAD = ("code", "name", "source", "kind", "major_code", "category_code")


@require_POST
@acting_required("administer_system")
def begin(request: HttpRequest, definition_id: int) -> HttpResponse:
    """The next version of a definition, or a variant of it for some class or source."""
    head = None
    if request.POST.get("variant") == "1":
        head = {name: forms.plain(request.POST.get(name), 60) for name in HEAD}
    made = definitions.begin_draft(acting_of(request), definition_id, head=head)
    return redirect("administration:process_draft", made.pk)


@acting_required("administer_system")
def edit(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The form; saving keeps what was typed even where it is at fault, and names each fault at its row."""
    acting = acting_of(request)
    row = definitions.draft(acting.platform_id, draft_id)
    if request.method != "POST":
        return show(request, acting, row)
    typed = process_editor.read(request.POST, row.definition)
    try:
        lengths.check("standard", str(typed.get("standard", "")), 300, _("标准"))
        saved = definitions.save_draft(acting, draft_id, forms.number(request.POST.get("seq")), typed)
    except Refusal as fault:
        return show(request, acting, row, fault, typed)
    toast(request, _("草稿已保存"))
    return redirect("administration:process_draft", saved.pk)


def show(
    request: HttpRequest, acting: Acting, row: ProcessDraft, fault: Refusal | None = None, typed: Definition | None = None
) -> HttpResponse:
    """The page of a draft."""
    definition = typed or row.definition
    found = definitions.faults_of(acting.platform_id, definition)
    current = processes.current_version(acting.platform_id, row.code)
    changes = process_words.change_rows(rows.changes(current.definition, definition)) if current else []
    return page(
        request, "process_draft.html", fault, draft=row, definition=definition, faults=len(found), current=current, changes=changes,
        form=process_editor.form(definition, found, catalog.calendar_names(acting.platform_id)),
        sources=[(code, one.name) for code, one in sources.sources(acting.platform_id).items()],
        kinds=words.KINDS.items(), units=words.LIMIT_UNITS.items(),
    )  # fmt: skip


@require_POST
@acting_required("administer_system")
def discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Throw a draft away; on record."""
    definitions.discard_draft(acting_of(request), draft_id)
    toast(request, _("草稿已作废"))
    return redirect("administration:processes")


@require_POST
@acting_required("administer_system")
def publish(request: HttpRequest, draft_id: int) -> HttpResponse:
    """发布: for cases opened from the instant on, or from now."""
    acting = acting_of(request)
    row = definitions.draft(acting.platform_id, draft_id)
    try:
        made = definitions.publish_draft(acting, draft_id, forms.number(request.POST.get("seq")), _instant(request, acting))
    except Refusal as fault:
        return show(request, acting, row, fault)
    toast(request, _("“%(name)s”第 %(version)s 版已发布，此后的新案件照此办理") % {"name": made.name, "version": made.version})
    return redirect("administration:process", made.pk)


def _instant(request: HttpRequest, acting: Acting) -> datetime | None:
    """From when on, in the platform's zone; None: at once. Raises Refusal ``admin_instant``, ``admin_past``."""
    typed = forms.plain(request.POST.get("effective_from"), 20)
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed).replace(tzinfo=acting.zone)
        past = at < clock.now()
    except (ValueError, OverflowError) as error:
        raise Refusal("admin_instant", status=422, field="effective_from") from error
    if past:
        raise Refusal("admin_past", status=422, field="effective_from")
    return at
