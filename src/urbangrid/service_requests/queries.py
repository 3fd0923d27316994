"""Requests as the centre reads them; for everybody else there are none (case-rules 24). A name or number never stands here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from urbangrid.audit import personal
from urbangrid.cases import access, numbers
from urbangrid.cases.words import SOURCES, STATES
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import NotFound
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import messages
from urbangrid.service_requests.confidential import cleaned
from urbangrid.service_requests.models import ServiceRequest

CENTRE_UNITS = ("joint_centre", "supervision")
LAST_CALLS = 5


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case of a request."""

    case_id: int
    number: str
    state: str
    state_word: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request without contact data; ``has_contact``: some exist and are shown with a purpose (``actions.reveal``).

    ``text`` is what was said without names and numbers, as the report has it; the words themselves come with the contact data.
    """

    request_id: int
    number: str
    source: str
    line: str
    outside_number: str
    title: str
    text: str
    place: str
    state: str
    state_word: str
    reply: str
    replied_at: datetime | None
    reply_due_at: datetime | None
    received_at: datetime
    has_contact: bool
    report_id: int | None
    report_number: str
    cases: tuple[LinkedCase, ...]


def may_read(acting: Acting) -> bool:
    """The supervision side alone: seat agents and duty directors, and who reads everything there."""
    return acting.may("reveal") or (acting.may("read_all") and acting.unit_kind in CENTRE_UNITS)


def readable(acting: Acting) -> QuerySet[ServiceRequest]:
    """Requests that the acting post may read: all of its platform, or none."""
    requests = ServiceRequest.objects.filter(platform_id=acting.platform_id)
    return requests if may_read(acting) else requests.none()


def one(acting: Acting, request_id: int) -> RequestRow:
    """A readable request. Raises NotFound ``request_unknown``."""
    found = _rows(readable(acting).filter(pk=request_id))
    if not found:
        raise NotFound("request_unknown")
    return found[0]


def listed(acting: Acting, *, state: str = "", number: str = "", skip: int = 0, most: int = 50) -> list[RequestRow]:
    """Readable requests, newest first; ``number`` is ours, the report's or the outside one. Two statements."""
    rows = readable(acting)
    if state:
        rows = rows.filter(state=state)
    if number:
        rows = rows.filter(Q(number=number) | Q(outside_number=number) | Q(report__number=number))
    return _rows(rows.order_by("-id")[skip : skip + most])


def requests_of_case(acting: Acting, case_id: int) -> list[RequestRow]:
    """The citizen's side of a case, for the centre; empty for everybody else. Raises NotFound ``case_unknown``."""
    if not may_read(acting):
        return []
    if not access.visible_to(acting).filter(pk=case_id).exists():
        raise NotFound("case_unknown")
    mine = Q(case_links__case_id=case_id) | Q(report__case_links__case_id=case_id)  # the second: joined within half a second
    return _rows(readable(acting).filter(mine).order_by("id").distinct())


def last_requests_of_phone(acting: Acting, phone: str, most: int = LAST_CALLS) -> list[RequestRow]:
    """What this number asked for before, newest first, with the open cases (desks.md S1). The number is looked up by its digest."""
    digest = personal.digest(phone)
    if not digest:
        return []
    rows = readable(acting).filter(contact__phone_digest=digest, contact__erased_at=None)
    return _rows(rows.order_by("-id")[:most])


def _rows(requests: QuerySet[ServiceRequest]) -> list[RequestRow]:
    found = requests.select_related("report").defer("report__original").prefetch_related("case_links__case")
    return [_row(request) for request in found]


def _row(request: ServiceRequest) -> RequestRow:
    report = request.report
    cases = [link.case for link in request.case_links.all()]
    title = catalog.category(report.category_id).path if report is not None and report.category_id else ""
    return RequestRow(
        request_id=request.pk, number=request.number, source=str(SOURCES.get(request.source, request.source)), line=request.line,
        outside_number=request.outside_number, title=title,
        text=report.description if report is not None else cleaned(request.text), place=report.place_text if report is not None else "",
        state=request.state, state_word=str(messages.STATES[request.state]), reply=request.reply, replied_at=request.replied_at,
        reply_due_at=request.reply_due_at, received_at=request.received_at, has_contact=request.contact_id is not None,
        report_id=request.report_id, report_number=report.number if report is not None else "",
        cases=tuple(LinkedCase(case.pk, case.number or "", case.state, str(STATES[case.state])) for case in cases),
    )  # fmt: skip


def subjects_of(platform_id: int, number: str) -> list[str]:
    """What the audit trail calls the things behind a case number or a request's number: the case, its requests, their contact data."""
    case_id = numbers.case_of(platform_id, number)
    mine = Q(number=number)
    if case_id is not None:
        mine |= Q(case_links__case_id=case_id) | Q(report__case_links__case_id=case_id)
    found = ServiceRequest.objects.filter(mine, platform_id=platform_id).values_list("pk", "contact_id").distinct()
    kinds = [("case", case_id), *(("request", request) for request, _ in found), *(("contact", contact) for _, contact in found)]
    return [f"{kind}:{row}" for kind, row in kinds if row is not None]


def open_of(rows: Sequence[RequestRow]) -> list[RequestRow]:
    """Those still waiting for their answer."""
    return [row for row in rows if row.state == "open"]
