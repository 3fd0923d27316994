"""班次 for the system administrator: the spans that people work in turns, and the least rest between two (case-rules 23)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms
from urbangrid.administration.views.common import acting_of, page, toast
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import rosters, shift_settings, shifts
from urbangrid.organizations.acting import acting_required

DAY = 24 * 60


@require_GET
@acting_required("administer_system")
def table(request: HttpRequest) -> HttpResponse:
    """The shifts in use; ``edit`` opens one in the form."""
    return _draw(request)


def _draw(request: HttpRequest, fault: Refusal | None = None) -> HttpResponse:
    platform_id = acting_of(request).platform_id
    rows = [(one, _clock(one.begins_minute), _clock(one.begins_minute + one.lasts_minutes)) for one in rosters.shifts_of(platform_id)]
    edit = forms.number(request.POST.get("shift") or request.GET.get("edit"))
    rest = platform_of(platform_id).settings.get("rest_hours", int(shifts.REST.total_seconds()) // 3600)
    edited = next((row for row in rows if row[0].pk == edit), None)
    return page(request, "shifts.html", fault, acting=acting_of(request), rows=rows, edited=edited, typed=request.POST, rest=rest)


def _clock(minute: int) -> str:
    return f"{minute % DAY // 60:02d}:{minute % 60:02d}"


def _minute(posted: QueryDict, field: str) -> int:
    """Of a time field. Raises Refusal ``shift_span``."""
    hours, _colon, minutes = forms.plain(posted.get(field), 5).partition(":")
    if not (hours.isascii() and hours.isdigit() and minutes.isascii() and minutes.isdigit() and int(hours) < 24 and int(minutes) < 60):
        raise Refusal("shift_span", status=422, field=field)
    return int(hours) * 60 + int(minutes)


@require_POST
@acting_required("administer_system")
def change(request: HttpRequest) -> HttpResponse:
    """A new shift, or another form of one; an end that is not after the begin is on the next day."""
    posted = request.POST
    try:
        begins, ends = _minute(posted, "begins"), _minute(posted, "ends")
        shift_settings.change_shift(
            acting_of(request), letter=forms.plain(posted.get("letter"), 2), name=forms.text(posted, "name", _("名称"), 10),
            begins_minute=begins, lasts_minutes=(ends - begins - 1) % DAY + 1, night=bool(posted.get("night")),
            shift_id=forms.number(posted.get("shift")), is_active=not posted.get("ended"),
        )  # fmt: skip
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("班次已保存，从下次排班起适用"))
    return redirect("administration:shifts")


@require_POST
@acting_required("administer_system")
def rest(request: HttpRequest) -> HttpResponse:
    """两班之间至少休息."""
    typed = forms.plain(request.POST.get("rest_hours"), 3)
    try:
        shift_settings.set_rest(acting_of(request), int(typed) if typed.isascii() and typed.isdigit() else -1)
    except Refusal as fault:
        return _draw(request, fault)
    toast(request, _("休息时间已保存"))
    return redirect("administration:shifts")
