"""What happened at a record, as those who word notices need it: plain values, without a word of a citizen and without a coordinate."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from urbangrid.cases.models import Case, CaseRecord, ClosingAuthorisation, NamedHandler, Report, WorkItem
from urbangrid.cases.records import actor_of
from urbangrid.cases.rows import title_of


@dataclass(frozen=True, slots=True)
class Work:
    """Work that was opened: who has it. ``nobody``: nobody responsible was found."""

    item_id: int
    kind: str
    duty: str
    unit_id: int | None
    appointment_id: int | None


@dataclass(frozen=True, slots=True)
class Matter:
    """A case or report by the words that any recipient may read. ``place``: sub-district, community and road, never free text."""

    platform_id: int
    case_id: int | None
    report_id: int | None
    number: str
    title: str
    place: str
    urgent: bool
    state: str
    handler_unit_id: int | None
    handler: str
    subdistrict_id: int | None
    community_id: int | None
    reworks: int
    confidential: bool = False
    """Only those whom it is entrusted to are told."""
    command_unit_id: int | None = None
    """The centre of the district that has the case in hand (model D)."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One record of a case and the work that it opened and ended. ``by``: the post, not the person."""

    matter: Matter
    seq: int
    action: str
    to_state: str
    chained: bool
    by: str
    appointment_id: int | None
    unit_id: int | None
    target_unit_id: int | None
    withdrawn: int
    opened: tuple[Work, ...]
    ended: tuple[Work, ...]
    at: datetime
    from_district: int | None = None
    """The centre that the city took the case from with this record."""


@dataclass(frozen=True, slots=True)
class Ending:
    """An authorisation to close (授权结案) that is about to end: who gave it, and the person or unit that has it."""

    matter: Matter
    given_by_id: int
    appointment_id: int | None
    unit_id: int | None


def ending(authorisation_id: int) -> Ending | None:
    """One statement; None where it was ended meanwhile."""
    rows = ClosingAuthorisation.objects.select_related("platform", "appointment__user", "unit")
    row = rows.filter(pk=authorisation_id, ended_at=None).first()
    if row is None:
        return None
    holder = row.appointment.user.name if row.appointment is not None else row.unit.name if row.unit is not None else ""
    until = row.valid_until.astimezone(row.platform.zone).strftime("%Y-%m-%d %H:%M")
    title = str(_("%(holder)s的结案授权，有效到%(until)s") % {"holder": holder, "until": until})
    matter = Matter(row.platform_id, None, None, "", title, "", False, "", None, "", None, None, 0)
    return Ending(matter, row.given_by_id, row.appointment_id, row.unit_id)


_PLACED = ("subdistrict__name", "community__name", "road_name")
_CASE = (
    "platform_id", "confidential", "number", "category_id", "condition_id", "urgent", "state", "handler_unit__short_name", "rework_count",
    "command_unit_id", *_PLACED,
)  # fmt: skip
_REPORT = ("platform_id", "confidential", "number", "category_id", "condition_id", "urgent", "state", *_PLACED)


def happened(case_id: int, seq: int) -> Happened:
    """The record ``seq`` of a case: three statements. What was withdrawn since shows no work."""
    record = CaseRecord.objects.get(case_id=case_id, seq=seq)
    items = list(WorkItem.objects.filter(case_id=case_id).order_by("id"))
    body = json.loads(record.body)
    return Happened(
        matter=matter_of_case(case_id), seq=seq, action=record.action, to_state=record.to_state, chained=bool(body["chained"]),
        by=actor_of(record.body)[1], appointment_id=record.appointment_id, unit_id=record.unit_id,
        target_unit_id=record.target_unit_id, withdrawn=int(body["inputs"].get("step", 0)) if record.action == "withdraw" else 0,
        opened=tuple(_work(item) for item in items if item.opened_seq == seq),
        ended=tuple(_work(item) for item in items if item.closed_seq == seq), at=record.at,
        from_district=int(body["inputs"]["district"]) if body["inputs"].get("district") else None,
    )  # fmt: skip


def matter_of_case(case_id: int) -> Matter:
    """One statement."""
    case = Case.objects.select_related("handler_unit", "subdistrict", "community").only(*_CASE).get(pk=case_id)
    return Matter(
        platform_id=case.platform_id, case_id=case.pk, report_id=None, number=case.number or "",
        title=title_of(case.category_id, case.condition_id), place=_place(case), urgent=case.urgent, state=case.state,
        handler_unit_id=case.handler_unit_id, handler=case.handler_unit.short_name if case.handler_unit else "",
        subdistrict_id=case.subdistrict_id, community_id=case.community_id, reworks=case.rework_count,
        confidential=case.confidential, command_unit_id=case.command_unit_id,
    )  # fmt: skip


def matter_of_report(report_id: int) -> Matter:
    """One statement."""
    report = Report.objects.select_related("subdistrict", "community").only(*_REPORT).get(pk=report_id)
    return Matter(
        platform_id=report.platform_id, case_id=None, report_id=report.pk, number=report.number,
        title=title_of(report.category_id, report.condition_id), place=_place(report), urgent=report.urgent, state=report.state,
        handler_unit_id=None, handler="", subdistrict_id=report.subdistrict_id, community_id=report.community_id, reworks=0,
        confidential=report.confidential,
    )  # fmt: skip


def named_of(case_id: int) -> frozenset[int]:
    """Appointments that a confidential case is entrusted to: nobody else hears of it (case-rules 24)."""
    return frozenset(NamedHandler.objects.filter(case_id=case_id).values_list("appointment_id", flat=True))


def work_of_report(report_id: int) -> tuple[Work, ...]:
    """The seat's work on a report, ended or not."""
    return tuple(_work(item) for item in WorkItem.objects.filter(report_id=report_id).order_by("id"))


def open_work(item_id: int | None) -> Work | None:
    """A work item that is still open."""
    item = WorkItem.objects.filter(pk=item_id or 0, closed_at=None).first()
    return None if item is None else _work(item)


def asker_of(case_id: int, seq: int) -> int | None:
    """The appointment that sent the verification answered at ``seq``."""
    found = CaseRecord.objects.filter(case_id=case_id, action="send_verification", seq__lt=seq).order_by("-seq")
    return found.values_list("appointment_id", flat=True).first()


def filer_of(case_id: int, seq: int) -> int | None:
    """The appointment that filed the case, or proposed to, last before the record ``seq``."""
    found = CaseRecord.objects.filter(case_id=case_id, action__in=("file", "propose_filing"), seq__lt=seq).order_by("-seq")
    return found.values_list("appointment_id", flat=True).first()


def former_unit(case_id: int, seq: int) -> int | None:
    """The unit that had the case before the record ``seq`` took it away."""
    found = CaseRecord.objects.filter(case_id=case_id, action__in=("dispatch", "redispatch"), seq__lt=seq).order_by("-seq")
    return found.values_list("target_unit_id", flat=True).first()


def reporters_of(case_id: int) -> list[int]:
    """Appointments of the inspectors whose reports belong to the case."""
    found = Report.objects.filter(case_links__case_id=case_id, reporter_appointment__isnull=False)
    return list(found.order_by("pk").values_list("reporter_appointment_id", flat=True).distinct())


def _place(row: Case | Report) -> str:
    parts = [row.subdistrict.name if row.subdistrict else "", row.community.name if row.community else "", row.road_name]
    return "·".join(part for part in parts if part)


def _work(item: WorkItem) -> Work:
    return Work(item.pk, item.kind, item.duty, item.unit_id, item.appointment_id)
