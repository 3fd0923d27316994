"""What the months do besides living lives, in the order of time: acts at their instants, run up to the instant that is looked at."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime

from urbangrid.core import clock


class Agenda:
    """Acts that lie before the present one run at their instants; an act may put further ones in."""

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0

    def put(self, at: datetime, act: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._waiting, (at, self._count, act))

    def until(self, at: datetime) -> None:
        """Run what lies before ``at`` or on it, the earliest first."""
        while self._waiting and self._waiting[0][0] <= at:
            when, _number, act = heapq.heappop(self._waiting)
            with clock.travel(when):
                act()
