"""登记: one call or message becomes a request, and a report where somebody has to go and see (desks.md S2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from urbangrid.audit import personal
from urbangrid.cases import access
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReportInputs, check_length
from urbangrid.cases.numbers import next_number
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import clock
from urbangrid.core.confidential import cleaned
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import clocks, messages, rules
from urbangrid.service_requests.actions.answering import told_at_once
from urbangrid.service_requests.models import RequestCase, ServiceRequest
from urbangrid.service_requests.step import Step

TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Contact:
    """How the citizen can be reached, as given; stored apart (``audit.personal``) and read only through ``reveal``."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """One call or message. ``client_id`` is made by the desk and never taken twice; degrees are EPSG:4490.

    ``reply``: answered on the spot, in these words. ``case_id``: about an open case, which she is joined to. ``confidential``: about
    conduct, or about ``concerned_unit_id`` (case-rules 24).
    """

    source: str
    client_id: str
    text: str
    kind: str = "complaint"
    line: str = ""
    contact: Contact = Contact()
    category_id: int | None = None
    condition_id: int | None = None
    place_text: str = ""
    longitude: float | None = None
    latitude: float | None = None
    outside_number: str = ""
    reply_due_at: datetime | None = None
    urgent: bool = False
    files: tuple[int, ...] = ()
    original: Mapping[str, str] = field(default_factory=dict)
    """The message or row as it came from outside, kept on the report beside what was made of it."""
    reply: str = ""
    case_id: int | None = None
    confidential: bool = False
    concerned_unit_id: int | None = None


@transaction.atomic
def register(acting: Acting, asked: Registration, *, simulated: bool = False) -> ServiceRequest:
    """Take a request in one step: contact data apart, the report on the seat agents' desk, a number to read out.

    The same ``client_id`` again gives the first request. Raises NotAllowed ``duty_missing``; Refusal ``request_source_wrong``,
    ``reply_due_past``, ``request_kind_wrong``, ``line_external``, ``unit_missing`` or of the report (``place_missing``,
    ``category_unknown`` …); NotFound ``case_unknown``; MovedOn ``request_same_key``, ``case_closed_already``.
    """
    if not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=messages.REGISTER)
    source = _checked(acting, asked)
    earlier = ServiceRequest.objects.filter(platform_id=acting.platform_id, client_id=asked.client_id).first()
    if earlier is not None:
        if (earlier.text, earlier.source) != (asked.text, asked.source):
            raise MovedOn("request_same_key")
        return earlier
    if asked.reply_due_at is not None and asked.reply_due_at <= clock.now():
        raise Refusal("reply_due_past", status=422, field="reply_due_at")
    platform = platform_of(acting.platform_id)
    contact = asked.contact
    kept = personal.keep(platform.pk, name=contact.name, phone=contact.phone, address=contact.address)
    made = _row(platform, acting, asked, source, simulated)
    made.contact = kept
    to_desk = rules.goes_to_desk(
        asked.kind, has_category=asked.category_id is not None, confidential=made.confidential, answered=bool(asked.reply.strip()),
        joined=asked.case_id is not None,
    )  # fmt: skip
    if to_desk:
        report = intake.report(
            acting, _report_inputs(asked), contact_id=kept.pk if kept else None, original=asked.original, simulated=simulated
        )
        made.report_id, made.received_at = report.pk, report.received_at
    clocks.begin(made, source, made.received_at, asked.reply_due_at)
    made.return_until = clocks.return_until(platform.pk, source, made.received_at)
    return _written(made, acting, asked)


def _checked(acting: Acting, asked: Registration) -> sources.SourceInfo:
    source = sources.source(acting.platform_id, asked.source)
    if source is None or not source.is_registered:
        raise Refusal("request_source_wrong", status=422, field="source")
    if asked.kind not in rules.KINDS:
        raise Refusal("request_kind_wrong", status=422, field="kind")
    line = sources.line(acting.platform_id, asked.line) if asked.line else None
    if line is not None and line.is_external:
        raise Refusal("line_external", status=409, field="line", name=line.name, number=line.transfer_number)
    check_length("text", asked.text, TEXT_LIMIT)
    check_length("reply", asked.reply)
    check_length("place_text", asked.place_text)
    if asked.category_id is not None:
        catalog.category(asked.category_id)
    if asked.concerned_unit_id is not None and organizations.find_unit(acting.platform_id, asked.concerned_unit_id) is None:
        raise Refusal("unit_missing", status=422, field="concerned_unit_id")
    if asked.case_id is not None:
        access.check_seen(acting, asked.case_id)
        if access.is_confidential(asked.case_id):
            raise NotFound("case_unknown")
    return source


def _row(platform: Platform, acting: Acting, asked: Registration, source: sources.SourceInfo, simulated: bool) -> ServiceRequest:
    at = clock.now()
    contact = asked.contact
    return ServiceRequest(
        platform=platform, number=next_number(platform, "request", at), client_id=asked.client_id, kind=asked.kind, source=asked.source,
        line=asked.line[:40], outside_number=asked.outside_number[:40], category_id=asked.category_id,
        place_text=cleaned(asked.place_text, name=contact.name, phone=contact.phone)[:256], text=asked.text, unit_id=acting.unit_id,
        confidential=asked.confidential or source.confidential or asked.concerned_unit_id is not None,
        concerned_unit_id=asked.concerned_unit_id, received_at=at, round_at=at, simulated=simulated,
    )  # fmt: skip


def _report_inputs(asked: Registration) -> ReportInputs:
    """What becomes of the request's words outside of the centre: no name, no number."""
    contact = asked.contact
    return ReportInputs(
        source=asked.source, client_id=asked.client_id, category_id=asked.category_id, condition_id=asked.condition_id,
        description=cleaned(asked.text, name=contact.name, phone=contact.phone), urgent=asked.urgent,
        place_text=cleaned(asked.place_text, name=contact.name, phone=contact.phone), longitude=asked.longitude,
        latitude=asked.latitude, files=asked.files,
    )  # fmt: skip


def _written(made: ServiceRequest, acting: Acting, asked: Registration) -> ServiceRequest:
    """The row with its first record, and what was done in the same breath: joined to a case, answered on the spot."""
    made.save(force_insert=True)
    step = Step(made, acting, made.received_at)
    step.take("register", source=made.source, line=made.line, report=str(made.report_id or ""))
    if asked.case_id is not None:
        RequestCase.objects.create(request=made, case_id=asked.case_id)
        step.take("join_case", case=str(asked.case_id))
    if asked.reply.strip():
        told_at_once(step, asked.reply)
    return made
