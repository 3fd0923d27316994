"""What a plan (预案) does to a case, as plain functions of values (case-rules 18). No database.

1. A plan covers a case by its area, class and filing condition; an empty list means every one.
2. It holds from its start to its end; what was filed before belongs to it only where the plan took it up.
3. Of several plans the one that was started last counts.
4. The limit of the plan's protection period goes before the percentage (catalog.limits); neither ever makes a limit longer by rounding.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

Limit = tuple[int, str]
"""Value and unit of ``deadlines.UNIT_SECONDS``."""
FINER: Mapping[str, tuple[str, int]] = {"work_day": ("work_hour", 8), "day": ("urgent_hour", 24)}
"""A unit of limit → a smaller one that runs in the same calendar, and how many of it make one."""


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """A plan that was started. ``ends_at``: its end, or the end that is planned; None: by hand, not yet."""

    plan_id: int
    name: str
    kind: str
    division_ids: frozenset[int]
    category_ids: frozenset[int]
    condition_ids: frozenset[int]
    started_at: datetime
    ends_at: datetime | None
    percent: int = 100
    period: str = ""
    exempt: bool = False
    to_territory: bool = False
    by_road: bool = False
    hourly: bool = False

    def holds(self, at: datetime) -> bool:
        """Whether it is in force at the instant; its end is excluded."""
        return self.started_at <= at and (self.ends_at is None or at < self.ends_at)

    def covers(self, divisions: Collection[int | None], category_id: int | None, condition_id: int | None) -> bool:
        """Whether a place and matter belong to it; ``condition_id`` None: not chosen yet, the class alone decides."""
        here = not self.division_ids or not self.division_ids.isdisjoint(divisions)
        matter = not self.category_ids or category_id in self.category_ids
        return here and matter and (condition_id is None or not self.condition_ids or condition_id in self.condition_ids)


def choose(
    plans: Iterable[PlanInfo], at: datetime, divisions: Collection[int | None], category_id: int | None, condition_id: int | None,
    taken_up: Collection[int] = (),
) -> PlanInfo | None:  # fmt: skip
    """The plan that counts for a case filed at ``at``; ``taken_up``: plans that took it up while it was open."""
    fitting = [
        plan for plan in plans if (plan.holds(at) or plan.plan_id in taken_up) and plan.covers(divisions, category_id, condition_id)
    ]
    return max(fitting, key=lambda plan: (plan.started_at, plan.plan_id), default=None)


def shortened(limit: Limit, percent: int) -> Limit:
    """So many percent of a limit, in whole units, rounded up, at least one; where that would shorten nothing, in the finer unit.

    4 工作时 at 50 % are 2 工作时, 1 工作日 are 4 工作时. 100 % is the limit itself.
    """
    value, unit = limit
    if percent >= 100:
        return limit
    if value * percent % 100 and unit in FINER:
        unit, times = FINER[unit]
        value *= times
    return max(-(-value * percent // 100), 1), unit
