"""待办 and its clocks."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class WorkItem(Identified):
    """One thing that somebody must do. Queues, counts, lights and "take next" read this table and no other."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    case = models.ForeignKey("cases.Case", null=True, on_delete=models.CASCADE, related_name="items", db_index=False)
    report = models.ForeignKey("cases.Report", null=True, on_delete=models.CASCADE, related_name="items")
    request = models.ForeignKey("cases.CaseRequest", null=True, on_delete=models.CASCADE, related_name="items", db_index=False)
    kind = models.CharField(max_length=20, help_text="accept, file, verify, sign, dispatch, receive, dispose, ...")
    duty = models.CharField(max_length=30)
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    urgent = models.BooleanField(default=False)
    opened_seq = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_seq = models.IntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    seen_at = models.DateTimeField(null=True, help_text="opened by somebody of the next post: from then on no withdrawal")
    claimed_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(null=True)
    paused = models.BooleanField(default=False)
    warn_at = models.DateTimeField(null=True, help_text="cache of the clock that gives this item its light")
    due_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True, help_text="of the ended stage, against its own limit")
    note = models.CharField(max_length=300, blank=True, help_text="what the holder should know first, e.g. why it came back")

    class Meta:
        indexes = [
            # every queue: what my unit has open under a duty, least time left first
            models.Index(fields=["unit", "kind", "due_at"], condition=models.Q(closed_at=None), name="queue_of_a_unit"),
            # the inspector's tasks
            models.Index(fields=["appointment", "due_at"], condition=models.Q(closed_at=None), name="queue_of_a_person"),
            # cases an inspector may read: those she had a task on
            models.Index(fields=["appointment", "case"], condition=models.Q(appointment__isnull=False), name="items_of_a_person"),
            # the duty director's board: all open items of the platform
            models.Index(fields=["platform", "kind"], condition=models.Q(closed_at=None), name="open_items"),
            # 经办: what I have done, newest first
            models.Index(fields=["closed_by", "-closed_at"], condition=models.Q(closed_by__isnull=False), name="items_done_by"),
            models.Index(fields=["case", "id"], name="items_of_a_case"),
            # the day's figures of a platform: what was finished since midnight
            models.Index(fields=["platform", "closed_at"], condition=models.Q(closed_at__isnull=False), name="items_of_a_day"),
        ]


class Clock(Identified):
    """A running or ended limit; ``events`` is what ``cases.deadlines`` rebuilds it from, the other columns are its present state."""

    KINDS = ("stage", "fence", "unit", "case")

    case = models.ForeignKey("cases.Case", null=True, on_delete=models.CASCADE, related_name="clocks", db_index=False)
    item = models.ForeignKey(WorkItem, null=True, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=6)
    stage = models.CharField(max_length=20, blank=True)
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    calendar_code = models.CharField(max_length=20)
    calendar_version = models.PositiveIntegerField()
    limit_seconds = models.IntegerField(help_text="the limit as first set; corrections and extensions stand in events")
    budget_seconds = models.IntegerField()
    events = models.TextField(default="[]", help_text="JSON text of cases.deadlines.events_to_json")
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    on_time = models.BooleanField(null=True)
    look_at = models.DateTimeField(null=True, help_text="when cases.timers looks next; null while it stands or has nothing to say")
    spoken = models.TextField(blank=True, default="", help_text="event:budget of each warning given, so that each is given once")

    class Meta:
        indexes = [
            models.Index(fields=["case", "kind"], name="clocks_of_a_case"),
            # the sweep of cases.timers: clocks to look at, earliest first
            models.Index(fields=["look_at"], condition=models.Q(look_at__isnull=False), name="clocks_to_look_at"),
        ]
