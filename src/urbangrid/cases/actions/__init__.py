"""All writing on cases. ``perform`` is the one door for pages and API: action name, case, seq and plain data in, the case out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from urbangrid.cases.actions import (
    assignment,
    calling,
    closure,
    correction,
    dispatch,
    disposal,
    fences,
    filing,
    granting,
    granting_time,
    inputs,
    joint,
    labels,
    merging,
    ordering,
    plain,
    remarks,
    requesting,
    splitting,
    verification,
)
from urbangrid.cases.models import Case
from urbangrid.core import metrics
from urbangrid.core.errors import Refusal
from urbangrid.core.idempotency import once
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class Action:
    """An action with the shape of its inputs."""

    inputs: type[Any]
    run: Callable[[Acting, int, int, Any], Case]


ACTIONS: Mapping[str, Action] = {
    "send_verification": Action(inputs.TaskInputs, verification.send_verification),
    "verify": Action(inputs.VerifyInputs, verification.verify),
    "file": Action(inputs.FilingInputs, filing.file),
    "call_first": Action(calling.CallInputs, calling.call_first),
    "propose_filing": Action(inputs.FilingInputs, filing.propose_filing),
    "return_proposal": Action(inputs.NoteInputs, plain.noted("return_proposal")),
    "refuse_filing": Action(inputs.ReasonInputs, filing.refuse_filing),
    "sign": Action(inputs.NoteInputs, plain.noted("sign")),
    "return_unsigned": Action(inputs.ReasonInputs, plain.reasoned("return_unsigned")),
    "hand_on": Action(inputs.NoteInputs, plain.noted("hand_on")),
    "dispatch": Action(inputs.DispatchInputs, dispatch.dispatch),
    "redispatch": Action(inputs.DispatchInputs, dispatch.redispatch),
    "recall": Action(inputs.ReasonInputs, dispatch.recall),
    "return_up": Action(inputs.ReasonInputs, dispatch.return_up),
    "return_to_filing": Action(inputs.ReasonInputs, plain.reasoned("return_to_filing")),
    "receive": Action(inputs.NoteInputs, plain.noted("receive")),
    "assign_down": Action(inputs.AssignInputs, assignment.assign_down),
    "unassign": Action(inputs.ReasonInputs, assignment.unassign),
    "crew_feedback": Action(inputs.FeedbackInputs, assignment.crew_feedback),
    "hand_back": Action(inputs.ReasonInputs, assignment.hand_back),
    "feedback": Action(inputs.FeedbackInputs, disposal.feedback),
    "review": Action(inputs.NoteInputs, plain.noted("review")),
    "rework": Action(inputs.ReasonInputs, disposal.rework),
    "release": Action(inputs.NoteInputs, plain.noted("release")),
    "return_release": Action(inputs.NoteInputs, plain.noted("return_release")),
    "enter_city_answer": Action(inputs.CityInputs, disposal.enter_city_answer),
    "return_to_city": Action(inputs.ReasonInputs, disposal.return_to_city),
    "send_check": Action(inputs.TaskInputs, closure.send_check),
    "check": Action(inputs.CheckInputs, closure.check),
    "check_remotely": Action(inputs.CheckInputs, closure.check_remotely),
    "close": Action(inputs.CloseInputs, closure.close),
    "archive": Action(inputs.NoteInputs, plain.noted("archive")),
    "correct": Action(inputs.CorrectInputs, correction.correct),
    "void": Action(inputs.ReasonInputs, correction.void),
    "withdraw": Action(inputs.ReasonInputs, correction.withdraw),
    **{f"ask_{kind}": Action(inputs.AskInputs, requesting.ask(kind)) for kind in granting.HANDLERS},
    "remind": Action(inputs.OrderInputs, ordering.send("reminder")),
    "order": Action(inputs.OrderInputs, ordering.send("order")),
    "instruct": Action(inputs.OrderInputs, ordering.send("instruction")),
    "pass_on": Action(inputs.OrderInputs, ordering.pass_on),
    "answer_order": Action(inputs.AnswerInputs, ordering.answer),
    "accept_answer": Action(inputs.DecideInputs, ordering.accept_answer),
    "return_answer": Action(inputs.DecideInputs, ordering.return_answer),
    "add_assist": Action(inputs.AssistInputs, joint.add_assist),
    "assist_answer": Action(inputs.FeedbackInputs, joint.assist_answer),
    "drop_assist": Action(inputs.ReasonInputs, joint.drop_assist),
    "coordinate": Action(inputs.CoordinateInputs, joint.coordinate),
    "wake": Action(inputs.ReasonInputs, granting_time.wake),
    "recheck": Action(inputs.FileInputs, granting_time.recheck),
    "agree": Action(inputs.DecideInputs, requesting.agree),
    "disagree": Action(inputs.DecideInputs, requesting.disagree),
    "take_back": Action(inputs.DecideInputs, requesting.take_back),
    "comment": Action(inputs.CommentInputs, remarks.comment),
    "contact": Action(inputs.ContactInputs, remarks.contact),
    "join_report": Action(inputs.JoinInputs, merging.join_report),
    "merge": Action(inputs.MergeInputs, merging.merge),
    "unmerge": Action(inputs.ReasonInputs, merging.unmerge),
    "split": Action(inputs.SplitInputs, splitting.split),
    "relate": Action(inputs.RelateInputs, splitting.relate),
    "unrelate": Action(inputs.RelateInputs, splitting.unrelate),
    "fence": Action(inputs.FenceInputs, fences.fence),
    "close_informed": Action(inputs.InformedInputs, closure.close_informed),
}


def perform(acting: Acting, case_id: int, action: str, seq: int, data: Mapping[str, Any], *, key: str = "") -> Case:
    """Do ``action`` on a case as it stood at ``seq``. The same key and body again does nothing twice.

    Raises Refusal (422 input at fault, 409 moved on, 403 no right, 404 not to be seen); nothing is changed then.
    """
    known = ACTIONS.get(action)
    if known is None:
        raise Refusal("input_wrong", status=404, label="action", value=action[:30])
    with metrics.counted(action):
        return _perform(known, acting, case_id, action, seq, data, key)


def _perform(known: Action, acting: Acting, case_id: int, action: str, seq: int, data: Mapping[str, Any], key: str) -> Case:
    typed = inputs.read(known.inputs, data, {**inputs.LABELS, **labels.FORMS.get(action, {})})
    done: dict[str, Case] = {}

    def act() -> dict[str, Any]:
        done["case"] = known.run(acting, case_id, seq, typed)
        return {"case": str(case_id), "seq": done["case"].seq}

    body = {
        "case": str(case_id),
        "action": action,
        "seq": seq,
        "data": {name: str(value) for name, value in data.items()},
    }
    once(actor_id=acting.user_id, key=key, body=body, act=act)
    return done.get("case") or Case.objects.get(pk=case_id)
