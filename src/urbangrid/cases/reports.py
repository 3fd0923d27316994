"""Reports as they are read: the one on the seat's desk with everything to decide, and the inspector's own with what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import hypot

from django.db.models import QuerySet

from urbangrid.cases import access, words
from urbangrid.cases.actions import holders
from urbangrid.cases.files_of import ERASED
from urbangrid.cases.models import Report, ReportFile, WorkItem
from urbangrid.cases.rows import Light, light_of, title_of
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.sources import source_word
from urbangrid.core import clock
from urbangrid.core.errors import NotFound
from urbangrid.core.geometry import to_metric
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in a list, with its result in words (desks.md I4)."""

    report_id: int
    number: str
    title: str
    place: str
    state: str
    received_at: datetime
    result: str
    reason: str
    case_number: str
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as the seat decides on it. ``has_contact``: personal data exist, shown only through ``audit`` with a purpose."""

    report: Report
    title: str
    path: str
    source: str
    light: Light
    photo_ids: tuple[int, ...]
    item_id: int | None
    mine: bool
    claimed_by: str
    has_contact: bool
    device_distance_m: int | None
    now: datetime


def view(acting: Acting, report_id: int) -> ReportView:
    """A readable report: three statements. Raises NotFound ``report_unknown``."""
    report = (
        access.reports_visible_to(acting)
        .select_related("community", "subdistrict", "cell")
        .defer("community__geom", "subdistrict__geom", "cell__geom")
        .filter(pk=report_id)
        .first()
    )
    if report is None:
        raise NotFound("report_unknown")
    now = clock.now()
    item = WorkItem.objects.filter(report=report, kind="accept").select_related("claimed_by__user", "appointment").first()
    files = ReportFile.objects.filter(report=report).exclude(file__state__in=ERASED).order_by("position").values_list("file_id", flat=True)
    waiting = item is not None and item.closed_at is None
    return ReportView(
        report=report, title=title_of(report.category_id, report.condition_id),
        path=catalog.category(report.category_id).path if report.category_id else "",
        source=source_word(report.platform_id, report.source),
        light=light_of(item.due_at, item.warn_at, now, paused=not waiting) if item else light_of(None, None, now),
        photo_ids=tuple(files), item_id=item.pk if waiting and item else None,
        mine=waiting and item is not None and holders.holds(acting, item),
        claimed_by=item.claimed_by.user.name if item and item.claimed_by else "", has_contact=report.contact_id is not None,
        device_distance_m=_device_distance(report), now=now,
    )  # fmt: skip


def _device_distance(report: Report) -> int | None:
    """Metres between the device and the chosen place (both positions are kept, desks.md I2)."""
    if report.point is None or report.reported_point is None:
        return None
    srid = platform_of(report.platform_id).metric_srid
    x, y = to_metric(report.point.x, report.point.y, srid)
    device_x, device_y = to_metric(report.reported_point.x, report.reported_point.y, srid)
    return round(hypot(x - device_x, y - device_y))


def mine(acting: Acting, most: int = 30) -> list[ReportRow]:
    """我的上报 of the acting inspector, newest first; three statements."""
    rows = Report.objects.filter(reporter_appointment_id=acting.appointment_id).order_by("-id")
    return [_row(acting, report) for report in rows.prefetch_related("case_links__case")[:most]]


def listed(acting: Acting, *, state: str = "", skip: int = 0, most: int = 50) -> list[ReportRow]:
    """Readable reports, newest first, of one state where it is given; three statements."""
    rows = access.reports_visible_to(acting).filter(**({"state": state} if state else {})).order_by("-id")
    return [_row(acting, report) for report in rows.prefetch_related("case_links__case")[skip : skip + most]]


def page_of(acting: Acting, rows: QuerySet[Report], *, skip: int = 0, most: int = 50) -> tuple[list[ReportRow], int]:
    """A page of readable reports that a figure counts, newest first, and how many there are; four statements."""
    shown = rows.order_by("-id").prefetch_related("case_links__case")[skip : skip + most]
    return [_row(acting, report) for report in shown], rows.order_by().count()


def _row(acting: Acting, report: Report) -> ReportRow:
    link = max(report.case_links.all(), key=lambda one: one.pk, default=None)  # of a merged case: the main one
    case = link.case if link is not None else None
    result = str(words.STATES[case.state]) if case is not None else str(words.REPORT_STATES[report.state])
    reason = ""
    if report.refusal_reason:
        listed = {row.code: row.label for row in catalog.reasons(acting.cases_platform_id, "refuse_report")}
        reason = " ".join(part for part in (listed.get(report.refusal_reason, report.refusal_reason), report.refusal_words) if part)
    return ReportRow(
        report.pk, report.number, title_of(report.category_id, report.condition_id), report.place_text, report.state, report.received_at,
        result, reason, (case.number or "") if case is not None else "", case.pk if case is not None else None,
    )  # fmt: skip


def forget_originals(contact_ids: Sequence[int]) -> int:
    """The messages as they came from outside, of reports whose contact data are erased; says how many there were."""
    return Report.objects.filter(contact_id__in=contact_ids).exclude(original={}).update(original={})
