"""The day's figures equal a count of the records; text, comparison and the worst by second, naive rules (desks.md L1, L2, L5)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.city import FAR_INSIDE, INSIDE, WORKDAY, City
from urbangrid.cases import day_figures, day_rules, ledger_figures, processes, volume
from urbangrid.cases.day_rules import Danger, DayCounts, Figure, RoadWeek, UnitWeek
from urbangrid.cases.models import Case, CaseRecord, Report, WorkItem
from urbangrid.cases.search import Asked
from urbangrid.core import clock
from urbangrid.grids import queries as grids
from urbangrid.organizations.acting import Acting

DAY = timedelta(days=1)
DAYS = 12


def _scene(city: City) -> volume.Scene:
    spots = [volume.Spot(*one, grids.locate(city.platform, one)) for one in (INSIDE, FAR_INSIDE)]
    inspectors = {city.west_street.pk: city.acting("inspector"), city.east_street.pk: city.acting("far_inspector")}
    return volume.Scene(
        city.platform, processes.current_for(city.platform.pk, "inspector", "").pk, city.acting("seat_agent"), city.acting("dispatcher"),
        [city.acting("clerk"), city.acting("other_clerk")], inspectors, volume.matters(city.platform, 3), spots,
    )  # fmt: skip


@pytest.fixture
def many(city: City) -> Iterator[City]:
    """Fifty closed cases, their reports spread at random over twelve days, some upon midnight to the second."""
    scene, chance, rows = _scene(city), Random(7), volume.Rows()
    first = (WORKDAY - DAYS * DAY).astimezone(city.platform.zone).replace(hour=0, minute=0, second=0)
    for serial in range(50):
        at = first + timedelta(seconds=chance.randrange(DAYS * 86_400) if serial % 9 else serial // 9 * 86_400)
        rows.join(volume.closed(scene, serial, at + timedelta(milliseconds=serial)))
    with transaction.atomic():
        volume.write(rows)
    yield city


def _naive(acting: Acting, day: date) -> DayCounts:
    """By walking through every record of every case, with the limit of the unit's clock worked out anew."""
    counts: Counter[str] = Counter()
    zone = acting.zone
    counts["reported"] = sum(at.astimezone(zone).date() == day for at in Report.objects.values_list("received_at", flat=True))
    for case in Case.objects.prefetch_related("records"):
        records = sorted(case.records.all(), key=lambda one: one.seq)
        on = {action: [one for one in records if one.action == action and one.at.astimezone(zone).date() == day] for action in _ACTS}
        counts["filed"] += bool(on["file"]) and on["file"][0] == next(one for one in records if one.action == "file")
        closings = [one for one in records if one.action in ("close", "reopen")]
        if on["close"] and closings[-1] == on["close"][-1]:
            counts["closed"] += 1
            counts["reworked"] += any(one.action == "rework" for one in records)
        answers = [one for one in records if one.action == "feedback"]
        if on["feedback"] and answers[-1] == on["feedback"][-1] and case.on_time is not None:
            counts["judged"] += 1
            counts["kept"] += _in_time(records)
    return DayCounts(**{name: counts[name] for name in day_figures.SUMS})


_ACTS = ("file", "close", "feedback")


def _in_time(records: list[CaseRecord]) -> bool:
    """What the closing says where there is one, else what only the stories of this module have: in time."""
    said = [json.loads(one.body)["inputs"].get("on_time") for one in records if one.action == "close"]
    return bool(said[-1]) if said and said[-1] is not None else True


def test_every_day_equals_a_count_of_the_records_one_by_one(many: City) -> None:
    acting = many.acting("leader")
    days = [(WORKDAY - back * DAY).astimezone(acting.zone).date() for back in range(DAYS + 2)]
    found = dict(zip(days, map(day_figures.total, day_figures.by_area(acting, *days)), strict=True))
    assert found == {day: _naive(acting, day) for day in days}
    assert sum(one.filed for one in found.values()) > 30, "the days hold most of them"
    for day in days:
        (areas,) = day_figures.by_area(acting, day)
        assert day_figures.total(areas) == found[day] and len(areas) <= 2
        lengths = {name: day_figures.listed(acting, name, day).count() for name in ("filed", "closed", "judged", "kept", "reworked")}
        assert lengths == {name: getattr(found[day], name) for name in lengths}
        assert day_figures.reports(acting, day).count() == found[day].reported
        assert day_figures.by_area(day_figures.reader(many.platform.pk), day) == [areas], "the sheet counts what the page counts"


def test_the_days_add_up_to_the_ledger(many: City) -> None:
    acting = many.acting("duty_director")
    days = [(WORKDAY - back * DAY).astimezone(acting.zone).date() for back in range(-3, DAYS + 2)]
    sums = [day_figures.total(one) for one in day_figures.by_area(acting, *days)]
    with clock.travel(WORKDAY + 5 * DAY):
        ledger = ledger_figures.figures(acting, Asked(since=WORKDAY - 20 * DAY, until=WORKDAY + 20 * DAY))
    assert sum(one.filed for one in sums) == ledger.filed == 50
    assert sum(one.closed for one in sums) == ledger.closed
    assert (sum(one.kept for one in sums), sum(one.judged for one in sums)) == (ledger.on_time.part, ledger.on_time.whole)


def test_the_week_of_units_and_roads_equals_a_walk_over_the_cases(many: City) -> None:
    acting = many.acting("leader")
    last = (WORKDAY - DAY).astimezone(acting.zone).date()
    Case.objects.filter(pk__in=list(Case.objects.values_list("pk", flat=True)[:20])).update(repeat=True)
    days = {last - timedelta(days=back) for back in range(7)}

    def within(at: datetime | None) -> bool:
        return at is not None and at.astimezone(acting.zone).date() in days

    units: dict[int, list[int]] = {}
    roads: dict[tuple[int | None, str], list[int]] = {}
    for case in Case.objects.all():
        moved = WorkItem.objects.filter(case=case, closed_at__isnull=False)
        if any(within(item.closed_at) for item in moved):
            week = units.setdefault(case.handler_unit_id or 0, [0, 0, 0])
            judged = within(case.disposed_at) and case.on_time is not None
            for place, true in enumerate((within(case.dispatched_at), judged, judged and case.on_time)):
                week[place] += bool(true)
        if within(case.opened_at) and case.road_name:
            road = roads.setdefault((case.subdistrict_id, case.road_name), [0, 0])
            road[0] += 1
            road[1] += case.repeat
    assert {row.unit_id: [row.received, row.judged, row.kept] for row in day_figures.units_of_week(acting, last)} == units
    found = day_figures.roads_of_week(acting, last)
    assert {(row.subdistrict_id, row.road): [row.cases, row.repeats] for row in found} == roads and roads
    for street in found:
        assert day_figures.on_road(acting, last, street.road, street.subdistrict_id).count() == street.cases
    for unit_id, (_received, ended, _kept) in units.items():
        assert day_figures.judged_of_unit(acting, last, unit_id).count() == ended


def test_late_cases_by_unit_and_area_and_a_week_ago_equal_a_walk_over_the_cases(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        cases = [paths.dispatched(desk, city) for _number in range(3)] + [paths.filed(desk, city)]
        ended = paths.dispatched(desk, city)
    with clock.travel(WORKDAY + 30 * DAY):
        paths.fed_back(desk, ended)
        paths.to_check(desk, ended)
        paths.checked(desk, ended)
        desk("seat_agent").done(ended, "close")
    acting = city.acting("leader")
    at = WORKDAY + 31 * DAY
    with clock.travel(at):
        late = day_figures.late(acting, at)
    due = {case.pk: case.due_at for case in Case.objects.filter(pk__in=cases)}
    assert all(one is not None and one < at for one in due.values())
    assert late.total == 4 == sum(late.areas.values())
    assert [(row.unit_id, row.count) for row in late.units] == [(city.acting("clerk").unit_id, 3), (None, 1)]
    assert late.units[0].oldest_id == min((due[int(pk)], int(pk)) for pk in cases[:3])[1]
    assert day_figures.overdue_then(acting, WORKDAY + 29 * DAY) == 5, "the closed one was late then"
    assert day_figures.overdue_then(acting, WORKDAY - DAY) == 0


# --- rules by second, naive implementations ---

COUNTS = st.integers(0, 3000)


CODES = st.sampled_from(["closed", "on_time", "reworked", "overdue", "reported"])


@given(COUNTS, COUNTS, COUNTS, COUNTS, CODES)
def test_a_change_is_the_difference_of_what_is_printed(part: int, more: int, before: int, before_more: int, code: str) -> None:
    rate = code in ("on_time", "reworked")
    one = Figure(code, part, part + more if rate else None, before, before + before_more if rate else None)
    if "—" in (one.number, one.before):
        assert one.change == one.verdict == ""
        return
    difference = round(float(one.number) - float(one.before), 1)
    sign = {"高": 1, "多": 1, "低": -1, "少": -1}.get(one.change[0], 0)
    assert sign * float(one.change[1:] if sign else 0) == pytest.approx(difference)
    bad = {"closed": difference < 0, "on_time": difference < 0, "reworked": difference > 0, "overdue": difference > 0}.get(code)
    expected = "" if bad is None or not difference else ("worse" if bad else "better")
    assert one.verdict == expected


def _unit(number: int, received: int, judged: int, kept: int) -> UnitWeek:
    return UnitWeek(number, f"单位{number}", received, judged, min(judged, kept))


UNITS = st.lists(st.builds(_unit, st.integers(1, 9), *[st.integers(0, 60)] * 3), max_size=8)


@given(UNITS, st.integers(1, 40))
def test_the_worst_unit_has_nobody_below_it(rows: list[UnitWeek], least: int) -> None:
    found = day_rules.worst_unit(rows, least)
    compared = [one for one in rows if one.received >= least and one.judged > 0]
    assert (found is None) == (not compared)
    if found is not None:
        assert found in compared and all(found.kept * one.judged <= one.kept * found.judged for one in compared)


@given(st.lists(st.builds(RoadWeek, st.just(1), st.just("街"), st.sampled_from("甲乙丙丁"), COUNTS, st.integers(0, 4)), max_size=8))
def test_the_worst_roads_stand_by_their_repeats(rows: list[RoadWeek]) -> None:
    found = day_rules.worst_roads(rows, 2)
    assert [one.repeats for one in found] == sorted((one.repeats for one in rows if one.repeats), reverse=True)[:2]


WORDS = st.text("东门大街号井盖缺失路口院内", max_size=40)
PROBLEMS, NAMES, PHONES = (st.sampled_from(one) for one in (["井盖缺失", "路面塌陷"], ["", "王强"], ["", "5550-0127"]))
DANGERS = st.none() | st.builds(Danger, WORDS, PROBLEMS, NAMES, PHONES)


@given(st.integers(0, 99_999), st.integers(0, 999), st.lists(st.tuples(WORDS.filter(bool), st.integers(1, 99)), max_size=3), DANGERS)
def test_the_text_never_has_more_than_seventy_characters_and_always_the_figures(
    count: int, late: int, units: list[tuple[str, int]], danger: Danger | None
) -> None:  # fmt: skip
    day = DayCounts(count, count, count, count, count // 2, 0)
    figures = day_rules.six(day, day, late, late)
    said = day_rules.text(figures, units, danger)
    assert len(said) <= 70 and said.startswith(f"昨日上报{count}立案{count}结案{count}") and f"超期{late}件" in said
    if danger is not None and said.endswith(danger.phone) and danger.phone:
        assert danger.place in said, "a telephone never stands where the place was cut"


def test_the_text_of_the_picture_of_the_daily_sheet() -> None:
    day, before = DayCounts(512, 463, 447, 480, 460, 11), DayCounts(498, 455, 460, 500, 482, 10)
    danger = Danger("东门大街46号", "井盖缺失", "王强", "5550-0127")
    said = day_rules.text(day_rules.six(day, before, 27, 22), [("园林所", 9), ("市政所", 6), ("执法大队", 4)], danger)
    head = "昨日上报512立案463结案447，按期率95.8%低0.6；超期27件"
    assert said == f"{head}，园林所9；东门大街46号井盖缺失未除，王强5550-0127" and len(said) <= 70, "two units would be 72"
    assert day_rules.text(day_rules.six(day, before, 27, 22), [("园林所", 9), ("市政所", 6)], None) == f"{head}，园林所9市政所6"


def test_a_text_without_room_for_the_figures_is_a_fault() -> None:
    with pytest.raises(ValueError, match="too few"):
        day_rules.text(day_rules.six(DayCounts(), DayCounts(), 0, 0), [], None, most=5)
