"""培训 for who trains: the list, a course with its people and quiz, the register (CY-14-3)."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.catalog.spreadsheets import MOST_BYTES, Faults
from urbangrid.core import clock, limits
from urbangrid.core.errors import Refusal
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.courses import actions, queries, quizzes, tables, words
from urbangrid.courses.actions import DUTY, FACES, CourseInputs, Entry
from urbangrid.courses.pages import acting_of, day, decimal, moment, number, page, spreadsheet, toast
from urbangrid.courses.quizzes import QuestionInputs, QuizInputs
from urbangrid.organizations.acting import Acting, acting_required

MOST_PASTED = 100_000


def _words(asked: QueryDict, field: str, most: int = 40) -> str:
    return asked.get(field, "").strip()[:most]


def _page_number(asked: QueryDict) -> int:
    return min(max(number(asked.get("page")) or 1, 1), 10_000)


@require_GET
@acting_required(DUTY)
def listed(request: HttpRequest) -> HttpResponse:
    """Courses, newest first."""
    typed, kind, at = _words(request.GET, "typed"), _words(request.GET, "kind"), _page_number(request.GET)
    found = queries.courses(acting_of(request), typed=typed, kind=kind, page=at)
    rows = [(row, words.KINDS[row.kind]) for row in found.rows]
    return page(
        request, "listed.html", rows=rows, total=found.total, typed=typed, kind=kind, kinds=words.KINDS.items(), number=at,
        pages=ceil(found.total / queries.PAGE), now=clock.now(),
    )  # fmt: skip


@require_GET
@acting_required(DUTY)
def register(request: HttpRequest) -> HttpResponse:
    """培训登记: course, day, person, result."""
    typed, result, at = _words(request.GET, "typed"), _words(request.GET, "result"), _page_number(request.GET)
    found = queries.register(acting_of(request), typed=typed, result=result, page=at)
    rows = [(one, words.KINDS[one.course.kind], words.result(one.result)) for one in found.rows]
    return page(
        request, "register.html", rows=rows, total=found.total, typed=typed, result=result, results=words.RESULTS.items(), number=at,
        pages=ceil(found.total / queries.PAGE), now=clock.now(),
    )  # fmt: skip


@require_GET
@acting_required(DUTY)
def register_file(request: HttpRequest) -> HttpResponse:
    """The same as a table."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    made = tables.register(acting, typed=_words(request.GET, "typed"), result=_words(request.GET, "result"))
    return spreadsheet(made, _("培训登记"))


@acting_required(DUTY)
def edit(request: HttpRequest, course_id: int | None = None) -> HttpResponse:
    """A new course, or another wording of one."""
    acting, fault = acting_of(request), None
    row = queries.shown(acting, course_id).row if course_id is not None else None
    if request.method == "POST":
        try:
            made = actions.save(acting, _inputs(request.POST), course_id)
            toast(request, _("培训已保存"))
            return redirect("courses:course", made.pk)
        except Refusal as refusal:
            fault = refusal
    return page(
        request, "edit.html", fault, row=row, typed=request.POST if request.method == "POST" else None, kinds=words.KINDS.items(),
        regulations=queries.regulations(acting), today=clock.now().astimezone(acting.zone).date(),
    )  # fmt: skip


def _inputs(posted: QueryDict) -> CourseInputs:
    def text(field: str) -> str:
        return posted.get(field, "").strip()

    return CourseInputs(
        name=text("name"), kind=text("kind"), day=day(text("day")), hours=decimal(text("hours")), place=text("place"),
        teacher=text("teacher"), text=text("text").replace("\r\n", "\n"), regulation_id=number(text("regulation")),
        required=bool(posted.get("required")), valid_months=number(text("valid_months") or "0"),
    )  # fmt: skip


@require_GET
@acting_required(DUTY)
def show(request: HttpRequest, course_id: int) -> HttpResponse:
    """One course: its people with their results, its quiz."""
    return _draw(request, course_id)


def _draw(request: HttpRequest, course_id: int, fault: Refusal | None = None, faults: Faults | None = None) -> HttpResponse:
    acting = acting_of(request)
    found, offered = queries.shown(acting, course_id), queries.choices(acting, FACES)
    there = {one.user_id for one in found.people}
    questions = [
        (one, words.QUESTIONS[one.kind], zip(words.LETTERS, one.options, strict=False), "".join(words.LETTERS[at] for at in one.right))
        for one in found.questions
    ]  # fmt: skip
    return page(
        request, "course.html", fault, 422 if faults is not None else 200, found=found, questions=questions, sheet_faults=faults,
        people=[one for one in offered.people if one.user_id not in there], units=offered.units, posts=offered.posts,
        results=words.RESULTS.items(), open_word=words.OPEN, question_kinds=words.QUESTIONS.items(), now=clock.now(), typed=request.POST,
        editable=found.row.cancelled_at is None,
    )  # fmt: skip


def _done(request: HttpRequest, course_id: int, text: str) -> HttpResponse:
    toast(request, text)
    return redirect("courses:course", course_id)


@require_POST
@acting_required(DUTY)
def cancel(request: HttpRequest, course_id: int) -> HttpResponse:
    """取消培训."""
    actions.cancel(acting_of(request), course_id)
    return _done(request, course_id, _("培训已取消"))


@require_POST
@acting_required(DUTY)
def invite(request: HttpRequest, course_id: int) -> HttpResponse:
    """By unit, post or name."""
    posted = request.POST
    people = [found for text in posted.getlist("people") if (found := number(text))]
    try:
        count = actions.invite(
            acting_of(request), course_id, people=people, unit_id=number(posted.get("unit")), post_id=number(posted.get("post"))
        )
    except Refusal as fault:
        return _draw(request, course_id, fault)
    return _done(request, course_id, _("已加入 %(count)d 人") % {"count": count})


@require_POST
@acting_required(DUTY)
def drop_out(request: HttpRequest, course_id: int) -> HttpResponse:
    """移出名单."""
    try:
        actions.drop_out(acting_of(request), course_id, number(request.POST.get("participant")) or 0)
    except Refusal as fault:
        return _draw(request, course_id, fault)
    return _done(request, course_id, _("已移出名单"))


@require_POST
@acting_required(DUTY)
def enter(request: HttpRequest, course_id: int) -> HttpResponse:
    """Results of the whole list; what stands as it was is not touched."""
    try:
        count = actions.enter(acting_of(request), course_id, _entries(request.POST))
    except Refusal as fault:
        return _draw(request, course_id, fault)
    return _done(request, course_id, _("已保存，改动 %(count)d 人") % {"count": count})


def _entries(posted: QueryDict) -> list[Entry]:
    """Raises Refusal ``result_wrong``."""
    found = []
    for name in posted:
        key = number(name.removeprefix("result-")) if name.startswith("result-") else None
        if key is None:
            continue
        typed = posted.get(f"score-{key}", "").strip()
        score = number(typed)
        if typed and score is None:
            raise Refusal("result_wrong", status=422, field=name)
        found.append(Entry(key, posted.get(name, ""), score))
    return found


@require_GET
@acting_required(DUTY)
def results_file(request: HttpRequest, course_id: int) -> HttpResponse:
    """The list of the course as a table that can be filled in and sent back."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    return spreadsheet(tables.results(acting, course_id), _("培训成绩"))


@require_POST
@acting_required(DUTY)
def bring_in(request: HttpRequest, course_id: int) -> HttpResponse:
    """Results from a file or pasted. Raises Refusal ``catalog.no_file`` where there is neither."""
    refuse_too_large(request)
    acting, sent, pasted = acting_of(request), request.FILES.get("file"), request.POST.get("pasted", "")[:MOST_PASTED]
    if sent is None and not pasted.strip():
        return _draw(request, course_id, Refusal("catalog.no_file", field="file"))
    rows, faults = tables.read_file(sent.read(MOST_BYTES + 1)) if sent is not None else tables.read_pasted(pasted)
    try:
        count = tables.bring_in(acting, course_id, rows, faults)
    except Refusal as fault:
        return _draw(request, course_id, fault)
    if faults.found:
        return _draw(request, course_id, faults=faults)
    return _done(request, course_id, _("已导入 %(count)d 人的成绩") % {"count": count})


@require_POST
@acting_required(DUTY)
def set_quiz(request: HttpRequest, course_id: int) -> HttpResponse:
    """When it is open and what passes."""
    acting, posted = acting_of(request), request.POST
    inputs = QuizInputs(
        _moment(posted, "opens", acting), _moment(posted, "closes", acting), number(posted.get("minutes")), number(posted.get("pass_mark")),
        number(posted.get("most_attempts")),
    )  # fmt: skip
    try:
        quizzes.set_quiz(acting, course_id, inputs)
    except Refusal as fault:
        return _draw(request, course_id, fault)
    return _done(request, course_id, _("测验已保存"))


def _moment(posted: QueryDict, field: str, acting: Acting) -> datetime | None:
    return moment(posted.get(field, ""), acting)


@require_POST
@acting_required(DUTY)
def add_question(request: HttpRequest, course_id: int) -> HttpResponse:
    """A question at the end; options one per line, the right ones by their letters."""
    posted = request.POST
    letters = posted.get("right", "").replace(" ", "").upper()
    inputs = QuestionInputs(
        posted.get("kind", ""), posted.get("text", "").strip(),
        tuple(line.strip() for line in posted.get("options", "").splitlines() if line.strip()),
        tuple(words.LETTERS.find(letter) for letter in letters), posted.get("ground", "").strip(),
    )  # fmt: skip
    try:
        quizzes.add_question(acting_of(request), course_id, inputs)
    except Refusal as fault:
        return _draw(request, course_id, fault)
    return _done(request, course_id, _("题目已加上"))


@require_POST
@acting_required(DUTY)
def drop_question(request: HttpRequest, course_id: int) -> HttpResponse:
    """去掉一道题."""
    try:
        quizzes.drop_question(acting_of(request), course_id, number(request.POST.get("question")) or 0)
    except Refusal as fault:
        return _draw(request, course_id, fault)
    return _done(request, course_id, _("题目已去掉"))
