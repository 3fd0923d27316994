"""Requests and orders at the desks: approving one and twenty (D2), urging many (P4), the dispatcher's look back (P2), the ledgers."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.api import paths
from tests.api.test_orders import joined
from tests.api.test_requests import ask_back, received, request_of, suspended, until
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.core import clock

At = paths.At


def extension_asked(desk: At, city: City) -> str:
    case = received(desk, city)
    desk("clerk").done(case, "ask_extension", reason="weather", note="连日有雨", until=until(6))
    return case


def test_an_approver_sees_why_until_when_and_the_units_share_and_agrees_by_one_key(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = extension_asked(desk, city)
        page = screen("command_director")
        text = page.get("/desk/?tab=decide")
        assert "审批：延期" in text
        assert "连日有雨" in text
        assert "1 次 / 承办 1 件（100.0%）" in text
        request = request_of(desk("clerk"), case)
        seq = desk("clerk").get(f"/cases/{case}/moves").body["seq"]
        page.post(f"/case/{case}/act/agree/", {"seq": seq, "request": request, "tab": "decide", "key": "k1"})
        assert "同意" in page.toast


def test_twenty_of_a_kind_are_granted_at_once_and_what_moved_on_is_named(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        cases = [extension_asked(desk, city) for _number in range(3)]
        page = screen("command_director")
        assert "待审批" in page.get("/approvals/?kind=extension")
        ticked = re.findall(r'name="request" value="([0-9:]+)"', page.html)
        assert len(ticked) == 3
        desk("dispatcher").done(cases[0], "remind", note="请抓紧")
        page.post("/approvals/", {"request": ticked})
        assert "已同意 2 件" in page.toast
        assert "您填的内容已存草稿" in page.toast


@pytest.mark.requirement("SY-6.5d")
def test_what_falls_due_within_two_hours_is_urged_in_three_clicks(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        cases = [paths.dispatched(desk, city) for _number in range(2)]
        page = screen("dispatcher")
        assert "2小时内到期 已超时 全部在办" in page.get("/urge/")
        assert re.findall(r'name="case" value="(\d+)"', page.html) == cases, "an hour to receive"
        page.post("/urge/?span=soon", {"case": cases, "kind": "reminder"})
        assert "已催办 2 件" in page.toast
        page.post("/urge/?span=soon", {"case": cases, "kind": "reminder", "note": "再催"})
        assert "一小时内已催过，略过：市政所" in page.toast
        assert "请写明督办内容" in page.post("/urge/?span=soon", {"case": cases, "kind": "order"}, status=422)
        page.post("/urge/?span=soon", {"case": cases, "kind": "order", "note": "今日办结并回复"})
        assert "已督办 2 件" in page.toast
        assert "督" in screen("subdistrict_officer").get("/lists/order/")


def test_a_returned_case_shows_former_units_with_their_reasons_and_says_when_a_third_try_is_impossible(
    desk: At, city: City, screen: type[Screen]
) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        desk("dispatcher").done(case, "agree", request=ask_back(desk, "clerk", case))
        desk("dispatcher").done(case, "dispatch", unit_id=str(desk("other_clerk").who.unit_id), reason="agreed", opinion="园林所")
        desk("other_clerk").done(case, "receive")
        desk("command_director").done(case, "agree", request=ask_back(desk, "other_clerk", case))
        text = screen("dispatcher").get("/desk/?tab=dispatch")
        assert "曾派单位" in text
        assert text.index("市政所") < text.index("园林所")
        assert "不属本所养护范围" in text
        assert "已有两家回退，须先提请权属会商" in text
        assert "提请权属会商" in text


def test_the_joint_strip_stands_in_the_head_with_each_units_light(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = joined(desk, city)
        assert "会办 主办 市政所 园林所 正常" in screen("dispatcher").get(f"/case/{case}/")
        assert "协办反馈" in screen("other_clerk").get("/desk/?tab=assist")
    with clock.travel(WORKDAY + timedelta(days=30)):
        photo = desk("clerk").send_photo("black")
        desk("clerk").done(case, "feedback", text="已修补", files=[photo])
        text = screen("dispatcher").get("/desk/?tab=review")
        assert "等 园林所 反馈协办，或取消协办后再批转" in text, "the key is grey and says why (P5)"
        page = screen("dispatcher")
        assert "取消园林所协办" in page.get(f"/case/{case}/")
        helper = desk("other_clerk").who.unit_id
        seq = desk("clerk").get(f"/cases/{case}/moves").body["seq"]
        data = {"seq": seq, "unit_id": helper, "reason": "other", "note": "协办超时未复", "from": "case", "key": "k3"}
        page.post(f"/case/{case}/act/drop_assist/", data)
        assert "已取消协办" in page.toast
        assert "等 园林所" not in screen("dispatcher").get("/desk/?tab=review")


def test_a_case_is_given_to_another_unit_and_coordinated_from_its_page(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        page = screen("dispatcher")
        assert "改派 增加协办 协调" in page.get(f"/case/{case}/")
        seq = desk("clerk").get(f"/cases/{case}/moves").body["seq"]
        met = {"seq": seq, "note": "市政修路，园林迁树", "place": "现场", "from": "case", "key": "k4"}
        page.post(f"/case/{case}/act/coordinate/", met)
        request = request_of(desk("dispatcher"), case)
        task = {"seq": seq + 1, "unit_id": desk("other_clerk").who.unit_id, "note": "迁树", "request": request, "from": "case", "key": "k5"}
        page.post(f"/case/{case}/act/add_assist/", task)
        assert "园林所 正常" in page.get(f"/case/{case}/")
        again = {"seq": seq + 2, "unit_id": desk("company_clerk").who.unit_id, "reason": "wrong_unit", "from": "case", "key": "k6"}
        page.post(f"/case/{case}/act/redispatch/", again)
        assert "已改派" in page.toast


def _sheet(page: Screen, path: str) -> dict[str, str]:
    """The first line of an exported list by its titles."""
    rows = list(load_workbook(io.BytesIO(page.client.get(path).content)).worksheets[0].iter_rows(values_only=True))
    return {str(title): str(value or "") for title, value in zip(rows[0], rows[1], strict=True)}


def test_the_library_and_the_orders_are_lists_with_what_is_open_first(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        assert "到期自动恢复计时" in screen("dispatcher").get("/lists/aside/")
        case = suspended(desk, city)
        for who in ("dispatcher", "clerk", "subdistrict_officer"):
            assert "挂账" in screen(who).get("/lists/aside/")
        number = desk("clerk").get(f"/cases/{case}").body["number"]
        assert number not in screen("other_clerk").get("/lists/aside/")
        shown, sheet = screen("dispatcher").get("/lists/aside/"), _sheet(screen("dispatcher"), "/lists/aside.xlsx")
        granted = desk("command_director").who.user_name
        assert "批准人 挂账至" in shown and f"{granted} 2026-12-10" in shown
        assert sheet["批准人"] == granted and sheet["挂账至"].startswith("2026-12-10")
        desk("leader").done(case, "instruct", note="抓紧落实经费")
        assert "批准人" not in (told := _sheet(screen("dispatcher"), "/lists/instruction.xlsx")) and told["期限"] and told["提出时间"]
        screen("clerk").get("/lists/nothing/", status=404)
    with clock.travel(WORKDAY + timedelta(days=1)):
        page = screen("clerk")
        assert "抓紧落实经费" in page.get("/desk/?tab=answer_instruction")
        seq = desk("clerk").get(f"/cases/{case}/moves").body["seq"]
        request = request_of(desk("clerk"), case)
        page.post(f"/case/{case}/act/answer_order/", {"seq": seq, "request": request, "note": "已落实", "key": "k2", "from": "case"})
        assert "已落实" in screen("leader").get("/desk/?tab=judge_answer")
