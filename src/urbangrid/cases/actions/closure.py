"""发核查, 核查, 结案 (HD-3.2.6, HD-3.2.6b)."""

from __future__ import annotations

from urbangrid.cases import words
from urbangrid.cases.actions import checks
from urbangrid.cases.actions.inputs import LABELS, CheckInputs, CloseInputs, TaskInputs, check_length
from urbangrid.cases.actions.step import begin, find
from urbangrid.cases.lifecycle import CHECK_ANSWERS, CLOSING_KINDS, When
from urbangrid.cases.models import Case
from urbangrid.cases.records import Entry
from urbangrid.catalog.sources import needs_reply
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting


@whole
def send_check(acting: Acting, case_id: int, seq: int, inputs: TaskInputs) -> Case:
    """发核查: a task for an inspector of the area, not the reporter where the roster allows (case-rules 19)."""
    step = begin(acting, case_id, seq, "send_check")
    move = find(step, "send_check")
    entry = Entry("send_check", move.edge.source, move.edge.target, secret={"note": inputs.note})
    step.take(move, entry, work_note=inputs.note, person=inputs.person)
    return step.commit()


@whole
def check(acting: Acting, case_id: int, seq: int, inputs: CheckInputs) -> Case:
    """The answer from the site, with photos (settable, at least one); "unreachable" is sent again and is no rework."""
    when = When.NOT_REACHED if inputs.answer == "unreachable" else When.REACHED
    step = begin(acting, case_id, seq, "check", when)
    if inputs.answer not in CHECK_ANSWERS:
        raise Refusal("input_wrong", status=422, field="answer", label="结果", value=inputs.answer[:20])
    used = checks.photos(acting, "check", inputs.files, "check", int(step.process.settings.get("check_photos", 1)))
    move = find(step, "check", when)
    step.case.check_answer, step.case.checked_at = inputs.answer, step.at
    position = {}
    if inputs.longitude is not None and inputs.latitude is not None:
        position = {"longitude": f"{inputs.longitude:.8f}", "latitude": f"{inputs.latitude:.8f}"}
    entry = Entry(
        "check", move.edge.source, move.edge.target, inputs={"answer": inputs.answer, **position}, files=used,
        secret={"note": inputs.note}, reason=inputs.answer, device_at=inputs.device_at,
    )  # fmt: skip
    step.take(move, entry, work_note=f"{words.CHECK_ANSWERS[inputs.answer]} {inputs.note}".strip())
    return step.commit()


@whole
def close(acting: Acting, case_id: int, seq: int, inputs: CloseInputs) -> Case:
    """结案: only when the inspector's finding agrees; a public case needs the reply that the citizen gets (HD-3.2.6b).

    Raises Refusal ``check_disagrees``, ``reply_missing``.
    """
    step = begin(acting, case_id, seq, "close")
    case = step.case
    if case.check_answer != "handled":
        raise Refusal("check_disagrees", status=409, answer=words.CHECK_ANSWERS.get(case.check_answer, ""))
    if needs_reply(case.platform_id, case.source) and not inputs.reply.strip():
        raise Refusal("reply_missing", status=422, field="reply")
    check_length("reply", inputs.reply)
    if inputs.kind and inputs.kind not in CLOSING_KINDS:
        raise Refusal("input_wrong", status=422, field="kind", label=LABELS["kind"], value=inputs.kind[:20])
    kind = inputs.kind or ("normal" if case.on_time is not False else "overdue")
    move = find(step, "close")
    case.closing_kind, case.reply, case.closed_at = kind, inputs.reply, step.at
    entry = Entry(
        "close", move.edge.source, move.edge.target, inputs={"kind": kind, "on_time": case.on_time},
        secret={"reply": inputs.reply, "note": inputs.note},
    )  # fmt: skip
    step.take(move, entry)
    step.tell("reply", text=bool(inputs.reply))
    return step.commit()
