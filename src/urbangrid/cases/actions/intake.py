"""上报 and 受理: a report comes in, is accepted as a case or refused with a reason (HD-3.1.3-1, HD-4.1-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import clocks, numbers, places, processes, store, words
from urbangrid.cases.actions import calling, checks, filing, holders, indexing, naming, verification
from urbangrid.cases.actions.inputs import FilingInputs, ReasonInputs, ReportInputs, TaskInputs, check_report, read
from urbangrid.cases.actions.step import Step, find, starting
from urbangrid.cases.deadlines import end
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseReport, Clock, Report, ReportFile, WorkItem
from urbangrid.cases.records import Entry, UsedFile
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import clock, geometry, lengths, metrics, outbox
from urbangrid.core.batch import Batch
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.models import OutboxEntry
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

DECIDED = {"accepted": "accept", "refused": "refuse_report", "linked": "join_report"}
"""What was done with a report that waits no more."""
ACCEPT_MINUTES = 15


@metrics.counted("report")
@whole
def report(
    acting: Acting,
    inputs: ReportInputs,
    *,
    contact_id: int | None = None,
    original: Mapping[str, Any] | None = None,
    simulated: bool = False,
    confidential: bool = False,
) -> Report:
    """Take a submission: kept for ever, numbered, and on the seat agents' desk. The same client id again returns the first one.

    A confidential one (case-rules 24) waits for the acting person alone.

    Raises MovedOn ``client_id_other_body``, Refusal ``category_unknown``, ``place_missing`` or of the photos; NotAllowed ``duty_missing``.
    """
    check_report(inputs)
    duty = "report" if inputs.source == "inspector" else "register"
    if not acting.may(duty):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["report"])
    earlier = Report.objects.filter(platform_id=acting.cases_platform_id, client_id=inputs.client_id).first()
    if earlier is not None:
        if earlier.description != inputs.description or earlier.category_id != inputs.category_id:
            raise MovedOn("client_id_other_body")
        return earlier
    source = _checked_source(acting, inputs)
    used = checks.photos(acting, "report", inputs.files, "before", 1 if inputs.source == "inspector" else 0)
    row = _report_row(acting, inputs, source.source_class, contact_id, original or {}, simulated)
    row.confidential = confidential
    batch = Batch()
    batch.insert(row, *(ReportFile(report=row, file_id=one.file_id, position=i) for i, one in enumerate(used)))
    _to_desk(row, acting, batch)
    batch.flush()
    return row


def _checked_source(acting: Acting, inputs: ReportInputs) -> sources.SourceInfo:
    """The source in force. A matter of kind service may have no place: there is nothing to see in the street."""
    source = sources.source(acting.platform_id, inputs.source)
    if source is None or not source.is_active:
        raise Refusal("input_wrong", status=422, field="source", label=_("来源"), value=inputs.source[:20])
    kind = catalog.category(inputs.category_id).kind if inputs.category_id is not None else ""  # refuses an unknown one
    if inputs.longitude is None and not inputs.place_text.strip() and kind != "service":
        raise Refusal("place_missing", status=422, field="place_text")
    return source


def _report_row(
    acting: Acting, inputs: ReportInputs, source_class: str, contact_id: int | None, original: Mapping[str, Any], simulated: bool
) -> Report:  # fmt: skip
    at = clock.now()
    platform = platform_of(acting.cases_platform_id)
    by_inspector = inputs.source == "inspector"
    row = Report(
        platform=platform, number=numbers.next_number(platform, "report", at), source=inputs.source,
        source_class=source_class, client_id=inputs.client_id, category_id=inputs.category_id,
        condition_id=inputs.condition_id, description=inputs.description, urgent=inputs.urgent, accuracy_m=inputs.accuracy_m,
        reporter_appointment_id=acting.appointment_id if by_inspector else None, reporter_name=acting.user_name if by_inspector else "",
        contact_id=contact_id, received_at=at, device_at=inputs.device_at, original=dict(original), simulated=simulated,
    )  # fmt: skip
    if inputs.device_longitude is not None and inputs.device_latitude is not None:
        row.reported_point = geometry.point(inputs.device_longitude, inputs.device_latitude)
    found = places.put(
        row,
        platform_id=platform.pk,
        longitude=inputs.longitude,
        latitude=inputs.latitude,
        place_text=inputs.place_text,
        at=at,
    )
    row.border_ids = list(found.on_border_with) if found else []
    return row


def _to_desk(row: Report, acting: Acting, batch: Batch) -> None:
    """Put the report into the queue of the seat group with its stage clock."""
    unit_id = acting.unit_id if row.confidential else organizations.unit_for_duty(row.platform_id, "accept", row.subdistrict_id)
    duty = "accept" if unit_id else holders.NOBODY
    item = WorkItem(
        appointment_id=acting.appointment_id if row.confidential else None,
        platform_id=row.platform_id, report=row, kind="accept", duty=duty,
        unit_id=unit_id or organizations.unit_for_duty(row.platform_id, holders.NOBODY, None), urgent=row.urgent, opened_at=row.received_at,
    )  # fmt: skip
    limit = Clock(item=item, kind="stage", stage="accept", unit_id=item.unit_id, limit_seconds=ACCEPT_MINUTES * 60)
    limit.calendar_code = catalog.calendar_code_for(row.platform_id, stage="accept")
    clocks.start(limit, row.received_at, row.platform_id, acting.zone)
    item.due_at, item.warn_at = limit.due_at, limit.warn_at
    told = OutboxEntry(
        topic="report", subject_id=row.pk, seq=0, created_at=row.received_at, payload={"unit": item.unit_id, "urgent": row.urgent}
    )
    batch.insert(item, limit, told)
    outbox.wake()


@dataclass(frozen=True, slots=True)
class Entrusted:
    """Whom a confidential case is for: the unit it is about never sees it, the named appointments alone do."""

    concerned_unit_id: int | None
    appointment_ids: tuple[int, ...] = ()


@metrics.counted("accept")
@whole
def accept(
    acting: Acting, report_id: int, then: str = "", data: Mapping[str, Any] | None = None, *, entrusted: Entrusted | None = None
) -> Case:  # fmt: skip
    """Accept a report: opens the case, pins its process, starts its record; ``then`` = file, send_verification, propose_filing or
    call_first goes on at once, in the same transaction (one key on the desk).

    ``entrusted``: of a confidential report, whom its case is for.

    Raises NotFound ``report_unknown``, MovedOn ``report_done``.
    """
    source, item = waiting(acting, report_id)
    step = _open_case(acting, source, item)
    if entrusted is not None:
        step.case.concerned_unit_id = entrusted.concerned_unit_id
        ids = dict.fromkeys((acting.appointment_id, *entrusted.appointment_ids))
        step.named = [naming.name(acting, step.case, number) for number in ids]
    edge = find(step, "accept")
    inputs = {
        "source": source.source, "report": source.number, "category": str(source.category_id or ""), **places.as_inputs(source),
    }  # fmt: skip
    photos = store.rows(ReportFile).filter(report=source).select_related("file").order_by("position")
    used = tuple(UsedFile("before", row.file_id, row.file.sha256) for row in photos)
    entry = Entry(
        "accept", State.REPORTED, State.TO_FILE, inputs=inputs, secret={"description": source.description}, files=used,
        device_at=source.device_at,
    )  # fmt: skip
    step.take(edge, entry)
    source.state = "accepted"
    step.batch.update(source, ["state"])
    step.batch.insert(CaseReport(case=step.case, report=source, role="origin"))
    step.accesses += places.accesses(step.case, step.at, tuple(source.border_ids))
    _go_on(step, then, data or {})
    return step.commit()


def _go_on(step: Step, then: str, data: Mapping[str, Any]) -> None:
    if then == "file":
        filing.apply_file(step, read(FilingInputs, data))
    elif then == "propose_filing":
        filing.apply_propose(step, read(FilingInputs, data))
    elif then == "send_verification":
        verification.apply_send(step, read(TaskInputs, data))
    elif then == "call_first":
        calling.apply_call(step, read(calling.CallInputs, data))
    elif then:
        raise Refusal("input_wrong", status=422, field="then", label=_("下一步"), value=then[:20])


def waiting(acting: Acting, report_id: int) -> tuple[Report, WorkItem]:
    """A report that waits to be decided on, under lock, with its item. Raises NotFound ``report_unknown``, MovedOn ``report_done``."""
    source = store.rows(Report).filter(pk=report_id, platform_id=acting.platform_id).select_for_update(of=("self",)).first()
    if source is None:
        raise NotFound("report_unknown")
    item = store.rows(WorkItem).filter(report=source, kind="accept").select_related("closed_by__user").order_by("id").first()
    if item is None or source.state != "waiting" or item.closed_at is not None:
        name = item.closed_by.user.name if item and item.closed_by else ""
        at = item.closed_at.astimezone(acting.zone).strftime("%H:%M") if item and item.closed_at else ""
        raise MovedOn(
            "report_done",
            name=name,
            time=at,
            action=words.ACTIONS[DECIDED.get(source.state, "accept")],
        )
    return source, item


def _open_case(acting: Acting, source: Report, item: WorkItem) -> Step:
    """A new, unsaved case in the state of its report, as a step whose commit inserts it."""
    chosen = catalog.category(source.category_id) if source.category_id else None
    definition = processes.current_for(source.platform_id, source.source, chosen.kind if chosen else "", chosen)
    rows = list(store.rows(Clock).filter(item=item, ended_at=None))
    opened_at = clock.never_before(source.received_at, *map(clocks.last_event_at, rows))
    case = Case(
        platform_id=source.platform_id, process=definition, state=State.REPORTED, source=source.source, source_class=source.source_class,
        category_id=source.category_id, condition_id=source.condition_id, description=source.description, urgent=source.urgent,
        confidential=source.confidential, reported_at=source.received_at, opened_at=opened_at, simulated=source.simulated,
    )  # fmt: skip
    places.copy(source, case)
    case.words = indexing.words_of(case)
    item.case = case
    for row in rows:
        row.case, row.item = case, item
    return starting(case, processes.process_of(definition.pk), acting, [item], rows)


@metrics.counted("refuse_report")
@whole
def refuse_report(acting: Acting, report_id: int, inputs: ReasonInputs) -> Report:
    """不予受理: the seat refuses a report with a reason code; there never is a case (case-rules 6)."""
    source, item = waiting(acting, report_id)
    if not acting.may("refuse_report"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["refuse_report"])
    source.refusal_reason = checks.reason(acting, "refuse_report", inputs.reason, inputs.note)
    source.refusal_words, source.state = lengths.shortened(inputs.note, 300), "refused"
    _leave_desk(acting, source, item, ["refusal_reason", "refusal_words", "state"], {"refused": source.refusal_reason})
    return source


@whole
def withhold(acting: Acting, report_id: int, *, confidential: bool) -> Report:
    """Take a waiting report off the desk without an answer to anybody: its request is confidential after all, or goes back to where it
    came from (退单). Raises NotFound ``report_unknown``, MovedOn ``report_done``, NotAllowed ``duty_missing``.
    """
    source, item = waiting(acting, report_id)
    if not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.REPORT_STATES["withheld"])
    source.state, source.confidential = "withheld", confidential
    _leave_desk(acting, source, item, ["state", "confidential"], {"withheld": True})
    return source


def _leave_desk(acting: Acting, source: Report, item: WorkItem, changed: list[str], payload: dict[str, Any]) -> None:
    """End the work on a report that becomes no case, and tell the desks."""
    ending = list(store.rows(Clock).filter(item=item, ended_at=None))
    at = clock.never_before(source.received_at, *map(clocks.last_event_at, ending))
    batch = Batch()
    batch.update(source, changed)
    for row in ending:
        clocks.move(row, source.platform_id, acting.zone, lambda state: end(state, at))
        batch.update(row, ["events", "due_at", "warn_at", "look_at", "ended_at", "on_time"])
        item.on_time = row.on_time
    item.closed_at, item.closed_by_id = at, acting.appointment_id
    batch.update(item, ["closed_at", "closed_by", "on_time"])
    batch.insert(OutboxEntry(topic="report", subject_id=source.pk, seq=1, created_at=at, payload={**payload, "unit": item.unit_id}))
    store.current().write(batch)
    outbox.wake()
