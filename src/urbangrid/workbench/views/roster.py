"""排班: a team's roster made by a few keys, its gaps named, 顶班, 定员, as a spreadsheet (case-rules 23; HD-3.1.4b)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.catalog.spreadsheets import MEDIA_TYPE, MOST_BYTES, Faults
from urbangrid.core import clock, limits
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.upload_guard import refuse_too_large
from urbangrid.organizations import rosters, shift_settings
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.organizations.rosters import Team
from urbangrid.workbench import days, roster_table
from urbangrid.workbench.roster_words import fault_words
from urbangrid.workbench.views.common import acting_of, number, page, toast

SHOWN = 14
"""Days of the page."""


@require_GET
@acting_required(rosters.DUTY)
def roster(request: HttpRequest) -> HttpResponse:
    """Two weeks of a team; ``turn`` opens one to be changed."""
    return _draw(request, request.GET)


def _team(teams: Sequence[Team], text: str) -> Team | None:
    """By ``unit-post``, else the first. Raises NotFound ``roster_team_unknown`` for one that is not hers."""
    if not text:
        return teams[0] if teams else None
    found = next((one for one in teams if _key(one) == text), None)
    if found is None:
        raise NotFound("roster_team_unknown")
    return found


def _key(team: Team) -> str:
    return f"{team.unit.pk}-{team.post.pk}"


def _first(acting: Acting, text: str) -> date:
    """The Monday of the day asked for, else of today."""
    today = clock.now().astimezone(acting.zone).date()
    try:
        asked = date.fromisoformat(text) if text else today
    except ValueError:
        asked = today
    asked = asked if abs((asked - today).days) < 3660 else today
    return asked - timedelta(days=asked.weekday())


def _draw(request: HttpRequest, asked: QueryDict, fault: Refusal | None = None, faults: Faults | None = None) -> HttpResponse:
    acting = acting_of(request)
    teams, first = rosters.teams(acting), _first(acting, asked.get("from", ""))
    team = _team(teams, asked.get("team", ""))
    context: dict[str, object] = {"acting": acting, "fault": fault, "sheet_faults": faults, "typed": request.POST, "first": first}
    context["teams"] = [(_key(one), one.unit, one.post) for one in teams]
    if team is not None:
        turn_id = number(asked.get("turn"))
        context |= _of_team(acting, team, first) | {"turn": rosters.find(acting, turn_id) if turn_id else None}
    status = fault.status if fault is not None else (422 if faults is not None else 200)
    return page(request, "workbench/roster.html", status, **context)


def _of_team(acting: Acting, team: Team, first: date) -> dict[str, object]:
    shown = rosters.days_of(first, first + timedelta(days=SHOWN - 1))
    kind = days.day_kind(acting.cases_platform_id)
    plan = rosters.plan(team.unit.pk, team.post.pk, shown, kind, team.people)
    found = rosters.faults(plan, rosters.around(plan))
    return {
        "team": _key(team), "unit": team.unit, "post": team.post, "people": plan.people, "shifts": plan.shifts,
        "days": [(day, kind(day), days.provisional(acting.cases_platform_id, day)) for day in shown],
        "rows": [(row, [(day, plan.turns.get((row.pk, day), ())) for day in shown]) for row in plan.people],
        "wrong": fault_words(found, team.post.name, acting.zone), "wanted": bool(plan.wanted),
        "staffing": [(one, plan.staffing.get(one.pk)) for one in plan.shifts],
        "earlier": first - timedelta(days=7), "later": first + timedelta(days=7), "last": shown[-1],
    }  # fmt: skip


def _back(request: HttpRequest) -> HttpResponse:
    asked = {name: request.POST.get(name, "") for name in ("team", "from")}
    return redirect(f"{reverse('workbench:roster')}?{urlencode(asked)}")


def _day(posted: QueryDict, field: str) -> date:
    """Raises Refusal ``roster_days``."""
    try:
        return date.fromisoformat(posted.get(field, ""))
    except ValueError as error:
        raise Refusal("roster_days", status=422, field=field, days=rosters.LONGEST) from error


@require_POST
@acting_required(rosters.DUTY)
def fill(request: HttpRequest) -> HttpResponse:
    """按轮班排: 早早中中夜夜休休 for the people ticked, each the next a step further."""
    acting, posted = acting_of(request), request.POST
    kind = days.day_kind(acting.cases_platform_id)
    try:
        team = _team(rosters.teams(acting), posted.get("team", ""))
        if team is None:
            raise Refusal("roster_nobody", status=422, field="people")
        made, away = rosters.fill(
            acting, unit_id=team.unit.pk, post_id=team.post.pk, people=[number(text) or 0 for text in posted.getlist("people")],
            cycle=posted.get("cycle", ""), first=_day(posted, "first"), last=_day(posted, "last"), step=number(posted.get("step")) or 1,
            wanted=(lambda day: kind(day) == "workday") if posted.get("workdays") else (lambda _day: True),
        )  # fmt: skip
    except Refusal as fault:
        return _draw(request, posted, fault)
    toast(request, _("已排 %(made)d 个班，因请假或已过去未排 %(away)d 个") % {"made": made, "away": away})
    return _back(request)


@require_POST
@acting_required(rosters.DUTY)
def change(request: HttpRequest) -> HttpResponse:
    """One turn added, dropped, or given to a stand-in."""
    acting, posted = acting_of(request), request.POST
    turn, person = number(posted.get("turn")) or 0, number(posted.get("person")) or 0
    try:
        if posted.get("do") == "drop":
            rosters.drop(acting, turn)
        elif posted.get("do") == "stand_in":
            rosters.stand_in(acting, turn, person)
        else:
            rosters.add(acting, person, number(posted.get("shift")) or 0, _day(posted, "day"))
    except Refusal as fault:
        if fault.status == 403:
            raise
        return _draw(request, posted, fault)
    toast(request, _("值班表已改"))
    return _back(request)


@require_POST
@acting_required(rosters.DUTY)
def staffing(request: HttpRequest) -> HttpResponse:
    """定员 of the team: how many on workdays, rest days and holidays per shift."""
    acting, posted = acting_of(request), request.POST
    try:
        team = _team(rosters.teams(acting), posted.get("team", ""))
        wanted = {
            one.pk: [_count(posted, f"{kind}-{one.pk}") for kind in rosters.DAY_KINDS] for one in rosters.shifts_of(acting.platform_id)
        }
        if team is not None:
            shift_settings.set_staffing(acting, team.unit.pk, team.post.pk, wanted)
    except Refusal as fault:
        return _draw(request, posted, fault)
    toast(request, _("定员已保存"))
    return _back(request)


def _count(posted: QueryDict, field: str) -> int:
    """Raises Refusal ``staffing_number``."""
    typed = posted.get(field, "").strip() or "0"
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4):
        raise Refusal("staffing_number", status=422, field="staffing")
    return int(typed)


@require_GET
@acting_required(rosters.DUTY)
def file(request: HttpRequest) -> HttpResponse:
    """Two months at most, as a table that can be filled in and sent back."""
    acting = acting_of(request)
    limits.spend("export.person", acting.user_id)
    first = _first(acting, request.GET.get("from", ""))
    made = roster_table.export(acting, rosters.days_of(first, first + timedelta(days=2 * SHOWN - 1)))
    disposition = content_disposition_header(as_attachment=True, filename=_("值班表") + ".xlsx") or "attachment"
    return HttpResponse(made, content_type=MEDIA_TYPE, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"})


@require_POST
@acting_required(rosters.DUTY)
def bring_in(request: HttpRequest) -> HttpResponse:
    """The table sent back; faults are listed by row and column and nothing is written. Raises Refusal ``catalog.no_file``."""
    refuse_too_large(request)
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("catalog.no_file", field="file")
    faults = roster_table.import_table(acting_of(request), sent.read(MOST_BYTES + 1))
    if faults.found:
        return _draw(request, request.POST, faults=faults)
    toast(request, _("值班表已导入"))
    return _back(request)
