"""Things that every package stands on."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.db import models

from urbangrid.core.geometry import DEFAULT_METRIC_SRID
from urbangrid.core.ids import new_id


class Identified(models.Model):
    """A row with a time-ordered 64-bit id made here, not by the database."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Platform(Identified):
    """A city or district that runs its own grid management; one row in a one-platform city (architecture §3.1)."""

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=8, help_text="first word of case numbers, spoken")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)
    zone_name = models.CharField(max_length=40, default="Asia/Shanghai")
    metric_srid = models.PositiveIntegerField(default=DEFAULT_METRIC_SRID)
    hotline = models.CharField(max_length=20, default="12319")
    settings = models.JSONField(default=dict)
    supervises = models.BooleanField(default=True, help_text="reports, files and closes itself; a district of model D does not")
    commands = models.BooleanField(default=True, help_text="dispatches to units of its own")

    @property
    def cases_platform_id(self) -> int:
        """Whose cases it works on: its own, or those of the city above where it only commands (model D)."""
        return self.pk if self.supervises or self.parent_id is None else self.parent_id

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def __str__(self) -> str:
        return self.name


class StoredFile(Identified):
    """A file kept by its SHA-256, on disk and fsynced before the row commits; served only through a view that checks the right to see."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT)
    sha256 = models.CharField(max_length=64, db_index=True)
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=60, help_text="found by content, never by name")
    name = models.CharField(max_length=120)
    width_px = models.PositiveIntegerField(null=True)
    height_px = models.PositiveIntegerField(null=True)
    taken_at = models.DateTimeField(null=True, help_text="from the picture's own metadata, which is then removed")
    original_sha256 = models.CharField(max_length=64, help_text="of the bytes as received, before metadata were removed")
    secrecy = models.CharField(max_length=12, default="ordinary")
    state = models.CharField(max_length=12, default="loose", help_text="loose until an action uses it, then held")
    owner_id = models.BigIntegerField(null=True, help_text="user who sent it")
    created_at = models.DateTimeField()

    class Meta:
        # the same picture sent again, also after a change of how pictures are re-encoded (cases.photo_doubts)
        indexes = [models.Index(fields=["original_sha256"], name="files_as_received")]


class IdempotencyKey(Identified):
    """The answer to a request that must not be done twice, written in the request's own transaction."""

    actor_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    result = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="one_result_per_key")]


class OutboxEntry(Identified):
    """Something that happened, for other packages; delivered at least once and in order per subject by the relay."""

    topic = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(help_text="the case or report")
    seq = models.IntegerField()
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            # read by the relay alone: what is still to be delivered, oldest first
            models.Index(fields=["id"], condition=models.Q(delivered_at=None), name="outbox_waiting"),
        ]


class ParkedDelivery(Identified):
    """A delivery that a subscriber refused; shown on the health page until it is tried again."""

    entry = models.ForeignKey(OutboxEntry, on_delete=models.PROTECT)
    subscriber = models.CharField(max_length=60)
    error = models.TextField()
    attempts = models.PositiveIntegerField(default=1)
    parked_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)


class RateCount(models.Model):
    """How often something was done in the window that began at ``began_at`` (``core.limits``).

    The table is unlogged: counting costs no write-ahead log, and a crash of the database forgets the counts, nothing else.
    """

    key = models.CharField(max_length=80, primary_key=True, help_text="limit and digest of whom it is about")
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    about = models.JSONField(null=True, help_text="what is to be told when the window has ended, where somebody asks")
