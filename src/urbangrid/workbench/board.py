"""The duty director's board as values: every number equals the length of the list behind it (desks.md D1, D4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases import queues, today, words
from urbangrid.cases.queues import Counts
from urbangrid.cases.today import Stuck, Today
from urbangrid.core import clock
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

STAGES = (
    "accept", "file", "verify", "confirm_filing", "sign", "hand_on", "release", "city_answer", "dispatch", "district_dispatch", "receive",
    "fence", "dispose", "district_review", "review", "send_check", "check", "close",
)  # fmt: skip
OF_DISTRICT = ("district_dispatch", "receive", "dispose", "district_review")
"""What a district that only commands has a part in."""


def stages_of(acting: Acting) -> Sequence[str]:
    """Rows of the board: those of the post's own level."""
    if acting.parent_platform_id is not None:
        return OF_DISTRICT
    if organizations.district_centres(acting.platform_id):
        return STAGES
    return [kind for kind in STAGES if kind not in ("district_dispatch", "district_review")]


@dataclass(frozen=True, slots=True)
class Board:
    """Rows of the stage table in the order of the process, their sum, the day's figures and what is late."""

    rows: Sequence[Counts]
    total: Counts
    today: Today
    stuck: Sequence[Stuck]
    now: datetime


def view(acting: Acting) -> Board:
    """Four statements."""
    now = clock.now()
    found = queues.counts(queues.watched(acting), now)
    rows = [found.get(kind) or Counts(kind, str(words.QUEUES[kind]), 0, 0, 0, 0) for kind in stages_of(acting)]
    sums = [sum(getattr(row, light) for row in rows) for light in ("green", "amber", "red", "grey")]
    nobody = sum(one.nobody for one in found.values())
    return Board(rows, Counts("", "", *sums), today.figures(acting, nobody), today.stuck(acting, now), now)
