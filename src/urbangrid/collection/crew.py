"""班组 on the phone: my tasks, the way there, two photos, 反馈 in four taps; or 交回 with a reason (desks.md C3, case-rules 12)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.cases import detail, drafts, queues, words
from urbangrid.cases.actions import perform, step
from urbangrid.cases.lifecycle import TASK
from urbangrid.catalog import queries as catalog
from urbangrid.collection.views import MOST_TASKS, TOAST, acting_of, form_data, page
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import acting_required

DONE_SHOWN = 5
SAID = (gettext_lazy("已按要求处置完毕"), gettext_lazy("已清理干净"), gettext_lazy("已修复，恢复使用"))
"""What is said most; the first stands chosen, so that nothing need be typed in the street."""
ACTIONS = ("crew_feedback", "hand_back")


@acting_required("dispose")
def home(request: HttpRequest) -> HttpResponse:
    """我的任务 of the crew, least time left first, and what I finished last."""
    acting = acting_of(request)
    tasks = queues.rows(acting, queues.mine(acting), (TASK,), most=MOST_TASKS)
    return page(request, "collection/crew.html", tasks=tasks, done=queues.done(acting, most=DONE_SHOWN), acting=acting)


@acting_required("dispose")
def task(request: HttpRequest, case_id: int) -> HttpResponse:
    """One task: before photo, the way there, when it counts as done."""
    return _draw(request, case_id)


def _draw(request: HttpRequest, case_id: int, fault: Refusal | None = None, typed: dict[str, Any] | None = None) -> HttpResponse:
    acting = acting_of(request)
    row = next(iter(queues.rows(acting, queues.mine(acting).filter(case_id=case_id), (TASK,))), None)
    if row is None and fault is None:
        raise NotFound("case_unknown")
    view = detail.view(acting, case_id)
    if row is not None:
        step.mark_seen(acting, case_id)  # no claim: a crew is on its way together
    above = organizations.unit(acting.unit_id).parent
    return page(
        request, "collection/crew_task.html", fault, task=row, view=view, typed=typed or {}, said=SAID, acting=acting, above=above,
        before=[photo for photo in view.photos if photo.role in ("before", "fence")],
        reasons=catalog.reasons(acting.platform_id, "hand_back"),
    )  # fmt: skip


@acting_required("dispose")
def answer(request: HttpRequest, case_id: int, action: str) -> HttpResponse:
    """反馈 or 交回; a refusal draws the same task with everything still there."""
    acting = acting_of(request)
    if action not in ACTIONS or request.method != "POST":
        return redirect("collection:crew_task", case_id)
    data = form_data(request.POST)
    seq = int(request.POST["seq"]) if request.POST.get("seq", "").isdigit() else 0
    typed = dict(data)
    if action == "crew_feedback":
        data["text"] = " ".join(part for part in (str(data.pop("said", "")), str(data.pop("note", "")).strip()) if part)
    try:
        perform(acting, case_id, action, seq, data, key=request.POST.get("key", ""))
    except Refusal as fault:
        if fault.status == 409:
            drafts.keep(acting, f"{action}-{case_id}", case_id, data)
        return _draw(request, case_id, fault, typed)
    request.session[TOAST] = {"text": _("%(action)s已送出") % {"action": words.ACTIONS[action]}}
    return redirect("collection:crew")
