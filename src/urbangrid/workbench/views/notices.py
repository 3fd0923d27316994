"""通知 and 关注: the bell, the list by day, and the cases a post watches (CY-20-8)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from urbangrid.cases.actions import authorising
from urbangrid.courses import actions as courses
from urbangrid.courses import quizzes
from urbangrid.live import messages, topics
from urbangrid.live.messages import Message
from urbangrid.messaging import actions, queries
from urbangrid.organizations.acting import Acting
from urbangrid.supervision import morning, told, watching
from urbangrid.supervision import receipts as receipts_of
from urbangrid.workbench.views.common import acting_of, number, page

TASKS = {"verification_task", "check_task"}
ENDING = "authorisation_ends"
"""Leads to where authorisations are given."""
COURSES = (courses.INVITED, quizzes.ENDS)
"""Lead to the course."""


def _base(acting: Acting) -> str:
    return "ui/phone.html" if acting.face == "collection" else "ui/desk.html"


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """通知, newest first, by day; with ``unread`` the new ones alone."""
    acting = acting_of(request)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    only = request.GET.get("unread") == "1"
    days = told.days(acting, only_unread=only, skip=(number_of_page - 1) * queries.PAGE)
    has_next = sum(len(day.rows) for day in days) == queries.PAGE
    return page(
        request, "workbench/notices.html", base=_base(acting), days=days, only_unread=only, number=number_of_page, acting=acting,
        has_next=has_next,
    )  # fmt: skip


@require_GET
def bell(request: HttpRequest) -> JsonResponse:
    """What the bell shows, asked by open pages themselves: no page pays a statement for it."""
    found = queries.bell(acting_of(request))
    text = f"{queries.MOST_COUNTED}+" if found.count > queries.MOST_COUNTED else str(found.count)
    return JsonResponse(
        {"count": found.count, "text": text, "urgent": found.urgent, "commented": [str(one) for one in found.commented]}
    )


@require_GET
def follow(request: HttpRequest, notice_id: int) -> HttpResponse:
    """To what a notice speaks of; from here on it is read."""
    acting = acting_of(request)
    found = actions.mark_read(acting, notice_id)
    if found.event in COURSES:
        return redirect("courses:take", found.values["course"])
    if acting.face == "collection":
        is_task = found.event in TASKS and not found.settled
        return redirect(reverse("collection:task", args=[found.case_id]) if is_task else reverse("collection:home"))
    if found.event == ENDING:
        return redirect("workbench:authorisations" if acting.may(authorising.DUTY) else "workbench:desk")
    if found.event == morning.EVENT:
        return redirect("workbench:daily_of", f"{found.created_at.astimezone(acting.zone):%Y-%m-%d}")
    if found.event == morning.WEEKLY:
        return redirect("workbench:week_sheet_of", f"{found.created_at.astimezone(acting.zone):%Y-%m-%d}")
    if found.case_id is None:
        return redirect(f"{reverse('workbench:desk')}?tab=accept")
    return redirect(reverse("workbench:case", args=[found.case_id]) + ("#talk" if found.event == "comment" else ""))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """全部已读."""
    actions.mark_all_read(acting_of(request))
    return redirect("workbench:notices")


@require_GET
def watched(request: HttpRequest) -> HttpResponse:
    """关注: what the post watches, as far as it still may read it."""
    acting = acting_of(request)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    rows = watching.watched(acting, skip=(number_of_page - 1) * queries.PAGE)
    return page(
        request, "workbench/watching.html", found={"rows": rows}, acting=acting, number=number_of_page, has_next=len(rows) == queries.PAGE
    )


@require_GET
def receipts(request: HttpRequest, case_id: int) -> HttpResponse:
    """Who has read what was sent about a case; whom it was sent to has read it by looking (desks.md D5).

    A part that pages with an order fetch by themselves: no other page pays a statement for it.
    """
    acting = acting_of(request)
    found = receipts_of.receipts(acting, case_id)
    if actions.mark_case_read(acting, case_id, *receipts_of.EVENTS):
        messages.publish([Message(topics.tasks(acting.appointment_id), {"notice": "none"})])
    return page(request, "workbench/parts/receipts.html", sent=found)


@require_POST
def watch(request: HttpRequest, case_id: int) -> HttpResponse:
    """关注 or 取消关注."""
    watching.watch(acting_of(request), case_id, request.POST.get("on") == "1")
    return redirect("workbench:case", case_id)
