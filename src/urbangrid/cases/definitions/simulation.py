"""What another definition would have made of stages that are on record: pure functions over spans, with the engine of the clocks.

1. A span is one stage of one case: its events, limit and calendar as they were, and what was found then.
2. ``judged`` folds the same events with the limit and the calendar of the other definition.
3. ``add`` counts both verdicts by stage; ``Tally.rate`` is 按期率: stages kept in time among those that have a limit.

Plain Python. Instants aware, limits in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from urbangrid.cases import deadlines
from urbangrid.cases.deadlines import CalendarTimeline, ClockEvent

MOST_LISTED = 500
"""Changed stages that are listed; the counts are always whole."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stage of a case. ``found``: on time (True), late (False) or without limit (None) as recorded; ``ended_at`` None: still open."""

    case_id: int
    number: str
    stage: str
    events: tuple[ClockEvent, ...]
    ended_at: datetime | None
    found: bool | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """``on_time`` None: the other definition has no limit there. ``due_at``: of a running clock under the other limit."""

    on_time: bool | None
    due_at: datetime | None = None
    used_seconds: int = 0


def judged(span: Span, limit_seconds: int | None, timeline: CalendarTimeline, now: datetime) -> Verdict:
    """The span under another limit (seconds; None: none) and calendar; an open one as it stands at ``now``.

    Corrections of the old limit are left out: the other one counts from the first start.
    """
    if limit_seconds is None:
        return Verdict(None)
    events = [event for event in span.events if event.kind != "correct"]
    state = deadlines.replay(events, limit_seconds, timeline)
    at = span.ended_at or now
    due = deadlines.due_at(state) if span.ended_at is None else None
    return Verdict(deadlines.on_time(state, at), due, deadlines.consumed_at(state, at))


@dataclass(slots=True)
class Tally:
    """Counts of one stage, or of all."""

    judged_before: int = 0
    kept_before: int = 0
    judged_after: int = 0
    kept_after: int = 0
    open_affected: int = 0

    @property
    def rates(self) -> tuple[float | None, float | None]:
        """按期率 in percent before and after; None where nothing was judged."""
        return _percent(self.kept_before, self.judged_before), _percent(self.kept_after, self.judged_after)

    def count(self, before: bool | None, after: bool | None) -> None:
        self.judged_before += before is not None
        self.kept_before += before is True
        self.judged_after += after is not None
        self.kept_after += after is True


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A stage whose verdict, or whose due instant while it is open, would be another."""

    case_id: int
    number: str
    stage: str
    before: bool | None
    after: bool | None
    used_seconds: int
    due_at: datetime | None = None


@dataclass(slots=True)
class Simulation:
    """The whole result. ``affected``: ids of open cases whose present stage would have another due instant or not exist."""

    stages: dict[str, Tally] = field(default_factory=dict)
    affected: set[int] = field(default_factory=set)
    listed: list[Listed] = field(default_factory=list)
    changed: int = 0
    cases: set[int] = field(default_factory=set)

    @property
    def whole(self) -> Tally:
        return total(self.stages.values())

    def add(self, span: Span, verdict: Verdict) -> None:
        """Count one ended stage."""
        self.cases.add(span.case_id)
        self.stages.setdefault(span.stage, Tally()).count(span.found, verdict.on_time)
        if span.found != verdict.on_time:
            self._list(span, verdict)

    def add_open(self, span: Span, verdict: Verdict, due_before: datetime | None, *, gone: bool) -> None:
        """Count the present stage of an open case; ``gone``: the other definition does not have it."""
        if not gone and verdict.due_at == due_before:
            return
        self.affected.add(span.case_id)
        self.stages.setdefault(span.stage, Tally()).open_affected += 1
        self._list(span, verdict)

    def _list(self, span: Span, verdict: Verdict) -> None:
        self.changed += 1
        if len(self.listed) < MOST_LISTED:
            row = Listed(span.case_id, span.number, span.stage, span.found, verdict.on_time, verdict.used_seconds, verdict.due_at)
            self.listed.append(row)


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of all stages."""
    whole = Tally()
    for one in tallies:
        whole.judged_before += one.judged_before
        whole.kept_before += one.kept_before
        whole.judged_after += one.judged_after
        whole.kept_after += one.kept_after
        whole.open_affected += one.open_affected
    return whole
