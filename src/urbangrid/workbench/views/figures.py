"""派遣统计: how often each unit was chosen per class, and how often the case came back (CY-A2-x)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from urbangrid.cases import duty_figures
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting, acting_required
from urbangrid.workbench.views.common import acting_of, page

LONGEST = timedelta(days=366)


@require_GET
@acting_required("read_all", "dispatch")
def dispatches(request: HttpRequest) -> HttpResponse:
    """The table of a period, by default the last thirty days; shared classes only unless all are asked for."""
    acting = acting_of(request)
    first, last = period(acting, request.GET.get("first"), request.GET.get("last"))
    everything = request.GET.get("all") == "1"
    since, until = _instant(acting, first), _instant(acting, last + timedelta(days=1))
    rows = [row for row in duty_figures.figures(acting, since, until) if everything or row.shared]
    return page(
        request, "workbench/dispatches.html", rows=rows, first=first, last=last, everything=everything, acting=acting, now=clock.now()
    )


def period(acting: Acting, first: str | None, last: str | None) -> tuple[date, date]:
    """The days that were typed, at most a year; what is no day counts as left out."""
    today = clock.now().astimezone(acting.zone).date()
    end = min(_day(last) or today, today)
    start = _day(first) or end - timedelta(days=29)
    return max(min(start, end), end - LONGEST), end


def _day(text: str | None) -> date | None:
    try:
        found = date.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.year >= 2000 else None


def _instant(acting: Acting, day: date) -> datetime:
    return datetime.combine(day, time.min, acting.zone)
