"""城管通 on line: my tasks, a report in three taps after the photo, a check with the picture from before at hand (desks.md I1-I4)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from urbangrid.cases import detail, estimates, queues, recent, reports, self_disposals, words
from urbangrid.cases.actions import claiming, intake, perform, self_disposal
from urbangrid.cases.actions.inputs import ReportInputs, read
from urbangrid.catalog import queries as catalog
from urbangrid.core import limits
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import names
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.ui.middleware import say_when

TASKS = ("verify", "check")
MOST_TASKS = 300
"""On the phone's first page: more than one person can have, so that its number is true."""
ANSWERS = {
    "verify": (("true", "circle-check"), ("not_true", "ban"), ("gone", "history"), ("cannot_verify", "lock")),
    "check": (("handled", "circle-check"), ("not_handled", "ban"), ("insufficient", "minus"), ("unreachable", "lock")),
}
"""The four answers with their icons, the likely one first."""
TOAST = "toast"


def acting_of(request: HttpRequest) -> Acting:
    """Who asks; every view stands behind ``acting_required``."""
    acting: Acting = request.acting  # type: ignore[attr-defined]
    return acting


def page(request: HttpRequest, template: str, fault: Refusal | None = None, **context: Any) -> HttpResponse:
    """A page of the phone with the sentence of what was done last, or of what was refused."""
    context |= {"fault": fault, "toast": request.session.pop(TOAST, None)}
    answer = render(request, template, context, status=fault.status if fault else 200)
    return say_when(answer, fault) if fault else answer


@acting_required("report", "verify", "check")
def home(request: HttpRequest) -> HttpResponse:
    """我的任务, least time left first, and my cells."""
    acting = acting_of(request)
    tasks = queues.rows(acting, queues.mine(acting), TASKS, most=MOST_TASKS)
    return page(
        request, "collection/home.html", tasks=tasks, cells=organizations.cells_of(acting.appointment_id), mine=reports.mine(acting, most=3)
    )


@acting_required("report")
def report(request: HttpRequest) -> HttpResponse:
    """上报: photo, category, position, send. The number is there at once; the same client id is never taken twice."""
    acting = acting_of(request)
    fault: Refusal | None = None
    typed: dict[str, Any] = {}
    if request.method == "POST":
        typed = form_data(request.POST)
        try:
            limits.spend("report.person", acting.user_id)
            made = intake.report(acting, read(ReportInputs, {**typed, "source": "inspector"}))
            request.session[TOAST] = {"text": _("已上报，编号 %(number)s") % {"number": made.number}}
            return redirect("collection:home")
        except Refusal as refusal:
            fault = refusal
    return page(request, "collection/report.html", fault, typed=typed, **_choices(acting, typed))


def _choices(acting: Acting, typed: dict[str, Any]) -> dict[str, Any]:
    said = str(typed.get("category_id", ""))
    chosen = catalog.find_category(int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None)
    return {
        "last_used": [catalog.category(one) for one in recent.categories_of(acting)],
        "category": chosen,
        "conditions": estimates.conditions(acting, chosen.id, None) if chosen else [],
        "centre": _centre(acting),
    }


def _centre(acting: Acting) -> tuple[float, float]:
    """Where the map opens before the phone knows its position: the middle of the city."""
    box = grids.extent(platform_of(acting.cases_platform_id))
    return ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (0.0, 0.0)


@acting_required("report")
def self_dispose(request: HttpRequest) -> HttpResponse:
    """自处置: a trifle solved on the spot, with the photo from before and the one from after; only whitelisted categories are offered."""
    acting = acting_of(request)
    fault: Refusal | None = None
    typed: dict[str, Any] = {}
    if request.method == "POST":
        typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        try:
            limits.spend("report.person", acting.user_id)
            made = self_disposal.send(acting, read(self_disposal.SelfDisposalInputs, typed))
            request.session[TOAST] = {"text": _("已送出，编号 %(number)s，待审核") % {"number": made.number}}
            return redirect("collection:self")
        except Refusal as refusal:
            fault = refusal
    allowed = catalog.allowed(acting.cases_platform_id, "self_disposal")
    shots = [(name, word, _photo_id(typed.get(name))) for name, word in (("before", _("处置前")), ("after", _("处置后")))]
    return page(
        request, "collection/self.html", fault, typed=typed, rows=self_disposals.mine(acting), shots=shots,
        options=[catalog.category(one) for one in sorted(allowed)], who=names.holders(acting.cases_platform_id, "authorise_closing"),
    )  # fmt: skip


def _photo_id(text: Any) -> int | None:
    said = str(text or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None


@acting_required("report")
def mine(request: HttpRequest) -> HttpResponse:
    """我的上报: result and reason in words."""
    return page(request, "collection/mine.html", rows=reports.mine(acting_of(request)))


@acting_required("verify", "check")
def task(request: HttpRequest, case_id: int) -> HttpResponse:
    """One task: what it looked like before, what counts as done, four answers."""
    return _task(request, case_id)


def _task(request: HttpRequest, case_id: int, fault: Refusal | None = None, typed: dict[str, Any] | None = None) -> HttpResponse:
    acting = acting_of(request)
    row = next(iter(queues.rows(acting, queues.mine(acting).filter(case_id=case_id), TASKS)), None)
    if row is None and fault is None:
        raise NotFound("case_unknown")
    view = detail.view(acting, case_id)
    if row is not None:
        claiming.claim(acting, row.item_id)  # which says too that she has seen it
    kind = row.kind if row is not None else "check"
    answers = [(code, mark, getattr(words, f"{kind.upper()}_ANSWERS")[code]) for code, mark in ANSWERS[kind]]
    photos = [*view.photos_as("before"), *view.photos_as("after")]
    return page(request, "collection/task.html", fault, task=row, view=view, kind=kind, answers=answers, photos=photos, typed=typed or {})


@acting_required("verify", "check")
def answer(request: HttpRequest, case_id: int, action: str) -> HttpResponse:
    """Send the answer; a refusal draws the same task with everything still there."""
    acting = acting_of(request)
    if action not in TASKS or request.method != "POST":
        return redirect("collection:task", case_id)
    data = form_data(request.POST)
    seq = int(request.POST["seq"]) if request.POST.get("seq", "").isdigit() else 0
    try:
        perform(acting, case_id, action, seq, data, key=request.POST.get("key", ""))
    except Refusal as fault:
        return _task(request, case_id, fault, data)
    request.session[TOAST] = {"text": _("%(action)s已送出") % {"action": words.ACTIONS[action]}}
    return redirect(reverse("collection:home"))


PLUMBING = frozenset({"csrfmiddlewaretoken", "seq", "key", "source"})


def form_data(posted: QueryDict) -> dict[str, Any]:
    """The form as plain data; photos are a list of file ids."""
    data: dict[str, Any] = {name: posted[name] for name in posted if name not in PLUMBING and name != "files"}
    data["files"] = [value for value in posted.getlist("files") if value.isascii() and value.isdigit() and len(value) < 20]
    if "urgent" in data:
        data["urgent"] = data["urgent"] in ("on", "true", "1")
    return data
