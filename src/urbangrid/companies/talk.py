"""通知 and 意见 of a company: what it was told, and the talk of a task with the centre (CY-20-8, CY-23b).

Who of the inside wrote or read is said by unit and post, never by name; nobody else's comments are there (cases.remarks).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.cases import access, remarks
from urbangrid.cases.actions import perform
from urbangrid.cases.actions import remarks as writing
from urbangrid.cases.remarks import RemarkView
from urbangrid.companies import tokens
from urbangrid.companies.entry import acting_of, draw, for_companies, say
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.shipped import shipped
from urbangrid.live import messages, topics
from urbangrid.live.messages import Message
from urbangrid.messaging import actions, queries
from urbangrid.organizations import names
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.supervision import escalation, receipts, told


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as the company sees it. ``reads``: unit and when, of one that it wrote itself."""

    at: datetime
    by: str
    to: str
    text: str
    mine: bool
    reads: tuple[tuple[str, datetime], ...]


@require_GET
@for_companies
def notices(request: HttpRequest) -> HttpResponse:
    """通知, newest first, by day."""
    acting, only = acting_of(request), request.GET.get("unread") == "1"
    typed = request.GET.get("page", "")
    number = max(int(typed), 1) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    days = told.days(acting, only_unread=only, skip=(number - 1) * queries.PAGE)
    more = sum(len(day.rows) for day in days) == queries.PAGE
    return draw(request, "companies/notices.html", days=days, only_unread=only, number=number, has_next=more)


@require_GET
@for_companies
def bell(request: HttpRequest) -> JsonResponse:
    """How many are new, and which tasks have a new comment; open pages ask for it themselves."""
    found = queries.bell(acting_of(request))
    text = f"{queries.MOST_COUNTED}+" if found.count > queries.MOST_COUNTED else str(found.count)
    commented = [tokens.token_of(case_id) for case_id in found.commented]
    return JsonResponse({"count": found.count, "text": text, "urgent": found.urgent, "commented": commented})


@require_GET
@for_companies
def follow(request: HttpRequest, notice_id: int) -> HttpResponse:
    """To the task that a notice speaks of; from here on it is read."""
    acting = acting_of(request)
    found = actions.mark_read(acting, notice_id)
    try:
        access.check_seen(acting, found.case_id or 0)
    except NotFound:
        say(request, _("这件案件已不在本单位"))
        return redirect("companies:notices")
    return redirect(reverse("companies:task", args=[tokens.token_of(found.case_id or 0)]) + ("#talk" if found.event == "comment" else ""))


@require_POST
@for_companies
def read_all(request: HttpRequest) -> HttpResponse:
    """全部已读."""
    actions.mark_all_read(acting_of(request))
    return redirect("companies:notices")


@require_GET
@for_companies
def talk(request: HttpRequest, token: str) -> HttpResponse:
    """The comments between the company and the centre; who opens them has read them."""
    acting, case_id = acting_of(request), tokens.case_of(token)
    shown = _remarks(acting, case_id)
    answer = _draw(request, acting, token, shown)
    if writing.mark_read(acting, shown):
        messages.publish([Message(topics.case(case_id), {"talk": True})])
    actions.mark_case_read(acting, case_id, "comment", *receipts.EVENTS)
    return answer


@require_GET
@for_companies
def steps(request: HttpRequest, token: str) -> HttpResponse:
    """催办步骤 of a task of ours, a part that its page fetches (desks.md G3); empty once the case is with others."""
    acting = acting_of(request)
    case = access.readable(acting, tokens.case_of(token))
    units = organizations.with_above(acting.unit_id)
    found: list[escalation.Step] = []
    if case.handler_unit_id in units and case.dispatched_at is not None:
        found = escalation.steps(case.pk, acting.cases_platform_id, units, case.dispatched_at, clock.now())
    return draw(request, "companies/steps.html", steps=found)


@require_POST
@for_companies
def comment(request: HttpRequest, token: str) -> HttpResponse:
    """提意见 to the centre: an answer, or a question."""
    acting, case_id = acting_of(request), tokens.case_of(token)
    data = {name: request.POST.get(name, "") for name in ("text", "unit_id")}
    try:
        perform(acting, case_id, "comment", 0, data, key=request.POST.get("key", ""))
    except Refusal as fault:
        return _draw(request, acting, token, _remarks(acting, case_id), fault, data)
    say(request, _("意见已发出"))
    return redirect(reverse("companies:task", args=[token]) + "#talk")


def _remarks(acting: Acting, case_id: int) -> list[RemarkView]:
    """Raises NotFound ``case_unknown``."""
    return remarks.remarks(acting, case_id, access.reads_until(access.readable(acting, case_id)))


def _draw(
    request: HttpRequest,
    acting: Acting,
    token: str,
    shown: list[RemarkView],
    fault: Refusal | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    units = writing.addressees(acting, None)
    first = next((one.unit_id for one in units if one.kind in ("command", "joint_centre")), None)
    said = [_said(one) for one in shown if one.kind == "comment"]
    return draw(request, "companies/talk.html", fault, token=token, said=said, units=units, first=first, typed=typed or {},
                centre=names.centre(acting.platform_id, "command"))  # fmt: skip


def _said(one: RemarkView) -> Said:
    by = f"{shipped(one.unit)} {one.actor if one.mine else shipped(one.post)}"
    return Said(one.at, by, one.to, one.text, one.mine, tuple((read.unit, read.at) for read in one.reads) if one.mine else ())
