"""The time of the platform. Code asks here and never the machine, so that tests travel and a demonstration has its own hour."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

JUMP_SECONDS = 60
"""A clock that moved this much against the running of time was set by hand or by a bad time source; less is ordinary correction."""

_offset: ContextVar[timedelta] = ContextVar("urbangrid_clock_offset", default=timedelta(0))
_frozen: ContextVar[datetime | None] = ContextVar("urbangrid_clock_frozen", default=None)


def now() -> datetime:
    """This instant, aware, UTC."""
    return _frozen.get() or datetime.now(UTC) + _offset.get()


@contextmanager
def travel(moment: datetime, *, frozen: bool = True) -> Iterator[None]:
    """Inside the block the platform's time is ``moment`` (aware); with ``frozen=False`` it runs on from there."""
    if moment.tzinfo is None:
        raise ValueError("travel needs an aware datetime")
    if frozen:
        token = _frozen.set(moment.astimezone(UTC))
        try:
            yield
        finally:
            _frozen.reset(token)
        return
    shift = _offset.set(moment - datetime.now(UTC))
    try:
        yield
    finally:
        _offset.reset(shift)


def never_before(*happened: datetime | None) -> datetime:
    """This instant, but not before what has happened already: of a thing with a history, time does not run backwards.

    When the machine's clock was set back, what is done next to that thing gets the time of its last event, so that its order and the
    lengths between its events stay true (Lamport, "Time, Clocks, and the Ordering of Events", CACM 21(7), 1978, rule IR2).
    """
    return max([now(), *(one for one in happened if one is not None)])


def _difference() -> float:
    return time.time() - time.monotonic()


@dataclass(slots=True)
class JumpWatch:
    """Notices that the machine's clock was set while this process ran."""

    _known: float = field(default_factory=_difference)

    def look(self) -> float:
        """Seconds by which the clock was set since the last look, forwards positive; 0 when it only ran or was corrected a little."""
        moved = _difference() - self._known
        if abs(moved) < JUMP_SECONDS:
            return 0.0
        self._known += moved
        return moved
