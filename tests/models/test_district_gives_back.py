"""Model D: what a district gives back to the city, a case or its part in one, and who judges what its inspectors solve themselves."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.api.paths import At
from tests.models import districts
from tests.models.districts import asked, centre, queue
from tests.support.city import INSIDE
from tests.support.model_city import ModelCity
from urbangrid.cases import proposals, self_disposals
from urbangrid.cases.models import Case, CaseRequest
from urbangrid.cases.verification import verify_case
from urbangrid.catalog import actions as catalog

pytestmark = pytest.mark.parametrize("model_city", ["d"], indirect=True)


def _helped(at: At, city: ModelCity) -> str:
    """A case of the one district that the other helps with, by a unit of its own."""
    districts.opened(city)
    case = districts.handed_down(at, city, assist=[centre(at, "west_dispatcher")], opinion="两区交界处，请共同处置")
    at("west_dispatcher").done(case, "add_assist", unit_id=str(at("west_clerk").who.unit_id), note="修补西侧")
    return case


def test_a_helping_district_asks_the_city_to_be_let_go_and_its_own_units_go_with_it(at: At, model_city: ModelCity) -> None:
    case = _helped(at, model_city)
    at("west_dispatcher").done(case, "ask_assist_back", reason="not_ours", note="西侧也属东湖区")
    request = asked(at, "west_dispatcher", case)
    assert case in queue(at, "dispatcher", "decide")
    for name in ("west_dispatcher", "west_head", "district_dispatcher", "district_head"):
        assert at(name).act(case, "agree", request=request).code == "not_your_item", name
    at("dispatcher").done(case, "agree", request=request)
    assert CaseRequest.objects.get(pk=request).state == "granted"
    assert queue(at, "west_dispatcher", "assist") == queue(at, "west_clerk", "assist") == []
    assert queue(at, "district_dispatcher", "district_dispatch") == [case]  # the other's part goes on
    assert verify_case(int(case)) == []


def test_its_unit_still_asks_its_own_district_and_a_district_that_does_not_help_asks_nothing(at: At, model_city: ModelCity) -> None:
    case = _helped(at, model_city)
    assert at("district_dispatcher").act(case, "ask_assist_back", reason="not_ours", note="属城管").code == "not_your_item"
    at("west_clerk").done(case, "ask_assist_back", reason="not_ours", note="不属本所")
    assert case in queue(at, "west_dispatcher", "decide") and case not in queue(at, "dispatcher", "decide")
    at("west_dispatcher").done(case, "agree", request=asked(at, "west_clerk", case))
    assert queue(at, "west_dispatcher", "assist") == [case] and queue(at, "west_clerk", "assist") == []


def test_a_district_that_returned_a_case_is_not_proposed_again_and_gets_it_only_with_a_reason(at: At, model_city: ModelCity) -> None:
    case = districts.handed_down(at, model_city)
    assert proposals.decide(Case.objects.get(pk=case)).back == frozenset()
    at("district_dispatcher").done(case, "return_up", reason="city_unit", note="属市政所")
    choice = next(one for one in proposals.choices(Case.objects.get(pk=case)) if str(one.unit_id) == centre(at))
    assert (choice.fit, choice.proposed) == ("sent_back", False)
    refused = at("dispatcher").act(case, "dispatch", unit_id=centre(at))
    assert (refused.status, refused.code) == (422, "district_returned")
    at("dispatcher").done(case, "dispatch", unit_id=centre(at), reason="other", opinion="经核实确在东湖区管界内")
    assert queue(at, "district_dispatcher", "district_dispatch") == [case]


def test_what_a_district_took_back_before_anybody_saw_it_was_no_return(at: At, model_city: ModelCity) -> None:
    case = districts.handed_down(at, model_city)
    at("district_dispatcher").done(case, "return_up", reason="city_unit", note="误操作")
    at("district_dispatcher").done(case, "withdraw", reason="slip", note="点错")
    assert proposals.decide(Case.objects.get(pk=case)).back == frozenset()


def test_after_two_districts_returned_it_nobody_is_tried_blindly(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    case = districts.handed_down(at, model_city)
    at("district_dispatcher").done(case, "return_up", reason="outside", note="不在本区")
    at("dispatcher").done(case, "dispatch", unit_id=centre(at, "west_dispatcher"), reason="other", opinion="请西山区办理")
    at("west_dispatcher").done(case, "return_up", reason="outside", note="不在本区")
    for unit in (centre(at), str(at("clerk").who.unit_id)):
        assert at("dispatcher").act(case, "dispatch", unit_id=unit, reason="other", opinion="再试").code == "settlement_needed"
    at("dispatcher").done(case, "ask_responsibility", reason="border", note="请定由谁办")
    given = {"request": asked(at, "duty_director", case), "basis": "属地管理", "designated": True, "unit_id": centre(at)}
    at("duty_director").done(case, "agree", **given)
    at("dispatcher").done(case, "dispatch", unit_id=centre(at))
    assert verify_case(int(case)) == []


def test_what_a_districts_inspector_solves_herself_is_judged_by_the_citys_seat_who_sees_both_photos(
    at: At, model_city: ModelCity
) -> None:  # fmt: skip
    category = model_city.category().id
    with transaction.atomic():
        catalog.set_rule(model_city.platform, category, self_disposal=True, close_informed=False)
    phone, seat = at("district_inspector"), at("seat_agent")
    body = {"client_id": "self-1", "category_id": str(category), "place_text": "东湖路", "longitude": INSIDE[0], "latitude": INSIDE[1],
            "before": phone.send_photo("black"), "after": phone.send_photo("white")}  # fmt: skip
    sent = phone.post("/self-disposals", body)
    assert sent.status == 201, sent.body
    (row,) = seat.get("/self-disposals").body
    assert (row["number"], row["inspector"]) == (sent.body["number"], phone.who.user_name)
    assert [seat.bytes_of(row[name])[0] for name in ("before_id", "after_id")] == [200, 200]
    assert at("district_head").get("/self-disposals").status == 403  # the district neither files nor closes
    assert seat.post(f"/self-disposals/{row['self_id']}/judge", {}).body["state_word"] == "办结"
    assert self_disposals.mine(phone.who)[0].state_word == "办结"
