"""Model D with two districts: the city commands over both, moves a case from one to the other, and lets both work on one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.api.paths import At
from tests.models import districts, ways
from tests.models.districts import asked, centre, queue
from tests.supervision.delivery import deliver, sweep, told
from tests.support.browser import enter
from tests.support.city import OUTSIDE, WORKDAY
from tests.support.model_city import ModelCity
from urbangrid.cases import ledgers
from urbangrid.cases.actions import ordering
from urbangrid.cases.actions.inputs import OrderInputs
from urbangrid.cases.models import Case, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.messaging import queries as notices
from urbangrid.organizations.models import Unit

pytestmark = pytest.mark.parametrize("model_city", ["d"], indirect=True)


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    notices.forget()


def _told(city: ModelCity, name: str, case: str) -> list[str]:
    return told(city, name, case)  # type: ignore[arg-type]


@pytest.mark.requirement("SZ-4.1a")
def test_the_model_is_one_supervision_and_two_commands(at: At, model_city: ModelCity) -> None:
    """Preset "一级监督、两级指挥": one city centre that supervises and commands, and a command centre in each district opened."""
    districts.opened(model_city)
    city, (east, west) = model_city.platform, Platform.objects.filter(parent=model_city.platform).order_by("code")
    assert [(one.supervises, one.commands) for one in (city, east, west)] == [(True, True), (False, True), (False, True)]
    for district in (east, west):
        assert [unit.kind for unit in Unit.objects.filter(platform=district).exclude(kind="department")] == ["command"]
    supervising = {"accept", "file", "send_verification", "send_check", "close"}
    assert all(at("seat_agent").who.may(duty) for duty in supervising)
    assert not any(at(name).who.duties & supervising for name in ("district_dispatcher", "district_head", "west_dispatcher", "west_head"))
    for name in ("dispatcher", "district_dispatcher", "west_dispatcher"):
        assert at(name).who.may("dispatch")
    assert {one["unit_id"] for one in at("dispatcher").get("/units", q="指挥中心").body} >= {centre(at), centre(at, "west_dispatcher")}


@pytest.mark.requirement("SZ-4.1c")
def test_the_city_recalls_a_case_from_one_district_and_sends_it_to_another(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    case = districts.with_unit(at, model_city)
    deliver()
    assert _told(model_city, "district_dispatcher", case) == ["handed_down"]
    assert _told(model_city, "district_clerk", case) == ["dispatched"]
    at("dispatcher").done(case, "recall", reason="wrong_unit", note="该处由西山区管理")
    at("dispatcher").done(case, "dispatch", unit_id=centre(at, "west_dispatcher"), reason="other", opinion="请西山区办理")
    deliver()
    assert _told(model_city, "district_dispatcher", case)[-1] == "taken_from_district"
    assert _told(model_city, "district_clerk", case)[-1] == "taken_away"
    assert _told(model_city, "west_dispatcher", case) == ["handed_down"]
    assert notices.bell(at("district_dispatcher").who).count == 1  # the handing down is settled, the recall is news
    story = [(one["action"], one["text"]) for one in at("dispatcher").get(f"/cases/{case}").body["story"]]
    sent = [text for action, text in story if action in ("dispatch", "recall")]
    assert [action for action, _text in story][-2:] == ["recall", "dispatch"]
    assert (sent[0], sent[-1]) == ("东湖区指挥中心", "西山区指挥中心")
    own = [one["action"] for one in at("district_dispatcher").get(f"/cases/{case}").body["story"]]
    assert own[-1] == "recall"  # where it went from there is nothing of the former district's
    at("west_dispatcher").done(case, "dispatch", unit_id=str(at("west_clerk").who.unit_id))
    ways.disposed(at, case, "west_clerk")
    assert queue(at, "west_dispatcher", "district_review") == [case] and queue(at, "district_dispatcher", "district_review") == []
    assert verify_case(int(case)) == []


def test_before_a_district_has_sent_it_on_the_recall_is_told_to_its_centre(at: At, model_city: ModelCity) -> None:
    case = districts.handed_down(at, model_city)
    at("dispatcher").done(case, "recall", reason="wrong_unit")
    deliver()
    assert _told(model_city, "district_dispatcher", case) == ["handed_down", "taken_from_district"]
    again = districts.handed_down(at, model_city)
    at("district_dispatcher").done(again, "return_up", reason="city_unit", note="属市政所")
    deliver()
    assert "returned_up" in _told(model_city, "dispatcher", again)
    assert _told(model_city, "district_dispatcher", again) == ["handed_down"]


def test_each_level_hears_its_own_part_and_a_late_unit_is_told_of_at_both(at: At, model_city: ModelCity) -> None:
    with clock.travel(WORKDAY):
        case = districts.with_unit(at, model_city, received=False)
    with clock.travel(WORKDAY + timedelta(minutes=121)):
        sweep()
        assert "not_received" in _told(model_city, "district_dispatcher", case)
        assert "not_received" not in _told(model_city, "dispatcher", case)
        assert "not_received_again" in _told(model_city, "district_head", case)
        ways.disposed(at, case, "district_clerk")
        deliver()
        assert _told(model_city, "district_dispatcher", case)[-1] == "answered"
        assert "answered" not in _told(model_city, "dispatcher", case)
        at("district_dispatcher").done(case, "review")
        deliver()
        assert _told(model_city, "dispatcher", case)[-1] == "answered"
        at("dispatcher").done(case, "rework", reason="remains")
        deliver()
        assert "rework" in _told(model_city, "district_dispatcher", case)
    with clock.travel(WORKDAY + timedelta(days=30)):
        sweep()
        for name in ("district_clerk", "district_dispatcher", "duty_director"):
            assert {"late", "case_late"} <= set(_told(model_city, name, case)), name


def test_a_case_that_ends_is_told_to_the_district_too(at: At, model_city: ModelCity) -> None:
    case = districts.with_unit(at, model_city, received=False)
    ways.disposed(at, case, "district_clerk")
    at("district_dispatcher").done(case, "review")
    at("dispatcher").done(case, "review")
    ways.closed(at, model_city, case)
    deliver()
    for name in ("district_clerk", "district_dispatcher", "inspector"):
        assert _told(model_city, name, case)[-1] == "closed", name


@pytest.mark.requirement("SZ-6.2")
def test_a_case_on_the_border_is_dispatched_to_two_districts_each_answers_and_the_city_closes(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    west, clerk = centre(at, "west_dispatcher"), str(at("west_clerk").who.unit_id)
    case = districts.handed_down(at, model_city, assist=[west], opinion="两区交界处路面塌陷，请共同处置")
    deliver()
    assert _told(model_city, "west_dispatcher", case) == ["dispatched"]
    assert (queue(at, "district_dispatcher", "district_dispatch"), queue(at, "west_dispatcher", "assist")) == ([case], [case])
    assert at("west_clerk").get(f"/cases/{case}").status == 404

    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    at("district_clerk").done(case, "receive")
    assert at("west_dispatcher").act(case, "recall", reason="wrong_unit").code == "case_not_in_district"
    assert at("west_dispatcher").act(case, "add_assist", unit_id=str(at("clerk").who.unit_id), note="请").code == "unit_unknown"
    at("west_dispatcher").done(case, "add_assist", unit_id=clerk, note="修补西侧")
    assert at("west_dispatcher").act(case, "assist_answer", text="已修补").code == "assist_waits"  # its own unit has not answered
    photo = at("district_clerk").send_photo("black")
    assert at("district_clerk").act(case, "feedback", text="东侧已修补", files=[photo]).code == "assist_waits"
    at("west_clerk").done(case, "assist_answer", text="西侧已修补", files=[at("west_clerk").send_photo("blue")])
    at("west_dispatcher").done(case, "remind", note="")
    at("west_dispatcher").done(case, "assist_answer", text="西山区一侧已修补")
    at("district_clerk").done(case, "feedback", text="东侧已修补", files=[photo])
    at("district_dispatcher").done(case, "review")
    at("dispatcher").done(case, "review")
    assert ways.closed(at, model_city, case)["state"] == "closed"
    parts = WorkItem.objects.filter(case_id=case, kind="assist").order_by("id").values_list("unit__name", "on_time")
    assert list(parts) == [("西山区指挥中心", True), ("西山区市政所", True)]
    story = [one["action"] for one in at("seat_agent").get(f"/cases/{case}").body["story"]]
    assert story.count("assist_answer") == 2 and story[-6:] == ["feedback", "review", "review", "send_check", "check", "close"]
    assert verify_case(int(case)) == []


def test_a_district_that_does_not_answer_in_time_holds_nobody_up_but_the_citys_own_review(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    west = centre(at, "west_dispatcher")
    case = districts.handed_down(at, model_city, assist=[west])
    at("west_dispatcher").done(case, "add_assist", unit_id=str(at("west_clerk").who.unit_id), note="修补西侧")
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    with clock.travel(clock.now() + timedelta(days=40)):
        ways.disposed(at, case, "district_clerk")
        late = next(one for one in at("district_dispatcher").get(f"/cases/{case}").body["story"] if one["action"] == "feedback")
        assert late["action"] == "feedback"
        assert at("district_dispatcher").act(case, "drop_assist", unit_id=west, reason="other", note="不等").code == "assists_not"
        at("district_dispatcher").done(case, "review")
        assert at("dispatcher").act(case, "review").code == "assist_open"
        at("dispatcher").done(case, "drop_assist", unit_id=west, reason="other", note="西山区未办，另案处理")
        assert not WorkItem.objects.filter(case_id=case, kind="assist", closed_at=None).exists()  # what its own units had ends with it
        at("dispatcher").done(case, "review")


@pytest.mark.requirement("SY-6.2c")
def test_the_city_orders_the_district_and_the_district_its_unit_and_both_replies_are_chained(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    case = districts.with_unit(at, model_city)
    at("duty_director").done(case, "order", note="三日内整改", until=(clock.now() + timedelta(days=3)).isoformat())
    first = asked(at, "duty_director", case)
    deliver()
    assert "order" in _told(model_city, "district_dispatcher", case)
    assert queue(at, "district_dispatcher", "answer_order") == [case] and queue(at, "district_clerk", "answer_order") == []
    abroad: dict[str, Any] = {"request": first, "note": "请办", "unit_id": str(at("west_clerk").who.unit_id)}
    assert at("district_dispatcher").act(case, "pass_on", **abroad).code == "order_target"
    sooner = {"until": (clock.now() + timedelta(days=1)).isoformat(), "unit_id": str(at("district_clerk").who.unit_id)}
    with clock.travel(clock.now() + timedelta(hours=1)):
        at("district_dispatcher").done(case, "pass_on", **abroad | sooner)
    second = asked(at, "district_clerk", case)
    rows, total = ledgers.ledger(at("district_head").who, "order", open_only=True)
    assert (total, [str(row.request_id) for row in rows]) == (2, [first, second]), "the oldest first, though it is due later"
    assert [row.parent for row in rows] == ["", rows[0].number]
    page = enter(Client(), model_city, "district_clerk").get(f"/case/{case}/").content.decode()  # type: ignore[arg-type]
    assert f"转自 {rows[0].number}" in page
    assert ledgers.ledger(at("west_head").who, "order", open_only=True) == ([], 0)
    at("district_clerk").done(case, "answer_order", request=second, note="已完成")
    at("district_dispatcher").done(case, "accept_answer", request=second)
    at("district_dispatcher").done(case, "answer_order", request=first, note="区市政所已整改")
    at("duty_director").done(case, "accept_answer", request=first)
    orders = at("duty_director").get(f"/cases/{case}").body["requests"]
    assert [(one["state"], one["parent"]) for one in orders] == [("ended", ""), ("ended", orders[0]["number"])]
    assert ledgers.ledger(at("district_head").who, "order", open_only=True) == ([], 0)


def test_each_level_urges_its_own_the_city_the_district_and_the_district_its_unit(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    case = districts.with_unit(at, model_city)
    at("dispatcher").done(case, "remind", note="请区里督促")
    at("district_dispatcher").done(case, "remind", note="请抓紧")
    targets = [one["target"] for one in at("dispatcher").get(f"/cases/{case}").body["requests"]]
    assert targets == ["东湖指挥中心", at("district_clerk").who.unit_name]
    city_unit: dict[str, Any] = {"unit_id": str(at("clerk").who.unit_id), "note": "请"}
    assert at("district_dispatcher").act(case, "remind", **city_unit).code == "order_target"
    assert at("district_head").act(case, "order", **city_unit).code == "order_target"
    at("district_head").done(case, "order", note="请书面回复")
    assert queue(at, "district_clerk", "answer_order") == [case]
    found = ordering.send_many(at("west_dispatcher").who, "reminder", [], OrderInputs(note="请"))
    assert (found.done, found.refused) == (0, ())
    waiting = districts.handed_down(at, model_city)
    at("dispatcher").done(waiting, "remind", note="请派遣")
    assert at("dispatcher").get(f"/cases/{waiting}").body["requests"][-1]["target"] == "东湖指挥中心"
    assert Case.objects.get(pk=waiting).state == "at_district"


@pytest.mark.requirement("SZ-6.9a")
def test_one_number_serves_all_levels_and_the_place_decides_which_district_gets_the_call(at: At, model_city: ModelCity) -> None:
    districts.opened(model_city)
    case = ways.verified(at, model_city, ways.citizen_calls(at, model_city))  # 12319, registered by the city's seat
    ways.filed(at, model_city, case)
    assert Case.objects.get(pk=case).platform_id == model_city.platform.pk
    assert at("dispatcher").get(f"/cases/{case}/proposals").body[0]["unit_id"] == centre(at)
    at("dispatcher").done(case, "dispatch", unit_id=centre(at))
    assert (queue(at, "district_dispatcher", "district_dispatch"), queue(at, "west_dispatcher", "district_dispatch")) == ([case], [])

    beyond = ways.accepted(at, ways.inspector_reports(at, model_city, spot=OUTSIDE))
    assert at("seat_agent").get(f"/cases/{beyond}").body["place"]["outside"] is True
    ways.filed(at, model_city, beyond)
    assert queue(at, "dispatcher", "dispatch") == [beyond]  # nobody's place: the city's dispatcher finds the unit
    assert centre(at) not in [one["unit_id"] for one in at("dispatcher").get(f"/cases/{beyond}/proposals").body]
