"""意见 and 联系记录: what units say to each other about a case; the words lie with the record, here is who may read and who has read."""

from __future__ import annotations

from django.db import models

from urbangrid.core.models import Identified


class Remark(Identified):
    """A record beside the story, by its (case, seq). ``to_unit`` null: for all who see the case, companies excepted."""

    COMMENT, CONTACT = "comment", "contact"

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="remarks", db_index=False)
    seq = models.IntegerField()
    kind = models.CharField(max_length=8, help_text="comment or contact")
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    to_unit = models.ForeignKey("organizations.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "seq"], name="remark_of_a_record")]


class RemarkRead(Identified):
    """已读: the first of a unit who opened a comment, and when."""

    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, related_name="reads", db_index=False)
    unit = models.ForeignKey("organizations.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    appointment = models.ForeignKey("organizations.Appointment", on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=30)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["remark", "unit"], name="remark_read_once")]
