"""What a process sets: who may check (case-rules 19), and the moment at which a case is judged (case-rules 1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.api.test_requests import request_of
from tests.cases.test_process_life import changed, publish
from tests.support.city import WORKDAY, City
from urbangrid.cases import judging, ledger, today, verification
from urbangrid.cases.definitions.simulating import Simulator
from urbangrid.cases.models import Case, CaseRecord, Clock
from urbangrid.core import clock


def _set(city: City, **settings: Any) -> None:
    """A new version of the process with other settings, which cases follow that are opened from now on."""
    definition = changed(city)
    publish(city, definition | {"settings": definition["settings"] | settings})


def _hours(hours: float) -> datetime:
    return WORKDAY + timedelta(hours=hours)


@pytest.mark.parametrize(("by_another", "who"), [(True, "second_inspector"), (False, "inspector")])
def test_who_reported_checks_her_own_find_only_where_the_process_lets_her(city: City, desk: At, by_another: bool, who: str) -> None:
    """The reporter has the cell, her colleague the community: she is the nearest."""
    with clock.travel(WORKDAY):
        _set(city, check_by_another=by_another)
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        assert paths.checker(desk, case) == who


def _closed_late(desk: At, city: City) -> str:
    """Fed back in time, checked and closed long after the unit's limit."""
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
    with clock.travel(WORKDAY + timedelta(days=40)):
        paths.to_check(desk, case)
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
    return case


@pytest.mark.parametrize(("moment", "kept", "kind"), [("feedback", True, "normal"), ("closing", False, "overdue")])
def test_a_slow_check_is_the_units_lateness_only_where_closing_decides(city: City, desk: At, moment: str, kept: bool, kind: str) -> None:
    with clock.travel(WORKDAY):
        _set(city, judged_by=moment)
    number = _closed_late(desk, city)
    case = Case.objects.get(pk=number)
    assert (case.on_time, case.closing_kind) == (kept, kind)
    assert Clock.objects.get(case=case, kind="unit").on_time is True, "its own clock stood from the feedback on"
    assert ('"judged_by":"closing"' in CaseRecord.objects.get(case=case, action="close").body) is (moment == "closing")
    assert verification.verify_case(case.pk) == []


def test_where_closing_decides_nothing_is_judged_before_and_a_reopened_case_again_at_its_next_end(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        _set(city, judged_by="closing")
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        assert desk("dispatcher").get(f"/cases/{case}").body["on_time"] is None
        paths.to_check(desk, case)
        desk("duty_director").done(case, "correct", urgent=True, reason="other", note="群众反映强烈")
        assert Case.objects.get(pk=case).on_time is None, "a correction judges nothing before the end"
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        assert Case.objects.get(pk=case).on_time is True
    with clock.travel(_hours(1)):
        desk("seat_agent").done(case, "ask_reopen", reason="remains", note="又塌陷")
        desk("head").done(case, "agree", request=request_of(desk("head"), case))
        assert Case.objects.get(pk=case).on_time is None
    with clock.travel(WORKDAY + timedelta(days=60)):
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
    with clock.travel(WORKDAY + timedelta(days=100)):
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        assert Case.objects.get(pk=case).on_time is False, "its second attempt paid for the check"
    assert verification.verify_case(int(case)) == []


def test_a_case_that_comes_out_of_a_merger_is_not_late_for_the_days_it_was_gone(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        _set(city, judged_by="closing")
        main, case = paths.dispatched(desk, city), paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        desk("duty_director").done(case, "merge", main=main, reason="same_matter", note="同一处")
    with clock.travel(WORKDAY + timedelta(days=40)):
        desk("duty_director").done(case, "unmerge", reason="not_same")
        paths.to_check(desk, case)
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        assert Case.objects.get(pk=case).on_time is True


def test_board_and_ledger_say_which_moment_counts_and_count_by_it(city: City, desk: At) -> None:
    director = desk("duty_director").who
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        found = today.figures(director, 0)
        assert (found.judged, found.moment) == (1, "按反馈时刻计期")
        assert "按期指反馈时" in ledger.basis(city.platform.pk) and "结案时" not in ledger.basis(city.platform.pk)
        _set(city, judged_by="closing")
        other = paths.dispatched(desk, city)
        paths.fed_back(desk, other)
        assert (today.figures(director, 0).judged, today.figures(director, 0).rate) == (1, 100.0)
        paths.to_check(desk, other)
        paths.checked(desk, other)
        desk("seat_agent").done(other, "close")
        found = today.figures(director, 0)
        assert (found.judged, found.moment) == (2, "按反馈时刻计期、按结案时刻计期（随案件的流程版本）")
        assert all(str(words) in ledger.basis(city.platform.pk) for words in judging.BASES.values())


def test_a_draft_that_judges_by_closing_shows_what_a_slow_check_would_have_cost(city: City, desk: At) -> None:
    _closed_late(desk, city)
    definition = changed(city)
    with clock.travel(WORKDAY + timedelta(days=41)):
        for moment, kept in (("feedback", 1), ("closing", 0)):
            draft = definition | {"settings": definition["settings"] | {"judged_by": moment}}
            simulator = Simulator(city.platform.pk, draft)
            simulator.since = WORKDAY - timedelta(days=1)
            tally = simulator.run().stages["dispose"]
            assert (tally.kept_before, tally.kept_after, tally.judged_after) == (1, kept, 1)
