"""培训 of the made city: two courses that were held, and one whose quiz is open, through the actions that a trainer uses (CY-14-3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.courses import actions, quizzes
from urbangrid.courses.actions import CourseInputs, Entry
from urbangrid.courses.models import Participant
from urbangrid.courses.quizzes import QuestionInputs, QuizInputs
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment

MOST: Final = 20
"""Inspectors of a course: a class room."""
ABSENT, FAILED = 3, 7
"""Places in the class of who was away and who failed."""


@dataclass(frozen=True, slots=True)
class Held:
    """A course that was held so many days ago."""

    days: int
    name: str
    kind: str
    hours: str
    place: str
    text: str
    required: bool = False
    valid_months: int = 0


HELD: Final = (
    Held(
        120, "区情与单元网格", "district", "3", "监督中心会议室",
        "街道、社区、单元网格的划分；单元网格编码的读法；主次干路、河道和重点区域；本人责任网格的走法。",
    ),
    Held(
        40, "信息采集规范", "work", "4", "监督中心会议室",
        "上报：先拍照，一近一远，再选类别和位置。核实、核查须到现场，拍照后如实答复。自处置须有处置前、处置后照片。",
        required=True, valid_months=12,
    ),
)  # fmt: skip
OPEN: Final = Held(1, "采集与核查要点（线上测验）", "work", "1", "", "看过信息采集规范再答。五题，答对四题合格。")
QUESTIONS: Final = (
    QuestionInputs(
        "one", "到现场核查，问题还在，应答哪一项？", ("已处置", "未处置", "无法到达"), (1,), "问题还在就答“未处置”，案件退回处置单位。"
    ),
    QuestionInputs(
        "several", "上报一件问题，须给出哪几项？", ("照片", "类别", "位置", "责任单位"), (0, 1, 2), "责任单位由派遣员按责任清单派。"
    ),
    QuestionInputs("true_false", "自处置的小问题也计入立案数。", (), (1,), "自处置不立案，不计入立案数。"),
    QuestionInputs(
        "one", "自处置须有哪些照片？", ("处置后一张", "处置前、处置后各一张", "不要照片"), (1,), "审核和抽查都看这两张照片。"
    ),
    QuestionInputs("true_false", "请假时，没有办完的核实、核查任务转给顶替人。", (), (0,), "请假批准后，任务和班由顶替人接办。"),
)
PASS_MARK: Final = 80


def hold(platform: Platform, now: datetime, tell: Callable[[str], None]) -> None:
    """Courses with their results and the open quiz; nothing where nobody trains or nobody inspects."""
    rows = Appointment.objects.filter(platform=platform).select_related("user", "post", "unit", "platform").order_by("pk")
    trainer = rows.filter(post__duties__contains=[actions.DUTY], post__face="workbench").first()
    people = list(rows.filter(post__duties__contains=["check"], for_night=False).values_list("pk", flat=True)[:MOST])
    if trainer is None or not people:
        return
    acting = from_row(trainer)
    for one in HELD:
        with clock.travel(now - timedelta(days=one.days)):
            made = _made(acting, one, people)
            listed = Participant.objects.filter(course_id=made).order_by("appointment_id").values_list("pk", flat=True)
            actions.enter(acting, made, [_entry(pk, place) for place, pk in enumerate(listed)])
    with clock.travel(now - timedelta(days=OPEN.days)):
        made = _made(acting, OPEN, ())
        quizzes.set_quiz(acting, made, QuizInputs(clock.now(), now + timedelta(days=6), 20, PASS_MARK, 2))
        for question in QUESTIONS:
            quizzes.add_question(acting, made, question)
        actions.invite(acting, made, people=people)
    tell(f"培训 {len(HELD) + 1} 次，测验 {len(QUESTIONS)} 题")


def _made(acting: Acting, one: Held, people: Sequence[int]) -> int:
    held_on = (clock.now() - timedelta(days=1)).astimezone(acting.zone).date()  # registered on the day after: nobody is told of it
    inputs = CourseInputs(
        name=one.name, kind=one.kind, day=held_on, hours=Decimal(one.hours), place=one.place,
        teacher=acting.user_name, text=one.text, required=one.required, valid_months=one.valid_months,
    )  # fmt: skip
    made = actions.save(acting, inputs).pk
    if people:
        actions.invite(acting, made, people=people)
    return made


def _entry(pk: int, place: int) -> Entry:
    """One was away, one failed, the others passed with 80 to 98."""
    if place == ABSENT:
        return Entry(pk, "absent")
    return Entry(pk, "failed", 55) if place == FAILED else Entry(pk, "passed", 80 + 7 * place % 19)
