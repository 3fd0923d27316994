"""领导周报: made when it is due, and told to the leaders. Done by the worker every minute (``config.jobs``)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from urbangrid.cases import weekly
from urbangrid.cases.actions import weekly_sheets
from urbangrid.core import clock
from urbangrid.supervision import morning
from urbangrid.workbench import days


def make_due() -> int:
    """Make the sheets that are due and tell the leaders; how many were made."""
    made = 0
    for platform in weekly_sheets.waiting(clock.now(), _working):
        sheet = weekly_sheets.make(platform)
        if sheet is not None:
            morning.tell(platform.pk, morning.WEEKLY, f"weekly:{platform.pk}.{sheet.day:%Y%m%d}", weekly.summary(sheet), sheet.made_at)
            made += 1
    return made


def _working(platform_id: int) -> Callable[[date], bool]:
    kind = days.day_kind(platform_id)
    return lambda day: kind(day) == "workday"
