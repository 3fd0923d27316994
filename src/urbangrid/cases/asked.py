"""Requests of a case as shown: what was asked and decided, what may be asked now and why not (desks.md C4: "已用1次/共2次")."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from urbangrid.cases import access, settlements, words
from urbangrid.cases.actions import holders
from urbangrid.cases.actions.labels import until_word
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseRequest, WorkItem
from urbangrid.cases.orders import URGED_RECENTLY_MINUTES
from urbangrid.cases.process import Process
from urbangrid.cases.requests import CONTESTED, RequestRule
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import Reason
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting

ASIDE = ("suspension", "deferral")
OTHERS = frozenset({"remind", "order", "instruct", "coordinate"})
"""Acts that make a request besides those named ask_…"""
DECIDED = (CaseRequest.GRANTED, CaseRequest.REFUSED)


@dataclass(frozen=True, slots=True)
class AskedView:
    """A request or order with its words; ``mine``: the acting post has to decide, answer or judge it (``work``), ``can_take_back``: its
    unit asked and it waits."""

    request_id: int
    kind: str
    word: str
    state: str
    state_word: str
    unit: str
    reason: str
    asked_seq: int
    asked_at: datetime
    decided_seq: int | None
    decided_at: datetime | None
    until: datetime | None
    subject: str
    number: str
    parent: str
    """Number of the order that it was passed on from (SY-6.2c)."""
    target: str
    work: str
    mine: bool
    can_take_back: bool
    unit_id: int | None = None
    due_before: datetime | None = None
    due_after: datetime | None = None
    """Of an extension: when the unit's limit ends without it, and with it (``cases.extensions``)."""

    @property
    def until_word(self) -> str:
        """What the request's day is called: 计划完成日期, 恢复日期, 回复期限."""
        return until_word(self.kind)


@dataclass(frozen=True, slots=True)
class Askable:
    """A kind that the acting post may ask for from here; ``why_not`` is empty when it may, ``used``: in words, where limited."""

    action: str
    kind: str
    word: str
    why_not: str
    used: str
    proof: tuple[str, ...]
    reasons: tuple[Reason, ...] = ()
    subjects: tuple[tuple[str, str], ...] = ()

    @property
    def until_word(self) -> str:
        """What the day is called that the form asks for."""
        return until_word(self.kind)


def requests_of(case: Case, actions: Collection[str]) -> list[CaseRequest]:
    """All requests of a case in their order; one statement, none where its record (``actions``) knows of no request."""
    if not any(action.startswith("ask_") or action in OTHERS for action in actions):
        return []
    return list(CaseRequest.objects.filter(case=case).select_related("unit", "target_unit", "parent").order_by("id"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A 催办, 督办 or 批示 that was sent: its record, and to which unit."""

    word: str
    number: str
    target: str
    asked_seq: int
    asked_at: datetime


def urged_recently(requests: Sequence[AskedView], kind: str) -> AskedView | None:
    """The last of a kind within the hour: a list leaves such a case out and names the unit, who urges one case is told and may (P4)."""
    since = clock.now() - timedelta(minutes=URGED_RECENTLY_MINUTES)
    return next((one for one in reversed(requests) if one.kind == kind and one.asked_at > since), None)


SENT = ("reminder", "order", "instruction")


def sent(acting: Acting, case_id: int) -> list[Sent]:
    """What was sent about a case that the post may read, newest first, as far as ``shown`` shows it. Raises NotFound ``case_unknown``."""
    case = access.readable(acting, case_id)
    rows = CaseRequest.objects.filter(case=case, kind__in=SENT).select_related("target_unit").order_by("-id")
    until = access.reads_until(case)
    return [
        Sent(str(words.REQUESTS[row.kind]), row.number, row.target_unit.short_name if row.target_unit else "", row.asked_seq, row.asked_at)
        for row in rows
        if _sees(acting, row) and (until is None or row.asked_seq <= until)
    ]


def _sees(acting: Acting, row: CaseRequest) -> bool:
    return acting.may("read_all") or acting.may("read_area") or acting.unit_id in (row.unit_id, row.target_unit_id)


def shown(acting: Acting, case: Case, process: Process, rows: Sequence[CaseRequest], items: Sequence[WorkItem]) -> tuple[AskedView, ...]:
    """For the case page; those of other units are left out for a unit that does not read everything."""
    return tuple(_view(acting, case, process, row, items) for row in rows if _sees(acting, row))


def _view(acting: Acting, case: Case, process: Process, row: CaseRequest, items: Sequence[WorkItem]) -> AskedView:
    item = next((one for one in items if one.request_id == row.pk and one.closed_at is None), None)
    rule = process.requests.get(row.kind)
    waiting = row.state == CaseRequest.WAITING
    mine = item is not None and holders.holds(acting, item)
    listed = catalog.reasons(case.platform_id, f"ask_{row.kind}") if row.kind != "order" else ()
    grade = str(words.GRADES.get(row.reason, "")) if row.kind == "order" and row.reason else ""
    return AskedView(
        request_id=row.pk, kind=row.kind, word=str(words.REQUESTS[row.kind]), state=row.state,
        state_word=words.request_state(row.kind, row.state),
        unit=row.unit.short_name if row.unit else "",
        reason=grade or next((one.label for one in listed if one.code == row.reason), row.reason),
        asked_seq=row.asked_seq, asked_at=row.asked_at, decided_seq=row.decided_seq, decided_at=row.decided_at, until=row.until,
        subject=str(words.CONTESTED.get(row.details.get("subject", ""), "")), number=row.number,
        parent=row.parent.number if row.parent else "", target=row.target_unit.short_name if row.target_unit else "",
        work=item.kind if item is not None and mine else "", mine=mine,
        can_take_back=waiting and row.unit_id == acting.unit_id and rule is not None and rule.may_be_asked_by(acting.duties),
        unit_id=row.unit_id,
    )  # fmt: skip


def askable(
    acting: Acting, case: Case, process: Process, rows: Sequence[CaseRequest], items: Sequence[WorkItem]
) -> tuple[Askable, ...]:  # fmt: skip
    """What the acting post may ask for with the case as it stands; kinds of other desks are not named."""
    found = []
    for rule in process.requests.values():
        if State(case.state) not in rule.kind.states or not rule.may_be_asked_by(acting.duties):
            continue
        held = [item for item in items if item.closed_at is None and item.kind in rule.kind.work]
        if rule.kind.work and not any(holders.holds(acting, item) for item in held):
            continue
        own = [row for row in rows if row.kind == rule.kind.code]
        used = sum(row.unit_id == acting.unit_id and row.state in DECIDED for row in own)
        bound = rule.kind.code == "send_back" and settlements.is_designated(rows, case.handler_unit_id)
        found.append(_askable(case.platform_id, rule, own, used, Refusal("designated").sentence() if bound else ""))
    return tuple(found)


def _askable(platform_id: int, rule: RequestRule, own: Sequence[CaseRequest], used: int, why_not: str) -> Askable:
    """``why_not``: what stands against the kind in this case, besides how often it was asked for."""
    word = words.REQUESTS[rule.kind.code]
    if any(row.state == CaseRequest.WAITING for row in own):
        why_not = _("已有一项%(request)s申请在等审批") % {"request": word}
    elif rule.most is not None and used >= rule.most:
        why_not = _("已用%(used)s次，共%(most)s次") % {"used": used, "most": rule.most}
    counted = "" if rule.most is None else _("已用%(used)s次/共%(most)s次") % {"used": used, "most": rule.most}
    action = f"ask_{rule.kind.code}"
    proof = rule.proof if rule.kind.code not in ASIDE else tuple(dict.fromkeys(("until", *rule.proof)))
    subjects = tuple((code, str(words.CONTESTED[code])) for code in CONTESTED) if rule.kind.code == "appeal" else ()
    return Askable(
        action, rule.kind.code, str(words.ACTIONS[action]), why_not, counted, proof, tuple(catalog.reasons(platform_id, action)), subjects
    )
