"""保密: matters about conduct or about a unit, and who handles them by name (case-rules 24)."""

from __future__ import annotations

from urbangrid.audit import actions as audit
from urbangrid.cases.access import CONFIDENTIAL_DUTY
from urbangrid.cases.actions import intake, naming
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests import messages, step
from urbangrid.service_requests.models import RequestHandler, ServiceRequest


@whole
def make_confidential(acting: Acting, request_id: int, seq: int, concerned_unit_id: int | None) -> ServiceRequest:
    """转保密: its report leaves the desk, from now on the director and named handlers alone see it; also who did this sees it no more.

    Raises MovedOn ``report_done`` when the report was accepted meanwhile, Refusal ``request_has_case``, ``unit_missing``.
    """
    taken = step.begin(acting, request_id, seq, "make_confidential")
    request = taken.request
    if request.confidential:
        raise MovedOn("confidential_already")
    if request.case_links.exists():
        raise Refusal("request_has_case", status=409)
    if concerned_unit_id is not None and organizations.find_unit(acting.platform_id, concerned_unit_id) is None:
        raise Refusal("unit_missing", status=422, field="concerned_unit_id")
    if request.report is not None and request.report.state == "waiting":
        intake.withhold(acting, request.report.pk, confidential=True)
    elif request.report is not None:
        raise Refusal("request_has_case", status=409)
    request.confidential, request.concerned_unit_id = True, concerned_unit_id
    audit.note(acting, "confidential_made", subject=f"request:{request_id}")
    return taken.take("make_confidential")


@whole
def name_handler(acting: Acting, request_id: int, seq: int, appointment_id: int) -> ServiceRequest:
    """指定承办人, by the director; of its open cases too. Raises NotAllowed ``duty_missing``, NotFound ``person_unknown``, Refusal
    ``handler_of_concerned_unit``."""
    taken = step.begin(acting, request_id, seq, "name_handler")
    request = taken.request
    _check_director(acting, request, "name_handler")
    person = organizations.appointment_of(acting.platform_id, appointment_id)
    if person is None:
        raise NotFound("person_unknown")
    if person.unit_id == request.concerned_unit_id:
        raise Refusal("handler_of_concerned_unit", status=422, field="appointment_id", name=person.name)
    RequestHandler.objects.get_or_create(request=request, appointment_id=appointment_id)
    for case_id in request.case_links.values_list("case_id", flat=True):
        naming.entrust(acting, case_id, appointment_id)
    audit.note(acting, "handler_named", subject=f"request:{request_id}", values={"appointment": appointment_id})
    return taken.take("name_handler", name=person.name, appointment=str(appointment_id))


@whole
def dismiss_handler(acting: Acting, request_id: int, seq: int, appointment_id: int) -> ServiceRequest:
    """取消指定. Raises Refusal ``handler_has_work`` while she has open work on one of its cases, NotFound ``person_unknown``."""
    taken = step.begin(acting, request_id, seq, "dismiss_handler")
    request = taken.request
    _check_director(acting, request, "dismiss_handler")
    done, _ = RequestHandler.objects.filter(request=request, appointment_id=appointment_id).delete()
    if not done:
        raise NotFound("person_unknown")
    for case_id in request.case_links.values_list("case_id", flat=True):
        naming.dismiss(case_id, appointment_id)
    audit.note(acting, "handler_dismissed", subject=f"request:{request_id}", values={"appointment": appointment_id})
    return taken.take("dismiss_handler", appointment=str(appointment_id))


def _check_director(acting: Acting, request: ServiceRequest, action: str) -> None:
    if not request.confidential or not acting.may(CONFIDENTIAL_DUTY):
        raise NotAllowed("duty_missing", post=acting.post_name, action=messages.ACTIONS[action])
