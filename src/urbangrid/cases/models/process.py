"""The process of a city as data (architecture §3.2)."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class ProcessDefinition(Identified):
    """One published version; ``definition`` is what ``cases.process.load`` reads. A case pins the version it was opened under.

    A version is never edited. Where it was made as an override of another definition, ``override`` holds what differs and ``base`` the
    version it was laid over; ``definition`` is the whole that came of it.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=60)
    definition = models.JSONField()
    source = models.CharField(max_length=20, blank=True, help_text="report source it is chosen for; empty: every source")
    kind = models.CharField(max_length=10, blank=True, help_text="category kind it is chosen for; empty: every kind")
    major_code = models.CharField(max_length=4, blank=True, help_text="大类 of that kind it is chosen for; empty: every one")
    category_code = models.CharField(max_length=8, blank=True, help_text="小类 of that kind it is chosen for; empty: every one")
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="overrides")
    override = models.JSONField(null=True)
    published_at = models.DateTimeField()
    published_by_id = models.BigIntegerField(null=True, help_text="user; null: set up by the platform itself")
    effective_from = models.DateTimeField(help_text="cases opened from this instant on follow it")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code", "version"], name="process_key")]


class ProcessDraft(Identified):
    """A definition that is being worked on; it may be at fault as long as it is not published."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    definition = models.JSONField(help_text="whole, also where it will be published as an override")
    base_code = models.CharField(max_length=30, blank=True, help_text="code of the definition that it overrides; empty: stands alone")
    begun_from = models.ForeignKey(ProcessDefinition, null=True, on_delete=models.SET_NULL, related_name="+")
    seq = models.PositiveIntegerField(default=0, help_text="of the last saving; a form carries the one it was drawn from")
    saved_at = models.DateTimeField()
    saved_by_id = models.BigIntegerField(null=True)


class ProcessRun(Identified):
    """A simulation or a migration, with its progress: short ones are done at once, long ones by a job."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, help_text="simulate or migrate")
    draft = models.ForeignKey(ProcessDraft, null=True, on_delete=models.SET_NULL, help_text="as long as it is one")
    appointment_id = models.BigIntegerField(help_text="of who asked for it")
    user_id = models.BigIntegerField()
    asked = models.JSONField(help_text="what was asked for: definitions, state map; the version that a simulated draft became")
    state = models.CharField(max_length=8, default="waiting", help_text="waiting, running, done or failed")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
