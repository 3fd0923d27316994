"""通知: what a post is told, and what a platform changed of the table of lines (requirements "Who is notified")."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class Notice(Identified):
    """One event for one recipient: a person (``appointment``) or all who hold ``duty`` in ``unit``. Cases are named by plain ids.

    ``event`` and ``values`` are worded where they are shown; neither a citizen's data nor a coordinate is ever among the values.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    appointment = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.CASCADE, related_name="+", db_index=False)
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    duty = models.CharField(max_length=30, blank=True)
    event = models.CharField(max_length=30)
    case_id = models.BigIntegerField(null=True)
    report_id = models.BigIntegerField(null=True)
    item_id = models.BigIntegerField(null=True, help_text="work that the notice asks for; when it ends the notice is settled")
    seq = models.IntegerField(default=0, help_text="of the record that caused it")
    values = models.JSONField(default=dict)
    urgent = models.BooleanField(default=False)
    key = models.CharField(max_length=120, help_text="topic, subject, seq, event and recipient: delivered again, it stays one notice")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="notice_once")]
        indexes = [
            # the list and the bell of a person and of a desk, newest first
            models.Index(fields=["appointment", "-id"], condition=models.Q(appointment__isnull=False), name="notices_of_a_person"),
            models.Index(fields=["unit", "duty", "-id"], condition=models.Q(unit__isnull=False), name="notices_of_a_desk"),
            # the purge of old ones
            models.Index(fields=["created_at"], name="notices_by_age"),
            # what the end of a work item settles
            models.Index(fields=["item_id"], condition=models.Q(item_id__isnull=False, settled_at=None), name="notices_of_an_item"),
            # what a withdrawal takes back
            models.Index(fields=["case_id", "seq"], condition=models.Q(case_id__isnull=False), name="notices_of_a_case"),
        ]


class NoticeRead(models.Model):
    """Somebody has opened a notice: reading is each person's own, also where a whole desk was told."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="reads", db_index=False)
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.CASCADE, related_name="+", db_index=False)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "appointment"], name="notice_read_once")]


class ReadUpTo(models.Model):
    """全部已读: everything up to this notice counts as read by the post."""

    appointment = models.OneToOneField("organizations.Appointment", primary_key=True, on_delete=models.CASCADE, related_name="+")
    notice_id = models.BigIntegerField()
    read_at = models.DateTimeField()


class Switch(Identified):
    """A line that a platform, or one of its units, switched on or off for a channel; what has no row is as the line was shipped."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.CASCADE, related_name="+")
    event = models.CharField(max_length=30)
    channel = models.CharField(max_length=12, default="in_system")
    on = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "unit", "event", "channel"], name="notice_switch_once", nulls_distinct=False)
        ]


class Threshold(Identified):
    """When a line of a clock speaks on this platform: counted minutes or percent of the limit, in place of the shipped number."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    event = models.CharField(max_length=30)
    amount = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "event"], name="notice_threshold_once")]
