"""意见与联系 on a case: comments with who has read them, whom to call, the log of calls (CY-20-8, HD-4.1-3d, SY-4.4b).

A page of its own, of which the case page shows the part ``#talk``: the case page pays no statement for it, and what arrives replaces the
list alone, so that nobody's typing is disturbed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.cases import access, remarks, words
from urbangrid.cases.actions import perform
from urbangrid.cases.actions import remarks as writing
from urbangrid.cases.remarks import RemarkView
from urbangrid.core.errors import Refusal
from urbangrid.live import messages, topics
from urbangrid.live.messages import Message
from urbangrid.messaging import actions as notices
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.supervision import watching
from urbangrid.workbench.views.common import acting_of, form_data, page, toast

if TYPE_CHECKING:
    from urbangrid.cases.models import Case


@require_GET
def talk(request: HttpRequest, case_id: int) -> HttpResponse:
    """The comments; who opens them has read them, and the writers' pages say so within seconds."""
    acting = acting_of(request)
    case = access.readable(acting, case_id)
    shown = remarks.remarks(acting, case_id, access.reads_until(case))
    answer = _draw(request, acting, case, shown)
    if writing.mark_read(acting, shown):
        messages.publish([Message(topics.case(case_id), {"talk": True})])
    if notices.mark_case_read(acting, case_id, "comment"):
        messages.publish([Message(topics.tasks(acting.appointment_id), {"notice": "none"})])
    return answer


def _draw(
    request: HttpRequest, acting: Acting, case: Case, shown: list[RemarkView], fault: Refusal | None = None,
    typed: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    may_call = any(acting.may(duty) for duty in writing.CONTACTS)
    called = [unit_id for unit_id in (case.handler_unit_id, _office(acting, case.subdistrict_id)) if unit_id is not None]
    request.live_topics = [topics.case(case.pk)]  # type: ignore[attr-defined]
    return page(
        request, "workbench/talk.html", fault.status if fault else 200, case=case, acting=acting, fault=fault, typed=typed or {},
        remarks=shown, may_write=any(acting.may(duty) for duty in writing.WRITERS), may_call=may_call,
        units=writing.addressees(acting, case.subdistrict_id), contacts=organizations.contacts(called) if may_call else [],
        ways=words.CONTACT_WAYS, outcomes=words.CONTACT_OUTCOMES, watched=watching.is_watched(acting, case.pk),
    )  # fmt: skip


def _office(acting: Acting, subdistrict_id: int | None) -> int | None:
    """The sub-district's own office, for others than itself."""
    office = organizations.office_of(acting.platform_id, subdistrict_id)
    return office if office != acting.unit_id else None


@require_POST
def comment(request: HttpRequest, case_id: int) -> HttpResponse:
    """提意见."""
    return _written(request, case_id, "comment", _("意见已发出"))


@require_POST
def contact(request: HttpRequest, case_id: int) -> HttpResponse:
    """记录联系."""
    return _written(request, case_id, "contact", _("联系已记录"))


def _written(request: HttpRequest, case_id: int, action: str, said: str) -> HttpResponse:
    acting = acting_of(request)
    data = {name: value for name, value in form_data(request.POST).items() if value != ""}
    try:
        perform(acting, case_id, action, 0, data, key=request.POST.get("key", ""))
    except Refusal as fault:
        case = access.readable(acting, case_id)
        return _draw(request, acting, case, remarks.remarks(acting, case_id, access.reads_until(case)), fault, {**data, "action": action})
    toast(request, said)
    return redirect(reverse("workbench:case", args=[case_id]) + "#talk")
