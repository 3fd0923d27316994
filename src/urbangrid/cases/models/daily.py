"""城市管理日报: the sheet of a morning, kept as it stood."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class DailySheet(Identified):
    """One per platform and day, made at 08:00; late decisions change later sheets, never this one (case-rules 25, 26)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    day = models.DateField(help_text="on which it was made, in the platform's zone; its figures are those of the day before")
    made_at = models.DateTimeField()
    content = models.JSONField(help_text="as cases.daily makes it")
    text = models.CharField(max_length=70, help_text="the short message")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "day"], name="daily_sheet_once")]
