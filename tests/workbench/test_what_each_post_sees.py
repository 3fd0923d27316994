"""What the acceptance texts ask to be seen on the screens, looked at on the screens."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from django.db import connection
from openpyxl import load_workbook

from tests.api import paths
from tests.support.city import WORKDAY, City, picture
from tests.support.screen import Screen
from urbangrid.cases import processes
from urbangrid.cases.models import Case, CaseRecord, Draft
from urbangrid.catalog import handbook
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform

At = paths.At
SIX = ("信息收集", "案卷建立", "任务派遣", "任务处理", "处理反馈", "核查结案")


def stages(html: str) -> list[tuple[str, str]]:
    """(state, words) of the stage bar."""
    bar = html[html.index('<ol class="stages"') : html.index("</ol>", html.index('<ol class="stages"'))]
    found = re.findall(r'<li class="(\w+)"><b>(.*?)</b>(.*?)</li>', bar, re.S)
    return [(state, name + " " + re.sub(r"<[^>]+>", "", rest).strip()) for state, name, rest in found]


@pytest.mark.requirement("HD-3.2")
def test_the_stage_bar_of_every_case_shows_the_six_stages_with_times(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        fresh = paths.accept(desk, paths.report(desk, city)["report_id"])
        done = paths.dispatched(desk, city)
    with clock.travel(WORKDAY + timedelta(minutes=30)):
        paths.fed_back(desk, done)
    with clock.travel(WORKDAY + timedelta(minutes=50)):
        paths.to_check(desk, done)
        paths.checked(desk, done)
        desk("seat_agent").done(done, "close")
    seat = screen("seat_agent")
    seat.get(f"/case/{fresh}/")
    assert [words.split()[0] for _state, words in stages(seat.html)] == list(SIX)
    assert [state for state, _words in stages(seat.html)] == ["done", "now", "ahead", "ahead", "ahead", "ahead"]
    seat.get(f"/case/{done}/")
    shown = stages(seat.html)
    assert [state for state, _words in shown] == ["done"] * 6
    assert "09:40" in shown[0][1] and "10:10" in shown[3][1] and "10:30" in shown[5][1], shown


def test_each_limit_says_by_which_hours_it_counts_and_the_seat_that_the_first_condition_is_a_proposal(
    desk: At, city: City, screen: type[Screen]
) -> None:
    with clock.travel(WORKDAY):
        case, at_the_desk = paths.dispatched(desk, city), paths.filed(desk, city)
        desk("clerk").done(case, "receive")
    limits = re.compile(r"(环节时限|处置时限|案件总时限)(.*?昼夜连续计时|.*?个工作日 8 小时)")
    of_unit = dict(limits.findall(screen("clerk").get(f"/case/{case}/")))
    assert "按“机关工作时间”计时：只计工作时间" in of_unit["处置时限"]
    of_desk = dict(limits.findall(screen("dispatcher").get(f"/case/{at_the_desk}/")))
    assert of_desk["环节时限"].endswith("昼夜连续计时"), of_desk
    seat, several = screen("seat_agent"), city.category()
    first, *others = catalog.conditions_of(several.id, city.platform.pk)
    assert others, "one alone is no proposal"
    choices = f"/choices/conditions/{several.id}/"
    assert "已预选第一项，请按现场情形选定" in seat.get(choices)
    assert "已预选第一项" not in seat.get(f"{choices}?condition={first.id}")


@pytest.mark.requirement("HD-3.2.6")
def test_the_inspector_answers_with_a_photo_and_the_centre_sees_before_and_after(desk: At, city: City, screen: type[Screen]) -> None:
    cases = {}
    for answer in ("handled", "not_handled", "insufficient"):
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        phone = screen(paths.checker(desk, case))
        task = phone.get(f"/phone/task/{case}/")
        assert "已处置" in task and "未处置" in task and "处置不到位" in task
        seq = str(Case.objects.get(pk=int(case)).seq)
        refused = phone.post(f"/phone/task/{case}/check/", {"seq": seq, "answer": answer}, status=422)
        assert "至少要 1 张照片" in refused
        stored = phone.client.post("/upload/", {"file": _file(answer)}).json()["id"]
        phone.post(f"/phone/task/{case}/check/", {"seq": seq, "answer": answer, "files": stored})
        assert "已送出" in phone.toast
        cases[answer] = case
    seat = screen("seat_agent")
    for case in cases.values():
        item = Case.objects.get(pk=int(case)).items.get(closed_at=None)
        seat.get(f"/desk/?tab=close&item={item.pk}")
        assert re.findall(r"<h2>(处置前|处置后|核查)</h2>", seat.html) == ["处置前", "处置后", "核查"]
        assert len(set(re.findall(r'data-photo src="(/files/\d+/)"', seat.html))) == 3
    _without_photos(desk, city, screen)


def _without_photos(desk: At, city: City, screen: type[Screen]) -> None:
    """The number of photos is a setting of the process."""
    definition = processes.preset("model_a")
    definition["settings"]["check_photos"] = 0
    processes.publish(city.platform, definition, {duty for one in city.cast.values() for duty in one.duties})
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    phone = screen(paths.checker(desk, case))
    seq = str(Case.objects.get(pk=int(case)).seq)
    phone.post(f"/phone/task/{case}/check/", {"seq": seq, "answer": "handled"})
    assert "已送出" in phone.toast


def _file(colour_of: str) -> io.BytesIO:
    file = io.BytesIO(picture({"handled": "green", "not_handled": "maroon", "insufficient": "navy"}[colour_of]))
    file.name = "photo.jpg"
    return file


@pytest.mark.requirement("HD-3.1.3-1")
def test_the_seat_sees_all_she_needs_and_files_or_refuses(desk: At, city: City, screen: type[Screen]) -> None:
    near = paths.filed(desk, city)
    to_file, to_refuse = paths.report(desk, city), paths.report(desk, city)
    seat = screen("seat_agent")
    page = seat.get("/desk/?tab=accept")
    assert "事件·市容环境·道路破损" in seat.html  # category
    assert "柳荫社区" in page and "西湖街道" in page
    assert 'data-cell="9901' in seat.html and 'data-map="/map/outlines/"' in seat.html  # grid and map
    assert 'data-photo src="/files/' in seat.html
    assert "附近 30 米" in page and str(Case.objects.get(pk=int(near)).number) in page and "同类" in page  # similar cases
    item = _item(seat)
    condition = city.condition()
    data = {"then": "file", "category_id": city.category().id, "condition_id": condition, "tab": "accept", "item": item}
    seat.post(f"/report/{to_file['report_id']}/accept/", data)
    case = Case.objects.get(report_links__report_id=int(to_file["report_id"]))
    assert case.number and case.number in seat.toast
    assert f"/report/{to_file['report_id']}/" not in seat.html  # it has left her list …
    dispatcher = screen("dispatcher")
    dispatcher.get("/desk/?tab=dispatch")
    assert f'data-item="{case.items.get(closed_at=None).pk}"' in dispatcher.html  # … for the next post
    assert "请选择不予受理的理由" in seat.post(f"/report/{to_refuse['report_id']}/refuse/", {"note": "只写字"}, status=422)
    seat.post(f"/report/{to_refuse['report_id']}/refuse/", {"reason": "out_of_scope"})
    assert "不予受理" in seat.toast


def _item(seat: Screen) -> str:
    found = re.search(r'name="item" value="(\d+)"', seat.html)
    assert found
    return found.group(1)


@pytest.mark.requirement("SY-4.4")
def test_lists_go_by_remaining_time_and_turn_amber_at_a_settable_share_and_red_when_over(
    desk: At, city: City, screen: type[Screen]
) -> None:
    with clock.travel(WORKDAY):
        paths.report(desk, city)
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        paths.report(desk, city)
    with clock.travel(WORKDAY + timedelta(minutes=8)):
        paths.report(desk, city, urgent=True)

    def lights(minutes: float) -> list[str]:
        with clock.travel(WORKDAY + timedelta(minutes=minutes)):
            session = screen("seat_agent")
            session.get("/desk/?tab=accept")
        rows = session.html[session.html.index("data-rows") : session.html.index("</section>")]
        return re.findall(r'class="light (\w+)"', rows)

    assert lights(9) == ["green", "green", "green"]
    assert lights(12) == ["amber", "green", "green"]  # 15 minutes: the last fifth
    assert lights(15.5) == ["red", "green", "green"]
    assert lights(30) == ["red", "red", "red"]
    Platform.objects.update(settings={"warn_rules": [{"from_minutes": 0, "percent": 50}]})
    platforms.forget()
    with clock.travel(WORKDAY + timedelta(minutes=40)):
        paths.report(desk, city)
    assert lights(45)[-1] == "green" and lights(48)[-1] == "amber"


def test_a_red_row_names_who_received_and_since_when(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
    with clock.travel(WORKDAY + timedelta(days=30)):
        page = screen("duty_director").get("/board/")
    clerk = city.acting("clerk")
    assert f"卡在 市政所·{clerk.user_name}" in page


@pytest.mark.requirement("CY-2.2b")
def test_the_department_sees_what_done_means_and_its_limit_on_the_case_page(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    condition = Case.objects.get(pk=int(case)).condition
    assert condition is not None
    clerk = screen("clerk")
    for path in (f"/case/{case}/", "/desk/"):
        page = clerk.get(path)
        assert condition.closing_condition in page
        assert "5 工作日" in page


@pytest.mark.requirement("JJ-5.3-2")
def test_an_imported_handbook_is_what_agent_department_and_inspector_see(desk: At, city: City, screen: type[Screen]) -> None:
    book = load_workbook(io.BytesIO(handbook.export_handbook(city.platform.pk)))
    sheet = book.active
    assert sheet is not None
    head = [str(cell.value) for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        if any(cell.value == "路面破损" for cell in row):
            row[head.index("立案条件")].value = "破损面积超过一张报纸"
            row[head.index("结案条件")].value = "铺平压实，敲击无空响"
            row[head.index("处置时限")].value = 7
    out = io.BytesIO()
    book.save(out)
    screen("system_admin").client.post("/catalog/handbook/import/", {"file": _sheet(out)})
    paths.report(desk, city)
    assert "破损面积超过一张报纸" in screen("seat_agent").get("/desk/?tab=accept")
    case = paths.dispatched(desk, city)
    assert "7 工作日" in screen("clerk").get("/desk/")
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    assert "铺平压实，敲击无空响" in screen(paths.checker(desk, case)).get(f"/phone/task/{case}/")


def _sheet(content: io.BytesIO) -> io.BytesIO:
    file = io.BytesIO(content.getvalue())
    file.name = "handbook.xlsx"
    return file


KEY_ACTS = {"file", "sign", "dispatch", "feedback", "close"}


def test_key_acts_are_signed_and_a_changed_record_fails_on_the_case_page(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.filed(desk, city, complex=True)
    desk("head").done(case, "sign")
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    records = CaseRecord.objects.filter(case_id=int(case))
    assert set(records.values_list("action", flat=True)) >= KEY_ACTS
    assert all(len(bytes(record.signature)) == 64 for record in records)
    director = screen("duty_director")
    assert "记录完整，逐条签名相符" in director.get(f"/case/{case}/?verify=1")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # past the trigger, as a database administrator could
        cursor.execute("UPDATE cases_caserecord SET body = replace(body, 'normal', 'special') WHERE case_id = %s", [int(case)])
        cursor.execute("SET LOCAL session_replication_role = origin")
    page = director.get(f"/case/{case}/?verify=1&all=1")
    assert "处不符" in page and "记录完整" not in page


def test_a_strangers_case_number_looks_like_a_wrong_one(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    number = Case.objects.get(pk=int(case)).number
    stranger = screen("other_clerk")
    for path in (f"/case/{case}/", "/case/1/", f"/case/no/{number}/", "/case/no/青20990101-0001/"):
        assert "没有这个案件，或不在您的查看范围内" in stranger.get(path, status=404)


def test_a_strangers_post_learns_nothing_and_keeps_nothing(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    stranger = screen("other_clerk")
    for action, seq in (("receive", "0"), ("receive", str(Case.objects.get(pk=int(case)).seq)), ("dispatch", "1")):
        for start in ("case", ""):
            page = stranger.post(f"/case/{case}/act/{action}/", {"seq": seq, "note": "试一试", "from": start}, status=404)
            assert "没有这个案件，或不在您的查看范围内" in page
            assert "市政所" not in page and "待签收" not in page and "罗" not in page
    stranger.post("/desk/receive/", {"case": [f"{case}:0"]}, status=404)
    assert not Draft.objects.exists()


def test_the_time_a_clerk_types_is_the_clock_on_her_wall(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("clerk").done(case, "receive")
    with clock.travel(WORKDAY + timedelta(hours=1)):
        clerk = screen("clerk")
        photo = clerk.client.post("/upload/", {"file": _file("handled")}).json()["id"]
        seq = Case.objects.get(pk=int(case)).seq
        clerk.post(f"/case/{case}/act/feedback/", {"seq": seq, "text": "已修补", "handled_at": "2026-11-20T10:15", "files": photo})
        assert "已反馈" in clerk.toast
    record = CaseRecord.objects.get(case_id=int(case), action="feedback")
    assert '"handled_at":"2026-11-20T02:15:00.000000Z"' in record.body


def test_a_refusal_keeps_everything_typed(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "receive")
    clerk = screen("clerk")
    seq = Case.objects.get(pk=int(case)).seq
    data = {"seq": seq, "text": "围挡已撤，路面平整", "handled_by": "二班何建", "tab": "dispose", "key": "k1"}
    page = clerk.post(f"/case/{case}/act/feedback/", data, status=422)
    assert "至少要 1 张照片" in page
    assert "围挡已撤，路面平整" in clerk.html and "二班何建" in clerk.html


def test_the_same_form_twice_is_done_once_and_another_body_is_refused(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    clerk, seq = screen("clerk"), Case.objects.get(pk=int(case)).seq
    for _click in range(2):
        clerk.post(f"/case/{case}/act/receive/", {"seq": seq, "key": "one-click", "from": "case"})
    assert CaseRecord.objects.filter(case_id=int(case), action="receive").count() == 1
    clerk.post(f"/case/{case}/act/receive/", {"seq": seq, "key": "one-click", "note": "别的内容", "from": "case"}, status=409)
    assert "已用于另一份内容" in clerk.text
