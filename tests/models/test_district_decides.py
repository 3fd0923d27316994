"""Model D: what a unit of a district asks for goes to the district's own posts first, and only what they cannot settle to the city."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api.paths import At
from tests.models import districts, ways
from tests.models.districts import asked, centre, queue, until
from tests.support.city import WORKDAY
from tests.support.model_city import ModelCity
from urbangrid.cases import queues
from urbangrid.cases.actions import escalating
from urbangrid.cases.models import Case, CaseRequest, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.organizations.models import Appointment

pytestmark = pytest.mark.parametrize("model_city", ["d"], indirect=True)
CITY = ("dispatcher", "command_director", "duty_director", "seat_agent")
FUTURE = 6


def _waits(at: At, case: str) -> tuple[str, ...]:
    """Who of the cast has the decision on their list."""
    names = ("district_dispatcher", "district_head", *CITY)
    return tuple(name for name in names if case in queue(at, name, "decide"))


def test_a_send_back_is_decided_by_the_district_and_the_case_is_the_districts_again(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_send_back", reason="not_ours", note="属环卫所")
    assert _waits(at, case) == ("district_dispatcher", "district_head")
    request = asked(at, "district_clerk", case)
    for name in CITY:
        assert at(name).act(case, "agree", request=request).code == "not_your_item", name
    at("district_dispatcher").done(case, "agree", request=request)
    found = Case.objects.get(pk=case)
    assert (found.state, found.command_unit_id, found.handler_unit_id) == ("at_district", int(centre(at)), None)
    assert queue(at, "district_dispatcher", "district_dispatch") == [case] and queue(at, "dispatcher", "dispatch") == []
    refused = at("district_dispatcher").act(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id), reason="other", opinion="请办")
    assert refused.code == "unit_sent_back"
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("other_district_clerk").who.unit_id), **_why(at))
    assert at("other_district_clerk").get(f"/cases/{case}").body["state"] == "to_receive"
    assert verify_case(int(case)) == []


def test_a_send_back_that_the_districts_dispatcher_lets_sleep_goes_to_its_leader_and_never_to_the_city(
    at: At, model_city: ModelCity
) -> None:  # fmt: skip
    with clock.travel(WORKDAY):
        case = districts.with_unit(at, model_city)
        at("district_clerk").done(case, "ask_send_back", reason="not_ours", note="属环卫所")
    with clock.travel(WORKDAY + timedelta(hours=2)):
        assert escalating.escalate_slept() == 1
        assert _waits(at, case) == ("district_head",)
        line = at("district_dispatcher").get(f"/cases/{case}").body["story"][-1]
        assert (line["action"], line["actor"]) == ("escalate", "") and "东湖指挥中心逾时未批" in line["text"]
    with clock.travel(WORKDAY + timedelta(hours=8)):
        assert escalating.escalate_slept() == 0  # nobody of the district is above her, and it is not the city's to decide
        request = asked(at, "district_head", case)
        for name in CITY:
            assert at(name).act(case, "agree", request=request).code == "not_your_item", name
        at("district_head").done(case, "agree", request=request)
        assert Case.objects.get(pk=case).state == "at_district"
    assert verify_case(int(case)) == []


def _why(at: At) -> dict[str, Any]:
    return {"reason": at("district_dispatcher").get("/reasons/other_unit").body[0]["code"], "opinion": "请办"}


def test_a_district_that_finds_no_unit_gives_the_case_up_and_the_city_is_free_to_choose(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_send_back", reason="not_ours", note="属市政所")
    at("district_dispatcher").done(case, "agree", request=asked(at, "district_clerk", case))
    at("district_dispatcher").done(case, "return_up", reason="city_unit", note="区内无责任单位")
    assert Case.objects.get(pk=case).state == "to_dispatch"
    ways.dispatched(at, case)
    ways.disposed(at, case)
    assert Case.objects.get(pk=case).state == "to_review"


def test_the_second_send_back_goes_to_the_duty_leader_and_ownership_is_settled_within_the_district(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_send_back", reason="not_ours", note="属环卫所")
    at("district_dispatcher").done(case, "agree", request=asked(at, "district_clerk", case))
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("other_district_clerk").who.unit_id), **_why(at))
    at("other_district_clerk").done(case, "receive")
    at("other_district_clerk").done(case, "ask_send_back", reason="not_ours", note="属市政所")
    assert _waits(at, case) == ("district_head",)
    at("district_head").done(case, "agree", request=asked(at, "other_district_clerk", case))

    at("district_dispatcher").done(case, "ask_responsibility", reason="two_owners", note="两家推诿")
    assert _waits(at, case) == ("district_head",)
    assert at("district_dispatcher").act(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id)).code == "request_waits"
    city_unit: dict[str, Any] = {"request": asked(at, "district_head", case), "unit_id": str(at("clerk").who.unit_id), "basis": "会商纪要"}
    assert at("district_head").act(case, "agree", **city_unit).code == "unit_unknown"  # the city's units are not the district's to name
    settled = {**city_unit, "unit_id": str(at("other_district_clerk").who.unit_id), "designated": True}
    at("district_head").done(case, "agree", **settled)
    assert at("district_dispatcher").act(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id)).code == "settled_otherwise"
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("other_district_clerk").who.unit_id))
    at("other_district_clerk").done(case, "receive")
    assert at("other_district_clerk").act(case, "ask_send_back", reason="not_ours", note="仍不属").code in ("designated", "request_used_up")


def test_what_a_district_settled_does_not_bind_the_city_nor_the_citys_choice_the_districts_unit(at: At, model_city: ModelCity) -> None:
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    at("dispatcher").done(case, "ask_responsibility", reason="border", note="请定由谁办")
    given = {"request": asked(at, "duty_director", case), "basis": "属地管理", "designated": True}
    at("duty_director").done(case, "agree", unit_id=centre(at), **given)
    assert at("dispatcher").act(case, "dispatch", unit_id=str(at("clerk").who.unit_id), **_why(at)).code == "settled_otherwise"
    at("dispatcher").done(case, "dispatch", unit_id=centre(at))
    assert at("district_dispatcher").act(case, "return_up", reason="city_unit", note="属市级").code == "designated"
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    assert Case.objects.get(pk=case).state == "to_receive"


def test_a_short_one_ends_with_the_district_and_a_long_one_goes_on_to_the_city(at: At, model_city: ModelCity) -> None:
    """7 days of extension, 15 of suspension and deferral are the district's."""
    for kind, days, ends in (("extension", 5, True), ("extension", 20, False), ("suspension", 10, True), ("deferral", 25, False)):
        reason = at("district_clerk").get(f"/reasons/ask_{kind}").body[0]["code"]
        case = districts.with_unit(at, model_city)
        files = [at("district_clerk").send_photo()]
        at("district_clerk").done(case, f"ask_{kind}", reason=reason, note="材料未到", until=until(days), files=files)
        request = asked(at, "district_clerk", case)
        assert _waits(at, case) == ("district_head",)
        at("district_head").done(case, "agree", request=request)
        assert CaseRequest.objects.get(pk=request).state == ("granted" if ends else "waiting")
        if not ends:
            assert _waits(at, case) == ("command_director",)
            assert at("district_head").act(case, "agree", request=request).code == "not_your_item"
            at("command_director").done(case, "agree", request=request)
            if kind == "extension":  # beyond the city's own 7 days as well: its second approver
                at("duty_director").done(case, "agree", request=request)
            assert CaseRequest.objects.get(pk=request).state == "granted"


def test_the_district_refuses_by_itself_and_the_unit_goes_on(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_extension", reason="material", until=until(20))
    request = asked(at, "district_clerk", case)
    reason = at("district_head").get("/reasons/disagree").body[0]["code"]
    at("district_head").done(case, "disagree", request=request, reason=reason, note="按期")
    assert (CaseRequest.objects.get(pk=request).state, _waits(at, case)) == ("refused", ())


def test_what_ends_a_case_or_asks_for_an_opinion_passes_the_districts_leader_and_is_the_citys_word(at: At, model_city: ModelCity) -> None:
    for kind, state in (("difficult", "disposing"), ("void", "void")):
        case = districts.with_unit(at, model_city)
        reason = at("district_dispatcher").get(f"/reasons/ask_{kind}").body[0]["code"]
        at("district_dispatcher").done(case, f"ask_{kind}", reason=reason, note="现场已无此问题")
        request = asked(at, "district_dispatcher", case)
        assert _waits(at, case) == ("district_head",)
        at("district_head").done(case, "agree", request=request)
        assert "duty_director" in _waits(at, case) and "district_head" not in _waits(at, case)
        at("duty_director").done(case, "agree", request=request, note="同意区级意见")
        assert CaseRequest.objects.get(pk=request).state == "granted"
        assert Case.objects.get(pk=case).state == state


def test_a_unit_of_the_city_asks_the_city_alone(at: At, model_city: ModelCity) -> None:
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    ways.dispatched(at, case)
    at("clerk").done(case, "receive")
    at("clerk").done(case, "ask_extension", reason="material", until=until(FUTURE))
    assert _waits(at, case) == ("command_director",)


def test_where_nobody_of_the_district_may_approve_the_citys_duty_director_finds_it(at: At, model_city: ModelCity) -> None:
    Appointment.objects.filter(pk=at("district_head").who.appointment_id).delete()
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_extension", reason="material", until=until(FUTURE))
    item = WorkItem.objects.get(case_id=case, kind="decide", closed_at=None)
    assert (item.duty, item.unit_id) == ("nobody_responsible", at("duty_director").who.unit_id)
    at("duty_director").done(case, "agree", request=asked(at, "district_clerk", case))


def test_a_district_takes_back_and_gives_anew_within_itself(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_extension", reason="material", until=until(FUTURE))
    at("district_dispatcher").done(case, "recall", reason="wrong_unit", note="改由环卫所")
    found = Case.objects.get(pk=case)
    assert (found.state, found.command_unit_id) == ("at_district", int(centre(at)))
    assert _waits(at, case) == () and queue(at, "dispatcher", "dispatch") == []
    assert at("district_dispatcher").act(case, "recall", reason="wrong_unit").status == 409  # nothing below to take back
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("other_district_clerk").who.unit_id), **_why(at))
    again = str(at("district_clerk").who.unit_id)
    at("district_dispatcher").done(case, "redispatch", unit_id=again, reason="wrong_unit", opinion="仍由市政所")
    assert Case.objects.get(pk=case).handler_unit_id == at("district_clerk").who.unit_id
    assert verify_case(int(case)) == []


def test_what_a_district_asked_lapses_when_the_city_has_the_case_again(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("district_dispatcher").done(case, "ask_void", reason="not_true", note="现场无此问题")
    request = asked(at, "district_dispatcher", case)
    at("dispatcher").done(case, "redispatch", unit_id=str(at("clerk").who.unit_id), reason="wrong_unit", opinion="市属道路")
    found = Case.objects.get(pk=case)
    assert (found.command_unit_id, found.handler_unit_id) == (None, at("clerk").who.unit_id)
    assert CaseRequest.objects.get(pk=request).state == "lapsed" and _waits(at, case) == ()
    ways.disposed(at, case)
    assert Case.objects.get(pk=case).state == "to_review"  # the city's own unit: the district has no part in it any more
    assert not queues.counts(queues.watched(at("district_head").who))


def test_another_district_neither_sees_nor_does_anything(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    case = districts.with_unit(at, model_city)
    at("district_clerk").done(case, "ask_extension", reason="material", until=until(FUTURE))
    request, seq = asked(at, "district_clerk", case), Case.objects.get(pk=case).seq
    own = str(at("west_clerk").who.unit_id)
    tried: dict[str, dict[str, Any]] = {
        "agree": {"request": request}, "recall": {"reason": "wrong_unit"}, "redispatch": {"unit_id": own, "reason": "wrong_unit"},
        "dispatch": {"unit_id": own}, "return_up": {"reason": "outside"}, "add_assist": {"unit_id": own, "note": "协办"},
        "coordinate": {"note": "会商"}, "remind": {"note": "请抓紧"}, "order": {"note": "请回复"},
        "ask_void": {"reason": "not_true", "note": "无"},
        "ask_difficult": {"reason": "no_rule", "note": "无"}, "wake": {"reason": "other", "note": "无"}, "comment": {"text": "意见"},
    }  # fmt: skip
    for name in ("west_dispatcher", "west_head", "west_clerk"):
        assert at(name).get(f"/cases/{case}").status == 404
        assert [one for kind in ("decide", "district_dispatch", "dispose") for one in queue(at, name, kind)] == []
        assert at(name).get("/cases").body == [] or case not in str(at(name).get("/cases").body)
        for action, data in tried.items():
            assert at(name).act(case, action, seq=seq, **data).status == 404, (name, action)
    assert Case.objects.get(pk=case).seq == seq
    assert not queues.urgeable(at("west_dispatcher").who).exists() and queues.urgeable(at("district_dispatcher").who).exists()


def test_a_district_does_nothing_more_with_a_case_that_the_city_has_again(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city)
    at("dispatcher").done(case, "recall", reason="wrong_unit", note="市属道路")
    ways.dispatched(at, case)
    seen = at("district_dispatcher").get(f"/cases/{case}").body
    assert seen["story"][-1]["action"] == "recall"  # it reads to the record with which the case left
    assert at("district_dispatcher").get(f"/cases/{case}/moves").body["moves"] == []
    seq = Case.objects.get(pk=case).seq
    for action, data in {"recall": {"reason": "wrong_unit"}, "remind": {"note": "请抓紧"}, "order": {"note": "请回复"},
                         "add_assist": {"unit_id": str(at("district_clerk").who.unit_id), "note": "协办"},
                         "ask_void": {"reason": "not_true", "note": "无"}}.items():  # fmt: skip
        refused = at("district_dispatcher").act(case, action, seq=seq, **data)
        assert (refused.status, refused.code) == (403, "case_not_in_district"), action
