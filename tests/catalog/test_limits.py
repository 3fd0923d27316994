"""Which time limit counts, against a reference that walks the precedence list by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.catalog.makers import national_class
from urbangrid.catalog import queries
from urbangrid.catalog.limits import Limit, LimitRow, choose
from urbangrid.catalog.models import FilingCondition, TimeLimit
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import Platform

DAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = [None, *(DAY + timedelta(days=n) for n in range(4))]
PERIODS = ["", "汛期", "重大活动"]


@st.composite
def tables(draw: st.DrawFn) -> list[LimitRow]:
    """Limit tables whose equally exact rows never overlap in time, as the key of the table enforces."""
    kept: list[LimitRow] = []
    for value in range(draw(st.integers(0, 12))):
        row = LimitRow(
            Limit(value + 1, "work_hour"),
            draw(st.sampled_from([None, 1, 2])),
            draw(st.sampled_from(PERIODS)),
            draw(st.sampled_from(DAYS)),
            draw(st.sampled_from(DAYS)),
        )
        twins = [old for old in kept if (old.area_grade, old.period) == (row.area_grade, row.period)]
        if not any(old.in_force(day) and row.in_force(day) for old in twins for day in DAYS if day):
            kept.append(row)
    return kept


def by_hand(rows: list[LimitRow], grade: int | None, period: str, at: datetime) -> int | None:
    """Ask the four kinds of rows one after the other."""
    wanted = [(g, p) for p in ([period, ""] if period else [""]) for g in ([grade, None] if grade else [None])]
    for exact_grade, exact_period in wanted:
        for row in rows:
            if row.valid_from is not None and row.valid_from > at:
                continue
            if row.valid_to is not None and row.valid_to <= at:
                continue
            if row.area_grade == exact_grade and row.period == exact_period:
                return row.limit.value
    return None


@given(tables(), st.sampled_from([None, 1, 2, 3]), st.sampled_from([*PERIODS, "考试"]), st.sampled_from(DAYS[1:]))
def test_the_most_exact_row_wins_as_by_hand(rows: list[LimitRow], grade: int | None, period: str, at: datetime | None) -> None:
    assert at is not None
    found = choose(rows, grade, period, at)
    assert (found.value if found else None) == by_hand(rows, grade, period, at)


def rubbish(platform: Platform) -> FilingCondition:
    option = national_class(platform, "event", "0110")
    return FilingCondition.objects.get(category_id=option.id)


def test_a_protection_period_weighs_more_than_an_area_grade(national: Platform) -> None:
    condition = rubbish(national)
    TimeLimit.objects.create(condition=condition, area_grade=1, value=2, unit="work_hour", case_value=6)
    TimeLimit.objects.create(condition=condition, period="重大活动", value=1, unit="urgent_hour")
    now = clock.now()
    assert queries.limit_for(condition.id, None, "", now) == Limit(4, "work_hour")
    assert queries.limit_for(condition.id, 1, "", now) == Limit(2, "work_hour", 6)
    assert queries.limit_for(condition.id, 2, "", now) == Limit(4, "work_hour")
    assert queries.limit_for(condition.id, 1, "重大活动", now) == Limit(1, "urgent_hour")
    assert queries.limit_for(condition.id, 1, "汛期", now) == Limit(2, "work_hour", 6)


def test_an_unknown_condition_or_a_condition_without_limit_is_refused_with_a_sentence(national: Platform) -> None:
    condition = rubbish(national)
    condition.limits.all().delete()
    with pytest.raises(Refusal, match="没有处置时限"):
        queries.limit_for(condition.id, None, "", clock.now())
    with pytest.raises(NotFound, match="立案条件"):
        queries.limit_for(1, None, "", clock.now())
    with pytest.raises(NotFound, match="没有这一小类（7）"):
        queries.category(7)
