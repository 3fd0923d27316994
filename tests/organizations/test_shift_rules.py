"""Coverage of a roster against a naive count of every minute; rest, overlaps, cycles and shifts over midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from urbangrid.organizations import shifts
from urbangrid.organizations.shifts import Planned, Span, Wanted

DAWN = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MOST = 120


@st.composite
def spans(draw: st.DrawFn) -> Span:
    begins = draw(st.integers(0, MOST - 1))
    return Span(DAWN + begins * MINUTE, DAWN + draw(st.integers(begins + 1, MOST)) * MINUTE)


WANTED = st.lists(st.builds(Wanted, st.sampled_from("早中夜"), st.just(DAWN.date()), spans(), st.integers(1, 3)), max_size=5)
PLANNED = st.lists(st.builds(Planned, st.integers(1, 4), spans(), st.integers()), max_size=8)


def _missing(wanted: list[Wanted], planned: list[Planned[int]], at: datetime) -> int:
    """How many are too few in the minute that begins at ``at``."""
    needed = sum(one.count for one in wanted if one.span.begins_at <= at < one.span.ends_at)
    present = {one.person for one in planned if one.span.begins_at <= at < one.span.ends_at}
    return max(needed - len(present), 0)


@settings(max_examples=120, deadline=None)
@given(WANTED, PLANNED)
def test_gaps_are_those_that_a_count_of_every_minute_finds(wanted: list[Wanted], planned: list[Planned[int]]) -> None:
    told = shifts.gaps(wanted, planned)
    for number in range(MOST):
        at = DAWN + number * MINUTE
        here = [one for one in told if one.span.begins_at <= at < one.span.ends_at]
        assert sum(one.missing for one in here) == _missing(wanted, planned, at)
        assert len(here) <= 1 and all(one.wanted.span.begins_at <= at < one.wanted.span.ends_at for one in here)


@settings(max_examples=80, deadline=None)
@given(PLANNED)
def test_overlaps_and_rests_are_those_that_every_pair_of_minutes_shows(planned: list[Planned[int]]) -> None:
    twice = False
    for number in range(MOST):
        at = DAWN + number * MINUTE
        at_work = [one.person for one in planned if one.span.begins_at <= at < one.span.ends_at]
        twice = twice or len(at_work) != len(set(at_work))
    assert bool(shifts.overlaps(planned)) == twice
    for one, other, between in shifts.short_rests(planned, timedelta(minutes=30)):
        assert one.person == other.person and other.span.begins_at - one.span.ends_at == between < timedelta(minutes=30)


def test_a_night_shift_ends_on_the_next_day_of_the_wall_clock() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    night = shifts.span_of(date(2026, 12, 31), 17 * 60 + 30, 15 * 60, shanghai)
    assert night.begins_at == datetime(2026, 12, 31, 17, 30, tzinfo=shanghai)
    assert night.ends_at == datetime(2027, 1, 1, 8, 30, tzinfo=shanghai)
    assert shifts.gaps([Wanted("夜班", date(2026, 12, 31), night, 2)], [Planned(1, night, 0)])[0].missing == 1


def test_a_typed_cycle_moves_each_next_person_a_day_on_and_skips_days_that_nobody_wants() -> None:
    cycle = shifts.cycle_of("早 夜休", {"早": "E", "夜": "N"})
    days = [date(2026, 11, 20) + timedelta(days=number) for number in range(4)]
    found = shifts.fill(cycle, [1, 2], days, wanted=lambda day: day.weekday() < 5)
    assert found == [(1, days[0], "E"), (2, days[0], "N"), (1, days[3], "N")]
    with pytest.raises(KeyError):
        shifts.cycle_of("早午", {"早": "E"})
    with pytest.raises(ValueError):
        shifts.cycle_of("  ", {"早": "E"})
