"""诉求: the list of what citizens wait for, one of them with its story, and the acts on it (case-rules 5, 24)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from urbangrid.audit.actions import note
from urbangrid.cases.actions.inputs import read
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import clock, limits
from urbangrid.core.clients import address_of
from urbangrid.core.errors import Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.limits import TooOften
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.service_requests import actions as citizens
from urbangrid.service_requests import messages, performing, phrases, queries, rules
from urbangrid.ui.middleware import say_when
from urbangrid.workbench.views.common import acting_of, form_data, number, page, toast

TABS = (
    *((state, messages.STATES[state]) for state in (rules.OPEN, rules.TO_REPLY, rules.REPLIED)),
    ("due_today", gettext_lazy("今日到期")), ("overdue", gettext_lazy("超时")), ("dissatisfied", gettext_lazy("不满意重办")),
    ("all", gettext_lazy("全部")), ("confidential", gettext_lazy("保密")),
)  # fmt: skip


@acting_required("reveal", "read_all")
def listed(request: HttpRequest) -> HttpResponse:
    """The list: what waits for a reply or a call, due today, late, handled again; by line where one is chosen."""
    acting = acting_of(request)
    reads = queries.may_read(acting)
    tab = request.GET.get("tab", "open" if reads else "confidential")
    line, typed = request.GET.get("line", "")[:40], request.GET.get("number", "").strip()[:40]
    is_state = tab in rules.STATES
    asked = queries.Asked(tab if is_state else "", line, typed, "" if is_state else tab)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    rows = queries.listed(acting, asked, skip=(number_of_page - 1) * queries.PAGE)
    month = clock.now().astimezone(acting.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return page(
        request, "workbench/requests.html", acting=acting, rows=rows, tab=tab, line=line, typed=typed, reads=reads,
        tabs=TABS if reads else TABS[-1:], counts=queries.counts(acting) if reads else {}, lines=sources.lines(acting.platform_id),
        number=number_of_page, has_next=len(rows) == queries.PAGE, month=month, until=clock.now(),
        by_line=queries.counts_by_line(acting, month, clock.now() + timedelta(seconds=1)) if request.GET.get("by_line") == "1" else None,
    )  # fmt: skip


def show(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request with everything to handle it; ``phrase`` puts 常用语 into the reply."""
    return _draw(request, acting_of(request), request_id)


def _draw(
    request: HttpRequest, acting: Acting, request_id: int, *, fault: Refusal | None = None, typed: dict[str, Any] | None = None,
    contact: citizens.Revealed | None = None,
) -> HttpResponse:  # fmt: skip
    view = queries.view(acting, request_id)
    row = view.row
    platform_id = acting.platform_id
    names = "name_handler" in view.moves
    chosen = number((typed or {}).get("category_id"))
    filled = [(one, phrases.filled_text(one, acting, row)) for one in phrases.phrases(platform_id)] if "tell" in view.moves else []
    return page(
        request, "workbench/request.html", fault.status if fault else 200, acting=acting, view=view, row=row, fault=fault,
        typed=typed or {}, contact=contact, phrases=filled, channels=messages.CHANNELS.items(), results=messages.CALL_RESULTS.items(),
        channel=messages.CHANNEL_OF_SOURCE.get(row.source_code, "phone"), category=catalog.find_category(chosen or row.category_id),
        reasons=catalog.reasons(platform_id, "return_outside"),
        units=organizations.unit_choices(platform_id) if "make_confidential" in view.moves else [],
        people=organizations.people_choices(platform_id, not_of_unit=view.concerned_unit_id) if names else [],
    )  # fmt: skip


@require_POST
def act(request: HttpRequest, request_id: int, action: str) -> HttpResponse:
    """One act on a request; a refusal shows the page again with what was typed."""
    acting = acting_of(request)
    data = form_data(request.POST)
    known = {name: value for name, value in data.items() if name in performing.FIELDS}
    body = {"of": str(request_id), "act": action, **{name: str(value) for name, value in data.items()}}

    def do() -> dict[str, Any]:
        done = performing.perform(acting, request_id, number(request.POST.get("seq")) or 0, action, read(performing.ActInputs, known))
        return {"number": done.number, "hidden": not queries.may_open(acting, done)}

    try:
        done = once(actor_id=acting.user_id, key=request.POST.get("key", ""), body=body, act=do)
    except Refusal as fault:
        if fault.code == "request_unknown":
            raise
        return _draw(request, acting, request_id, fault=fault, typed={"action": action, **data})
    toast(request, _("%(number)s 已%(action)s") % {"number": done["number"], "action": messages.ACTIONS[action]})
    return redirect("workbench:requests") if done["hidden"] else redirect("workbench:request", request_id)


@require_POST
def reveal(request: HttpRequest, request_id: int) -> HttpResponse:
    """The caller's number, on this answer alone, with a reason that is kept in the audit trail (case-rules 24)."""
    acting, purpose = acting_of(request), request.POST.get("purpose", "")
    try:
        shown = citizens.reveal(acting, request_id, purpose, often=request.POST.get("often") == "on")
    except TooOften as fault:
        return say_when(_draw(request, acting, request_id, fault=fault, typed={"purpose": purpose}), fault)
    return _draw(request, acting, request_id, contact=shown, typed={"purpose": purpose})


def sheet(request: HttpRequest, request_id: int) -> HttpResponse:
    """答复单 on A4: for a reply on paper, or to the platform that the matter came from (HD-3.1.2e2)."""
    acting = acting_of(request)
    row = queries.one(acting, request_id)
    limits.spend("export.person", acting.user_id)
    note(acting, "printed", subject=f"request:{request_id}", values={"sheet": "reply"}, address=address_of(request))
    return page(request, "workbench/print/reply.html", row=row, acting=acting, platform=platform_of(acting.platform_id), now=clock.now())
