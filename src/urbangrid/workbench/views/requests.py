"""Many at once and in lists: approvals (D2), urging (P4, B2), and the ledgers of requests and orders."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from urbangrid.cases import access, ledgers, queues, words
from urbangrid.cases.actions import ordering, perform
from urbangrid.cases.actions.inputs import OrderInputs
from urbangrid.cases.rows import QueueRow
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench.views.common import acting_of, number, page, toast

MOST = 200
SOON = timedelta(hours=2)
URGED = ("receive", "dispose", "assist", "district_dispatch", "verify", "check")
"""Kinds of work that a unit or inspector can be urged about."""


@require_http_methods(["GET", "POST"])
def approvals(request: HttpRequest) -> HttpResponse:
    """批量审批: tick and agree; what was moved on meanwhile is named, the others are granted."""
    acting = acting_of(request)
    if request.method == "POST":
        return _agree_all(request, acting)
    rows = ledgers.approvals(acting)
    counted = Counter(row.kind for row in rows)
    kind = request.GET.get("kind", "")
    kinds = [{"code": code, "word": words.REQUESTS[code], "count": n} for code, n in sorted(counted.items())]
    shown = [row for row in rows if not kind or row.kind == kind]
    return page(request, "workbench/approvals.html", rows=shown, kinds=kinds, kind=kind, acting=acting)


def _agree_all(request: HttpRequest, acting: Acting) -> HttpResponse:
    done, refused = 0, []
    for text in request.POST.getlist("request")[:MOST]:
        case_id, seq, request_id = (number(part) or 0 for part in [*text.split(":"), "", "", ""][:3])
        try:
            perform(acting, case_id, "agree", seq, {"request": request_id})
            done += 1
        except Refusal as fault:
            access.check_seen(acting, case_id)
            refused.append(fault.sentence())
    toast(request, _("；").join([_("已同意 %(count)s 件") % {"count": done}, *dict.fromkeys(refused)]))
    return redirect("workbench:approvals")


@acting_required("remind", "order")
def urge(request: HttpRequest) -> HttpResponse:
    """督促办理: all that falls due within two hours, 全选, 催办: three clicks (P4, SY-6.5d)."""
    acting = acting_of(request)
    span = request.GET.get("span", "soon")
    ticked = [found for text in request.POST.getlist("case")[:MOST] if (found := number(text))]
    fault: Refusal | None = None
    if request.method == "POST" and ticked:
        kind = "order" if request.POST.get("kind") == "order" else "reminder"
        try:
            return _urged(request, acting, kind, ticked, span)
        except Refusal as refused:
            fault = refused
    return page(
        request, "workbench/urge.html", fault.status if fault else 200, rows=_urgeable(acting, span), span=span, ticked=ticked, fault=fault,
        note=request.POST.get("note", ""), acting=acting, default_answer=ordering.default_of_several(acting),
    )  # fmt: skip


def _urgeable(acting: Acting, span: str) -> list[QueueRow]:
    items = queues.urgeable(acting)
    if span == "late":
        return queues.rows(acting, items, URGED, light="red", most=MOST)
    return queues.rows(acting, items, URGED, most=MOST, within=SOON if span == "soon" else None)


def _urged(request: HttpRequest, acting: Acting, kind: str, cases: list[int], span: str) -> HttpResponse:
    note = request.POST.get("note", "")
    if kind == "order" and not note.strip():
        raise Refusal("order_without_words", status=422, field="note", order=words.REQUESTS[kind])
    found = ordering.send_many(acting, kind, cases, OrderInputs(note=note))
    parts = [_("已%(order)s %(count)s 件") % {"order": words.REQUESTS[kind], "count": found.done}]
    if found.left_out:
        parts.append(_("一小时内已催过，略过：%(units)s") % {"units": _("、").join(found.left_out)})
    toast(request, _("；").join([*parts, *dict.fromkeys(found.refused)]))
    return redirect(f"{reverse('workbench:urge')}?span={span}")


LEDGERS: dict[str, tuple[Any, Any]] = {
    "order": (gettext_lazy("督办件"), gettext_lazy("对没有按时办理的单位发督办单，要求书面回复。回复认可之前一直列在这里。")),
    "instruction": (gettext_lazy("批示件"), gettext_lazy("领导在案件上的批示列在这里，回复认可后办结。")),
    "aside": (gettext_lazy("挂账库"), gettext_lazy("批准挂账或缓办的案件存在这里，到期自动恢复计时，每月复查一次。")),
    "difficult": (gettext_lazy("疑难件"), gettext_lazy("提请疑难审核、权属会商和协调的案件列在这里，会商结果成为先例。")),
    "appeal": (gettext_lazy("申诉件"), gettext_lazy("单位对超时、返工、责任等认定的申诉列在这里，由他人复核。")),
}


def request_list(request: HttpRequest, name: str) -> HttpResponse:
    """One of the lists, unanswered first."""
    acting = acting_of(request)
    if name not in LEDGERS:
        raise NotFound("case_request_unknown")
    title, teaches = LEDGERS[name]
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    open_only = request.GET.get("all") != "1"
    mine = request.GET.get("mine") == "1"
    rows, total = ledgers.ledger(acting, name, open_only=open_only, mine=mine, skip=(number_of_page - 1) * ledgers.PAGE)
    return page(
        request, "workbench/request_list.html", rows=rows, total=total, title=title, teaches=teaches, open_only=open_only,
        number=number_of_page, has_next=total > number_of_page * ledgers.PAGE, name=name,
        numbered=name in ("order", "instruction"), now=clock.now(),
        acting=acting, mine=mine,
    )  # fmt: skip
