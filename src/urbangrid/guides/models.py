"""A city's own words in the handbooks."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class OwnText(Identified):
    """本市修订: what a city says in the place of a shipped section, or beside all of them (本市规定); each saving is a new version.

    A section is known by its heading: a release that moves it keeps the city's words, one that drops it leaves them to be read.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    guide = models.CharField(max_length=20, help_text="guides.shelf.DESKS")
    section = models.CharField(max_length=80, help_text="the shipped heading, or 本市规定")
    version = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True, max_length=20_000, help_text="markup of the shipped texts; empty: the shipped text counts again")
    shipped = models.TextField(blank=True, help_text="what the program shipped for the section when this was saved")
    reason = models.CharField(max_length=200, help_text="why")
    made_by = models.BigIntegerField(help_text="appointment")
    made_by_name = models.CharField(max_length=80, help_text="unit and name, as they were")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when a newer version took its place")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "guide", "section", "version"], name="own_text_version"),
            models.UniqueConstraint(fields=["platform", "guide", "section"], condition=models.Q(ended_at=None), name="own_text_current"),
        ]
