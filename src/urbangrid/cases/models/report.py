"""上报: one immutable submission."""

from __future__ import annotations

from django.contrib.gis.db.models import PointField
from django.contrib.postgres.fields import ArrayField
from django.db import models

from urbangrid.cases.models.place import Placed
from urbangrid.core.geometry import STORAGE_SRID
from urbangrid.core.models import Identified


class Report(Placed):
    """What somebody said was there, as sent; never edited. ``state`` alone moves: waiting, accepted, refused, linked."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    number = models.CharField(max_length=20, help_text="上报号, read out on the telephone")
    source = models.CharField(max_length=20, help_text="inspector, hotline, web, wechat, mail, leader, media, city, ...")
    source_class = models.CharField(max_length=10, help_text="inspector, public or city: decides verification before filing")
    client_id = models.CharField(max_length=64, help_text="given by the sender's device; the same id is never taken twice")
    category = models.ForeignKey("catalog.Category", null=True, on_delete=models.PROTECT)
    condition = models.ForeignKey("catalog.FilingCondition", null=True, on_delete=models.PROTECT)
    description = models.TextField(blank=True, max_length=10_000)
    urgent = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False, help_text="read by nobody; its case is for named handlers alone")
    reported_point = PointField(
        srid=STORAGE_SRID,
        null=True,
        spatial_index=False,
        help_text="position of the device, kept beside the chosen one",
    )
    accuracy_m = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    reporter_appointment = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+")
    reporter_name = models.CharField(
        max_length=30, blank=True, help_text="of an inspector; a citizen's name lies in audit.PersonalData alone"
    )
    border_ids = ArrayField(models.BigIntegerField(), default=list, help_text="divisions within the border distance of the point")
    contact = models.ForeignKey("audit.PersonalData", null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default="waiting")
    refusal_reason = models.CharField(max_length=30, blank=True)
    refusal_words = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    original = models.JSONField(default=dict, help_text="the row or message as it came, where it came from outside")
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "number"], name="report_number_once"),
            models.UniqueConstraint(fields=["platform", "client_id"], name="report_client_id_once"),
        ]
        indexes = [
            # "my reports" on the inspector's phone
            models.Index(fields=["reporter_appointment", "-id"], name="reports_of_an_inspector"),
            # the day's figures of a platform
            models.Index(fields=["platform", "received_at"], name="reports_of_a_day"),
        ]


class ReportFile(Identified):
    """A photo of a report."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)
