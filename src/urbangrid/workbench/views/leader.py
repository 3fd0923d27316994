"""今日概况 of a leader, the lists behind its numbers, and 批示 from it (desks.md L1, L2, L4)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from urbangrid.cases import area_tables, day_figures, day_rules, reports, search, today
from urbangrid.cases.actions import perform
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench import desks, leader
from urbangrid.workbench.views.common import acting_of, number, page, toast

DAY_LISTS = {
    "filed": gettext_lazy("立案"), "closed": gettext_lazy("结案"), "judged": gettext_lazy("已反馈并判定"), "kept": gettext_lazy("按期反馈"),
    "late": gettext_lazy("超时反馈"), "reworked": gettext_lazy("结案中返工过的"),
}  # fmt: skip
TODAY = {
    "filed": gettext_lazy("今日立案"), "repeats": gettext_lazy("今日立案中的反复"), "closed": gettext_lazy("今日结案"),
    "judged": gettext_lazy("今日已判定"), "on_time": gettext_lazy("今日按期"), "overdue": gettext_lazy("超期未结"),
}  # fmt: skip
"""Figures of the duty director's board, by ``what=today_…``."""


@require_GET
@acting_required("read_all")
def show(request: HttpRequest) -> HttpResponse:
    """The page; ``say`` opens the line of an instruction about unit, road or danger, ``map`` chooses what colours the map."""
    return draw(request, acting_of(request))


def draw(request: HttpRequest, acting: Acting, *, fault: Refusal | None = None, typed: dict[str, Any] | None = None) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    shown = leader.view(acting, about=asked.get("say", ""), measure=asked.get("map", ""))
    return page(
        request, "workbench/leader.html", fault.status if fault else 200, view=shown, fault=fault, typed=typed or {}, acting=acting,
        desk=desks.waiting(acting), measures=leader.MEASURES.items(), basis=day_rules.BASIS, least=day_figures.compared_from(acting),
    )  # fmt: skip


@require_POST
@acting_required("instruct")
def say(request: HttpRequest) -> HttpResponse:
    """送出: the ticked words and one's own become an instruction on the case; refused, the page shows them again."""
    acting = acting_of(request)
    chips, own = request.POST.getlist("chip"), request.POST.get("own", "").replace("\0", "")
    case_id, seq = number(request.POST.get("case")) or 0, number(request.POST.get("seq")) or 0
    data = {"note": leader.said(chips, own), "unit_id": number(request.POST.get("unit")), "until": request.POST.get("until", "")}
    try:
        perform(acting, case_id, "instruct", seq, data, key=request.POST.get("key", ""))
    except NotFound:
        raise
    except Refusal as fault:
        return draw(request, acting, fault=fault, typed={"chips": chips, "own": own, "until": data["until"]})
    toast(request, _("批示已送出，认可回复之前一直列在“我的批示”"))
    return redirect("workbench:leader")


@require_POST
@acting_required("instruct")
def accept(request: HttpRequest, case_id: int) -> HttpResponse:
    """认可 of the answer to one's own instruction, from the page."""
    acting = acting_of(request)
    data = {"request": number(request.POST.get("request")) or 0}
    try:
        perform(acting, case_id, "accept_answer", number(request.POST.get("seq")) or 0, data, key=request.POST.get("key", ""))
    except NotFound:
        raise
    except Refusal as fault:
        return draw(request, acting, fault=fault)
    toast(request, _("已认可，批示办结"))
    return redirect("workbench:leader")


# --- the lists behind the numbers ---


@require_GET
@acting_required("read_all")
def figure_list(request: HttpRequest) -> HttpResponse:
    """Exactly what a number counted. Raises NotFound ``figure_unknown`` for a list that is none."""
    acting, what = acting_of(request), request.GET.get("what", "")
    if what in ("reported", "today_reported"):
        return _reports(request, acting)
    cases, title = _behind(request, acting, what)
    area = number(request.GET.get("area"))
    if area is not None:
        cases = cases.filter(area_tables.inside(area))
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    found = search.page_of(acting, cases, skip=(number_of_page - 1) * search.PAGE)
    parts = _parts(request, acting, what)
    return page(
        request, "workbench/figure_list.html", found=found, title=title, what=what, parts=parts, number=number_of_page,
        has_next=found.total > number_of_page * search.PAGE, acting=acting, now=clock.now(), home=_home(what),
    )  # fmt: skip


def _home(what: str) -> str:
    """The page whose figure it is."""
    return reverse("workbench:board" if what.startswith("today_") else "workbench:leader")


def _behind(request: HttpRequest, acting: Acting, what: str) -> tuple[QuerySet[Any], str]:
    """The cases of a list and its name."""
    unit, day = number(request.GET.get("unit")), _day(request, acting)
    if what == "overdue":
        cases, title = day_figures.overdue(acting, clock.now()), _("超期未结")
        if unit is not None:
            cases = cases.filter(handler_unit_id=unit or None)
            title = f"{_unit_name(acting, unit)} {title}"
        return cases, title
    if what == "unit" and unit:
        return day_figures.judged_of_unit(acting, day, unit), _("%(unit)s 近 7 天已反馈并判定") % {"unit": _unit_name(acting, unit)}
    if what == "road":
        road = request.GET.get("road", "")[:60].replace("\0", "")
        cases = day_figures.on_road(acting, day, road, number(request.GET.get("subdistrict")))
        again = request.GET.get("again") == "1"
        if again:
            return cases.filter(repeat=True), _("%(road)s 近 7 天反复") % {"road": road}
        return cases, _("%(road)s 近 7 天") % {"road": road}
    if (name := what.removeprefix("today_")) in TODAY and name != what:
        return today.listed(acting, name), str(TODAY[name])
    if what in DAY_LISTS:
        return day_figures.listed(acting, what, day), f"{day:%m-%d} {DAY_LISTS[what]}"
    raise NotFound("figure_unknown")


def _unit_name(acting: Acting, unit_id: int) -> str:
    """Of a unit of the platform or of a district below it; 尚未派遣 for none. Raises NotFound ``unit_unknown``."""
    if unit_id == 0:
        return _("尚未派遣")
    found = organizations.find_unit(acting.cases_platform_id, unit_id) or organizations.find_unit(acting.platform_id, unit_id)
    if found is None:
        raise NotFound("unit_unknown")
    return found.short_name


def _parts(request: HttpRequest, acting: Acting, what: str) -> list[tuple[str, str, bool]]:
    """Parts of a rate beside its whole: word, address, whether it is the one shown."""
    if what in ("today_judged", "today_on_time"):
        return [(str(TODAY[name]), leader.address(f"today_{name}"), what == f"today_{name}") for name in ("judged", "on_time")]
    groups = (("judged", "kept", "late"), ("closed", "reworked"))
    group = next((names for names in groups if what in names), ())
    day = _day(request, acting)
    return [(str(DAY_LISTS[name]), leader.address(name, day), name == what) for name in group]


def _reports(request: HttpRequest, acting: Acting) -> HttpResponse:
    what = request.GET.get("what", "")
    day = clock.now().astimezone(acting.zone).date() if what == "today_reported" else _day(request, acting)
    rows = day_figures.reports(acting, day)
    area = number(request.GET.get("area"))
    if area is not None:
        rows = rows.filter(subdistrict_id=area)
    number_of_page = max(number(request.GET.get("page")) or 1, 1)
    shown, total = reports.page_of(acting, rows, skip=(number_of_page - 1) * search.PAGE)
    return page(
        request, "workbench/figure_reports.html", rows=shown, total=total, title=f"{day:%m-%d} {_('上报')}", number=number_of_page,
        has_next=total > number_of_page * search.PAGE, acting=acting, now=clock.now(), home=_home(what),
    )  # fmt: skip


def _day(request: HttpRequest, acting: Acting) -> date:
    """The day that was asked for; yesterday for what is none."""
    yesterday = clock.now().astimezone(acting.zone).date() - timedelta(days=1)
    try:
        found = datetime.strptime(request.GET.get("day", ""), "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return yesterday
    return found if found.year >= 2000 else yesterday
