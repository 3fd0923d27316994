"""The case page, looking cases up, and the sub-district's view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from urbangrid.cases import access, detail, drafts, levels, likest, queues, saved, search, sheets, verification, words
from urbangrid.cases.actions import ordering, step
from urbangrid.cases.asked import urged_recently
from urbangrid.cases.in_brief import in_brief
from urbangrid.cases.messages import RECORD_FAULTS
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core.errors import Refusal
from urbangrid.core.limits import TooOften
from urbangrid.core.platforms import platform_of
from urbangrid.core.text import listed
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.service_requests import actions as citizens
from urbangrid.service_requests import queries as requests
from urbangrid.ui.middleware import say_when
from urbangrid.workbench import numbers, splitting
from urbangrid.workbench.views.common import acting_of, number, page

REASONED = ("rework", "void", "correct", "recall", "return_to_filing", "return_unsigned", "refuse_filing", "withdraw", "wake",
            "merge", "unmerge", "split")  # fmt: skip


def show(request: HttpRequest, case_id: int) -> HttpResponse:
    """The case as the acting post may see it; opening it as its holder ends the withdrawal of the step before."""
    return draw(request, acting_of(request), case_id)


def draw(
    request: HttpRequest, acting: Acting, case_id: int, *, fault: Refusal | None = None, typed: dict[str, Any] | None = None,
    contact: citizens.Revealed | None = None,
) -> HttpResponse:  # fmt: skip
    view = detail.view(acting, case_id)
    if view.my_item_id is not None:
        step.mark_seen(acting, case_id)
    case = view.case
    request.live_topics = [f"case:{case_id}"]  # type: ignore[attr-defined]
    near = search.near(acting, case.point.x, case.point.y, category_id=case.category_id, exclude=case.pk) if case.point else []
    reasons = {action: catalog.reasons(acting.cases_platform_id, detail.REASON_LISTS.get(action, action)) for action in REASONED}
    found = requests.requests_of_case(acting, case_id) if requests.may_read(acting) else None
    kept = {} if fault else {move.action: drafts.find(acting, f"{move.action}-{case_id}") for move in view.moves[:4]}
    return page(
        request, "workbench/case.html", fault.status if fault else 200, view=view, near=near, reasons=reasons, fault=fault,
        typed=typed or {}, drafts={action: draft for action, draft in kept.items() if draft}, acting=acting, requests=found,
        all=request.GET.get("all") == "1", side_moves=_side_moves(acting, view), kin_forms=KIN_FORMS,
        contact=contact, orders=_orders(acting, view), **_joining(acting, view), may_wake=_may_wake(acting, view),
        grades=words.GRADES.items(), was_sent=any(one.kind in ordering.SEND for one in view.requests),
        sheets=[(name, sheets.BUTTONS[name]) for name in sheets.offered(acting, view)], forms=sheets.forms(view),
        brief=in_brief(view.story), **_calling(acting, view), **_correcting(acting, view, typed or {}),
        **_splitting(acting, view, fault, typed or {}),
        may_archive=any(move.action == "archive" and not move.why_not for move in view.moves),
        **_proofs(request, acting, case_id),
    )  # fmt: skip


def _calling(acting: Acting, view: detail.CaseView) -> dict[str, Any]:
    """Whom the seat may call out before the filing (先派后补)."""
    may_call = any(move.action == "call_first" and not move.why_not for move in view.moves)
    return {"call_units": organizations.targets(acting.cases_platform_id), "call_outcomes": words.CALL_OUTCOMES} if may_call else {}


def _correcting(acting: Acting, view: detail.CaseView, typed: dict[str, Any]) -> dict[str, Any]:
    """What 更正 chooses from: the sources, and where the map opens for a case without a position; after a refusal the class chosen."""
    if not any(move.action == "correct" for move in view.moves):
        return {}
    box = grids.extent(platform_of(acting.cases_platform_id)) if view.case.point is None else None
    return {
        "sources": sources.sources(acting.cases_platform_id).values(),
        "chosen": catalog.find_category(number(typed.get("category_id"))) if typed.get("action") == "correct" else None,
        "centre": ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (0.0, 0.0),
    }


def _splitting(acting: Acting, view: detail.CaseView, fault: Refusal | None, typed: dict[str, Any]) -> dict[str, Any]:
    if not any(move.action == "split" for move in view.moves):
        return {}
    again = typed if typed.get("action") == "split" else {}
    rows = splitting.rows(acting.cases_platform_id, view.case.category_id, again, fault)
    return {"split_parts": rows, "fresh_part": splitting.PartRow(0), "most_parts": splitting.MOST_PARTS}


def _joining(acting: Acting, view: detail.CaseView) -> dict[str, Any]:
    """改派, 增加协办 and 协调: the dispatcher's, while the case is where others can be asked."""
    return {
        "may_redispatch": any(move.action == "redispatch" and not move.why_not for move in view.moves),
        "may_join": view.may_join,
        "coordinations": [one for one in view.requests if one.kind == "coordination" and one.state == "granted"],
    }


def _may_wake(acting: Acting, view: detail.CaseView) -> bool:
    own = view.case.handler_unit_id == acting.unit_id and acting.may("dispose")
    return view.case.aside in ("suspended", "deferred") and (own or (acting.may("approve") and levels.has_in_hand(acting, view.case)))


def _orders(acting: Acting, view: detail.CaseView) -> list[dict[str, object]]:
    """催办, 督办, 批示 that the acting post may send from here, with whether it may name another unit."""
    free = acting.may("read_all")
    return [
        {"action": action, "word": words.ACTIONS[action], "with_unit": free,
         "default_answer": ordering.default_words(acting, view.case, kind), "recent": urged_recently(view.requests, kind)}
        for kind, action in ordering.SEND.items()
        if ordering.may_send(acting, view.case, kind)
    ]


KIN_FORMS = frozenset({"merge", "split", "relate", "unrelate", "close", "close_informed", "call_first", "check_remotely"})
"""Side moves that ask for more than a reason."""
SIDE_MOVES = frozenset({"correct", "void", "recall", "unmerge"}) | KIN_FORMS - {"close"}
"""Moves that belong to the case page; the others are made on the desks."""


def _side_moves(acting: Acting, view: detail.CaseView) -> list[detail.Possible]:
    """Who closes by authorisation has no desk for it and does it here; 取消关联 only where there is something to undo."""
    related = any(one.kind == "related" and not one.ended for one in view.relations)
    hidden = {"unrelate"} if not related else set()
    found = [move for move in view.moves if move.action in SIDE_MOVES - hidden]
    authorised = "" if acting.may("close") else "close"
    return found + [move for move in view.moves if move.action == authorised and not move.why_not]


def _proofs(request: HttpRequest, acting: Acting, case_id: int) -> dict[str, Any]:
    """核验: the record computed again, on demand; a word for each faulty record (HD-2.3.7h)."""
    if request.GET.get("verify") != "1" or not acting.may("read_all"):
        return {"proofs": None}
    faults = verification.verify_case(case_id)
    return {"proofs": {fault.seq: RECORD_FAULTS[fault.code] for fault in faults} or {-1: ""}, "proof_faults": len(faults)}


@require_POST
def reveal(request: HttpRequest, case_id: int, request_id: int) -> HttpResponse:
    """The caller's number, on this answer alone, with a reason that is kept in the audit trail (case-rules 24)."""
    acting, purpose = acting_of(request), request.POST.get("purpose", "")
    access.check_seen(acting, case_id)
    try:
        shown = citizens.reveal(acting, request_id, purpose, often=request.POST.get("often") == "on")
    except TooOften as fault:
        return say_when(draw(request, acting, case_id, fault=fault, typed={"purpose": purpose, "request_id": request_id}), fault)
    return draw(request, acting, case_id, contact=shown, typed={"purpose": purpose, "request_id": request_id})


def by_number(request: HttpRequest, text: str) -> HttpResponse:
    """From a spoken case number to its page; a stranger's number is answered like a wrong one."""
    return redirect("workbench:case", access.case_id_of(acting_of(request), text))


def asked_for(get: QueryDict, acting: Acting) -> search.Asked:
    """The search form's fields."""
    return search.Asked(
        words=get.get("words", "")[:200], category_id=number(get.get("category")), division_id=number(get.get("area")),
        state=get.get("state", "") if get.get("state", "") in words.STATES else "",
        light=get.get("light", "") if get.get("light", "") in words.LIGHTS else "", unit_id=number(get.get("unit")),
        since=_day(get.get("since"), acting), until=_day(get.get("until"), acting, after=True), open_only=get.get("open") == "1",
        repeat_only=get.get("repeat") == "1",
    )  # fmt: skip


def check_days(get: QueryDict, acting: Acting) -> None:
    """Days of an address that are none, or the wrong way round, are said at their field.

    Raises Refusal ``day_wrong``, ``days_backwards``."""
    for name in ("since", "until"):
        typed = get.get(name) or ""
        if typed and _day(typed, acting) is None:
            raise Refusal("day_wrong", status=422, field=name, value=typed[:20])
    since, until = _day(get.get("since"), acting), _day(get.get("until"), acting)
    if since and until and until < since:
        raise Refusal("days_backwards", status=422, field="until", since=f"{since:%Y-%m-%d}", until=f"{until:%Y-%m-%d}")


def _day(text: str | None, acting: Acting, *, after: bool = False) -> datetime | None:
    """A day of the platform's zone as its first instant; with ``after`` the first of the next day."""
    try:
        day = datetime.strptime(text or "", "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
        return datetime.combine(day + timedelta(days=int(after)), time.min, acting.zone)
    except (ValueError, OverflowError):
        return None


def look_up(request: HttpRequest) -> HttpResponse:
    """综合查询."""
    acting = acting_of(request)
    asked = asked_for(request.GET, acting)
    if request.GET.get("exact") != "0" and (leads_to := numbers.page_of(acting, asked.words)):
        return redirect(leads_to)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    fault, found, near = None, search.Found((), 0, more=False), None
    try:
        check_days(request.GET, acting)
        found = search.search(acting, asked, skip=(number_of_page - 1) * search.PAGE)
        near = likest.of_sentence(acting, asked) if not found.total else None
    except Refusal as wrong:
        fault = wrong
    return page(
        request, "workbench/search.html", fault.status if fault else 200, fault=fault, found=near.found if near else found,
        places=listed(near.places) if near else "", number=number_of_page, acting=acting, saved=saved.mine(acting),
        has_next=found.total > number_of_page * search.PAGE, **search_fields(acting, asked),
    )  # fmt: skip


def _states(acting: Acting) -> dict[str, Any]:
    """States to search for; those of a district only where there are districts (model D)."""
    if acting.parent_platform_id is not None or organizations.district_centres(acting.platform_id):
        return dict(words.STATES)
    return {state: word for state, word in words.STATES.items() if state not in ("at_district", "district_review")}


def search_fields(acting: Acting, asked: search.Asked) -> dict[str, Any]:
    """What the search form needs to draw its fields."""
    return {
        "asked": asked, "states": _states(acting), "lights": words.LIGHTS, "areas": _areas(acting),
        "units": organizations.all_units(acting.platform_id), "category": catalog.find_category(asked.category_id),
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """A division in the search form, indented by its level."""

    id: int
    label: str


def _areas(acting: Acting) -> list[AreaChoice]:
    found: list[AreaChoice] = []

    def walk(nodes: Iterable[grids.AreaNode], depth: int) -> None:
        for node in nodes:
            if node.level in ("subdistrict", "community"):
                found.append(AreaChoice(node.id, "　" * max(depth - 1, 0) + node.name))
            walk(node.children, depth + 1)

    walk(grids.area_tree(platform_of(acting.cases_platform_id)), 0)
    return found


@acting_required(
    "accept", "file", "sign", "dispatch", "review", "receive", "dispose", "settle", "judge", "approve_large", "instruct", "order",
    "answer_order",
)  # fmt: skip
def done(request: HttpRequest) -> HttpResponse:
    """经办: what I have finished, newest first."""
    acting = acting_of(request)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    rows = queues.done(acting, skip=(number_of_page - 1) * queues.PAGE)
    return page(request, "workbench/done.html", rows=rows, number=number_of_page, acting=acting, has_next=len(rows) == queues.PAGE)
