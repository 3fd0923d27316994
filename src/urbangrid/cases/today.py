"""The day's figures and what is stuck where (desks.md D1, D4; case-rules 25: each figure says until when and how it is judged)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Count, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from urbangrid.cases import access, judging, queues, records, words
from urbangrid.cases.actions import holders
from urbangrid.cases.lifecycle import BESIDE, TASK
from urbangrid.cases.models import Case, CaseRecord, CaseRequest, Report, WorkItem
from urbangrid.cases.rows import Light, light_of, title_of
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Today:
    """Since midnight of the platform's day; ``on_time`` of the cases judged today, by feedback or closing, against the unit's bundled
    limit."""

    reported: int
    filed: int
    closed: int
    judged: int
    on_time: int
    overdue_open: int
    nobody: int
    repeats: int
    """Of the filed ones those that repeat a matter closed shortly before (反复), counted apart."""
    until: datetime
    judged_by: frozenset[str]
    """Which moments the processes of the platform judge by (case-rules 1)."""

    @property
    def moment(self) -> str:
        """按反馈时刻计期, or 按结案时刻计期."""
        return judging.moment_words(self.judged_by)

    @property
    def rate(self) -> float | None:
        """按期率 in percent; None while nothing was judged."""
        return round(100 * self.on_time / self.judged, 1) if self.judged else None


def figures(acting: Acting, nobody: int) -> Today:
    """Three statements; ``nobody``: how many open items found nobody responsible."""
    now = clock.now()
    midnight = _midnight(acting, now)
    by_closing, moments = judging.closing_processes(acting.cases_platform_id)
    wanted = {name: Count("id", filter=condition) for name, condition in _conditions(midnight, by_closing).items()}
    found = _touched(acting, midnight).aggregate(**wanted)
    reported, overdue = Platform.objects.values_list(
        _how_many(access.reports_visible_to(acting).filter(received_at__gte=midnight)), _how_many(_overdue(acting, now)),
    ).get(pk=acting.platform_id)  # fmt: skip
    return Today(
        reported, found["filed"], found["closed"], found["judged"], found["on_time"], overdue, nobody, found["repeats"], now, moments
    )


def listed(acting: Acting, name: str) -> QuerySet[Case]:
    """The cases behind a figure: ``filed``, ``repeats``, ``closed``, ``judged``, ``on_time`` or ``overdue``. Raises KeyError."""
    now = clock.now()
    if name == "overdue":
        return _overdue(acting, now)
    midnight, (by_closing, _moments) = _midnight(acting, now), judging.closing_processes(acting.cases_platform_id)
    return _touched(acting, midnight).filter(_conditions(midnight, by_closing)[name])


def _midnight(acting: Acting, now: datetime) -> datetime:
    return now.astimezone(acting.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _conditions(midnight: datetime, by_closing: Sequence[int]) -> Mapping[str, Q]:
    """What each figure counts; the processes ``by_closing`` judge by the closing, all others by the feedback."""
    judged = Q(disposed_at__gte=midnight) & ~Q(process_id__in=by_closing) | Q(closed_at__gte=midnight, process_id__in=by_closing)
    return {
        "filed": Q(filed_at__gte=midnight), "repeats": Q(filed_at__gte=midnight, repeat=True),
        "closed": Q(closed_at__gte=midnight, state__in=("closed", "archived")),
        "judged": judged & Q(on_time__isnull=False), "on_time": judged & Q(on_time=True),
    }  # fmt: skip


def _counted(acting: Acting) -> QuerySet[Case]:
    return access.visible_to(acting).filter(history=False)


def _touched(acting: Acting, midnight: datetime) -> QuerySet[Case]:
    """Filing, feedback and closing each end an item: asked by the cases' own instants, every case there ever was would be read."""
    ended = WorkItem.objects.filter(platform_id=acting.cases_platform_id, closed_at__gte=midnight).values("case_id")
    return _counted(acting).filter(pk__in=ended)


def _overdue(acting: Acting, now: datetime) -> QuerySet[Case]:
    return _counted(acting).filter(closed_at=None, due_at__lt=now)


def _how_many(rows: QuerySet[Any, Any]) -> Coalesce:
    """Their number as a column of another statement; of rows that Django knows to be none as well."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Coalesce(Subquery(rows.order_by().annotate(how_many=number).values("how_many")), 0)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A red item unopened: 卡在 市政所·王强，已签收未处置 3时12分 (desks.md D4). ``since``: when it came to its holder."""

    item_id: int
    case_id: int | None
    report_id: int | None
    number: str
    title: str
    place: str
    urgent: bool
    light: Light
    holder: str
    stage: str
    since: datetime
    now: datetime
    phone: str
    asking: str = ""
    """What was asked for and waits for an approver: 延期, 挂账 …"""
    urged: int = 0
    """催办 and 督办 since it came to its holder (已催2次)."""

    @property
    def waited_seconds(self) -> int:
        return int((self.now - self.since).total_seconds())


def stuck(acting: Acting, now: datetime, most: int = 30) -> list[Stuck]:
    """Late items, dangerous ones first, then the longest late; one statement."""
    late = queues.watched(acting).filter(queues.light_filter("red", now)).order_by("-urgent", "due_at")
    # chosen first, as an array: joined before, all late items would be put in order with everything that belongs to them; and with IN the
    # planner reads the whole table (50 s among 6 million items)
    ids = ArraySubquery(late.values("pk")[:most])
    chosen = Func(F("pk"), ids, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField())
    return [_stuck(item, now) for item in _told(WorkItem.objects.filter(chosen)).order_by("-urgent", "due_at")]


def holding(case_ids: Sequence[int], now: datetime) -> dict[int, Stuck]:
    """Who holds each of the open cases now, at which step; of several items the one that moves the case, then the oldest. One statement.

    For cases that the caller may read; a case without open work is left out.
    """
    if not case_ids:
        return {}
    open_items = WorkItem.objects.filter(case_id__in=list(case_ids), closed_at=None).exclude(kind=TASK)
    items = list(_told(open_items).select_related("request").order_by("id"))
    asked = {item.case_id: item.request.kind for item in items if item.kind == "decide" and item.request is not None}
    found: dict[int, Stuck] = {}
    for item in sorted(items, key=lambda item: item.kind in BESIDE):
        if item.case_id is not None and item.case_id not in found:
            kind = asked.get(item.case_id)
            found[item.case_id] = replace(_stuck(item, now), asking=str(words.REQUESTS[kind]) if kind else "")
    return found


def _told(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """With everything that ``_stuck`` says of them."""
    received = CaseRecord.objects.filter(case=OuterRef("case_id"), action="receive").order_by("-seq")
    told = items.annotate(receipt=Subquery(received.values("body")[:1]), urged=Coalesce(_urged(), 0))
    joined = ("case", "report", "unit", "appointment__user", "appointment__unit", "claimed_by__user")
    return told.select_related(*joined).defer("case__words", "case__last_hash", "report__original")


def _urged() -> Subquery:
    """How often the holder was urged since the item opened."""
    asked = CaseRequest.objects.filter(case=OuterRef("case_id"), kind__in=("reminder", "order"), asked_at__gte=OuterRef("opened_at"))
    return Subquery(asked.order_by().values("case").annotate(n=Count("id")).values("n"))


def _at_work(item: WorkItem) -> str:
    """Who has the item open now, else who signed for the case where it waits to be disposed of."""
    if item.claimed_by is not None:
        return item.claimed_by.user.name
    receipt: str | None = getattr(item, "receipt", None) if item.kind == "dispose" else None
    return records.actor_of(receipt)[0] if receipt else ""


def _stuck(item: WorkItem, now: datetime) -> Stuck:
    subject: Case | Report | None = item.case or item.report
    assert subject is not None
    holder = holders.holder_name(item)
    if item.appointment_id is None and (name := _at_work(item)):
        holder = f"{holder}·{name}"
    stage = str(words.STUCK.get(item.kind) or words.QUEUES[item.kind])
    return Stuck(
        item_id=item.pk, case_id=item.case_id, report_id=item.report_id, number=subject.number or "",
        title=title_of(subject.category_id, subject.condition_id), place=subject.place_text, urgent=subject.urgent,
        light=light_of(item.due_at, item.warn_at, now, paused=item.paused), holder=holder, stage=stage, since=item.opened_at, now=now,
        phone=item.unit.duty_phone if item.unit else "", urged=getattr(item, "urged", 0),
    )  # fmt: skip
