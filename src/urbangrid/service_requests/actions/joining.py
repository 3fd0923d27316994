"""挂接: requests and cases of the same matter are joined, N:M (case-rules 5, 9)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import access
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReportInputs, check_length
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import step
from urbangrid.service_requests.models import RequestCase, RequestRecord, ServiceRequest


def link(case_id: int) -> int:
    """Join the requests whose report is linked to the case to it; doing it again changes nothing. Says how many are joined now.

    One that somebody took off the case stays off.
    """
    left = RequestRecord.objects.filter(request=OuterRef("pk"), action="leave_case", values__case=str(case_id))
    rows = ServiceRequest.objects.filter(~Exists(left), report__case_links__case_id=case_id)
    requests = rows.values_list("pk", flat=True).distinct()
    RequestCase.objects.bulk_create([RequestCase(request_id=number, case_id=case_id) for number in requests], ignore_conflicts=True)
    return RequestCase.objects.filter(case_id=case_id).count()


def unlink(case_id: int, other_id: int) -> None:
    """拆回: the requests of the other case's reports are its own again, unless one of their reports is linked here too."""
    kept = ServiceRequest.objects.filter(report__case_links__case_id=case_id).values("pk")
    gone = RequestCase.objects.filter(case_id=case_id, request__report__case_links__case_id=other_id).exclude(request_id__in=kept)
    RequestCase.objects.filter(pk__in=gone.values("pk")).delete()


@whole
def join_case(acting: Acting, request_id: int, seq: int, case_ref: str) -> ServiceRequest:
    """Join a request to a case by its number; she gets the case's reply.

    Raises NotFound ``case_unknown``, Refusal ``case_joined`` or ``confidential_mixed``.
    """
    taken = step.begin(acting, request_id, seq, "join_case")
    case_id = access.case_id_of(acting, case_ref.strip())
    if access.is_confidential(case_id) != taken.request.confidential:
        raise Refusal("confidential_mixed", status=409, field="case")
    if RequestCase.objects.filter(request=taken.request, case_id=case_id).exists():
        raise Refusal("case_joined", status=409, field="case")
    RequestCase.objects.create(request=taken.request, case_id=case_id)
    return taken.take("join_case", case=str(case_id), number=case_ref.strip()[:20])


@whole
def leave_case(acting: Acting, request_id: int, seq: int, case_id: int, note: str) -> ServiceRequest:
    """解除挂接 of a case that is another matter after all, with the reason in words. Raises NotFound ``case_unknown``."""
    taken = step.begin(acting, request_id, seq, "leave_case")
    if not note.strip():
        raise Refusal("input_missing", status=422, field="note", label=_("说明"))
    check_length("note", note)
    done, _rows = RequestCase.objects.filter(request=taken.request, case_id=case_id).delete()
    if not done:
        raise NotFound("case_unknown")
    return taken.take("leave_case", note, case=str(case_id))


@dataclass(frozen=True, slots=True)
class NewCase:
    """What the case is about; what is left out stays as registered. Degrees are EPSG:4490."""

    category_id: int | None = None
    description: str = ""
    place_text: str = ""
    longitude: float | None = None
    latitude: float | None = None
    urgent: bool = False


@whole
def open_case(acting: Acting, request_id: int, seq: int, asked: NewCase) -> ServiceRequest:
    """A new case of a request: one request may have several. A confidential one's case is for its named handlers.

    Raises NotAllowed ``duty_missing`` (受理), Refusal of the report (``place_missing``, ``category_unknown``).
    """
    taken = step.begin(acting, request_id, seq, "open_case")
    request = taken.request
    inputs = ReportInputs(
        source=request.source, client_id=f"request-{request.pk}-{request.seq}", category_id=asked.category_id or request.category_id,
        description=taken.own_words(asked.description or request.text), urgent=asked.urgent, longitude=asked.longitude,
        latitude=asked.latitude, place_text=taken.own_words(asked.place_text or request.place_text),
    )  # fmt: skip
    report = intake.report(
        acting, inputs, contact_id=request.contact_id, simulated=request.simulated, confidential=request.confidential
    )
    entrusted = None
    if request.confidential:
        handlers = request.handlers.order_by("pk").values_list("appointment_id", flat=True)
        entrusted = intake.Entrusted(request.concerned_unit_id, tuple(handlers))
    case = intake.accept(acting, report.pk, entrusted=entrusted)
    RequestCase.objects.create(request=request, case_id=case.pk)
    return taken.take("open_case", case=str(case.pk))


@whole
def note(acting: Acting, request_id: int, seq: int, text: str) -> ServiceRequest:
    """记事: what was learnt, said or agreed, for whoever handles it next."""
    taken = step.begin(acting, request_id, seq, "note")
    if not text.strip():
        raise Refusal("input_missing", status=422, field="note", label=_("说明"))
    check_length("note", text)
    return taken.take("note", text)
