"""What a person keeps beside the cases: files that are being made for her, searches she asks often."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class Export(Identified):
    """导出: a ledger or a pile of sheets that the worker makes; the file lies beside the database until its day is over."""

    WAITING, RUNNING, DONE, FAILED, GONE = "waiting", "running", "done", "failed", "gone"

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, help_text="ledger or sheets")
    form = models.CharField(max_length=5, help_text="xlsx, csv or pdf")
    name = models.CharField(max_length=80, help_text="of the file, as the person gets it")
    asked = models.JSONField(help_text="what is to be in it: the search, or the ids of cases")
    state = models.CharField(max_length=8, default=WAITING)
    done = models.IntegerField(default=0)
    total = models.IntegerField(null=True)
    said = models.CharField(max_length=300, blank=True, help_text="why it failed, or what was left out, in the person's words")
    size_bytes = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True, help_text="last sign of the worker; an old one means that it was cut off and begins again")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=models.Q(state__in=["waiting", "running"]), name="exports_to_make")]


class SavedSearch(Identified):
    """常用查询: a search under a name of its person's own."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE, db_index=False)
    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(max_length=20)
    query = models.CharField(max_length=500, help_text="the search page's address behind the question mark")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "user", "name"], name="saved_search_once")]
