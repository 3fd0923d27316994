"""预案: hot periods as data, and which case they touched (case-rules 18)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from urbangrid.core.models import Identified


class Plan(Identified):
    """预案: area × category × time, and what holds there meanwhile. A draft is edited; one that was started is never edited again."""

    KINDS = ("storm", "snow", "examination", "inspection")
    DRAFT, ACTIVE, ENDED, UNDONE = "draft", "active", "ended", "undone"

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    kind = models.CharField(max_length=12, help_text="storm, snow, examination or inspection")
    state = models.CharField(max_length=8, default=DRAFT)
    version = models.PositiveIntegerField(default=1, help_text="of the draft: a form carries the one it was drawn from")
    division_ids = ArrayField(models.BigIntegerField(), default=list, help_text="areas; empty: the whole platform")
    category_ids = ArrayField(models.BigIntegerField(), default=list, help_text="classes; empty: every class")
    condition_ids = ArrayField(models.BigIntegerField(), default=list, help_text="filing conditions of these classes; empty: all of them")
    begins_at = models.DateTimeField(null=True, help_text="planned; null: when it is started")
    until = models.DateTimeField(null=True, help_text="ends by itself; null: by hand alone")
    percent = models.PositiveSmallIntegerField(default=100, help_text="of the ordinary limit; 100: not tightened")
    period = models.CharField(max_length=20, blank=True, help_text="保障时段 whose own limits of the catalogue go before the percentage")
    exempt = models.BooleanField(default=False, help_text="免考核: its cases leave the denominators")
    takes_open = models.BooleanField(default=False, help_text="cases filed before are taken up too, on record")
    to_territory = models.BooleanField(default=False, help_text="proposed to the unit of the place's own area")
    by_road = models.BooleanField(default=False, help_text="calls about one road become one case")
    quota_off = models.BooleanField(default=False, help_text="no collection quota meanwhile; read once quotas exist")
    hourly = models.BooleanField(default=False, help_text="a bulletin is due every hour")
    note = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    pressed_at = models.DateTimeField(null=True, help_text="when it was started; ten minutes to undo it")
    started_at = models.DateTimeField(null=True, help_text="from when it holds")
    started_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    why = models.CharField(max_length=300, blank=True, help_text="on what occasion it was started")
    settled_at = models.DateTimeField(null=True, help_text="every case it had to take up or give back is done")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "code"], name="plan_code_once"),
            models.CheckConstraint(condition=models.Q(percent__gte=1, percent__lte=100), name="plan_percent_1_to_100"),
        ]


class PlanEffect(Identified):
    """预案影响: what a plan did to a case: its limit before and after, whether it is exempt, and why it left the plan if it did."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="effects", db_index=False)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="plan_effects", db_index=False)
    way = models.CharField(max_length=8, help_text="filed under it, or taken up while open")
    old_value = models.PositiveIntegerField()
    old_unit = models.CharField(max_length=12)
    old_case_seconds = models.IntegerField(help_text="案件总时限 without the plan, in counted seconds")
    new_value = models.PositiveIntegerField()
    new_unit = models.CharField(max_length=12)
    new_case_seconds = models.IntegerField()
    exempt = models.BooleanField(default=False)
    at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    left_why = models.CharField(max_length=10, blank=True, help_text="corrected, another (plan) or undone")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "case"], name="plan_effect_once")]
        indexes = [models.Index(fields=["case"], name="plans_of_a_case")]  # correction, the case page
