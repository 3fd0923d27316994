"""Who is told what: the one list that wires the outbox to packages above the one that wrote."""

from __future__ import annotations

from urbangrid.core.outbox import Subscriber
from urbangrid.service_requests import subscribers as service_requests
from urbangrid.supervision import subscribers as supervision

SUBSCRIBERS: list[Subscriber] = [
    Subscriber("service_requests", service_requests.TOPICS, service_requests.follow),
    Subscriber("notices", supervision.TOPICS, supervision.tell),
]
"""Name (kept in parked deliveries, never change it), topics, function. A function must bear the same entry twice."""
