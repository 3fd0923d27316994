"""A department's desk with its crews, and the crew's telephone (desks.md C1, C3, C4, C5)."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.api import paths
from tests.api.paths import At
from tests.support.city import WORKDAY, City, photo
from tests.support.screen import Screen
from urbangrid.cases.lifecycle import TASK
from urbangrid.cases.models import Case, Clock, WorkItem
from urbangrid.core import clock
from urbangrid.organizations.models import Unit


def _unit(code: str) -> int:
    return Unit.objects.get(code=code).pk


def _act(screen: Screen, case: str, action: str, **data: object) -> str:
    seq = Case.objects.get(pk=case).seq
    return screen.post(f"/case/{case}/act/{action}/", {"seq": seq, "tab": "dispose", **data})


def test_from_the_desk_to_the_crews_phone_in_two_clicks_and_back_with_two_photos(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    with clock.travel(WORKDAY):
        clerk = screen("clerk")
        clerk.get("/desk/")
        button = re.search(r'name="unit_id" value="(\d+)"[^>]*>路灯班', clerk.html)
        assert button and "签收并指派" in clerk.text, "one click on the case, one on the crew"
        _act(clerk, case, "assign_down", unit_id=button[1])
        assert re.search(r'chip">路灯班·?', clerk.html) or "路灯班" in clerk.text

        crew = screen("crew")
        crew.get("/")
        assert "我的任务 1 件" in crew.text and "大柳树路南侧" in crew.text and "正常" in crew.text
        page = crew.get(f"/phone/crew/{case}/")
        assert "怎样算办好" in page and "处置前" in page and "data-distance" in crew.html
        who = city.acting("crew")
        files = [photo(who, "black"), photo(who, "white")]
        seq = Case.objects.get(pk=case).seq
        crew.post(f"/phone/crew/{case}/crew_feedback/", {"seq": seq, "said": "已清理干净", "note": "共两处", "files": files})
        assert "班组反馈已送出" in crew.toast and "现在没有任务" in crew.text

        clerk.get("/desk/?tab=dispose")
        assert "路灯班已反馈：已清理干净 共两处" in clerk.text
        _act(clerk, case, "feedback", text="已自查，符合结案条件")
    assert Case.objects.get(pk=case).state == "to_review"


def test_the_desk_counts_per_crew_and_the_number_is_the_length_of_the_list(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        cases = [paths.dispatched(desk, city) for _ in range(4)]
        for case, code in zip(cases[:3], ("LAMPCREW", "LAMPCREW", "ROADS"), strict=True):
            desk("clerk").done(case, "assign_down", unit_id=str(_unit(code)))
    with clock.travel(WORKDAY + timedelta(days=60)):
        clerk = screen("clerk")
        clerk.get("/desk/?tab=dispose")
        assert re.search(r"路灯班 <b>2</b>.*?超时 2", clerk.html) and re.search(r"道路站 <b>1</b>", clerk.html)
        clerk.get(f"/desk/?tab=dispose&crew={_unit('LAMPCREW')}")
        shown = set(re.findall(r'data-rows="working".*?</table>', clerk.html, re.S))
        numbers = re.findall(r'<td class="quiet number">([^<]+)</td>', "".join(shown))
        assert set(numbers) == set(Case.objects.filter(pk__in=cases[:2]).values_list("number", flat=True))
        assert "没有选中案件" not in clerk.get(f"/desk/?tab=dispose&crew={_unit('LAMPCREW')}")
        clerk.get(f"/desk/?tab=dispose&crew={_unit('ROADCREW')}")
        assert "没有选中案件" in clerk.text, "what the list does not show is not open beside it"


def test_a_crew_hands_back_on_the_phone_and_a_fault_keeps_what_was_typed(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "assign_down", unit_id=str(_unit("LAMPCREW")))
    crew = screen("crew")
    seq = Case.objects.get(pk=case).seq
    text = crew.post(f"/phone/crew/{case}/crew_feedback/", {"seq": seq, "said": "已清理干净", "note": "桥下"}, 422)
    assert "至少要 1 张照片" in text and "桥下" in crew.html
    crew.post(f"/phone/crew/{case}/hand_back/", {"seq": seq, "reason": "other"}, 422)
    assert "须补充说明" in crew.text
    crew.post(f"/phone/crew/{case}/hand_back/", {"seq": seq, "reason": "lacking", "note": "缺高空车"})
    assert "现在没有任务" in crew.text
    assert crew.get(f"/phone/crew/{case}/", 404)


def test_a_station_works_at_a_desk_of_its_own(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "assign_down", unit_id=str(_unit("ROADS")))
    station = screen("station_clerk")
    station.get("/")
    assert "指派任务 1" in station.text and "待签收" not in station.text
    _act(station, case, "assign_down", unit_id=_unit("ROADCREW"))
    assert "道路一班" in station.text
    _act(station, case, "hand_back", reason="not_ours")
    assert not WorkItem.objects.filter(case_id=case, kind="crew_task", closed_at=None).exists()


def test_the_clerk_asks_on_the_same_page_and_reads_the_answer_there(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
        clerk = screen("clerk")
        clerk.get("/desk/?tab=dispose")
        assert "申请延期 已用0次/共2次" in clerk.text and 'id="ask-extension"' in clerk.html
        until = (WORKDAY + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
        _act(clerk, case, "ask_extension", reason="weather", until=until, note="连续降雨")
        assert "延期 待审批" in clerk.text and "已有一项延期申请在等审批" in clerk.text
        asked = desk("command_director").get(f"/cases/{case}").body["requests"][0]["request_id"]
        desk("command_director").done(case, "disagree", request=asked, reason="in_time", note="抢在雨前")
        clerk.get("/desk/?tab=dispose")
        assert "延期 未同意" in clerk.text and "按原时限可以完成" in clerk.text and "抢在雨前" in clerk.text
        assert "申请延期 已用1次/共2次" in clerk.text


def test_the_desk_says_why_it_counts_as_late(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
    with clock.travel(WORKDAY + timedelta(days=60)):
        clerk = screen("clerk")
        text = clerk.get("/desk/?tab=dispose")
    assert "为什么算超时" in text and "休息日，不计" in text and "合计" in text


def test_an_order_and_a_call_for_help_stand_in_the_units_list_and_are_answered_there(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("duty_director").done(case, "order", note="今日内修补")
        desk("dispatcher").done(case, "add_assist", unit_id=str(desk("other_clerk").who.unit_id), note="移栽行道树")
        clerk = screen("clerk")
        text = clerk.get("/desk/?tab=answer_order")
        assert "待回复督办" in text and "今日内修补" in text
        asked = re.search(r'name="request" value="(\d+)"', clerk.html)
        assert asked
        _act(clerk, case, "answer_order", request=asked[1], note="已组织夜间施工")
        assert "已回复督办" in clerk.toast
        helper = screen("other_clerk")
        assert "移栽行道树" in helper.get("/desk/?tab=assist")
        _act(helper, case, "assist_answer", text="已移栽两株")
    assert not WorkItem.objects.filter(case_id=case, kind__in=("assist", "answer_order"), closed_at=None).exists()


def test_a_task_says_its_own_limit_that_of_the_case_and_why_they_differ(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "assign_down", unit_id=str(_unit("LAMPCREW")))
        task = Clock.objects.get(case_id=case, stage=TASK)
        unit = Clock.objects.get(case_id=case, kind="unit")
        assert task.due_at and unit.due_at and task.due_at < unit.due_at
        own, all_of_it = (f"{at.astimezone(city.acting('clerk').zone):%d日 %H:%M} 前" for at in (task.due_at, unit.due_at))
        why = "指派任务的时限是指派时所余时限的一份（时限份额），从指派起计。"
        page = screen("crew").get(f"/phone/crew/{case}/")
        assert re.search(rf"本单位的时限：\d+月{own}；案件的处置时限：\d+月{all_of_it}。{why}", page)
        clerk = screen("clerk").get("/desk/?tab=dispose")
        assert re.search(rf"路灯班\S*的时限：\d+月{own}；案件的处置时限：\d+月{all_of_it}。 ?{why}", clerk)
