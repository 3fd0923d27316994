"""What happens to open work without anybody acting: idle claims return, changed calendars reach open clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.db import transaction
from django.db.models import Q, QuerySet

from urbangrid.cases import arrivals, clocks
from urbangrid.cases.actions.claiming import IDLE
from urbangrid.cases.models import Case, Clock, WorkItem
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.platforms import platform_of
from urbangrid.live.messages import Message


def return_idle_claims() -> list[Message]:
    """Claims older than ten minutes go back to the pool (case-rules 23); gives what the queues are to be told.

    A claim of the future, left by a clock that was set back since, counts from now.
    """
    with transaction.atomic():
        WorkItem.objects.filter(claimed_at__gt=clock.now() + IDLE, closed_at=None).update(claimed_at=clock.now())
        idle = WorkItem.objects.select_for_update(skip_locked=True).filter(
            claimed_at__lt=clock.now() - IDLE, closed_at=None
        )
        items = list(idle)
        WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(claimed_by=None, claimed_at=None)
    return _changed(items)


def recompute_clocks(tell: Callable[[list[Message]], None]) -> int:
    """Open clocks whose calendar has another version now are folded again; says how many.

    What was consumed before the instant from which a version applies keeps the older one (``CalendarTimeline``); ended
    clocks are never touched (case-rules §1.3). Each case is locked as an action locks it.
    """
    done = 0
    open_case = Q(case__closed_at=None, case__history=False)
    done += _recompute(Clock.objects.filter(open_case, ended_at=None, case__isnull=False), "case", tell)
    # A report that waits to be accepted has a clock but no case yet
    waiting = Clock.objects.filter(ended_at=None, case=None, item__closed_at=None, item__isnull=False)
    return done + _recompute(waiting, "item", tell)


def _recompute(rows: QuerySet[Clock], owner: str, tell: Callable[[list[Message]], None]) -> int:
    """Through ``owner`` (case or item) of each stale clock; a clock that cannot be folded is left and shows as stale."""
    platform = f"{owner}__platform_id"
    stale: list[int] = []
    for platform_id, code in rows.values_list(platform, "calendar_code").distinct().order_by(platform, "calendar_code"):
        changes = 0 if code == clocks.ALWAYS else len(catalog.calendar_versions(platform_id, code)) - 1
        found = rows.filter(**{platform: platform_id}, calendar_code=code).exclude(calendar_version=changes)
        stale += found.values_list(f"{owner}_id", flat=True)
    done = 0
    for owner_id in dict.fromkeys(stale):
        items, count = _refold_case(owner_id) if owner == "case" else _refold_item(owner_id)
        done += count
        if items:
            tell(_changed(items))
    return done


@transaction.atomic
def _refold_case(case_id: int) -> tuple[list[WorkItem], int]:
    case = Case.objects.select_for_update(of=("self",)).get(pk=case_id)
    rows = list(Clock.objects.filter(case=case, ended_at=None).select_related("item").order_by("id"))
    items = [item for row in rows if (item := _refold(row, case.platform_id)) is not None]
    _show_receiving(case, rows)
    of_case = next((row for row in rows if row.kind == "case"), None)
    if of_case is not None and case.closed_at is None:
        case.due_at, case.warn_at = of_case.due_at, of_case.warn_at
        case.save(update_fields=["due_at", "warn_at"])
    return items, len(rows)


@transaction.atomic
def _refold_item(item_id: int) -> tuple[list[WorkItem], int]:
    item = WorkItem.objects.select_for_update(of=("self",)).get(pk=item_id)
    if item.closed_at is not None or item.case_id is not None:
        return [], 0  # accepted meanwhile: the next run finds it by its case
    rows = list(Clock.objects.filter(item=item, ended_at=None).select_related("item"))
    return [one for row in rows if (one := _refold(row, item.platform_id)) is not None], len(rows)


def _refold(row: Clock, platform_id: int) -> WorkItem | None:
    """Fold one clock again; gives its open item, whose light follows it."""
    clocks.refresh(row, platform_id, platform_of(platform_id).zone)
    row.save(update_fields=["budget_seconds", "calendar_version", "due_at", "warn_at", "look_at"])
    item = row.item
    if item is None or item.closed_at is not None:
        return None
    item.due_at, item.warn_at = row.due_at, row.warn_at
    item.save(update_fields=["due_at", "warn_at"])
    return item


def _show_receiving(case: Case, rows: list[Clock]) -> None:
    """As ``Step`` shows work that waits to be received: the nearer of the two limits."""
    own = next((row for row in rows if row.kind == "stage" and row.item is not None and row.item.kind == "receive"), None)
    if own is None or own.item is None or own.item.closed_at is not None or own.item.paused:
        return
    of_unit = [row for row in rows if row.kind == "unit" and row.unit_id == case.handler_unit_id]
    own.item.due_at, own.item.warn_at = clocks.nearer(own, of_unit[-1] if of_unit else None)
    own.item.save(update_fields=["due_at", "warn_at"])


def _changed(items: list[WorkItem]) -> list[Message]:
    changes: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        changes[arrivals.topic_of(item)]["changed"].append(item.pk)
    return arrivals.counted(changes)
