"""申请 and 督办: what is asked or ordered on a case, with its own chain of decisions; never a state of the case."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class CaseRequest(Identified):
    """One request or order. Its words lie in the record (``asked_seq``, ``decided_seq``); here is what lists and ledgers ask for."""

    WAITING, GRANTED, REFUSED, WITHDRAWN, LAPSED, ENDED = "waiting", "granted", "refused", "withdrawn", "lapsed", "ended"

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="requests", db_index=False)
    kind = models.CharField(max_length=20, help_text="extension, suspension, send_back, … or reminder, order, instruction")
    number = models.CharField(max_length=20, blank=True, help_text="of an order: 督办单 number, spoken")
    state = models.CharField(max_length=10, default=WAITING, help_text="waiting, granted, refused, withdrawn, lapsed, answered, ended")
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    target_unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    reason = models.CharField(max_length=30, blank=True)
    link = models.PositiveSmallIntegerField(default=0, help_text="which approver of the chain has it")
    again = models.BooleanField(default=False, help_text="goes the chain of a repeated request")
    days = models.PositiveIntegerField(default=0, help_text="how long is asked for; approvers are chosen by it")
    until = models.DateTimeField(null=True, help_text="plan date, end of a suspension, or when an order is to be answered")
    details = models.JSONField(default=dict)
    outcome = models.JSONField(default=dict, help_text="what was decided: unit, basis, designated, excluded …")
    asked_seq = models.IntegerField()
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    decided_seq = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True, help_text="a granted suspension: when it woke")

    class Meta:
        indexes = [
            models.Index(fields=["case", "kind"], name="requests_of_a_case"),
            # libraries and ledgers: what is asked, suspended, ordered on a platform, newest first
            models.Index(fields=["platform", "kind", "state", "-id"], name="requests_by_kind"),
            # the unit's share of a month, shown to the approver
            models.Index(fields=["unit", "kind", "asked_at"], name="requests_of_a_unit"),
            # what wakes or falls due
            models.Index(fields=["until"], condition=models.Q(ended_at=None, until__isnull=False), name="requests_until"),
        ]
