"""Taking an item so that nobody else starts on it, and the next one of a queue (desks.md S5, HD-2.3.6d)."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import F, Q

from urbangrid.cases import access
from urbangrid.cases.actions import holders
from urbangrid.cases.models import WorkItem
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotFound
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

IDLE = timedelta(minutes=10)
"""A claim that nobody works on returns to the pool (case-rules 23)."""


@whole
def claim(acting: Acting, item_id: int, *, take_over: bool = False) -> WorkItem:
    """Mark an open item of the own queue as being worked on; claiming it again refreshes the claim.

    Raises NotFound ``case_unknown``, MovedOn ``claimed_by_other`` unless ``take_over`` (asked on the desk) or idle for ten minutes.
    """
    item = WorkItem.objects.select_for_update(of=("self",)).filter(holders.held_by(acting), pk=item_id, closed_at=None).first()
    if item is None:
        raise NotFound("case_unknown")
    now = clock.now()
    other = item.claimed_by_id not in (None, acting.appointment_id)
    if other and not take_over and item.claimed_at is not None and now - item.claimed_at < IDLE:
        since = item.claimed_at.astimezone(acting.zone).strftime("%H:%M")
        raise MovedOn("claimed_by_other", name=item.claimed_by.user.name if item.claimed_by else "", since=since)
    item.claimed_by_id, item.claimed_at, item.seen_at = acting.appointment_id, now, item.seen_at or now
    item.save(update_fields=["claimed_by", "claimed_at", "seen_at"])
    return item


def release(acting: Acting, item_id: int) -> None:
    """Give an item back to the pool; nothing happens when it is not one's own."""
    WorkItem.objects.filter(pk=item_id, claimed_by_id=acting.appointment_id, closed_at=None).update(claimed_by=None, claimed_at=None)


def release_all(acting: Acting) -> int:
    """At sign-out everything claimed returns to the pool; says how many."""
    return WorkItem.objects.filter(claimed_by_id=acting.appointment_id, closed_at=None).update(claimed_by=None, claimed_at=None)


@whole
def take_next(acting: Acting, kind: str) -> WorkItem | None:
    """Claim the item of that queue with the least time left that nobody has; thirty seats never get the same one (SKIP LOCKED)."""
    free = Q(claimed_by=None) | Q(claimed_at__lt=clock.now() - IDLE)
    item = (
        WorkItem.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(free, holders.held_by(acting), kind=kind, closed_at=None)
        .order_by(F("due_at").asc(nulls_last=True), "-urgent", "id")
        .first()
    )
    if item is None:
        return None
    item.claimed_by_id, item.claimed_at = acting.appointment_id, clock.now()
    item.save(update_fields=["claimed_by", "claimed_at"])
    return item


@whole
def assign(acting: Acting, item_id: int, appointment_id: int) -> WorkItem:
    """指派 of work that found nobody, by the duty director: to an inspector of the platform."""
    item = WorkItem.objects.select_for_update(of=("self",)).filter(pk=item_id, platform_id=acting.platform_id, closed_at=None).first()
    person = organizations.appointment_of(acting.platform_id, appointment_id)
    if item is None or person is None or not acting.may(holders.NOBODY):
        raise NotFound("case_unknown")
    if item.case_id is not None and access.is_confidential(item.case_id):
        raise NotFound("case_unknown")  # its work is given to named handlers by its own moves
    item.appointment_id, item.unit_id, item.duty = person.appointment_id, person.unit_id, item.kind
    item.claimed_by, item.claimed_at = None, None
    item.save(update_fields=["appointment", "unit", "duty", "claimed_by", "claimed_at"])
    return item
