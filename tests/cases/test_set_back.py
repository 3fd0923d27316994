"""The machine's clock was set back a day: work goes on, each case keeps the order of its time, and the record says so."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.cases import clocks, deadlines, upkeep
from urbangrid.cases.actions.claiming import IDLE
from urbangrid.cases.models import CaseRecord, Clock, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.core.errors import Refusal

DAY = timedelta(days=1)


def set_back() -> AbstractContextManager[None]:
    """In the block the clock shows a day earlier, and runs."""
    return clock.travel(clock.now() - DAY, frozen=False)


def times(case: str) -> list[tuple[str, int]]:
    """Action and how far the clock was behind, in whole hours, of each record; they must stand in the order of their time."""
    records = list(CaseRecord.objects.filter(case_id=int(case)).order_by("seq"))
    assert [one.at for one in records] == sorted(one.at for one in records)
    behind = [json.loads(one.body)["inputs"].get("clock_behind_seconds", 0) for one in records]
    return [(one.action, round(seconds / 3600)) for one, seconds in zip(records, behind, strict=True)]


def test_the_next_steps_are_dated_at_the_last_one_and_say_how_far_the_clock_was_behind(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    with set_back():
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        paths.checked(desk, case)
        assert desk("seat_agent").done(case, "close")["state"] == "closed"
    told = times(case)
    assert [hours for _action, hours in told] == [0, 0, 0, 0, 24, 24, 24, 24, 24, 24]
    assert verify_case(int(case)) == []


def test_meanwhile_no_limit_is_used_up_and_afterwards_it_runs_on(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    with set_back():
        desk("clerk").done(case, "receive")
    row = Clock.objects.get(case_id=int(case), kind="unit", ended_at=None)
    state = clocks.state_of(row, city.platform.pk, city.acting("clerk").zone)
    assert deadlines.consumed_at(state, clock.now()) < 60
    desk("clerk").done(case, "feedback", text="已修补", files=[desk("clerk").send_photo("black")])
    assert [hours for _action, hours in times(case)][-1] == 0, "the right clock is not behind"


def test_a_report_that_came_in_before_is_accepted_or_refused_at_its_own_time(desk: At, city: City) -> None:
    first, second = paths.report(desk, city)["report_id"], paths.report(desk, city)["report_id"]
    with set_back():
        case = paths.accept(desk, first)
        refused = desk("seat_agent").post(f"/reports/{second}/refuse", {"reason": "below_condition"})
        assert refused.status == 200, refused.body
    assert times(case) == [("accept", 24)]
    item = WorkItem.objects.get(report_id=int(second))
    assert item.closed_at is not None and item.closed_at >= item.opened_at


def test_a_correction_of_the_place_alone_is_kept_before_what_follows(desk: At, city: City) -> None:
    """It moves no clock and opens no work: its record alone has its time."""
    case = paths.dispatched(desk, city)
    with clock.travel(clock.now() + DAY):
        desk("duty_director").done(case, "correct", reason="place", place_text="大柳树路北侧")
    desk("clerk").done(case, "receive")
    assert times(case)[-2:] == [("correct", 0), ("receive", 24)]


def test_a_claim_of_the_future_returns_to_the_pool_ten_minutes_from_now(desk: At, city: City) -> None:
    paths.report(desk, city)
    taken = desk("seat_agent").post("/queues/accept/next")
    assert taken.status == 200
    with set_back():
        upkeep.return_idle_claims()
        with clock.travel(clock.now() + IDLE + timedelta(seconds=1)):
            upkeep.return_idle_claims()
    assert not WorkItem.objects.filter(claimed_by__isnull=False).exists()


def test_a_move_before_the_last_one_is_refused_in_words_where_somebody_should_try(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    row = Clock.objects.get(case_id=int(case), kind="unit", ended_at=None)
    with pytest.raises(Refusal) as refused:
        clocks.move(row, city.platform.pk, city.acting("clerk").zone, lambda state: deadlines.end(state, clock.now() - DAY))
    assert (refused.value.code, refused.value.status) == ("clock_set_back", 503)
    assert "校准时钟" in refused.value.sentence()
