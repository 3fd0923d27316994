"""Periods of 统计报表 and what each is compared with, as days of the platform's zone (issue: statistics of the running month).

A period that still runs is compared with the same stretch of the one before: both from their first instant, equally long. So a month of
twenty days is never set beside a whole one, and a case of the former period had no more time to be closed than one of this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.cases.area_tables import Period
from urbangrid.cases.ledger import running_month, span

CHOICES: Final[Mapping[str, Promise]] = {"month": _("本月"), "last_month": _("上月"), "week": _("近7天"), "own": _("自定日期")}
LONGEST_DAYS: Final = 366
"""Of dates of one's own, the last included."""
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen: its name in ``CHOICES``, its days, and the days before that it is compared with."""

    name: str
    period: Period
    before: Period


def choose(name: str, first: date | None, last: date | None, today: date, begins: int) -> Choice:
    """``first`` and ``last`` count for ``own`` alone, at most a year; what cannot be read as a period is the running month.

    ``begins``: the day on which the platform's months begin (case-rules 25).
    """
    if name == "own" and first is not None and last is not None and first <= last < first + LONGEST_DAYS * DAY:
        days = last - first + DAY
        return Choice("own", Period(first, last), Period(first - days, first - DAY))
    if name == "week":
        return Choice("week", Period(today - 6 * DAY, today), Period(today - 13 * DAY, today - 7 * DAY))
    named = running_month(today, begins)
    if name == "last_month":
        return Choice("last_month", _month(_before(named), begins), _month(_before(_before(named)), begins))
    return Choice("month", _month(named, begins), _month(_before(named), begins))


def _before(named: date) -> date:
    return (named - DAY).replace(day=1)


def _month(named: date, begins: int) -> Period:
    first, next_first = span(named, begins)
    return Period(first, next_first - DAY)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Cases opened from ``since`` to before ``until``, judged at ``at``."""

    since: datetime
    until: datetime
    at: datetime


def stretch(period: Period, zone: ZoneInfo, at: datetime) -> Stretch:
    """Of a period as it stands at ``at``: nothing that was opened later."""
    return Stretch(period.since(zone), min(period.until(zone), at), at)


def earlier(period: Period, before: Period, zone: ZoneInfo, at: datetime) -> Stretch:
    """The same of the period before, judged when it was as old as ``period`` is at ``at``."""
    begun = before.since(zone)
    then = begun + (at - period.since(zone))
    return Stretch(begun, min(before.until(zone), then), then)
