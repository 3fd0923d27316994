"""培训 from the course to the register: a head registers it, an inspector answers its quiz on her phone, results stand by themselves."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.supervision.delivery import deliver
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import OutboxEntry
from urbangrid.courses import actions, queries, quizzes, rules, tables
from urbangrid.courses.actions import CourseInputs, Entry
from urbangrid.courses.models import Attempt, Course, Participant
from urbangrid.courses.quizzes import QuestionInputs, QuizInputs
from urbangrid.courses.rules import Lack, Passed
from urbangrid.messaging.models import Notice
from urbangrid.organizations import installing

TODAY = WORKDAY.date()
SECRET = "样城区规定四项内容之二"
"""A ground that nobody may read before she hands in."""


def course(city: City, *, name: str = "采集规范", day: date = TODAY, people: tuple[str, ...] = ("inspector",)) -> Course:
    """Registered by the head, with these people."""
    made = actions.save(city.acting("head"), CourseInputs(name, "work", day, Decimal(2)))
    if people:
        actions.invite(city.acting("head"), made.pk, people=[city.acting(one).appointment_id for one in people])
    return made


def with_quiz(city: City, row: Course, *, most: int = 2, minutes: int = 20, days: int = 3) -> list[str]:
    """Two questions, 50 % passes; ids of the questions."""
    head, now = city.acting("head"), clock.now()
    quizzes.set_quiz(head, row.pk, QuizInputs(now, now + timedelta(days=days), minutes, 50, most))
    made = [
        quizzes.add_question(head, row.pk, QuestionInputs("one", "近景照片拍什么", ("部位", "天空"), (0,), SECRET)),
        quizzes.add_question(head, row.pk, QuestionInputs("several", "上报写什么", ("位置", "现象", "姓名"), (0, 1), SECRET)),
    ]
    return [str(one.pk) for one in made]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def result(city: City, who: str = "inspector") -> tuple[str, int | None]:
    row = Participant.objects.get(user_id=city.acting(who).user_id)
    return row.result, row.score


@pytest.mark.requirement("CY-14-3")
def test_a_course_is_registered_taken_part_in_and_stands_in_the_register_with_its_result(city: City) -> None:
    with clock.travel(WORKDAY):
        head = enter(Client(), city, "head")
        typed = {"name": "区情培训", "kind": "district", "day": "2026-11-20", "hours": "1.5", "teacher": "齐鸣"}
        typed |= {"valid_months": "12", "required": "on"}
        answer = head.post(reverse("courses:new"), typed)
        made = Course.objects.get(name="区情培训")
        assert answer.headers["Location"] == reverse("courses:course", args=[made.pk])
        squad = city.acting("inspector").unit_id
        head.post(reverse("courses:invite", args=[made.pk]), {"unit": squad})
        people = {one.user.name: one.pk for one in Participant.objects.select_related("user")}
        assert {"张小燕", "陈默", "赵强"} == set(people), "everybody of the squad, its leader too"
        sent = {f"result-{people['张小燕']}": "passed", f"score-{people['张小燕']}": "92", f"result-{people['陈默']}": "absent"}
        head.post(reverse("courses:enter", args=[made.pk]), sent)
        page = text(head.get(reverse("courses:register"), {"typed": "区情"}))
        shown = {name: page.partition(f"<b>{name}</b>")[2].partition("</tr>")[0] for name in people}
        assert "合格" in shown["张小燕"] and "92" in shown["张小燕"] and "缺席" in shown["陈默"] and "待定" in shown["赵强"]
        sheet = load_workbook(BytesIO(head.get(reverse("courses:register_file")).content)).worksheets[0]
        rows = {row[4]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
        assert rows["张小燕"][:4] == ("区情培训", "区情", "2026-11-20", "1.5") and rows["张小燕"][7:9] == ("合格", 92)
        changes = AuditRow.objects.filter(action="course_result").values_list("values", flat=True)
        assert {"person": "张小燕", "old": "待定", "new": "合格 92"} in list(changes)


@pytest.mark.requirement("CY-14-3")
def test_an_inspector_answers_the_quiz_and_sees_what_was_right_only_after_handing_in(city: City) -> None:
    with clock.travel(WORKDAY):
        row = course(city)
        one, two = with_quiz(city, row)
        phone, take = enter(Client(), city, "inspector"), reverse("courses:take", args=[row.pk])
        assert "开始作答" in text(phone.get(take))
        phone.post(reverse("courses:begin", args=[row.pk]))
        page = text(phone.get(take))
        assert "近景照片拍什么" in page and SECRET not in page and "答案" not in page
        attempt = Attempt.objects.get()
        answers = {"attempt": attempt.pk, f"q{one}": "0", f"q{two}": ["0"]}
        phone.post(reverse("courses:answer", args=[row.pk]), {**answers, "do": "keep"})
        kept = text(phone.get(take))
        assert kept.count("checked") == 2 and SECRET not in kept and result(city) == ("", None), "kept, not handed in"
        for _click in range(2):  # a double click hands in once
            phone.post(reverse("courses:answer", args=[row.pk]), {**answers, "key": "a-key"})
        page = text(phone.get(take))
        assert "最近一次成绩 50" in page and SECRET in page and "您已合格" in page
        assert result(city) == ("passed", 50) and Attempt.objects.count() == 1
        assert AuditRow.objects.filter(action="course_result").count() == 1


def test_a_second_hand_in_another_person_and_a_quiz_that_ended_are_refused(city: City) -> None:
    with clock.travel(WORKDAY):
        row = course(city, people=("inspector", "second_inspector"))
        one, _two = with_quiz(city, row, most=1)
        who = city.acting("inspector")
        attempt = quizzes.begin(who, row.pk)
        assert quizzes.begin(who, row.pk).pk == attempt.pk, "on with the open one"
        with pytest.raises(Refusal, match="不是您的"):
            quizzes.hand_in(city.acting("second_inspector"), attempt.pk, {one: [0]}, key="x")
        with pytest.raises(Refusal, match="不在参加人员之内"):
            quizzes.begin(city.acting("far_inspector"), row.pk)
        quizzes.hand_in(who, attempt.pk, {one: [1]}, key="first")
        with pytest.raises(Refusal, match="已经交卷"):
            quizzes.hand_in(who, attempt.pk, {one: [0]}, key="second")
        with pytest.raises(Refusal, match="已用完 1 次机会"):
            quizzes.begin(who, row.pk)
        assert result(city) == ("failed", 0)
        with pytest.raises(Refusal, match="题目、开始时间、时长和合格线不能再改"):
            quizzes.add_question(city.acting("head"), row.pk, QuestionInputs("true_false", "迟到的题", (), (0,), "无"))
    with clock.travel(WORKDAY + timedelta(days=3)), pytest.raises(Refusal, match="截止，不能再作答"):
        quizzes.begin(city.acting("second_inspector"), row.pk)
    phone = enter(Client(), city, "far_inspector")
    for address in ("take", "begin", "answer"):
        path = reverse(f"courses:{address}", args=[row.pk])
        assert (phone.get(path) if address == "take" else phone.post(path)).status_code == 404, address


def test_what_was_kept_is_handed_in_when_the_time_is_over(city: City) -> None:
    with clock.travel(WORKDAY):
        row = course(city)
        one, two = with_quiz(city, row, minutes=5)
        attempt = quizzes.begin(city.acting("inspector"), row.pk)
        quizzes.keep(city.acting("inspector"), attempt.pk, {one: [0], two: [0, 1, 2]})
        assert quizzes.close_due() == 0
    with clock.travel(WORKDAY + timedelta(minutes=6)):
        with pytest.raises(Refusal, match="作答时间已到"):
            quizzes.hand_in(city.acting("inspector"), attempt.pk, {one: [0], two: [0, 1]}, key="late")
        assert quizzes.close_due() == 1 and quizzes.close_due() == 0
    attempt.refresh_from_db()
    assert (attempt.points, attempt.by_time) == (50, True) and result(city) == ("passed", 50)


def test_who_is_invited_is_told_and_who_has_not_passed_once_more_a_day_before_the_end(city: City) -> None:
    with clock.travel(WORKDAY):
        row = course(city, people=("inspector", "second_inspector"))
        one, _two = with_quiz(city, row)
        quizzes.hand_in(city.acting("inspector"), quizzes.begin(city.acting("inspector"), row.pk).pk, {one: [0]}, key="k")
        deliver()
        assert quizzes.remind_ending() == 0
        phone = enter(Client(), city, "inspector")
        notice = Notice.objects.get(event="course_invited", appointment_id=city.acting("inspector").appointment_id)
        assert "请参加培训：采集规范" in text(phone.get(reverse("workbench:notices")))
        assert phone.get(reverse("workbench:notice", args=[notice.pk])).headers["Location"] == reverse("courses:take", args=[row.pk])
    with clock.travel(WORKDAY + timedelta(days=2, hours=1)):
        assert quizzes.remind_ending() == 1 and quizzes.remind_ending() == 0
        deliver()
    reminded = Notice.objects.filter(event="quiz_ends").values_list("appointment_id", flat=True)
    assert list(reminded) == [city.acting("second_inspector").appointment_id]


def test_nobody_is_told_of_a_course_that_is_over(city: City) -> None:
    with clock.travel(WORKDAY):
        before = OutboxEntry.objects.count()
        course(city, day=date(2026, 11, 1))
        assert OutboxEntry.objects.count() == before


def test_pasted_and_imported_results_name_row_and_column_and_write_all_or_nothing(city: City) -> None:
    with clock.travel(WORKDAY):
        row, head = course(city), enter(Client(), city, "head")
        address = reverse("courses:import", args=[row.pk])
        wrong = "张小燕 合格 101\n何人 合格 90\n张小燕\t优秀"
        answer = head.post(address, {"pasted": wrong})
        assert answer.status_code == 422
        for said in ("第 1 行“成绩”列", "第 2 行“姓名”列", "第 3 行“结果”列"):
            assert said in text(answer), said
        assert wrong.splitlines()[0] in text(answer) and result(city) == ("", None)
        twice, faults = tables.read_pasted("张小燕 合格 90\n张小燕 不合格")
        assert tables.bring_in(city.acting("head"), row.pk, twice, faults) == 0 and "与第 1 行重复" in faults.found[0].sentence()
        head.post(address, {"pasted": "张小燕，合格，90\n陈默 缺席"})
        assert result(city) == ("passed", 90)
        assert result(city, "second_inspector") == ("absent", None), "who was not on the list is put there"
        taken = head.get(reverse("courses:results_file", args=[row.pk])).content
        again = head.post(address, {"file": SimpleUploadedFile("成绩.xlsx", taken)})
        assert again.status_code == 302 and Participant.objects.count() == 2
        assert AuditRow.objects.filter(action="course_imported").count() == 2


def test_who_does_not_train_registers_nothing_and_a_course_of_results_stands(city: City) -> None:
    with clock.travel(WORKDAY):
        row = course(city)
        participant = Participant.objects.get()
        for name in ("seat_agent", "squad_leader", "duty_director", "inspector", "clerk"):
            browser = enter(Client(), city, name)
            for path in (reverse("courses:listed"), reverse("courses:course", args=[row.pk]), reverse("courses:register_file")):
                assert browser.get(path).status_code == 403, (name, path)
        assert enter(Client(), city, "system_admin").get(reverse("courses:listed")).status_code == 200
        head = enter(Client(), city, "head")
        bad = head.post(reverse("courses:enter", args=[row.pk]), {f"result-{participant.pk}": "absent", f"score-{participant.pk}": "80"})
        assert bad.status_code == 422 and "缺席没有成绩" in text(bad)
        actions.enter(city.acting("head"), row.pk, [Entry(participant.pk, "failed", 40)])
        with pytest.raises(Refusal, match="不能移出名单"):
            actions.drop_out(city.acting("head"), row.pk, participant.pk)
        missing = head.post(reverse("courses:new"), {"name": "", "kind": "law", "day": "2026-11-20", "hours": "2", "text": "写过的"})
        assert missing.status_code == 422 and "写过的" in text(missing)
        head.post(reverse("courses:cancel", args=[row.pk]))
        assert queries.register(city.acting("head")).total == 0
        with pytest.raises(Refusal, match="已取消"):
            actions.enter(city.acting("head"), row.pk, [])


@pytest.mark.parametrize("wrong, said", [
    ({"kind": "several", "right": "A"}, "多选至少两个"),
    ({"right": "AB"}, "单选、判断填一个"),
    ({"right": "H"}, "正确答案请填选项字母"),
    ({"options": "甲"}, "2 到 8 个选项"),
    ({"options": "甲\n甲"}, "不能重复"),
    ({"ground": ""}, "请填写依据"),
    ({"kind": "essay"}, "请选择单选"),
])  # fmt: skip
def test_a_question_that_nobody_could_answer_is_refused_at_its_field(city: City, wrong: dict[str, str], said: str) -> None:
    with clock.travel(WORKDAY):
        row = course(city, people=())
        with_quiz(city, row)
        typed = {"kind": "one", "text": "核查时先看什么", "options": "甲\n乙", "right": "A", "ground": "规范"}
        head = enter(Client(), city, "head")
        assert head.post(reverse("courses:add_question", args=[row.pk]), typed).status_code == 302
        answer = head.post(reverse("courses:add_question", args=[row.pk]), typed | wrong)
        assert answer.status_code == 422 and said in text(answer) and "核查时先看什么" in text(answer)


def test_what_is_required_is_lacking_until_passed_and_again_when_that_has_run_out() -> None:
    today = date(2026, 11, 20)
    assert rules.after_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    passed = [Passed("安全", date(2025, 11, 1), 12), Passed("区情", date(2020, 1, 1), 0)]
    assert rules.lacks(["安全", "区情", "法规"], passed, today) == [Lack("安全", date(2026, 11, 1)), Lack("法规", None)]
    assert rules.lacks(["安全"], [*passed, Passed("安全", date(2026, 5, 1), 12)], today) == []


def test_a_quiz_is_marked_by_whole_questions() -> None:
    rights = {"1": [0], "2": [0, 2], "3": [1]}
    assert rules.points(rights, {"1": [0], "2": [2, 0], "3": [1]}) == 100
    assert rules.points(rights, {"1": [0], "2": [0], "3": []}) == 33
    assert rules.points(rights, {}) == 0


def test_a_double_click_that_arrives_after_the_first_was_handed_in_changes_nothing(city: City) -> None:
    with clock.travel(WORKDAY):
        row = course(city)
        one, two = with_quiz(city, row)
        attempt = quizzes.begin(city.acting("inspector"), row.pk)
        first = quizzes.hand_in(city.acting("inspector"), attempt.pk, {one: [0], two: [0, 1]}, key="same")
        assert first == quizzes.hand_in(city.acting("inspector"), attempt.pk, {one: [0], two: [0, 1]}, key="same")
        assert first == {"points": 100, "result": "passed"}
        with pytest.raises(Refusal, match="另一份内容"):
            quizzes.hand_in(city.acting("inspector"), attempt.pk, {one: [1]}, key="same")
        with pytest.raises(Refusal, match="您已合格"):
            quizzes.begin(city.acting("inspector"), row.pk)


@pytest.mark.parametrize("letter", "abcde")
def test_in_every_model_somebody_at_a_desk_and_an_administrator_train(letter: str) -> None:
    posts = installing.preset(f"model_{letter}")["posts"]
    faces = {post.get("face", "workbench") for post in posts if actions.DUTY in post["duties"]}
    assert faces == {"workbench", "administration"}
