"""Platforms by id without a query each time: their zone and projection never change while a process runs, other settings within 30 s."""

from __future__ import annotations

import time

from urbangrid.core.models import Platform

FRESH_SECONDS = 30.0
_known: dict[int, tuple[float, Platform]] = {}


def platform_of(platform_id: int) -> Platform:
    """The platform; at most 30 seconds old. Raises Platform.DoesNotExist."""
    kept = _known.get(platform_id)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        kept = (time.monotonic(), Platform.objects.get(pk=platform_id))
        _known[platform_id] = kept
    return kept[1]


def forget() -> None:
    """Read anew: after a setting was changed here, and between tests."""
    _known.clear()
