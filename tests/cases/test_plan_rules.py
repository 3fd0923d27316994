"""Rules of plans against a second computation: which plan counts, what a limit becomes, and whom the question to the database finds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.plan_makers import cases_at_random
from tests.support.city import WORKDAY, City
from urbangrid.cases import plan_rules
from urbangrid.cases.actions import plan_settling
from urbangrid.cases.deadlines_limits import UNIT_SECONDS
from urbangrid.cases.models import Case, Plan
from urbangrid.cases.plan_rules import PlanInfo
from urbangrid.core import clock
from urbangrid.service_requests import calls

UNITS = st.sampled_from(sorted(UNIT_SECONDS))
START = datetime(2026, 11, 20, tzinfo=UTC)


@given(st.integers(1, 400), UNITS, st.integers(1, 100))
def test_a_shortened_limit_is_never_longer_and_never_less_than_the_share_by_a_whole_unit(value: int, unit: str, percent: int) -> None:
    new, new_unit = plan_rules.shortened((value, unit), percent)
    before, after = value * UNIT_SECONDS[unit], new * UNIT_SECONDS[new_unit]  # type: ignore[index]
    share = Fraction(before * percent, 100)
    assert new >= 1 and share <= after <= before
    assert after - share < UNIT_SECONDS[new_unit] or new == 1  # type: ignore[index]
    continuous = ("urgent_hour", "day")
    assert (unit in continuous) == (new_unit in continuous), "it runs in the same calendar"


NUMBERS = st.frozensets(st.integers(1, 3), max_size=2)
PLANS = st.lists(
    st.builds(
        lambda serial, areas, classes, conditions, begin, hours: PlanInfo(
            serial, "", "storm", areas, classes, conditions, START + timedelta(hours=begin),
            None if hours is None else START + timedelta(hours=begin + hours),
        ),
        st.integers(1, 10**9), NUMBERS, NUMBERS, NUMBERS, st.integers(0, 20), st.none() | st.integers(0, 20),
    ),
    max_size=5, unique_by=lambda plan: plan.plan_id,
)  # fmt: skip
PLACE = st.tuples(*[st.none() | st.integers(1, 3)] * 3)
ONE_OF_THREE = st.none() | st.integers(1, 3)


def by_hand(
    plans: Iterable[PlanInfo], at: datetime, place: tuple[int | None, ...], category: int | None, condition: int | None, taken: set[int]
) -> PlanInfo | None:  # fmt: skip
    """Plan by plan in the order of their starts; the last that fits stays."""
    found = None
    for plan in sorted(plans, key=lambda one: (one.started_at, one.plan_id)):
        if plan.plan_id not in taken and (at < plan.started_at or (plan.ends_at is not None and at >= plan.ends_at)):
            continue
        if plan.division_ids and not any(area in plan.division_ids for area in place):
            continue
        if plan.category_ids and category not in plan.category_ids:
            continue
        if plan.condition_ids and condition is not None and condition not in plan.condition_ids:
            continue
        found = plan
    return found


@given(PLANS, st.integers(-2, 45), PLACE, ONE_OF_THREE, ONE_OF_THREE, st.data())
def test_the_plan_that_counts_is_the_last_started_that_fits(
    plans: list[PlanInfo], hour: int, place: tuple[int | None, ...], category: int | None, condition: int | None, data: st.DataObject
) -> None:  # fmt: skip
    at = START + timedelta(hours=hour)
    taken = set(data.draw(st.lists(st.sampled_from([plan.plan_id for plan in plans]), max_size=2))) if plans else set()
    assert plan_rules.choose(plans, at, place, category, condition, taken) == by_hand(plans, at, place, category, condition, taken)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_question_to_the_database_finds_whom_the_rule_covers(city: City, data: st.DataObject) -> None:
    made = data.draw(cases_at_random(city, WORKDAY))
    areas = data.draw(st.sampled_from([(), (city.west_street.pk,), (city.district.pk,), (city.east_street.pk, city.west_street.pk)]))
    kinds = data.draw(st.sampled_from([(), (city.category().id,)]))
    Case.objects.all().delete()
    Plan.objects.all().delete()
    Case.objects.bulk_create(made)
    with clock.travel(WORKDAY):
        row = Plan.objects.create(
            platform=city.platform, code="预1", name="雨", kind="storm", state=Plan.ACTIVE, division_ids=list(areas),
            category_ids=list(kinds), percent=50, started_at=WORKDAY - timedelta(days=3), made_at=WORKDAY,
            takes_open=data.draw(st.booleans()),
        )  # fmt: skip
        expected = set()
        for case in made:
            inside = not areas or bool({case.community_id, case.subdistrict_id, case.district_id} & set(areas))
            in_time = row.takes_open or case.opened_at >= WORKDAY - timedelta(days=3)
            if inside and (not kinds or case.category_id in kinds) and in_time and case.closed_at is None and not case.confidential:
                expected.add(case.pk)
        assert set(plan_settling.waiting(row).values_list("pk", flat=True)) == expected


# --- pasted calls ---

DIGITS = st.text("0123456789", min_size=7, max_size=11)
WORDS = st.text("东湖路积水号院门前堵", min_size=1, max_size=8)
ROADS = ("大柳树路东段", "大柳树路", "东湖路")


@given(st.lists(st.tuples(st.none() | DIGITS, WORDS, st.none() | WORDS), max_size=8), st.sampled_from(["，", ",", "\t", " "]))
def test_what_was_written_is_what_is_read(rows: list[tuple[str | None, str, str | None]], sign: str) -> None:
    lines = [sign.join(part for part in row if part) for row in rows]
    found, unread = calls.read("\n".join(lines))
    assert not unread
    expected: list[tuple[str, str, str, str]] = []
    for line, (phone, place, text) in zip(lines, rows, strict=True):
        if line not in [one[0] for one in expected]:
            expected.append((line, phone or "", place, text or place))
    assert [(call.phone, call.place, call.text) for call in found] == [one[1:] for one in expected]
    assert len({call.key for call in found}) == len(found)


@given(st.lists(st.tuples(DIGITS, st.sampled_from([*ROADS, "某小区"])), max_size=20))
def test_every_call_is_in_one_group_and_in_that_of_its_longest_road(rows: list[tuple[str, str]]) -> None:
    found, _unread = calls.read("\n".join(f"{phone}，{road}3号，积水" for phone, road in rows))
    grouped = calls.by_road(found, ROADS)
    assert sorted(call.key for group in grouped.values() for call in group) == sorted(call.key for call in found)
    for road, group in grouped.items():
        assert all((road or "某小区") + "3号" == call.place for call in group)
