"""案件: opened when a report is accepted."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from urbangrid.cases.models.place import Placed
from urbangrid.core.models import Identified


class Case(Placed):
    """A case. ``state`` is a summary set by the action; what somebody must do lies in work items, what happened in records."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    number = models.CharField(max_length=20, null=True, help_text="案卷号, given at filing")
    process = models.ForeignKey("cases.ProcessDefinition", on_delete=models.PROTECT, db_index=False)
    state = models.CharField(max_length=20)
    seq = models.IntegerField(default=0, help_text="of the last record; every form carries the one it was drawn from")
    last_hash = models.BinaryField(default=b"")
    source = models.CharField(max_length=20)
    source_class = models.CharField(max_length=10)
    category = models.ForeignKey("catalog.Category", null=True, on_delete=models.PROTECT, db_index=False)
    condition = models.ForeignKey("catalog.FilingCondition", null=True, on_delete=models.PROTECT, db_index=False)
    description = models.TextField(blank=True, max_length=10_000)
    urgent = models.BooleanField(default=False)
    confidential = models.BooleanField(default=False, help_text="about conduct or a unit: in no list, for named handlers alone")
    concerned_unit = models.ForeignKey(
        "organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="never sees a confidential case",
    )  # fmt: skip
    is_complex = models.BooleanField(default=False)
    city_owned = models.BooleanField(default=False)
    handler_unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    settled_unit = models.ForeignKey(
        "organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="by 权属会商, binding"
    )
    command_unit = models.ForeignKey(
        "organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="the district command centre that it was handed to (model D)",
    )  # fmt: skip
    limit_value = models.PositiveIntegerField(null=True, help_text="处置时限 as filed, in limit_unit")
    limit_unit = models.CharField(max_length=12, blank=True)
    check_answer = models.CharField(max_length=20, blank=True)
    closing_kind = models.CharField(max_length=20, blank=True)
    reply = models.TextField(blank=True)
    aside = models.CharField(max_length=10, blank=True, help_text="summary of its requests: asking, suspended, deferred")
    send_backs = models.PositiveSmallIntegerField(default=0, help_text="granted ones; from two on the next unit must be settled")
    reopen_count = models.PositiveSmallIntegerField(default=0)
    rework_count = models.PositiveSmallIntegerField(default=0)
    on_time = models.BooleanField(null=True, help_text="by the moment of feedback against the unit's bundled limit")
    due_at = models.DateTimeField(null=True, help_text="cache of the case limit clock (案件总时限)")
    warn_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True, help_text="when the first report came in; the stage bar begins here")
    opened_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    words = SearchVectorField(null=True, help_text="bigrams of number, title and place (core.text)")
    history = models.BooleanField(default=False, help_text="imported as history: no work, no clocks running")
    simulated = models.BooleanField(default=False)
    repeat = models.BooleanField(default=False, help_text="反复: filed soon after the same was closed here (case-rules 9)")
    fenced_at = models.DateTimeField(null=True, help_text="先期围护 of a two-limit case was fed back with its photo")
    check_means = models.CharField(max_length=8, blank=True, help_text="site, video or assessor: how the last check was made")

    called_at = models.DateTimeField(null=True, help_text="先派后补: the first call to a unit before filing (case-rules 11)")
    called_unit = models.ForeignKey(
        "organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False, help_text="the unit called last"
    )  # fmt: skip
    called_on_time = models.BooleanField(null=True, help_text="whether it was filed within the minutes after that call")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "number"], name="case_number_once")]
        indexes = [
            GinIndex(fields=["words"], name="case_words"),  # search by words
            models.Index(fields=["platform", "state", "-id"], name="cases_by_state"),  # search by state, newest first
            models.Index(fields=["platform", "category", "-id"], name="cases_by_category"),  # similar cases, precedent
            # the ledger of a month; cases come in the order of time, so a few pages of this index tell a month among ten years
            BrinIndex(fields=["opened_at"], name="cases_of_a_month", pages_per_range=32),
            models.Index(fields=["platform", "-id"], condition=models.Q(closed_at=None, history=False), name="cases_open"),
        ]


class CaseReport(Identified):
    """A report linked to a case: as its origin, as the answer to a verification, or as a duplicate."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="report_links")
    report = models.ForeignKey("cases.Report", on_delete=models.PROTECT, related_name="case_links")
    role = models.CharField(max_length=12, help_text="origin, verification or duplicate")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "report"], name="report_linked_once")]


class CaseAccess(Identified):
    """Who may read a case and since when: a unit that has or had it, or an area it lies in or borders on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="access", db_index=False)
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, db_index=False)
    division = models.ForeignKey("grids.Division", null=True, on_delete=models.PROTECT, db_index=False)
    since = models.DateTimeField()
    until_seq = models.IntegerField(null=True, help_text="a unit that sent the case back reads up to its own last record")
    why = models.CharField(max_length=12, help_text="handler, area or border")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "unit", "division"], name="access_once", nulls_distinct=False)]
        indexes = [
            models.Index(fields=["unit", "-case"], name="cases_of_a_unit", condition=models.Q(unit__isnull=False)),
            models.Index(fields=["division", "-case"], name="cases_of_an_area", condition=models.Q(division__isnull=False)),
        ]


class NamedHandler(Identified):
    """Who may read and handle a confidential case, by name (case-rules 24)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="named", db_index=False)
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    named_by = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "appointment"], name="named_once")]


class NumberSeries(models.Model):
    """Daily serial numbers of a platform; a row per kind and day, locked while it counts. Gaps are allowed, repeats are not."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    kind = models.CharField(max_length=10)
    day = models.DateField()
    last = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "kind", "day"], name="series_key")]


class Draft(Identified):
    """What was typed for a case that somebody else moved on meanwhile; kept until its writer throws it away."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE)
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE)
    key = models.CharField(max_length=60)
    inputs = models.JSONField()
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_key")]
