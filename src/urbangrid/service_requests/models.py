"""诉求/工单: the citizen's side of a matter, apart from cases: N:M, own contact, own clock, own reply (architecture §3.1, case-rules 5)."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class ServiceRequest(Identified):
    """What a citizen asked for; a case may close while it is open, and it may be answered without any case.

    ``state`` is a summary set by ``actions``; what happened lies in ``RequestRecord``.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, default="complaint", help_text="complaint, consult, help, suggestion or praise")
    source = models.CharField(max_length=20)
    line = models.CharField(max_length=40, blank=True, help_text="hotline or channel it came by")
    outside_number = models.CharField(max_length=40, blank=True)
    contact = models.ForeignKey("audit.PersonalData", null=True, on_delete=models.PROTECT)
    report = models.ForeignKey("cases.Report", null=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("catalog.Category", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    place_text = models.CharField(max_length=256, blank=True)
    client_id = models.CharField(max_length=64, blank=True, help_text="given by the desk; the same id is never taken twice")
    text = models.TextField(max_length=10_000)
    state = models.CharField(max_length=10, default="open", help_text="open, to_reply, replied, closed or returned")
    seq = models.PositiveIntegerField(default=0, help_text="of the last record; every form carries the one it was drawn from")
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    confidential = models.BooleanField(default=False, help_text="about conduct or a unit: for the director and named handlers alone")
    concerned_unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    rounds = models.PositiveSmallIntegerField(default=1, help_text="重办: how often it was handled")
    round_at = models.DateTimeField(null=True, help_text="when the present round began; what ended before does not answer it")
    calendar_code = models.CharField(max_length=20, blank=True)
    limit_seconds = models.IntegerField(null=True)
    clock_events = models.TextField(default="[]", help_text="of the reply limit, as cases.deadlines writes them")
    reply_due_at = models.DateTimeField(null=True)
    reply_warn_at = models.DateTimeField(null=True)
    reply_on_time = models.BooleanField(null=True)
    return_until = models.DateTimeField(null=True, help_text="end of the 退单 window")
    reply = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True, help_text="when the citizen was told")
    reply_channel = models.CharField(max_length=12, blank=True)
    satisfied = models.BooleanField(null=True)
    calls = models.PositiveSmallIntegerField(default=0, help_text="回访 tried in this round")
    closing_kind = models.CharField(max_length=12, blank=True)
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    imported = models.BooleanField(default=False, help_text="an old call from another system")
    simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "number"], name="request_number_once"),
            models.UniqueConstraint(fields=["platform", "client_id"], condition=~models.Q(client_id=""), name="request_client_id_once"),
        ]
        indexes = [
            models.Index(fields=["contact"], name="requests_of_a_contact"),
            models.Index(fields=["report"], name="request_of_a_report"),
            # the list of a state, newest first, and the counts above it
            models.Index(fields=["platform", "state", "-id"], name="requests_by_state"),
            models.Index(fields=["platform", "outside_number"], condition=~models.Q(outside_number=""), name="requests_by_outside_number"),
        ]


class RequestCase(Identified):
    """A request and a case that deal with the same matter."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="case_links")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "case"], name="request_case_once")]


class RequestRecord(Identified):
    """One act on a request: appended, never edited; the database refuses otherwise. Words are cleaned of names and numbers."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="records", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True, help_text="user; null: the platform itself")
    appointment_id = models.BigIntegerField(null=True)
    actor = models.CharField(max_length=80, blank=True, help_text="name and post as they were")
    note = models.TextField(blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "seq"], name="request_record_once")]


class RequestHandler(Identified):
    """Who may read and handle a confidential request, by name."""

    request = models.ForeignKey(ServiceRequest, on_delete=models.PROTECT, related_name="handlers")
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "appointment"], name="request_handler_once")]


class Phrase(Identified):
    """常用语: words for a reply with placeholders, and texts of laws to be quoted; edited in administration."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    use = models.CharField(max_length=10, help_text="reply, consult or legal")
    title = models.CharField(max_length=40)
    text = models.TextField(max_length=2000)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "use", "title"], name="phrase_once")]
