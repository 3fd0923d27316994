"""企业入口: only the tasks of the own unit, signed for in one click, answered with photos; everything else does not exist here (CY-23b)."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.audit.actions import note
from urbangrid.cases import access, below, drafts, queues, words
from urbangrid.cases import views as case_files
from urbangrid.cases.actions import perform, step
from urbangrid.cases.lifecycle import TASK
from urbangrid.companies import messages, tasks, tokens
from urbangrid.companies.entry import acting_of, draw, for_companies, say
from urbangrid.core import limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting

__all__ = ["act", "by_number", "done", "find", "home", "messages", "photo", "sheet", "task", "thumb", "upload"]

KINDS = ("receive", "dispose", TASK, *tasks.BESIDE)
MOST = 300
ACTIONS = frozenset({"receive", "feedback", "assign_down", "unassign", "crew_feedback", "hand_back", "take_back"})
ACTIONS |= {one.action for one in tasks.BESIDE.values()}
"""And every ``ask_`` that the process offers the unit."""
PLUMBING = frozenset({"csrfmiddlewaretoken", "seq", "key", "files"})


def _lists(acting: Acting) -> dict[str, Any]:
    """What waits, by kind, least time left first; a task's address stands with its row."""
    rows = queues.rows(acting, queues.mine(acting), KINDS, most=MOST)
    listed = [(row, tokens.token_of(row.case_id)) for row in rows if row.case_id is not None]
    return {
        "receive": [pair for pair in listed if pair[0].kind == "receive"],
        "working": [pair for pair in listed if pair[0].kind != "receive"], "given": below.view(acting).tasks,
    }  # fmt: skip


@require_GET
@for_companies
def home(request: HttpRequest) -> HttpResponse:
    """待签收 on top, then what is being worked on."""
    return draw(request, "companies/home.html", **_lists(acting_of(request)))


@require_GET
@for_companies
def done(request: HttpRequest) -> HttpResponse:
    """经办: what I have finished, newest first."""
    acting = acting_of(request)
    rows = [(row, tokens.token_of(row.case_id), words.QUEUES[row.kind]) for row in queues.done(acting) if row.case_id is not None]
    return draw(request, "companies/done.html", rows=rows)


@require_GET
@for_companies
def find(request: HttpRequest) -> HttpResponse:
    """A case number typed; an empty one leads home."""
    text = request.GET.get("number", "").strip().replace("/", "")[:40]
    return redirect("companies:by_number", text) if text else redirect("companies:home")


@require_GET
@for_companies
def by_number(request: HttpRequest, text: str) -> HttpResponse:
    """From a number to its task; one of others is answered like one that does not exist, and stands on the audit trail (desks.md G5)."""
    return redirect("companies:task", tokens.token_of(access.case_id_of(acting_of(request), text)))


@require_GET
@for_companies
def task(request: HttpRequest, token: str) -> HttpResponse:
    """One task; opening it as its holder ends the withdrawal of the dispatch."""
    return _draw(request, tokens.case_of(token))


def _draw(request: HttpRequest, case_id: int, fault: Refusal | None = None, typed: dict[str, Any] | None = None) -> HttpResponse:
    acting = acting_of(request)
    view = tasks.view(acting, case_id)
    if view.item_id is not None:
        step.mark_seen(acting, case_id)
    lists = _lists(acting)
    return draw(
        request, "companies/task.html", fault, view=view, typed=typed or {}, reasons=tasks.reasons(acting, view),
        task=view.below.tasks.get(case_id), **lists,
    )  # fmt: skip


@require_GET
@for_companies
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """派遣单 on A4 with position picture and photos (desks.md G2)."""
    acting, case_id = acting_of(request), tokens.case_of(token)
    view = tasks.view(acting, case_id)
    limits.spend("export.person", acting.user_id)
    note(acting, "printed", subject=f"case:{case_id}", values={"sheet": "company_order"}, address=address_of(request))
    return draw(request, "companies/sheet.html", view=view, platform=platform_of(acting.platform_id))


@require_POST
@for_companies
def act(request: HttpRequest, token: str, action: str) -> HttpResponse:
    """签收, 反馈, 指派, 不属本单位 and the like; a refusal draws the same task with everything typed still there."""
    acting, case_id = acting_of(request), tokens.case_of(token)
    if action not in ACTIONS and not action.startswith("ask_"):
        raise NotFound("page_not_here")
    data = _data(request.POST)
    seq = request.POST.get("seq", "")
    try:
        if action == "ask_send_back" and not data["files"]:
            raise Refusal("evidence_missing", status=422, field="files")  # whatever a city demands of its own units
        perform(acting, case_id, action, int(seq) if seq.isascii() and seq.isdigit() and len(seq) < 9 else 0, data,
                key=request.POST.get("key", ""))  # fmt: skip
    except Refusal as fault:
        access.check_seen(acting, case_id)
        if fault.status == 409:
            drafts.keep(acting, f"{action}-{case_id}", case_id, data)
        return _draw(request, case_id, fault, {"action": action, **data})
    drafts.forget(acting, f"{action}-{case_id}")
    say(request, _("%(action)s已送出") % {"action": words.ACTIONS[action]})
    return redirect("companies:task", token)


def _data(posted: QueryDict) -> dict[str, Any]:
    data: dict[str, Any] = {name: posted[name] for name in posted if name not in PLUMBING}
    data["files"] = [value for value in posted.getlist("files") if value.isascii() and value.isdigit() and len(value) < 20]
    return data


@require_GET
@for_companies
def photo(request: HttpRequest, file_id: int) -> FileResponse:
    """A photo of a task of ours; none has the metadata of its camera."""
    return case_files.photo(acting_of(request), file_id)


@require_GET
@for_companies
def thumb(request: HttpRequest, file_id: int) -> FileResponse:
    """Its small picture."""
    return case_files.thumb(acting_of(request), file_id)


@require_POST
@for_companies
def upload(request: HttpRequest) -> JsonResponse:
    """One photo."""
    return case_files.upload(request, acting_of(request))
