"""Which of several units the table points to: rules by place, day and hour, held against a second, naive reading (CY-A2-x, SY-6.4b)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urbangrid.catalog import condition_words, settled, sharing
from urbangrid.catalog.sharing import Conditions, Fit, Situation
from urbangrid.catalog.values import Responsible

ZONE = ZoneInfo("Asia/Shanghai")
FRIDAY_NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=ZONE)
SATURDAY_EARLY = datetime(2026, 11, 21, 5, 59, tzinfo=ZONE)


def row(unit: int, conditions: Conditions = sharing.NO_CONDITIONS, *, area: int | None = None, main: bool = False) -> Responsible:
    return Responsible(unit, f"单位{unit}", "工地扬尘", area, "", "", position=unit, is_main=main, conditions=conditions)


def here(local: datetime = FRIDAY_NIGHT, road: str = "arterial", areas: tuple[int, ...] = (1, 2)) -> Situation:
    return Situation(areas, road, local)


def test_a_rule_that_holds_goes_before_the_main_unit_and_one_that_fails_is_never_proposed() -> None:
    night = Conditions(from_minute=22 * 60, to_minute=6 * 60)
    ranked = sharing.rank([row(1, main=True), row(2, night), row(3, Conditions(roads=frozenset({"lane"})))], here())
    assert [(one.row.unit_id, one.fit) for one in ranked] == [(2, Fit.HOLDS), (1, Fit.HOLDS), (3, Fit.FAILS)]
    chosen = sharing.decided(ranked)
    assert chosen is not None
    assert chosen.unit_id == 2
    by_day = sharing.decided(sharing.rank([row(1, main=True), row(2, night)], here(FRIDAY_NIGHT.replace(hour=12))))
    assert by_day is not None
    assert by_day.unit_id == 1


def test_a_night_belongs_to_the_day_it_began_on() -> None:
    friday_night = Conditions(weekdays=frozenset({5}), from_minute=22 * 60, to_minute=6 * 60)
    assert sharing.fit(friday_night, here(FRIDAY_NIGHT)) is Fit.HOLDS
    assert sharing.fit(friday_night, here(SATURDAY_EARLY)) is Fit.HOLDS
    assert sharing.fit(friday_night, here(SATURDAY_EARLY.replace(hour=6))) is Fit.FAILS
    assert sharing.fit(friday_night, here(FRIDAY_NIGHT.replace(hour=5))) is Fit.FAILS


def test_an_owner_cannot_be_told_from_a_case_and_is_left_to_the_dispatcher() -> None:
    ranked = sharing.rank([row(1, Conditions(owner="供电公司")), row(2)], here())
    assert [(one.row.unit_id, one.fit) for one in ranked] == [(2, Fit.HOLDS), (1, Fit.UNTOLD)]
    assert sharing.decided(sharing.rank([row(1, Conditions(owner="供电公司"))], here())) is None


def test_three_units_without_a_rule_are_left_to_the_dispatcher_until_one_is_the_main_unit() -> None:
    assert sharing.decided(sharing.rank([row(1), row(2), row(3)], here())) is None
    chosen = sharing.decided(sharing.rank([row(1), row(2, main=True), row(3)], here()))
    assert chosen is not None
    assert chosen.unit_id == 2


conditions = st.builds(
    Conditions,
    roads=st.frozensets(st.sampled_from(["arterial", "lane", sharing.OFF_ROAD]), max_size=2),
    weekdays=st.frozensets(st.integers(1, 7), max_size=4),
    from_minute=st.none(),
    to_minute=st.none(),
    owner=st.sampled_from(["", "", "供电公司"]),
)
hours = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(lambda one: one[0] != one[1])
timed = st.tuples(conditions, st.one_of(st.none(), hours))


@st.composite
def tables(draw: st.DrawFn) -> list[Responsible]:
    found = []
    for place in range(draw(st.integers(0, 6))):
        asked, span = draw(timed)
        start, end = span if span is not None else (None, None)
        asked = Conditions(asked.roads, asked.weekdays, start, end, asked.owner)
        unit, area, main = draw(st.integers(1, 4)), draw(st.sampled_from([None, None, 1, 2, 9])), draw(st.booleans())
        found.append(Responsible(unit, str(unit), "", area, "", "", position=place, is_main=main, conditions=asked))
    return found


def naive_fit(asked: Conditions, situation: Situation) -> Fit:
    """The week as 10,080 minutes: those that a condition covers are written down one by one."""
    days = asked.weekdays or frozenset(range(1, 8))
    start, end = asked.from_minute, asked.to_minute
    if start is None or end is None:
        start, end = 0, 1440
    length = (end - start - 1) % 1440 + 1
    covered = {((day - 1) * 1440 + start + step) % 10080 for day in days for step in range(length)}
    now = (situation.local.isoweekday() - 1) * 1440 + situation.local.hour * 60 + situation.local.minute
    if now not in covered or (asked.roads and situation.road and situation.road not in asked.roads):
        return Fit.FAILS
    return Fit.UNTOLD if asked.owner or (asked.roads and not situation.road) else Fit.HOLDS


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda one: one.replace(tzinfo=ZONE))  # noqa: DTZ001
situations = st.builds(Situation, st.sampled_from([(1, 2), (2,), ()]), st.sampled_from(["arterial", "lane", sharing.OFF_ROAD, ""]), moments)


@given(tables(), situations)
def test_the_decision_agrees_with_a_naive_reading_of_the_rules(rows: list[Responsible], situation: Situation) -> None:
    for one in rows:
        assert sharing.fit(one.conditions, situation) is naive_fit(one.conditions, situation)
    fitting = [one for one in rows if naive_fit(one.conditions, situation) is Fit.HOLDS]
    groups = [
        [one for one in fitting if one.division_id == area and one.conditions.none is plain]
        for area in (*situation.division_ids, None)
        for plain in (False, True)
    ]
    head = next((group for group in groups if group), [])
    mains, units = {one.unit_id for one in head if one.is_main}, {one.unit_id for one in head}
    wanted = mains.pop() if len(mains) == 1 else (units.pop() if len(units) == 1 else None)
    found = sharing.decided(sharing.rank(rows, situation))
    assert (found.unit_id if found else None) == wanted


@given(tables(), st.lists(st.sampled_from([1, 2, 3]), max_size=3, unique=True))
def test_what_is_to_be_settled_agrees_with_walking_through_every_sub_district(rows: list[Responsible], streets: list[int]) -> None:
    found = settled.unsettled(7, rows, streets)
    plain = [one for one in rows if one.conditions.none]
    for area in {one.division_id for one in plain}:
        there = [one for one in plain if one.division_id == area]
        mains = {one.unit_id for one in there if one.is_main}
        single = len(mains or {one.unit_id for one in there}) == 1
        assert any(one.division_id == area and one.why == settled.SEVERAL for one in found) is not single
    everywhere = any(one.division_id is None for one in plain)
    empty = [street for street in streets if not everywhere and all(one.division_id != street for one in plain)]
    uncovered = bool(empty) or (not everywhere and not streets)
    assert any(one.why == settled.NOBODY for one in found) is uncovered


@pytest.mark.parametrize(
    ("typed", "days"),
    [("一至五", [1, 2, 3, 4, 5]), ("周六、周日", [6, 7]), ("星期六至周一", [1, 6, 7]), ("三", [3]), ("", []), ("八", None), ("一二", None)],
)
def test_days_of_the_week_are_read_as_people_write_them(typed: str, days: list[int] | None) -> None:
    assert condition_words.weekdays_of(typed) == days


@given(conditions)
def test_conditions_are_read_back_as_they_were_written(asked: Conditions) -> None:
    roads = condition_words.roads_of(condition_words.roads_words(sorted(asked.roads)))
    days = condition_words.weekdays_of(condition_words.weekdays_words(sorted(asked.weekdays)))
    assert (frozenset(roads or ()), frozenset(days or ())) == (asked.roads, asked.weekdays)


@given(st.integers(0, 1439), st.integers(0, 1440))
def test_hours_are_read_back_as_they_were_written(start: int, end: int) -> None:
    assert condition_words.hours_of(condition_words.hours_words(start, end)) == (None if start == end else (start, end))
