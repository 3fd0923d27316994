"""The reply limit of a request: a clock of ``cases.deadlines`` kept on the request itself (architecture §3.1, §3.6)."""

from __future__ import annotations

from datetime import datetime

from urbangrid.cases import clocks, deadlines
from urbangrid.cases.rows import Light, light_of
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.sources import SourceInfo
from urbangrid.core.platforms import platform_of
from urbangrid.service_requests import rules
from urbangrid.service_requests.models import ServiceRequest


def begin(request: ServiceRequest, source: SourceInfo, at: datetime, given: datetime | None = None) -> None:
    """Start the limit: the date that the outside platform gave, else the source's own; without either there is none."""
    if given is not None:
        request.calendar_code, request.limit_seconds = clocks.ALWAYS, max(int((given - at.replace(microsecond=0)).total_seconds()), 1)
    elif source.reply_limit is not None:
        value, unit = source.reply_limit
        request.calendar_code, request.limit_seconds = _calendar(request.platform_id, unit), _seconds(value, unit)
    else:
        return
    _store(request, deadlines.start(at, request.limit_seconds, _timeline(request)))


def end(request: ServiceRequest, at: datetime) -> None:
    """She was told: whether in time stays on the request."""
    if request.limit_seconds is None or request.reply_on_time is not None:
        return
    state = deadlines.end(_state(request), max(at, _last(request)))
    _store(request, state)
    request.reply_on_time = deadlines.verdict(state) == "on_time"


def refresh(request: ServiceRequest) -> None:
    """Fold an open clock again with the calendar as it now stands."""
    _store(request, _state(request))


def return_until(platform_id: int, source: SourceInfo, at: datetime) -> datetime | None:
    """The end of the 退单 window of a matter received at ``at``."""
    if source.return_window is None:
        return None
    value, unit = source.return_window
    line = clocks.timeline(platform_id, _calendar(platform_id, unit), platform_of(platform_id).zone)
    return deadlines.due_at(deadlines.start(at, _seconds(value, unit), line))


def light(request: ServiceRequest, now: datetime) -> Light:
    """The light of the reply limit; grey once she was told, or without a limit."""
    waits = request.state in (rules.OPEN, rules.TO_REPLY)
    return light_of(request.reply_due_at, request.reply_warn_at, now, paused=not waits)


def _calendar(platform_id: int, unit: str) -> str:
    return clocks.ALWAYS if unit in deadlines.CONTINUOUS_UNITS else catalog.calendar_code_for(platform_id)


def _seconds(value: int, unit: str) -> int:
    return deadlines.budget_seconds(value, unit)  # type: ignore[arg-type]


def _timeline(request: ServiceRequest) -> deadlines.CalendarTimeline:
    return clocks.timeline(request.platform_id, request.calendar_code, platform_of(request.platform_id).zone)


def _state(request: ServiceRequest) -> deadlines.ClockState:
    assert request.limit_seconds is not None
    return deadlines.replay(deadlines.events_from_json(request.clock_events), request.limit_seconds, _timeline(request))


def _last(request: ServiceRequest) -> datetime:
    return deadlines.events_from_json(request.clock_events)[-1].at


def _store(request: ServiceRequest, state: deadlines.ClockState) -> None:
    request.clock_events = deadlines.events_to_json(state.events)
    if state.phase != "ended":  # what it was due by stays readable
        request.reply_due_at = deadlines.due_at(state)
        request.reply_warn_at = deadlines.warn_at(state, clocks.warn_rules(request.platform_id))
