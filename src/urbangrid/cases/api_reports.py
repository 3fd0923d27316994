"""JSON interface of reports: send, list, look, accept, refuse."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils.translation import gettext_noop as N_
from ninja import Router, Status
from pydantic import Field

from urbangrid.cases import access, reports, words
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReasonInputs, ReportInputs
from urbangrid.cases.api import Key
from urbangrid.cases.api_action_schemas import DoneOut
from urbangrid.cases.api_report_schemas import AcceptIn, ReasonIn, ReportIn, ReportOut, ReportRowOut
from urbangrid.cases.api_schemas import Id, LightOut, acting_of, faults, place_of
from urbangrid.core import limits
from urbangrid.core.errors import NotFound
from urbangrid.core.idempotency import once
from urbangrid.organizations.acting import Acting

router = Router(tags=[N_("上报")])


@router.post("/reports", response={201: ReportOut, **faults(403, 404, 409, 422, 429)}, summary=N_("上报"))
def send_report(request: HttpRequest, body: ReportIn, idempotency_key: Key = "") -> Status[ReportOut]:
    """Send a report. Without ``Idempotency-Key`` the ``client_id`` takes its place, so that a double tap is one report.

    A point in no area is kept and marked ``outside``. Requests of citizens with contact data go to ``POST /requests``.
    """
    acting = acting_of(request)
    inputs = ReportInputs(**{**body.model_dump(), "files": tuple(body.files)})

    def act() -> dict[str, Any]:
        return {"report": str(intake.report(acting, inputs).pk)}

    limits.spend("report.person", acting.user_id)
    key = idempotency_key or f"report:{body.client_id}"
    done = once(actor_id=acting.user_id, key=key, body={"report": body.model_dump_json()}, act=act)
    return Status(201, _report_out(acting, int(done["report"])))


@router.get("/reports", response={200: list[ReportRowOut], **faults(422)}, summary=N_("上报列表"))
def list_reports(
    request: HttpRequest, state: Annotated[str, Field(pattern="^(waiting|accepted|refused|linked)?$")] = "",
    skip: Annotated[int, Field(ge=0, le=10_000)] = 0, most: Annotated[int, Field(ge=1, le=200)] = 50,
) -> list[reports.ReportRow]:  # fmt: skip
    """Reports that the acting post may see, newest first: an inspector her own, the centre all."""
    return reports.listed(acting_of(request), state=state, skip=skip, most=most)


@router.get("/reports/{report_id}", response={200: ReportOut, **faults(404)}, summary=N_("一条上报"))
def one_report(request: HttpRequest, report_id: Id) -> ReportOut:
    """A report by id."""
    return _report_out(acting_of(request), report_id)


@router.post("/reports/{report_id}/accept", response={201: DoneOut, **faults(403, 404, 409, 422)}, summary=N_("受理"))
def accept_report(request: HttpRequest, report_id: Id, body: AcceptIn, idempotency_key: Key = "") -> Status[dict[str, Any]]:
    """Accept a report as a case; ``then`` goes on at once in the same transaction."""
    acting = acting_of(request)
    _readable(acting, report_id)

    def act() -> dict[str, Any]:
        case = intake.accept(acting, report_id, body.then, body.data)
        return {
            "case_id": str(case.pk), "number": case.number or "", "seq": case.seq, "state": str(case.state),
            "state_word": str(words.STATES[case.state]),
        }  # fmt: skip

    asked = {"accept": str(report_id), "body": body.model_dump_json()}
    return Status(201, once(actor_id=acting.user_id, key=idempotency_key, body=asked, act=act))


@router.post("/reports/{report_id}/refuse", response={200: ReportOut, **faults(403, 404, 409, 422)}, summary=N_("不予受理"))
def refuse_report(request: HttpRequest, report_id: Id, body: ReasonIn, idempotency_key: Key = "") -> ReportOut:
    """Refuse a report with a reason of the list ``refuse_report``."""
    acting = acting_of(request)
    _readable(acting, report_id)

    def act() -> dict[str, Any]:
        return {"report": str(intake.refuse_report(acting, report_id, ReasonInputs(body.reason, body.note)).pk)}

    asked = {"refuse": str(report_id), "body": body.model_dump_json()}
    once(actor_id=acting.user_id, key=idempotency_key, body=asked, act=act)
    return _report_out(acting, report_id)


def _readable(acting: Acting, report_id: int) -> None:
    """A report that may not be seen looks like one that is not there. Raises NotFound ``report_unknown``."""
    if not access.reports_visible_to(acting).filter(pk=report_id).exists():
        raise NotFound("report_unknown")


def _report_out(acting: Acting, report_id: int) -> ReportOut:
    view = reports.view(acting, report_id)
    report = view.report
    return ReportOut(
        report_id=report.pk, number=report.number, state=report.state, state_word=str(words.REPORT_STATES[report.state]), title=view.title,
        path=view.path, source=view.source, reporter=report.reporter_name, description=report.description, urgent=report.urgent,
        place=place_of(report), device_distance_m=view.device_distance_m, received_at=report.received_at,
        light=LightOut.from_orm(view.light), photo_ids=view.photo_ids, item_id=view.item_id, claimed_by=view.claimed_by,
        has_contact=view.has_contact,
    )  # fmt: skip
