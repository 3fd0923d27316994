"""Clocks in the database: each row is rebuilt from its events by ``cases.deadlines`` and stored back (architecture §3.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from urbangrid.cases import deadlines, words
from urbangrid.cases.deadlines import CalendarTimeline, ClockState, WarnRule
from urbangrid.cases.deadlines_errors import OutOfOrder
from urbangrid.cases.models import Clock
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of

ALWAYS = "always"
"""Calendar code of what counts day and night."""


MOVED = (
    "case", "item", "calendar_code", "events", "budget_seconds", "calendar_version", "due_at", "warn_at", "look_at", "ended_at", "on_time",
)  # fmt: skip
"""What a move of a clock changes of its row."""


def timeline(platform_id: int, code: str, zone: ZoneInfo) -> CalendarTimeline:
    """All versions of a calendar as one timeline; ``always`` needs no row."""
    if code == ALWAYS:
        return CalendarTimeline(deadlines.continuous(zone))
    versions = catalog.calendar_versions(platform_id, code)
    first, *later = [(row.applies_from, deadlines.calendar_from_json(row.text)) for row in versions]
    return CalendarTimeline(first[1], tuple(later))


def counted_by(platform_id: int, code: str) -> str:
    """The name of the calendar by which a clock counts, as of today; empty for one that runs day and night."""
    if code == ALWAYS:
        return ""
    newest = catalog.calendar_versions(platform_id, code)[-1]
    return "" if newest.rules["kind"] == "continuous" else newest.name


def working_at(platform_id: int, code: str, zone: ZoneInfo, at: datetime) -> bool:
    """Whether a desk that follows this calendar is at work at the instant (case-rules 13)."""
    return timeline(platform_id, code, zone).seconds(at, at + timedelta(seconds=1)) > 0


def start(row: Clock, at: datetime, platform_id: int, zone: ZoneInfo) -> Clock:
    """Start an unsaved clock whose kind, calendar and ``limit_seconds`` are set."""
    return put(row, deadlines.start(at, row.limit_seconds, timeline(platform_id, row.calendar_code, zone)), platform_id)


def state_of(row: Clock, platform_id: int, zone: ZoneInfo) -> ClockState:
    """The clock as a value."""
    events = deadlines.events_from_json(row.events)
    return deadlines.replay(events, row.limit_seconds, timeline(platform_id, row.calendar_code, zone))


def move(row: Clock, platform_id: int, zone: ZoneInfo, how: Callable[[ClockState], ClockState]) -> Clock:
    """Apply one move of ``cases.deadlines`` to a row.

    Raises Refusal ``clock_set_back`` for a move dated before the clock's last one; actions date theirs so that it cannot happen.
    """
    try:
        return put(row, how(state_of(row, platform_id, zone)), platform_id)
    except OutOfOrder as error:
        local = {name: value.astimezone(zone) for name, value in error.values.items() if isinstance(value, datetime)}
        shown = {name: f"{value:%m-%d %H:%M:%S}" for name, value in local.items()}
        raise Refusal("clock_set_back", status=503, at=shown["at"], last=shown["last"]) from error


_LAST_AT = '"at":"'


def last_event_at(row: Clock) -> datetime | None:
    """When the clock was last moved. Events stand in order, so that the text need not be read as a whole."""
    _before, found, rest = row.events.rpartition(_LAST_AT)
    return datetime.fromisoformat(rest[: rest.index('"')]) if found else None


def warn_rules(platform_id: int) -> tuple[WarnRule, ...]:
    """When amber begins, per class of limit: the platform's setting ``warn_rules`` or the defaults (case-rules 4, SY-4.4).

    The setting is a list of ``{"from_minutes": 0, "percent": 20, "least_minutes": 0}``, the first from 0; ``percent`` may be "100/3".
    """
    given = platform_of(platform_id).settings.get("warn_rules")
    if not given:
        return deadlines.WARN_RULES
    return tuple(
        WarnRule(int(one["from_minutes"]) * 60, Fraction(str(one["percent"])) / 100, int(one.get("least_minutes", 0)) * 60) for one in given
    )


def put(row: Clock, state: ClockState, platform_id: int) -> Clock:
    """Everything that a clock's row says of its state; kind, calendar and limit stand already."""
    for name, value in columns(state, warn_rules(platform_id)).items():
        setattr(row, name, value)
    return row


def columns(state: ClockState, warns: tuple[WarnRule, ...]) -> dict[str, Any]:
    """The columns of a clock's row that its state decides. An open clock has no verdict, and no end that would take an older one away."""
    ended = state.phase == "ended"
    found = {
        "events": deadlines.events_to_json(state.events), "budget_seconds": state.budget, "calendar_version": len(state.timeline.changes),
        "due_at": None if ended else deadlines.due_at(state),
        "warn_at": None if ended else deadlines.warn_at(state, warns),
        "look_at": state.running_since,  # cases.timers works out when; here it would cost every action
    }  # fmt: skip
    verdict = deadlines.verdict(state)
    return found if verdict is None else found | {"ended_at": state.events[-1].at, "on_time": verdict == "on_time"}


def refresh(row: Clock, platform_id: int, zone: ZoneInfo) -> Clock:
    """Compute the cached columns again from the row's events and the calendar as it now stands."""
    return put(row, state_of(row, platform_id, zone), platform_id)


def revive(row: Clock, at: datetime, platform_id: int, zone: ZoneInfo) -> Clock:
    """Take the end of a clock back at ``at``: what ran when it ended stood meanwhile, what stood goes on standing.

    Two attempts are joined by the same rule (``deadlines.bundled``). What stood for review stands elsewhere meanwhile: a verdict by
    closing counts review, but no day on which the case had ended.
    """
    *before, ended = deadlines.events_from_json(row.events)
    state = deadlines.replay(before, row.limit_seconds, timeline(platform_id, row.calendar_code, zone))
    if state.phase == "running":
        state = deadlines.go_on(deadlines.stand(state, ended.at, "elsewhere"), at)
    elif state.standing_for == "review":
        state = deadlines.stand(deadlines.stand(state, ended.at, "elsewhere"), at, "review")
    row.ended_at, row.on_time = None, None
    return put(row, state, platform_id)


def nearer(*limits: Clock | None) -> tuple[datetime | None, datetime | None]:
    """(due, amber from) of work under two limits: red when the first is over, amber when the first is near.

    Who has not received yet still owes both, and an urgent case may be due to be disposed of before it is due to be received.
    A clock that stands gives nothing.
    """
    rows = [row for row in limits if row is not None]
    due = min((row.due_at for row in rows if row.due_at is not None), default=None)
    return due, min((row.warn_at for row in rows if row.warn_at is not None), default=None)


def unit_word(unit: str) -> str:
    """工作日 and its like."""
    return str(words.LIMIT_UNITS[unit])
