"""What was looked at and what was changed in the settings; the record of cases itself lies in ``cases``."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class AuditRow(Identified):
    """One act outside the case record: a sign-in, a refusal, a look at personal data, a change of a setting."""

    platform = models.ForeignKey("core.Platform", null=True, on_delete=models.PROTECT)
    at = models.DateTimeField()
    user_id = models.BigIntegerField(null=True)
    appointment_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    values = models.JSONField(default=dict)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes = [
            # the audit administrator reads backwards in time, and by person
            models.Index(fields=["-at"], name="audit_by_time"),
            models.Index(fields=["user_id", "-at"], name="audit_by_person"),
            # and by what was looked at, 谁看过: exact and by the beginning of an address
            models.Index(fields=["subject"], name="audit_by_subject", opclasses=["varchar_pattern_ops"]),
        ]


class PersonalData(Identified):
    """Contact data of a citizen, apart from everything else; read only through ``audit.personal.reveal`` with a purpose."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    name = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    phone_digest = models.CharField(
        max_length=64, blank=True, db_index=True, help_text="keyed digest: finds earlier calls without showing the number"
    )
    address = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)


class RetentionTerm(models.Model):
    """What is set for a kind of data (``audit.retention``) and its last purge; a kind without a row has its default."""

    kind = models.CharField(max_length=30, primary_key=True)
    days = models.PositiveIntegerField(null=True, help_text="null: the default")
    on_hold = models.BooleanField(default=False, help_text="not purged until taken away, e.g. for a lawsuit")
    purged_at = models.DateTimeField(null=True)
    purged = models.PositiveIntegerField(default=0, help_text="how many went at the last purge")
