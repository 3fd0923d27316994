"""Units, posts, appointments: who may act for whom, where and as what (architecture §3.5)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from urbangrid.core.models import Identified


class Unit(Identified):
    """A unit of the organisation: a centre, one of its departments, a bureau, a company, a squad, a sub-district office; a tree."""

    KINDS = [
        "joint_centre",
        "supervision",
        "command",
        "coordination",
        "policy",
        "squad",
        "subdistrict_office",
        "department",
        "company",
        "station",
        "crew",
        "city_platform",
        "evaluation",
        "information",
        "community",
        "contractor",
    ]

    AXES = {
        "supervision": ("supervision", "squad", "contractor"),
        "command": ("command", "department", "company", "station", "crew"),
    }
    """The two axes of HD-2.3.1: who finds and checks, who dispatches and disposes; by kind of unit."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    short_name = models.CharField(max_length=20)
    initials = models.CharField(max_length=40, blank=True, help_text="pinyin initials of name and short name")
    kind = models.CharField(max_length=20)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    division = models.ForeignKey("grids.Division", null=True, blank=True, on_delete=models.PROTECT)
    calendar_code = models.CharField(max_length=20, default="office", help_text="working calendar of the unit, in catalog")
    duty_phone = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)
    share_percent = models.PositiveSmallIntegerField(default=80, help_text="of what is left of the limit, for a task from the unit above")
    answers_directly = models.BooleanField(default=False, help_text="else the unit above looks at its answer first (自审)")
    handles_cases = models.BooleanField(default=False, help_text="a sub-district office as a handling level: a dispatch target")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "code"], name="unit_code_once"),
            models.CheckConstraint(condition=models.Q(share_percent__gte=1, share_percent__lte=100), name="share_1_to_100"),
        ]

    @property
    def axis(self) -> str:
        """``supervision``, ``command``, or empty for a unit that stands beside both."""
        return next((axis for axis, kinds in self.AXES.items() if self.kind in kinds), "")

    def __str__(self) -> str:
        return self.name


class Post(Identified):
    """岗位: a kind of place in a kind of unit, with the duties it carries. Process definitions name duties, never posts."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    code = models.CharField(max_length=30)
    name = models.CharField(max_length=20)
    face = models.CharField(max_length=20, help_text="workbench, collection, companies or administration")
    desk = models.CharField(max_length=20, help_text="home page: seat, director, head, dispatcher, department, subdistrict, inspector, ...")
    duties = ArrayField(models.CharField(max_length=30), default=list)
    unit_kinds = ArrayField(models.CharField(max_length=20), default=list, help_text="kinds of unit that have this post; empty: any")
    exclusive_with = ArrayField(models.CharField(max_length=30), default=list, help_text="posts that one person should not also hold")
    personnel_kind = models.CharField(max_length=20, blank=True, help_text="kind of personnel that this post is for; empty: any")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="post_code_once")]


class Appointment(Identified):
    """任职: a person in a post of a unit, over an area and a time. ``director_unit`` gives an inspector's daily orders."""

    PERSONNEL = ("full_time", "part_time", "assistant", "contractor")

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments")
    director_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="directed")
    home_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="sent_out",
        help_text="原单位: where the person comes from, when she works in another unit's post (CY-2.4, JJ-5.1)",
    )  # fmt: skip
    personnel_kind = models.CharField(max_length=20, blank=True, help_text="full_time, part_time, assistant or contractor (CY-15, JJ-5.1)")
    division = models.ForeignKey("grids.Division", null=True, blank=True, on_delete=models.PROTECT, help_text="辖区; null: the platform")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    on_duty = models.BooleanField(default=True, help_text="resolves 'the inspector on duty' until rosters exist")

    class Meta:
        indexes = [models.Index(fields=["user"], name="appointments_of_a_person")]


class CellDuty(Identified):
    """Which unit grids an inspector's appointment covers; read when a verification or a check looks for its inspector."""

    appointment = models.ForeignKey(Appointment, on_delete=models.CASCADE, related_name="cell_duties")
    cell = models.ForeignKey("grids.UnitGrid", on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cell", "appointment"], name="cell_duty_once")]


class ExclusionLift(Identified):
    """放宽互斥: for a time one person may hold posts that exclude each other, e.g. at night; with a reason, on record (SY-4.5)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    posts = ArrayField(models.CharField(max_length=30), help_text="codes of the posts that may be held together")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    reason = models.CharField(max_length=200)
    lifted_by = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="ended before its time")

    class Meta:
        indexes = [models.Index(fields=["user", "valid_to"], name="lifts_of_a_person")]
