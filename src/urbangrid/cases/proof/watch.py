"""Clocks told a second time: an own reading of calendars day by day, and an own fold of what happened to a limit.

It shares no code with ``cases.deadlines``: where both agree on thousands of random lives, neither has a fault that the other lacks.
Instants are whole seconds since 1970; a calendar is the raw text of its versions as the catalogue stores it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

Rules = Mapping[str, Any]
Versions = Sequence[tuple[int, Rules]]
"""A calendar's versions, oldest first, each with the second from which it applies (the first reaches back for ever)."""


def second_of(at: datetime) -> int:
    """The whole second of an instant; fractions are dropped."""
    return int(at.timestamp() // 1)


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


class Wall:
    """A calendar read from the wall: which seconds of a local day count. Days are remembered, nothing else."""

    def __init__(self, versions: Versions | None, zone: ZoneInfo) -> None:
        self._versions, self._zone = versions, zone
        self._day = lru_cache(maxsize=4096)(self._read_day)

    def _rules(self, second: int) -> Rules:
        assert self._versions
        return [rules for since, rules in self._versions if since <= second or rules is self._versions[0][1]][-1]

    def _read_day(self, number: int) -> tuple[tuple[int, int], ...]:
        """Counted spans of a local day. A version that begins within the day counts from that second on."""
        day = date.fromordinal(number)
        begins = second_of(datetime(day.year, day.month, day.day, tzinfo=self._zone))
        borders = [since for since, _rules in self._versions or () if begins < since < begins + 86_400]
        spans = []
        for low, high in zip([begins, *borders], [*borders, begins + 86_400], strict=True):
            for first, last in _slots(self._rules(low), day):
                start, end = max(begins + first * 60, low), min(begins + last * 60, high)
                if start < end:
                    spans.append((start, end))
        return tuple(spans)

    def _days(self, second: int) -> Iterator[tuple[tuple[int, int], ...]]:
        number = moment(second).astimezone(self._zone).date().toordinal()
        while True:
            yield self._day(number)
            number += 1

    def counted(self, start: int, end: int) -> int:
        """Seconds that count between two instants."""
        if self._versions is None:
            return max(end - start, 0)
        total, last_day = 0, moment(end).astimezone(self._zone).date().toordinal()
        for number in range(moment(start).astimezone(self._zone).date().toordinal(), last_day + 1):
            total += sum(max(min(high, end) - max(low, start), 0) for low, high in self._day(number))
        return total

    def when(self, start: int, seconds: int) -> int:
        """The second at which so many have counted."""
        if self._versions is None or seconds <= 0:
            return start + max(seconds, 0)
        for spans in self._days(start):
            for low, high in spans:
                there = high - max(low, start)
                if there <= 0:
                    continue
                if seconds <= there:
                    return max(low, start) + seconds
                seconds -= there
        raise AssertionError("days do not end")


def _slots(rules: Rules, day: date) -> list[tuple[int, int]]:
    if rules["kind"] == "continuous":
        return [(0, 1440)]
    if day.isoformat() in rules["holidays"]:
        return []
    week = rules["week"]
    for season in reversed(rules["seasons"]):
        (one, two), (three, four) = season["first"], season["last"]
        first, last, here = one * 100 + two, three * 100 + four, day.month * 100 + day.day
        if (first <= here <= last) if first <= last else (here >= first or here <= last):
            week = season["week"]
    return [(int(low), int(high)) for low, high in week[rules["makeup"].get(day.isoformat(), day.weekday())]]


@dataclass(frozen=True, slots=True)
class Happening:
    """What befell a clock: ``number`` is a limit in seconds, a percentage, or the second of a dispatch, as the kind wants."""

    at: int
    kind: str
    number: int = 0


@dataclass(slots=True)
class Reading:
    """Where a clock stands after its happenings."""

    limit: int
    budget: int
    used: int = 0
    since: int | None = None
    missed: int | None = None
    ended: int | None = None
    by_closing: bool = False
    """Review stops nothing: as a verdict by the moment of closing reads it."""
    runs: list[tuple[int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Watch:
    """One limit and everything that befell it. ``wall``: the calendar it counts in."""

    kind: str
    limit: int
    wall: Wall
    unit: int | None = None
    happened: list[Happening] = field(default_factory=list)

    def add(self, at: datetime | int, kind: str, number: int = 0) -> None:
        """In the order of time: an extension counts from when it was asked, between what happened before and after."""
        second = at if isinstance(at, int) else second_of(at)
        place = len(self.happened)
        while place and self.happened[place - 1].at > second:
            place -= 1
        self.happened.insert(place, Happening(second, kind, number))

    def read(self, *, by_closing: bool = False) -> Reading:
        """Everything told from the start: a corrected limit counts as if it had been the first."""
        limit = ([one.number for one in self.happened if one.kind == "correct"] or [self.limit])[-1]
        told = Reading(limit, limit, by_closing=by_closing)
        for one in self.happened:
            self._bring_to(told, one.at)
            _TELL[one.kind](self, told, one)
        return told

    def _bring_to(self, told: Reading, at: int) -> None:
        if told.since is None:
            return
        if told.missed is None and (out := self.wall.when(told.since, told.budget - told.used)) < at:
            told.missed = out
        told.used += self.wall.counted(told.since, at)
        told.runs.append((told.since, at))
        told.since = at

    @property
    def stands(self) -> bool:
        told = self.read()
        return told.since is None and told.ended is None

    def due(self) -> datetime | None:
        """When the limit is used up; None while it stands or has ended."""
        told = self.read()
        if told.since is None:
            return None
        left = told.budget - told.used
        if left <= 0 and told.missed is not None:
            return moment(told.missed)
        return moment(self.wall.when(told.since, left))

    def holds(self, at: datetime) -> bool:
        """Whether the limit has still time at an instant, or stands in time."""
        told, second = self.read(), second_of(at)
        if told.missed is not None:
            return second < told.missed
        return told.since is None or second < self.wall.when(told.since, told.budget - told.used)

    @property
    def reviewed(self) -> bool:
        """Whether it stands for a review."""
        return self.stands and self.read(by_closing=True).since is not None

    def kept(self, at: datetime, *, by_closing: bool = False) -> bool:
        """Whether the limit held up to an instant."""
        told = self.read(by_closing=by_closing)
        if told.missed is not None:
            return second_of(at) <= told.missed
        return told.since is None or second_of(at) <= self.wall.when(told.since, told.budget - told.used)


def _run(watch: Watch, told: Reading, one: Happening) -> None:
    told.since = one.at


def _stop(watch: Watch, told: Reading, one: Happening) -> None:
    told.since = None


def _review(watch: Watch, told: Reading, one: Happening) -> None:
    told.since = one.at if told.by_closing else None


def _end(watch: Watch, told: Reading, one: Happening) -> None:
    told.since, told.ended = None, one.at


def _credit(watch: Watch, told: Reading, one: Happening) -> None:
    """What was used since the dispatch is given back; a limit missed since then was not missed."""
    told.used = sum(watch.wall.counted(low, min(high, one.number)) for low, high in told.runs if low < one.number)
    told.runs = [(low, min(high, one.number)) for low, high in told.runs if low < one.number]
    if told.missed is not None and told.missed >= one.number:
        told.missed = None
    told.since = None


def _rework(watch: Watch, told: Reading, one: Happening) -> None:
    told.budget = max(told.budget, told.used + told.limit * one.number // 100)
    told.since = one.at


def _extend(watch: Watch, told: Reading, one: Happening) -> None:
    told.budget += told.limit * one.number // 100


def _nothing(watch: Watch, told: Reading, one: Happening) -> None:
    """A corrected limit was in force from the start, see ``read``."""


_TELL: Mapping[str, Callable[[Watch, Reading, Happening], None]] = {
    "start": _run, "go_on": _run, "stand": _stop, "review": _review, "end": _end, "credit": _credit, "rework": _rework, "extend": _extend,
    "correct": _nothing,
}  # fmt: skip

