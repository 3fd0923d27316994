"""Cases that have to do with each other, and short ways around the long one: relations, self-disposal, closing by authorisation."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from urbangrid.cases.models.place import Placed
from urbangrid.core.models import Identified


class CaseRelation(Identified):
    """``case`` has to do with ``other``: took it in (merged), was split into it, repeats it, or is related by hand (CY-20-3).

    A merger that was undone stays with ``ended_at``: what was done and taken back can be read.
    """

    KINDS = ("merged", "split", "repeat", "related")

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="relations", db_index=False)
    other = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="relations_to", db_index=False)
    kind = models.CharField(max_length=8)
    link_ids = ArrayField(models.BigIntegerField(), default=list, help_text="of a merger: the main case's links (CaseReport) made by it")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "other", "kind"], condition=models.Q(ended_at=None), name="relation_once"),
            # one main case at a time: two mergers of the same case cannot both stand
            models.UniqueConstraint(fields=["other"], condition=models.Q(ended_at=None, kind="merged"), name="merged_into_one"),
        ]
        indexes = [
            models.Index(fields=["case"], name="relations_of_a_case"),  # the case page
            models.Index(fields=["other"], name="relations_to_a_case"),  # the same from the other side
        ]


class ClosingAuthorisation(Identified):
    """授权结案: who may close without holding the duty, which categories, from when until when, and who gave it (case-rules 20).

    Held by one appointment or by everybody of a unit. Never edited: it is ended, and another one is given.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT)
    appointment = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    category_ids = ArrayField(models.BigIntegerField(), default=list, help_text="empty: every category")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    given_by = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    given_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reminded_at = models.DateTimeField(null=True, help_text="when both were told that it ends within a day")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(appointment__isnull=False) ^ models.Q(unit__isnull=False), name="authorisation_of_one_holder"
            ),
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="authorisation_has_a_term"),
        ]


class SelfDisposal(Placed):
    """自处置: a trifle that an inspector solved on the spot; never a case, never in the filed total (case-rules 10, HD-3.2-y)."""

    STATES = ("pending", "done", "void")

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    number = models.CharField(max_length=20)
    client_id = models.CharField(max_length=64, help_text="given by the phone; the same id is never taken twice")
    category = models.ForeignKey("catalog.Category", on_delete=models.PROTECT, related_name="+", db_index=False)
    description = models.CharField(max_length=2000, blank=True)
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    inspector_name = models.CharField(max_length=30)
    before = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, default="pending")
    done_at = models.DateTimeField(help_text="when it came in")
    judged_at = models.DateTimeField(null=True)
    judged_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(max_length=30, blank=True, help_text="why it is void")
    note = models.CharField(max_length=300, blank=True)
    draw = models.ForeignKey("cases.SelfDisposalDraw", on_delete=models.PROTECT, related_name="rows")
    drawn = models.BooleanField(default=False, help_text="chosen by the day's draw to be looked at again")
    recheck = models.CharField(max_length=12, blank=True, help_text="handled or not_handled")
    rechecked_at = models.DateTimeField(null=True)
    rechecked_by = models.ForeignKey("organizations.Appointment", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "number"], name="self_disposal_number_once"),
            models.UniqueConstraint(fields=["platform", "client_id"], name="self_disposal_client_id_once"),
        ]
        indexes = [
            models.Index(fields=["platform", "state", "-id"], name="self_disposals_by_state"),  # the list at the seat's desk
            models.Index(fields=["appointment", "-done_at"], name="self_disposals_of_one"),  # the daily cap, "mine" on the phone
        ]


class SelfDisposalDraw(Identified):
    """The draw of a day: a seed chosen before the first one came in, its SHA-256 in the audit trail from that moment.

    A row is drawn when SHA-256 of ``seed:number`` lies in the first ``per_mille`` thousandths (``cases.drawing``): whoever has the seed
    can compute who had to be drawn, and nobody could choose the seed afterwards.
    """

    platform = models.ForeignKey("core.Platform", on_delete=models.PROTECT, db_index=False)
    day = models.DateField()
    seed = models.CharField(max_length=64)
    per_mille = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["platform", "day"], name="draw_of_a_day")]
