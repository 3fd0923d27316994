"""What was looked at and what was changed in the settings; the record of cases itself lies in ``cases``."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class AuditRow(Identified):
    """One act outside the case record: a sign-in, a refusal, a look at personal data, a change of a setting.

    Appended, never edited: a trigger refuses both. The table has one column more, ``position``, which the database alone writes and the
    sealer alone reads (``audit.sources``).
    """

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
            # the health page asks when the record was last verified
            models.Index(fields=["-at"], condition=models.Q(action="audit_verified"), name="audit_verifications"),
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


class Log(models.Model):
    """The one Merkle log of this installation: made by the first sealing, then changed by the sealer alone (``audit.sealer``)."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    log_id = models.CharField(max_length=32, help_text="random; stands in every tree head")
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(default=bytes, help_text="roots of the complete subtrees, largest first")
    low_water = models.BigIntegerField(default=0, help_text="every transaction that took a position up to here has ended and is sealed")
    stamp_tried_at = models.DateTimeField(null=True)
    stamp_failure = models.CharField(
        max_length=200, blank=True, help_text="why the last request for a time stamp failed; empty: it did not"
    )


class Leaf(models.Model):
    """A row in its place in the log. The row is named twice: by position, and by what it is (case and seq, or audit row and 0)."""

    number = models.BigIntegerField(primary_key=True, help_text="place in the log, from 0")
    position = models.BigIntegerField(unique=True, help_text="of the row: no row has two leaves")
    kind = models.SmallIntegerField(help_text="leaves.RECORD, leaves.AUDIT")
    subject_id = models.BigIntegerField(help_text="case or audit row")
    seq = models.IntegerField()
    hash = models.BinaryField()


class Node(models.Model):
    """A complete subtree of 256 leaves or more, so that a proof reads at most two stretches of 255 leaves (``audit.proofs``)."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField()


class TreeHead(models.Model):
    """A signed statement about the whole log at one size (``audit.heads``); the same lines lie in files outside the database."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    at = models.DateTimeField()
    previous = models.BinaryField(help_text="hash of the head before; empty for the first")
    hash = models.BinaryField(unique=True)
    key_id = models.CharField(max_length=16)
    signature = models.BinaryField()


class HeadStamp(models.Model):
    """What an outside time stamping service answered for a head (RFC 3161), as it came."""

    head = models.OneToOneField(TreeHead, primary_key=True, on_delete=models.PROTECT, db_column="size", related_name="stamp")
    at = models.DateTimeField(help_text="the service's time")
    response = models.BinaryField()


class RetentionTerm(models.Model):
    """What is set for a kind of data (``audit.retention``) and its last purge; a kind without a row has its default."""

    kind = models.CharField(max_length=30, primary_key=True)
    days = models.PositiveIntegerField(null=True, help_text="null: the default")
    on_hold = models.BooleanField(default=False, help_text="not purged until taken away, e.g. for a lawsuit")
    purged_at = models.DateTimeField(null=True)
    purged = models.PositiveIntegerField(default=0, help_text="how many went at the last purge")
