"""Stages of the main path whose acceptance texts are proved whole, through the interface."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.support.browser import page_and_sheet
from tests.support.city import WORKDAY, City
from urbangrid.audit import signing
from urbangrid.cases.models import CaseRecord
from urbangrid.core import clock


def _unit_clock(desk: At, case: str) -> dict[str, Any]:
    return next(one for one in desk("clerk").get(f"/cases/{case}").body["clocks"] if one["kind"] == "unit")


@pytest.mark.requirement("HD-3.2.2a")
def test_a_filed_case_is_in_the_commands_list_and_the_seat_can_only_look(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    assert [row["case_id"] for row in desk("dispatcher").get("/queues/dispatch").body] == [case]

    seat = desk("seat_agent")
    assert seat.get(f"/cases/{case}").body["state"] == "to_dispatch"
    moves = seat.get(f"/cases/{case}/moves").body
    assert {move["action"] for move in moves["moves"]} <= {"join_report", "relate", "unrelate"}, "none that moves the case"
    for action, data in (("file", {"urgent": True}), ("correct", {"reason": "place", "place_text": "别处"}), ("send_verification", {})):
        assert seat.act(case, action, **data).status in (403, 409), action
    assert seat.get(f"/cases/{case}/moves").body["seq"] == moves["seq"]


@pytest.mark.requirement("HD-3.2.2b")
def test_a_complex_case_reaches_the_command_side_only_signed_or_comes_back_with_remarks(desk: At, city: City) -> None:
    returned, signed = paths.filed(desk, city, complex=True), paths.filed(desk, city, complex=True)
    assert {row["case_id"] for row in desk("head").get("/queues/sign").body} == {returned, signed}
    assert desk("dispatcher").get("/queues/dispatch").body == []

    reason = desk("head").get("/reasons/return_unsigned").body[0]["code"]
    desk("head").done(returned, "return_unsigned", reason=reason, note="请补充现场范围")
    desk("head").done(signed, "sign", note="同意")

    assert [row["case_id"] for row in desk("dispatcher").get("/queues/dispatch").body] == [signed]
    back = desk("seat_agent").get("/queues/file").body[0]
    assert (back["case_id"], back["note"]) == (returned, "请补充现场范围")
    record = CaseRecord.objects.get(case_id=int(signed), action="sign")
    assert record.actor_id == city.acting("head").user_id
    assert signing.verify(record.key_id, bytes(record.hash), bytes(record.signature))


@pytest.mark.requirement("HD-3.2.4")
def test_the_clerks_answer_with_words_photos_person_and_time_moves_the_case_to_review(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        clerk = desk("clerk")
        clerk.done(case, "receive")
        assert clerk.act(case, "feedback", text="已修补").code == "photos_missing"
        assert clerk.act(case, "feedback", text=" ", files=[clerk.send_photo()]).body["field"] == "text"
    with clock.travel(WORKDAY + timedelta(hours=1)):
        photos = [clerk.send_photo("black"), clerk.send_photo("white")]
        clerk.done(case, "feedback", text="已修补", handled_by="养护三班王师傅", handled_at="2026-11-20T10:05:00+08:00", files=photos)

    assert [row["case_id"] for row in desk("dispatcher").get("/queues/review").body] == [case]
    seen = desk("dispatcher").get(f"/cases/{case}").body
    quotes = {one["name"]: one["text"] for one in seen["story"][-1]["quotes"]}
    assert quotes == {"text": "已修补", "handled_by": "养护三班王师傅"}
    assert [one["file_id"] for one in seen["photos"] if one["role"] == "after"] == photos
    for shown in page_and_sheet(city, "dispatcher", case):
        assert "处置时间 2026-11-20 10:05" in shown and "处置人：养护三班王师傅" in shown
    assert '"handled_at":"2026-11-20T02:05:00.000000Z"' in CaseRecord.objects.get(case_id=int(case), action="feedback").body


@pytest.mark.requirement("HD-3.2.5")
@pytest.mark.requirement("HD-3.2.3b")
def test_the_dispatcher_accepts_a_result_or_sends_it_back_and_the_units_clock_goes_on(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        accepted, back = paths.dispatched(desk, city), paths.dispatched(desk, city)
        due = datetime.fromisoformat(_unit_clock(desk, back)["due_at"])
    with clock.travel(WORKDAY + timedelta(minutes=20)):
        paths.fed_back(desk, accepted)
        paths.fed_back(desk, back)
        assert _unit_clock(desk, back)["light"]["light"] == "grey"  # it stands while the command side looks
    with clock.travel(WORKDAY + timedelta(minutes=50)):
        desk("dispatcher").done(accepted, "review")
        assert desk("dispatcher").act(back, "rework").code == "reason_missing"
        desk("dispatcher").done(back, "rework", reason="remains")
        running = _unit_clock(desk, back)
    assert [row["case_id"] for row in desk("seat_agent").get("/queues/send_check").body] == [accepted]
    assert [row["case_id"] for row in desk("clerk").get("/queues/dispose").body] == [back]
    assert running["used_seconds"] == 20 * 60
    assert datetime.fromisoformat(running["due_at"]) == due + timedelta(minutes=30)  # what the dispatcher took is not the unit's


@pytest.mark.requirement("HD-3.2.6b")
def test_handled_yes_opens_the_close_button_and_no_offers_rework_and_counts_it(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case, "not_handled")
    moves = {one["action"]: one["why_not"] for one in desk("seat_agent").get(f"/cases/{case}/moves").body["moves"]}
    assert moves["rework"] == "" and "未处置" in moves["close"]

    desk("seat_agent").done(case, "rework", reason="undone")

    assert desk("seat_agent").get(f"/cases/{case}").body["rework_count"] == 1
    desk("clerk").done(case, "feedback", text="已修补", files=[desk("clerk").send_photo("red")])
    paths.to_check(desk, case)
    paths.checked(desk, case, "handled")
    assert {one["action"]: one["why_not"] for one in desk("seat_agent").get(f"/cases/{case}/moves").body["moves"]}["close"] == ""
    assert "close" not in {one["action"] for one in desk("dispatcher").get(f"/cases/{case}/moves").body["moves"]}
    assert desk("seat_agent").done(case, "close")["state"] == "closed"


@pytest.mark.requirement("HD-3.2.1-2")
def test_a_public_report_is_verified_by_the_inspector_of_its_cell_and_the_citizen_is_told(desk: At, city: City) -> None:
    true, not_true = paths.request(desk, city), paths.request(desk, city)
    cases = [paths.accept(desk, one["report_id"], "send_verification") for one in (true, not_true)]
    tasks = {row["case_id"] for row in desk("inspector").get("/queues/verify").body}
    assert tasks == set(cases)  # her cells; the second inspector has the whole sub-district only
    assert desk("second_inspector").get("/queues/verify").body == []

    desk("inspector").done(cases[0], "verify", answer="true", files=[desk("inspector").send_photo()])
    desk("inspector").done(cases[1], "verify", answer="not_true", note="路面完好")
    filed = desk("seat_agent").done(cases[0], "file", condition_id=str(city.condition()))
    desk("seat_agent").done(cases[1], "propose_filing", note="不属实")
    desk("duty_director").done(cases[1], "refuse_filing", reason="not_true")
    deliver()

    assert [(row["state"], row["case_number"]) for row in desk("inspector").get("/reports").body] == [("linked", filed["number"])]
    assert desk("seat_agent").get(f"/requests/{true['request_id']}").body["cases"][0]["number"] == filed["number"]
    told = desk("seat_agent").get(f"/requests/{not_true['request_id']}").body
    assert (told["state"], told["reply"]) == ("to_reply", "经现场核实，未发现您反映的问题。")
    body = {"seq": told["seq"], "reply": told["reply"], "channel": "phone"}
    answer = desk("seat_agent").post(f"/requests/{not_true['request_id']}/actions/tell", body)
    assert answer.status == 200, answer.body
    told = desk("seat_agent").get(f"/requests/{not_true['request_id']}").body
    assert told["state"] in ("replied", "closed") and told["reply"] == "经现场核实，未发现您反映的问题。"
