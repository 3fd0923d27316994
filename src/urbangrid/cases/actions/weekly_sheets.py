"""Keeping the sheet of a week (CY-1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from urbangrid.cases import day_figures, weekly
from urbangrid.cases.models import WeeklySheet
from urbangrid.core import clock
from urbangrid.core.models import Platform

Working = Callable[[int], Callable[[date], bool]]
"""Platform → whether a day is a working day of its calendar."""


def waiting(now: datetime, working: Working) -> list[Platform]:
    """Platforms with cases of their own whose sheet is due today and not made; one statement, and one for each that is due."""
    found = []
    for platform in Platform.objects.filter(supervises=True).order_by("pk"):
        local, weekday = now.astimezone(platform.zone), weekly.setting(platform, "weekday", weekly.WEEKDAY)
        if local.hour < weekly.setting(platform, "hour", weekly.HOUR) or not weekly.due_on(local.date(), weekday, working(platform.pk)):
            continue
        if not WeeklySheet.objects.filter(platform=platform, day=local.date()).exists():
            found.append(platform)
    return found


@transaction.atomic
def make(platform: Platform) -> weekly.KeptWeek | None:
    """Make and keep the sheet of today; None where another worker was faster."""
    now = clock.now()
    day = now.astimezone(platform.zone).date()
    content = weekly.content(day_figures.reader(platform.pk), day)
    _row, made = WeeklySheet.objects.get_or_create(platform=platform, day=day, defaults={"made_at": now, "content": content})
    return weekly.KeptWeek(day, now, content) if made else None
