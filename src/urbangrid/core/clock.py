"""The time of the platform. Code asks here and never the machine, so that tests travel and a demonstration has its own hour."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

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
