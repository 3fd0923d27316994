"""What a 交接班单 says of open work, as it stood: plain values that are kept with the sheet (HD-12.1, desks.md D3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import queues, words
from urbangrid.cases.actions import holders
from urbangrid.cases.models import Case, Report, WorkItem
from urbangrid.cases.queues import Counts
from urbangrid.cases.rows import light_of, title_of
from urbangrid.core import clock
from urbangrid.organizations import rosters
from urbangrid.organizations.acting import Acting

MOST: Final = 50
"""Rows of a list of the sheet; its number says how many there are."""
_WAITING: Final = ("answer_order", "answer_instruction", "judge_answer")
LISTS: Final[Mapping[str, Q]] = {
    "urgent": Q(urgent=True),
    "claimed": Q(claimed_by__isnull=False),
    "approvals": Q(kind="decide"),
    "orders": Q(kind__in=_WAITING),
    "nobody": Q(duty=holders.NOBODY),
}
"""Lists of a sheet by the open items that belong there; one item may stand in several."""


def _whole(acting: Acting) -> bool:
    return acting.may(rosters.DUTY) and acting.may("read_all")


def open_items(acting: Acting) -> QuerySet[WorkItem]:
    """Of the whole platform for who leads its shift, else of the own unit and person; confidential cases are on no sheet."""
    if _whole(acting):
        return queues.watched(acting)
    own = Q(unit_id=acting.unit_id) | Q(appointment_id=acting.appointment_id)
    return WorkItem.objects.filter(own, closed_at=None).exclude(case__confidential=True).exclude(report__confidential=True)


def content(acting: Acting) -> dict[str, Any]:
    """Figures by stage and light, and the lists; two statements, whatever the number of items."""
    now, items = clock.now(), open_items(acting)
    found = queues.counts(items, now)
    stages = [
        {"kind": kind, "green": one.green, "amber": one.amber, "red": one.red, "grey": one.grey, "total": one.total}
        for kind in words.QUEUES if (one := found.get(kind)) is not None
    ]  # fmt: skip
    return {"at": now.isoformat(), "whole": _whole(acting), "stages": stages, **_lists(acting, items)}


def _lists(acting: Acting, items: QuerySet[WorkItem]) -> dict[str, Any]:
    wanted = Q(appointment_id=acting.appointment_id)
    for condition in LISTS.values():
        wanted |= condition
    joined = (
        items.filter(wanted)
        .select_related("case", "report", "unit", "appointment__user", "appointment__unit", "claimed_by__user")
        .defer("case__words", "case__last_hash", "report__original")
    )
    rows = list(joined.order_by("due_at", "id"))
    lists = {
        "urgent": [one for one in rows if one.urgent],
        "claimed": [one for one in rows if one.claimed_by_id is not None],
        "approvals": [one for one in rows if one.kind == "decide"],
        "orders": [one for one in rows if one.kind in _WAITING],
        "nobody": [one for one in rows if one.duty == holders.NOBODY],
        "own": [one for one in rows if one.appointment_id == acting.appointment_id],
    }
    return {
        "lists": {name: [_row(one) for one in found[:MOST]] for name, found in lists.items()},
        "numbers": {name: len(found) for name, found in lists.items()},
    }


def _row(item: WorkItem) -> dict[str, Any]:
    subject: Case | Report | None = item.case or item.report
    light = light_of(item.due_at, item.warn_at, clock.now(), paused=item.paused)
    assert subject is not None
    return {
        "case": str(item.case_id or ""), "number": subject.number or "", "place": subject.place_text,
        "title": title_of(subject.category_id, subject.condition_id), "kind": item.kind, "light": light.light,
        "due": item.due_at.isoformat() if item.due_at else "", "holder": holders.holder_name(item),
        "claimed_by": item.claimed_by.user.name if item.claimed_by else "",
    }  # fmt: skip


LIST_WORDS: Final = {
    "urgent": _("紧急"), "nobody": _("无人负责"), "claimed": _("正在办理"), "own": _("点名给交班人的"), "approvals": _("待审批"),
    "orders": _("待回复的督办、批示"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A kept content with the words of today: stages in the order of the process, their sum, lists with how many belong there."""

    at: datetime
    whole: bool
    stages: Sequence[Counts]
    total: Counts
    lists: Sequence[tuple[str, int, Sequence[Mapping[str, Any]]]]


def shown(kept: Mapping[str, Any]) -> Shown:
    """What a page or a sheet draws of a kept content."""
    lights = ("green", "amber", "red", "grey")
    stages = [
        Counts(one["kind"], str(words.QUEUES.get(one["kind"], one["kind"])), *(one[light] for light in lights)) for one in kept["stages"]
    ]
    total = Counts("", "", *(sum(getattr(one, light) for one in stages) for light in lights))
    lists = [(str(word), kept["numbers"][name], [_said(row) for row in kept["lists"][name]]) for name, word in LIST_WORDS.items()]
    return Shown(datetime.fromisoformat(kept["at"]), bool(kept["whole"]), stages, total, lists)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    due = datetime.fromisoformat(row["due"]) if row["due"] else None
    return {**row, "word": str(words.QUEUES.get(row["kind"], "")), "light_word": str(words.LIGHTS[row["light"]]), "due": due}
