"""Forms become actions: one view for every move of a case, two for a report. A refusal draws the same page with what was typed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.cases import access, drafts, holding, words
from urbangrid.cases.actions import intake, perform
from urbangrid.cases.actions.inputs import ReasonInputs, read
from urbangrid.core.errors import Refusal
from urbangrid.core.idempotency import once
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.workbench import splitting
from urbangrid.workbench.views import case as case_views
from urbangrid.workbench.views import desk as desk_views
from urbangrid.workbench.views.common import acting_of, form_data, number, toast


@require_POST
def act(request: HttpRequest, case_id: int, action: str) -> HttpResponse:
    """Any move of a case, from a desk or from the case page."""
    acting = acting_of(request)
    data = form_data(request.POST)
    if action == "split":
        data = splitting.rest_of(data) | {"parts": splitting.parts_of(request.POST)}
    try:
        case = perform(acting, case_id, action, number(request.POST.get("seq")) or 0, data, key=request.POST.get("key", ""))
    except Refusal as fault:
        return _again(request, acting, case_id, action, data, fault)
    drafts.forget(acting, f"{action}-{case_id}")
    undo = reverse("workbench:act", args=[case_id, "withdraw"]) if action in UNDO else ""
    said = {"number": case.number or "", "action": _done(action, data) + _unheld(acting, action, case.pk)}
    toast(request, _("%(number)s 已%(action)s") % said, undo=undo, undo_seq=case.seq)
    return _back(request, case_id)


def _done(action: str, data: dict[str, Any]) -> str:
    """The word of what was done: a correction that marks urgent is 加急, a remote check the one of its means."""
    if action == "correct" and data.get("urgent") is not None:
        return _("加急") if data["urgent"] else _("撤销加急")
    if action == "check_remotely" and data.get("means") in words.CHECK_MEANS:
        return str(words.CHECK_MEANS[data["means"]])
    return str(words.ACTIONS[action])


def _unheld(acting: Acting, action: str, case_id: int) -> str:
    """What to add where an inspector was sent and there is none for the place: nobody's list shows it, the desk of who sent does not."""
    work = holding.open_work(case_id) if action in ("send_verification", "send_check") else None
    if work is None or work.appointment_id is not None or organizations.holder_of(acting.platform_id, work.duty, work.unit_id):
        return ""
    return _("，但没有对应的监督员，已列入“无人负责”")


UNDO = frozenset({"file", "send_verification", "propose_filing", "sign", "dispatch", "review", "send_check"})
"""Steps that offer 撤回 in the sentence after them."""


def _again(request: HttpRequest, acting: Acting, case_id: int, action: str, data: dict[str, Any], fault: Refusal) -> HttpResponse:
    """The page the form came from, with the sentence, the typed text, and a draft where the case has moved on.

    Raises NotFound ``case_unknown`` for a case of others: the sentence would tell them its state.
    """
    access.check_seen(acting, case_id)
    if fault.status == 409:
        drafts.keep(acting, f"{action}-{case_id}", case_id, _as_draft(data))
    typed = {"action": action, "unit_name": _unit_name(acting, data), **data}
    if request.POST.get("from") == "case":
        return case_views.draw(request, acting, case_id, fault=fault, typed=typed)
    return _desk_again(request, acting, fault, typed)


def _unit_name(acting: Acting, data: dict[str, Any]) -> str:
    """Of the unit that was chosen, for its field when the form comes back."""
    chosen = number(data.get("unit_id"))
    return next((one.name for one in organizations.any_units(acting.platform_id) if one.unit_id == chosen), "") if chosen else ""


def _as_draft(data: dict[str, Any]) -> dict[str, Any]:
    """What was typed, line by line: of several parts the words of each."""
    parts = data.get("parts", ())
    said = {f"part-{number}": " ".join(part.get(name, "") for name in ("place_text", "note")).strip() for number, part in enumerate(parts)}
    return {name: value for name, value in data.items() if name != "parts"} | said


def _desk_again(request: HttpRequest, acting: Acting, fault: Refusal, typed: dict[str, Any]) -> HttpResponse:
    """The desk with the sentence. Raises ``fault`` for a post without a desk: leading her home would hide it."""
    item_id = number(request.POST.get("item"))
    drawn = desk_views.draw(request, acting, tab=request.POST.get("tab", ""), item_id=item_id, fault=fault, typed=typed)
    if drawn.status_code == 302:
        raise fault
    return drawn


def _back(request: HttpRequest, case_id: int) -> HttpResponse:
    """After success: the next item of the same queue, or the case page where one was reading it."""
    if request.POST.get("from") == "case":
        return redirect("workbench:case", case_id)
    return redirect(f"{reverse('workbench:desk')}?tab={request.POST.get('tab', '')}")


@require_POST
def accept(request: HttpRequest, report_id: int) -> HttpResponse:
    """受理, and with ``then`` in the same step 立案, 发核实 or 提请立案."""
    acting = acting_of(request)
    data = form_data(request.POST)
    then = str(data.pop("then", ""))

    def do() -> dict[str, Any]:
        case = intake.accept(acting, report_id, then, data)
        return {"case": str(case.pk), "number": case.number or "", "seq": case.seq}

    body = {"report": str(report_id), "then": then, "data": {name: str(value) for name, value in data.items()}}
    try:
        done = once(actor_id=acting.user_id, key=request.POST.get("key", ""), body=body, act=do)
    except Refusal as fault:
        return _report_again(request, acting, {"then": then, **data}, fault)
    word = str(words.ACTIONS[then or "accept"]) + _unheld(acting, then, int(done["case"]))
    undo = reverse("workbench:act", args=[done["case"], "withdraw"]) if then in UNDO else ""
    if then == "call_first":
        toast(request, _("已记下通话，请尽快立案"))
        return redirect(f"{reverse('workbench:desk')}?tab=file")
    toast(request, _("已%(action)s %(number)s") % {"action": word, "number": done["number"]}, undo=undo, undo_seq=int(done["seq"]))
    return redirect(f"{reverse('workbench:desk')}?tab={request.POST.get('tab', '')}")


@require_POST
def refuse(request: HttpRequest, report_id: int) -> HttpResponse:
    """不予受理 with a reason."""
    acting = acting_of(request)
    data = form_data(request.POST)
    try:
        report = intake.refuse_report(acting, report_id, read(ReasonInputs, data))
    except Refusal as fault:
        return _report_again(request, acting, {"action": "refuse_report", **data}, fault)
    toast(request, _("上报 %(number)s 不予受理") % {"number": report.number})
    return redirect(f"{reverse('workbench:desk')}?tab={request.POST.get('tab', '')}")


def _report_again(request: HttpRequest, acting: Acting, typed: dict[str, Any], fault: Refusal) -> HttpResponse:
    if fault.status == 409:
        drafts.keep(acting, f"report-{request.POST.get('item', '')}", None, typed)
    return _desk_again(request, acting, fault, typed)


@require_POST
def join(request: HttpRequest, report_id: int, case_id: int) -> HttpResponse:
    """并入 by one key: the report on the desk tells of a near case. The case may have moved meanwhile: joining takes nothing from it."""
    acting = acting_of(request)
    seq = access.readable(acting, case_id).seq
    try:
        case = perform(acting, case_id, "join_report", seq, {"report_id": report_id}, key=request.POST.get("key", ""))
    except Refusal as fault:
        return _report_again(request, acting, {"action": "join_report"}, fault)
    toast(request, _("已并入 %(number)s，来报人由该案答复") % {"number": case.number or _("未立案的案件")})
    return redirect(f"{reverse('workbench:desk')}?tab={request.POST.get('tab', '')}")


@require_POST
def receive_all(request: HttpRequest) -> HttpResponse:
    """批量签收 of the ticked cases; those that moved on meanwhile are named, the others are received (desks.md C1)."""
    acting = acting_of(request)
    done, refused = 0, []
    for pair in request.POST.getlist("case")[:200]:
        case_id, _sep, seq = pair.partition(":")
        try:
            perform(acting, number(case_id) or 0, "receive", number(seq) or 0, {})
            done += 1
        except Refusal as fault:
            access.check_seen(acting, number(case_id) or 0)
            refused.append(fault.sentence())
    text = _("已签收 %(count)s 件") % {"count": done}
    toast(request, _("；").join([text, *refused[:3]]))
    return redirect(f"{reverse('workbench:desk')}?tab=receive")
