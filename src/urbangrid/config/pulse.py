"""What the worker does between batches: tells browsers of queues at once, of boards and turning lights once a second, and looks at the
timers of clocks every two."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import datetime

from django.db import DatabaseError

from urbangrid.cases import arrivals, timers
from urbangrid.core import beats, clock
from urbangrid.core.models import OutboxEntry, Platform
from urbangrid.live import messages

LIGHT_SECONDS = 1
"""Between two looks for lights that turned; browsers tick by themselves."""
TIMER_SECONDS = 2
"""Between two sweeps of the timers; a full one is followed by the next at once."""

_log = logging.getLogger(__name__)


class TimerSweep:
    """Gives the warnings of clocks whose time has come; a clock that cannot be folded must not stop the relay."""

    def __init__(self) -> None:
        self._next = 0.0

    def every_second(self) -> None:
        """Sweep when it is time; a lost database is left to the relay."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + TIMER_SECONDS
        try:
            while timers.sweep() >= timers.AT_ONCE:
                beats.beat("relay")
        except DatabaseError:
            raise
        except Exception:
            _log.exception("the sweep of the timers failed")


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
