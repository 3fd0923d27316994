"""Which time limit of a filing condition counts (case-rules §1.2): plain values, no database.

Of the rows in force at the instant, those of another area grade or another protection period fall out. Of the rest the
most exact wins, and a protection period weighs more than an area grade, because it is an order for special days:

1. grade and period, 2. period for every grade, 3. grade on ordinary days, 4. every grade on ordinary days.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Limit:
    """处置时限: ``value`` in ``unit`` (urgent_hour, work_hour, work_day, day); ``case_value`` is the case limit in
    the same unit, None where the platform's allowance is added instead."""

    value: int
    unit: str
    case_value: int | None = None


@dataclass(frozen=True, slots=True)
class LimitRow:
    """A row of the limit table; ``area_grade`` None: every grade, ``period`` empty: ordinary days, no dates: always."""

    limit: Limit
    area_grade: int | None = None
    period: str = ""
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether the row holds at the instant; its end is excluded."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)


def choose(rows: Iterable[LimitRow], area_grade: int | None, period: str, at: datetime) -> Limit | None:
    """The limit that counts, or None when no row fits. Equally exact rows cannot be in force at once (limit_key)."""
    fitting = [row for row in rows if row.in_force(at) and row.area_grade in (None, area_grade) and row.period in ("", period)]
    best = max(fitting, key=lambda row: (row.period != "", row.area_grade is not None), default=None)
    return best.limit if best else None
