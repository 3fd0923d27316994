"""What the outbox brings to this package."""

from __future__ import annotations

from urbangrid.core.models import OutboxEntry
from urbangrid.service_requests import subscribers


def deliver() -> None:
    """Everything that the outbox holds, in order, as the relay would; entries that came before come again."""
    for entry in OutboxEntry.objects.filter(topic__in=subscribers.TOPICS).order_by("id"):
        subscribers.follow(entry)
