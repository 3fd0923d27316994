"""核实 before filing: the inspector of the place looks whether what was reported is there (HD-3.2.1-2)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import places, words
from urbangrid.cases.actions import checks
from urbangrid.cases.actions.inputs import TaskInputs, VerifyInputs
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.lifecycle import VERIFY_ANSWERS
from urbangrid.cases.models import Case, CaseReport, Report, ReportFile
from urbangrid.cases.numbers import next_number
from urbangrid.cases.records import Entry, UsedFile
from urbangrid.core.errors import Refusal
from urbangrid.core.geometry import point
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting


@whole
def send_verification(acting: Acting, case_id: int, seq: int, inputs: TaskInputs) -> Case:
    """发核实: a task for the inspector on duty at the place."""
    step = begin(acting, case_id, seq, "send_verification")
    apply_send(step, inputs)
    return step.commit()


def apply_send(step: Step, inputs: TaskInputs) -> None:
    move = find(step, "send_verification")
    entry = Entry(move.edge.action, move.edge.source, move.edge.target, secret={"note": inputs.note})
    step.take(move, entry, work_note=inputs.note, person=inputs.person)


@whole
def verify(acting: Acting, case_id: int, seq: int, inputs: VerifyInputs) -> Case:
    """The answer from the site. "True" needs photos and becomes the inspector's own report, linked; the source stays public.

    Raises Refusal ``input_wrong`` or ``photos_missing``.
    """
    step = begin(acting, case_id, seq, "verify")
    if inputs.answer not in VERIFY_ANSWERS:
        raise Refusal("input_wrong", status=422, field="answer", label=_("结果"), value=inputs.answer[:20])
    at_least = int(step.process.settings.get("verify_photos", 1)) if inputs.answer == "true" else 0
    used = checks.photos(acting, "verify", inputs.files, "before", at_least)
    move = find(step, "verify")
    if inputs.answer == "true":
        _own_report(step, inputs, used)
    entry = Entry(
        "verify", move.edge.source, move.edge.target, inputs={"answer": inputs.answer, **_position(inputs)},
        secret={"note": inputs.note}, files=used, reason=inputs.answer, device_at=inputs.device_at,
    )  # fmt: skip
    note = f"{words.VERIFY_ANSWERS[inputs.answer]} {inputs.note}".strip()
    step.take(move, entry, work_note=note)
    return step.commit()


def _own_report(step: Step, inputs: VerifyInputs, used: tuple[UsedFile, ...]) -> None:
    """The inspector's linked report: her photos and position, the case's category."""
    acting, case = step.acting, step.case
    platform = platform_of(case.platform_id)
    row = Report(
        platform=platform, number=next_number(platform, "report", step.at), source="inspector", source_class="inspector",
        client_id=f"verify-{case.pk}-{case.seq}", category_id=case.category_id, description=inputs.note, urgent=case.urgent,
        reporter_appointment_id=acting.appointment_id, reporter_name=acting.user_name, state="linked", received_at=step.at,
        device_at=inputs.device_at, simulated=case.simulated,
    )  # fmt: skip
    places.copy(case, row)
    if inputs.longitude is not None and inputs.latitude is not None:
        row.reported_point = point(inputs.longitude, inputs.latitude)
    step.batch.insert(
        row,
        CaseReport(case=case, report=row, role="verification"),
        *(ReportFile(report=row, file_id=one.file_id, position=i) for i, one in enumerate(used)),
    )


def _position(inputs: VerifyInputs) -> dict[str, str]:
    if inputs.longitude is None or inputs.latitude is None:
        return {}
    return {"longitude": f"{inputs.longitude:.8f}", "latitude": f"{inputs.latitude:.8f}"}
