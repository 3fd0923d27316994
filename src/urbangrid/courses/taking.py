"""我的培训 for everybody inside, at a desk and on a phone: one's courses, and a quiz on one page that needs no script."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.courses import queries, quizzes, words
from urbangrid.courses.pages import acting_of, number, page, toast
from urbangrid.organizations.acting import Acting, acting_required


def _base(acting: Acting) -> str:
    return "ui/phone.html" if acting.face == "collection" else "ui/desk.html"


@require_GET
@acting_required()
def mine(request: HttpRequest) -> HttpResponse:
    """My courses with their results, and what is missing where a post needs courses."""
    acting, now = acting_of(request), clock.now()
    rows = [(one, words.KINDS[one.course.kind], words.result(one.result)) for one in queries.of_person(acting.user_id)]
    lacks = queries.lacking(acting.platform_id, [acting.user_id], now.astimezone(acting.zone).date())[acting.user_id]
    return page(request, "mine.html", base=_base(acting), rows=rows, lacks=lacks if acting.may("check") else [], now=now)


@require_GET
@acting_required()
def take(request: HttpRequest, course_id: int) -> HttpResponse:
    """The course, and its quiz as far as it stands."""
    return _draw(request, course_id)


def _draw(request: HttpRequest, course_id: int, fault: Refusal | None = None) -> HttpResponse:
    acting = acting_of(request)
    found = queries.sitting(acting, course_id)
    typed = _answers(request.POST) if fault is not None else {}
    result = words.result(found.one.result)
    return page(
        request, "take.html", fault, base=_base(acting), found=found, kind=words.KINDS[found.course.kind], result=result, typed=typed,
        now=clock.now(),
    )  # fmt: skip


@require_POST
@acting_required()
def begin(request: HttpRequest, course_id: int) -> HttpResponse:
    """开始作答, or on with what is open."""
    try:
        quizzes.begin(acting_of(request), course_id)
    except Refusal as fault:
        if fault.status == 404:
            raise
        return _draw(request, course_id, fault)
    return redirect("courses:take", course_id)


@require_POST
@acting_required()
def answer(request: HttpRequest, course_id: int) -> HttpResponse:
    """交卷, or 先存下."""
    acting, posted = acting_of(request), request.POST
    attempt, given = number(posted.get("attempt")) or 0, _answers(posted)
    try:
        if posted.get("do") == "keep":
            quizzes.keep(acting, attempt, given)
            toast(request, _("已存下，还没有交卷"))
        else:
            found = quizzes.hand_in(acting, attempt, given, key=posted.get("key", ""))
            toast(request, _("已交卷，成绩 %(points)d") % {"points": found["points"]})
    except Refusal as fault:
        if fault.status == 404:
            raise
        return _draw(request, course_id, fault)
    return redirect("courses:take", course_id)


def _answers(posted: QueryDict) -> dict[str, list[int]]:
    """Id of a question → places chosen, of fields ``q<id>``."""
    found = {}
    for name in posted:
        key = number(name[1:]) if name.startswith("q") else None
        if key is not None:
            found[str(key)] = [place for text in posted.getlist(name) if (place := number(text)) is not None][:20]
    return found
