"""The quiz of a course on an inspector's telephone, with a second click (CY-14-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.support.city import City
from urbangrid.core import clock
from urbangrid.courses import actions, quizzes
from urbangrid.courses.models import Attempt, Participant

Sit = Callable[..., Page]


def _no_scroll(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.requirement("CY-14-3")
def test_an_inspector_takes_the_quiz_on_a_telephone(running: City, sits_down: Sit) -> None:
    head, who, now = running.acting("head"), running.acting("inspector"), clock.now()
    row = actions.save(head, actions.CourseInputs("采集规范", "work", now.date(), Decimal(2), text="照片一近一远。"))
    actions.invite(head, row.pk, people=[who.appointment_id])
    quizzes.set_quiz(head, row.pk, quizzes.QuizInputs(now, now + timedelta(days=3), 20, 100, 2))
    questions = (
        ("one", "近景照片拍什么", ("问题部位和现象", "天空"), (0,)), ("several", "上报须写明哪几项", ("位置", "现象", "天气"), (0, 1)),
        ("true_false", "核查可以不到现场", (), (1,)),
    )  # fmt: skip
    for kind, text, options, right in questions:
        quizzes.add_question(head, row.pk, quizzes.QuestionInputs(kind, text, options, right, "采集规范第三条"))
    phone = sits_down("inspector", width=360, height=800)
    phone.goto(f"/courses/{row.pk}/take/")
    expect(phone.get_by_text("照片一近一远。")).to_be_visible()
    phone.get_by_role("button", name="开始作答").click()
    expect(phone.get_by_text("核查可以不到现场")).to_be_visible()
    assert _no_scroll(phone) and "采集规范第三条" not in phone.content()
    for chosen in ("A. 问题部位和现象", "A. 位置", "B. 现象", "B. 错"):
        phone.get_by_label(chosen).check()
    send = phone.get_by_role("button", name="交卷")
    box = send.bounding_box()
    assert box is not None and box["height"] >= 44
    send.dblclick()
    expect(phone.get_by_text("最近一次成绩 100")).to_be_visible()
    expect(phone.get_by_text("采集规范第三条").first).to_be_visible()
    assert _no_scroll(phone) and Attempt.objects.count() == 1
    assert Participant.objects.get().result == "passed"
    phone.goto("/courses/mine/")
    expect(phone.locator("#desk")).to_contain_text("合格 100")
    assert _no_scroll(phone)
