"""办理经过: what happened, appended and never edited."""

from __future__ import annotations

from django.db import models

from urbangrid.core.ids import new_id


class CaseRecord(models.Model):
    """One act on a case. ``body`` holds the canonical JSON that was hashed and signed; the other columns repeat it for queries.

    The table is RANGE-partitioned by case id with key (case, seq) (architecture §3.1); its migration makes it in SQL.
    """

    pk = models.CompositePrimaryKey("case_id", "seq")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="records", db_index=False)
    seq = models.IntegerField()
    action = models.CharField(max_length=30)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="user; null: the platform itself")
    appointment_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True, help_text="home unit of the actor")
    target_unit_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=30, blank=True)
    body = models.TextField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()
    signature = models.BinaryField()
    key_id = models.CharField(max_length=16)

    class Meta:
        indexes = [models.Index(fields=["appointment_id", "at"], name="records_of_an_appointment")]


class RecordSecret(models.Model):
    """A value that a record names only by its salted hash, so that erasing it leaves the chain valid."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="secrets", db_index=False)
    seq = models.IntegerField()
    name = models.CharField(max_length=30)
    salt = models.CharField(max_length=32)
    value = models.TextField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["case", "seq"], name="secrets_of_a_record")]


class RecordFile(models.Model):
    """A file of a record, by role: before, fence, after, check, paper."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="record_files", db_index=False)
    seq = models.IntegerField()
    role = models.CharField(max_length=10)
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["case", "seq"], name="files_of_a_record")]
