"""Figures of the ledger: 缓办 and 剔除考核 leave the denominators, 推诿 is counted per unit, each figure says what it counts.

Case-rules 11, 14, 16, 22, 25.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.api.test_requests import ask_back, received, request_of, until
from tests.cases.test_call_first import called
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.cases import duty_figures, ledger, ledger_figures
from urbangrid.cases.ledger_figures import BackRow, Figures, Rate, figures, passing_on
from urbangrid.cases.models import Case
from urbangrid.cases.search import Asked
from urbangrid.core import clock

DAY = timedelta(days=1)


def _month(city: City, who: str = "duty_director") -> Asked:
    _named, since, until_ = ledger.month_of(city.acting(who), "2026-11")
    return Asked(since=since, until=until_)


def _sums(city: City, who: str = "duty_director") -> Figures:
    return figures(city.acting(who), _month(city, who))


def _closed(desk: At, case: str) -> None:
    desk("clerk").done(case, "feedback", text="已修补", handled_by="何建", files=[desk("clerk").send_photo("black")])
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")


def test_what_was_deferred_and_what_an_appeal_excluded_leave_the_rate_and_stay_in_the_raw_one(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        good, late, put_off = (received(desk, city) for _number in range(3))
        _closed(desk, good)
        desk("clerk").done(put_off, "ask_deferral", reason="other", note="冬季不能施工", until=until(20))
        desk("command_director").done(put_off, "agree", request=request_of(desk("clerk"), put_off))
    with clock.travel(WORKDAY + 12 * DAY):
        _closed(desk, late)
        assert Case.objects.get(pk=late).on_time is False
        before = _sums(city)
        assert (before.on_time, before.net) == (Rate(1, 2), Rate(1, 2))
        assert (before.deferred, before.excluded, before.closing, before.closing_net) == (1, 0, Rate(2, 3), Rate(2, 2))
        desk("clerk").done(late, "ask_appeal", reason="objective", note="连日暴雨", subject="lateness")
        desk("coordinator").done(late, "agree", request=request_of(desk("clerk"), late), excluded=True)
        after = _sums(city)
        assert (after.on_time, after.on_time.percent) == (Rate(1, 2), "50.0"), "the fact stays"
        assert (after.net, after.net.percent, after.excluded) == (Rate(1, 1), "100.0", 1)
        rows = list(ledger.lines([int(one) for one in (good, late, put_off)], clock.now()))
        titles = [title for title, _width in ledger.head(())]
        told = [dict(zip(titles, ledger.cells(row, ()), strict=True)) for row in rows]
        marks = [(one["是否按期"], one["缓办"], one["剔除考核"]) for one in told]
        assert marks == [("按期", "", ""), ("超时", "", "剔除"), ("", "缓办", "")]


def test_an_appeal_that_is_granted_without_exclusion_changes_no_rate(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        _closed(desk, case)
        desk("clerk").done(case, "ask_appeal", reason="objective", note="派错了", subject="dispatch")
        desk("coordinator").done(case, "agree", request=request_of(desk("clerk"), case))
        assert (_sums(city).excluded, _sums(city).net) == (0, Rate(1, 1))


def test_refused_send_backs_are_counted_as_passing_the_buck_per_unit_and_the_unit_sees_its_own_line(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("dispatcher").done(case, "disagree", request=ask_back(desk, "clerk", case), reason="other", note="就是贵所的")
        other = received(desk, city)
        desk("dispatcher").done(other, "agree", request=ask_back(desk, "clerk", other))
        desk("dispatcher").done(other, "dispatch", unit_id=str(desk("other_clerk").who.unit_id), reason="agreed", opinion="请办")
        asked = ask_back(desk, "other_clerk", other)
        desk("command_director").done(other, "disagree", request=asked, reason="other", note="归园林")
        mine, theirs = city.acting("clerk").unit_id, city.acting("other_clerk").unit_id
        rows = passing_on(city.acting("duty_director"), _month(city))
        assert {row.unit_id: (row.asked, row.granted, row.refused, row.again) for row in rows} == {mine: (2, 1, 1, 0), theirs: (1, 0, 1, 1)}
        assert [row.unit_id for row in passing_on(city.acting("clerk"), _month(city, "clerk"))] == [mine]
        classes = duty_figures.figures(city.acting("dispatcher"), WORKDAY - DAY, WORKDAY + DAY)
        assert {one.unit_id: (one.chosen, one.returned, one.refused) for one in classes[0].units} == {mine: (2, 1, 1), theirs: (1, 0, 1)}


def test_the_ledger_counts_what_was_called_out_first_and_prints_what_each_figure_counts(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        in_time, open_yet = called(desk, city), called(desk, city)
        desk("seat_agent").done(in_time, "file")
        assert _sums(city).called == Rate(1, 2)
        case = received(desk, city)
        desk("dispatcher").done(case, "disagree", request=ask_back(desk, "clerk", case), reason="other", note="就是贵所的")
        page = enter(Client(), city, "duty_director").get(reverse("workbench:ledger"), {"month": "2026-11"}).content.decode()
    assert Case.objects.get(pk=open_yet).called_on_time is None
    for word, basis in ledger_figures.BASES.values():
        assert str(word) in page and str(basis) in page, word
    assert "1/2" in page and "回退与推诿" in page and str(ledger_figures.BACK_BASIS) in page


@given(part=st.integers(0, 500), more=st.integers(0, 500))
def test_a_rate_is_part_of_whole_to_one_place_and_none_of_nothing(part: int, more: int) -> None:
    found = Rate(part, part + more).percent
    assert found == "—" if part + more == 0 else abs(float(found) - 100 * part / (part + more)) <= 0.05 + 1e-9


ROWS = st.lists(st.builds(BackRow, st.integers(1, 9), st.sampled_from("甲乙丙"), *[st.integers(0, 3)] * 4), max_size=6)


@given(rows=ROWS)
def test_the_unit_that_was_refused_most_stands_first(rows: list[BackRow]) -> None:
    found = ledger_figures.in_order(rows)
    assert sorted(map(repr, found)) == sorted(map(repr, rows))
    for one, two in pairwise(found):
        assert one.refused > two.refused or (one.refused == two.refused and one.asked >= two.asked)
