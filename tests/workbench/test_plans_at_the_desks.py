"""预案 at the desks: written and started by the duty director, forty calls become six road cases, list and bulletin on paper."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook
from shapely.geometry import LineString

from tests.api import paths
from tests.api.paths import At
from tests.support.city import EAST_M, NORTH_M, WORKDAY, City
from tests.support.screen import Screen
from tests.workbench.test_areas import office_that_handles
from urbangrid.audit.models import AuditRow, PersonalData
from urbangrid.cases.actions import plans
from urbangrid.cases.actions.plans import PlanInputs
from urbangrid.cases.models import Case, CaseReport, Plan, PlanEffect, Report
from urbangrid.core import clock
from urbangrid.grids import actions as grids
from urbangrid.grids.projection import shapes, to_degrees
from urbangrid.service_requests.models import RequestCase, ServiceRequest

EARLIER = WORKDAY - timedelta(minutes=5)
LATER = WORKDAY + timedelta(minutes=3)


def form(city: City, **more: Any) -> dict[str, Any]:
    """What the duty director types for a storm in 西湖街道."""
    typed = {
        "name": "暴雨", "kind": "storm", "division_ids": [city.west_street.pk], "category_ids": [city.category().id], "percent": "50",
        "takes_open": "on", "by_road": "on", "hourly": "on", "version": "0",
    }  # fmt: skip
    return {**typed, **more}


def in_force(city: City, **more: Any) -> Plan:
    director = city.acting("duty_director")
    values: dict[str, Any] = {"division_ids": (city.west_street.pk,), "category_ids": (city.category().id,), "percent": 50, "by_road": True}
    row = plans.save(director, PlanInputs(name="暴雨", kind="storm", **{**values, **more}))
    return plans.start(director, row.pk, row.version, "暴雨橙色预警")


def test_the_duty_director_writes_looks_starts_and_takes_back(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(EARLIER):
        case = paths.dispatched(desk, city)
        ordinary = Case.objects.get(pk=case).limit_value
    with clock.travel(WORKDAY):
        director = screen("duty_director")
        shown = director.post("/plans/new/", form(city))
        row = Plan.objects.get()
        assert "将影响在办 1 件、预计每日" in shown
        assert re.search(r"时限 5 工作日 → 20 工作时（1 件）", shown)
        assert PlanEffect.objects.count() == 0, "a preview writes nothing"
        assert "请写明为什么启动" in director.post(f"/plans/{row.pk}/start/", {"version": "1", "why": " "}, status=422)
        director.post(f"/plans/{row.pk}/start/", {"version": "1", "why": "暴雨橙色预警"})
        assert "十分钟内可以撤回" in director.toast
        for name in ("seat_agent", "clerk", "subdistrict_officer", "dispatcher"):
            assert "预案“暴雨”自" in screen(name).get("/search/").replace("&quot;", "") or 'title="预案“暴雨”自' in _html(screen, name)
        assert Case.objects.get(pk=case).limit_value == 20
        page = director.get(f"/case/{case}/")
        assert "暴雨：处置时限 5 工作日 → 20 工作时" in page
    with clock.travel(LATER):
        director.post(f"/plans/{row.pk}/undo/")
        assert Case.objects.get(pk=case).limit_value == ordinary
        assert "暴雨" not in _html(screen, "clerk").split("</header>")[0]


def _html(screen: type[Screen], name: str) -> str:
    one = screen(name)
    one.get("/search/")
    return one.html


def test_a_faulty_form_keeps_what_was_typed(city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        shown = screen("duty_director")
        shown.post("/plans/new/", form(city, until="2026-11-01T08:00", name="暴雨二号"), status=422)
        assert "结束时间要在开始之后" in shown.html
        assert 'value="暴雨二号"' in shown.html
        shown.post("/plans/new/", form(city, until="昨天"), status=422)
        assert not Plan.objects.exists()


def test_only_the_director_and_the_head_write_plans(city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        row = in_force(city)
        for name in ("seat_agent", "dispatcher", "leader"):
            one = screen(name)
            assert "新建预案" not in one.get("/plans/")
            one.post("/plans/new/", form(city), status=403)
            one.post(f"/plans/{row.pk}/end/", status=403)
        assert "新建预案" in screen("head").get("/plans/")
        screen("clerk").get("/plans/", status=403)


@pytest.fixture
def six_roads(city: City) -> list[str]:
    """Five more roads through 西湖街道 beside 大柳树路, and one elsewhere."""
    names = ["北一路", "北二路", "北三路", "北四路", "大柳树路东段"]
    with clock.travel(WORKDAY - timedelta(days=30)):
        for place, name in enumerate(names):
            line = LineString([(EAST_M + 50, NORTH_M + 250 + 90 * place), (EAST_M + 700, NORTH_M + 250 + 90 * place)])
            grids.create_road(platform=city.platform, name=name, grade="branch", geometry=to_degrees(shapes([line]), 4548)[0])
        far = LineString([(EAST_M + 800, NORTH_M + 700), (EAST_M + 1400, NORTH_M + 700)])
        grids.create_road(platform=city.platform, name="东湖路", grade="branch", geometry=to_degrees(shapes([far]), 4548)[0])
    return ["大柳树路", *names]


def batch(shown: Screen, row: Plan, city: City, text: str, **more: str) -> str:
    """The form of the batch page as it is sent; hidden fields as the page drew them."""
    hidden = dict(re.findall(r'<input type="hidden" name="(batch|key)" value="([^"]*)"', shown.html))
    data = {"plan": row.pk, "category_id": city.category().id, "source": "hotline", "calls": text, **hidden, **more}
    return shown.post("/register/batch/make/", data)


def test_forty_calls_become_six_road_cases(city: City, screen: type[Screen], six_roads: list[str]) -> None:
    lines = [f"139{n:08d}，{six_roads[n % 6]}{n}号，门前积水没过膝盖" for n in range(40)]
    with clock.travel(WORKDAY):
        row = in_force(city)
        seat = screen("seat_agent")
        seat.get("/register/batch/")
        shown = batch(seat, row, city, "\n".join(lines))
        assert "6 条路各建一件" in shown
        assert not Case.objects.exists(), "grouping writes nothing"
        batch(seat, row, city, "\n".join(lines), road="*")
        assert Case.objects.count() == 6
        assert sorted(Case.objects.values_list("road_name", flat=True)) == sorted(six_roads)
        assert ServiceRequest.objects.count() == RequestCase.objects.count() == 40
        assert {one.case_id for one in RequestCase.objects.all()} == set(Case.objects.values_list("pk", flat=True))
        assert PersonalData.objects.count() == 40
        words = " ".join([*Case.objects.values_list("description", flat=True), *Case.objects.values_list("place_text", flat=True)])
        assert "139" not in words, "numbers stay with the requests"
        assert "没有要登记的来电了" in seat.text


def test_the_same_calls_again_make_nothing_twice(city: City, screen: type[Screen], six_roads: list[str]) -> None:
    text = "13900000001，北一路3号，积水\n13900000001，北一路3号，积水\n13900000002，北一路9号，积水"
    with clock.travel(WORKDAY):
        row = in_force(city)
        seat = screen("seat_agent")
        seat.get("/register/batch/")
        first = seat.html
        batch(seat, row, city, text, road="北一路")
        seat.html = first  # the browser's way back, and the key pressed again
        batch(seat, row, city, text, road="北一路")
        assert (Case.objects.count(), ServiceRequest.objects.count()) == (1, 2)


def test_later_calls_and_waiting_reports_join_the_open_road_case(
    desk: At, city: City, screen: type[Screen], six_roads: list[str]
) -> None:
    with clock.travel(WORKDAY):
        row = in_force(city)
        seat = screen("seat_agent")
        seat.get("/register/batch/")
        batch(seat, row, city, "13900000001，大柳树路3号，积水", road="*")
        case = Case.objects.get()
        waiting = paths.report(desk, city)
        assert Report.objects.get(pk=waiting["report_id"]).road_name == "大柳树路"
    with clock.travel(LATER):
        seat.get("/register/batch/")
        shown = batch(seat, row, city, "13900000002，大柳树路8号，积水")
        assert "挂接到这一件" in shown and "待受理 1 条一并并入" in shown
        batch(seat, row, city, "13900000002，大柳树路8号，积水", road="大柳树路")
        assert Case.objects.count() == 1
        assert RequestCase.objects.filter(case=case).count() == 2
        assert Report.objects.get(pk=waiting["report_id"]).state == "linked"
        assert CaseReport.objects.filter(case=case, role="duplicate", report_id=waiting["report_id"]).exists()


def test_calls_without_a_known_road_or_outside_the_plan_are_registered_one_by_one(
    city: City, screen: type[Screen], six_roads: list[str]
) -> None:
    text = "13900000001，东湖路3号，积水\n某小区门口积水\n13900000003"
    with clock.travel(WORKDAY):
        row = in_force(city)
        seat = screen("seat_agent")
        seat.get("/register/batch/")
        shown = batch(seat, row, city, text)
        assert "不在预案范围" in shown and "未写路名" in shown
        assert re.search("第 3 行 ?：没有地点和内容", shown)
        batch(seat, row, city, text, road="single")
        assert not Case.objects.exists()
        assert Report.objects.filter(state="waiting").count() == ServiceRequest.objects.count() == 2


def test_without_such_a_plan_the_page_says_what_is_missing(city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        seat = screen("seat_agent")
        assert "没有生效中的“按路合并”预案" in seat.get("/register/batch/")
        row = in_force(city, by_road=False)
        seat.post("/register/batch/make/", {"plan": row.pk, "calls": "13900000001，北一路，积水", "source": "hotline"}, status=409)


def test_the_list_is_kept_after_the_end_and_taken_out_as_a_table(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        row = in_force(city, exempt=True)
        case = paths.dispatched(desk, city)
        plans.end(city.acting("duty_director"), row.pk)
    with clock.travel(WORKDAY + timedelta(days=2)):
        leader = screen("leader")
        number = Case.objects.get(pk=case).number or ""
        shown = leader.get(f"/plans/{row.pk}/list/")
        assert number in shown and "5 工作日 20 工作时" in shown and "免考核" in shown
        answer = leader.client.get(f"/plans/{row.pk}/list.xlsx")
        sheet, about = load_workbook(io.BytesIO(answer.content)).worksheets
        cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
        assert cells[1][0] == number and cells[1][7:10] == ["5 工作日", "20 工作时", "免考核"]
        assert "截至时刻" in " ".join(str(cell.value) for line in about.iter_rows() for cell in line)
        assert AuditRow.objects.filter(action="export_cases", subject=f"plan:{row.pk}").count() == 1


def test_the_bulletin_counts_by_area_class_and_hour_and_adds_up(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        row = in_force(city, hourly=True)
        first = paths.dispatched(desk, city)
        paths.filed(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=1)):
        paths.fed_back(desk, first)
        paths.filed(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=2)):
        shown = screen("leader").get(f"/plans/{row.pk}/bulletin/")
        assert "共 3 件，已结案 0 件，在办超期 0 件，免考核 0 件" in shown
        assert re.search(r"西湖街道 道路破损 2 0 1 0 3 0", shown), shown
        assert "11-20 10:00 1 1 0 11-20 09:00 2 0 0" in shown
        assert "口径" in shown and "截至 2026-11-20 11:40" in shown


def test_an_office_of_the_area_is_proposed_with_the_plan_as_the_reason(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        office = office_that_handles(city)
        in_force(city, to_territory=True)
        case = paths.filed(desk, city)
        found = desk("dispatcher").get(f"/cases/{case}/proposals").body
        assert found[0]["unit_id"] == str(office)
        assert found[0]["grounds"][0] == found[0]["grounds"][0] | {"basis": "plan", "words": "暴雨"}
        desk("dispatcher").done(case, "dispatch", unit_id=str(office), opinion="属地先行处置")
        assert Case.objects.get(pk=case).handler_unit_id == office
