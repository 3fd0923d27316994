"""What each post's home holds: its queues as tabs, least time left first (desks.md)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from urbangrid.cases import queues, words
from urbangrid.cases.queues import Counts
from urbangrid.cases.rows import QueueRow
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Desk:
    """A kind of home page: template, queues in the order of their tabs, what counts as done."""

    code: str
    template: str
    kinds: tuple[str, ...]


ORDERS = ("answer_order", "answer_instruction", "judge_answer")
"""Queues of orders: to answer, and to accept the answers to one's own."""
BESIDE = {
    "decide": "workbench/parts/work_decide.html",
    **dict.fromkeys(ORDERS, "workbench/parts/work_answer.html"),
    "assist": "workbench/parts/work_assist.html",
    "recheck": "workbench/parts/work_assist.html",
}
"""Work beside the state of a case, the same on every desk."""

DESKS = {
    desk.code: desk
    for desk in (
        Desk("seat", "workbench/seat.html", ("accept", "file", "send_check", "close", *ORDERS)),
        Desk(
            "director", "workbench/director.html",
            ("confirm_filing", "file", "release", "city_answer", "decide", "accept", "close", *ORDERS),
        ),
        Desk("head", "workbench/head.html", ("sign", "decide", *ORDERS)),
        Desk("dispatcher", "workbench/dispatcher.html", ("dispatch", "review", "decide", *ORDERS)),
        Desk("command_director", "workbench/dispatcher.html", ("decide", "dispatch", "review", *ORDERS)),
        Desk("district_dispatcher", "workbench/dispatcher.html", ("district_dispatch", "district_review", "decide", "assist", *ORDERS)),
        Desk("department", "workbench/department.html", ("receive", "dispose", "fence", "assist", "recheck", *ORDERS)),
        Desk("station", "workbench/department.html", ("crew_task",)),
        Desk("leader", "workbench/beside.html", ("decide", *ORDERS)),
        Desk("policy", "workbench/beside.html", ("decide", *ORDERS)),
        Desk("coordinator", "workbench/beside.html", ("decide", *ORDERS)),
        Desk("subdistrict", "workbench/beside.html", ORDERS),
        Desk("squad_leader", "workbench/beside.html", ORDERS),
    )
}
READER = Desk("reader", "workbench/reader.html", ())
"""Posts whose own desk is built later: they look cases up."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A queue with its counts; ``on`` is the one shown."""

    kind: str
    word: str
    counts: Counts
    on: bool


@dataclass(slots=True)
class DeskView:
    """A desk as drawn: tabs, the rows of the chosen one, and the row that is being worked on."""

    desk: Desk
    tabs: list[Tab]
    tab: str
    rows: list[QueueRow]
    selected: QueueRow | None
    open_total: int
    done: queues.DayCount
    soon: bool = False
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the menu says of a post whose page is no desk."""

    open_total: int


def waiting(acting: Acting) -> Waiting:
    """One statement."""
    return Waiting(sum(one.total for one in queues.counts(queues.mine(acting)).values()))


def leads_on(shown: DeskView, tab: str, item_id: int | None) -> bool:
    """Whether a desk opened without a wish leads on: it never has work, or it has nothing but orders and none of them waits."""
    return not shown.desk.kinds or (set(shown.desk.kinds) <= set(ORDERS) and not (tab or item_id or shown.tabs))


def desk_of(acting: Acting) -> Desk:
    return DESKS.get(acting.desk, READER)


def view(acting: Acting, *, tab: str = "", item_id: int | None = None, light: str = "", soon: bool = False) -> DeskView:
    """The acting post's desk: counts and rows, two statements, one more for what was done today."""
    desk = desk_of(acting)
    found = queues.counts(queues.mine(acting))
    tabs_kinds = [kind for kind in desk.kinds if kind in found or (kind in desk.kinds[:4] and kind not in ORDERS)]
    chosen = tab if tab in desk.kinds else next((kind for kind in desk.kinds if kind in found), (desk.kinds or ("",))[0])
    empty = {kind: Counts(kind, str(words.QUEUES[kind]), 0, 0, 0, 0) for kind in desk.kinds}
    tabs = [Tab(kind, empty[kind].word, found.get(kind, empty[kind]), kind == chosen) for kind in tabs_kinds]
    within = timedelta(hours=2) if soon else None
    rows = queues.rows(acting, queues.mine(acting), (chosen,), light=light, within=within) if chosen else []
    selected = next((row for row in rows if row.item_id == item_id), None)
    if selected is None and item_id is None:
        selected = next((row for row in rows if not row.claimed_by or row.claimed_by_me), None)
    elif selected is None and chosen:  # beyond the first page of a long queue, or under another light: it was asked for by name
        asked = queues.rows(acting, queues.mine(acting), (chosen,), only=[item_id or 0])
        rows, selected = asked + rows, next(iter(asked), None)
    done = queues.done_today(acting, desk.kinds) if desk.kinds else queues.DayCount(0, 0)
    return DeskView(desk, tabs, chosen, rows, selected, sum(one.total for one in found.values()), done, soon)
