"""Stage times add up to the whole, whatever the case went through."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urbangrid.cases import ledger
from urbangrid.cases.ledger_stages import stage_seconds

BEGIN = datetime(2026, 11, 20, tzinfo=UTC)
STAGES = {"reported": "collect", "verifying": "collect", "filed": "establish", "disposing": "handle", "closed": "check_close"}


def naive(moves: list[tuple[int, str]], until: int) -> dict[str, int]:
    """Second by second: which stage was it?"""
    found: dict[str, int] = {"collect": 0}
    for second in range(until):
        stage = "collect"
        for at, state in moves:
            if at <= second:
                stage = STAGES.get(state, stage)
        found[stage] = found.get(stage, 0) + 1
    return found


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from([*STAGES, "void", "correct"])), max_size=8), st.integers(0, 300))
def test_the_times_of_the_stages_are_those_counted_second_by_second(moves: list[tuple[int, str]], until: int) -> None:
    moves.sort(key=lambda one: one[0])
    told = [(BEGIN + timedelta(seconds=at), state) for at, state in moves]
    found = stage_seconds(STAGES, "collect", BEGIN, told, BEGIN + timedelta(seconds=until))
    wanted = naive(moves, until)
    assert {stage: seconds for stage, seconds in found.items() if seconds} == {stage: n for stage, n in wanted.items() if n}
    assert sum(found.values()) == until


@pytest.mark.parametrize(
    ("named", "begins", "since", "until"),
    [
        ("2026-11-01", 1, "2026-11-01", "2026-12-01"), ("2026-12-01", 1, "2026-12-01", "2027-01-01"),
        ("2026-11-01", 26, "2026-10-26", "2026-11-26"), ("2027-01-01", 26, "2026-12-26", "2027-01-26"),
    ],
)  # fmt: skip
def test_an_assessment_month_may_begin_in_the_month_before(named: str, begins: int, since: str, until: str) -> None:
    assert ledger.span(date.fromisoformat(named), begins) == (date.fromisoformat(since), date.fromisoformat(until))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 28))
def test_every_day_lies_in_exactly_one_assessment_month(day: date, begins: int) -> None:
    months = [day.replace(day=1), ledger.next_month(day)]
    assert sum(since <= day < until for since, until in (ledger.span(month, begins) for month in months)) == 1
