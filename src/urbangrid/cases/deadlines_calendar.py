"""Working calendars: which instants count for a time limit.

Plain values in, plain values out: no Django, no clock of its own. An instant is an aware datetime and is taken to its
whole second (fractions are dropped, in favour of whoever is timed); answers are in UTC. A slot is a pair of minutes of
the local day. An instant counts when the wall clock of the calendar's zone shows a minute inside a slot, so an hour
skipped by summer time counts nothing and a repeated one counts twice. A continuous calendar counts elapsed seconds.

Source: working rules of cases and clocks §1.2 and §1.3.
"""

import json
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from urbangrid.cases.deadlines_errors import CalendarInvalid, CalendarNeverWorks, InstantNaive, SpanBackwards

Slot = tuple[int, int]
Week = tuple[tuple[Slot, ...], ...]
CalendarKind = Literal["continuous", "working"]
DayKind = Literal["working", "rest_day", "holiday"]
PieceKind = Literal["counted", "off_duty", "rest_day", "holiday"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY_SECONDS = 86_400
DAY_MINUTES = 1_440
# The longest wait for a budget that still makes sense; beyond it the calendar practically never works.
HORIZON_YEARS = 200


def to_second(at: datetime) -> int:
    """Whole seconds since 1970 UTC; raises InstantNaive for a datetime without zone."""
    if at.tzinfo is None:
        raise InstantNaive(at=at)
    return (at - EPOCH) // SECOND


def to_instant(second: int) -> datetime:
    """The UTC datetime of a second since 1970."""
    return EPOCH + timedelta(seconds=second)


@dataclass(frozen=True, slots=True)
class Season:
    """Other slots between two days of the year, both included; may run over New Year (15 November to 15 March)."""

    first: tuple[int, int]
    last: tuple[int, int]
    week: Week

    def covers(self, day: date) -> bool:
        """Whether the local day lies in the season."""
        here = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last


class _Year(NamedTuple):
    """Counted spans of one UTC year, in seconds since 1970; `after[i]` is the sum up to the end of span i."""

    starts: list[int]
    ends: list[int]
    after: list[int]

    @property
    def total(self) -> int:
        return self.after[-1] if self.after else 0

    def counted_until(self, second: int) -> int:
        index = bisect_right(self.starts, second) - 1
        if index < 0:
            return 0
        return self.after[index] - max(self.ends[index] - second, 0)

    def second_of(self, counted: int) -> int:
        """The earliest second at which `counted` (1 to total) seconds have been counted."""
        index = bisect_left(self.after, counted)
        return self.ends[index] - (self.after[index] - counted)


@dataclass(frozen=True)
class Calendar:
    """One version of a calendar.

    `week` has seven days (Monday first) of slots; the first season that covers a day wins over it. `makeup` names the
    weekday whose slots a make-up workday follows. Days after `last_official` rest on computed holidays (暂按推算); None
    means the calendar needs no official list.
    """

    version: str
    zone: ZoneInfo
    kind: CalendarKind = "working"
    week: Week = ()
    seasons: tuple[Season, ...] = ()
    holidays: frozenset[date] = frozenset()
    makeup: Mapping[date, int] = field(default_factory=dict, hash=False)
    last_official: date | None = None
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse what could not be computed: overlapping slots, a short week, a day both free and worked."""
        if self.kind == "continuous":
            return
        for week in (self.week, *(season.week for season in self.seasons)):
            if len(week) != 7:
                raise CalendarInvalid(version=self.version, fault="week_days", value=len(week))
            for slots in week:
                if not _in_order(slots):
                    raise CalendarInvalid(version=self.version, fault="slots_overlap", value=slots)
                if slots and (slots[0][0] < 0 or slots[-1][1] > DAY_MINUTES):
                    raise CalendarInvalid(version=self.version, fault="slot_outside_day", value=slots)
        both = self.holidays & set(self.makeup)
        if both:
            raise CalendarInvalid(version=self.version, fault="holiday_and_makeup", value=min(both).isoformat())
        if not set(self.makeup.values()) <= set(range(7)):
            raise CalendarInvalid(version=self.version, fault="makeup_weekday", value=sorted(self.makeup.values()))

    def slots_on(self, day: date) -> tuple[Slot, ...]:
        """The slots of a local day, in minutes of the day."""
        if day in self.holidays:
            return ()
        week = next((season.week for season in self.seasons if season.covers(day)), self.week)
        return week[self.makeup.get(day, day.weekday())]

    def day_kind(self, day: date) -> DayKind:
        """Why a local day counts or does not."""
        if self.kind == "continuous":
            return "working"
        if day in self.holidays:
            return "holiday"
        return "working" if self.slots_on(day) else "rest_day"

    def is_provisional(self, at: datetime) -> bool:
        """Whether the local day of an instant rests on computed holidays (暂按推算)."""
        return self.last_official is not None and at.astimezone(self.zone).date() > self.last_official

    def _year(self, year: int) -> _Year:
        # Building takes a few milliseconds; two threads may both do it and store equal tables.
        table = self._years.get(year)
        if table is None:
            table = self._years[year] = _build_year(self, year)
        return table


def _in_order(slots: tuple[Slot, ...]) -> bool:
    """Whether slots follow each other; they may share an edge (8–12, 12–14)."""
    return all(begin < end for begin, end in slots) and all(left[1] <= right[0] for left, right in pairwise(slots))


def continuous(zone: ZoneInfo) -> Calendar:
    """The calendar that runs day and night, for 紧急工作时 and 日."""
    return Calendar(version="continuous", zone=zone, kind="continuous")


def _offset(zone: ZoneInfo, second: int) -> int:
    shift = datetime.fromtimestamp(second, zone).utcoffset()
    return shift // SECOND if shift is not None else 0


def _offset_spans(zone: ZoneInfo, first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Spans (from, to, offset in seconds) of constant UTC offset; sampled daily, changes found by bisection."""
    begin, offset = first, _offset(zone, first)
    for sample in range(first + DAY_SECONDS, last + DAY_SECONDS, DAY_SECONDS):
        if _offset(zone, sample) == offset:
            continue
        low, high = sample - DAY_SECONDS, sample
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if _offset(zone, middle) == offset else (low, middle)
        if high >= last:
            break
        yield begin, high, offset
        begin, offset = high, _offset(zone, high)
    yield begin, last, offset


def _build_year(calendar: Calendar, year: int) -> _Year:
    """Lay the slots of every local day over the spans of constant offset, so that summer time needs no special case."""
    table = _Year([], [], [])
    total = 0
    first, last = (to_second(datetime(y, 1, 1, tzinfo=UTC)) for y in (year, year + 1))
    for begin, end, offset in _offset_spans(calendar.zone, first, last):
        for day in range((begin + offset) // DAY_SECONDS, (end + offset - 1) // DAY_SECONDS + 1):
            midnight = day * DAY_SECONDS - offset
            for slot in calendar.slots_on(date.fromordinal(EPOCH.toordinal() + day)):
                start, stop = max(midnight + slot[0] * 60, begin), min(midnight + slot[1] * 60, end)
                if start < stop:
                    total += stop - start
                    table.starts.append(start)
                    table.ends.append(stop)
                    table.after.append(total)
    return table


def working_seconds(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Seconds counted between two instants; raises SpanBackwards when the end lies before the start."""
    first, last = to_second(start), to_second(end)
    if last < first:
        raise SpanBackwards(start=start, end=end)
    if calendar.kind == "continuous":
        return last - first
    low, high = to_instant(first).year, to_instant(last).year
    whole = sum(calendar._year(year).total for year in range(low, high))
    return whole + calendar._year(high).counted_until(last) - calendar._year(low).counted_until(first)


def advance(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """The earliest instant by which `seconds` have been counted; a limit used up at 18:00 is due at 18:00, not at 8:00.

    Raises CalendarNeverWorks when the calendar does not hold that much time within 200 years.
    """
    first = to_second(start)
    if calendar.kind == "continuous" or seconds <= 0:
        return to_instant(first + max(seconds, 0))
    year = to_instant(first).year
    wanted = seconds + calendar._year(year).counted_until(first)
    for later in range(year, year + HORIZON_YEARS):
        table = calendar._year(later)
        if wanted <= table.total:
            return to_instant(table.second_of(wanted))
        wanted -= table.total
    raise CalendarNeverWorks(version=calendar.version, seconds=seconds)


class Piece(NamedTuple):
    """A part of a span that counts as a whole or not at all; seconds since 1970."""

    start: int
    end: int
    what: PieceKind


def pieces(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Piece]:
    """Cut a span into counted parts and the reasons for the gaps (下班, 周末, 节假日), in order and without holes."""
    at, last = to_second(start), to_second(end)
    if calendar.kind == "continuous":
        if at < last:
            yield Piece(at, last, "counted")
        return
    for year in range(to_instant(at).year, to_instant(last).year + 1):
        table = calendar._year(year)
        for index in range(max(bisect_right(table.starts, at) - 1, 0), bisect_left(table.starts, last)):
            begin, stop = max(table.starts[index], at), min(table.ends[index], last)
            if begin >= stop:
                continue
            yield from _gap(calendar, at, begin)
            yield Piece(begin, stop, "counted")
            at = stop
    yield from _gap(calendar, at, last)


def _gap(calendar: Calendar, at: int, last: int) -> Iterator[Piece]:
    """Uncounted time, cut at local midnights, each part with the kind of its day."""
    while at < last:
        day = datetime.fromtimestamp(at, calendar.zone).date()
        morrow = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=calendar.zone)
        midnight = to_second(morrow)
        if midnight <= at:  # midnight happens twice this night: summer time ends across it
            midnight = to_second(morrow.replace(fold=1))
        kind = calendar.day_kind(day)
        stop = min(midnight, last)
        yield Piece(at, stop, "off_duty" if kind == "working" else kind)
        at = stop


@dataclass(frozen=True, slots=True)
class CalendarTimeline:
    """Calendar versions with the instant from which each applies; what was counted before keeps the old calendar."""

    first: Calendar
    changes: tuple[tuple[datetime, Calendar], ...] = ()

    def changed(self, at: datetime, calendar: Calendar) -> "CalendarTimeline":
        """The timeline with one more version from an instant on; a version of the same instant is replaced."""
        instant = to_instant(to_second(at))
        kept = [change for change in self.changes if change[0] != instant]
        insort(kept, (instant, calendar), key=lambda change: change[0])
        return replace(self, changes=tuple(kept))

    def calendar_at(self, at: datetime) -> Calendar:
        """The version that applies at an instant."""
        return next((calendar for since, calendar in reversed(self.changes) if since <= at), self.first)

    def parts(self, start: datetime, end: datetime | None) -> Iterator[tuple[Calendar, datetime, datetime | None]]:
        """The span cut where versions change; an end of None leaves the last part open."""
        at = start
        calendar = self.calendar_at(start)
        for since, following in self.changes:
            if since <= start:
                continue
            if end is not None and since >= end:
                break
            yield calendar, at, since
            at, calendar = since, following
        yield calendar, at, end

    def seconds(self, start: datetime, end: datetime) -> int:
        """Seconds counted between two instants over all versions."""
        if not self.changes:
            return working_seconds(self.first, start, end)
        return sum(working_seconds(calendar, low, high or end) for calendar, low, high in self.parts(start, end))

    def advance(self, start: datetime, seconds: int) -> datetime:
        """The earliest instant by which `seconds` have been counted over all versions."""
        for calendar, low, high in self.parts(start, None):
            counted = None if high is None else working_seconds(calendar, low, high)
            if counted is None or seconds <= counted:
                return advance(calendar, low, seconds)
            seconds -= counted
        raise AssertionError("the last part of a timeline is open")

    def pieces(self, start: datetime, end: datetime) -> Iterator[Piece]:
        """The pieces of a span over all versions."""
        for calendar, low, high in self.parts(start, end):
            yield from pieces(calendar, low, high or end)


def calendar_to_json(calendar: Calendar) -> str:
    """The calendar as canonical JSON text; dates as ISO days, the zone by its name."""
    last = calendar.last_official
    return json.dumps(
        {
            "version": calendar.version,
            "zone": calendar.zone.key,
            "kind": calendar.kind,
            "week": calendar.week,
            "seasons": [{"first": s.first, "last": s.last, "week": s.week} for s in calendar.seasons],
            "holidays": sorted(day.isoformat() for day in calendar.holidays),
            "makeup": {day.isoformat(): weekday for day, weekday in sorted(calendar.makeup.items())},
            "last_official": last.isoformat() if last else None,
        },
        sort_keys=True,
        separators=(",", ":"),
    )


def _week(rows: Any) -> Week:
    return tuple(tuple((int(begin), int(end)) for begin, end in slots) for slots in rows)


@lru_cache(maxsize=256)
def calendar_from_json(text: str) -> Calendar:
    """The calendar of a JSON text; cached, so that workers share the tables already built for a version."""
    data = json.loads(text)
    last = data["last_official"]
    return Calendar(
        version=data["version"],
        zone=ZoneInfo(data["zone"]),
        kind=data["kind"],
        week=_week(data["week"]),
        seasons=tuple(
            Season((s["first"][0], s["first"][1]), (s["last"][0], s["last"][1]), _week(s["week"]))
            for s in data["seasons"]
        ),
        holidays=frozenset(date.fromisoformat(day) for day in data["holidays"]),
        makeup={date.fromisoformat(day): weekday for day, weekday in data["makeup"].items()},
        last_official=date.fromisoformat(last) if last else None,
    )
