"""催办, 督办 and 批示: sent, answered, accepted, passed on; many at once (HD-2.3.2c, SY-6.2c, SY-6.5d, HD-4.1-3e)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.api import paths
from tests.api.test_requests import closed, received, request_of
from tests.support.browser import page_and_sheet
from tests.support.city import FAR_INSIDE, WORKDAY, City
from tests.support.desk import Desk
from tests.support.screen import Screen
from urbangrid.cases import clocks, verification
from urbangrid.cases.actions import ordering
from urbangrid.cases.actions.inputs import OrderInputs
from urbangrid.core import clock

At = Callable[[str], Desk]


def test_a_reminder_is_a_message_and_an_order_stays_open_until_its_reply_is_accepted(
    city: City, desk: At, screen: type[Screen]
) -> None:
    """HD-2.3.2c but for its last words: how orders count in the evaluation waits for the evaluation."""
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("leader").done(case, "remind", note="请抓紧")
        seen = desk("clerk").get(f"/cases/{case}").body
        assert (seen["requests"][0]["kind"], seen["requests"][0]["state"]) == ("reminder", "ended")
        assert "remind" in desk("clerk").story(case)
        silent = desk("duty_director").act(case, "order")
        assert (silent.status, silent.code) == (422, "order_without_words")
        desk("duty_director").done(case, "order", note="今日内修复并回复", grade="yellow")
        order = desk("clerk").get(f"/cases/{case}").body["requests"][-1]
        assert order["number"].startswith("督")
        assert order["work"] == "answer_order"
        due = datetime.fromisoformat(order["until"])
        office = clocks.timeline(city.platform.pk, "office", city.platform.zone)
        assert office.seconds(WORKDAY, due) == 480 * 60, "the process gives eight working hours to answer"
        director = screen("duty_director")
        assert order["number"] in director.get("/lists/order/") and "市政所" in director.text
        assert [row["case_id"] for row in desk("clerk").get("/queues/answer_order").body] == [case]
        assert desk("other_clerk").act(case, "answer_order", request=order["request_id"], note="好").status == 404
    with clock.travel(WORKDAY + timedelta(hours=3)):
        desk("clerk").done(case, "answer_order", request=order["request_id"], note="已进场，16时完成")
        assert order["number"] in director.get("/lists/order/"), "answered, and open until the answer is accepted"
        assert desk("clerk").get("/queues/answer_order").body == []
        desk("duty_director").done(case, "return_answer", request=order["request_id"], note="须附照片")
        desk("clerk").done(case, "answer_order", request=order["request_id"], note="附照片", files=[desk("clerk").send_photo()])
        desk("duty_director").done(case, "accept_answer", request=order["request_id"])
        assert desk("clerk").get(f"/cases/{case}").body["requests"][-1]["state"] == "ended"
        assert order["number"] not in director.get("/lists/order/") and order["number"] in director.get("/lists/order/?all=1")
    assert verification.verify_case(int(case)) == []


@pytest.mark.requirement("HD-4.1-3e")
def test_leaders_supervision_and_command_urge_and_every_urging_is_in_the_history(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        for who in ("leader", "seat_agent", "dispatcher"):
            desk(who).done(case, "remind", note="请抓紧")
        assert desk("leader").story(case).count("remind") == 3
        refused = desk("clerk").act(case, "remind", note="自己催自己")
        assert (refused.status, refused.code) == (403, "duty_missing")
        assert desk("seat_agent").act(case, "instruct", note="我批示").code == "duty_missing"


def test_a_sub_district_orders_what_lies_in_its_area_and_nothing_else(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("subdistrict_officer").done(case, "order", note="居民反映强烈，请今日处置")
        assert desk("far_subdistrict_officer").act(case, "order", note="与我无关").status == 404
        other = desk("subdistrict_officer").act(case, "order", note="请", unit_id=str(desk("other_clerk").who.unit_id))
        assert (other.status, other.code) == (422, "order_target")


def test_an_instruction_lives_beyond_the_closing_until_the_leader_accepts_the_answer(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = closed(desk, city)
        desk("leader").done(case, "instruct", note="请举一反三，全面排查", unit_id=str(desk("command_director").who.unit_id))
        request = request_of(desk("leader"), case)
        desk("command_director").done(case, "answer_order", request=request, note="已排查全路段")
        assert desk("seat_agent").act(case, "accept_answer", request=request).code == "not_your_item"
        desk("leader").done(case, "accept_answer", request=request)
        assert desk("leader").get(f"/cases/{case}").body["requests"][-1]["state"] == "ended"


def test_a_unit_that_is_ordered_outside_its_own_area_opens_the_case_and_answers(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=FAR_INSIDE)["report_id"], "file")
        assert desk("squad_leader").get(f"/cases/{case}").status == 404
        desk("leader").done(case, "instruct", note="请协助查清来源", unit_id=str(desk("squad_leader").who.unit_id))
        desk("squad_leader").done(case, "answer_order", request=request_of(desk("leader"), case), note="已查清")
        assert desk("leader").get(f"/cases/{case}").body["requests"][-1]["state"] == "answered"


def test_an_order_is_passed_on_to_the_unit_below_and_both_replies_are_chained(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        command, clerk = desk("command_director"), desk("clerk")
        desk("leader").done(case, "order", note="三日内整改", unit_id=str(command.who.unit_id))
        first = request_of(desk("leader"), case)
        command.done(case, "pass_on", request=first, unit_id=str(clerk.who.unit_id), note="请两日内完成")
        second = request_of(desk("leader"), case)
        assert second != first
        clerk.done(case, "answer_order", request=second, note="已完成")
        command.done(case, "accept_answer", request=second)
        command.done(case, "answer_order", request=first, note="市政所已完成整改")
        desk("leader").done(case, "accept_answer", request=first)
        assert [one["state"] for one in desk("leader").get(f"/cases/{case}").body["requests"]] == ["ended", "ended"]
        orders = desk("leader").get(f"/cases/{case}").body["requests"]
        assert [one["parent"] for one in orders] == ["", orders[0]["number"]]


def test_many_are_urged_at_once_and_those_urged_within_the_hour_are_left_out_by_name(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        cases = [int(received(desk, city)) for _number in range(3)]
        desk("dispatcher").done(str(cases[0]), "remind", note="请抓紧")
        who = desk("dispatcher").who
        found = ordering.send_many(who, "reminder", cases, OrderInputs(note="两小时内到期，请抓紧"))
        assert (found.done, found.left_out, found.refused) == (2, ("市政所",), ())
        ended = ordering.send_many(who, "order", [*cases, int(closed(desk, city))], OrderInputs(note="请回复"))
        assert (ended.done, len(ended.refused)) == (3, 1)
    with clock.travel(WORKDAY + timedelta(minutes=61)):
        assert ordering.send_many(who, "reminder", cases, OrderInputs(note="再催")).done == 3


def joined(desk: At, city: City) -> str:
    """A case with 市政所 as main unit and 园林所 helping."""
    case = paths.filed(desk, city)
    helper = str(desk("other_clerk").who.unit_id)
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="联合处置", assist=[helper])
    desk("clerk").done(case, "receive")
    return case


def feed_back(desk: At, case: str) -> int:
    photo = desk("clerk").send_photo("black")
    return desk("clerk").act(case, "feedback", text="已修补", handled_by="何建", files=[photo]).status


def test_a_joint_dispatch_gives_each_unit_its_item_and_clock_and_the_main_unit_waits_for_the_others(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = joined(desk, city)
        assert [row["case_id"] for row in desk("other_clerk").get("/queues/assist").body] == [case]
        assert feed_back(desk, case) == 409
        desk("other_clerk").done(case, "assist_answer", text="绿化带已清", handled_by="林晓", files=[desk("other_clerk").send_photo()])
        assert feed_back(desk, case) == 200
        desk("dispatcher").done(case, "review")
    assert verification.verify_case(int(case)) == []


def test_an_assistant_over_its_time_is_noted_and_dropped_before_the_result_is_handed_on(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = joined(desk, city)
    with clock.travel(WORKDAY + timedelta(days=30)):
        assert feed_back(desk, case) == 200
        line = desk("dispatcher").get(f"/cases/{case}").body["story"][-1]
        assert (line["action"], line["text"]) == ("feedback", "协办超时未复：园林所")
        for shown in page_and_sheet(city, "dispatcher", case):
            assert "协办超时未复：园林所" in shown
        open_still = desk("dispatcher").act(case, "review")
        assert (open_still.status, open_still.code) == (409, "assist_open")
        unit = str(desk("other_clerk").who.unit_id)
        desk("dispatcher").done(case, "drop_assist", unit_id=unit, reason="other", note="协办超时未复")
        desk("dispatcher").done(case, "review")


def test_the_send_back_of_one_assistant_does_not_free_the_others(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = joined(desk, city)
        company = str(desk("company_clerk").who.unit_id)
        desk("dispatcher").done(case, "add_assist", unit_id=company, note="请断电")
        twice = desk("dispatcher").act(case, "add_assist", unit_id=company, note="请断电")
        assert (twice.status, twice.code) == (409, "assists_already")
        desk("other_clerk").done(case, "ask_assist_back", reason="not_needed", note="无绿化")
        desk("dispatcher").done(case, "agree", request=request_of(desk("dispatcher"), case))
        assert feed_back(desk, case) == 409, "the company has not answered"
        desk("company_clerk").done(case, "assist_answer", text="已断电")
        assert feed_back(desk, case) == 200
    assert verification.verify_case(int(case)) == []


@pytest.mark.requirement("HD-3.1.3-c2")
@pytest.mark.requirement("HD-3.1.2a")
def test_a_coordination_has_units_a_meeting_a_decision_and_sub_tasks_and_is_done_when_all_are(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        dispatcher = desk("dispatcher")
        met = (WORKDAY - timedelta(hours=1)).isoformat()
        dispatcher.done(case, "coordinate", note="市政修路，园林迁移行道树", met_at=met, place="现场")
        request = request_of(dispatcher, case)
        for who, task, days in (("other_clerk", "三日内迁移行道树", 3), ("company_clerk", "改移线杆", 5)):
            day = (WORKDAY + timedelta(days=days)).isoformat()
            dispatcher.done(case, "add_assist", unit_id=str(desk(who).who.unit_id), note=task, until=day, request=request)
        assert feed_back(desk, case) == 409
        desk("other_clerk").done(case, "assist_answer", text="已迁移")
        assert desk("dispatcher").get(f"/cases/{case}").body["requests"][-1]["state"] == "granted"
        desk("company_clerk").done(case, "assist_answer", text="已改移")
        assert desk("dispatcher").get(f"/cases/{case}").body["requests"][-1]["state"] == "ended"
        assert feed_back(desk, case) == 200
        dispatcher.done(case, "review")
        for shown in page_and_sheet(city, "dispatcher", case):
            for words in ("会商时间 2026-11-20 08:40", "地点：现场", "市政修路，园林迁移行道树", "园林所；期限 2026-11-23 09:40"):
                assert words in shown, words
    assert verification.verify_case(int(case)) == []
