"""发核查, 核查, 结案 (HD-3.2.6, HD-3.2.6b)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import access, judging, words
from urbangrid.cases.actions import authorising, checks
from urbangrid.cases.actions.inputs import LABELS, CheckInputs, CloseInputs, InformedInputs, TaskInputs, check_length
from urbangrid.cases.actions.step import Step, begin, find, lock, moved_on
from urbangrid.cases.lifecycle import CHECK_ANSWERS, CHECK_MEANS, CLOSING_KINDS, REMOTE_MEANS, State, When
from urbangrid.cases.models import Case, ClosingAuthorisation
from urbangrid.cases.process import Move
from urbangrid.cases.records import Entry
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.sources import needs_reply
from urbangrid.core.errors import NotAllowed, Refusal
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
        raise Refusal("input_wrong", status=422, field="answer", label=_("结果"), value=inputs.answer[:20])
    if inputs.means not in CHECK_MEANS:
        raise Refusal("input_wrong", status=422, field="means", label=LABELS["means"], value=inputs.means[:20])
    used = checks.photos(acting, "check", inputs.files, "check", int(step.process.settings.get("check_photos", 1)))
    move = find(step, "check", when)
    step.case.check_answer, step.case.checked_at, step.case.check_means = inputs.answer, step.at, inputs.means
    position = {}
    if inputs.longitude is not None and inputs.latitude is not None:
        position = {"longitude": f"{inputs.longitude:.8f}", "latitude": f"{inputs.latitude:.8f}"}
    entry = Entry(
        "check", move.edge.source, move.edge.target, inputs={"answer": inputs.answer, "means": inputs.means, **position}, files=used,
        secret={"note": inputs.note}, reason=inputs.answer, device_at=inputs.device_at,
    )  # fmt: skip
    step.take(move, entry, work_note=f"{words.CHECK_ANSWERS[inputs.answer]} {inputs.note}".strip())
    return step.commit()


@whole
def check_remotely(acting: Acting, case_id: int, seq: int, inputs: CheckInputs) -> Case:
    """核查 by video or by an assessor, from a desk; an inspector who was sent for it is relieved (case-rules 19).

    Raises Refusal ``input_wrong``, ``remote_not_seen``, ``photos_missing``, ``photo_unknown``.
    """
    step = begin(acting, case_id, seq, "check_remotely")
    if inputs.means not in REMOTE_MEANS:
        raise Refusal("input_wrong", status=422, field="means", label=LABELS["means"], value=inputs.means[:20])
    if inputs.answer == "unreachable":
        raise Refusal("remote_not_seen", status=422, field="answer")
    if inputs.answer not in CHECK_ANSWERS:
        raise Refusal("input_wrong", status=422, field="answer", label=LABELS["answer"], value=inputs.answer[:20])
    check_length("note", inputs.note)
    used = checks.photos(acting, "check_remotely", inputs.files, "check", int(step.process.settings.get("check_photos", 1)))
    move = find(step, "check_remotely")
    step.case.check_answer, step.case.checked_at, step.case.check_means = inputs.answer, step.at, inputs.means
    entry = Entry(
        "check_remotely", move.edge.source, move.edge.target, inputs={"answer": inputs.answer, "means": inputs.means}, files=used,
        secret={"note": inputs.note}, reason=inputs.answer,
    )  # fmt: skip
    step.take(move, entry, work_note=f"{words.CHECK_ANSWERS[inputs.answer]} {inputs.note}".strip())
    return step.commit()


@whole
def close(acting: Acting, case_id: int, seq: int, inputs: CloseInputs) -> Case:
    """结案: only when the inspector's finding agrees; a public case needs the reply that the citizen gets (HD-3.2.6b).

    Who lacks the duty closes by a valid authorisation, which the record names (授权结案, case-rules 20).
    Raises Refusal ``check_disagrees``, ``reply_missing``, ``closing_kind_by_way``; NotAllowed ``not_authorised``.
    """
    step, move, authorisation = _closing(acting, case_id, seq)
    case = step.case
    if case.check_answer != "handled":
        raise Refusal("check_disagrees", status=409, answer=words.CHECK_ANSWERS.get(case.check_answer, ""))
    if needs_reply(case.platform_id, case.source) and not inputs.reply.strip():
        raise Refusal("reply_missing", status=422, field="reply")
    check_length("reply", inputs.reply)
    judged = _judged(step)
    kind = _kind(case, inputs.kind) if authorisation is None else "authorised"
    by = {"authorisation": str(authorisation.pk), "given_by": authorisation.given_by.user.name} if authorisation is not None else {}
    case.closing_kind, case.reply = kind, inputs.reply
    entry = Entry(
        "close", move.edge.source, move.edge.target, inputs={"kind": kind, "on_time": case.on_time, **by, **judged},
        secret={"reply": inputs.reply, "note": inputs.note},
    )  # fmt: skip
    step.take(move, entry)
    step.tell("reply", text=bool(inputs.reply))
    return step.commit()


def _closing(acting: Acting, case_id: int, seq: int) -> tuple[Step, Move, ClosingAuthorisation | None]:
    """The case under lock and the move, by duty or by authorisation."""
    step = lock(acting, case_id)
    if step.case.seq != seq:
        raise moved_on(step.case, acting.zone)
    move = step.process.find("close", State(step.case.state))
    if move is None or acting.may(move.duty):
        return step, find(step, "close"), None
    access.check_seen(acting, case_id)
    authorisation = authorising.valid_for(acting, step.case.category_id, step.at)
    if authorisation is None:
        name = catalog.category(step.case.category_id).name if step.case.category_id else ""
        raise NotAllowed("not_authorised", category=name)
    return step, move, authorisation


def _judged(step: Step) -> dict[str, str]:
    """The case has its end: judged now where closing decides, which the record says, or where its process judged so at the feedback."""
    step.case.closed_at, by_closing = step.at, judging.setting(step.process) == judging.CLOSING
    if by_closing or step.case.on_time is None:
        step.case.on_time = step.kept_unit_limit()
    return {"judged_by": judging.CLOSING} if by_closing else {}


def _kind(case: Case, asked: str) -> str:
    if asked and asked not in CLOSING_KINDS:
        raise Refusal("input_wrong", status=422, field="kind", label=LABELS["kind"], value=asked[:20])
    if asked in ("informed", "authorised"):
        raise Refusal("closing_kind_by_way", status=422, field="kind", kind=words.CLOSING_KINDS[asked])
    return asked or ("normal" if case.on_time is not False else "overdue")


@whole
def close_informed(acting: Acting, case_id: int, seq: int, inputs: InformedInputs) -> Case:
    """告知结案: a consultation needs no check; the citizen is told instead. For categories that the platform marks so (case-rules 20).

    Raises NotAllowed ``close_not_informed``; Refusal ``reply_missing``.
    """
    step = begin(acting, case_id, seq, "close_informed")
    case = step.case
    if case.category_id is None or not catalog.allows(case.platform_id, case.category_id, "close_informed"):
        name = catalog.category(case.category_id).name if case.category_id else ""
        raise NotAllowed("close_not_informed", category=name)
    if not inputs.reply.strip():
        raise Refusal("reply_missing", status=422, field="reply")
    check_length("reply", inputs.reply)
    move = find(step, "close_informed")
    judged = _judged(step)
    case.closing_kind, case.reply = "informed", inputs.reply
    entry = Entry(
        "close_informed", move.edge.source, move.edge.target, inputs={"kind": "informed", "on_time": case.on_time, **judged},
        secret={"reply": inputs.reply, "note": inputs.note},
    )  # fmt: skip
    step.take(move, entry)
    step.tell("reply", text=True)
    return step.commit()
