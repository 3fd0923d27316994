"""The process of a city as data (architecture §3.2)."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class ProcessDefinition(Identified):
    """One published version; ``definition`` is what ``cases.process.load`` reads. A case pins the version it was opened under."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    definition = models.JSONField()
    source = models.CharField(max_length=20, blank=True, help_text="report source it is chosen for; empty: every source")
    kind = models.CharField(max_length=10, blank=True, help_text="category kind it is chosen for; empty: every kind")
    published_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code", "version"], name="process_key")]
