"""Clocks: how much of a limit is used up, when it is due, what its light shows and why.

A clock is the fold of its events over a calendar timeline. Every move below is a pure function that returns the next
state; keep `state.events` and the first limit, and `replay` rebuilds the clock. Limits, budgets and consumption are
whole seconds, instants aware datetimes taken to the whole second. Everything another package needs is named here.

Source: working rules of cases and clocks §1, the golden table. Moves raise ClockError (see deadlines_errors).
"""

import json
from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Literal

from urbangrid.cases.deadlines_calendar import (
    Calendar,
    CalendarTimeline,
    Season,
    advance,
    calendar_from_json,
    calendar_to_json,
    continuous,
    to_instant,
    to_second,
    working_seconds,
)
from urbangrid.cases.deadlines_errors import AskedTooLate, ClockError, ExtendedTooOften, NotPossible
from urbangrid.cases.deadlines_fold import (
    STAND_REASONS,
    ClockEvent,
    ClockState,
    EventKind,
    StandReason,
    Stretch,
    StretchKind,
    book,
    follow,
    replay,
)
from urbangrid.cases.deadlines_limits import (
    CONTINUOUS_UNITS,
    MOST_EXTENSIONS,
    REWORK_FLOOR_PERCENT,
    STAGE_LIMIT_MINUTES,
    STAGE_LIMITS_OF_OURS,
    WARN_RULES,
    LimitUnit,
    WarnRule,
    budget_seconds,
    timeline_for,
    warn_seconds,
)

__all__ = [
    "CONTINUOUS_UNITS",
    "MOST_EXTENSIONS",
    "REWORK_FLOOR_PERCENT",
    "STAGE_LIMITS_OF_OURS",
    "STAGE_LIMIT_MINUTES",
    "STAND_REASONS",
    "WARN_RULES",
    "Calendar",
    "CalendarTimeline",
    "ClockError",
    "ClockEvent",
    "ClockState",
    "EventKind",
    "Light",
    "LimitUnit",
    "Season",
    "StandReason",
    "Stretch",
    "StretchKind",
    "WarnRule",
    "advance",
    "budget_seconds",
    "bundled",
    "by_closing",
    "calendar_from_json",
    "calendar_to_json",
    "change_calendar",
    "consumed_at",
    "continuous",
    "correct",
    "credit",
    "due_at",
    "end",
    "events_from_json",
    "events_to_json",
    "explain",
    "extend",
    "go_on",
    "is_provisional",
    "light",
    "may_leave",
    "on_time",
    "remaining",
    "replay",
    "rework",
    "stand",
    "start",
    "state_at",
    "timeline_for",
    "urgency",
    "verdict",
    "warn_at",
    "warn_seconds",
    "working_seconds",
]

Light = Literal["green", "amber", "red", "grey"]
Verdict = Literal["on_time", "late"]
LAST_OF_ALL = datetime.max.replace(tzinfo=to_instant(0).tzinfo)


# --- moves ----------------------------------------------------------------------------------------------------------


def start(at: datetime, limit: int, timeline: CalendarTimeline) -> ClockState:
    """A new clock that runs from `at`; `limit` in seconds."""
    return replay([ClockEvent(at, "start")], limit, timeline)


def stand(state: ClockState, at: datetime, reason: StandReason) -> ClockState:
    """Pause: feedback given (review, check), 挂账, 缓办. On a standing clock it changes the reason."""
    return follow(state, ClockEvent(at, "stand", reason=reason))


def go_on(state: ClockState, at: datetime) -> ClockState:
    """Run again with what was left."""
    return follow(state, ClockEvent(at, "go_on"))


def end(state: ClockState, at: datetime) -> ClockState:
    """End for good; `verdict` then tells whether the limit was kept."""
    return follow(state, ClockEvent(at, "end"))


def credit(state: ClockState, at: datetime, dispatched_at: datetime) -> ClockState:
    """Send-back accepted: what the unit used since the dispatch is given back, and the clock stands.

    A refused send-back is no move: time ran on for the unit.
    """
    return follow(state, ClockEvent(at, "credit", since=dispatched_at))


def rework(state: ClockState, at: datetime, floor_percent: int = REWORK_FLOOR_PERCENT) -> ClockState:
    """Same unit again with the remaining budget, never below the floor (percent of the limit)."""
    return follow(state, ClockEvent(at, "rework", percent=floor_percent))


def extend(
    state: ClockState, asked_at: datetime, percent: int = 100, most: int = MOST_EXTENSIONS, *, in_time: bool = False
) -> ClockState:
    """Extension granted: the budget grows by `percent` of the limit as if granted when it was asked.

    Raises AskedTooLate unless it was asked before the due instant of that moment, ExtendedTooOften beyond `most`. With `in_time` that was
    found when it was asked: a correction to a shorter limit or another calendar since then is not held against who asked.
    The clock runs while the answer is awaited, so moves later than the asking are folded again.
    """
    if state.phase == "ended":
        raise NotPossible(kind="extend", phase=state.phase, at=asked_at)
    if state.extensions >= most:
        raise ExtendedTooOften(times=state.extensions, most=most)
    before = state_at(state, asked_at)
    due = before.missed_at or (before.due if before.phase == "running" else None)
    if not in_time and due is not None and asked_at >= due:
        raise AskedTooLate(asked_at=asked_at, due=due)
    events = list(state.events)
    insort(events, ClockEvent(asked_at, "extend", percent=percent), key=lambda event: event.at)
    return replay(events, state.first_limit, state.timeline)


def correct(
    state: ClockState, at: datetime, limit: int, reason: str = "", timeline: CalendarTimeline | None = None
) -> ClockState:
    """Category or condition corrected: the new limit (seconds), and calendar if given, count from the first start."""
    event = ClockEvent(at, "correct", reason=reason, seconds=limit)
    follow(state, event)  # refuses an ended clock and a date before the last move
    return replay((*state.events, event), state.first_limit, timeline or state.timeline)


def change_calendar(state: ClockState, at: datetime, calendar: Calendar) -> ClockState:
    """A calendar version that applies from `at` on; what was consumed before keeps the old one. Open clocks only."""
    if state.phase == "ended":
        raise NotPossible(kind="change_calendar", phase=state.phase, at=at)
    return replay(state.events, state.first_limit, state.timeline.changed(at, calendar))


# --- readings -------------------------------------------------------------------------------------------------------


def state_at(state: ClockState, at: datetime) -> ClockState:
    """The clock as it was at an instant, by the moves known today."""
    return replay((event for event in state.events if event.at <= at), state.first_limit, state.timeline)


def due_at(state: ClockState) -> datetime | None:
    """When the budget is used up: of a running clock, or of an ended one's latest run. None while it stands."""
    return None if state.phase == "standing" else state.due


def consumed_at(state: ClockState, now: datetime) -> int:
    """Seconds consumed at `now`; before the clock's last move it is what that move found."""
    if state.running_since is None:
        return state.consumed
    return book(state, max(now, state.running_since)).consumed


def remaining(state: ClockState, now: datetime) -> int:
    """Seconds left of the budget at `now`; negative by the counted time the clock is over."""
    return state.budget - consumed_at(state, now)


def on_time(state: ClockState, at: datetime) -> bool:
    """Whether the limit was kept up to `at`; at the due second itself it still is."""
    bound = state.missed_at or (state.due if state.phase == "running" else None)
    return bound is None or to_second(at) <= to_second(bound)


def verdict(state: ClockState) -> Verdict | None:
    """The lasting verdict of an ended clock, None while it is open."""
    if state.phase != "ended":
        return None
    return "on_time" if state.missed_at is None else "late"


def warn_at(state: ClockState, rules: tuple[WarnRule, ...] = WARN_RULES) -> datetime | None:
    """When amber begins in the present run, its start if it begins at once; None unless the clock runs."""
    if state.running_since is None:
        return None
    left = state.budget - state.consumed - warn_seconds(state.limit, rules)
    return state.timeline.advance(state.running_since, max(left, 0))


def light(state: ClockState, now: datetime, rules: tuple[WarnRule, ...] = WARN_RULES) -> Light:
    """Grey while the clock stands, red once the limit is missed, amber in its last share, else green."""
    if state.phase == "standing":
        return "grey"
    if not on_time(state, now):
        return "red"
    amber = warn_at(state, rules)
    return "green" if amber is None or now < amber else "amber"


def urgency(state: ClockState) -> tuple[bool, datetime]:
    """Sort key of work lists: the least time left first, standing clocks last."""
    due = due_at(state)
    return (due is None, due or LAST_OF_ALL)


def is_provisional(state: ClockState) -> bool:
    """Whether the due instant rests on computed holidays (暂按推算)."""
    due = due_at(state)
    return due is not None and state.timeline.calendar_at(due).is_provisional(due)


def may_leave(fence: ClockState | None) -> bool:
    """Two-limit case: no send-back or suspension of the repair before the fence (先期围护) clock has ended."""
    return fence is None or fence.phase == "ended"


def explain(state: ClockState, until: datetime) -> list[Stretch]:
    """The clock's life up to `until` as stretches without holes; their seconds add up to what was consumed."""
    told = state if not state.events or state.events[-1].at <= until else state_at(state, until)
    if told.phase in ("running", "standing"):
        told = book(told, to_instant(to_second(until)))
    lines: list[Stretch] = []
    for line in _lines(told):
        if lines and lines[-1].what == line.what and lines[-1].end == line.start:
            seconds = lines[-1].seconds + line.seconds
            line = Stretch(lines.pop().start, line.end, seconds, line.what)
        lines.append(line)
    return lines


def _lines(state: ClockState) -> Iterator[Stretch]:
    for stretch in state.stretches:
        if stretch.start == stretch.end:
            continue
        if stretch.what != "counted":
            yield stretch
            continue
        for piece in state.timeline.pieces(stretch.start, stretch.end):
            seconds = piece.end - piece.start if piece.what == "counted" else 0
            yield Stretch(to_instant(piece.start), to_instant(piece.end), seconds, piece.what)


# --- events ---------------------------------------------------------------------------------------------------------


def bundled(attempts: Iterable[Iterable[ClockEvent]]) -> tuple[ClockEvent, ...]:
    """One event list out of all attempts of one unit, in order: 捆绑时限, one limit for their sum.

    Between two attempts the clock stands: an attempt's end becomes a stand, the next start goes on.
    """
    joined: list[ClockEvent] = []
    for attempt in attempts:
        if joined and joined[-1].kind == "end":
            joined[-1] = replace(joined[-1], kind="stand", reason="elsewhere")
        for event in attempt:
            joined.append(replace(event, kind="go_on") if joined and event.kind == "start" else event)
    return tuple(joined)


def by_closing(events: Iterable[ClockEvent]) -> tuple[ClockEvent, ...]:
    """The events as judged by closing time instead of feedback: review and check do not stop the clock."""
    kept: list[ClockEvent] = []
    standing = False
    for event in events:
        if event.kind == "stand" and event.reason in ("review", "check"):
            event = replace(event, kind="go_on", reason="")
        if event.kind == "go_on" and not standing:
            continue
        if event.kind in ("start", "go_on", "rework", "stand", "credit"):
            standing = event.kind in ("stand", "credit")
        kept.append(event)
    return tuple(kept)


def events_to_json(events: Iterable[ClockEvent]) -> str:
    """Events as JSON text, instants in ISO 8601 UTC; what is empty is left out."""
    rows = (
        {
            "at": event.at.isoformat(),
            "kind": event.kind,
            "reason": event.reason,
            "seconds": event.seconds,
            "percent": event.percent,
            "since": event.since.isoformat() if event.since else None,
        }
        for event in events
    )
    return json.dumps([{key: value for key, value in row.items() if value} for row in rows], separators=(",", ":"))


def events_from_json(text: str) -> tuple[ClockEvent, ...]:
    """The events of a JSON text."""
    return tuple(
        ClockEvent(
            at=datetime.fromisoformat(row["at"]),
            kind=row["kind"],
            reason=row.get("reason", ""),
            seconds=row.get("seconds", 0),
            percent=row.get("percent", 0),
            since=datetime.fromisoformat(row["since"]) if "since" in row else None,
        )
        for row in json.loads(text)
    )
