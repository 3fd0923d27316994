"""The time of the platform. Code asks here and never the machine, so that tests travel and a demonstration has its own hour.

``now`` is the platform's time: of records, clocks, shifts, pages, identifiers. A demonstration may run it ahead of the machine by a length
that is the same in all of its processes, is read from their environment at their start, and never shrinks (docs/topics/training.md).
``machine`` is for what is compared with the world outside the platform: codes of a reader's phone, the age of files, backups.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

JUMP_SECONDS = 60
"""A clock that moved this much against the running of time was set by hand or by a bad time source; less is ordinary correction."""

SHIFT = "URBANGRID_CLOCK_SHIFT"
"""Told to every process (``config.command.installation``): whole seconds by which a demonstration's clock is ahead; 0 on a platform."""
_shift: timedelta | None = None
"""As read from there; None before the first question."""
_offset: ContextVar[timedelta] = ContextVar("urbangrid_clock_offset", default=timedelta(0))
_frozen: ContextVar[datetime | None] = ContextVar("urbangrid_clock_frozen", default=None)


def now() -> datetime:
    """This instant, aware, UTC."""
    return _frozen.get() or datetime.now(UTC) + _offset.get() + shift()


def machine() -> datetime:
    """This instant by the machine's own clock, aware, UTC; travels with ``now`` in a test, and never with a demonstration."""
    return _frozen.get() or datetime.now(UTC) + _offset.get()


def shift() -> timedelta:
    """How far the platform's time is ahead of the machine's: zero on a platform."""
    global _shift
    if _shift is None:
        given = os.environ.get(SHIFT, "")
        _shift = timedelta(seconds=int(given) if given.isdecimal() else 0)
    return _shift


def put_ahead(further: timedelta) -> timedelta:
    """Move this process's time on, in whole seconds; gives the whole shift. Raises ValueError for a step back: identifiers and records
    would come to lie in the future."""
    global _shift
    if further < timedelta(0):
        raise ValueError("the demonstration clock goes forward only")
    _shift = timedelta(seconds=(shift() + further) // timedelta(seconds=1))
    os.environ[SHIFT] = str(_shift // timedelta(seconds=1))
    return _shift


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
    travelled = _offset.set(moment - datetime.now(UTC) - shift())
    try:
        yield
    finally:
        _offset.reset(travelled)


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
