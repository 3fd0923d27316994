"""诉求 come in and are answered: writing of this package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from urbangrid.audit import actions as audit
from urbangrid.audit import personal
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReportInputs, check_length
from urbangrid.cases.numbers import next_number
from urbangrid.cases.words import SOURCE_CLASS
from urbangrid.core import clock, limits
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import messages
from urbangrid.service_requests.confidential import cleaned
from urbangrid.service_requests.models import RequestCase, ServiceRequest

TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Contact:
    """How the citizen can be reached, as given; stored apart (``audit.personal``) and read only through ``reveal``."""

    name: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """One call or message. ``client_id`` is made by the desk and never taken twice; degrees are EPSG:4490."""

    source: str
    client_id: str
    text: str
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


@transaction.atomic
def register(acting: Acting, asked: Registration, *, simulated: bool = False) -> ServiceRequest:
    """Take a request in one step: contact data apart, the report on the seat agents' desk, a number to read out.

    The same ``client_id`` again gives the first request. Raises NotAllowed ``duty_missing``; Refusal ``request_source_wrong`` or of the
    report (``place_missing``, ``category_unknown`` …); MovedOn ``request_same_key``.
    """
    if not acting.may("register"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=messages.REGISTER)
    if SOURCE_CLASS.get(asked.source) not in ("public", "city"):
        raise Refusal("request_source_wrong", status=422, field="source")
    check_length("text", asked.text, TEXT_LIMIT)
    earlier = ServiceRequest.objects.filter(platform_id=acting.platform_id, report__client_id=asked.client_id).first()
    if earlier is not None:
        if (earlier.text, earlier.source) != (asked.text, asked.source):
            raise MovedOn("request_same_key")
        return earlier
    platform = platform_of(acting.platform_id)
    contact = asked.contact
    kept = personal.keep(platform.pk, name=contact.name, phone=contact.phone, address=contact.address)
    report = intake.report(
        acting, _report_inputs(asked), contact_id=kept.pk if kept else None, original=asked.original, simulated=simulated
    )
    return ServiceRequest.objects.create(
        platform=platform, number=next_number(platform, "request", clock.now()), source=asked.source, line=asked.line[:40],
        outside_number=asked.outside_number[:40], contact=kept, report_id=report.pk, text=asked.text, reply_due_at=asked.reply_due_at,
        received_at=report.received_at, simulated=simulated,
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


@dataclass(frozen=True, slots=True)
class Revealed:
    """Contact data in clear and what the citizen said, word for word; lives as long as the answer that shows it."""

    name: str
    phone: str
    address: str
    text: str


def reveal(acting: Acting, request_id: int, purpose: str, *, often: bool = False) -> Revealed:
    """查看联系方式: with a purpose, written to the audit trail in the same transaction (case-rules 24).

    More than thirty looks of a person in an hour are asked about (``reveal_often``); who says ``often`` goes on, on record, up to a
    limit that holds. Raises NotFound ``request_unknown``, NotAllowed ``reveal_not_allowed`` (on record too), Refusal
    ``request_without_contact`` or ``purpose_missing``, TooOften ``reveal_often`` and ``too_often``.
    """
    if not acting.may("reveal"):
        audit.note(acting, "reveal_refused", subject=f"request:{request_id}")
        raise NotAllowed("reveal_not_allowed", post=acting.post_name)
    found = ServiceRequest.objects.filter(pk=request_id, platform_id=acting.platform_id).first()
    if found is None:
        raise NotFound("request_unknown")
    if found.contact_id is None:
        raise Refusal("request_without_contact", status=409)
    if not purpose.strip():
        raise Refusal("purpose_missing", status=422, field="purpose")
    _count_look(acting, request_id, often)
    shown = personal.reveal(acting, found.contact_id, purpose)
    return Revealed(shown.name, shown.phone, shown.address, found.text)


def _count_look(acting: Acting, request_id: int, often: bool) -> None:
    limits.spend("reveal_asked.person", acting.user_id)
    limit = limits.limit_of("reveal.person")
    number, seconds = limits.count(limit.name, acting.user_id) if limit.most else (0, 0)
    if number <= limit.most:
        return
    if not often:
        raise limits.TooOften("reveal_often", field="often", most=limit.most, period=limits.period_words(limit.seconds), seconds=seconds)
    audit.note(acting, "reveal_often", subject=f"request:{request_id}", values={"times": number})


def link(case_id: int) -> int:
    """Join the requests whose report is linked to the case to it; doing it again changes nothing. Says how many are joined now."""
    requests = ServiceRequest.objects.filter(report__case_links__case_id=case_id).values_list("pk", flat=True).distinct()
    RequestCase.objects.bulk_create([RequestCase(request_id=number, case_id=case_id) for number in requests], ignore_conflicts=True)
    return RequestCase.objects.filter(case_id=case_id).count()


@transaction.atomic
def answer(request_id: int, reply: str, at: datetime) -> bool:
    """回复: what the citizen is told; the first answer stays. False when there was one already."""
    changed = ServiceRequest.objects.filter(pk=request_id, state="open").update(state="replied", reply=reply, replied_at=at)
    return changed == 1
