"""The home of each post: queue at the left, the item in the middle, what is decided at the right."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from urbangrid.cases import (
    below,
    calls,
    detail,
    estimates,
    extensions,
    ledgers,
    process_graph,
    processes,
    proposals,
    queues,
    reports,
    search,
    words,
)  # fmt: skip
from urbangrid.cases.actions import claiming, dispatch, filing, holders, ordering
from urbangrid.cases.lifecycle import MAIN_ACTION, TASK, WORK, State
from urbangrid.cases.process import Process
from urbangrid.cases.rows import QueueRow
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotFound, Refusal
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench import board, desks
from urbangrid.workbench.views.common import acting_of, number, page, toast

ALL_STAGES = "stages"
"""Of the list behind the sums of the board: every row of its table."""
MOST_LISTED = 500
FACES = {"collection": "collection:home", "administration": "administration:home", "companies": "companies:home"}


def home(request: HttpRequest) -> HttpResponse:
    """To the face and desk of the acting post; a stranger to the sign-in."""
    if request.acting is None:  # type: ignore[attr-defined]
        return redirect("people:sign_in")
    acting = acting_of(request)
    if acting.desk == "crew" and acting.face == "collection":
        return redirect("collection:crew")
    if acting.face in FACES:
        return redirect(FACES[acting.face])
    if acting.desk in ("director", "command_director"):
        return redirect("workbench:board")
    if acting.desk == "leader" and acting.may("read_all"):
        return redirect("workbench:leader")
    return redirect("workbench:desk")


def desk(request: HttpRequest) -> HttpResponse:
    """The desk with the chosen queue and item; opening an item claims it (desks.md S5)."""
    acting = acting_of(request)
    asked = request.GET
    return draw(request, acting, tab=asked.get("tab", ""), item_id=number(asked.get("item")), light=asked.get("light", ""),
                soon=asked.get("soon") == "1")  # fmt: skip


def draw(
    request: HttpRequest, acting: Acting, *, tab: str = "", item_id: int | None = None, light: str = "", soon: bool = False,
    fault: Refusal | None = None, typed: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    """The same page after a refusal, with the sentence at its field and everything typed still there."""
    shown = desks.view(acting, tab=tab, item_id=item_id, light=light, soon=soon)
    if desks.leads_on(shown, tab, item_id):
        return redirect(f"workbench:{_home_without_queue(acting)}")
    context = item_context(acting, shown.selected) if shown.selected else {}
    if shown.desk.code in UNITS:
        context |= _unit_context(request, acting, shown)
    template = "workbench/beside.html" if shown.tab in desks.BESIDE and "others" in context else shown.desk.template
    status = fault.status if fault is not None else 200
    return page(request, template, status, desk=shown, fault=fault, typed=typed or {}, acting=acting, **context)


UNITS = ("department", "station")
"""Desks of those who dispose: all their lists on one page, with the crews below them (desks.md C1)."""


def _unit_context(request: HttpRequest, acting: Acting, shown: desks.DeskView) -> dict[str, Any]:
    """Both lists, the crews with their counts and tasks; ``crew`` in the address leaves that crew's cases alone in the list."""
    rows = queues.rows(acting, queues.mine(acting), shown.desk.kinds, most=MOST_OF_A_UNIT)
    crews = below.view(acting)
    working = [row for row in rows if row.kind in WORKED_ON]
    crew = number(request.GET.get("crew"))
    if crew is not None:
        working = [row for row in working if row.case_id in crews.cases_of(crew)]
    chosen = shown.selected.case_id if shown.selected else None
    receive = [row for row in rows if row.kind == "receive"]
    filtered_out = crew is not None and all(row.case_id != chosen for row in receive + working)
    return {
        "fences": {row.case_id: row for row in rows if row.kind == "fence"},
        "receive": receive, "working": working, "crews": crews.crews, "tasks": crews.tasks,
        "others": [tab for tab in shown.tabs if tab.kind in desks.BESIDE and tab.counts.total], "crew": crew,
        "filtered_out": filtered_out, "task": crews.tasks.get(chosen or 0), "receives": "receive" in shown.desk.kinds,
    }  # fmt: skip


MOST_OF_A_UNIT = 300
WORKED_ON = ("dispose", TASK)


def _home_without_queue(acting: Acting) -> str:
    """Where a post begins that has no work of its own now: its area, the day, or looking cases up."""
    if acting.may("read_area"):
        return "area"
    return "board" if acting.may("read_all") else "search"


def item_context(acting: Acting, row: QueueRow) -> dict[str, Any]:
    """Everything needed to decide one item, in one view."""
    held_by = ""
    try:
        claiming.claim(acting, row.item_id)
    except MovedOn as taken:
        held_by = taken.sentence()
    except Refusal:
        return {"gone": True}
    if row.case_id is None:
        return {"held_by": held_by, **_report_context(acting, row)}
    return {"held_by": held_by, **_case_context(acting, row)}


def _report_context(acting: Acting, row: QueueRow) -> dict[str, Any]:
    assert row.report_id is not None
    view = reports.view(acting, row.report_id)
    report = view.report
    process = processes.for_report(report)
    return {
        "report": view,
        "near": _near(acting, report.point, report.category_id, None),
        **_filing_context(acting, report.category_id, report.condition_id, report.area_grade),
        "refusals": catalog.reasons(acting.cases_platform_id, "refuse_report"),
        **_calling(acting, process, State.TO_FILE, possible=not report.confidential),
        "ways": processes.ways(acting, process, report.category_id, must_verify=filing.report_must_be_verified(report)),
    }


def _calling(acting: Acting, process: Process, state: State, *, possible: bool) -> dict[str, Any]:
    """What the form of a call before the filing needs; nothing where the process or the post has no such call (先派后补)."""
    move = process.find("call_first", state)
    if move is None or not possible or not acting.may(move.duty):
        return {"call_minutes": calls.seconds(process) // 60}
    units = organizations.targets(acting.cases_platform_id)
    return {"call_units": units, "call_outcomes": words.CALL_OUTCOMES, "call_minutes": calls.seconds(process) // 60}


def _filing_context(acting: Acting, category_id: int | None, condition_id: int | None, grade: int | None) -> dict[str, Any]:
    chosen = catalog.find_category(category_id)
    return {
        "category": chosen,
        "conditions": estimates.conditions(acting, chosen.id, grade) if chosen else [],
        "condition_id": condition_id,
    }


def _case_context(acting: Acting, row: QueueRow) -> dict[str, Any]:
    assert row.case_id is not None
    view = detail.view(acting, row.case_id)
    case = view.case
    context: dict[str, Any] = {"view": view, "lacking": _lacking(view, row), "near": _near(acting, case.point, case.category_id, case.pk)}
    context["waits_for"] = _("、").join(part.unit for part in view.joint if part.answered_at is None)
    context |= {f"reasons_{action}": catalog.reasons(acting.cases_platform_id, action) for action in REASONS.get(row.kind, ())}
    if row.kind in ("file", "confirm_filing"):
        context |= _filing_context(acting, case.category_id, case.condition_id, case.area_grade)
        answers = [line.text for line in view.story if line.action == "verify"]
        context["verified"] = bool(answers)
        context["verify_answer"] = answers[-1] if answers else ""
        context["untrue"] = bool(answers) and answers[-1] != str(words.VERIFY_ANSWERS["true"])
        must_verify, process = filing.case_must_be_verified(case), processes.process_of(case.process_id)
        context["ways"] = processes.ways(acting, process, case.category_id, must_verify=must_verify, untrue=context["untrue"])
        context["call_suffices"] = calls.stands_for_verification(case, process)
        context |= _calling(acting, process, State(case.state), possible=case.filed_at is None and not case.confidential)
    if row.kind in ("dispatch", "district_dispatch"):
        context |= _dispatch_context(acting, view)
    if row.kind == "review":
        context["handed_to"] = processes.next_unit(acting, case, "review")
    if row.kind == "close":
        context["may_close"] = any(move.action == "close" for move in view.moves)
    if row.kind in desks.BESIDE:
        context |= _beside_context(acting, view, row)
    if row.duty == holders.NOBODY:
        context["inspectors"] = organizations.inspectors(acting.platform_id)
    return context


def _lacking(view: detail.CaseView, row: QueueRow) -> str:
    """Why the first key of the desk is not there: the version that the case follows lacks the move (one from before the check asked)."""
    case = view.case
    state = State(case.state)
    if row.kind != WORK.get(state) or process_graph.goes_on(processes.process_of(case.process_id), state):
        return ""
    return _("本案所用的流程版本里没有“%(action)s”这一步，这里办不下去。请系统管理员发布补全的新版，再把在办案件改用新版。") % {
        "action": words.ACTIONS[MAIN_ACTION[state]]
    }


def _beside_context(acting: Acting, view: detail.CaseView, row: QueueRow) -> dict[str, Any]:
    """The request or order behind the item, with its words and, for an approver, the unit's share of the month (D2)."""
    found = next((one for one in view.requests if one.request_id == row.request_id), None)
    context: dict[str, Any] = {"beside": desks.BESIDE[row.kind], "asked": found, "may_pass_on": acting.may("order")}
    if found is None:
        return context
    context["asked_words"] = [text for line in view.story if line.seq == found.asked_seq for text in line.said]
    answers = [line for line in view.story if line.action == "answer_order" and line.inputs.get("request") == str(found.request_id)]
    context["answer_words"] = [text for line in answers[-1:] for _name, text in line.quotes]
    if found.kind in ordering.SEND and context["may_pass_on"]:
        context["default_answer"] = ordering.default_words(acting, view.case, found.kind)
    if row.kind == "decide":
        (context["asked"],) = extensions.with_days(view.case, [found], acting.zone)
        unit_id = ledgers.unit_of(found.request_id)
        context["share"] = ledgers.shares({unit_id}, {found.kind}, acting)[unit_id, found.kind] if unit_id else None
    return context


REASONS = {
    "decide": ("disagree",),
    "file": ("refuse_filing",),
    "confirm_filing": ("refuse_filing",),
    "sign": ("return_unsigned",),
    "dispatch": ("return_to_filing",),
    "district_dispatch": ("return_up",),
    "review": ("rework",),
    "district_review": ("rework",),
    "close": ("rework",),
    "receive": ("unassign", "hand_back"),
    "dispose": ("unassign", "hand_back"),
    "crew_task": ("unassign", "hand_back"),
}
"""Reason lists that the panel of a work item shows."""


def _dispatch_context(acting: Acting, view: detail.CaseView) -> dict[str, Any]:
    choices, undecided = proposals.weighed(view.case, platform_id=acting.platform_id)
    first = next((one for one in choices if one.proposed), None)
    due = {}
    if view.case.category_id and view.case.condition_id:
        for choice in choices[:1] if first else ():
            due = {"estimate": estimates.one(acting, view.case.category_id, view.case.condition_id, view.case.area_grade, choice.calendar)}
    back = {line.seq: line for line in view.story if line.action == "ask_send_back"}
    returned = [
        {"unit": one.unit, "at": one.decided_at, "reason": one.reason, "words": [text for _name, text in back[one.asked_seq].quotes]}
        for one in view.requests
        if one.kind == "send_back" and one.state == "granted" and one.asked_seq in back
    ]
    bound = dispatch.bound_unit(view.case, acting.platform_id)
    settled = organizations.unit(bound).name if bound is not None else ""
    units = organizations.targets(acting.platform_id)
    reasons = catalog.reasons(acting.cases_platform_id, "shared_unit" if undecided else "other_unit")
    chosen = {"choices": choices, "first": first, "open": undecided, "reasons_unit": reasons}
    return {"returned": returned, "settled": settled, "all_units": units, **chosen, **due}


def _near(acting: Acting, point: Any, category_id: int | None, exclude: int | None) -> list[search.Near]:
    if point is None:
        return []
    return search.near(acting, point.x, point.y, category_id=category_id, exclude=exclude)


def arrivals(request: HttpRequest) -> HttpResponse:
    """The rows of newly arrived items only, for the live queue (architecture §6)."""
    acting = acting_of(request)
    ids = [found for text in request.GET.get("only", "").split(",") if (found := number(text))][: queues.PAGE]
    rows = queues.rows(acting, queues.mine(acting), only=ids) if ids else []
    return page(request, "workbench/parts/rows.html", rows=rows, fresh=True)


def counts(request: HttpRequest) -> JsonResponse:
    """Counts of the own queues, for the rail and tabs."""
    acting = acting_of(request)
    found = queues.counts(queues.mine(acting))
    return JsonResponse({kind: {"total": one.total, "red": one.red, "urgent": one.urgent} for kind, one in found.items()})


@require_POST
def take_over(request: HttpRequest, item_id: int) -> HttpResponse:
    """询问接手, answered yes: the claim changes hands, on record of the item."""
    acting = acting_of(request)
    item = claiming.claim(acting, item_id, take_over=True)
    return redirect(f"/desk/?tab={item.kind}&item={item.pk}")


@require_POST
def assign(request: HttpRequest, item_id: int) -> HttpResponse:
    """指派 of work that found nobody."""
    acting = acting_of(request)
    claiming.assign(acting, item_id, number(request.POST.get("appointment")) or 0)
    toast(request, _("已指派"))
    return redirect("workbench:desk")


@acting_required("read_all")
def show_board(request: HttpRequest) -> HttpResponse:
    """The duty director's page: stage by light, what is late and where it is stuck (desks.md D1, D4)."""
    acting = acting_of(request)
    return page(request, "workbench/board.html", board=board.view(acting), acting=acting, desk=desks.view(acting))


@acting_required("read_all")
def stage_list(request: HttpRequest) -> HttpResponse:
    """The list behind a number of the board: exactly those items (D1)."""
    acting = acting_of(request)
    kind, light, exception = (request.GET.get(name, "") for name in ("kind", "light", "exception"))
    unit_id = number(request.GET.get("unit"))
    if kind and kind != ALL_STAGES and kind not in words.QUEUES:
        raise NotFound("queue_unknown", kind=kind[:20])
    kinds = board.stages_of(acting) if kind == ALL_STAGES else (kind,) if kind else ()
    items = queues.narrowed(queues.watched(acting), kinds, clock.now(), light=light, unit_id=unit_id, exception=exception)
    rows = queues.rows(acting, items, most=MOST_LISTED)
    total = len(rows) if len(rows) < MOST_LISTED else items.count()
    return page(
        request, "workbench/stage_list.html", rows=rows, total=total, kind="" if kind == ALL_STAGES else kind, light=light, acting=acting,
        exception=words.EXCEPTIONS.get(exception, ""), unit=rows[0].unit if unit_id is not None and rows else "",
    )  # fmt: skip
