"""What the worker tells browsers: queues at once, boards and turning lights once a second."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime

from urbangrid.cases import arrivals
from urbangrid.core import beats, clock
from urbangrid.core.models import OutboxEntry, Platform
from urbangrid.live import messages

LIGHT_SECONDS = 1
"""Between two looks for lights that turned; browsers tick by themselves."""


class Pulse:
    """Keeps what is to be told at the next second. What a crash loses here, the next change of the same queue repairs."""

    def __init__(self) -> None:
        self._boards_stale = False
        self._looked_at: datetime = clock.now()
        self._next_look = 0.0

    def observe(self, entries: Sequence[OutboxEntry]) -> None:
        """Tell the queues that these entries touch; sent when the relay's transaction commits."""
        beats.beat("relay")  # a long backlog leaves no time for the duties below
        found = arrivals.arrivals(entries)
        messages.publish(found)
        self._boards_stale = self._boards_stale or bool(found)

    def every_second(self) -> None:
        """Send boards that changed, and the queues whose lights turned."""
        beats.beat("relay")
        if time.monotonic() >= self._next_look:
            self._next_look = time.monotonic() + LIGHT_SECONDS
            until = clock.now()
            # after the clock was set back, what had turned turns back
            turned = arrivals.turned(*sorted((self._looked_at, until)))
            self._looked_at = until
            messages.publish(turned)
            self._boards_stale = self._boards_stale or bool(turned)
        if self._boards_stale:
            self._boards_stale = False
            messages.publish(arrivals.board(Platform.objects.values_list("pk", flat=True)))
