"""Rules of courses as functions of values: how long passing holds, what somebody lacks, how a quiz is marked."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Passed:
    """A course passed: its name, its day, and for how many months that holds (0: for good)."""

    name: str
    day: date
    months: int

    @property
    def until(self) -> date | None:
        """The last day on which it holds; None: for good."""
        return after_months(self.day, self.months) if self.months else None


@dataclass(frozen=True, slots=True)
class Lack:
    """A required course that somebody has not passed (``until`` None), or whose passing held until that day."""

    name: str
    until: date | None


def after_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def lacks(required: Iterable[str], passed: Iterable[Passed], today: date) -> list[Lack]:
    """What is missing or has run out, by name; passing lately counts, whatever ran out before."""
    held: dict[str, list[date | None]] = {}
    for one in passed:
        held.setdefault(one.name, []).append(one.until)
    found = []
    for name in sorted(set(required)):
        ends = held.get(name, [])
        known = [end for end in ends if end is not None]
        if len(known) == len(ends) and not any(end >= today for end in known):
            found.append(Lack(name, max(known) if known else None))
    return found


def is_right(right: Collection[int], chosen: Collection[int]) -> bool:
    """All of the right options and no other."""
    return set(right) == set(chosen)


def points(rights: Mapping[str, Sequence[int]], answers: Mapping[str, Sequence[int]]) -> int:
    """Percent of the questions that were answered right, rounded down; each counts the same, an open one is wrong."""
    hits = sum(is_right(right, answers.get(key, ())) for key, right in rights.items())
    return 100 * hits // len(rights) if rights else 0
