"""Reading courses: the list, one with its people, the register of results, one's own, and what somebody lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from django.db.models import Count, Model, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from urbangrid.catalog.models import Regulation
from urbangrid.core import clock
from urbangrid.core.errors import NotFound
from urbangrid.courses import rules, words
from urbangrid.courses.models import Attempt, Course, Participant, Question, Quiz
from urbangrid.courses.rules import Lack, Passed
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.organizations.queries import in_force

Row = TypeVar("Row", bound=Model)
PAGE = 50
MOST_EXPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """A page of rows and how many there are."""

    rows: Sequence[Row]
    total: int


def courses(acting: Acting, *, typed: str = "", kind: str = "", page: int = 1) -> Found[Course]:
    """Courses of the platform, newest first, with counts of their people; two statements."""
    rows = Course.objects.filter(platform_id=acting.platform_id)
    if typed:
        rows = rows.filter(Q(name__icontains=typed) | Q(teacher__icontains=typed))
    if kind in words.KINDS:
        rows = rows.filter(kind=kind)
    of = {code: Count("participants", filter=Q(participants__result=code)) for code in words.RESULTS}
    counted = rows.annotate(people=Count("participants"), **of).select_related("quiz").order_by("-day", "-id")
    return Found(list(counted[(page - 1) * PAGE : page * PAGE]), rows.count())


@dataclass(frozen=True, slots=True)
class Shown:
    """A course with its people, its quiz and the questions; ``begun``: the questions stand."""

    row: Course
    kind: str
    people: Sequence[Participant]
    quiz: Quiz | None
    questions: Sequence[Question]
    begun: bool


def shown(acting: Acting, course_id: int) -> Shown:
    """For who trains; five statements. Raises NotFound ``course_unknown``."""
    rows = Course.objects.filter(pk=course_id, platform_id=acting.platform_id)
    row = rows.select_related("regulation", "made_by__user", "quiz").defer("regulation__text", "regulation__words").first()
    if row is None:
        raise NotFound("course_unknown")
    people = list(_people(row.participants.all()).annotate(tried=Count("attempts")).order_by("appointment__unit__code", "user__name", "id"))
    quiz = getattr(row, "quiz", None)
    questions = list(quiz.questions.order_by("position")) if quiz is not None else []
    return Shown(row, str(words.KINDS[row.kind]), people, quiz, questions, any(one.tried for one in people))


def _people(rows: QuerySet[Participant]) -> QuerySet[Participant]:
    return rows.select_related("user", "appointment__unit", "appointment__post", "entered_by__user")


def register(acting: Acting, *, typed: str = "", result: str = "", page: int = 1, most: int = PAGE) -> Found[Participant]:
    """培训登记: person by person, newest courses first; ``typed`` finds a course or a person by name or initials; two statements."""
    rows = Participant.objects.filter(course__platform_id=acting.platform_id, course__cancelled_at=None)
    if typed:
        rows = rows.filter(Q(course__name__icontains=typed) | Q(user__name__icontains=typed) | Q(user__initials__istartswith=typed))
    if result in (*words.RESULTS, "open"):
        rows = rows.filter(result="" if result == "open" else result)
    ordered = _people(rows).select_related("course").order_by("-course__day", "course_id", "user__name", "id")
    return Found(list(ordered[(page - 1) * most : page * most]), rows.count())


@dataclass(frozen=True, slots=True)
class Choices:
    """Whom a course can be given to, and texts of the library."""

    units: Sequence[Unit]
    posts: Sequence[Post]
    people: Sequence[Appointment]


def choices(acting: Acting, faces: Sequence[str]) -> Choices:
    """Units and posts with people in force who have a page of their own, and these people; one statement."""
    rows = Appointment.objects.filter(in_force(), platform_id=acting.platform_id, post__face__in=faces, for_night=False)
    people = list(rows.select_related("user", "unit", "post").order_by("unit__code", "post__code", "user__name", "pk"))
    units, posts = {one.unit_id: one.unit for one in people}, {one.post_id: one.post for one in people}
    return Choices(list(units.values()), sorted(posts.values(), key=lambda one: one.code), people)


def regulations(acting: Acting) -> list[tuple[int, str]]:
    """Current texts of the library by title; one statement."""
    rows = Regulation.objects.filter(platform_id=acting.cases_platform_id, ended_at=None).order_by("title")
    return list(rows.values_list("pk", "title"))


# --- of a person ---


def of_person(user_id: int) -> list[Participant]:
    """Courses of a person, newest first, with their quiz and her attempts; two statements."""
    rows = Participant.objects.filter(user_id=user_id, course__cancelled_at=None).select_related("course__quiz")
    tried = Prefetch("attempts", queryset=Attempt.objects.order_by("number"), to_attr="tried")
    return list(rows.prefetch_related(tried).order_by("-course__day", "-id"))


def lacking(platform_id: int, people: Sequence[int], today: date) -> Mapping[int, list[Lack]]:
    """User → required courses that she has not passed or whose passing has run out; two statements. A course that is still to come is
    not missed yet."""
    required = Course.objects.filter(platform_id=platform_id, required=True, cancelled_at=None, day__lte=today)
    names = list(dict.fromkeys(required.order_by("name").values_list("name", flat=True)))
    rows = Participant.objects.filter(
        user_id__in=list(people), result="passed", course__platform_id=platform_id, course__name__in=names, course__cancelled_at=None
    )
    held: dict[int, list[Passed]] = {}
    for user_id, name, day, months in rows.values_list("user_id", "course__name", "course__day", "course__valid_months"):
        held.setdefault(user_id, []).append(Passed(name, day, months))
    return {user_id: rules.lacks(names, held.get(user_id, ()), today) for user_id in people}


@dataclass(frozen=True, slots=True)
class Marked:
    """A question as she sees it: options with their letter and whether she chose them; ``right`` and ``ground`` after handing in alone."""

    row_id: int
    text: str
    kind: str
    word: str
    options: tuple[tuple[int, str, str, bool], ...]
    """Place, letter, text, chosen."""
    hit: bool | None = None
    right: str = ""
    ground: str = ""


@dataclass(frozen=True, slots=True)
class Sitting:
    """The page of a participant: the course, the open attempt (None: nothing open), the last one handed in, and what is still possible.

    ``state``: none (no quiz), early, open, over, spent or passed.
    """

    one: Participant
    course: Course
    quiz: Quiz | None
    state: str
    attempt: Attempt | None
    last: Attempt | None
    questions: Sequence[Marked]
    left: int


def sitting(acting: Acting, course_id: int) -> Sitting:
    """Her own; four statements. Raises NotFound ``course_unknown``."""
    rows = Participant.objects.filter(course_id=course_id, user_id=acting.user_id, course__cancelled_at=None)
    one = rows.select_related("course__quiz", "course__regulation").defer("course__regulation__text", "course__regulation__words").first()
    if one is None:
        raise NotFound("course_unknown")
    quiz, now = getattr(one.course, "quiz", None), clock.now()
    rows_of = list(quiz.questions.order_by("position")) if quiz is not None else []
    tried = list(one.attempts.order_by("number"))
    attempt = next((each for each in tried if each.handed_in_at is None and now <= each.due_at), None)
    last = next((each for each in reversed(tried) if each.handed_in_at is not None), None)
    state = _state(one, quiz if rows_of else None, len(tried), now)
    left = max(quiz.most_attempts - len(tried), 0) if quiz is not None else 0
    seen = attempt or last
    questions = [_marked(row, seen, open_one=attempt is not None) for row in rows_of] if seen is not None else []
    return Sitting(one, one.course, quiz if rows_of else None, state, attempt, last, questions, left)


def _state(one: Participant, quiz: Quiz | None, tried: int, now: datetime) -> str:
    if quiz is None:
        return "none"
    if one.result == "passed":
        return "passed"
    if now < quiz.opens_at:
        return "early"
    if now >= quiz.closes_at:
        return "over"
    return "spent" if tried >= quiz.most_attempts else "open"


def _marked(row: Question, attempt: Attempt, *, open_one: bool) -> Marked:
    chosen = attempt.answers.get(str(row.pk), [])
    options = tuple((place, words.LETTERS[place], text, place in chosen) for place, text in enumerate(row.options))
    shown_as = (row.pk, row.text, row.kind, str(words.QUESTIONS[row.kind]), options)
    if open_one:
        return Marked(*shown_as)
    right = _("、").join(words.LETTERS[place] for place in row.right)
    return Marked(*shown_as, hit=rules.is_right(row.right, chosen), right=right, ground=row.ground)
