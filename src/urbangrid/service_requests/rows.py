"""A request as lists and pages show it: no name or number of a citizen ever stands in a row (case-rules 24)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from urbangrid.cases.rows import Light
from urbangrid.cases.words import STATES
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core import clock
from urbangrid.core.confidential import cleaned
from urbangrid.organizations import names
from urbangrid.service_requests import clocks, messages, rules
from urbangrid.service_requests.models import RequestCase, ServiceRequest


@dataclass(frozen=True, slots=True)
class LinkedCase:
    """A case of a request; ``unit``: who has it, empty before dispatch."""

    case_id: int
    number: str
    state: str
    state_word: str
    unit: str = ""
    open: bool = True


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request without contact data; ``has_contact``: some exist and are shown with a purpose (``actions.reveal``).

    ``text`` is what was said without names and numbers, as the report has it; the words themselves come with the contact data.
    ``owner``: who has it now, in words.
    """

    request_id: int
    seq: int
    number: str
    kind: str
    kind_word: str
    source: str
    source_code: str
    line: str
    outside_number: str
    title: str
    text: str
    place: str
    state: str
    state_word: str
    owner: str
    light: Light
    rounds: int
    reply: str
    replied_at: datetime | None
    reply_channel: str
    reply_due_at: datetime | None
    reply_on_time: bool | None
    return_until: datetime | None
    satisfied: bool | None
    calls: int
    closing_kind: str
    received_at: datetime
    has_contact: bool
    confidential: bool
    imported: bool
    category_id: int | None
    report_id: int | None
    report_number: str
    cases: tuple[LinkedCase, ...]


def rows_of(requests: QuerySet[ServiceRequest]) -> list[RequestRow]:
    """In the order of ``requests``, with their cases: two statements."""
    links = RequestCase.objects.select_related("case__handler_unit").only(
        "request_id", "case__number", "case__state", "case__closed_at", "case__confidential", "case__handler_unit__short_name"
    )
    found = (
        requests.select_related("report", "unit").only(*_SHOWN).prefetch_related(Prefetch("case_links", links.order_by("id")))
    )  # fmt: skip
    now = clock.now()
    return [row_of(request, tuple(link.case for link in request.case_links.all()), now) for request in found]


_SHOWN = (
    "platform_id", "seq", "number", "kind", "source", "line", "outside_number", "category_id", "place_text", "text", "state", "rounds",
    "confidential", "reply", "replied_at", "reply_channel", "reply_due_at", "reply_warn_at", "reply_on_time", "return_until", "satisfied",
    "calls", "closing_kind", "received_at", "contact_id", "imported", "report__number", "report__category_id", "report__description",
    "report__place_text", "unit__short_name",
)  # fmt: skip


def row_of(request: ServiceRequest, cases: Sequence[Any], now: datetime) -> RequestRow:
    """As it stands, with these of its cases."""
    report = request.report
    category_id = report.category_id if report is not None and report.category_id else request.category_id
    linked = tuple(
        LinkedCase(
            case.pk, case.number or "", case.state, str(STATES[case.state]), case.handler_unit.short_name if case.handler_unit else "",
            case.closed_at is None,
        ) for case in cases
    )  # fmt: skip
    holders = list(dict.fromkeys(case.unit for case in linked if case.open and case.unit))
    owner = _("、").join(holders) or (request.unit.short_name if request.unit else names.centre(request.platform_id))
    return RequestRow(
        request_id=request.pk, seq=request.seq, number=request.number, kind=request.kind, kind_word=str(messages.KINDS[request.kind]),
        source=sources.source_word(request.platform_id, request.source), source_code=request.source, line=request.line,
        outside_number=request.outside_number, title=catalog.category(category_id).path if category_id else "",
        text=report.description if report is not None else cleaned(request.text),
        place=report.place_text if report is not None else request.place_text, state=request.state,
        state_word=str(messages.STATES[request.state]), owner="" if request.state in rules.ENDED else owner,
        light=clocks.light(request, now), rounds=request.rounds, reply=request.reply, replied_at=request.replied_at,
        reply_channel=str(messages.CHANNELS.get(request.reply_channel, "")), reply_due_at=request.reply_due_at,
        reply_on_time=request.reply_on_time, return_until=request.return_until, satisfied=request.satisfied, calls=request.calls,
        closing_kind=str(messages.CLOSING_KINDS.get(request.closing_kind, "")), received_at=request.received_at,
        has_contact=request.contact_id is not None, confidential=request.confidential, imported=request.imported, category_id=category_id,
        report_id=request.report_id, report_number=report.number if report is not None else "", cases=linked,
    )  # fmt: skip
