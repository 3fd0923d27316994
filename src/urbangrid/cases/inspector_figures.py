"""考核 of an inspector: what a month's record says of her work, as plain figures and no score (HD-3.1.2f).

Computed when it is asked for: reports by what became of them, and the verifications and checks that she answered herself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Avg, Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from urbangrid.cases.models import CaseReport, Report, WorkItem
from urbangrid.core import clock

BASIS: Final = _(
    "上报按收到时间计，不含核实时附的上报；有效为已受理和已并入案件，无效为不予受理。核实、核查按本人办结时间计；按时、超时以该任务自己的时限为准，没有时限的另列；"
    "平均用时为从派给到办结的自然分钟。"
)
"""口径 of these figures."""
TASKS: Final = ("verify", "check")


@dataclass(frozen=True, slots=True)
class Tasks:
    """Verifications or checks answered; ``unlimited``: without a limit. ``minutes``: on average, None of nothing."""

    kind: str
    done: int
    on_time: int
    late: int
    minutes: int | None

    @property
    def unlimited(self) -> int:
        return self.done - self.on_time - self.late


@dataclass(frozen=True, slots=True)
class Figures:
    """Of reports received in the month; ``other`` were taken back. ``at``: when it was counted."""

    reports: int
    valid: int
    invalid: int
    waiting: int
    tasks: tuple[Tasks, ...]
    at: datetime

    @property
    def other(self) -> int:
        return self.reports - self.valid - self.invalid - self.waiting


def figures(appointment_id: int, since: datetime, until: datetime) -> Figures:
    """From ``since`` to before ``until``, as things stand now; two statements."""
    sent = Report.objects.filter(reporter_appointment_id=appointment_id, received_at__gte=since, received_at__lt=until)
    sent = sent.exclude(Exists(CaseReport.objects.filter(report=OuterRef("pk"), role="verification")))
    counted = sent.aggregate(
        reports=Count("id"), valid=Count("id", filter=Q(state__in=("accepted", "linked"))),
        invalid=Count("id", filter=Q(state="refused")), waiting=Count("id", filter=Q(state="waiting")),
    )  # fmt: skip
    done = WorkItem.objects.filter(closed_by_id=appointment_id, kind__in=TASKS, closed_at__gte=since, closed_at__lt=until)
    rows = done.values("kind").annotate(
        done=Count("id"), in_time=Count("id", filter=Q(on_time=True)), too_late=Count("id", filter=Q(on_time=False)),
        spent=Avg(F("closed_at") - F("opened_at")),
    )  # fmt: skip
    found = {row["kind"]: row for row in rows.order_by()}
    return Figures(**counted, tasks=tuple(_tasks(kind, found.get(kind)) for kind in TASKS), at=clock.now())


def _tasks(kind: str, row: Mapping[str, Any] | None) -> Tasks:
    if row is None:
        return Tasks(kind, 0, 0, 0, None)
    return Tasks(kind, row["done"], row["in_time"], row["too_late"], round(row["spent"].total_seconds() / 60))
