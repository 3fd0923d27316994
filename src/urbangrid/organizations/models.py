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
    on_duty = models.BooleanField(
        default=True, help_text="at work now, as roster, signing and leave say (organizations.attending); true where nobody makes a roster"
    )
    for_night = models.BooleanField(default=False, help_text="夜间兼岗: given for one night shift by the platform's rule; records carry it")

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


class Shift(Identified):
    """班次: a span of the local day that people work in turns; it may run over midnight (case-rules 23)."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    letter = models.CharField(max_length=1, help_text="as it is typed in a cycle: 早早中中夜夜休休")
    name = models.CharField(max_length=10)
    begins_minute = models.PositiveSmallIntegerField(help_text="of the local day")
    lasts_minutes = models.PositiveSmallIntegerField(help_text="at most a day")
    night = models.BooleanField(default=False, help_text="posts of the platform's night rule may be held by one person in it")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "letter"], condition=models.Q(is_active=True), name="shift_letter_once"),
            models.CheckConstraint(
                condition=models.Q(begins_minute__lt=1440, lasts_minutes__gte=1, lasts_minutes__lte=1440), name="shift_within_a_day"
            ),
        ]


class Staffing(Identified):
    """定员: how many of a post in a unit a shift wants, by the kind of day that the unit's calendar says."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT)
    workday = models.PositiveSmallIntegerField(default=0)
    rest_day = models.PositiveSmallIntegerField(default=0)
    holiday = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "post", "shift"], name="staffing_once")]


class Turn(Identified):
    """值班: one person's shift of one day, with what she signed. A shift changed later changes no turn: instants stand as planned."""

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT)
    day = models.DateField(help_text="local day on which it begins")
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="turns")
    stands_in_for = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+", help_text="顶班: whose turn it was"
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    signed_on_at = models.DateTimeField(null=True)
    signed_off_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["appointment", "begins_at"], name="turn_once")]
        indexes = [
            models.Index(fields=["platform", "begins_at"], name="turns_of_a_day"),
            # the roster of a team, and whether it has one now
            models.Index(fields=["unit", "post", "day"], name="turns_of_a_team"),
            models.Index(fields=["appointment"], condition=models.Q(signed_on_at__isnull=False, signed_off_at=None), name="turns_open"),
        ]


class Leave(Identified):
    """请假: asked by the person, decided with a stand-in who takes over her duties and open work (case-rules 23)."""

    ASKED, GRANTED, REFUSED, ENDED = "asked", "granted", "refused", "ended"

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    appointment = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="leaves")
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=200, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, default=ASKED)
    asked_at = models.DateTimeField()
    stand_in = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    given = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+", help_text="under which the stand-in acts: her own, or one made"
    )
    decided_by = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=200, blank=True)
    taken_over_at = models.DateTimeField(null=True, help_text="when the open work went to the stand-in")

    class Meta:
        indexes = [models.Index(fields=["platform", "state", "begins_at"], name="leaves_by_state")]


class Handover(Identified):
    """交接班单: what a shift leaves open, as it stood; taken over by the successor or refused with a reason (HD-12.1)."""

    WAITING, ACCEPTED, REFUSED, REPLACED = "waiting", "accepted", "refused", "replaced"

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    post = models.ForeignKey(Post, on_delete=models.PROTECT)
    given_by = models.ForeignKey(Appointment, on_delete=models.PROTECT, related_name="handovers")
    given_at = models.DateTimeField()
    shift_name = models.CharField(max_length=30, blank=True)
    notes = models.TextField(blank=True, help_text="当班记事")
    content = models.JSONField(help_text="cases.handing_over.content: figures and lists as they stood")
    state = models.CharField(max_length=10, default=WAITING)
    answered_by = models.ForeignKey(Appointment, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was refused")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["given_by"], condition=models.Q(state="waiting"), name="one_sheet_waits"),
        ]
        indexes = [models.Index(fields=["platform", "-given_at"], name="handovers_newest_first")]
