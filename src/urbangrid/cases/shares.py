"""What a sub-unit gets of the limit of the unit above it, as rules of values (case-rules 12). Plain Python; seconds are counted ones."""

from __future__ import annotations

FLOOR_PERCENT = 10
"""Of the limit above: a task given late, or after the due instant, is not late through no fault of those who get it."""
LEAST_SECONDS = 60


def task_seconds(*, limit: int, remaining: int, share_percent: int, until_due: int | None) -> int:
    """The limit of a task: the share of what is left above, never beyond the due instant above, never below the share of the floor.

    ``limit`` and ``remaining``: of the unit above, remaining negative when it is late. ``until_due``: seconds that the sub-unit's own
    calendar counts until the due instant above; None where that clock stands or is late already.
    """
    wanted = max(remaining, 0) * share_percent // 100
    if until_due is not None:
        wanted = min(wanted, until_due)
    return max(wanted, limit * FLOOR_PERCENT * share_percent // 10_000, LEAST_SECONDS)
