"""关注: which cases a post watches."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class Watch(Identified):
    """A case that a post wants to hear of, as long as it may read it."""

    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+")
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.CASCADE, related_name="+", db_index=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appointment", "case"], name="watched_once")]
