"""Who is told what: the one list that wires the outbox to packages above the one that wrote."""

from __future__ import annotations

from urbangrid.core.outbox import Subscriber

SUBSCRIBERS: list[Subscriber] = []
"""Name (kept in parked deliveries, never change it), topics, function. A function must bear the same entry twice."""
