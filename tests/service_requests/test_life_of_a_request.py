"""What becomes of a request: joined to cases, answered, called back, handled again, returned (case-rules 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.support.city import INSIDE, WORKDAY, City
from urbangrid.catalog import cache
from urbangrid.catalog.models import Source
from urbangrid.core import clock
from urbangrid.service_requests import upkeep
from urbangrid.service_requests.models import RequestRecord, ServiceRequest

REPLY = "路面已修复，谢谢您的反映。"


def act(desk: At, who: str, call: dict[str, Any], action: str, status: int = 200, **given: Any) -> dict[str, Any]:
    """One act on a request as it stands now."""
    seq = ServiceRequest.objects.get(pk=call["request_id"]).seq
    answer = desk(who).post(f"/requests/{call['request_id']}/actions/{action}", {"seq": seq, **given})
    assert answer.status == status, answer.body
    return dict(answer.body)


def row(desk: At, call: dict[str, Any]) -> dict[str, Any]:
    return dict(desk("seat_agent").get(f"/requests/{call['request_id']}").body)


def close(desk: At, city: City, case: str, reply: str = REPLY) -> None:
    """From filing to closing, with the words for the citizen."""
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close", reply=reply)


def hotline(city: City, **more: Any) -> None:
    """The hotline's own rules: answered within 5 working days, returned within one."""
    Source.objects.create(platform=city.platform, code="hotline", name="热线", source_class="public", reply_needed=True, follow_up=True,
                          reply_value=5, reply_unit="work_day", return_value=1, return_unit="work_day", **more)  # fmt: skip
    cache.changed()


@pytest.mark.requirement("CY-20-7")
def test_a_repeated_complaint_is_joined_to_the_open_case_nearby_and_gets_the_same_reply(desk: At, city: City) -> None:
    first = paths.request(desk, city)
    case = paths.accept(desk, first["report_id"], "send_verification")
    seat = desk("seat_agent")
    near = seat.get("/cases/near", longitude=INSIDE[0], latitude=INSIDE[1], radius_m=100, category_id=str(city.category().id)).body
    assert [(one["case_id"], one["same_category"]) for one in near] == [(case, True)]
    second = paths.request(desk, city, case_id=case, contact={"phone": "13911112222"}, text="大柳树路口有个坑")
    assert (second["report_id"], [one["case_id"] for one in second["cases"]]) == (None, [case])
    assert seat.get("/queues/accept").body == []  # not reported a second time

    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    close(desk, city, case)
    deliver()

    for call in (first, second):
        act(desk, "seat_agent", call, "tell", channel="phone")
        seen = row(desk, call)
        assert (seen["state"], seen["reply"], seen["reply_channel"]) == ("replied", REPLY, "电话")


@pytest.mark.requirement("HD-2.3.6c")
def test_a_consultation_is_answered_at_once_a_complaint_becomes_a_case_a_service_matter_goes_to_a_unit(desk: At, city: City) -> None:
    hotline(city)
    with clock.travel(WORKDAY):
        asked = paths.request(desk, city, kind="consult", category_id=None, reply="办事大厅周一至周五 9 点开门。", text="办事大厅几点开门")
        complaint = paths.request(desk, city)
        service = paths.request(desk, city, kind="help", text="想申请上门收旧家具", category_id=None)
        assert (asked["state"], asked["closing_kind"], asked["reply"], asked["report_id"]) == (
            "closed", "当场答复", "办事大厅周一至周五 9 点开门。", None,
        )  # fmt: skip
        for call in (complaint, service):
            assert call["owner"] == "监督部" and call["reply_due_at"] and call["state"] == "open"
        case = paths.accept(desk, service["report_id"])
        desk("seat_agent").done(case, "send_verification")
        desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
        desk("seat_agent").done(case, "file", category_id=str(city.category().id), condition_id=str(city.condition()))
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        deliver()
        assert row(desk, service)["owner"] == "市政所"
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close", reply=REPLY)
        deliver()
        act(desk, "seat_agent", service, "tell", channel="phone")
        act(desk, "seat_agent", service, "follow_up", result="satisfied")
        act(desk, "seat_agent", complaint, "tell", reply="已受理，正在处置。", channel="phone")
    assert (row(desk, service)["state"], row(desk, service)["reply"]) == ("closed", REPLY)
    assert row(desk, complaint)["reply"] == "已受理，正在处置。"


def test_a_reply_needs_its_words_and_says_by_whom_when_and_how(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    refused = act(desk, "seat_agent", call, "tell", status=422, channel="phone")
    assert (refused["code"], refused["field"]) == ("reply_text_missing", "reply")
    assert act(desk, "seat_agent", call, "tell", status=422, reply="好", channel="pigeon")["code"] == "channel_wrong"
    act(desk, "seat_agent", call, "tell", reply="秦女士您好，路面明日修补。", channel="phone")
    story = desk("seat_agent").get(f"/requests/{call['request_id']}/story").body["story"]
    last = story[-1]
    assert (last["word"], last["detail"], last["actor"]) == ("答复来报人", "电话", "周岚（坐席员）")
    assert "秦" not in last["note"]  # nobody's name stands in a story


def test_dissatisfied_begins_again_and_an_old_closing_does_not_answer_it(desk: At, city: City) -> None:
    hotline(city)
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    close(desk, city, case)
    deliver()
    act(desk, "seat_agent", call, "tell", channel="phone")
    without = act(desk, "seat_agent", call, "follow_up", status=422, result="dissatisfied")
    assert without["field"] == "note"
    act(desk, "seat_agent", call, "follow_up", result="dissatisfied", note="坑还在")
    deliver()  # the first case's closing is told once more

    again = row(desk, call)
    assert (again["state"], again["rounds"], again["reply"], again["light"]["light"]) == ("open", 2, "", "green")
    act(desk, "seat_agent", call, "open_case", category_id=str(city.category().id), place_text="大柳树路口北侧")
    second = next(one["case_id"] for one in row(desk, call)["cases"] if one["case_id"] != case)
    desk("seat_agent").done(second, "send_verification")
    who = next(name for name in ("inspector", "duty_director") if desk(name).get("/queues/verify").body)
    assert who == "duty_director"  # a place in words alone: the duty director finds somebody
    assert [one["request_id"] for one in desk("seat_agent").get("/requests", only="dissatisfied").body] == [call["request_id"]]


def test_who_cannot_be_reached_is_tried_three_times(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    act(desk, "seat_agent", call, "tell", reply=REPLY, channel="phone")
    for tries in (1, 2):
        act(desk, "seat_agent", call, "follow_up", result="not_reached")
        assert (row(desk, call)["state"], row(desk, call)["calls"]) == ("replied", tries)
    act(desk, "seat_agent", call, "follow_up", result="not_reached")
    assert (row(desk, call)["state"], row(desk, call)["closing_kind"]) == ("closed", "多次回访未接通")


def test_who_left_no_number_is_not_called_back(desk: At, city: City) -> None:
    call = paths.request(desk, city, contact={})
    act(desk, "seat_agent", call, "tell", reply=REPLY, channel="web")
    assert (row(desk, call)["state"], row(desk, call)["closing_kind"]) == ("closed", "答复办结")


def test_the_reply_limit_counts_working_days_and_shows_its_light(desk: At, city: City) -> None:
    hotline(city)
    with clock.travel(WORKDAY):
        call = paths.request(desk, city)
        assert call["reply_due_at"].startswith("2026-11-27T01:40")  # five working days over a weekend
        dated = paths.request(desk, city, reply_due_at="2026-11-20T12:00:00+08:00")
        assert [one["request_id"] for one in desk("seat_agent").get("/requests", only="due_today").body] == [dated["request_id"]]
    with clock.travel(WORKDAY + timedelta(days=8)):
        assert row(desk, call)["light"]["light"] == "red"
        late = desk("seat_agent").get("/requests", only="overdue").body
        assert {one["request_id"] for one in late} == {call["request_id"], dated["request_id"]}
        act(desk, "seat_agent", call, "tell", reply=REPLY, channel="phone")
        assert row(desk, call)["reply_on_time"] is False


def test_a_changed_calendar_reaches_open_reply_limits(desk: At, city: City) -> None:
    hotline(city)
    with clock.travel(WORKDAY):
        call = paths.request(desk, city)
        assert upkeep.recompute_clocks() == 0
        ServiceRequest.objects.update(reply_due_at=None)
        assert upkeep.recompute_clocks() == 1
    assert row(desk, call)["reply_due_at"].startswith("2026-11-27T01:40")


def test_a_matter_of_others_goes_back_within_its_window_and_leaves_the_desk(desk: At, city: City) -> None:
    hotline(city)
    with clock.travel(WORKDAY):
        early, late = paths.request(desk, city, outside_number="12345-77"), paths.request(desk, city)
        assert act(desk, "seat_agent", early, "return_outside", status=422)["code"] == "return_reason_missing"
        act(desk, "seat_agent", early, "return_outside", reason="not_ours", note="属省级公路")
    with clock.travel(WORKDAY + timedelta(days=4)):
        assert act(desk, "seat_agent", late, "return_outside", status=409, reason="not_ours")["code"] == "return_too_late"
    deliver()
    assert (row(desk, early)["state"], row(desk, early)["reply"]) == ("returned", "")
    assert [one["report_id"] for one in desk("seat_agent").get("/queues/accept").body] == [late["report_id"]]


def test_a_case_taken_off_a_request_stays_off_when_it_closes(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    deliver()
    assert act(desk, "seat_agent", call, "leave_case", status=422, case=case)["field"] == "note"
    act(desk, "seat_agent", call, "leave_case", case=case, note="不是同一处")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    close(desk, city, case)
    deliver()
    assert (row(desk, call)["state"], row(desk, call)["cases"]) == ("open", [])
    number = desk("seat_agent").get(f"/cases/{case}").body["number"]
    act(desk, "seat_agent", call, "join_case", case=number)
    assert [one["case_id"] for one in row(desk, call)["cases"]] == [case]
    assert act(desk, "seat_agent", call, "join_case", status=409, case=number)["code"] == "case_joined"


def test_two_who_answer_at_once_one_is_told(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    seq = call["seq"]
    path = f"/requests/{call['request_id']}/actions/tell"
    assert desk("seat_agent").post(path, {"seq": seq, "reply": REPLY, "channel": "phone"}, "k1").status == 200
    assert desk("seat_agent").post(path, {"seq": seq, "reply": REPLY, "channel": "phone"}, "k1").status == 200  # the same once more
    other = desk("second_seat_agent").post(path, {"seq": seq, "reply": "别的话", "channel": "phone"})
    assert (other.status, other.code) == (409, "request_moved_on")
    assert "周岚（坐席员）" in other.body["sentence"]
    assert RequestRecord.objects.filter(action="tell").count() == 1


def test_the_story_is_appended_only(desk: At, city: City) -> None:
    paths.request(desk, city)
    for change in (lambda: RequestRecord.objects.update(note="改"), lambda: RequestRecord.objects.all().delete()):
        with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
            change()


def test_nobody_outside_the_centre_acts_on_a_request(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    for name in ("dispatcher", "clerk", "company_clerk", "inspector", "subdistrict_officer", "squad_leader", "system_admin"):
        act(desk, name, call, "note", status=403, note="看看")
    assert act(desk, "leader", call, "note", status=403, note="看看")["code"] == "duty_missing"  # reads, does not handle


def test_a_call_registered_while_the_clock_was_a_day_ahead_is_answered_all_the_same(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        first = paths.request(desk, city)
        case = paths.accept(desk, first["report_id"], "send_verification")
        desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    with clock.travel(WORKDAY + timedelta(days=1)):
        second = paths.request(desk, city, case_id=case, contact={"phone": "13911112222"})
    with clock.travel(WORKDAY + timedelta(hours=1)):
        close(desk, city, case)
        deliver()
    found = ServiceRequest.objects.filter(pk__in=[first["request_id"], second["request_id"]])
    assert {(one.state, one.reply) for one in found} == {("to_reply", REPLY)}
