"""统计报表 counted a second time by hand: every row and figure, the list behind each, and the same truth as weekly table and ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cases.plan_makers import classes
from tests.support.city import WORKDAY, City
from urbangrid.cases import area_tables, ledger_figures, processes, search, statistic_periods, statistic_tables
from urbangrid.cases.area_tables import Period, TableAsked
from urbangrid.cases.models import Case, CaseAccess
from urbangrid.cases.statistic_periods import Choice, choose
from urbangrid.cases.statistic_rows import DIMENSIONS
from urbangrid.cases.statistic_tables import FIGURES, Asked, Table, Tally
from urbangrid.catalog import queries as catalog
from urbangrid.grids.models import Division, UnitGrid
from urbangrid.organizations.acting import Acting

AT = WORKDAY + timedelta(days=1)
"""Saturday 09:40 in the city."""
TODAY = date(2026, 11, 21)
HOUR = timedelta(hours=1)
LOOKING = ("leader", "subdistrict_officer", "clerk")
"""Who looks: the centre, an office, a unit."""


def asked(name: str = "month", by: str = "day", **only: str) -> Asked:
    return Asked(choose(name, None, None, TODAY, 1), AT, by, only=only)


@dataclass(frozen=True)
class Made:
    """A case with who may read it, as the test knows it."""

    case: Case
    border: bool


def made_cases(city: City) -> st.SearchStrategy[list[Made]]:
    """Up to fifteen cases of two months: with and without place, class, unit; filed, closed, late, judged; confidential, on the border."""
    process_id = processes.in_force(city.platform.pk)[0].pk
    places: list[Any] = [None, *Division.objects.filter(level="community").defer("geom")]
    units = [None, city.acting("clerk").unit_id, city.acting("company_clerk").unit_id]
    kinds: list[Any] = [(None, None), *classes(city)]
    cells = {cell.community_id: cell.pk for cell in UnitGrid.objects.filter(community__isnull=False).defer("geom")}

    def make(place: Any, kind: Any, unit: int | None, hours: int, ends: tuple[int, ...], marks: tuple[bool, ...]) -> Made:
        opened = AT - hours * HOUR
        filed, closed, due, disposed = (None if one > 500 else opened + one * HOUR for one in ends)
        confidential, border, kept, public = marks
        case = Case(
            platform=city.platform, process_id=process_id, state="closed" if closed else "to_dispatch", opened_at=opened,
            source="hotline" if public else "inspector", source_class="public" if public else "inspector", category_id=kind[0],
            condition_id=kind[1], community_id=place and place.pk, subdistrict_id=place and place.parent_id, district=city.district,
            cell_id=place and cells.get(place.pk), handler_unit_id=unit, filed_at=filed, closed_at=closed, due_at=due, disposed_at=disposed,
            on_time=kept if disposed else None, confidential=confidential and border,
        )  # fmt: skip
        return Made(case, border)

    hour = st.integers(1, 900)
    one = st.builds(
        make, st.sampled_from(places), st.sampled_from(kinds), st.sampled_from(units), st.integers(0, 55 * 24),
        st.tuples(hour, hour, hour, hour), st.tuples(*[st.booleans()] * 4),
    )  # fmt: skip
    return st.lists(one, max_size=15)


def put(city: City, made: list[Made]) -> None:
    """Into the tables, with the rights that the actions would have written."""
    Case.objects.all().delete()
    Case.objects.bulk_create([one.case for one in made])
    rows = []
    for one in made:
        for division in {one.case.community_id, one.case.subdistrict_id, one.case.district_id} - {None}:
            rows.append(CaseAccess(case=one.case, division_id=division, since=AT, why="area"))
        if one.border and one.case.subdistrict_id != city.west_street.pk:
            rows.append(CaseAccess(case=one.case, division_id=city.west_street.pk, since=AT, why="border"))
        if one.case.handler_unit_id:
            rows.append(CaseAccess(case=one.case, unit_id=one.case.handler_unit_id, since=AT, why="handler"))
    CaseAccess.objects.bulk_create(rows)


def counted_for(city: City, who: str, made: list[Made]) -> list[Case]:
    """Whose figures the cases are in: said in plain words, not in the words of the database."""
    about: Callable[[Case], bool] = {
        "leader": lambda _case: True,
        "subdistrict_officer": lambda case: case.subdistrict_id == city.west_street.pk,
        "clerk": lambda case: case.handler_unit_id == city.acting("clerk").unit_id,
    }[who]
    return [one.case for one in made if not one.case.confidential and about(one.case)]


def key_by_hand(case: Case, by: str, acting: Acting) -> str:
    option = catalog.category(case.category_id) if case.category_id else None
    known: dict[str, Any] = {
        "subdistrict": case.subdistrict_id, "community": case.community_id, "cell": case.cell and case.cell.code,
        "major": option and f"{option.kind}-{option.major_code}", "minor": case.category_id, "source": case.source,
        "unit": case.handler_unit_id, "state": case.state, "day": case.opened_at.astimezone(acting.zone).date().isoformat(),
    }  # fmt: skip
    return str(known[by] or "none")


def figures_by_hand(case: Case, at: datetime) -> Iterator[str]:
    yield "total"
    closed = case.closed_at is not None and case.closed_at < at
    yield "closed" if closed else "open"
    if case.filed_at is not None and case.filed_at < at:
        yield "filed"
    if not closed and case.due_at is not None and case.due_at < at:
        yield "late"
    if case.on_time is not None and case.disposed_at is not None and case.disposed_at < at:
        yield "kept" if case.on_time else "missed"


def by_hand(cases: list[Case], first: datetime, until: datetime, at: datetime, name: Callable[[Case], str]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for case in cases:
        if first <= case.opened_at < until and case.opened_at < at:
            found.update((name(case), figure) for figure in figures_by_hand(case, at))
    return found


def told(table: Table, which: str) -> Counter[tuple[str, str]]:
    found = {(row.label.key, name): getattr(getattr(row, which), name) for row in table.rows for name in FIGURES}
    return Counter({key: n for key, n in found.items() if n})


def month(acting: Acting, number: int) -> tuple[datetime, datetime]:
    return tuple(datetime.combine(date(2026, one, 1), time.min, acting.zone) for one in (number, number + 1))  # type: ignore[return-value]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_figure_equals_a_count_by_hand_and_the_list_behind_it(city: City, data: st.DataObject) -> None:
    made = data.draw(made_cases(city))
    who, by = data.draw(st.sampled_from(LOOKING)), data.draw(st.sampled_from(list(DIMENSIONS)))
    put(city, made)
    acting, question = city.acting(who), asked(by=by)
    found, mine = statistic_tables.table(acting, question), counted_for(city, who, made)
    (first, until), (first_before, until_before) = month(acting, 11), month(acting, 10)
    then = first_before + (AT - first)
    assert told(found, "now") == by_hand(mine, first, until, AT, lambda case: key_by_hand(case, by, acting))
    if by != "day":
        assert told(found, "before") == by_hand(mine, first_before, until_before, then, lambda case: key_by_hand(case, by, acting))
    whole = by_hand(mine, first, until, AT, lambda _case: "")
    assert {name: getattr(found.sum.now, name) for name in FIGURES} == {name: whole["", name] for name in FIGURES}, "rows add up"
    earlier = by_hand(mine, first_before, until_before, then, lambda _case: "")
    assert {name: getattr(found.sum.before, name) for name in FIGURES} == {name: earlier["", name] for name in FIGURES}
    for row in found.rows:
        name = data.draw(st.sampled_from(list(FIGURES)))
        one = replace(question, only={by: row.label.key})
        assert statistic_tables.cases(acting, one, name).count() == getattr(row.now, name), (row.label, name)
        one = replace(question, only={by: statistic_tables.key_before(row, question)})
        assert statistic_tables.cases(acting, one, name, before=True).count() == getattr(row.before, name), (row.label, name)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_statistics_weekly_table_and_ledger_are_one_truth(city: City, data: st.DataObject) -> None:
    put(city, data.draw(made_cases(city)))
    leader, officer = city.acting("leader"), city.acting("subdistrict_officer")
    street, period = city.west_street.pk, Period(date(2026, 11, 1), date(2026, 11, 30))
    weekly = area_tables.table(city.platform.pk, leader.zone, TableAsked(street, period), AT)
    centre = statistic_tables.table(leader, asked(by="community", subdistrict=str(street)))
    office = statistic_tables.table(officer, asked(by="community"))
    assert centre.rows == office.rows and centre.sum == office.sum
    assert {row.name: (row.total, row.closed, row.late) for row in weekly.rows if row.total} == {
        row.label.name: (row.now.total, row.now.closed, row.now.late) for row in centre.rows if row.now.total
    }
    first, until = month(leader, 11)
    sums = ledger_figures.figures(leader, search.Asked(since=first, until=until))
    whole = statistic_tables.table(leader, replace(asked(by="source"), at=AT + 2000 * HOUR)).sum.now
    assert (whole.total, whole.filed, whole.closed, whole.rate) == (sums.total, sums.filed, sums.closed, sums.on_time)


def test_a_running_month_is_compared_with_the_same_stretch_of_the_month_before(city: City) -> None:
    zone = city.acting("leader").zone
    choice = choose("month", None, None, TODAY, 1)
    now = statistic_periods.stretch(choice.period, zone, AT)
    then = statistic_periods.earlier(choice.period, choice.before, zone, AT)
    assert (now.until, then.since.date(), then.until) == (AT, date(2026, 10, 1), AT - timedelta(days=31))
    whole = choose("last_month", None, None, TODAY, 1)
    then = statistic_periods.earlier(whole.period, whole.before, zone, AT)
    assert (then.since.date(), then.until) == (date(2026, 9, 1), whole.period.since(zone)), "a finished month with a whole one"
    assert then.at == AT - timedelta(days=30), "judged when it was as old"


def test_periods_are_read_from_the_address_and_nonsense_is_the_running_month() -> None:
    def days(name: str, first: date | None = None, last: date | None = None, begins: int = 1) -> tuple[Period, Period]:
        found: Choice = choose(name, first, last, TODAY, begins)
        return found.period, found.before

    november, october = Period(date(2026, 11, 1), date(2026, 11, 30)), Period(date(2026, 10, 1), date(2026, 10, 31))
    assert days("month") == days("") == days("own") == days("own", TODAY, date(2026, 11, 1)) == (november, october)
    assert days("own", date(2020, 1, 1), TODAY) == (november, october), "longer than a year"
    assert days("week") == (Period(date(2026, 11, 15), TODAY), Period(date(2026, 11, 8), date(2026, 11, 14)))
    assert days("own", date(2026, 11, 3), date(2026, 11, 5)) == (
        Period(date(2026, 11, 3), date(2026, 11, 5)), Period(date(2026, 10, 31), date(2026, 11, 2)),
    )  # fmt: skip
    assert days("month", begins=26)[0] == Period(date(2026, 10, 26), date(2026, 11, 25)), "an assessment month"


@settings(max_examples=60, deadline=None)
@given(first=st.dates(date(2001, 1, 1), date(2090, 1, 1)), length=st.integers(1, 366), day=st.dates(date(2001, 2, 1), date(2090, 1, 1)))
def test_the_period_before_ends_where_the_period_begins(first: date, length: int, day: date) -> None:
    last = first + timedelta(days=length - 1)
    for found in (choose("own", first, last, day, 1), *(choose(name, None, None, day, begins) for name in ("month", "last_month", "week")
                                                       for begins in (1, 26))):  # fmt: skip
        assert found.before.last + timedelta(days=1) == found.period.first
        assert found.before.first <= found.before.last and found.period.first <= found.period.last


def test_a_key_that_cannot_be_read_finds_nothing_instead_of_everything(city: City) -> None:
    put(city, [])
    for code in DIMENSIONS:
        for key in ("x", "none", "9" * 30, "2026-99-99"):
            assert statistic_tables.cases(city.acting("leader"), asked(by="day", **{code: key}), "total").count() == 0
    assert Tally(1, kept=1) + Tally(2, missed=1) == Tally(3, kept=1, missed=1)
