"""The whole main path of model A, driven through the interface by the posts."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter, page_and_sheet
from tests.support.city import INSIDE, City
from urbangrid.cases.verification import verify_case
from urbangrid.catalog import queries as catalog


@pytest.mark.requirement("HD-3.2.3")
def test_an_inspectors_report_is_filed_dispatched_disposed_checked_and_closed(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    who = paths.checked(desk, case)
    closed = desk("seat_agent").done(case, "close")

    assert closed["state"] == "closed"
    assert who != "inspector"  # the reporter does not check her own find
    expected = "accept file hand_on dispatch receive feedback review send_check check close"
    assert desk("seat_agent").story(case) == expected.split()
    seen = desk("clerk").get(f"/cases/{case}").body
    assert seen["on_time"] is True
    assert [one["state"] for one in seen["stages"]] == ["done"] * 6
    assert {photo["role"] for photo in seen["photos"]} == {"before", "after", "check"}
    assert verify_case(int(case)) == []


def test_a_citizens_call_is_verified_on_site_before_filing_and_answered_at_closing(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"])

    too_early = desk("seat_agent").act(case, "file", condition_id=str(city.condition()))
    assert (too_early.status, too_early.code) == (409, "verification_missing")

    desk("seat_agent").done(case, "send_verification", note="请看是否塌陷")
    photo = desk("inspector").send_photo()
    desk("inspector").done(case, "verify", answer="true", files=[photo], longitude=INSIDE[0], latitude=INSIDE[1])
    desk("seat_agent").done(case, "file", condition_id=str(city.condition()))
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)

    without_reply = desk("seat_agent").act(case, "close")
    assert (without_reply.status, without_reply.code, without_reply.body["field"]) == (422, "reply_missing", "reply")
    desk("seat_agent").done(case, "close", reply="路面已修复，谢谢您的反映。")

    seen = desk("seat_agent").get(f"/cases/{case}").body
    assert seen["source"] == "热线"  # the inspector's own report is linked, the source stays public
    own = desk("inspector").get("/reports").body
    assert [(row["state"], row["case_number"]) for row in own] == [("linked", seen["number"])]
    assert verify_case(int(case)) == []


def test_a_verification_that_finds_nothing_needs_no_photo_and_the_director_does_not_file(desk: At, city: City) -> None:
    case = paths.accept(desk, paths.request(desk, city)["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="not_true", note="路面完好")
    desk("seat_agent").done(case, "propose_filing", note="不属实，建议不予立案")
    assert desk("seat_agent").act(case, "refuse_filing", reason="not_true").status == 403
    done = desk("duty_director").done(case, "refuse_filing", reason="not_true")

    assert done["state"] == "not_filed"
    assert desk("seat_agent").story(case)[-1] == "refuse_filing"


def test_against_a_finding_of_nothing_only_the_director_files(desk: At, city: City) -> None:
    case = paths.accept(desk, paths.request(desk, city)["report_id"], "send_verification")
    desk("inspector").done(case, "verify", answer="not_true", note="路面完好")
    refused = desk("seat_agent").act(case, "file", condition_id=str(city.condition()))
    assert (refused.status, refused.code) == (403, "verified_untrue")
    assert "不属实" in refused.body["sentence"] and "提请立案" in refused.body["sentence"]
    desk("seat_agent").done(case, "propose_filing", condition_id=str(city.condition()))
    assert desk("duty_director").done(case, "file", condition_id=str(city.condition()))["number"]


def test_what_has_a_number_is_voided_and_never_unfiled(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    reason = desk("dispatcher").get("/reasons/return_to_filing").body[0]["code"]
    desk("dispatcher").done(case, "return_to_filing", reason=reason, note="类别不对")
    refused = desk("duty_director").act(case, "refuse_filing", reason="not_true")
    assert (refused.status, refused.code) == (409, "filed_before")
    assert "作废" in refused.body["sentence"]


def test_true_without_a_photo_is_refused(desk: At, city: City) -> None:
    case = paths.accept(desk, paths.request(desk, city)["report_id"], "send_verification")
    refused = desk("inspector").act(case, "verify", answer="true")
    assert (refused.status, refused.code, refused.body["field"]) == (422, "photos_missing", "files")


def test_a_complex_case_waits_for_the_heads_signature(desk: At, city: City) -> None:
    case = paths.filed(desk, city, complex=True)
    assert desk("dispatcher").get("/queues").body["mine"] == []
    assert desk("head").get("/queues").body["mine"][0]["word"] == "待签发"

    desk("head").done(case, "sign", note="同意")

    assert [row["case_id"] for row in desk("dispatcher").get("/queues/dispatch").body] == [case]
    assert desk("seat_agent").story(case) == ["accept", "file", "sign", "hand_on"]


def test_the_head_returns_a_case_with_remarks_and_it_keeps_its_number(desk: At, city: City) -> None:
    case = paths.filed(desk, city, complex=True)
    number = desk("head").get(f"/cases/{case}").body["number"]
    reason = desk("head").get("/reasons/return_unsigned").body[0]["code"]
    desk("head").done(case, "return_unsigned", reason=reason, note="请补充现场范围")

    again = desk("seat_agent").done(case, "file", complex=True)

    assert (again["number"], again["state"]) == (number, "to_sign")


def test_a_city_owned_case_goes_out_on_paper_and_its_answer_is_entered_by_hand(desk: At, city: City) -> None:
    case = paths.filed(desk, city, city_owned=True)
    desk("duty_director").done(case, "release")
    clocks = {one["kind"]: one for one in desk("duty_director").get(f"/cases/{case}").body["clocks"]}
    assert clocks["case"]["light"]["light"] == "grey"  # the case limit stands while the city has it

    desk("duty_director").done(case, "enter_city_answer", text="市属道路，已修复", city_number="市-2026-118", handled_by="市路政")
    for shown in page_and_sheet(city, "seat_agent", case):
        assert "市级案号 市-2026-118" in shown and "处置人：市路政" in shown
    paper = enter(Client(), city, "duty_director").get(reverse("workbench:sheet", args=[case, "handover"])).content.decode()
    assert "市-2026-118" in paper
    desk("seat_agent").done(case, "send_check")
    paths.checked(desk, case, "not_handled")
    assert desk("seat_agent").act(case, "rework", reason="undone").code == "city_owned_no_rework"
    desk("seat_agent").done(case, "return_to_city", reason="undone")
    desk("duty_director").done(case, "enter_city_answer", text="二次修复")
    desk("seat_agent").done(case, "send_check")
    paths.checked(desk, case)

    assert desk("seat_agent").done(case, "close")["state"] == "closed"
    assert verify_case(int(case)) == []


def test_a_report_is_refused_with_a_reason_code_and_the_inspector_reads_why(desk: At, city: City) -> None:
    report = paths.report(desk, city)["report_id"]
    bare = desk("seat_agent").post(f"/reports/{report}/refuse", {"note": "太小了"})
    assert (bare.status, bare.code, bare.body["field"]) == (422, "reason_missing", "reason")

    desk("seat_agent").post(f"/reports/{report}/refuse", {"reason": "below_condition", "note": "裂缝很浅"})

    row = desk("inspector").get("/reports").body[0]
    assert (row["result"], row["reason"]) == ("不予受理", "未达到立案条件 裂缝很浅")
    late = desk("seat_agent").post(f"/reports/{report}/accept", {})
    assert (late.status, late.code, late.body["values"]["name"]) == (409, "report_done", "周岚")


def test_a_filed_case_is_voided_by_the_director_and_leaves_every_queue(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    assert desk("dispatcher").act(case, "void", reason="filed_wrongly").status == 403

    done = desk("duty_director").done(case, "void", reason="filed_wrongly")

    assert done["state"] == "void"
    assert desk("clerk").get("/queues").body["mine"] == []
    assert desk("clerk").act(case, "receive").code == "case_not_that_state"


def test_rework_goes_back_to_the_same_unit_with_what_is_left_of_its_limit(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    desk("dispatcher").done(case, "rework", reason="remains", note="还有一处坑")
    row = desk("clerk").get("/queues/dispose").body[0]
    assert (row["case_id"], row["rework_count"]) == (case, 1)
    assert "处置不到位" in row["note"]

    desk("clerk").done(case, "feedback", text="已补齐", files=[desk("clerk").send_photo("red")])
    paths.to_check(desk, case)
    paths.checked(desk, case, "insufficient")
    refused = desk("seat_agent").act(case, "close")
    assert (refused.status, refused.code) == (409, "check_disagrees")
    desk("seat_agent").done(case, "rework", reason="remains")

    assert desk("clerk").get(f"/cases/{case}").body["rework_count"] == 2
    assert verify_case(int(case)) == []


def test_a_correction_keeps_old_and_new_and_moves_the_due_time(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    before = desk("clerk").get(f"/cases/{case}").body
    other = city.category("暴露垃圾")

    desk("duty_director").done(case, "correct", reason="category", category_id=str(other.id), condition_id=str(city.condition("暴露垃圾")))

    after = desk("clerk").get(f"/cases/{case}").body
    assert (before["category_id"], after["category_id"]) == (str(city.category().id), str(other.id))
    assert after["limit"] != before["limit"]
    unit_clock = next(one for one in after["clocks"] if one["kind"] == "unit")
    assert unit_clock["due_at"] != next(one for one in before["clocks"] if one["kind"] == "unit")["due_at"]
    assert desk("clerk").story(case)[-1] == "correct"


def test_the_own_last_step_is_withdrawn_until_the_next_post_opens_the_case(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    assert desk("dispatcher").done(case, "withdraw", reason="slip")["state"] == "to_dispatch"
    assert desk("clerk").get(f"/cases/{case}").status == 404  # it was never the unit's

    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    desk("clerk").get(f"/cases/{case}")
    late = desk("dispatcher").act(case, "withdraw", reason="slip")

    assert (late.status, late.code) == (409, "withdraw_too_late")
    assert verify_case(int(case)) == []


def test_another_unit_than_the_proposed_one_needs_a_reason(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    proposed = desk("dispatcher").get(f"/cases/{case}/proposals").body[0]
    assert (proposed["unit_name"], proposed["grounds"][0]["basis"]) == ("市政所", "table")
    other = str(desk("other_clerk").who.unit_id)
    bare = desk("dispatcher").act(case, "dispatch", unit_id=other)
    assert (bare.status, bare.code) == (422, "other_unit_needs_reason")
    reason = desk("dispatcher").get("/reasons/other_unit").body[0]["code"]

    desk("dispatcher").done(case, "dispatch", unit_id=other, reason=reason, opinion="绿地内")

    assert desk("other_clerk").get("/queues/receive").body[0]["case_id"] == case
    assert desk("dispatcher").get(f"/cases/{case}/proposals").status == 200


def test_the_dispatcher_returns_a_wrongly_filed_case_to_filing(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    reason = desk("dispatcher").get("/reasons/return_to_filing").body[0]["code"]
    assert desk("dispatcher").done(case, "return_to_filing", reason=reason, note="类别不对")["state"] == "to_file"
    assert desk("seat_agent").get("/queues/file").body[0]["case_id"] == case


def test_a_marked_category_is_filed_by_the_duty_director_alone(desk: At, city: City) -> None:
    marked = next(one for one in catalog.category_options(city.platform.pk) if one.confirm_filing)
    condition = str(catalog.conditions_of(marked.id, city.platform.pk)[0].id)
    report = paths.report(desk, city, category_id=str(marked.id), condition_id=condition)["report_id"]
    case = paths.accept(desk, report)
    refused = desk("seat_agent").act(case, "file", condition_id=condition)
    assert (refused.status, refused.code) == (403, "confirm_needed")

    desk("seat_agent").done(case, "propose_filing", condition_id=condition)

    assert desk("duty_director").done(case, "file")["state"] == "to_dispatch"


def test_an_unreachable_place_is_checked_again_without_rework(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case, "unreachable")
    seen = desk("seat_agent").get(f"/cases/{case}").body
    assert (seen["state"], seen["rework_count"]) == ("to_send_check", 0)
