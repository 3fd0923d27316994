"""What the outbox brings to the notices, as the relay would bring it."""

from __future__ import annotations

from typing import Any

from tests.support.city import City
from urbangrid.cases import timers
from urbangrid.core.models import OutboxEntry
from urbangrid.messaging import queries
from urbangrid.messaging.models import Notice
from urbangrid.supervision import subscribers


def deliver() -> None:
    """Everything that the outbox holds, in order; entries that came before come again."""
    for entry in OutboxEntry.objects.filter(topic__in=subscribers.TOPICS).order_by("id"):
        subscribers.tell(entry)


def sweep() -> None:
    """Look at the timers until none is due, and deliver."""
    while timers.sweep():
        pass
    deliver()


def told(city: City, name: str, case: str | None = None) -> list[str]:
    """Events of which somebody of the cast has notices, oldest first."""
    rows = queries.told(city.acting(name)).order_by("id")
    return [row.event for row in (rows.filter(case_id=int(case)) if case else rows)]


def everything() -> list[dict[str, Any]]:
    """Every notice there is, as kept."""
    return [dict(row) for row in Notice.objects.order_by("id").values()]
