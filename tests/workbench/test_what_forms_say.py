"""What forms say: lights before receipt, days that cannot be, sentences in the words of the form, what an extension leads to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.timezone import localtime

from tests.api import paths
from tests.api.test_requests import received, request_of, until
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.cases.models import Case, CaseRecord, Clock, WorkItem
from urbangrid.catalog.models import TimeLimit
from urbangrid.core import clock

At = paths.At
HOUR = timedelta(hours=1)


def posted(page: Screen, case: str, action: str, status: int = 200, **form: Any) -> str:
    """The form of the case page as it is sent; the text of the page that answers."""
    seq = Case.objects.get(pk=int(case)).seq
    return page.post(f"/case/{case}/act/{action}/", {"seq": seq, "from": "case", "key": f"{action}-{seq}", **form}, status)


def test_before_receipt_the_nearer_of_the_two_limits_gives_light_and_order(city: City, desk: At, screen: type[Screen]) -> None:
    evening = WORKDAY + 8 * HOUR
    with clock.travel(evening):
        plain = paths.dispatched(desk, city)
        case = paths.dispatched(desk, city)
        unit, own = (Clock.objects.get(case_id=int(case), kind=kind, ended_at=None) for kind in ("unit", "stage"))
        assert own.due_at is not None and unit.due_at is not None and own.due_at < unit.due_at
        assert WorkItem.objects.get(case_id=int(case), kind="receive").due_at == own.due_at
        limit = TimeLimit.objects.filter(unit="urgent_hour", value=2, condition__isnull=False).select_related("condition").order_by("id")[0]
        desk("duty_director").done(
            case, "correct", reason="category", category_id=str(limit.condition.category_id), condition_id=str(limit.condition_id)
        )
        unit.refresh_from_db()
        item = WorkItem.objects.get(case_id=int(case), kind="receive")
        assert unit.due_at is not None and evening < unit.due_at < own.due_at, "due tonight; to be received in office hours"
        assert (item.due_at, item.warn_at) == (unit.due_at, unit.warn_at)
        rows = desk("clerk").get("/queues/receive").body
        assert [row["case_id"] for row in rows] == [case, plain], "the nearer one first"
    with clock.travel(unit.due_at + timedelta(minutes=1)):
        assert desk("clerk").get("/queues/receive").body[0]["light"]["light"] == "red"


def test_the_kind_of_an_order_is_said_in_words_and_its_reply_never_comes_after_the_case(
    city: City, desk: At, screen: type[Screen]
) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        director, clerk = screen("duty_director"), screen("clerk")
        past = posted(director, case, "order", 422, note="今日修复", until="2001-01-01T08:00", grade="yellow")
        assert "“回复期限”要晚于现在" in past
        assert re.search(r'id="send-order" open data-opened', director.html) and "今日修复" in director.html, "as typed, and open"
        assert "不填即 8 工作时，到 " in past
        ends = WORKDAY + 3 * HOUR
        Case.objects.filter(pk=int(case)).update(due_at=ends)
        assert f"晚于案件到期，按案件到期 {localtime(ends):%m-%d %H:%M}" in director.get(f"/case/{case}/")
        posted(director, case, "order", note="今日修复", grade="yellow")
        order = desk("clerk").get(f"/cases/{case}").body["requests"][-1]
        assert datetime.fromisoformat(order["until"]) == ends
        for text in (clerk.get(f"/case/{case}/?all=1"), clerk.get("/desk/?tab=answer_order"), director.get(f"/case/{case}/"),
                     director.get(f"/case/{case}/print/supervision/?request={order['request_id']}")):  # fmt: skip
            assert "yellow" not in text
        assert "黄牌督办" in director.get(f"/case/{case}/?all=1")


def test_work_cannot_have_been_done_tomorrow_nor_before_the_case_came(city: City, desk: At, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
    with clock.travel(WORKDAY + HOUR):
        photo, clerk = [desk("clerk").send_photo()], screen("clerk")
        form = {"text": "已修补", "files": photo, "tab": "dispose", "from": "desk"}
        assert "晚于现在" in posted(clerk, case, "feedback", 422, **form, handled_at="2031-01-01T08:00")
        assert "早于案件交到本单位的时间" in posted(clerk, case, "feedback", 422, **form, handled_at="2020-01-01T08:00")
        later = desk("clerk").act(case, "feedback", text="已修补", files=photo, handled_at="2031-01-01T08:00:00+08:00")
        assert (later.status, later.code) == (422, "handled_later")
        desk("clerk").done(case, "feedback", text="已修补", files=photo, handled_at=(WORKDAY + HOUR / 2).isoformat())


def test_a_reply_cannot_be_asked_for_in_the_past_and_an_empty_form_is_named_by_its_label(
    city: City, desk: At, screen: type[Screen]
) -> None:
    seat = screen("seat_agent")
    form = {"source": "mayor_hotline", "text": "路口塌了", "place_text": "大柳树路口", "client_id": "c1", "kind": "complaint", "key": "k1"}
    assert "“要求答复时间”要晚于现在" in seat.post("/register/", {**form, "reply_due_at": "2001-01-01T08:00"}, 422)
    assert "请填写“来报人的话”" in seat.post("/register/", {**form, "text": ""}, 422)
    with pytest.raises(AssertionError, match="reply_due_past"):
        paths.request(desk, city, reply_due_at="2001-01-01T08:00:00+08:00")


def test_an_extension_says_what_it_leads_to_at_the_form_to_the_approver_and_on_paper(
    city: City, desk: At, screen: type[Screen]
) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        clerk, director = screen("clerk"), screen("command_director")
        refused = posted(clerk, case, "ask_extension", 422, reason="weather", note="连日有雨", until="2001-01-01T08:00")
        assert "“计划完成日期”要" in refused and "同意后时限加一次原时限，计划完成日期供审批参考" in refused
        dialog = re.search(r'<dialog class="sheet" id="ask-extension" open data-opened>.*?</dialog>', clerk.html, re.S)
        assert dialog is not None and "连日有雨" in dialog.group() and 'value="2001-01-01T08:00"' in dialog.group()
        assert re.search(r'value="weather"[^>]* checked', dialog.group())
        desk("clerk").done(case, "ask_extension", reason="weather", note="连日有雨", until=until(2))
        before = Clock.objects.get(case_id=int(case), kind="unit").due_at
        offered = director.get("/desk/?tab=decide")
        desk("command_director").done(case, "agree", request=request_of(desk("clerk"), case))
        sheet = clerk.get(f"/case/{case}/print/extension/?request={request_of(desk('clerk'), case)}")
    after = Clock.objects.get(case_id=int(case), kind="unit").due_at
    assert before is not None and after is not None
    said = f"原到期 {localtime(before):%m-%d %H:%M}，同意后到期 {localtime(after):%m-%d %H:%M}"
    assert said in offered and "，申请人计划" in offered
    for words in (f"原到期 {localtime(before):%Y-%m-%d %H:%M}", f"同意后到期 {localtime(after):%Y-%m-%d %H:%M}", "申请计划完成"):
        assert words in sheet


def test_a_proposal_not_to_file_is_prefilled_only_where_the_place_showed_nothing(city: City, desk: At, screen: type[Screen]) -> None:
    for answer, said in (("true", False), ("not_true", True)):
        found = paths.report(desk, city, who="inspector")
        case = paths.accept(desk, found["report_id"], "send_verification")
        desk("inspector").done(case, "verify", answer=answer, note="到场", files=[desk("inspector").send_photo()])
        item = WorkItem.objects.get(case_id=int(case), closed_at=None)
        page = screen("seat_agent")
        page.get(f"/desk/?tab=file&item={item.pk}")
        assert ("，提请不予立案</textarea>" in page.html) is said, answer
        listed = page.get("/done/")
        assert "办的环节" in listed and "现在状态" in listed
        assert CaseRecord.objects.filter(case_id=int(case), action="verify").exists()
