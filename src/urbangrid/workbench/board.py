"""The duty director's board as values: every number equals the length of the list behind it (desks.md D1, D4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from urbangrid.cases import queues, today, words
from urbangrid.cases.queues import Cell, Counts
from urbangrid.cases.today import Stuck, Today
from urbangrid.core import clock
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

STAGES = (
    "accept", "file", "verify", "confirm_filing", "sign", "hand_on", "release", "city_answer", "dispatch", "district_dispatch", "receive",
    "fence", "dispose", "district_review", "review", "send_check", "check", "close",
)  # fmt: skip
OF_DISTRICT = ("district_dispatch", "receive", "fence", "dispose", "assist", "district_review")
"""What a district that only commands has a part in."""


def stages_of(acting: Acting) -> Sequence[str]:
    """Rows of the board: those of the post's own level."""
    if acting.parent_platform_id is not None:
        return OF_DISTRICT
    if organizations.district_centres(acting.platform_id):
        return STAGES
    return [kind for kind in STAGES if kind not in ("district_dispatch", "district_review")]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What a unit has open, whatever the stage, and how much of it went not the straight way (CY-20-6)."""

    unit_id: int
    unit: str
    counts: Counts
    reworked: int
    returned: int


@dataclass(frozen=True, slots=True)
class Board:
    """Rows of the stage table in the order of the process, their sum, units with the most late ones first, the day's figures and what is
    late; ``late`` counts requests and orders with the stages, as the list of all does. ``reworked`` and ``returned``: open work of cases
    that were sent back to the unit, or by it."""

    rows: Sequence[Counts]
    total: Counts
    late: int
    units: Sequence[UnitRow]
    reworked: int
    returned: int
    today: Today
    stuck: Sequence[Stuck]
    now: datetime


def view(acting: Acting) -> Board:
    """Four statements."""
    now = clock.now()
    found = queues.cells(queues.watched(acting), now)
    rows = [_sum([one.counts for one in found if one.counts.kind == kind], kind) for kind in stages_of(acting)]
    nobody = sum(one.counts.nobody for one in found)
    return Board(
        rows, _sum(rows), sum(one.counts.red for one in found), _units(found),
        sum(one.reworked for one in found), sum(one.returned for one in found),
        today.figures(acting, nobody), today.stuck(acting, now), now,
    )  # fmt: skip


def _sum(found: Sequence[Counts], kind: str = "") -> Counts:
    green, amber, red, grey, asking = (
        sum(getattr(one, name) for one in found) for name in ("green", "amber", "red", "grey", "asking")
    )  # fmt: skip
    return Counts(kind, str(words.QUEUES[kind]) if kind else "", green, amber, red, grey, asking=asking)


def _units(found: Sequence[Cell]) -> list[UnitRow]:
    known = {one.unit_id: one.unit for one in found if one.unit_id is not None}
    rows = []
    for unit_id, name in known.items():
        own = [one for one in found if one.unit_id == unit_id]
        counts = _sum([one.counts for one in own])
        rows.append(UnitRow(unit_id, name, counts, sum(one.reworked for one in own), sum(one.returned for one in own)))
    return sorted(rows, key=lambda row: (-row.counts.red, -row.counts.amber, -row.counts.total, row.unit))
