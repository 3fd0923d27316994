"""A sub-district at its pages: her area and no other, lists that equal their counts, urging from the list, the weekly table."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.cases.plan_makers import cases_at_random
from tests.support.city import FAR_INSIDE, WORKDAY, City, spot
from tests.support.people import PASSWORD
from tests.support.screen import Screen
from urbangrid.accounts.models import User
from urbangrid.cases import area_tables
from urbangrid.cases.area_tables import TableAsked
from urbangrid.cases.models import Case, CaseRequest
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.organizations import actions as organizations
from urbangrid.organizations.models import Post, Unit

NEAR_THE_BORDER = spot(770, 140)
"""In 东湖街道, 20 m from 西湖街道."""
WEEK = area_tables.week_of(date(2026, 11, 20))


def office_that_handles(city: City) -> int:
    """西湖街道办事处 made a handling level, with somebody who receives there; its id."""
    unit = Unit.objects.get(pk=city.acting("subdistrict_officer").unit_id)
    organizations.edit_unit(
        unit_id=unit.pk, name=unit.name, short_name=unit.short_name, parent_id=unit.parent_id, calendar_code=unit.calendar_code,
        duty_phone=unit.duty_phone, is_active=True, share_percent=unit.share_percent, answers_directly=False, handles_cases=True,
        acting=city.acting("system_admin"),
    )  # fmt: skip
    user = User(username="office_clerk", name="白露", password_set_at=clock.now())
    user.set_password(PASSWORD)
    user.save()
    post = Post.objects.get(platform=city.platform, code="subdistrict_clerk")
    organizations.appoint(user=user, post=post, unit=unit, acting=city.acting("system_admin"))
    return unit.pk


def listed(html: str) -> set[int]:
    return {int(found) for found in re.findall(r'data-case="(\d+)"', html)}


def dispatched_to(desk: At, city: City, unit_id: int) -> str:
    case = paths.filed(desk, city)
    desk("dispatcher").done(case, "dispatch", unit_id=str(unit_id), opinion="请办理", reason=_other_unit(desk))
    return case


def _other_unit(desk: At) -> str:
    return catalog.reasons(desk("dispatcher").who.platform_id, "other_unit")[0].code


@pytest.mark.requirement("HD-2.3.2a")
def test_a_sub_district_officer_signs_in_and_sees_her_area_only(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        mine = paths.filed(desk, city)
        other = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=FAR_INSIDE)["report_id"], "file")
        officer, colleague = screen("subdistrict_officer"), screen("far_subdistrict_officer")
        officer.get("/")
        assert listed(officer.html) == {int(mine)}
        colleague.get("/")
        assert listed(colleague.html) == {int(other)}
        officer.get(f"/case/{mine}/")
        officer.get(f"/case/{other}/", status=404)
        number = Case.objects.get(pk=other).number
        officer.get(f"/search/?words={number}&exact=0")
        assert listed(officer.html) == set()
        officer.get(f"/area/week/?area={city.east_street.pk}", status=404)
        officer.get("/board/", status=403)


@pytest.mark.requirement("HD-2.3.2b")
def test_her_list_is_every_open_case_of_the_area_whoever_has_it(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        paths.accept(desk, paths.report(desk, city)["report_id"])
        paths.filed(desk, city)
        fed_back = paths.dispatched(desk, city)
        paths.fed_back(desk, fed_back)
        dispatched_to(desk, city, city.acting("company_clerk").unit_id)
        closed = paths.dispatched(desk, city)
        paths.fed_back(desk, closed)
        paths.to_check(desk, closed)
        paths.checked(desk, closed)
        desk("seat_agent").done(closed, "close")
        paths.accept(desk, paths.request(desk, city)["report_id"])
        far = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=FAR_INSIDE)["report_id"], "file")
        border = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=NEAR_THE_BORDER)["report_id"], "file")
        officer = screen("subdistrict_officer")
        shown = officer.get("/area/")
        here = set(Case.objects.filter(subdistrict=city.west_street, closed_at=None).values_list("pk", flat=True))
        assert len(here) == 5 and int(far) not in here
        assert f"本辖区全部 {len(here)} 件" in shown and "另列边界 1 件" in shown
        assert listed(officer.html) == here | {int(border)}
        assert len(re.findall("边界</span>", officer.html)) == 1
        points = re.search(r'id="near-data"[^>]*>(\[.*?\])<', officer.html)
        assert points is not None and points[1].count('"longitude"') == len(here) + 1, "the map shows the list"
        officer.get("/area/?inside=1")
        assert listed(officer.html) == here


def test_urging_from_the_list_takes_two_presses(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        officer = screen("subdistrict_officer")
        officer.get("/area/")
        query = re.search(r'name="query" value="([^"]*)"', officer.html)
        assert query is not None and f'name="case" value="{case}"' in officer.html
        officer.post("/area/send/", {"case": [case], "kind": "order", "note": "请今日内围护", "query": query[1]})
        assert "已督办 1 件" in officer.toast
        order = CaseRequest.objects.get(case_id=case, kind="order")
        assert order.number and order.target_unit_id == city.acting("clerk").unit_id
        assert "待回复" in officer.get("/lists/order/") and "待审批" not in officer.text, "an order waits for a reply, not for approval"
        assert order.unit_id == city.acting("subdistrict_officer").unit_id
        officer.post("/area/send/", {"case": [case], "kind": "order", "note": "再催"})
        assert "一小时内已催过，略过：市政所" in officer.toast
        assert "请写明督办内容" in officer.post("/area/send/", {"case": [case], "kind": "order", "note": " "}, status=422)
        assert re.search(rf'name="case" value="{case}" checked', officer.html), "what was ticked stays ticked"
        assert "没有勾选案件" in officer.post("/area/send/", {"kind": "reminder"}, status=422)


def test_an_order_about_a_case_that_was_closed_meanwhile_says_so(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        officer = screen("subdistrict_officer")
        officer.get("/area/")
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        paths.checked(desk, case)
        desk("seat_agent").done(case, "close")
        officer.post("/area/send/", {"case": [case], "kind": "order", "note": "请今日内围护"})
        assert "已督办 0 件；该案现为“已结案”，不能督办" in officer.toast


def test_nobody_urges_about_a_case_of_another_area(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        colleague = screen("far_subdistrict_officer")
        colleague.post("/area/send/", {"case": [case], "kind": "reminder"})
        assert "已催办 0 件" in colleague.toast
        assert not CaseRequest.objects.exists()


@pytest.mark.requirement("HD-2.2-3")
def test_an_office_is_made_a_handling_level_by_a_setting(desk: At, city: City, screen: type[Screen]) -> None:
    office = Unit.objects.get(pk=city.acting("subdistrict_officer").unit_id)
    with clock.travel(WORKDAY):
        refused = desk("dispatcher").act(paths.filed(desk, city), "dispatch", unit_id=str(office.pk), opinion="x", reason=_other_unit(desk))
        assert (refused.status, refused.code) == (422, "unit_unknown")
        admin = screen("system_admin")
        admin.get(f"/admin/units/{office.pk}/")
        assert "作为处置层级" in admin.html
        admin.post(f"/admin/units/{office.pk}/", _as_typed(office) | {"handles_cases": "on"})
        office_that_handles(city)
        case = dispatched_to(desk, city, office.pk)
        clerk = screen("office_clerk")
        assert Case.objects.get(pk=case).number or "" in clerk.get("/desk/")
        seq = str(Case.objects.get(pk=case).seq)
        clerk.post(f"/case/{case}/act/receive/", {"seq": seq})
        assert Case.objects.get(pk=case).state == "disposing"


def _as_typed(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name, "short_name": unit.short_name, "parent": unit.parent_id or "", "calendar": unit.calendar_code, "duty_phone": "",
        "share_percent": "80", "is_active": "on",
    }  # fmt: skip


def test_what_the_office_handles_and_what_it_only_supervises_are_two_lists(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        office = office_that_handles(city)
        own = {int(dispatched_to(desk, city, office)) for _ in range(2)}
        others = {int(paths.dispatched(desk, city)), int(paths.filed(desk, city)), int(paths.filed(desk, city))}
        officer = screen("subdistrict_officer")
        shown = officer.get("/area/")
        assert listed(officer.html) == others
        assert "只监督 3 件" in shown and "只监督 3 本街办理 2" in shown and " 5 件" not in shown
        assert "本街办理 2 件" in officer.get("/area/?list=own")
        assert listed(officer.html) == own
        assert 'name="case"' not in officer.html, "nobody urges her own office"


def test_the_weekly_table_is_the_same_for_the_office_and_the_centre(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY - timedelta(days=7)):
        paths.filed(desk, city)
    with clock.travel(WORKDAY):
        paths.filed(desk, city)
        case = paths.filed(desk, city)
        desk("duty_director").done(case, "void", reason=_reason(desk, "void"), note="误立")
        rubbish: dict[str, Any] = {"category_id": str(city.category("暴露垃圾").id), "condition_id": None}
        paths.accept(desk, paths.report(desk, city, spot=spot(500, 140), **rubbish)["report_id"])
        paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=NEAR_THE_BORDER)["report_id"], "file")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        office, centre = screen("subdistrict_officer"), screen("leader")
        office.get("/area/week/")
        centre.get(f"/area/week/?area={city.west_street.pk}")
        hers, theirs = (table_of(one.html) for one in (office, centre))
        assert hers == theirs
        assert [row[0] for row in hers] == ["柳荫社区", "双井社区", "合计"]
        assert "截至时刻 2026-11-20 09:45" in office.text and "截至时刻 2026-11-20 09:45" in centre.text
        assert int(hers[-1][-3]) == 3
        sheets = [
            load_workbook(io.BytesIO(one.client.get(f"/area/week.xlsx?area={city.west_street.pk}").content)).worksheets[0]
            for one in (office, centre)
        ]
        values = [[[cell.value for cell in line] for line in sheet.iter_rows()] for sheet in sheets]
        assert values[0] == values[1]
        assert [str(cell) for cell in values[0][-1]] == hers[-1]
        office.get("/area/week/?week=2026-11-13")
        assert table_of(office.html)[-1][-3] == "1"


def _reason(desk: At, action: str) -> str:
    return catalog.reasons(desk("duty_director").who.platform_id, action)[0].code


def table_of(html: str) -> list[list[str]]:
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    lines = re.findall(r"<tr>(.*?)</tr>", body, re.S)
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)] for line in lines]


def test_by_cell_with_category_and_unit_the_figures_narrow(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        paths.dispatched(desk, city)
        paths.accept(desk, paths.report(desk, city, spot=spot(500, 140))["report_id"], "file")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        officer = screen("subdistrict_officer")
        officer.get("/area/week/?by=cell&classes=minor")
        rows = table_of(officer.html)
        assert len(rows) == 3 and all(len(row[0]) == 15 for row in rows[:-1])
        clerk = city.acting("clerk").unit_id
        officer.get(f"/area/week/?by=cell&unit={clerk}&category={city.category().id}&since=2026-11-01&until=2026-11-30")
        assert table_of(officer.html)[-1][-3] == "1"


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_table_equals_a_count_by_hand(city: City, data: st.DataObject) -> None:
    """Any mix of places, classes, days and ends: the one statement against counting case by case."""
    at = WORKDAY + timedelta(days=2)
    made = data.draw(cases_at_random(city, at))
    Case.objects.all().delete()
    Case.objects.bulk_create(made)
    asked = TableAsked(city.west_street.pk, WEEK, major=False)
    found = area_tables.table(city.platform.pk, city.acting("leader").zone, asked, at)
    since, until = WEEK.since(city.acting("leader").zone), WEEK.until(city.acting("leader").zone)
    expected: dict[tuple[str, str], int] = {}
    for case in made:
        inside = case.subdistrict_id == city.west_street.pk and not case.confidential
        if inside and since <= case.opened_at < min(until, at):
            key = (case.community.name if case.community else "", city_name(city, case.category_id))
            expected[key] = expected.get(key, 0) + 1
    got = {(row.name, column): n for row in found.rows for column, n in row.cells.items() if n}
    assert got == expected
    assert found.sum.total == sum(expected.values())


def city_name(city: City, category_id: int | None) -> str:
    return catalog.category(category_id or 0).name


def test_a_late_row_of_the_board_says_how_often_it_was_urged(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
    with clock.travel(WORKDAY + timedelta(days=10)):
        for _ in range(2):
            desk("dispatcher").done(case, "remind", note="请抓紧")
    with clock.travel(WORKDAY + timedelta(days=10, hours=1)):
        shown = screen("duty_director").get("/board/")
        assert re.search(r"卡在 市政所·何建 ，已签收未处置 10天01时，已催2次", shown), shown


def test_an_order_to_a_squad_waits_at_its_leaders_desk(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        leader = screen("squad_leader")
        assert "本辖区全部" in leader.get("/") and "待回复督办" not in leader.html, "without an order she begins with her area"
        squad = city.acting("squad_leader").unit_id
        desk("duty_director").done(case, "order", unit_id=str(squad), note="今日复查路面")
        shown = leader.get("/area/")
        assert re.search(r"待办 1 ", shown), "the menu counts it beside her area"
        shown = leader.get("/")
        assert "待回复督办 1" in shown and "今日复查路面" in shown
        leader.post(f"/case/{case}/act/answer_order/", _form(leader, note=" "), 422)
        assert "answer_order" in leader.html, "refused, the form stands there again"
        leader.post(f"/case/{case}/act/answer_order/", _form(leader, note="已复查，路面平整"))
        assert "已回复督办" in leader.toast
        assert "本辖区全部" in leader.get("/") and "待回复督办" not in leader.html
        assert "已复查，路面平整" in screen("duty_director").get("/desk/?tab=judge_answer")


def _form(page: Screen, **typed: str) -> dict[str, str]:
    """The hidden fields of the form on the page, with what was typed."""
    body = page.html[page.html.index("answer_order/") :]
    return dict(re.findall(r'type="hidden" name="(seq|tab|item|from|request|key)" value="([^"]*)"', body)) | typed


def test_an_officer_who_sent_an_order_judges_its_answer_at_her_desk(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        officer = screen("subdistrict_officer")
        officer.get("/area/")
        officer.post("/area/send/", {"case": [case], "kind": "order", "note": "请今日内围护"})
        request = desk("clerk").get(f"/cases/{case}").body["requests"][-1]["request_id"]
        desk("clerk").done(case, "answer_order", request=request, note="已围护")
        shown = officer.get("/")
        assert "待认可回复 1" in shown and "已围护" in shown and "认可" in shown


def test_many_ordered_at_once_are_told_by_when_a_reply_is_due(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        single = screen("duty_director").get(f"/case/{case}/")
        assert "不填即 8 工作时" in single
        for who, address in (("subdistrict_officer", "/area/"), ("duty_director", "/urge/?span=all")):
            assert "督办要在 8 工作时内回复" in screen(who).get(address), address


def test_who_urges_one_case_is_told_that_its_unit_was_urged_within_the_hour(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        assert "一小时内已催过" not in screen("duty_director").get(f"/case/{case}/")
        desk("dispatcher").done(case, "remind", note="请抓紧")
    with clock.travel(WORKDAY + timedelta(minutes=50)):
        director = screen("duty_director")
        director.get(f"/case/{case}/")
        dialogs = dict(re.findall(r'<dialog class="sheet" id="([\w-]+)"(.*?)</dialog>', director.html, re.S))
        assert "市政所一小时内已催过（09:40）" in dialogs["send-remind"]
        assert "一小时内已催过" not in dialogs["send-order"], "an order is no reminder"
    with clock.travel(WORKDAY + timedelta(minutes=61)):
        assert "一小时内已催过" not in screen("duty_director").get(f"/case/{case}/")
