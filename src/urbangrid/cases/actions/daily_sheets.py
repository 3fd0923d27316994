"""Keeping the sheet of a day (case-rules 26)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from urbangrid.cases import daily, day_figures
from urbangrid.cases.models import DailySheet
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting


def waiting(now: datetime) -> list[Platform]:
    """Platforms with cases of their own where it is past eight and that have no sheet of the day; one statement and one per platform."""
    found = []
    for platform in Platform.objects.filter(supervises=True).order_by("pk"):
        local = now.astimezone(platform.zone)
        if local.time() >= daily.AT and not DailySheet.objects.filter(platform=platform, day=local.date()).exists():
            found.append(platform)
    return found


def compose(platform: Platform, requests_due: Callable[[Acting, datetime], tuple[int, int]]) -> daily.KeptSheet:
    """The sheet of today as things stand now. ``requests_due``: 诉求 to be answered until an instant."""
    acting, now = day_figures.reader(platform.pk), clock.now()
    day = now.astimezone(platform.zone).date()
    content, text = daily.content(acting, requests_due(acting, day_figures.span(acting, day)[1]))
    return daily.KeptSheet(day, now, content, text)


@transaction.atomic
def keep(platform: Platform, sheet: daily.KeptSheet) -> bool:
    """False where its day has one already."""
    values: dict[str, Any] = {"made_at": sheet.made_at, "content": sheet.content, "text": sheet.text}
    _row, made = DailySheet.objects.get_or_create(platform=platform, day=sheet.day, defaults=values)
    return made


@transaction.atomic
def make(platform: Platform, requests_due: Callable[[Acting, datetime], tuple[int, int]]) -> daily.KeptSheet | None:
    """Make and keep the sheet of today; None where another worker was faster."""
    sheet = compose(platform, requests_due)
    return sheet if keep(platform, sheet) else None
