"""诉求/工单: the citizen's side of a matter, apart from cases: N:M, own contact, own reply (architecture §3.1, case-rules 5)."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class ServiceRequest(Identified):
    """What a citizen asked for; a case may close while it is open, and it may be answered without any case."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    number = models.CharField(max_length=20)
    source = models.CharField(max_length=20)
    line = models.CharField(max_length=40, blank=True, help_text="hotline or channel it came by")
    outside_number = models.CharField(max_length=40, blank=True)
    contact = models.ForeignKey("audit.PersonalData", null=True, on_delete=models.PROTECT)
    report = models.ForeignKey("cases.Report", null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=10_000)
    state = models.CharField(max_length=10, default="open", help_text="open or replied")
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    reply_due_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "number"], name="request_number_once")]
        indexes = [
            models.Index(fields=["contact"], name="requests_of_a_contact"),
            models.Index(fields=["report"], name="request_of_a_report"),
        ]


class RequestCase(Identified):
    """A request and a case that deal with the same matter."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="case_links")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "case"], name="request_case_once")]
