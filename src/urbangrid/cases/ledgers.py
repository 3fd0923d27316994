"""Lists of requests and orders: 督办件, 批示件, 挂账库, 疑难件, 权属会商, 申诉, and what waits for an approver (desks.md D2, B2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case as Case_
from django.db.models import Count, F, Q, QuerySet, When

from urbangrid.cases import access, words
from urbangrid.cases.actions import holders
from urbangrid.cases.models import Case, CaseRequest, RecordFile, RecordSecret, WorkItem
from urbangrid.cases.orders import ORDERS
from urbangrid.cases.rows import Light, light_of, title_of
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting

PAGE = 50
LEDGERS = {
    "order": ("order",),
    "instruction": ("instruction",),
    "aside": ("suspension", "deferral"),
    "difficult": ("difficult", "responsibility", "coordination"),
    "appeal": ("appeal",),
}
"""A list and the kinds that stand in it."""
ENDED = (CaseRequest.ENDED, CaseRequest.REFUSED, CaseRequest.WITHDRAWN, CaseRequest.LAPSED)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One request or order in a list."""

    request_id: int
    case_id: int
    kind: str
    number: str
    case_number: str
    title: str
    place: str
    unit: str
    target: str
    reason: str
    state: str
    state_word: str
    open: bool
    until: datetime | None
    light: Light
    asked_at: datetime
    parent: str
    """Number of the order that it was passed on from."""
    granted_by: str
    """Who gave the last word of what was granted; empty where it waits or was refused."""


def is_open() -> Q:
    """Not yet done with: waiting, answered and not accepted, suspended and not awake. A granted decision of the others is an end."""
    standing = Q(kind__in=("suspension", "deferral", "coordination"), state=CaseRequest.GRANTED, ended_at=None)
    return Q(state__in=(CaseRequest.WAITING, "answered")) | standing


def visible(acting: Acting) -> QuerySet[CaseRequest]:
    """Requests on cases that the post may read; a unit sees its own and those addressed to it."""
    rows = CaseRequest.objects.filter(platform_id=acting.cases_platform_id, case__in=access.visible_to(acting).values("pk"))
    if acting.may("read_all") or acting.may("read_area"):
        return rows
    return rows.filter(Q(unit_id=acting.unit_id) | Q(target_unit_id=acting.unit_id))


def ledger(
    acting: Acting, name: str, *, open_only: bool, mine: bool = False, skip: int = 0, most: int = PAGE
) -> tuple[list[LedgerRow], int]:
    """Rows of a list and how many there are: orders that are open by age, the oldest first (SY-6.2c); else what waits first, then by day.
    ``mine``: what the post itself asked. Two statements."""
    found = visible(acting).filter(kind__in=LEDGERS[name])
    if mine:
        found = found.filter(asked_by_id=acting.appointment_id)
    if open_only:
        found = found.filter(is_open())
    now = clock.now()
    joined = found.select_related("case", "unit", "target_unit", "parent", "decided_by__user")
    rows = joined.defer("case__words", "case__description", "case__last_hash")
    if name in ORDERS:
        ordered = rows.order_by(Case_(When(is_open(), then=F("asked_at"))).asc(nulls_last=True), "-id")
    else:
        ordered = rows.order_by(Case_(When(state=CaseRequest.WAITING, then=0), default=1), F("until").asc(nulls_last=True), "-id")
    return [_row(one, now) for one in ordered[skip : skip + most]], found.count()


def _row(one: CaseRequest, now: datetime) -> LedgerRow:
    case = one.case
    is_waiting = one.state in (CaseRequest.WAITING, "answered") or (one.state == CaseRequest.GRANTED and one.ended_at is None)
    return LedgerRow(
        request_id=one.pk, case_id=case.pk, kind=one.kind, number=one.number, case_number=case.number or "",
        title=title_of(case.category_id, case.condition_id), place=case.place_text, unit=one.unit.short_name if one.unit else "",
        target=one.target_unit.short_name if one.target_unit else "", reason=_reason(one), state=one.state,
        state_word=words.request_state(one.kind, one.state), open=is_waiting, until=one.until, light=light_of(one.until, None, now),
        asked_at=one.asked_at, parent=one.parent.number if one.parent else "",
        granted_by=one.decided_by.user.name if one.decided_by and one.state in (CaseRequest.GRANTED, CaseRequest.ENDED) else "",
    )  # fmt: skip


def _reason(one: CaseRequest) -> str:
    if one.kind == "order":
        return str(words.GRADES.get(one.reason, ""))
    listed = catalog.reasons(one.platform_id, f"ask_{one.kind}")
    return next((row.label for row in listed if row.code == one.reason), one.reason)


# --- what waits for the acting post to decide (D2) ---


@dataclass(frozen=True, slots=True)
class Share:
    """How often a unit asked for a kind this month, against the cases dispatched to it; percent to one place."""

    asked: int
    cases: int

    @property
    def percent(self) -> str:
        return f"{100 * self.asked / self.cases:.1f}" if self.cases else "0"


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One request for the list of many at once: photo, time left, the unit's share of the month."""

    item_id: int
    request_id: int
    case_id: int
    seq: int
    kind: str
    number: str
    title: str
    place: str
    unit: str
    reason: str
    words: str
    until: datetime | None
    photo_id: int | None
    share: Share
    light: Light


def approvals(acting: Acting, kind: str = "", most: int = 200) -> list[ApprovalRow]:
    """Requests that wait for the acting post, least time left first; five statements for any number."""
    items = WorkItem.objects.filter(holders.held_by(acting), closed_at=None, kind="decide", request__isnull=False)
    if kind:
        items = items.filter(request__kind=kind)
    found = list(items.select_related("request__unit", "case").order_by(F("due_at").asc(nulls_last=True), "id")[:most])
    if not found:
        return []
    requests = [item.request for item in found if item.request is not None]
    photos = _photos([one.case_id for one in requests])
    texts = {
        (row.case_id, row.seq): row.value
        for row in RecordSecret.objects.filter(case_id__in={one.case_id for one in requests}, name="note", erased_at=None)
    }
    share = shares({one.unit_id for one in requests if one.unit_id}, {one.kind for one in requests}, acting)
    now = clock.now()
    return [_approval(item, photos, texts, share, now) for item in found if item.request is not None and item.case is not None]


def _approval(
    item: WorkItem, photos: dict[int, int], texts: dict[tuple[int, int], str], share: dict[tuple[int, str], Share], now: datetime
) -> ApprovalRow:  # fmt: skip
    request, case = item.request, item.case
    assert request is not None and case is not None
    return ApprovalRow(
        item_id=item.pk, request_id=request.pk, case_id=case.pk, seq=case.seq, kind=request.kind, number=case.number or "",
        title=title_of(case.category_id, case.condition_id), place=case.place_text, unit=request.unit.short_name if request.unit else "",
        reason=_reason(request), words=texts.get((case.pk, request.asked_seq), ""), until=request.until, photo_id=photos.get(case.pk),
        share=share.get((request.unit_id or 0, request.kind), Share(0, 0)),
        light=light_of(item.due_at, item.warn_at, now, paused=item.paused),
    )  # fmt: skip


def _photos(case_ids: Sequence[int]) -> dict[int, int]:
    rows = RecordFile.objects.filter(case_id__in=case_ids, role="before").order_by("-seq", "-position")
    return dict(rows.values_list("case_id", "file_id"))


def shares(unit_ids: set[int], kinds: set[str], acting: Acting) -> dict[tuple[int, str], Share]:
    """The share of each unit and kind in the running month of the platform; two statements."""
    month = clock.now().astimezone(acting.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    asked = CaseRequest.objects.filter(unit_id__in=unit_ids, kind__in=kinds, asked_at__gte=month)
    counted = Counter({(unit, kind): n for unit, kind, n in asked.values_list("unit_id", "kind").annotate(n=Count("id")).order_by()})
    had = Case.objects.filter(handler_unit_id__in=unit_ids, dispatched_at__gte=month, history=False)
    cases = dict(had.values_list("handler_unit_id").annotate(n=Count("id")).order_by())
    return {(unit, kind): Share(counted[unit, kind], cases.get(unit, 0)) for unit in unit_ids for kind in kinds}


def unit_of(request_id: int) -> int | None:
    """The unit that asked."""
    return CaseRequest.objects.values_list("unit_id", flat=True).get(pk=request_id)
