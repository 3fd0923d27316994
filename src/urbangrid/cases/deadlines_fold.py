"""The fold of a clock's events: what each of them does to budget, consumption and the due instant.

Words: the limit is what the filing condition grants; the budget is the limit plus extensions and rework floors; a clock
is running, standing (grey) or ended. `due` is the instant at which the budget of the latest run is used up; feedback at
that very second is on time. `missed_at` is the first due instant that passed while the clock ran: a rework floor gives
a late unit a new due instant but does not make it punctual (捆绑时限: all its attempts share one limit); an accepted
send-back, a correction or an extension asked in time may.

Source: working rules of cases and clocks §1, the golden table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from urbangrid.cases.deadlines_calendar import CalendarTimeline, PieceKind, to_instant, to_second
from urbangrid.cases.deadlines_errors import LimitInvalid, NotPossible, OutOfOrder

# `elsewhere`: the case is with somebody else between two attempts of the same unit
StandReason = Literal["review", "check", "suspension", "deferral", "send_back", "elsewhere"]
STAND_REASONS: tuple[StandReason, ...] = ("review", "check", "suspension", "deferral", "send_back", "elsewhere")
EventKind = Literal["start", "stand", "go_on", "end", "credit", "rework", "extend", "correct"]
Phase = Literal["new", "running", "standing", "ended"]
StretchKind = PieceKind | StandReason | Literal["credited"]


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """What happened to a clock. `reason`: why it stands or was corrected; `seconds`: the corrected limit;
    `percent`: of the limit, for extend (added) and rework (floor); `since`: the dispatch a credit goes back to."""

    at: datetime
    kind: EventKind
    reason: str = ""
    seconds: int = 0
    percent: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of a clock's life with the seconds it counted and what it was."""

    start: datetime
    end: datetime
    seconds: int
    what: StretchKind


@dataclass(frozen=True, slots=True)
class ClockState:
    """A clock after its events. `since` is the start of the present run or stand; `due` belongs to the latest run."""

    first_limit: int
    limit: int
    budget: int
    timeline: CalendarTimeline
    events: tuple[ClockEvent, ...] = ()
    phase: Phase = "new"
    since: datetime | None = None
    standing_for: StandReason | None = None
    consumed: int = 0
    due: datetime | None = None
    missed_at: datetime | None = None
    ended_at: datetime | None = None
    extensions: int = 0
    reworks: int = 0
    stretches: tuple[Stretch, ...] = ()

    @property
    def started_at(self) -> datetime | None:
        """The original start; corrections are computed from it."""
        return self.events[0].at if self.events else None

    @property
    def running_since(self) -> datetime | None:
        """The start of the present run, None unless the clock runs."""
        return self.since if self.phase == "running" else None


def replay(events: Iterable[ClockEvent], limit: int, timeline: CalendarTimeline) -> ClockState:
    """The clock after its events, in their order; `limit` is the one first granted, in seconds.

    A correction counts from the start, so the last one sets the limit before the fold begins.
    """
    listed = tuple(events)
    latest = next((event.seconds for event in reversed(listed) if event.kind == "correct"), limit)
    if limit < 0 or latest < 0:
        raise LimitInvalid(value=min(limit, latest), unit="second")
    state = ClockState(first_limit=limit, limit=latest, budget=latest, timeline=timeline)
    for event in listed:
        state = follow(state, event)
    return state


def follow(state: ClockState, event: ClockEvent) -> ClockState:
    """Book the present stretch up to the event, then make the move and open the next stretch."""
    event = replace(event, at=to_instant(to_second(event.at)))
    if state.events and event.at < state.events[-1].at:
        raise OutOfOrder(kind=event.kind, at=event.at, last=state.events[-1].at)
    if state.phase not in _FROM[event.kind]:
        raise NotPossible(kind=event.kind, phase=state.phase, at=event.at)
    moved = _MOVES[event.kind](book(state, event.at), event)
    moved = replace(moved, events=(*moved.events, event))
    if moved.phase != "running":
        return moved
    left = moved.budget - moved.consumed
    if left <= 0 and moved.missed_at is not None:
        return replace(moved, due=moved.missed_at)
    return replace(moved, due=moved.timeline.advance(event.at, left))


def book(state: ClockState, at: datetime) -> ClockState:
    if state.since is None:
        return state
    if state.phase == "standing":
        waited = Stretch(state.since, at, 0, state.standing_for or "suspension")
        return replace(state, since=at, stretches=(*state.stretches, waited))
    counted = state.timeline.seconds(state.since, at)
    missed = state.missed_at or (state.due if state.due is not None and state.due < at else None)
    run = Stretch(state.since, at, counted, "counted")
    return replace(
        state, since=at, consumed=state.consumed + counted, missed_at=missed, stretches=(*state.stretches, run)
    )


def _run(state: ClockState, event: ClockEvent) -> ClockState:
    return replace(state, phase="running", since=event.at, standing_for=None)


def _stand(state: ClockState, event: ClockEvent) -> ClockState:
    return replace(state, phase="standing", since=event.at, standing_for=_stand_reason(event.reason))


def _end(state: ClockState, event: ClockEvent) -> ClockState:
    return replace(state, phase="ended", since=None, standing_for=None, ended_at=event.at)


def _credit(state: ClockState, event: ClockEvent) -> ClockState:
    since = to_instant(to_second(event.since or event.at))
    stretches = tuple(part for stretch in state.stretches for part in _credited(stretch, since, state.timeline))
    missed = state.missed_at if state.missed_at is not None and state.missed_at < since else None
    return replace(
        state,
        consumed=sum(stretch.seconds for stretch in stretches),
        missed_at=missed,
        stretches=stretches,
        phase="standing",
        since=event.at,
        standing_for="send_back",
    )


def _credited(stretch: Stretch, since: datetime, timeline: CalendarTimeline) -> Iterator[Stretch]:
    """A run from `since` on becomes credited; one that began before is cut."""
    if stretch.what != "counted" or stretch.end <= since:
        yield stretch
        return
    if stretch.start < since:
        yield Stretch(stretch.start, since, timeline.seconds(stretch.start, since), "counted")
    yield Stretch(max(stretch.start, since), stretch.end, 0, "credited")


def _rework(state: ClockState, event: ClockEvent) -> ClockState:
    floor = state.consumed + state.limit * event.percent // 100
    return _run(replace(state, budget=max(state.budget, floor), reworks=state.reworks + 1), event)


def _extend(state: ClockState, event: ClockEvent) -> ClockState:
    added = state.limit * event.percent // 100
    return replace(state, budget=state.budget + added, extensions=state.extensions + 1)


def _correct(state: ClockState, event: ClockEvent) -> ClockState:
    return state  # its limit was in force from the start, see `replay`


def _stand_reason(reason: str) -> StandReason:
    for known in STAND_REASONS:
        if known == reason:
            return known
    raise NotPossible(kind="stand", reason=reason)


_OPEN: frozenset[Phase] = frozenset({"running", "standing"})
_FROM: Mapping[EventKind, frozenset[Phase]] = {
    "start": frozenset({"new"}),
    "stand": _OPEN,  # from standing: another reason, review becomes check
    "go_on": frozenset({"standing"}),
    "end": _OPEN,
    "credit": _OPEN,
    "rework": _OPEN,
    "extend": _OPEN,
    "correct": _OPEN,
}
_MOVES: Mapping[EventKind, Callable[[ClockState, ClockEvent], ClockState]] = {
    "start": _run,
    "stand": _stand,
    "go_on": _run,
    "end": _end,
    "credit": _credit,
    "rework": _rework,
    "extend": _extend,
    "correct": _correct,
}
