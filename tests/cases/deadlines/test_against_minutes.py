"""The engine and the minute-by-minute reference agree, on calendars and on whole lives of clocks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.cases.deadlines.calendars import ALL, BEIJING, BOSTON_NIGHT, NEW_YORK, at
from tests.cases.deadlines.minute_by_minute import MINUTE, counted_minutes, due_after, walk
from urbangrid.cases.deadlines import (
    Calendar,
    CalendarTimeline,
    ClockEvent,
    Season,
    advance,
    bundled,
    by_closing,
    calendar_from_json,
    calendar_to_json,
    change_calendar,
    consumed_at,
    due_at,
    events_from_json,
    events_to_json,
    explain,
    on_time,
    remaining,
    replay,
    working_seconds,
)

# Days around which something happens: holidays with make-up days, season changes, New Year, summer time of New York.
TURNS = [
    at("2025-09-27 00:00"),
    at("2025-10-10 00:00"),
    at("2025-12-31 00:00"),
    at("2026-02-13 00:00"),
    at("2026-02-27 00:00"),
    at("2026-03-14 12:00"),
    at("2026-03-08 00:00", NEW_YORK),
    at("2026-11-01 00:00", NEW_YORK),
    at("2026-05-31 12:00"),
]
moments = st.builds(
    lambda turn, minutes: turn + minutes * MINUTE, st.sampled_from(TURNS), st.integers(-2 * 1440, 2 * 1440)
)


@st.composite
def any_slots(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """Up to three slots a day on any minute; they may touch each other and midnight."""
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=0, max_size=6, unique=True)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


weeks = st.tuples(*[any_slots()] * 7)
month_days = st.tuples(st.integers(1, 12), st.integers(1, 28))


@st.composite
def made_calendars(draw: st.DrawFn) -> Calendar:
    """Calendars nobody would write: random slots, seasons, holidays and make-up days near the turns."""
    near = [(turn + timedelta(days=shift)).date() for turn in TURNS for shift in range(-2, 3)]
    free = draw(st.frozensets(st.sampled_from(near), max_size=6))
    made_up = draw(st.dictionaries(st.sampled_from(near), st.integers(0, 6), max_size=6))
    return Calendar(
        version="made",
        zone=draw(st.sampled_from([BEIJING, NEW_YORK])),
        week=draw(weeks),
        seasons=tuple(draw(st.lists(st.builds(Season, month_days, month_days, weeks), max_size=2))),
        holidays=free - made_up.keys(),
        makeup=made_up,
    )


calendars = st.one_of(st.sampled_from(ALL), made_calendars())


@settings(max_examples=150, deadline=None)
@given(calendars, moments, st.integers(0, 4000))
@example(BOSTON_NIGHT, at("2026-03-08 00:00", NEW_YORK), 1440)
@example(BOSTON_NIGHT, at("2026-11-01 00:00", NEW_YORK), 1440)
def test_counted_time_equals_the_sum_of_its_minutes(calendar: Calendar, start: datetime, length: int) -> None:
    end = start + length * MINUTE
    assert working_seconds(calendar, start, end) == 60 * counted_minutes(calendar, start, end)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ALL), moments, st.integers(0, 1800))
def test_due_instants_are_the_first_minute_by_which_the_limit_is_counted(
    calendar: Calendar, start: datetime, minutes: int
) -> None:
    assert advance(calendar, start, 60 * minutes) == due_after(calendar, start, minutes)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ALL), moments, st.integers(0, 59), st.integers(1, 400_000))
def test_advancing_and_counting_undo_each_other_to_the_second(
    calendar: Calendar, minute: datetime, second: int, seconds: int
) -> None:
    start = minute + timedelta(seconds=second)
    due = advance(calendar, start, seconds)
    assert working_seconds(calendar, start, due) == seconds
    assert working_seconds(calendar, start, due - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=200, deadline=None)
@given(calendars, moments, st.integers(0, 10**6), st.integers(0, 10**8))
def test_counted_time_adds_up_over_any_cut(calendar: Calendar, start: datetime, first: int, second: int) -> None:
    middle = start + timedelta(seconds=first)
    end = middle + timedelta(seconds=second)
    whole = working_seconds(calendar, start, end)
    assert whole == working_seconds(calendar, start, middle) + working_seconds(calendar, middle, end)


@settings(max_examples=100, deadline=None)
@given(made_calendars())
def test_a_calendar_survives_json(calendar: Calendar) -> None:
    assert calendar_from_json(calendar_to_json(calendar)) == calendar


# --- whole lives ----------------------------------------------------------------------------------------------------

NEXT_MOVES = {
    "running": ["stand", "rework", "extend", "correct", "credit", "end"],
    "standing": ["stand", "go_on", "go_on", "rework", "rework", "extend", "correct", "end"],
}
NEXT_PHASE = {"stand": "standing", "go_on": "running", "rework": "running", "credit": "standing", "end": "ended"}


@st.composite
def lives(draw: st.DrawFn, without: tuple[str, ...] = ()) -> tuple[ClockEvent, ...]:
    """Events a clock may meet, with gaps of up to a day and a half; limits and floors come out in whole minutes."""
    now = draw(moments)
    events = [ClockEvent(now, "start")]
    phase, dispatched = "running", now
    for _ in range(draw(st.integers(0, 7))):
        now += draw(st.integers(0, 2000)) * MINUTE
        kind = draw(st.sampled_from([move for move in NEXT_MOVES[phase] if move not in without]))
        percent = {"rework": draw(st.sampled_from([0, 50, 100])), "extend": 100}.get(kind, 0)
        seconds = draw(st.integers(0, 20)) * 7200 if kind == "correct" else 0
        reason = draw(st.sampled_from(["review", "check", "suspension"])) if kind == "stand" else ""
        between = dispatched + (now - dispatched) // MINUTE // 2 * MINUTE
        since = draw(st.sampled_from([dispatched, between, now])) if kind == "credit" else None
        events.append(ClockEvent(now, kind, reason, seconds, percent, since))  # type: ignore[arg-type]
        phase = NEXT_PHASE.get(kind, phase)
        dispatched = now if kind in ("go_on", "rework") else dispatched
        if phase == "ended":
            break
    return tuple(events)


changes = st.lists(st.tuples(moments, st.sampled_from(ALL)), max_size=2, unique_by=lambda change: change[0])


@settings(max_examples=250, deadline=None)
@given(lives(), st.integers(0, 20), st.sampled_from(ALL), changes, st.integers(0, 1500))
def test_a_clock_rebuilt_from_its_events_equals_the_minutes_it_lived(
    events: tuple[ClockEvent, ...],
    limit_in_two_hours: int,
    calendar: Calendar,
    later: list[tuple[datetime, Calendar]],
    rest: int,
) -> None:
    limit = limit_in_two_hours * 7200
    timeline = CalendarTimeline(calendar)
    for since, following in later:
        timeline = timeline.changed(since, following)
    now = events[-1].at + rest * MINUTE
    state = replay(events, limit, timeline)
    told = walk(events, limit // 60, [(None, calendar), *sorted(later, key=lambda change: change[0])], now)

    assert remaining(state, now) == 60 * (told.budget - len(told.counted))
    assert on_time(state, now) == (told.missed is None)
    if told.missed is not None and state.phase != "running":
        assert state.missed_at == told.missed
    if told.exhausted is not None and told.missed == told.exhausted and state.phase == "running":
        assert due_at(state) == told.exhausted


@settings(max_examples=250, deadline=None)
@given(lives(), st.integers(0, 20), st.sampled_from(ALL), changes, st.integers(0, 1500))
def test_the_told_stretches_add_up_and_leave_no_hole(
    events: tuple[ClockEvent, ...],
    limit_in_two_hours: int,
    calendar: Calendar,
    later: list[tuple[datetime, Calendar]],
    rest: int,
) -> None:
    state = replay(events, limit_in_two_hours * 7200, CalendarTimeline(calendar))
    if state.phase != "ended":
        for since, following in later:
            state = change_calendar(state, since, following)
    now = events[-1].at + rest * MINUTE
    told = explain(state, now)
    assert sum(line.seconds for line in told) == state.budget - remaining(state, now)
    if told:
        assert told[0].start == state.started_at
        assert told[-1].end == (state.ended_at or now)
    assert all(left.end == right.start and left.what != right.what for left, right in pairwise(told))
    assert all((line.seconds == (line.end - line.start).total_seconds()) == (line.what == "counted") for line in told)


@settings(max_examples=100, deadline=None)
@given(lives())
def test_events_survive_json(events: tuple[ClockEvent, ...]) -> None:
    assert events_from_json(events_to_json(events)) == events


@settings(max_examples=150, deadline=None)
@given(lives(without=("rework",)), st.sampled_from(ALL))
def test_judged_by_closing_a_clock_never_has_more_time_left(events: tuple[ClockEvent, ...], calendar: Calendar) -> None:
    timeline = CalendarTimeline(calendar)
    by_feedback = replay(events, 86_400, timeline)
    strict = replay(by_closing(events), 86_400, timeline)
    now = events[-1].at
    assert consumed_at(strict, now) >= consumed_at(by_feedback, now)
    assert on_time(by_feedback, now) or not on_time(strict, now)


@settings(max_examples=150, deadline=None)
@given(moments, st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900)), min_size=1, max_size=4))
def test_attempts_of_one_unit_are_summed(first: datetime, spans: list[tuple[int, int]]) -> None:
    attempts, now, used = [], first.astimezone(UTC), 0
    for wait, length in spans:
        begin = now + wait * MINUTE
        now = begin + length * MINUTE
        attempts.append([ClockEvent(begin, "start"), ClockEvent(now, "end")])
        used += counted_minutes(ALL[0], begin, now)
    assert replay(bundled(attempts), 86_400, CalendarTimeline(ALL[0])).consumed == 60 * used
