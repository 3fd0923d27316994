"""What kind of day it is for a roster, by the one calendar: office hours, holidays, make-up workdays (case-rules 3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from urbangrid.cases.deadlines_calendar import Calendar, calendar_from_json
from urbangrid.catalog import queries as catalog

KINDS = {"working": "workday", "rest_day": "rest_day", "holiday": "holiday"}


def _calendar(platform_id: int) -> Calendar:
    return calendar_from_json(catalog.calendar_versions(platform_id, catalog.calendar_code_for(platform_id))[-1].text)


def day_kind(platform_id: int) -> Callable[[date], str]:
    """``workday``, ``rest_day`` or ``holiday``."""
    calendar = _calendar(platform_id)
    return lambda day: KINDS[calendar.day_kind(day)]


def provisional(platform_id: int, day: date) -> bool:
    """Whether the holidays of that day are 暂按推算, because the official list is not out."""
    last = _calendar(platform_id).last_official
    return last is not None and day > last
