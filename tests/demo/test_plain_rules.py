"""Rules of the made city that need no database: weather and months, clocks that only start and end, which case a matter is about."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from urbangrid.cases import deadlines, holding, lives_clocks
from urbangrid.demo import hard_cases, rhythm

NOW = datetime(2026, 11, 23, 1, 40, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_the_months_begin_with_the_first_of_the_month_before(today: date) -> None:
    first = rhythm.first_day(today)
    assert first.day == 1
    assert (today.year * 12 + today.month) - (first.year * 12 + first.month) == 1


@given(st.integers(0, 10_000), st.dates(date(2026, 1, 1), date(2026, 12, 1)))
def test_a_day_has_the_same_weather_whichever_days_are_asked_for(seed: int, first: date) -> None:
    long, short = rhythm.days(first, date(2026, 12, 31), seed), rhythm.days(date(2026, 12, 1), date(2026, 12, 31), seed)
    assert long[-31:] == short
    assert all(0.5 < one.share < 1.6 for one in long)


@given(st.integers(60, 40_000), st.integers(0, 200_000))
def test_a_stage_that_only_starts_and_ends_says_what_the_engine_says(limit: int, took: int) -> None:
    line = deadlines.CalendarTimeline(deadlines.continuous(ZONE))
    stage = lives_clocks.StageClock("review", 1, "always", limit, NOW, line, ended=NOW + timedelta(seconds=took))
    state = deadlines.end(deadlines.start(NOW, limit, line), NOW + timedelta(seconds=took))
    assert stage.on_time == (deadlines.verdict(state) == "on_time")


def test_the_leader_takes_up_what_was_overdue_and_leaves_the_worst_to_the_visitor() -> None:
    worst, late, near, far = (holding.Lying(number, 1, NOW - timedelta(days=9), NOW + timedelta(days=due))
                              for number, due in enumerate((-7, -6, 1, 20)))  # fmt: skip
    fresh = holding.Lying(9, 1, NOW, NOW - timedelta(days=6))
    able, begins = [worst, late, fresh, near, far], NOW - timedelta(days=5)
    assert hard_cases._fitting(able, {}, begins, overdue=True) is late
    assert hard_cases._fitting(able, {}, begins, overdue=False) is near
    other = dataclasses.replace(far, unit_id=2)
    assert hard_cases._fitting([near, other], {1}, begins, overdue=False) is other
    assert hard_cases._fitting([near, far], {}, begins, overdue=True) is near
    assert hard_cases._fitting([fresh], {}, begins, overdue=True) is None
