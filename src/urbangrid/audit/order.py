"""Whether the times of sealed rows fit the order in which they were sealed: somebody may put a row in with an old time, or a coming one.

The log proves that a row is unchanged since its sealing, not that it was written when it says. Rows are sealed by position, which the
database gives at the moment of writing; so a row says too early a time when rows before it in the log say one that is later by
``ORDER_HOURS``, and too late a one when the head that sealed it is older by as much. A notice and no fault: imports, the made city and a
clock that was set do the same, and nothing in a row tells them apart from it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LEAD = 256
"""Leaves read before a stretch, so that its first row has something before it."""


@dataclass(frozen=True, slots=True)
class Odd:
    """A leaf whose row says ``at``, which the log has at ``near``: the latest time said before it, or the time of its head."""

    number: int
    at: datetime
    near: datetime


def odd(times: Iterable[tuple[int, datetime]], heads: Sequence[tuple[int, datetime]], begun: int, most: timedelta) -> list[Odd]:
    """Those of ``times`` (leaf number, what its row says) that differ by more than ``most``.

    ``heads``: size and time, by size. ``begun``: size of the first head of all; what was there when the log began came into it in any order
    and is held against that head alone.
    """
    sizes = [size for size, _at in heads]
    found: list[Odd] = []
    latest: datetime | None = None
    for number, at in sorted(times):
        place = bisect_right(sizes, number)
        sealed_at = heads[place][1] if place < len(heads) else None
        if sealed_at is not None and at - sealed_at > most:
            found.append(Odd(number, at, sealed_at))
            continue  # a coming time makes no row after it late
        if number >= begun and latest is not None and latest - at > most:
            found.append(Odd(number, at, latest))
        latest = at if latest is None else max(latest, at)
    return found
