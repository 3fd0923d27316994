"""Which of several responsible units a place and an instant point to (CY-A2-x). Plain functions of values, no database.

A row of the responsibility table names a unit for a class in an area. It may carry conditions: on which roads, on which days of the
week, between which hours, for which owner of the component. A condition holds, fails, or cannot be told from the case (an owner, a road
where the place has none); rows are ranked by that:

1. rows whose conditions all hold, and rows without conditions; the smallest area first, within an area a row with conditions before one
   without, then the main unit, then the order of the table;
2. rows of which a condition cannot be told: the dispatcher judges;
3. rows of which a condition fails: shown, never proposed.

The table decides when the rows at the head of the first group are one unit's, or those marked 主责 there are (SY-6.4b).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

OFF_ROAD = "off_road"
"""A place beside no road, in the list of road grades of a condition."""
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a row counts; empty fields ask nothing.

    ``roads``: grades of roads (grids) or `OFF_ROAD`. ``weekdays``: 1 Monday to 7 Sunday. ``from_minute`` and ``to_minute`` of the local
    day, the end excluded; a span that ends before it begins goes over midnight and belongs to the day it began on. ``owner``: words.
    """

    roads: frozenset[str] = frozenset()
    weekdays: frozenset[int] = frozenset()
    from_minute: int | None = None
    to_minute: int | None = None
    owner: str = ""

    @property
    def none(self) -> bool:
        return not (self.roads or self.weekdays or self.owner or self.from_minute is not None)


NO_CONDITIONS = Conditions()


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a case. ``division_ids``: its areas from the smallest to the largest; ``road``: grade, `OFF_ROAD`, or empty where
    the place is not known; ``local``: the instant in the platform's zone."""

    division_ids: tuple[int, ...]
    road: str
    local: datetime


class Fit(IntEnum):
    """Whether the conditions of a row hold, in the order of the ranking."""

    HOLDS = 0
    UNTOLD = 1
    FAILS = 2


class SharedRow(Protocol):
    """What the ranking reads of a row; ``unit_key`` tells two rows of one unit from rows of two."""

    @property
    def unit_key(self) -> object: ...
    @property
    def division_id(self) -> int | None: ...
    @property
    def conditions(self) -> Conditions: ...
    @property
    def is_main(self) -> bool: ...
    @property
    def position(self) -> int: ...


R = TypeVar("R", bound=SharedRow)


def fit(conditions: Conditions, situation: Situation) -> Fit:
    """Fails when one condition fails, else untold when one cannot be told."""
    parts = [_road(conditions, situation), _time(conditions, situation.local)]
    if conditions.owner:
        parts.append(Fit.UNTOLD)
    return max(parts)


def _road(conditions: Conditions, situation: Situation) -> Fit:
    if not conditions.roads:
        return Fit.HOLDS
    if not situation.road:
        return Fit.UNTOLD
    return Fit.HOLDS if situation.road in conditions.roads else Fit.FAILS


def _time(conditions: Conditions, local: datetime) -> Fit:
    start, end = conditions.from_minute, conditions.to_minute
    minute, weekday = local.hour * 60 + local.minute, local.isoweekday()
    if start is not None and end is not None:
        over_midnight = end <= start
        inside = minute >= start or minute < end if over_midnight else start <= minute < end
        if not inside:
            return Fit.FAILS
        if over_midnight and minute < end:
            weekday = weekday - 1 or 7
    return Fit.HOLDS if not conditions.weekdays or weekday in conditions.weekdays else Fit.FAILS


@dataclass(frozen=True, slots=True)
class Ranked(Generic[R]):
    """A row with its fit and its key among the others: equal keys share the same head."""

    row: R
    fit: Fit
    nearness: int
    special: bool


def rank(rows: Iterable[R], situation: Situation) -> list[Ranked[R]]:
    """Rows of the areas of the case, or of everywhere, best first; rows of other areas fall out."""
    nearness: dict[int | None, int] = {number: place for place, number in enumerate(situation.division_ids)}
    nearness[None] = len(situation.division_ids)
    found = [
        Ranked(row, fit(row.conditions, situation), nearness[row.division_id], not row.conditions.none)
        for row in rows
        if row.division_id in nearness
    ]
    return sorted(found, key=lambda one: (one.fit, one.nearness, not one.special, not one.row.is_main, one.row.position))


def decided(ranked: Sequence[Ranked[R]]) -> R | None:
    """The row that decides, or None where the dispatcher has to choose."""
    head = [one for one in ranked if one.fit is Fit.HOLDS]
    if not head:
        return None
    first = [one.row for one in head if (one.nearness, one.special) == (head[0].nearness, head[0].special)]
    for rows in ([row for row in first if row.is_main], first):
        if len({row.unit_key for row in rows}) == 1:
            return rows[0]
    return None


def each_unit_once(ranked: Iterable[Ranked[R]]) -> list[Ranked[R]]:
    """The best row of each unit."""
    found: dict[object, Ranked[R]] = {}
    for one in ranked:
        found.setdefault(one.row.unit_key, one)
    return list(found.values())
