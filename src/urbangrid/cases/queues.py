"""Queues, counts and boards: exact, and read from work items alone (architecture §3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, DurationField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from urbangrid.cases import access, words
from urbangrid.cases.actions import holders
from urbangrid.cases.lifecycle import TASK
from urbangrid.cases.models import CaseRequest, WorkItem
from urbangrid.cases.rows import QueueRow, queue_row
from urbangrid.core import clock
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.signin import Waiting

PAGE = 50
_SUBJECT = ("platform_id", "number", "category_id", "condition_id", "place_text", "source", "urgent")
SHOWN = (
    "kind", "duty", "note", "request_id", "opened_at", "closed_at", "claimed_at", "paused", "warn_at", "due_at", "unit__short_name",
    "claimed_by__user__name",
    *(f"case__{name}" for name in (*_SUBJECT, "seq", "rework_count", "limit_value", "limit_unit", "city_owned", "state")),
    *(f"report__{name}" for name in (*_SUBJECT, "reporter_name")),
)  # fmt: skip
"""What ``queue_row`` reads."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open items of a kind show which light; ``total`` equals the length of the list behind it (desks.md D1)."""

    kind: str
    word: str
    green: int
    amber: int
    red: int
    grey: int
    urgent: int = 0
    nobody: int = 0
    """Of the duty that holds what found nobody responsible."""
    asking: int = 0
    """待批: of cases about which a request waits for its approver; in its light as well, for the clock goes on meanwhile (case-rules 1)."""

    @property
    def total(self) -> int:
        return self.green + self.amber + self.red + self.grey


def light_filter(light: str, now: datetime) -> Q:
    """The lights as conditions on the cached instants; the same rule as ``rows.light_of``."""
    grey = Q(paused=True) | Q(due_at=None)
    return {
        "grey": grey,
        "red": ~grey & Q(due_at__lt=now),
        "amber": ~grey & Q(due_at__gte=now, warn_at__lte=now),
        "green": ~grey & Q(due_at__gte=now) & (Q(warn_at__gt=now) | Q(warn_at=None)),
    }[light]


def mine(acting: Acting) -> QuerySet[WorkItem]:
    """Open items of the acting post."""
    return WorkItem.objects.filter(holders.held_by(acting), closed_at=None)


def watched(acting: Acting) -> QuerySet[WorkItem]:
    """Open items of the whole platform, for posts that read everything: the duty director's board. What crews have counts once, above. A
    district that only commands has those of its own units."""
    # a crew's task is a unit's own matter; a confidential case is on no board
    items = WorkItem.objects.filter(platform_id=acting.cases_platform_id, closed_at=None).exclude(Q(kind=TASK) | Q(case__confidential=True))
    if acting.parent_platform_id is not None:
        items = items.filter(unit_id__in=organizations.unit_ids(acting.platform_id))
    return items if acting.may("read_all") else items.none()


def urgeable(acting: Acting) -> QuerySet[WorkItem]:
    """Open items about which the acting post may urge: of the cases that it may read, its own left out; a district's own
    units alone."""
    items = WorkItem.objects.filter(platform_id=acting.cases_platform_id, closed_at=None, case__confidential=False)
    items = items.exclude(unit_id=acting.unit_id)
    if acting.parent_platform_id is not None:
        return items.filter(unit_id__in=organizations.unit_ids(acting.platform_id))
    if acting.may("read_all"):
        return items
    return items.filter(case__in=access.visible_to(acting).values("pk"))


def counts(items: QuerySet[WorkItem], now: datetime | None = None) -> dict[str, Counts]:
    """Counts by kind and light; one statement."""
    at = now or clock.now()
    lights = {light: Count("id", filter=light_filter(light, at)) for light in words.LIGHTS}
    nobody = Count("id", filter=Q(duty=holders.NOBODY))
    found: Any = items.values("kind").annotate(**lights, urgent_items=Count("id", filter=Q(urgent=True)), nobody=nobody).order_by()
    return {
        row["kind"]: Counts(
            row["kind"],
            str(words.QUEUES[row["kind"]]),
            row["green"],
            row["amber"],
            row["red"],
            row["grey"],
            row["urgent_items"],
            row["nobody"],
        )
        for row in found
    }


RETURNED = Exists(CaseRequest.objects.filter(case_id=OuterRef("case_id"), kind="send_back", state=CaseRequest.GRANTED))
ASKING = Exists(WorkItem.objects.filter(case_id=OuterRef("case_id"), kind="decide", closed_at=None))
EXCEPTIONS: Mapping[str, Q] = {
    "reworked": Q(case__rework_count__gt=0), "returned": Q(RETURNED), "asking": Q(ASKING) & ~Q(kind="decide"),
    "nobody": Q(duty=holders.NOBODY),
}  # fmt: skip
"""What went not the straight way (CY-20-6): 返工过, 回退过; 待批: work on a case about which a request waits for its approver
(D1); 无人负责: what found nobody."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Open items of a kind at a unit; ``unit`` is empty for persons' work and what found nobody."""

    counts: Counts
    unit_id: int | None
    unit: str
    reworked: int
    returned: int


def cells(items: QuerySet[WorkItem], now: datetime) -> list[Cell]:
    """Counts by kind and unit; one statement."""
    lights = {light: Count("id", filter=light_filter(light, now)) for light in words.LIGHTS}
    more = {name: Count("id", filter=condition) for name, condition in EXCEPTIONS.items()}
    found: Any = items.values("kind", "unit_id", "unit__short_name").annotate(**lights, **more).order_by()
    return [
        Cell(
            Counts(
                row["kind"], str(words.QUEUES[row["kind"]]), row["green"], row["amber"], row["red"], row["grey"], 0, row["nobody"],
                row["asking"],
            ),
            row["unit_id"], row["unit__short_name"] or "", row["reworked"], row["returned"],
        )
        for row in found
    ]  # fmt: skip


def narrowed(
    items: QuerySet[WorkItem], kinds: Sequence[str], now: datetime, *, light: str = "", unit_id: int | None = None, exception: str = ""
) -> QuerySet[WorkItem]:
    """What a number of the board counts: of some kinds, with a light, at a unit, or gone not the straight way."""
    if unit_id is not None:
        items = items.filter(unit_id=unit_id)
    if exception in EXCEPTIONS:
        items = items.filter(EXCEPTIONS[exception])
    if kinds:
        items = items.filter(kind__in=kinds)
    return items.filter(light_filter(light, now)) if light in words.LIGHTS else items  # an address may carry any word


def rows(
    acting: Acting, items: QuerySet[WorkItem], kinds: Sequence[str] = (), *, light: str = "", most: int = PAGE, skip: int = 0,
    within: timedelta | None = None, only: Sequence[int] = (), unit_id: int | None = None, exception: str = "",
) -> list[QueueRow]:  # fmt: skip
    """Rows of a queue, least time left first (SY-4.4); one statement. ``only``: just these items, for live arrival."""
    now = clock.now()
    items = narrowed(items, kinds, now, light=light, unit_id=unit_id, exception=exception)
    if within is not None:
        items = items.filter(paused=False, due_at__gte=now, due_at__lte=now + within)
    if only:
        items = items.filter(pk__in=only)
    found = (
        items.select_related("case", "report", "unit", "claimed_by__user")
        .only(*SHOWN)
        .order_by(F("due_at").asc(nulls_last=True), "-urgent", "id")[skip : skip + most]
    )
    return [queue_row(item, acting.appointment_id, now) for item in found]


def done(acting: Acting, most: int = PAGE, skip: int = 0) -> list[QueueRow]:
    """经办: what the acting post has finished, newest first; one statement."""
    now = clock.now()
    found = (
        WorkItem.objects.filter(closed_by_id=acting.appointment_id)
        .select_related("case", "report", "unit", "claimed_by__user")
        .only(*SHOWN)
        .order_by("-closed_at")[skip : skip + most]
    )
    return [queue_row(item, acting.appointment_id, now) for item in found]


def waiting(acting: Acting) -> Waiting:
    """What waits for a post, for the choice of posts at sign-in; one statement."""
    found = counts(mine(acting)).values()
    return Waiting(sum(one.total for one in found), sum(one.red for one in found))


@dataclass(frozen=True, slots=True)
class DayCount:
    """What a post did today: how many and the mean time it took, in seconds."""

    count: int
    mean_seconds: int


def done_today(acting: Acting, kinds: Sequence[str]) -> DayCount:
    """今日已办 and the mean time between taking and finishing; one statement."""
    midnight = clock.now().astimezone(acting.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    taken = F("closed_at") - Coalesce("claimed_at", "opened_at")
    done = WorkItem.objects.filter(closed_by_id=acting.appointment_id, closed_at__gte=midnight, kind__in=kinds)
    found = done.aggregate(count=Count("id"), mean=Avg(taken, output_field=DurationField()))
    return DayCount(found["count"], int(found["mean"].total_seconds()) if found["mean"] else 0)
