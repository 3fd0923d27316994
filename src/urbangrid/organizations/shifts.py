"""Rules of shifts and rosters as functions of values: spans, coverage with named gaps, overlaps, rest, cycles (case-rules 23).

Instants are aware. Coverage belongs to one post of one unit: at every instant as many different people as the shifts that run
then want together. Lengths are elapsed time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

FREE = "休-·"
"""Letters of a cycle that stand for a free day."""
LONGEST_CYCLE = 62
REST = timedelta(hours=8)
"""Least time between two turns of a person, where the platform set none."""

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From an instant up to, not including, another."""

    begins_at: datetime
    ends_at: datetime

    def overlaps(self, other: Span) -> bool:
        return self.begins_at < other.ends_at and other.begins_at < self.ends_at


def span_of(day: date, begins_minute: int, lasts_minutes: int, zone: ZoneInfo) -> Span:
    """A shift of a local day by the wall clock of ``zone``; beyond midnight it ends on the next day."""
    begins = datetime.combine(day, time.min) + timedelta(minutes=begins_minute)
    ends = begins + timedelta(minutes=lasts_minutes)
    return Span(begins.replace(tzinfo=zone), ends.replace(tzinfo=zone))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A shift of a day that wants ``count`` people; ``name`` is how a gap is told of."""

    name: str
    day: date
    span: Span
    count: int


@dataclass(frozen=True, slots=True)
class Planned(Generic[Key]):
    """A turn of somebody; ``key`` names it to the caller."""

    person: int
    span: Span
    key: Key


@dataclass(frozen=True, slots=True)
class Gap:
    """``missing`` people through a stretch; ``whole``: all of the shift it is told of."""

    wanted: Wanted
    span: Span
    missing: int

    @property
    def whole(self) -> bool:
        return self.span == self.wanted.span


def gaps(wanted: Sequence[Wanted], planned: Sequence[Planned[Key]]) -> list[Gap]:
    """Stretches with too few people, in their order; a stretch during which several shifts run is told of by the one that began last."""
    spans = [one.span for one in wanted] + [one.span for one in planned]
    cuts = sorted({edge for span in spans for edge in (span.begins_at, span.ends_at)})
    found: list[Gap] = []
    for begins, ends in pairwise(cuts):
        running = [one for one in wanted if one.span.begins_at <= begins < one.span.ends_at]
        if not running:
            continue
        present = {one.person for one in planned if one.span.begins_at <= begins < one.span.ends_at}
        missing = sum(one.count for one in running) - len(present)
        if missing <= 0:
            continue
        named = max(running, key=lambda one: (one.span.begins_at, one.name))
        last = found[-1] if found else None
        if last is not None and last.wanted == named and last.missing == missing and last.span.ends_at == begins:
            found[-1] = Gap(named, Span(last.span.begins_at, ends), missing)
        else:
            found.append(Gap(named, Span(begins, ends), missing))
    return found


def _by_person(planned: Iterable[Planned[Key]]) -> Iterable[list[Planned[Key]]]:
    of: dict[int, list[Planned[Key]]] = {}
    for one in planned:
        of.setdefault(one.person, []).append(one)
    return (sorted(turns, key=lambda one: one.span) for turns in of.values())


def overlaps(planned: Iterable[Planned[Key]]) -> list[tuple[Planned[Key], Planned[Key]]]:
    """Pairs of turns in which one person would be at two places at once."""
    found = []
    for turns in _by_person(planned):
        for place, one in enumerate(turns):
            found += [(one, other) for other in turns[place + 1 :] if one.span.overlaps(other.span)]
    return found


def short_rests(planned: Iterable[Planned[Key]], rest: timedelta = REST) -> list[tuple[Planned[Key], Planned[Key], timedelta]]:
    """Neighbouring turns of a person with less than ``rest`` between them, and how much there is; overlapping ones are another fault."""
    found = []
    for turns in _by_person(planned):
        for one, other in pairwise(turns):
            between = other.span.begins_at - one.span.ends_at
            if timedelta(0) <= between < rest:
                found.append((one, other, between))
    return found


def cycle_of(typed: str, letters: Mapping[str, Key]) -> list[Key | None]:
    """A typed cycle (早早中中夜夜休休) as shifts, None for a free day.

    Raises KeyError with the first unknown letter, ValueError when empty or too long.
    """
    plain = "".join(typed.split())
    if not 0 < len(plain) <= LONGEST_CYCLE:
        raise ValueError(len(plain))
    return [None if letter in FREE else letters[letter] for letter in plain]


def fill(
    cycle: Sequence[Key | None], people: Sequence[int], days: Sequence[date], *, step: int = 1,
    wanted: Callable[[date], bool] = lambda _: True,
) -> list[tuple[int, date, Key]]:  # fmt: skip
    """Who has which shift on which day: each next person is ``step`` days further in the cycle; days not ``wanted`` move nobody on."""
    found = []
    number = 0
    for day in days:
        if not wanted(day):
            continue
        for place, person in enumerate(people):
            shift = cycle[(number + place * step) % len(cycle)]
            if shift is not None:
                found.append((person, day, shift))
        number += 1
    return found
