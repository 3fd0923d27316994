"""申请 and what becomes of it: 延期, 回退 without circles, 收回, 改派 (HD-3.2-x; golden table; case-rules 14)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api import paths
from tests.support.city import WORKDAY, City
from tests.support.desk import Desk
from urbangrid.cases import verification
from urbangrid.cases.actions import library
from urbangrid.core import clock

At = Callable[[str], Desk]
HOUR = timedelta(hours=1)


def clock_of(desk: Desk, case: str, kind: str = "unit") -> dict[str, Any]:
    return next(one for one in desk.get(f"/cases/{case}").body["clocks"] if one["kind"] == kind)


def due(desk: Desk, case: str) -> datetime:
    return datetime.fromisoformat(clock_of(desk, case)["due_at"])


def request_of(desk: Desk, case: str) -> str:
    return str(desk.get(f"/cases/{case}").body["requests"][-1]["request_id"])


def received(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "receive")
    return case


def ask_back(desk: At, who: str, case: str) -> str:
    desk(who).done(case, "ask_send_back", reason="not_ours", note="不属本所养护范围")
    return request_of(desk(who), case)


def test_a_granted_extension_adds_the_whole_limit_as_if_granted_when_it_was_asked(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        before = clock_of(desk("clerk"), case)
    with clock.travel(WORKDAY + HOUR):
        desk("clerk").done(case, "ask_extension", reason="material", note="沥青明日到", until="2026-11-26T18:00:00+08:00")
        assert desk("clerk").get(f"/cases/{case}").body["aside"] == "asking"
        assert clock_of(desk("clerk"), case)["due_at"] == before["due_at"], "the clock runs while it waits"
        again = desk("clerk").act(case, "ask_extension", reason="material", until="2026-11-26T18:00:00+08:00")
        assert (again.status, again.code) == (409, "request_waits")
        wrong = desk("dispatcher").act(case, "agree", request=request_of(desk("clerk"), case))
        assert (wrong.status, wrong.code) == (403, "not_your_item")
    with clock.travel(WORKDAY + 2 * HOUR):
        desk("command_director").done(case, "agree", request=request_of(desk("clerk"), case))
        after = clock_of(desk("clerk"), case)
        assert after["limit_seconds"] == 2 * before["limit_seconds"]
        assert desk("clerk").get(f"/cases/{case}").body["aside"] == ""
    assert verification.verify_case(int(case)) == []


def test_a_third_extension_and_one_asked_after_the_due_time_are_refused(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        for _number in range(2):
            desk("clerk").done(case, "ask_extension", reason="weather", until="2026-11-26T18:00:00+08:00")
            desk("command_director").done(case, "agree", request=request_of(desk("clerk"), case))
        third = desk("clerk").act(case, "ask_extension", reason="weather", until="2026-11-26T18:00:00+08:00")
        assert (third.status, third.code) == (409, "request_used_up")
        other = received(desk, city)
        late = due(desk("clerk"), other) + HOUR
    with clock.travel(late):
        refused = desk("clerk").act(other, "ask_extension", reason="weather", until="2027-01-24T18:00:00+08:00")
        assert (refused.status, refused.code) == (409, "asked_too_late")


def test_an_extension_granted_after_the_feedback_judges_it_again(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        end = due(desk("clerk"), case)
    with clock.travel(end - HOUR / 4):
        desk("clerk").done(case, "ask_extension", reason="weather", until=(end + 48 * HOUR).isoformat())
    with clock.travel(end + HOUR):
        desk("clerk").done(case, "feedback", text="已修补", handled_by="何建", files=[desk("clerk").send_photo("black")])
        desk("command_director").done(case, "agree", request=request_of(desk("clerk"), case))
        desk("dispatcher").done(case, "review")
        desk("seat_agent").done(case, "send_check")
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        assert desk("seat_agent").get(f"/cases/{case}").body["closing_kind"] == "normal"


def test_an_accepted_send_back_gives_the_unit_its_time_back_and_the_case_to_the_dispatcher(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
    with clock.travel(WORKDAY + HOUR):
        request = ask_back(desk, "clerk", case)
    with clock.travel(WORKDAY + 2 * HOUR):
        desk("dispatcher").done(case, "agree", request=request)
        assert desk("seat_agent").get(f"/cases/{case}").body["state"] == "to_dispatch"
        assert desk("dispatcher").story(case)[-2:] == ["agree", "send_back"]
        same = desk("dispatcher").act(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        assert (same.status, same.code) == (409, "unit_sent_back")
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("other_clerk").who.unit_id), reason="agreed", opinion="权属在园林所")
        fresh = clock_of(desk("other_clerk"), case)
        assert fresh["used_seconds"] == 0
        assert fresh["limit_seconds"] == clock_of(desk("dispatcher"), case)["limit_seconds"]


def test_the_second_unit_goes_to_the_director_and_after_two_nobody_is_tried_any_more(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("dispatcher").done(case, "agree", request=ask_back(desk, "clerk", case))
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("other_clerk").who.unit_id), reason="agreed", opinion="园林所")
        desk("other_clerk").done(case, "receive")
        request = ask_back(desk, "other_clerk", case)
        assert desk("dispatcher").act(case, "agree", request=request).code == "not_your_item"
        desk("command_director").done(case, "agree", request=request)
        third = desk("dispatcher").act(case, "dispatch", unit_id=str(desk("company_clerk").who.unit_id), reason="agreed", opinion="试派")
        assert (third.status, third.code) == (409, "settlement_needed")


def test_a_refused_send_back_costs_the_unit_its_time_and_may_not_be_asked_again(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        before = due(desk("clerk"), case)
        request = ask_back(desk, "clerk", case)
    with clock.travel(WORKDAY + HOUR):
        missing = desk("dispatcher").act(case, "disagree", request=request)
        assert (missing.status, missing.code) == (422, "reason_missing")
        desk("dispatcher").done(case, "disagree", request=request, reason="ours")
        assert due(desk("clerk"), case) == before
        again = desk("clerk").act(case, "ask_send_back", reason="not_ours", note="再次说明")
        assert (again.status, again.code) == (409, "request_used_up")


def test_a_send_back_comes_too_late_four_working_hours_after_receiving(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
    with clock.travel(WORKDAY + timedelta(days=4)):
        late = desk("clerk").act(case, "ask_send_back", reason="not_ours", note="不属本所")
        assert (late.status, late.code) == (409, "send_back_too_late")


def test_a_waiting_request_may_be_taken_back_and_lapses_when_the_case_is_recalled(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        request = ask_back(desk, "clerk", case)
        assert desk("other_clerk").act(case, "take_back", request=request).status in (403, 404)
        desk("clerk").done(case, "take_back", request=request)
        desk("clerk").done(case, "ask_extension", reason="weather", until="2026-12-24T18:00:00+08:00")
        desk("dispatcher").done(case, "recall", reason="wrong_unit")
        body = desk("dispatcher").get(f"/cases/{case}").body
        assert [one["state"] for one in body["requests"]] == ["withdrawn", "lapsed"]
        assert body["state"] == "to_dispatch"
        assert [one["kind"] for one in body["holders"]] == ["dispatch"]


def test_a_redispatch_gives_the_new_unit_its_full_limit_and_the_old_one_keeps_what_it_used(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
    with clock.travel(WORKDAY + HOUR):
        same = desk("dispatcher").act(case, "redispatch", unit_id=str(desk("clerk").who.unit_id), reason="wrong_unit")
        assert (same.status, same.code) == (422, "same_unit")
        desk("dispatcher").done(case, "redispatch", unit_id=str(desk("other_clerk").who.unit_id), reason="wrong_unit")
        assert clock_of(desk("other_clerk"), case)["used_seconds"] == 0
    with clock.travel(WORKDAY + 2 * HOUR):
        desk("dispatcher").done(case, "redispatch", unit_id=str(desk("clerk").who.unit_id), reason="owner_changed", opinion="复核")
        assert clock_of(desk("clerk"), case)["used_seconds"] == 3600, "the time of its first attempt counts (捆绑时限)"
    assert verification.verify_case(int(case)) == []


def until(days: int) -> str:
    return (WORKDAY + timedelta(days=days)).isoformat()


def suspended(desk: At, city: City, days: int = 20) -> str:
    """A case that the command director has put into the library."""
    case = received(desk, city)
    paper = [desk("clerk").send_photo("white")]
    desk("clerk").done(case, "ask_suspension", reason="project", note="已列入改造", until=until(days), files=paper)
    desk("command_director").done(case, "agree", request=request_of(desk("clerk"), case))
    return case


def test_a_suspension_needs_its_paper_and_goes_to_the_head_when_it_is_long(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        bare = desk("clerk").act(case, "ask_suspension", reason="project", note="已列入改造", until=until(20))
        assert (bare.status, bare.code) == (422, "proof_missing")
        paper = [desk("clerk").send_photo()]
        beyond = desk("clerk").act(case, "ask_suspension", reason="project", note="很久", until=until(400), files=paper)
        assert (beyond.status, beyond.code) == (422, "until_wrong")
        desk("clerk").done(case, "ask_suspension", reason="project", note="改造", until=until(90), files=[desk("clerk").send_photo()])
        request = request_of(desk("clerk"), case)
        desk("command_director").done(case, "agree", request=request, note="同意上报")
        assert desk("clerk").get(f"/cases/{case}").body["aside"] == "asking", "the head has not spoken yet"
        assert desk("command_director").act(case, "agree", request=request).code == "not_your_item"
        desk("command_head").done(case, "agree", request=request)
        assert desk("clerk").get(f"/cases/{case}").body["aside"] == "suspended"


def test_a_suspended_case_is_grey_and_wakes_by_itself_with_what_was_left(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = suspended(desk, city, days=20)
        before = clock_of(desk("clerk"), case)
        assert before["light"]["light"] == "grey"
        assert before["due_at"] is None
    with clock.travel(WORKDAY + timedelta(days=19)):
        assert library.wake_due() == 0
    with clock.travel(WORKDAY + timedelta(days=20, minutes=1)):
        assert library.wake_due() == 1
        assert library.wake_due() == 0
        after = clock_of(desk("clerk"), case)
        assert after["used_seconds"] <= before["used_seconds"] + 60
        assert after["due_at"] is not None
        assert desk("clerk").story(case)[-1] == "wake"
    assert verification.verify_case(int(case)) == []


def test_a_suspended_case_is_looked_at_every_month_and_a_feedback_ends_the_suspension(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = suspended(desk, city, days=25)
        assert library.ask_rechecks() == 0
        desk("clerk").done(case, "feedback", text="提前完成", handled_by="何建", files=[desk("clerk").send_photo("black")])
        body = desk("dispatcher").get(f"/cases/{case}").body
        assert (body["aside"], body["requests"][0]["state"]) == ("", "ended")
        other = received(desk, city)
        paper = [desk("clerk").send_photo("white")]
        desk("clerk").done(other, "ask_suspension", reason="project", note="改造", until=until(90), files=paper)
        request = request_of(desk("clerk"), other)
        desk("command_director").done(other, "agree", request=request)
        desk("command_head").done(other, "agree", request=request)
    with clock.travel(WORKDAY + timedelta(days=31)):
        assert library.ask_rechecks() == 1
        assert library.ask_rechecks() == 0
        bare = desk("clerk").act(other, "recheck", note="围护完好")
        assert (bare.status, bare.code) == (422, "photos_missing")
        desk("clerk").done(other, "recheck", note="围护完好", files=[desk("clerk").send_photo("white")])
        desk("clerk").done(other, "wake", reason="done")
        assert desk("clerk").get(f"/cases/{other}").body["aside"] == ""
    assert verification.verify_case(int(other)) == []


def test_unclear_responsibility_is_settled_with_a_basis_and_the_designated_unit_may_not_send_back(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.filed(desk, city)
        desk("dispatcher").done(case, "ask_responsibility", reason="no_owner", note="界桩以西，两家都说不是")
        request = request_of(desk("dispatcher"), case)
        waits = desk("dispatcher").act(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        assert (waits.status, waits.code) == (409, "request_waits")
        unit = str(desk("other_clerk").who.unit_id)
        bare = desk("policy_officer").act(case, "agree", request=request, unit_id=unit)
        assert (bare.status, bare.code) == (422, "basis_missing")
        desk("policy_officer").done(case, "agree", request=request, unit_id=unit, basis="养护协议附件二", designated=True)
        other = desk("dispatcher").act(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), reason="agreed", opinion="会商")
        assert (other.status, other.code) == (409, "settled_otherwise")
        desk("dispatcher").done(case, "dispatch", unit_id=unit)
        desk("other_clerk").done(case, "receive")
        back = desk("other_clerk").act(case, "ask_send_back", reason="not_ours", note="不是")
        assert (back.status, back.code) == (409, "designated")
        asks = {one["action"]: one["why_not"] for one in desk("other_clerk").get(f"/cases/{case}/moves").body["asks"]}
        assert asks["ask_send_back"] == back.body["sentence"], "the button says so before anything is typed"
        assert asks["ask_extension"] == ""


def test_nobody_gets_a_case_that_is_being_settled_whatever_else_was_asked_before(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.filed(desk, city)
        desk("duty_director").done(case, "ask_difficult", reason="no_rule", note="是否适用")
        desk("dispatcher").done(case, "ask_responsibility", reason="no_owner", note="界桩以西，两家都说不是")
        waits = desk("dispatcher").act(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        assert (waits.status, waits.code) == (409, "request_waits")


@pytest.mark.requirement("HD-3.1.3f")
def test_a_difficult_case_waits_with_the_policy_department_and_the_dispatchers_stage_stands(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.filed(desk, city)
        desk("duty_director").done(case, "ask_difficult", reason="no_rule", note="是否适用")
        assert desk("dispatcher").get(f"/cases/{case}").body["holders"][0]["light"]["light"] == "grey"
        desk("policy_officer").done(case, "agree", request=request_of(desk("duty_director"), case), note="适用第三条")
        assert desk("dispatcher").get(f"/cases/{case}").body["holders"][0]["light"]["light"] == "green"


def test_voiding_by_request_ends_everything_that_was_open(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("clerk").done(case, "ask_extension", reason="weather", until=until(20))
        desk("seat_agent").done(case, "ask_void", reason="not_true", note="现场无此问题")
        void = request_of(desk("seat_agent"), case)
        desk("duty_director").done(case, "agree", request=void)
        body = desk("seat_agent").get(f"/cases/{case}").body
        assert (body["state"], body["holders"]) == ("void", [])
        assert [one["state"] for one in body["requests"]] == ["lapsed", "granted"]
        assert all(one["ended"] for one in body["clocks"])
    assert verification.verify_case(int(case)) == []


def closed(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    return case


def test_a_closed_case_is_reopened_by_the_head_and_goes_its_way_again(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = closed(desk, city)
        desk("seat_agent").done(case, "ask_reopen", reason="remains", note="回访：坑还在")
        assert desk("seat_agent").get(f"/cases/{case}").body["state"] == "closed"
        desk("head").done(case, "agree", request=request_of(desk("seat_agent"), case))
        body = desk("seat_agent").get(f"/cases/{case}").body
        assert (body["state"], body["closed_at"], body["on_time"]) == ("to_dispatch", None, None)
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
    assert verification.verify_case(int(case)) == []


def test_an_appeal_is_judged_by_somebody_else_within_its_days(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = closed(desk, city)
        nothing = desk("clerk").act(case, "ask_appeal", reason="objective", note="连日暴雨")
        assert (nothing.status, nothing.code) == (422, "subject_unknown")
        stranger = desk("other_clerk").act(case, "ask_appeal", reason="objective", subject="lateness")
        assert stranger.status == 404
        desk("clerk").done(case, "ask_appeal", reason="objective", note="连日暴雨", subject="lateness")
        request = request_of(desk("clerk"), case)
        desk("coordinator").done(case, "agree", request=request, excluded=True, note="属实")
        assert desk("clerk").get(f"/cases/{case}").body["requests"][0]["state"] == "granted"
        late = closed(desk, city)
    with clock.travel(WORKDAY + timedelta(days=6)):
        refused = desk("clerk").act(late, "ask_appeal", reason="objective", note="连日暴雨", subject="lateness")
        assert (refused.status, refused.code) == (409, "appeal_too_late")
