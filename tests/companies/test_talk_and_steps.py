"""What a company hears at its entry: notices with a bell, the talk of a task with the centre, and the steps when nothing happens (G3)."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.supervision.delivery import deliver, sweep
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.audit.models import AuditRow
from urbangrid.cases.models import Case, CaseRequest, Remark
from urbangrid.cases.words import CONTESTED
from urbangrid.companies.tokens import token_of
from urbangrid.core import clock
from urbangrid.messaging.models import Notice

SECRETS = ("秦素珍", "13900001111", "139 0000 1111", "柳荫里3号", "longitude", "latitude", "周岚", "王芳", "孙国平", "张小燕", "陈默")


def _sent_to_company(at: At, city: City) -> str:
    case = paths.filed(at, city)
    at("dispatcher").done(case, "dispatch", unit_id=str(at("company_clerk").who.unit_id), reason="order", opinion="注意围挡")
    return case


def _task(case: str, part: str = "task") -> str:
    return reverse(f"companies:{part}", args=[token_of(int(case))])


def _bell(screen: Screen) -> dict[str, object]:
    return dict(json.loads(screen.client.get("/company/notices/count/").content))


# --- notices ---


def test_the_bell_counts_what_came_and_a_notice_leads_to_its_task(screen: type[Screen], desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        company = screen("company_clerk")
        assert _bell(company) == {"count": 0, "text": "0", "urgent": False, "commented": []}
        assert "还没有通知" in company.get("/company/notices/")
        case = _sent_to_company(desk, city)
        deliver()
        assert _bell(company)["count"] == 1
        text = company.get("/company/notices/")
        assert "派到本单位，请签收" in text and str(Case.objects.get(pk=case).number) in text
        link = re.search(r'href="(/company/notices/\d+/)"', company.html)
        assert link and "注意围挡" in company.get(link[1])
        assert _bell(company)["count"] == 0
        desk("duty_director").done(case, "remind", note="请抓紧")
        deliver()
        assert _bell(company) == {"count": 1, "text": "1", "urgent": True, "commented": []}
        company.post("/company/notices/read/")
        assert _bell(company)["count"] == 0 and "没有未读的通知" in company.get("/company/notices/?unread=1")


def test_nobody_elses_notice_opens_and_a_case_that_went_elsewhere_is_said_to_be_gone(screen: type[Screen], desk: At, city: City) -> None:
    other = paths.dispatched(desk, city)
    deliver()
    company = screen("company_clerk")
    foreign = Notice.objects.filter(case_id=other).order_by("pk").first()
    assert foreign is not None
    assert company.client.get(f"/company/notices/{foreign.pk}/").status_code == 404
    case = _sent_to_company(desk, city)
    deliver()
    mine = Notice.objects.get(case_id=case, event="dispatched")
    Notice.objects.filter(pk=mine.pk).update(case_id=int(other))  # as one that was never ours to see
    company.get(f"/company/notices/{mine.pk}/")
    assert "这件案件已不在本单位" in company.toast and "/company/notices/" in company.html


def test_what_an_open_page_asks_by_itself_keeps_no_sign_in_alive(city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        company = screen("company_clerk")
        company.get("/company/")
    with clock.travel(WORKDAY + timedelta(minutes=20)):
        assert company.client.get("/company/notices/count/").status_code == 200
    with clock.travel(WORKDAY + timedelta(minutes=35)):
        assert company.client.get("/company/").status_code == 302


# --- the talk ---


def test_a_comment_of_the_centre_is_seen_and_answered_without_a_name_of_the_inside(screen: type[Screen], desk: At, city: City) -> None:
    case = _sent_to_company(desk, city)
    unit = str(desk("company_clerk").who.unit_id)
    desk("dispatcher").done(case, "comment", text="今晚能否到场？", unit_id=unit)
    desk("seat_agent").done(case, "comment", text="内部先不要告诉企业")  # for all who deal with it: not for companies
    deliver()
    company = screen("company_clerk")
    assert _bell(company)["commented"] == [token_of(int(case))]
    company.get("/company/")
    assert f'data-case="{token_of(int(case))}"' in company.html
    company.get(_task(case))
    assert f'data-talk="{_task(case, "talk")}"' in company.html
    text = company.get(_task(case, "talk"))
    assert "今晚能否到场？" in text and "派遣员" in text and "内部先不要告诉企业" not in text
    assert not [secret for secret in SECRETS if secret in company.html]
    assert _bell(company)["commented"] == []
    centre = re.findall(r'<option value="(\d+)"', company.html)
    outside = str(desk("clerk").who.unit_id)
    assert outside not in centre
    company.post(_task(case, "comment"), {"text": "给市政所", "unit_id": outside}, 422)
    assert "bad-note" in company.html and "给市政所" in company.html
    assert "意见" in company.post(_task(case, "comment"), {"text": " ", "unit_id": centre[0]}, 422)
    company.post(_task(case, "comment"), {"text": "今晚八点到场", "unit_id": centre[0]})
    assert "意见已发出" in company.toast
    assert "未读" in company.get(_task(case, "talk"))
    dispatcher = screen("dispatcher")
    assert "今晚八点到场" in dispatcher.get(f"/case/{case}/talk/")
    text = company.get(_task(case, "talk"))
    assert "今晚八点到场" in text and re.search(r"已读 \S*指挥", text)
    assert not [secret for secret in SECRETS if secret in company.html]


def test_the_talk_of_a_foreign_task_is_not_there_and_stands_on_the_trail(screen: type[Screen], desk: At, city: City) -> None:
    foreign = paths.dispatched(desk, city)
    company = screen("company_clerk")
    company.get(_task(foreign, "talk"), 404)
    company.get(_task(foreign, "steps"), 404)
    company.post(_task(foreign, "comment"), {"text": "看得到吗"}, 404)
    assert not Remark.objects.exists()
    assert AuditRow.objects.filter(action="refused", subject=_task(foreign, "talk")[:80]).exists()
    clerk = screen("clerk")
    for path in ("/company/notices/", "/company/notices/count/", _task(foreign, "talk")):
        assert clerk.client.get(path).status_code == 404, path


# --- G3: the steps ---


def _steps(screen: Screen, case: str) -> list[str]:
    screen.get(_task(case))
    fetched = f'hx-get="{_task(case, "steps")}"' in screen.html
    screen.get(_task(case, "steps"))
    assert fetched or "催办步骤" not in screen.text
    if "催办步骤" not in screen.text:
        return []
    part = screen.html[screen.html.index("co-steps") :].split("</ol>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in part.split("<li")[1:]]


def test_each_step_after_an_unsigned_task_stands_with_its_instant_before_and_after(screen: type[Screen], desk: At, city: City) -> None:
    local = WORKDAY.astimezone(city.platform.zone)

    def hour(minutes: int) -> str:
        return f"{local + timedelta(minutes=minutes):%H:%M}"

    with clock.travel(WORKDAY):
        case = _sent_to_company(desk, city)
        deliver()
        company = screen("company_clerk")
        steps = _steps(company, case)
        assert any(hour(60) in line and "逾时未签收 届时通知 派遣员" in line for line in steps), steps
        assert any(hour(120) in line and "仍未签收 届时通知 值班主任" in line for line in steps), steps
        assert any("处置超时 届时通知 处置单位、派遣员、属地街道" in line for line in steps), steps
    with clock.travel(WORKDAY + timedelta(minutes=61)):
        sweep()
        desk("duty_director").done(case, "order", note="今日内恢复")
        deliver()
        steps = _steps(screen("company_clerk"), case)
        assert any("逾时未签收 已通知 派遣员" in line for line in steps), steps
        assert any("督办、批示 已通知" in line for line in steps), steps
        assert any(hour(120) in line and "仍未签收 届时通知 值班主任" in line for line in steps), steps
        done = [place for place, line in enumerate(steps) if "已通知" in line]
        assert done == list(range(len(done))), "what happened stands before what will"
    with clock.travel(WORKDAY + timedelta(minutes=62)):
        company = screen("company_clerk")
        desk("company_clerk").done(case, "receive")
        steps = _steps(company, case)
        assert not any("仍未签收 届时" in line for line in steps) and any("处置超时 届时通知" in line for line in steps), steps


def test_what_the_centre_urges_its_own_desks_for_and_a_task_that_left_shows_no_steps(screen: type[Screen], desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        desk("duty_director").done(case, "order", note="市政所今日办结")
        deliver()
        desk("dispatcher").done(case, "redispatch", unit_id=str(desk("company_clerk").who.unit_id), reason="wrong_unit", opinion="请处置")
        deliver()
        company = screen("company_clerk")
        assert not any("督办" in line for line in _steps(company, case)), "an order to the unit before"
        desk("company_clerk").done(case, "receive")
        desk("dispatcher").done(case, "recall", reason="wrong_unit", note="")
        deliver()
        assert _steps(company, case) == []


def test_the_list_of_what_an_appeal_contests_stands_on_the_companys_page_and_comes_back_as_chosen(
    screen: type[Screen], desk: At, city: City
) -> None:
    with clock.travel(WORKDAY):
        case = _sent_to_company(desk, city)
        company = desk("company_clerk")
        company.done(case, "receive")
        company.done(case, "feedback", text="已修补", files=[company.send_photo("black")])
        page = screen("company_clerk")
        page.get(_task(case))
        chosen = re.search(r'<select class="input" id="appeal-subject" name="subject" required>(.*?)</select>', page.html, re.S)
        assert chosen is not None
        assert re.findall(r'<option value="(\w+)">([^<]+)</option>', chosen[1]) == [(code, str(word)) for code, word in CONTESTED.items()]
        seq = {"seq": Case.objects.get(pk=case).seq}
        address = reverse("companies:act", args=[token_of(int(case)), "ask_appeal"])
        page.post(address, {**seq, "subject": "rework", "note": "返工认定有误"}, 422)
        assert '<option value="rework" selected>返工认定</option>' in page.html and "返工认定有误" in page.html
        page.post(address, {**seq, "subject": "rework", "reason": "objective", "note": "返工认定有误"})
    asked = CaseRequest.objects.get(case_id=case, kind="appeal")
    assert asked.details["subject"] == "rework"
