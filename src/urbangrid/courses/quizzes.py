"""测验: set by who trains, taken by who was invited.

1. ``begin`` opens an attempt or goes on with the open one; never two at once.
2. ``keep`` and ``hand_in`` bear a second click and a lost connection: the first keeps what it is given, the second marks once.
3. What is still open when its time is over is handed in by ``close_due`` with what was kept.

Each of them locks the participant first: two clicks, two browsers and the worker wait for each other and never cross.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.platforms import platform_of
from urbangrid.courses import rules, words
from urbangrid.courses.actions import note_result, open_course, tell
from urbangrid.courses.models import Attempt, Course, Participant, Question, Quiz
from urbangrid.organizations.acting import Acting, itself

ENDS: Final = "quiz_ends"
MOST_QUESTIONS: Final = 100
GRACE: Final = timedelta(seconds=30)
"""For the way from a phone to the server."""
REMIND_BEFORE: Final = timedelta(days=1)

Answers = Mapping[str, Sequence[int]]
"""Id of a question → places of the options chosen, from 0."""


@dataclass(frozen=True, slots=True)
class QuizInputs:
    """A quiz as it is typed."""

    opens_at: datetime | None
    closes_at: datetime | None
    minutes: int | None
    pass_mark: int | None
    most_attempts: int | None


@transaction.atomic
def set_quiz(acting: Acting, course_id: int, inputs: QuizInputs) -> Quiz:
    """Raises Refusal ``course_field``, ``quiz_times``, ``quiz_begun``; NotFound ``course_unknown``."""
    course = open_course(acting, course_id)
    _check(inputs)
    assert inputs.opens_at is not None and inputs.closes_at is not None
    if inputs.closes_at <= inputs.opens_at:
        raise Refusal("quiz_times", status=422, field="closes")
    row = Quiz.objects.filter(course=course).first()
    values = {name: getattr(inputs, name) for name in QuizInputs.__slots__}
    if row is None:
        row = Quiz.objects.create(course=course, **values)
    else:
        fixed = ("opens_at", "minutes", "pass_mark")
        if is_begun(row) and any(getattr(row, name) != values[name] for name in fixed):
            raise Refusal("quiz_begun", status=409)
        if row.closes_at != values["closes_at"]:
            values["reminded_at"] = None
        for name, value in values.items():
            setattr(row, name, value)
        row.save()
    note(acting, "quiz_set", subject=f"course:{course.pk}", values={"name": course.name, "until": inputs.closes_at.isoformat()})
    return row


def _check(inputs: QuizInputs) -> None:
    for field, right, label, rule in (
        ("opens", inputs.opens_at is not None, _("开始"), _("选日期和时刻")),
        ("closes", inputs.closes_at is not None, _("截止"), _("选日期和时刻")),
        ("minutes", inputs.minutes is not None and 1 <= inputs.minutes <= 600, _("时长（分钟）"), _("1 到 600 的整数")),
        ("pass_mark", inputs.pass_mark is not None and 1 <= inputs.pass_mark <= 100, _("合格线（百分比）"), _("1 到 100 的整数")),
        ("most_attempts", inputs.most_attempts is not None and 1 <= inputs.most_attempts <= 20, _("最多作答次数"), _("1 到 20 的整数")),
    ):
        if not right:
            raise Refusal("course_field", status=422, field=field, label=label, rule=rule)


def is_begun(quiz: Quiz) -> bool:
    """Whether somebody has begun an attempt: from then on the questions stand."""
    return Attempt.objects.filter(participant__course_id=quiz.course_id).exists()


@dataclass(frozen=True, slots=True)
class QuestionInputs:
    """A question as it is typed; ``right``: places of the right options, from 0."""

    kind: str
    text: str
    options: tuple[str, ...]
    right: tuple[int, ...]
    ground: str


@transaction.atomic
def add_question(acting: Acting, course_id: int, inputs: QuestionInputs) -> Question:
    """At the end of the quiz. Raises Refusal ``quiz_missing``, ``quiz_begun``, ``questions_many`` and those of a question."""
    quiz = _editable(acting, course_id)
    options = words.TRUE_FALSE if inputs.kind == "true_false" else inputs.options
    _check_question(inputs, options)
    known = Question.objects.filter(quiz=quiz).aggregate(n=Count("id"), last=Max("position"))
    if known["n"] >= MOST_QUESTIONS:
        raise Refusal("questions_many", status=422, field="text", most=MOST_QUESTIONS)
    made = Question.objects.create(
        quiz=quiz, position=(known["last"] or 0) + 1, kind=inputs.kind, text=inputs.text, options=list(options),
        right=sorted(inputs.right), ground=inputs.ground,
    )  # fmt: skip
    note(acting, "question_added", subject=f"course:{course_id}", values={"label": made.text[:60]})
    return made


def _check_question(inputs: QuestionInputs, options: Sequence[str]) -> None:
    """Raises Refusal, at the first field that is wrong."""
    least = 2 if inputs.kind == "several" else 1
    fits = len(set(inputs.right)) == len(inputs.right) and all(0 <= one < len(options) for one in inputs.right)
    whole = 2 <= len(options) <= len(words.LETTERS) and len(set(options)) == len(options) and all(0 < len(one) <= 100 for one in options)
    for field, right in (
        ("kind", inputs.kind in words.QUESTIONS),
        ("text", 0 < len(inputs.text) <= 300),
        ("options", whole),
        ("right", fits and len(inputs.right) >= least and (inputs.kind == "several" or len(inputs.right) == 1)),
        ("ground", 0 < len(inputs.ground) <= 300),
    ):
        if not right:
            raise Refusal(f"question_{field}", status=422, field=field)


@transaction.atomic
def drop_question(acting: Acting, course_id: int, question_id: int) -> None:
    """Raises NotFound ``question_unknown``, Refusal ``quiz_begun``."""
    row = Question.objects.filter(quiz=_editable(acting, course_id), pk=question_id).first()
    if row is None:
        raise NotFound("question_unknown")
    row.delete()
    note(acting, "question_dropped", subject=f"course:{course_id}", values={"label": row.text[:60]})


def _editable(acting: Acting, course_id: int) -> Quiz:
    quiz = Quiz.objects.filter(course=open_course(acting, course_id)).first()
    if quiz is None:
        raise Refusal("quiz_missing", status=409)
    if is_begun(quiz):
        raise Refusal("quiz_begun", status=409)
    return quiz


# --- taken by who was invited ---


@transaction.atomic
def begin(acting: Acting, course_id: int) -> Attempt:
    """The open attempt of hers, else a new one.

    Raises NotFound ``course_unknown``; Refusal ``quiz_missing``, ``quiz_not_open``, ``quiz_over``, ``quiz_passed``, ``quiz_spent``.
    """
    # the course first, as whoever sets the quiz: no question changes under a first attempt
    if Course.objects.select_for_update().filter(pk=course_id, cancelled_at=None).first() is None:
        raise NotFound("course_unknown")
    one = Participant.objects.select_for_update().filter(course_id=course_id, user_id=acting.user_id).first()
    if one is None:
        raise NotFound("course_unknown")
    quiz, now = Quiz.objects.filter(course_id=course_id, questions__isnull=False).distinct().first(), clock.now()
    if quiz is None:
        raise Refusal("quiz_missing", status=409)
    tried = list(Attempt.objects.filter(participant=one).order_by("number"))
    open_one = next((each for each in tried if each.handed_in_at is None), None)
    if open_one is not None and now <= open_one.due_at + GRACE:
        return open_one
    if open_one is not None:
        _finish(open_one, by_time=True)
        one.refresh_from_db()
    _check_open(acting, quiz, now)
    if one.result == "passed":
        raise Refusal("quiz_passed", status=409)
    if len(tried) >= quiz.most_attempts:
        raise Refusal("quiz_spent", status=409, most=quiz.most_attempts)
    due = min(now + timedelta(minutes=quiz.minutes), quiz.closes_at)
    return Attempt.objects.create(participant=one, number=len(tried) + 1, begun_at=now, due_at=due)


def _check_open(acting: Acting, quiz: Quiz, now: datetime) -> None:
    if now < quiz.opens_at:
        raise Refusal("quiz_not_open", status=409, at=_moment(quiz.opens_at, acting))
    if now >= quiz.closes_at:
        raise Refusal("quiz_over", status=409, at=_moment(quiz.closes_at, acting))


def _moment(at: datetime, acting: Acting) -> str:
    return f"{at.astimezone(acting.zone):%Y-%m-%d %H:%M}"


@transaction.atomic
def keep(acting: Acting, attempt_id: int, answers: Answers) -> None:
    """先存下. Raises as ``hand_in``."""
    row = _own_open(acting, attempt_id)
    row.answers = _known(row, answers)
    row.save(update_fields=["answers"])


def hand_in(acting: Acting, attempt_id: int, answers: Answers, *, key: str = "") -> dict[str, Any]:
    """交卷: marked once; with the same ``key`` again the same result: ``{"points": 80, "result": "passed"}``.

    Raises NotFound ``attempt_unknown``; Refusal ``attempt_handed_in``, ``attempt_late``.
    """
    body = {"attempt": str(attempt_id), "answers": {name: list(answers[name]) for name in sorted(answers)}}

    def act() -> dict[str, Any]:
        row = _own_open(acting, attempt_id)
        row.answers = _known(row, answers)
        return _finish(row, acting=acting)

    with transaction.atomic():
        return once(actor_id=acting.user_id, key=f"quiz:{key}" if key else "", body=body, act=act)


def _own_open(acting: Acting, attempt_id: int) -> Attempt:
    own = Participant.objects.select_for_update(of=("self",)).filter(user_id=acting.user_id, course__cancelled_at=None)
    if own.filter(attempts=attempt_id).first() is None:
        raise NotFound("attempt_unknown")
    row = Attempt.objects.select_related("participant").get(pk=attempt_id)
    if row.handed_in_at is not None:
        raise Refusal("attempt_handed_in", status=409)
    if clock.now() > row.due_at + GRACE:
        raise Refusal("attempt_late", status=409)
    return row


def _known(row: Attempt, answers: Answers) -> dict[str, list[int]]:
    """Answers to questions of the quiz with options that they have; of a single choice the first."""
    kept = {}
    for one in Question.objects.filter(quiz__course_id=row.participant.course_id):
        chosen = sorted({place for place in answers.get(str(one.pk), ()) if 0 <= place < len(one.options)})
        if chosen:
            kept[str(one.pk)] = chosen if one.kind == "several" else chosen[:1]
    return kept


def _finish(row: Attempt, *, acting: Acting | None = None, by_time: bool = False) -> dict[str, Any]:
    """Mark it and carry the best of her attempts into the register; one who passed stays so."""
    quiz = Quiz.objects.get(course_id=row.participant.course_id)
    rights = {str(pk): right for pk, right in Question.objects.filter(quiz=quiz).values_list("pk", "right")}
    row.points, row.handed_in_at, row.by_time = rules.points(rights, row.answers), clock.now(), by_time
    row.save(update_fields=["answers", "points", "handed_in_at", "by_time"])
    rows = Participant.objects.select_for_update(of=("self",)).select_related("user", "course")
    one = rows.get(pk=row.participant_id)
    if one.result != "passed":
        best = one.attempts.aggregate(best=Max("points"))["best"]
        result = "passed" if best >= quiz.pass_mark else "failed"
        note_result(acting or itself(one.course.platform_id), one, result, best)
        one.result, one.score, one.entered_at, one.entered_by = result, best, row.handed_in_at, None
        one.save(update_fields=["result", "score", "entered_at", "entered_by"])
    return {"points": row.points, "result": "passed" if row.points >= quiz.pass_mark else "failed"}


# --- by the worker ---


def close_due() -> int:
    """Hand in every attempt whose time is over; gives how many."""
    done = 0
    due = Attempt.objects.filter(handed_in_at=None, due_at__lt=clock.now() - GRACE)
    for pk, participant_id in list(due.order_by("id").values_list("pk", "participant_id")[:500]):
        with transaction.atomic():
            Participant.objects.select_for_update().get(pk=participant_id)
            row = due.filter(pk=pk).select_related("participant").first()
            if row is not None:
                _finish(row, by_time=True)
                done += 1
    return done


@transaction.atomic
def remind_ending() -> int:
    """Tell those who have not passed that a quiz ends within a day, once; gives how many quizzes. Of one that is open for less than a day
    the invitation told."""
    now = clock.now()
    rows = Quiz.objects.select_for_update(of=("self",), skip_locked=True).filter(
        reminded_at=None, closes_at__gt=now, closes_at__lte=now + REMIND_BEFORE, opens_at__lte=now, course__cancelled_at=None
    )
    found = [row for row in rows.select_related("course").order_by("id") if row.closes_at - row.opens_at > REMIND_BEFORE]
    for row in found:
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
        course = Course.objects.select_for_update().get(pk=row.course_id)
        waiting = Participant.objects.filter(course=course).exclude(result="passed").values_list("appointment_id", flat=True)
        at = row.closes_at.astimezone(platform_of(course.platform_id).zone)
        tell(course, ENDS, list(waiting), f"{course.name} {at:%m-%d %H:%M}")
    return len(found)


def follow() -> int:
    """Both, each minute."""
    return close_due() + remind_ending()
