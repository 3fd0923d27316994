"""催办, 督办, 批示: what is said to a unit about a case from beside or above it. Plain Python (HD-2.3.2c, SY-6.2c, case-rules 24).

A reminder needs no answer; a supervision order and an instruction stay open until they are answered and the answer is accepted. Who may
send which is a duty of posts; how long an answer may take is set by the process (``[[orders]]``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ORDERS = ("reminder", "order", "instruction")
GRADES = ("", "yellow", "red")
"""督办 plain, 黄牌, 红牌."""
URGED_RECENTLY_MINUTES = 60
"""In one action for many cases, units urged within the hour are left out and named (desks.md P4)."""


@dataclass(frozen=True, slots=True)
class OrderRule:
    """``duty``: who sends it; ``minutes``: of the target's working time to answer, ``judge_minutes``: to accept the answer."""

    kind: str
    duty: str
    minutes: int = 480
    judge_minutes: int = 960

    @property
    def is_answered(self) -> bool:
        return self.kind != "reminder"


def load_order(row: Mapping[str, Any]) -> OrderRule:
    """Read one row of ``[[orders]]``. Raises ValueError naming what this release does not know."""
    kind = str(row["kind"])
    if kind not in ORDERS:
        raise ValueError(f"orders: {kind} is no order of this release")
    return OrderRule(kind, str(row["duty"]), int(row.get("minutes", 480)), int(row.get("judge_minutes", 960)))
