"""领导周报: the figures of a week, kept as they stood."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class WeeklySheet(Identified):
    """One per platform and week, made on Friday afternoon; late decisions change later sheets, never this one (CY-1)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    day = models.DateField(help_text="on which it was made, in the platform's zone; its figures end with the day before")
    made_at = models.DateTimeField()
    content = models.JSONField(help_text="as cases.weekly makes it")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "day"], name="weekly_sheet_once")]
