"""Two-limit cases: 先期围护 in 紧急工作时 beside the repair (case-rules §1, golden table: missing cover)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import WORKDAY, City
from urbangrid.cases import clocks, deadlines
from urbangrid.cases.models import Case, Clock, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock

COVER = "上水井盖"


def _missing_cover(desk: At, city: City, *, problem: str = "缺失移位") -> str:
    chosen = city.category(COVER)
    condition = next(one.id for one in catalog.conditions_of(chosen.id, city.platform.pk) if one.problem == problem)
    report = paths.report(desk, city, category_id=str(chosen.id), condition_id=str(condition))
    case = paths.accept(desk, report["report_id"], "file")
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="先围护", reason="agreed")
    return case


def _fenced(desk: At, case: str, **more: Any) -> dict[str, Any]:
    return desk("clerk").done(case, "fence", files=[desk("clerk").send_photo("orange")], text="已围护", **more)


def _clock(case: str, kind: str) -> Clock:
    return Clock.objects.get(case_id=case, kind=kind, **({} if kind != "stage" else {"stage": "receive"}))


def _state(row: Clock, city: City) -> deadlines.ClockState:
    return clocks.state_of(row, city.platform.pk, city.platform.zone)


def test_the_fence_runs_beside_the_repair_and_its_photo_ends_its_own_clock_alone(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _missing_cover(desk, city)
        assert set(WorkItem.objects.filter(case_id=case, closed_at=None).values_list("kind", flat=True)) == {"receive", "fence"}
        row = _clock(case, "fence")
        assert row.limit_seconds == 3600
        assert row.due_at == WORKDAY + timedelta(hours=1)
        assert row.due_at == deadlines.due_at(_state(row, city))
    with clock.travel(WORKDAY + timedelta(minutes=50)):
        shown = {one["kind"]: one["light"]["light"] for one in desk("clerk").get(f"/cases/{case}").body["clocks"]}
        assert (shown["fence"], shown["unit"]) == ("amber", "green")  # two lights side by side
        done = _fenced(desk, case)
        assert done["state"] == "to_receive"
    fence, unit = _clock(case, "fence"), _clock(case, "unit")
    assert (fence.on_time, fence.ended_at) == (True, WORKDAY + timedelta(minutes=50))
    assert unit.ended_at is None
    seen = desk("seat_agent").get(f"/cases/{case}").body
    assert [one["seconds"] for one in next(c for c in seen["clocks"] if c["kind"] == "fence")["stretches"]] == [3000]
    assert "fence" in {one["role"] for one in seen["photos"]} and seen["fenced_at"]
    assert verify_case(int(case)) == []


def test_no_feedback_before_the_fence_and_afterwards_the_case_goes_its_way_to_closing(desk: At, city: City) -> None:
    case = _missing_cover(desk, city)
    clerk = desk("clerk")
    clerk.done(case, "receive")
    early = clerk.act(case, "feedback", text="已换盖", files=[clerk.send_photo("black")])
    assert (early.status, early.code) == (409, "fence_first")
    assert "先期围护" in early.body["sentence"]
    why = {move["action"]: move["why_not"] for move in clerk.get(f"/cases/{case}/moves").body["moves"]}
    assert why["feedback"] and why["fence"] == ""
    bare = clerk.act(case, "fence", text="围好了")
    assert (bare.status, bare.code) == (422, "photos_missing")
    assert desk("other_clerk").act(case, "fence", files=[desk("other_clerk").send_photo()]).status == 404
    _fenced(desk, case)
    assert clerk.act(case, "fence", files=[clerk.send_photo("red")]).code == "fence_not_due"
    clerk.done(case, "feedback", text="已换盖", files=[clerk.send_photo("black")])
    desk("dispatcher").done(case, "rework", reason="other", note="没盖平")
    clerk.done(case, "feedback", text="已重盖", files=[clerk.send_photo("blue")])  # rework asks for no second fence
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    assert not Clock.objects.filter(case_id=case, ended_at=None).exists()
    assert verify_case(int(case)) == []


def test_a_fence_that_comes_late_is_late_though_the_repair_is_in_time(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _missing_cover(desk, city)
    with clock.travel(WORKDAY + timedelta(minutes=61)):
        _fenced(desk, case)
        desk("clerk").done(case, "receive")
        desk("clerk").done(case, "feedback", text="已换盖", files=[desk("clerk").send_photo("black")])
    assert _clock(case, "fence").on_time is False
    assert WorkItem.objects.get(case_id=case, kind="fence").on_time is False
    assert Case.objects.get(pk=case).on_time is True


def test_a_condition_without_a_fence_starts_none(desk: At, city: City) -> None:
    case = _missing_cover(desk, city, problem="破损")
    assert not Clock.objects.filter(case_id=case, kind="fence").exists()
    assert desk("clerk").act(case, "fence", files=[desk("clerk").send_photo()]).code == "fence_not_due"


def test_correcting_the_condition_ends_a_fence_no_longer_asked_for_and_begins_one_from_the_dispatch(desk: At, city: City) -> None:
    chosen = city.category(COVER)
    ids = {one.problem: str(one.id) for one in catalog.conditions_of(chosen.id, city.platform.pk)}
    with clock.travel(WORKDAY):
        case = _missing_cover(desk, city, problem="破损")
    with clock.travel(WORKDAY + timedelta(minutes=20)):
        desk("duty_director").done(case, "correct", reason="other", note="盖子没了", condition_id=ids["缺失移位"])
        row = _clock(case, "fence")
        assert (row.due_at, _state(row, city).started_at) == (WORKDAY + timedelta(hours=1), WORKDAY)
        assert WorkItem.objects.get(case_id=case, kind="fence", closed_at=None).unit_id == desk("clerk").who.unit_id
        desk("duty_director").done(case, "correct", reason="other", note="只是破损", condition_id=ids["破损"])
    assert not WorkItem.objects.filter(case_id=case, kind="fence", closed_at=None).exists()
    assert not Clock.objects.filter(case_id=case, kind="fence", ended_at=None).exists()
    assert verify_case(int(case)) == []


@pytest.mark.parametrize("action", ["void", "merge", "withdraw", "recall"])
def test_whatever_ends_or_takes_back_the_dispatch_ends_the_fence(desk: At, city: City, action: str) -> None:
    case = _missing_cover(desk, city)
    if action == "void":
        desk("duty_director").done(case, "void", reason="other", note="误报")
    elif action == "merge":
        desk("duty_director").done(case, "merge", main=paths.filed(desk, city), reason="same_matter")
    elif action == "recall":
        desk("dispatcher").done(case, "recall", reason="wrong_unit")
    else:
        desk("dispatcher").done(case, "withdraw", reason="other", note="派错")
    assert not WorkItem.objects.filter(case_id=case, kind="fence", closed_at=None).exists()
    assert not Clock.objects.filter(case_id=case, kind="fence", ended_at=None).exists()


def test_no_send_back_before_the_fence_photo(desk: At, city: City) -> None:
    case = _missing_cover(desk, city)
    refused = desk("clerk").act(case, "ask_send_back", reason="not_ours", note="不属本所")
    assert (refused.status, refused.code) == (409, "fence_first")
    _fenced(desk, case)
    desk("clerk").done(case, "ask_send_back", reason="not_ours", note="不属本所")


def test_the_next_unit_of_a_re_dispatched_case_gets_the_fence_unless_it_stands(desk: At, city: City) -> None:
    for fenced, units in ((False, {"园林所"}), (True, set())):
        case = _missing_cover(desk, city)
        if fenced:
            _fenced(desk, case)
        desk("dispatcher").done(case, "redispatch", unit_id=str(desk("other_clerk").who.unit_id), reason="wrong_unit")
        waiting = WorkItem.objects.filter(case_id=case, kind="fence", closed_at=None)
        assert set(waiting.values_list("unit__name", flat=True)) == units


def test_of_two_colleagues_who_feed_back_the_fence_at_one_instant_the_second_is_told(desk: At, city: City) -> None:
    case = _missing_cover(desk, city)
    seq = Case.objects.get(pk=case).seq
    _fenced(desk, case)
    late = desk("clerk").act(case, "fence", seq=seq, files=[desk("clerk").send_photo("red")], text="我也围了")
    assert (late.status, late.code) == (409, "case_moved_on")
    assert "先期围护反馈" in late.body["sentence"]
