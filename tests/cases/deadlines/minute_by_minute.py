"""An independent reference: walks every minute and looks the wall clock up anew. Shares no code with the engine.

It reads calendars and events as plain records; slot lookup, counting, due instants and the state machine are its own.
All instants it is given lie on whole minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from urbangrid.cases.deadlines import Calendar, ClockEvent

MINUTE = timedelta(minutes=1)
Versions = Sequence[tuple[datetime | None, Calendar]]


def minute_counts(calendar: Calendar, at: datetime) -> bool:
    """Whether the minute that begins at `at` counts."""
    if calendar.kind == "continuous":
        return True
    wall = at.astimezone(calendar.zone)
    day = wall.date()
    if day in calendar.holidays:
        return False
    week = calendar.week
    for season in reversed(calendar.seasons):
        first, last, today = season.first, season.last, (day.month, day.day)
        inside = today >= first and today <= last if first <= last else not (last < today < first)
        if inside:
            week = season.week
    weekday = calendar.makeup[day] if day in calendar.makeup else day.isoweekday() - 1
    minute = wall.hour * 60 + wall.minute
    return any(minute in range(begin, end) for begin, end in week[weekday])


def counted_minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Minutes counted between two instants."""
    minutes, at = 0, start
    while at < end:
        minutes += minute_counts(calendar, at)
        at += MINUTE
    return minutes


def due_after(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    """The first minute by which so many have counted."""
    at = start
    while minutes:
        minutes -= minute_counts(calendar, at)
        at += MINUTE
    return at


@dataclass
class Walk:
    """A clock told minute by minute."""

    limit: int
    versions: Versions
    budget: int = 0
    phase: str = "new"
    counted: list[datetime] = field(default_factory=list)
    exhausted: datetime | None = None
    missed: datetime | None = None

    def minute(self, at: datetime) -> None:
        """Live through one minute."""
        if self.phase != "running":
            return
        if self.exhausted is None and len(self.counted) >= self.budget:
            self.exhausted = at
        if self.exhausted is not None and self.missed is None:
            self.missed = self.exhausted
        calendar = [calendar for since, calendar in self.versions if since is None or since <= at][-1]
        if minute_counts(calendar, at):
            self.counted.append(at)
            if len(self.counted) == self.budget:
                self.exhausted = at + MINUTE

    def happen(self, event: ClockEvent) -> None:
        """Take in an event."""
        if event.kind == "extend":
            self.budget += self.limit * event.percent // 100
        if event.kind == "rework":
            self.budget = max(self.budget, len(self.counted) + self.limit * event.percent // 100)
        if event.kind == "credit":
            since = event.since or event.at
            self.counted = [minute for minute in self.counted if minute < since]
            if self.missed is not None and self.missed >= since:
                self.missed = None
        if event.kind in ("start", "go_on", "rework"):
            self.exhausted = None if len(self.counted) < self.budget or self.phase != "running" else self.exhausted
            self.phase = "running"
        if event.kind in ("stand", "credit"):
            self.phase = "standing"
        if event.kind == "end":
            self.phase = "ended"
        if len(self.counted) < self.budget or self.phase != "running":
            self.exhausted = None


def walk(events: Sequence[ClockEvent], limit_minutes: int, versions: Versions, until: datetime) -> Walk:
    """Live through all minutes from the first event to `until`; percent of the limit must come out in whole minutes."""
    corrected = [event.seconds // 60 for event in events if event.kind == "correct"]
    limit = corrected[-1] if corrected else limit_minutes
    told = Walk(limit=limit, versions=versions, budget=limit)
    waiting = list(events)
    at = events[0].at.astimezone(UTC)
    while at < until or waiting:
        while waiting and waiting[0].at == at:
            told.happen(waiting.pop(0))
        if at >= until and not waiting:
            break
        told.minute(at)
        at += MINUTE
    return told
