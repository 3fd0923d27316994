"""Model D: one supervision, two commands. The city files, checks and closes; a district dispatches to its own units."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse

from tests.api.paths import At
from tests.models import ways
from tests.support.city import WORKDAY
from tests.support.model_city import ModelCity
from urbangrid.cases import processes, queues
from urbangrid.cases.models import Case, WorkItem
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock
from urbangrid.organizations import installing, queries

pytestmark = pytest.mark.parametrize("model_city", ["d"], indirect=True)


def _filed(at: At, city: ModelCity) -> str:
    case = ways.accepted(at, ways.inspector_reports(at, city))
    ways.filed(at, city, case)
    return case


def _centre(at: At) -> str:
    return str(at("district_dispatcher").who.unit_id)


def _handed_down(at: At, city: ModelCity) -> str:
    case = _filed(at, city)
    at("dispatcher").done(case, "dispatch", unit_id=_centre(at))
    return case


@pytest.mark.requirement("SZ-4.2b")
def test_a_case_goes_by_both_commands_to_closure_and_the_stage_bar_shows_each_level_with_its_time(at: At, model_city: ModelCity) -> None:
    with clock.travel(WORKDAY):
        case = _filed(at, model_city)
    with clock.travel(WORKDAY + timedelta(minutes=10)):
        at("dispatcher").done(case, "dispatch", unit_id=_centre(at))
        assert at("district_dispatcher").get(f"/cases/{case}/moves").body["state"] == "at_district"
    with clock.travel(WORKDAY + timedelta(minutes=32)):
        assert _levels(at, case)["dispatch"] == [("市级", 600), ("区级", 1320)], "the second hop goes on"
        at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
        ways.disposed(at, case, "district_clerk")
    with clock.travel(WORKDAY + timedelta(minutes=47)):
        at("district_dispatcher").done(case, "review")
    with clock.travel(WORKDAY + timedelta(minutes=52)):
        at("dispatcher").done(case, "review")
        ways.closed(at, model_city, case)
        seen = at("seat_agent").get(f"/cases/{case}").body
        person = ways.browser(model_city, "seat_agent")
        page = person.get(reverse("workbench:case", args=[case])).content.decode()
        sheet = person.get(reverse("workbench:sheet", args=[case, "case"])).content.decode()
    assert [one["state"] for one in seen["stages"]] == ["done"] * 6 + ["ahead"]
    assert _levels(at, case) == {"dispatch": [("市级", 600), ("区级", 1320)], "feedback": [("区级", 900), ("市级", 300)]}
    assert 'aria-label="7 个环节"' in page and "市级 10分 · 区级 22分" in page and "区级 15分 · 市级 5分" in page
    assert "市级 10分 区级 22分" in sheet
    actions = ["dispatch", "dispatch", "receive", "feedback", "review", "review", "send_check", "check", "close"]
    assert at("seat_agent").story(case)[-9:] == actions
    assert verify_case(int(case)) == []
    assert len(seen["photos"]) == 3
    photo = next(one["file_id"] for one in seen["photos"] if one["role"] == "after")
    assert at("seat_agent").bytes_of(photo)[0] == 200  # the district's photo, seen by the city


def _levels(at: At, case: str) -> dict[str, list[tuple[str, int]]]:
    """Stages that two levels share, with the seconds of each."""
    stages = at("seat_agent").get(f"/cases/{case}").body["stages"]
    return {one["code"]: [(level["name"], level["seconds"]) for level in one["levels"]] for one in stages if one["levels"]}


@pytest.mark.parametrize("source", ["citizen", "city"])
def test_calls_and_matters_from_above_come_to_the_city_and_go_down(at: At, model_city: ModelCity, source: str) -> None:
    report = ways.citizen_calls(at, model_city) if source == "citizen" else ways.city_sends(at, model_city)
    case = ways.verified(at, model_city, report)
    ways.filed(at, model_city, case)
    at("dispatcher").done(case, "dispatch", unit_id=_centre(at))
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    ways.disposed(at, case, "district_clerk")
    at("district_dispatcher").done(case, "review")
    at("dispatcher").done(case, "review")
    assert ways.closed(at, model_city, case)["state"] == "closed"


def test_an_inspector_of_the_district_reports_to_the_city(at: At, model_city: ModelCity) -> None:
    case = ways.accepted(at, ways.inspector_reports(at, model_city, "district_inspector"))
    assert Case.objects.get(pk=case).platform_id == model_city.platform.pk
    assert at("district_inspector").get("/reports").body[0]["state"] == "accepted"


def test_a_unit_of_the_city_gets_a_case_in_one_hop(at: At, model_city: ModelCity) -> None:
    case = _filed(at, model_city)
    ways.dispatched(at, case)
    assert at("district_dispatcher").get(f"/cases/{case}").status == 404
    ways.disposed(at, case)
    at("dispatcher").done(case, "review")
    assert ways.closed(at, model_city, case)["state"] == "closed"


def test_a_district_gives_a_case_back_with_a_reason_and_reads_no_further_duty_from_it(at: At, model_city: ModelCity) -> None:
    case = _handed_down(at, model_city)
    assert at("district_dispatcher").act(case, "return_up").status == 422
    at("district_dispatcher").done(case, "return_up", reason="city_unit", note="属市政所")
    row = next(one for one in at("dispatcher").get("/queues/dispatch").body if one["case_id"] == case)
    assert "退回市级" in row["note"] and "属市级部门" in row["note"]
    ways.dispatched(at, case)
    assert Case.objects.get(pk=case).command_unit_id is None
    ways.disposed(at, case)
    assert Case.objects.get(pk=case).state == "to_review"  # the city's own unit: no district looks at it


def test_a_return_and_a_handing_down_are_withdrawn_until_somebody_opens_the_case(at: At, model_city: ModelCity) -> None:
    case = _handed_down(at, model_city)
    at("dispatcher").done(case, "withdraw", reason="slip")
    assert at("district_dispatcher").get(f"/cases/{case}").status == 404
    at("dispatcher").done(case, "dispatch", unit_id=_centre(at))
    at("district_dispatcher").done(case, "return_up", reason="outside")
    at("district_dispatcher").done(case, "withdraw", reason="slip")
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    assert verify_case(int(case)) == []


def test_the_district_reviews_first_and_sends_work_back_itself(at: At, model_city: ModelCity) -> None:
    case = _handed_down(at, model_city)
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    ways.disposed(at, case, "district_clerk")
    assert at("dispatcher").act(case, "review").status == 403
    at("district_dispatcher").done(case, "rework", reason="remains", note="仍有残留")
    at("district_clerk").done(case, "feedback", text="已清理", files=[at("district_clerk").send_photo("red")])
    at("district_dispatcher").done(case, "review")
    at("dispatcher").done(case, "rework", reason="remains")  # the city sends it to the same unit; the district looks again
    at("district_clerk").done(case, "feedback", text="已清理", files=[at("district_clerk").send_photo("blue")])
    assert Case.objects.get(pk=case).state == "district_review"


@pytest.mark.requirement("SZ-2.1")
def test_a_district_neither_files_nor_verifies_nor_closes(at: At, model_city: ModelCity) -> None:
    case = _handed_down(at, model_city)
    moves = {one["action"] for one in at("district_dispatcher").get(f"/cases/{case}/moves").body["moves"]}
    assert moves == {"dispatch", "return_up"}
    report = ways.inspector_reports(at, model_city)
    for name in ("district_dispatcher", "district_head", "district_clerk"):
        duties = at(name).who.duties
        assert not duties & {"accept", "file", "confirm_filing", "send_verification", "send_check", "close", "void", "correct", "register"}
        assert at(name).post(f"/reports/{report}/accept", {"then": "file", "data": {}}).status in (403, 404)
    other = _filed(at, model_city)
    for action in ("file", "send_check", "close", "send_verification", "dispatch"):
        assert at("district_head").act(other, action, seq=1).status in (403, 404, 409, 422)
        assert at("district_head").get(f"/cases/{other}").status == 404


@pytest.mark.requirement("SZ-2.1d")
def test_the_city_sees_dispatch_time_and_delay_of_a_district_apart_and_a_return_with_its_reason(at: At, model_city: ModelCity) -> None:
    with clock.travel(WORKDAY):
        case, back, citys = _handed_down(at, model_city), _handed_down(at, model_city), _filed(at, model_city)
        ways.dispatched(at, citys)
        item = WorkItem.objects.get(case_id=case, kind="district_dispatch")
        assert item.due_at == item.opened_at.replace(microsecond=0) + timedelta(minutes=30)
        assert not Case.objects.get(pk=case).handler_unit_id  # no unit's clock runs yet
    with clock.travel(WORKDAY + timedelta(minutes=45)):
        board = queues.counts(queues.watched(at("duty_director").who))
        assert (board["district_dispatch"].red, board["district_dispatch"].word) == (2, "待区级派遣")
        assert set(queues.counts(queues.watched(at("district_head").who))) == {"district_dispatch"}
        assert {row["case_id"] for row in at("district_dispatcher").get("/queues/district_dispatch").body} == {case, back}
        assert at("district_dispatcher").get(f"/cases/{citys}").status == 404
        at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
        assert at("district_dispatcher").act(back, "return_up").code == "reason_missing"
        at("district_dispatcher").done(back, "return_up", reason="city_unit", note="属市政所")
        row = next(one for one in at("dispatcher").get("/queues/dispatch").body if one["case_id"] == back)
        assert "退回市级" in row["note"] and "属市级部门" in row["note"]
        assert at("dispatcher").get(f"/cases/{back}").body["story"][-1]["reason"] == "属市级部门或市属单位"
    with clock.travel(WORKDAY + timedelta(minutes=60)):
        told = _dispatching_in_the_ledger(model_city)
    number = {one: Case.objects.get(pk=one).number for one in (case, back, citys)}
    assert told == {number[case]: ("0", "45"), number[back]: ("15", "45"), number[citys]: ("0", "")}


def _dispatching_in_the_ledger(city: ModelCity) -> dict[str, tuple[str, str]]:
    """Case number → minutes with the city's dispatcher, minutes with the district's, as the exported ledger has them."""
    director, month = ways.browser(city, "duty_director"), f"{WORKDAY:%Y-%m}"
    page = director.get(reverse("workbench:ledger"), {"month": month}).content.decode()
    assert '<th class="right">任务派遣</th><th class="right">区级派遣</th>' in page and "综合评价" not in page
    answer = director.post(reverse("workbench:export"), {"form": "csv", "query": f"month={month}", "of": "ledger"})
    rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    return {row["案卷号"]: (row["任务派遣用时（分）"], row["区级派遣用时（分）"]) for row in rows if row["问题"]}


@pytest.mark.requirement("SZ-4.2c")
@pytest.mark.requirement("SY-6.3b")
def test_territory_comes_first_and_the_unit_of_the_matter_is_shown_beside_it(at: At, model_city: ModelCity) -> None:
    case = _filed(at, model_city)
    shown = at("dispatcher").get(f"/cases/{case}/proposals").body
    assert [one["unit_id"] for one in shown] == [_centre(at), str(at("clerk").who.unit_id)]
    assert [one["grounds"][0]["basis"] for one in shown] == ["territory", "table"]
    assert at("dispatcher").act(case, "dispatch", unit_id=str(at("clerk").who.unit_id)).code == "other_unit_needs_reason"
    ways.dispatched(at, case)  # with a reason
    assert Case.objects.get(pk=case).handler_unit_id == at("clerk").who.unit_id

    routes = [{"category": model_city.category().code[:2], "by": "matter"}, {"category": "", "by": "territory"}]
    processes.publish(model_city.platform, processes.preset("model_d") | {"routes": routes}, installing.held_duties(model_city.platform))
    by_matter = _filed(at, model_city)
    assert at("dispatcher").get(f"/cases/{by_matter}/proposals").body[0]["unit_id"] == str(at("clerk").who.unit_id)
    at("dispatcher").done(by_matter, "dispatch", unit_id=str(at("clerk").who.unit_id))


def test_where_no_district_commands_the_matter_decides(at: At, model_city: ModelCity) -> None:
    assert model_city.tenant is not None
    model_city.tenant.commands = False
    model_city.tenant.save()
    queries.forget()
    case = _filed(at, model_city)
    shown = at("dispatcher").get(f"/cases/{case}/proposals").body
    assert [one["unit_id"] for one in shown] == [str(at("clerk").who.unit_id)]
    assert at("dispatcher").act(case, "dispatch", unit_id=_centre(at)).code == "unit_unknown"


def test_each_dispatcher_reaches_the_units_of_her_own_level_alone(at: At, model_city: ModelCity) -> None:
    case = _filed(at, model_city)
    own = str(at("district_clerk").who.unit_id)
    assert at("dispatcher").act(case, "dispatch", unit_id=own).code == "unit_unknown"
    at("dispatcher").done(case, "dispatch", unit_id=_centre(at))
    assert at("district_dispatcher").act(case, "dispatch", unit_id=str(at("clerk").who.unit_id)).code == "unit_unknown"
    assert at("district_dispatcher").act(case, "dispatch", unit_id=_centre(at)).code == "unit_unknown"
    assert {one["unit_id"] for one in at("district_dispatcher").get("/units").body} == {own, str(at("other_district_clerk").who.unit_id)}


def test_the_city_recalls_a_case_that_a_district_sits_on_and_gives_it_to_another(at: At, model_city: ModelCity) -> None:
    case = _handed_down(at, model_city)
    at("dispatcher").done(case, "recall", reason="wrong_unit", note="不在该区")
    found = Case.objects.get(pk=case)
    assert (found.state, found.command_unit_id) == ("to_dispatch", None)
    assert not queues.counts(queues.watched(at("district_head").who))
    assert at("district_dispatcher").act(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id)).status in (403, 404, 409)
    at("dispatcher").done(case, "dispatch", unit_id=_centre(at), reason="other", opinion="请再办")
    assert [one for one in at("dispatcher").story(case) if one in ("dispatch", "recall")] == ["dispatch", "recall", "dispatch"]
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    at("district_clerk").done(case, "receive")
    at("district_clerk").done(case, "feedback", text="已修补", files=[at("district_clerk").send_photo("black")])
    assert Case.objects.get(pk=case).state == "district_review"
    at("dispatcher").done(case, "recall", reason="other", note="改由市级单位办理")
    assert Case.objects.get(pk=case).state == "to_dispatch"


def test_a_citys_recall_takes_the_case_from_district_and_unit(at: At, model_city: ModelCity) -> None:
    case = _handed_down(at, model_city)
    at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
    at("dispatcher").done(case, "recall", reason="wrong_unit")
    found = Case.objects.get(pk=case)
    assert (found.state, found.command_unit_id, found.handler_unit_id) == ("to_dispatch", None, None)
    assert not queues.counts(queues.watched(at("district_head").who))
