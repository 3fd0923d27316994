"""诉求: registered with a number to read out, joined to their case, answered when it ends."""

from __future__ import annotations

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.support.city import City
from urbangrid.audit.models import AuditRow, PersonalData
from urbangrid.service_requests import queries
from urbangrid.service_requests.models import RequestCase, ServiceRequest

REPLY = "路面已修复，谢谢您的反映。"


def _close(desk: At, city: City, report_id: str) -> str:
    case = paths.accept(desk, report_id, "send_verification")
    desk("inspector").done(case, "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close", reply=REPLY)
    return case


def test_a_call_gets_a_number_to_read_out_and_stands_on_the_seats_desk(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    assert call["number"].startswith("诉") and call["number"].endswith("-0001")
    assert (call["state"], call["has_contact"], call["cases"]) == ("open", True, [])
    row = desk("second_seat_agent").get("/queues/accept").body[0]
    assert (row["report_id"], row["source"]) == (call["report_id"], "热线")


def test_the_same_client_id_is_one_request_and_one_contact(desk: At, city: City) -> None:
    first = paths.request(desk, city, client_id="call-x")
    again = paths.request(desk, city, client_id="call-x")
    assert again["request_id"] == first["request_id"]
    assert (ServiceRequest.objects.count(), PersonalData.objects.count()) == (1, 1)
    second_desk = desk("second_seat_agent").post(
        "/requests", {"source": "hotline", "client_id": "call-x", "text": "别的事", "place_text": "某处"}
    )
    assert (second_desk.status, second_desk.code) == (409, "request_same_key")


def test_a_request_that_is_refused_leaves_no_contact_behind(desk: At, city: City) -> None:
    body = {"source": "hotline", "client_id": "c", "text": "有事", "contact": {"name": "秦素珍", "phone": "13900001111"}}
    refused = desk("seat_agent").post("/requests", body)
    assert (refused.status, refused.code) == (422, "place_missing")
    assert (ServiceRequest.objects.count(), PersonalData.objects.count()) == (0, 0)
    assert desk("seat_agent").post("/requests", body | {"source": "inspector", "place_text": "某处"}).code == "request_source_wrong"


def test_a_request_is_joined_to_its_case_and_answered_at_closing_however_often_it_is_told(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = _close(desk, city, call["report_id"])
    deliver()
    deliver()
    seen = desk("seat_agent").get(f"/requests/{call['request_id']}").body
    assert (seen["state"], seen["reply"]) == ("to_reply", REPLY)
    assert [one["case_id"] for one in seen["cases"]] == [case]
    assert RequestCase.objects.count() == 1


def test_a_refused_report_and_a_case_not_filed_are_answered_with_the_reasons_sentence(desk: At, city: City) -> None:
    refused, gone = paths.request(desk, city), paths.request(desk, city)
    desk("seat_agent").post(f"/reports/{refused['report_id']}/refuse", {"reason": "outside_area"})
    case = paths.accept(desk, gone["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="gone")
    desk("seat_agent").done(case, "propose_filing")
    desk("duty_director").done(case, "refuse_filing", reason="gone")
    deliver()
    replies = {row["request_id"]: row["reply"] for row in desk("seat_agent").get("/requests", state="to_reply").body}
    assert replies[refused["request_id"]].startswith("您反映的地点不在本平台管辖区域内")
    assert replies[gone["request_id"]] == "经现场核实，您反映的问题已经消除。"


def test_a_request_with_two_cases_waits_for_both(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    other = paths.dispatched(desk, city)
    RequestCase.objects.create(request_id=int(call["request_id"]), case_id=int(other))
    _close(desk, city, call["report_id"])
    deliver()
    assert ServiceRequest.objects.get().state == "open"

    desk("duty_director").done(other, "void", reason="force_majeure", note="台风")
    deliver()

    assert set(ServiceRequest.objects.get().reply.split("\n")) == {REPLY, "因不可抗力，您反映的问题目前无法处置，案件已作废。"}


def test_a_calling_number_shows_its_last_five_requests_however_it_is_written(desk: At, city: City) -> None:
    calls = [paths.request(desk, city)["request_id"] for _ in range(6)]
    paths.request(desk, city, contact={"phone": "13911112222"})
    found = desk("seat_agent").post("/requests/of-phone", {"phone": "139-0000-1111"}).body
    assert [one["request_id"] for one in found] == calls[:0:-1]
    assert desk("seat_agent").post("/requests/of-phone", {"phone": "没有号码"}).body == []


def test_the_centre_reads_the_requests_of_a_case_and_nobody_else_does(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = int(paths.accept(desk, call["report_id"]))
    for name in ("seat_agent", "duty_director", "head", "leader"):
        assert [one.request_id for one in queries.requests_of_case(city.acting(name), case)] == [int(call["request_id"])], name
    for name in ("dispatcher", "clerk", "company_clerk", "inspector", "subdistrict_officer", "squad_leader"):
        assert queries.requests_of_case(city.acting(name), case) == [], name
        assert desk(name).get("/requests").status == 403, name
        assert desk(name).get(f"/requests/{call['request_id']}").status == 403, name


def test_contact_data_are_shown_with_a_purpose_and_each_look_is_on_record(desk: At, city: City) -> None:
    path = f"/requests/{paths.request(desk, city)['request_id']}/contact"
    without = desk("seat_agent").post(path, {})
    assert (without.status, without.code, without.body["field"]) == (422, "purpose_missing", "purpose")
    assert desk("head").post(path, {"purpose": "看看"}).status == 403
    assert not AuditRow.objects.filter(action="reveal").exists()

    seen = desk("seat_agent").post(path, {"purpose": "回访"}).body

    words = seen.pop("text")
    assert seen == {"name": "秦素珍", "phone": "139 0000 1111", "address": "柳荫里3号"}
    assert words.startswith("我是秦素珍，电话13900001111")
    row = AuditRow.objects.get(action="reveal")
    assert (row.user_id, row.purpose) == (city.acting("seat_agent").user_id, "回访")
    assert AuditRow.objects.get(action="reveal_refused").user_id == city.acting("head").user_id


def test_a_request_is_found_by_our_number_the_reports_and_the_outside_one(desk: At, city: City) -> None:
    call = paths.request(desk, city, outside_number="12345-20261120-77")
    paths.request(desk, city)
    for number in (call["number"], call["report_number"], "12345-20261120-77"):
        assert [one["request_id"] for one in desk("seat_agent").get("/requests", number=number).body] == [call["request_id"]]


def test_a_request_may_name_a_place_by_words_alone(desk: At, city: City) -> None:
    call = paths.request(desk, city, longitude=None, latitude=None, place_text="老槐树下")
    report = desk("seat_agent").get(f"/reports/{call['report_id']}").body
    assert (report["place"]["text"], report["place"]["outside"]) == ("老槐树下", True)
    case = paths.accept(desk, call["report_id"], "")
    desk("seat_agent").done(case, "send_verification")
    assert [row["case_id"] for row in desk("duty_director").get("/queues/verify").body] == [case]  # nobody is responsible for no place
