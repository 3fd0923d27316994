"""Entries as an action writes them."""

from __future__ import annotations

from typing import Any

from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry


def write(subject: int, *seqs: int, topic: str = "case", **payload: Any) -> list[OutboxEntry]:
    """One entry per sequence number, committed one after the other."""
    return [
        OutboxEntry.objects.create(topic=topic, subject_id=subject, seq=seq, payload=payload, created_at=clock.now())
        for seq in seqs
    ]


def waiting() -> int:
    """How many are not delivered yet."""
    return OutboxEntry.objects.filter(delivered_at=None).count()
