"""Shifts at the desks: the administrator's spans, a roster by a few keys, signing on, a night handed over on paper, tables in and out."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.pdf import pages
from tests.support.screen import Screen
from tests.support.shifts import MONDAY, at, make_shifts, row
from urbangrid.accounts.models import User
from urbangrid.cases.models import WorkItem
from urbangrid.core import clock
from urbangrid.organizations import actions, attending, rosters, shift_settings
from urbangrid.organizations.models import Appointment, Handover, Leave, Shift, Turn


def test_the_administrator_sets_spans_and_the_duty_director_a_roster_whose_gaps_are_named(city: City, screen: type[Screen]) -> None:
    with clock.travel(at(22, "09:00"), frozen=False):
        admin = screen("system_admin")
        assert "还没有班次" in admin.get("/admin/shifts/")
        admin.post("/admin/shifts/change/", {"letter": "早", "name": "早班", "begins": "08:30", "ends": "17:30"})
        admin.post("/admin/shifts/change/", {"letter": "夜", "name": "夜班", "begins": "17:30", "ends": "08:30", "night": "on"})
        assert "不能与在用的班次相同" in admin.post(
            "/admin/shifts/change/", {"letter": "夜", "name": "大夜", "begins": "00:00", "ends": "08:00"}, 422
        )
        early, night = Shift.objects.order_by("begins_minute")
        assert (early.lasts_minutes, night.lasts_minutes, night.night) == (540, 900, True)
        director = screen("duty_director")
        one, two = row(city, "seat_agent"), row(city, "second_seat_agent")
        team = f"{one.unit_id}-{one.post_id}"
        assert "还没有定员" in director.get(f"/roster/?team={team}&from=2026-11-23")
        where = {"team": team, "from": "2026-11-23"}
        counts = {f"workday-{early.pk}": "1", f"rest_day-{early.pk}": "1", f"workday-{night.pk}": "2", f"holiday-{night.pk}": "1"}
        text = director.post("/roster/staffing/", {**where, **counts})
        assert "11月23日 夜班 坐席员 空缺2人" in text and "11月28日 夜班" not in text
        cycle = {**where, "people": [one.pk, two.pk], "first": "2026-11-23", "last": "2026-11-29", "step": "1"}
        assert "可用的字：早夜" in director.post("/roster/fill/", {**cycle, "cycle": "早午休"}, 422)
        text = director.post("/roster/fill/", {**cycle, "cycle": "早夜休"})
        assert "已排 10 个班" in director.toast and "11月23日 夜班 坐席员 空缺1人" in text and "11月24日 早班 坐席员 空缺1人" in text
        turn = Turn.objects.get(appointment=one, day=MONDAY)
        assert "顶班" in director.get(f"/roster/?team={team}&from=2026-11-23&turn={turn.pk}")
        text = director.post("/roster/change/", {**where, "turn": turn.pk, "do": "stand_in", "person": two.pk})
        assert "李敏的11月23日 早班与11月23日 夜班之间只休息 0 小时" in text
        late = {**where, "person": two.pk, "day": "2026-11-23", "shift": night.pk, "do": "add"}
        assert "时间重叠" in director.post("/roster/change/", late, 422)
        director.post("/roster/change/", {**where, "turn": turn.pk, "do": "drop"})
        assert not Turn.objects.filter(pk=turn.pk).exists()
        assert screen("seat_agent").get("/roster/", 403) and screen("squad_leader").get(f"/roster/?team={team}", 404)


def test_at_the_years_end_the_roster_asks_for_the_numbers_of_the_holiday(city: City, screen: type[Screen]) -> None:
    made, one = make_shifts(city), row(city, "seat_agent")
    with clock.travel(at(22, "09:00"), frozen=False):
        wanted = {made["早"].pk: (1, 2, 3), made["夜"].pk: (0, 0, 0)}
        shift_settings.set_staffing(city.acting("duty_director"), one.unit_id, one.post_id, wanted)
        text = screen("duty_director").get(f"/roster/?team={one.unit_id}-{one.post_id}&from=2026-09-28")
        assert "9月30日 早班 坐席员 空缺1人" in text and "10月1日 早班 坐席员 空缺3人" in text
        assert "10月10日 早班 坐席员 空缺1人" in text, "a make-up Saturday is a workday"


def _book(rows: list[list[str]]) -> SimpleUploadedFile:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "值班表"
    for line in [["单位", "岗位", "姓名", "账号", "日期", "班次"], *rows]:
        sheet.append(line)
    written = BytesIO()
    book.save(written)
    return SimpleUploadedFile("值班表.xlsx", written.getvalue())


def test_a_table_goes_out_is_filled_in_and_its_faults_are_named_by_row_and_column(city: City, screen: type[Screen]) -> None:
    make_shifts(city)
    with clock.travel(at(22, "09:00"), frozen=False):
        director = screen("duty_director")
        sent = director.client.get("/roster.xlsx?from=2026-11-23")
        lines = list(load_workbook(BytesIO(sent.content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
        mine = next(line for line in lines if line[2] == "周岚" and line[4] == "2026-11-23")
        assert mine[:2] == ("监督部", "坐席员") and mine[5] == "休"
        wrong = [
            ["监督部", "坐席员", "周岚", "", "2026-11-23", "早"], ["监督部", "坐席员", "周岚", "", "2026-11-23", "早班"],
            ["监督部", "坐席员", "无此人", "", "2026-11-24", "夜"], ["指挥部", "派遣员", "王芳", "", "2026-11-24", "夜"],
            ["监督部", "坐席员", "李敏", "", "11/24", "午"],
        ]  # fmt: skip
        text = director.post("/roster/import/", {"file": _book(wrong[2:])}, 422)
        for said in ("第 2 行“姓名”列：“无此人”", "第 3 行“单位”列：“指挥部”", "第 4 行“日期”列", "第 4 行“班次”列：“午”"):
            assert said in text, said
        text = director.post("/roster/import/", {"file": _book(wrong[:2])}, 422)
        assert "第 3 行“班次”列：周岚在11-23早班已有班" in text and not Turn.objects.exists(), "nothing half in"
        right = [["监督部", "坐席员", "周岚", "", "2026-11-23", "早"], ["监督部", "坐席员", "李敏", "", "2026-11-23", "夜班"]]
        director.post("/roster/import/", {"file": _book(right)})
        assert "值班表已导入" in director.toast and Turn.objects.count() == 2


def _second_director(city: City) -> None:
    one = row(city, "duty_director")
    user = User.objects.create(
        username="night_director", name="罗晚晴", password=User.objects.get(pk=one.user_id).password, password_set_at=clock.now(),
        phone="13900000021",
    )  # fmt: skip
    actions.appoint(user=user, post=one.post, unit=one.unit)


@pytest.mark.requirement("HD-12.1")
def test_a_sheet_given_on_an_english_page_is_kept_in_the_platforms_language(city: City, screen: type[Screen], desk: At) -> None:
    with clock.travel(at(23, "17:20"), frozen=False):
        case = paths.dispatched(desk, city)
        WorkItem.objects.filter(case_id=int(case)).update(urgent=True, unit=city.acting("duty_director").unit_id)
        day = screen("duty_director")
        day.client.cookies["django_language"] = "en"
        assert "Supervision" in day.get("/handover/")
        day.post("/handover/", {"notes": "停电"})
        kept = json.dumps(Handover.objects.get().content, ensure_ascii=False)
        assert "监督部" in kept and "Supervision" not in kept


def test_the_duty_director_hands_a_night_over_and_the_next_confirms(city: City, screen: type[Screen], desk: At) -> None:
    with clock.travel(at(22, "08:00")):
        _second_director(city)
        made, director = make_shifts(city), city.acting("duty_director")
        other = Appointment.objects.get(user__username="night_director")
        rosters.add(director, director.appointment_id, made["早"].pk, MONDAY)
        rosters.add(director, other.pk, made["夜"].pk, MONDAY)
    with clock.travel(at(23, "08:25"), frozen=False):
        day = screen("duty_director")
        assert "早班 11-23 08:30" in day.get("/duty/") and "可以签到" in day.text
        day.post("/duty/sign-on/")
        assert "在岗" in day.text and "早班已签到" in day.toast
        assert "不用再签" in day.post("/duty/sign-on/", status=409)
    with clock.travel(at(23, "17:20"), frozen=False):
        case = paths.filed(desk, city)
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="请尽快修补")
        number = desk("seat_agent").get(f"/cases/{case}").body["number"]
        text = day.get("/handover/")
        assert "下一班：罗晚晴" in text and "待签收" in text
        text = day.post("/handover/", {"notes": "东湖街道停电，20时恢复"})
        sheet = Handover.objects.get()
        assert "待接班" in text and "东湖街道停电" in text and f"/handover/{sheet.pk}/accept/" not in day.html
        late = screen("night_director")
        late.post("/duty/sign-on/")
        assert "孙国平" in late.get("/handover/") and "等您接班" in late.text
        assert "请写明原因" in late.post(f"/handover/{sheet.pk}/refuse/", {"reason": ""}, 422)
        pdf = late.client.get(f"/handover/{sheet.pk}/pdf/")
        assert pdf["Content-Type"] == "application/pdf" and all(word in "".join(pages(pdf.content)) for word in ("交接班单", "待签收"))
        late.post(f"/handover/{sheet.pk}/accept/")
        assert "已接孙国平的班" in late.toast
        assert "已由罗晚晴" in screen("night_director").post(f"/handover/{sheet.pk}/accept/", status=409)
        text = late.get("/duty/")
        assert re.search(r"实到 1\b", text) and "13900000021" in text and attending.open_turn(director.appointment_id) is None
        assert number


def test_a_leave_is_asked_for_and_decided_on_the_pages_with_a_stand_in(city: City, screen: type[Screen]) -> None:
    made, agent = make_shifts(city), row(city, "seat_agent")
    with clock.travel(at(22, "08:00"), frozen=False):
        rosters.add(city.acting("duty_director"), agent.pk, made["早"].pk, MONDAY)
        person, director = screen("seat_agent"), screen("duty_director")
        wrong = {"kind": "sick", "begins": "2026-11-24T00:00", "ends": "2026-11-23T00:00", "reason": "发热"}
        assert "须晚于开始" in person.post("/leave/", wrong, 422) and 'value="2026-11-24T00:00"' in person.html
        person.post("/leave/", wrong | {"begins": "2026-11-23T00:00", "ends": "2026-11-24T00:00"})
        asked = Leave.objects.get()
        assert "周岚" in director.get("/leave/") and "病假" in director.text
        assert "不同意请写明原因" in director.post(f"/leave/{asked.pk}/decide/", {"grant": "0"}, 422)
        director.post(f"/leave/{asked.pk}/decide/", {"grant": "1", "stand_in": row(city, "second_seat_agent").pk})
        assert "1 个班由顶替人接，0 个班空出" in director.toast
        assert "替周岚" in screen("second_seat_agent").get("/duty/") and "已同意" in person.get("/leave/")
        person.post(f"/leave/{asked.pk}/take-back/", status=404)


def test_the_security_administrator_says_which_posts_go_together_at_night(city: City, screen: type[Screen]) -> None:
    security = screen("security_admin")
    assert "夜间兼岗" in security.get("/admin/exclusive/")
    security.post("/admin/exclusive/night/", {"group-1": ["seat_agent", "dispatcher"]})
    assert "第 1 组" in security.text
    assert "至少选两个" in security.post("/admin/exclusive/night/", {"group-1": ["seat_agent"]}, 422)
    security.post("/admin/exclusive/night/", {})
    assert "第 1 组" not in security.text
