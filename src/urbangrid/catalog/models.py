"""Catalogues as versioned data: a city changes rows, not code.

What a case was filed under is never edited: a changed condition or limit ends (``valid_to``) and a new row begins, so
that closed cases keep the standard they were judged by.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from urbangrid.core.models import Identified
from urbangrid.core.text import cited

KINDS = ("component", "event", "service")
"""部件, 事件 and (Chaoyang's third family) citizen-service matters."""
LIMIT_UNITS = ("urgent_hour", "work_hour", "work_day", "day")
"""紧急工作时, 工作时, 工作日, 日 (cases.deadlines counts them)."""


class CatalogVersion(Identified):
    """One edition of a catalogue, e.g. ``gbt30428-2013`` or ``boston311``; cases keep theirs."""

    platform = models.ForeignKey(
        "core.Platform", null=True, blank=True, on_delete=models.PROTECT, help_text="null: shipped with the product"
    )
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=80)
    standard_ref = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=200, blank=True)
    offered = models.BooleanField(default=True, help_text="false: for imports only, not offered when a report is taken")
    data_digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the files it was loaded from")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="catalog_version_key", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.name


class Category(Identified):
    """A minor class (小类) of a component or an event; key (version, kind, code)."""

    version = models.ForeignKey(CatalogVersion, on_delete=models.PROTECT, related_name="categories")
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=8)
    major_code = models.CharField(max_length=4)
    major_name = models.CharField(max_length=30)
    name = models.CharField(max_length=40)
    initials = models.CharField(max_length=40, blank=True, help_text="pinyin initials of the name")
    aliases = models.CharField(max_length=200, blank=True, help_text="other spellings, ';' between, for search")
    description = models.CharField(max_length=400, blank=True)
    geometry = models.CharField(max_length=8, blank=True, help_text="of a component: point, line or area")
    authority_hint = models.CharField(max_length=80, blank=True)
    collect_hint = models.CharField(max_length=200, blank=True, help_text="what to photograph")
    confirm_filing = models.BooleanField(default=False, help_text="filing needs the duty director")
    complex_by_default = models.BooleanField(default=False, help_text="proposed for the department head's signature")
    duplicate_radius_m = models.PositiveIntegerField(default=30)
    equivalent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="matched",
        help_text="the national class this one is matched to",
    )
    source = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "kind", "code"], name="category_key")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class FilingCondition(Identified):
    """立案条件 of a category with the closing condition that says what 'done' means.

    As soon as a platform has conditions of its own for a category, only those count there (its handbook speaks).
    """

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="conditions")
    platform = models.ForeignKey(
        "core.Platform", null=True, blank=True, on_delete=models.PROTECT, help_text="null: shipped with the version"
    )
    position = models.PositiveSmallIntegerField()
    problem = models.CharField(max_length=40)
    condition = models.CharField(max_length=300)
    closing_condition = models.CharField(max_length=300)
    fence_hours = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="先期围护 within so many 紧急工作时, beside the repair's own limit; null: no fence is asked for"
    )
    source = models.CharField(max_length=200, blank=True)
    confidence = models.CharField(max_length=12, blank=True)
    valid_from = models.DateTimeField(null=True, blank=True, help_text="null: since the version")
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "platform", "problem"],
                condition=Q(valid_to=None),
                name="condition_key",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return self.problem


class CategoryRule(Identified):
    """What a platform allows for a class beyond the long way: 自处置 by an inspector, 告知结案 without a check (case-rules 10, 20)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    self_disposal = models.BooleanField(default=False)
    close_informed = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "category"], name="category_rule_key")]


class TimeLimit(Identified):
    """处置时限 of a filing condition, for an area grade and a protection period; the most exact wins (limits.py)."""

    condition = models.ForeignKey(FilingCondition, on_delete=models.CASCADE, related_name="limits")
    area_grade = models.PositiveSmallIntegerField(null=True, blank=True, help_text="null: every grade")
    period = models.CharField(max_length=20, blank=True, help_text="保障时段; empty: ordinary days")
    value = models.PositiveIntegerField()
    unit = models.CharField(max_length=12, help_text="urgent_hour, work_hour, work_day or day")
    case_value = models.PositiveIntegerField(
        null=True, blank=True, help_text="案件总时限, in the same unit; null: value plus the platform's allowance"
    )
    valid_from = models.DateTimeField(null=True, blank=True, help_text="null: since the version")
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "area_grade", "period"],
                condition=Q(valid_to=None),
                name="limit_key",
                nulls_distinct=False,
            )
        ]


class WorkCalendar(Identified):
    """A working calendar by code and version; ``rules`` is what ``calendar_from_json`` of cases reads."""

    platform = models.ForeignKey(
        "core.Platform", null=True, blank=True, on_delete=models.PROTECT, help_text="null: shipped with the product"
    )
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    applies_from = models.DateTimeField(help_text="open clocks change at this instant; ended stages never")
    rules = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code", "version"], name="calendar_key", nulls_distinct=False)]


class CalendarUse(Identified):
    """Which calendar counts for a stage (a post's desk) or a category; units name their own (calendar_code_for)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    stage = models.CharField(max_length=20, blank=True)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.CASCADE)
    calendar_code = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "stage", "category"], name="calendar_use_key", nulls_distinct=False)]


class Responsibility(Identified):
    """责任清单: who disposes of a category, in an area or everywhere, under conditions (sharing.py); ``unit_name``: the table's own words.

    A row is never edited: what changes ends (``valid_to``) and a row that ``replaces`` it begins, so that the table of any day can be read.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT)
    entry_name = models.CharField(max_length=60, help_text="the entry as printed in the table")
    kind = models.CharField(max_length=10)
    code = models.CharField(max_length=8, help_text="class code as given, also where no class of ours has it")
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT)
    unit_name = models.CharField(max_length=60)
    division = models.ForeignKey("grids.Division", null=True, blank=True, on_delete=models.PROTECT)
    position = models.PositiveIntegerField(default=0)
    basis = models.CharField(max_length=200, blank=True)
    is_main = models.BooleanField(default=False, help_text="主责 among several units of one class and area")
    rule = models.CharField(max_length=200, blank=True, help_text="when this unit and not another, in words")
    roads = ArrayField(models.CharField(max_length=12), default=list, blank=True, help_text="grades of roads, or off_road; empty: all")
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, help_text="1 Monday to 7; empty: all")
    from_minute = models.PositiveSmallIntegerField(null=True, blank=True, help_text="of the local day")
    to_minute = models.PositiveSmallIntegerField(null=True, blank=True, help_text="excluded; before from_minute: over midnight")
    owner = models.CharField(max_length=60, blank=True, help_text="权属 of the component; empty: any")
    valid_from = models.DateTimeField(null=True, blank=True, help_text="null: since the table was loaded")
    valid_to = models.DateTimeField(null=True, blank=True)
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by")


class CompanyKind(Identified):
    """A kind of public-service company (CY-2.2d) and the classes such a company usually serves, to start a company's own list from."""

    platform = models.ForeignKey("core.Platform", null=True, blank=True, on_delete=models.PROTECT, help_text="null: shipped")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    classes = ArrayField(models.CharField(max_length=8), default=list, help_text="national component classes by code")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="company_kind_key", nulls_distinct=False)]

    def __str__(self) -> str:
        return self.name


class Company(Identified):
    """公共服务企业: what the register knows of a unit of kind company. Its hours of service are the unit's working calendar, by which its
    clocks run; its desk is an appointment like any other."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    unit = models.OneToOneField("organizations.Unit", on_delete=models.PROTECT, related_name="company")
    kind = models.ForeignKey(CompanyKind, on_delete=models.PROTECT)
    contract_number = models.CharField(max_length=40, blank=True)
    contract_from = models.DateField(null=True, blank=True)
    contract_to = models.DateField(null=True, blank=True, help_text="the last day")
    note = models.CharField(max_length=300, blank=True)
    categories = models.ManyToManyField(Category, related_name="+")
    divisions = models.ManyToManyField("grids.Division", related_name="+", help_text="areas served; none: everywhere")


class CompanyContact(Identified):
    """Somebody of a company: name, what for, telephone; ``on_duty``: the one to call about a dispatch."""

    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="contacts")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=20)
    role = models.CharField(max_length=20, blank=True)
    phone = models.CharField(max_length=20)
    on_duty = models.BooleanField(default=False)


class LegalArticle(Identified):
    """法规条文: an article that applies to classes, from a day to a day; a changed text is a new row (CY-2.9)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    title = models.CharField(max_length=100, help_text="of the law or regulation")
    number = models.CharField(max_length=30, help_text="第二十三条第一款")
    text = models.TextField(max_length=2000)
    position = models.PositiveIntegerField(default=0)
    valid_from = models.DateField(null=True, blank=True, help_text="施行日期")
    valid_to = models.DateField(null=True, blank=True, help_text="the last day")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when an import left it out or changed it")
    categories = models.ManyToManyField(Category, related_name="+", help_text="none: every class")


class Regulation(Identified):
    """法规库: the whole text of a law, standard or manual in one version; a changed one is a new row, the former stays to be read (CY-10b).

    Articles that apply to classes stand in ``LegalArticle`` and are found by the title: of one title one version is current.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    title = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, help_text="catalog.regulations.KINDS")
    number = models.CharField(max_length=60, blank=True, help_text="文号、标准号")
    issuer = models.CharField(max_length=60, blank=True, help_text="发布机关")
    issued_on = models.DateField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True, help_text="施行日期")
    valid_to = models.DateField(null=True, blank=True, help_text="the last day")
    version = models.PositiveSmallIntegerField(default=1)
    text = models.TextField(max_length=200_000)
    words = SearchVectorField(null=True, help_text="bigrams of title, number, issuer and text (core.text)")
    file = models.ForeignKey("core.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+", help_text="PDF")
    made_by = models.BigIntegerField(help_text="appointment")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True, help_text="when a newer version took its place, or it was taken out")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "title"], condition=models.Q(ended_at=None), name="regulation_current")]
        indexes = [
            GinIndex(fields=["words"], name="regulation_words"),  # full-text search
        ]

    def __str__(self) -> str:
        return cited(self.title)


class StagedTable(Identified):
    """A spreadsheet that was read and shown, and waits for its sender to apply it; a day later it is gone."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    user_id = models.BigIntegerField()
    kind = models.CharField(max_length=20)
    data = models.BinaryField()
    shown = models.CharField(max_length=64, help_text="SHA-256 of the changes as they were shown")
    staged_at = models.DateTimeField()


class ReasonCode(Identified):
    """A reason from a list, for refusals, rework, correction and withdrawal; words may be added, never instead."""

    platform = models.ForeignKey("core.Platform", null=True, blank=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=30)
    code = models.CharField(max_length=30)
    label = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)
    reply = models.CharField(max_length=300, blank=True, help_text="sentence for the citizen")
    needs_words = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "action", "code"], name="reason_key", nulls_distinct=False)]


class CatalogStamp(models.Model):
    """One row whose stamp changes with every change of a catalogue; processes compare it with their cache."""

    stamp = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.stamp)


class Source(Identified):
    """来源: where matters come from and what each source demands; a platform's row replaces the shipped one of the same code."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=30)
    source_class = models.CharField(max_length=10, help_text="inspector, public, city or unit (部门自查自报)")
    reply_needed = models.BooleanField(default=False, help_text="somebody waits for a reply; a case cannot close without its words")
    follow_up = models.BooleanField(default=False, help_text="回访: called back after the reply where a number was left")
    verify = models.CharField(max_length=10, blank=True, help_text="always, never or category; empty: as the process says of the class")
    verify_codes = models.CharField(max_length=400, blank=True, help_text="codes of the classes that category means, ';' between")
    confidential = models.BooleanField(default=False, help_text="complaints about conduct: closed to everybody but named handlers")
    reply_value = models.PositiveIntegerField(null=True, blank=True, help_text="own reply limit, in reply_unit")
    reply_unit = models.CharField(max_length=12, blank=True)
    return_value = models.PositiveIntegerField(null=True, blank=True, help_text="退单 window, in return_unit; null: cannot be returned")
    return_unit = models.CharField(max_length=12, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="source_key")]

    def __str__(self) -> str:
        return self.name


class Line(Identified):
    """热线、线路: a number or mailbox that people write or call to; its name stays on the request (HD-2.3.6a)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.CASCADE)
    number = models.CharField(max_length=20)
    name = models.CharField(max_length=30)
    source_code = models.CharField(max_length=20)
    unit = models.ForeignKey("organizations.Unit", null=True, blank=True, on_delete=models.PROTECT, help_text="whose line it is")
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, help_text="proposed at registering")
    is_external = models.BooleanField(default=False, help_text="not yet answered here: callers are given transfer_number")
    transfer_number = models.CharField(max_length=20, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "number"], name="line_key")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
