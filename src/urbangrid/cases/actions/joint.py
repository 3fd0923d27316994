"""会办 and 协调: several units on one case, each with its item, its clock and its verdict (case-rules 15; HD-3.1.3-c2, CY-20-4, SZ-6.2).

The main unit (主办) has the case; assistants (协办) and sub-tasks (分任务) lie beside it as work items of kind ``assist``. The main unit
feeds back when all have answered, or over those whose time is up, with that noted; the result is handed on when nothing is open.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from urbangrid.cases import clocks, deadlines, levels, photo_doubts, words
from urbangrid.cases.actions import checks, holders, labels
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.actions.granting_base import Earlier, Handler
from urbangrid.cases.actions.inputs import AskInputs, AssistInputs, CoordinateInputs, DecideInputs, FeedbackInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, check_level, lock, moved_on
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import FILED_OPEN, State
from urbangrid.cases.models import Case, CaseRequest, Clock, WorkItem
from urbangrid.cases.records import Entry
from urbangrid.cases.requests import RequestRule
from urbangrid.core import lengths
from urbangrid.core.errors import MovedOn, NotAllowed, Refusal
from urbangrid.core.text import listed
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

CENTRE = "dispatch"
"""Duty of a helping district's item: its command centre answers for it."""
OPEN_TO = FILED_OPEN - {State.TO_SIGN, State.TO_RELEASE, State.WITH_CITY, State.FILED}
"""States in which another unit may be asked to help."""


def helper(step: Step, unit_id: int, request: CaseRequest | None = None) -> organizations.UnitInfo:
    """The unit asked to help, or the district: by its command centre, which asks its own units in turn (SZ-6.2).

    Raises Refusal ``unit_unknown``, ``unit_without_desk``, ``assists_itself``, ``assists_already``.
    """
    unit = organizations.dispatchable(step.acting.platform_id, unit_id)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="assist")
    if not unit.has_desk:
        raise Refusal("unit_without_desk", status=422, field="assist", unit=unit.name)
    if unit_id in (step.case.handler_unit_id, step.case.command_unit_id) and request is None:
        raise Refusal("assists_itself", status=422, field="assist", unit=unit.name)
    if request is None and any(item.unit_id == unit_id and item.request_id is None for item in open_assists(step.items)):
        raise Refusal("assists_already", status=409, unit=unit.name)
    return unit


def open_assist(
    step: Step, unit: organizations.UnitInfo, note: str, *, request: CaseRequest | None = None, minutes: int | None = None
) -> WorkItem:
    """An item of its own for a ``helper``. Its limit: the case's disposal limit in the unit's calendar, or ``minutes`` from now on."""
    item = WorkItem(
        platform_id=step.case.platform_id, case=step.case, kind="assist", duty=CENTRE if unit.is_district else "dispose",
        unit_id=unit.unit_id, urgent=step.case.urgent,
        opened_seq=step.case.seq, opened_at=step.at, note=lengths.shortened(note, 300), request=request,
    )  # fmt: skip
    seconds = deadlines.budget_seconds(step.case.limit_value or 0, step.case.limit_unit)  # type: ignore[arg-type]
    row = Clock(
        case=step.case, item=item, kind="assist", stage="assist", unit_id=unit.unit_id,
        calendar_code=calendar_of_limit(step.case, unit.calendar_code) if minutes is None else ALWAYS,
        limit_seconds=seconds if minutes is None else minutes * 60,
    )  # fmt: skip
    clocks.start(row, step.at, step.case.platform_id, step.acting.zone)
    item.due_at, item.warn_at = row.due_at, row.warn_at
    step.add_item(item, row)
    holders.let_read(step, unit.unit_id, "assist")
    return item


def open_assists(items: Sequence[WorkItem]) -> list[WorkItem]:
    return [item for item in items if item.kind == "assist" and item.closed_at is None]


def check_feedback(step: Step) -> list[str]:
    """Before the main unit feeds back: names of assistants over their time, to be noted. Raises Refusal ``assist_waits``."""
    return _overdue(step, open_assists(step.items))


def _overdue(step: Step, waiting: Sequence[WorkItem]) -> list[str]:
    in_time = [item for item in waiting if item.due_at is None or item.due_at > step.at]
    if in_time:
        raise Refusal("assist_waits", status=409, units=listed(_names(in_time)))
    return _names(waiting)


def check_review(step: Step, target: State) -> None:
    """Before the result is handed on, everything beside it is answered or ended; a district that hands it to the city's review answers for
    its own units. Raises Refusal ``assist_open``."""
    waiting = open_assists(step.items)
    if target == State.TO_REVIEW:
        waiting = [item for item in waiting if _of_own_level(step, item)]
    if waiting:
        raise Refusal("assist_open", status=409, units=listed(_names(waiting)))


def _of_own_level(step: Step, item: WorkItem) -> bool:
    return not levels.is_district(step.acting) or organizations.unit(item.unit_id or 0).platform_id == step.acting.platform_id


def asked_by_own_level(acting: Acting, item: WorkItem) -> bool:
    """Whether the post's level may let a helping unit go: the city any, a district its own units; not itself, whom the city asked."""
    if not levels.is_district(acting):
        return True
    return item.duty != CENTRE and organizations.unit(item.unit_id or 0).platform_id == acting.platform_id


def _names(items: Sequence[WorkItem]) -> list[str]:
    return [organizations.unit(item.unit_id or 0).short_name for item in items]


def _begin(acting: Acting, case_id: int, seq: int, action: str, duty: str) -> Step:
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    if not acting.may(duty):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS[action])
    if State(step.case.state) not in OPEN_TO:
        raise MovedOn("case_not_that_state", state=words.STATES[step.case.state], action=words.ACTIONS[action])
    if not any(holders.holds(acting, item) for item in open_assists(step.items)):  # a district that helps asks its own units
        check_level(step, action)
    return step


@whole
def add_assist(acting: Acting, case_id: int, seq: int, inputs: AssistInputs) -> Case:
    """增加协办 by the dispatcher, or a 分任务 of a coordination with its own words and day."""
    step = _begin(acting, case_id, seq, "add_assist", "dispatch")
    request = step.request(inputs.request) if inputs.request is not None else None
    if request is not None and (request.kind != "coordination" or request.ended_at is not None):
        raise Refusal("request_decided", status=409, state=words.request_state(request.kind, request.state))
    if inputs.until is not None and inputs.until <= step.at:
        raise Refusal("until_past", status=422, field="until", label=labels.until_word("assist"))
    minutes = max(int((inputs.until - step.at).total_seconds() // 60), 1) if inputs.until is not None else None
    unit = helper(step, inputs.unit_id, request)
    entry = Entry(
        "add_assist", step.case.state, step.case.state, secret={"note": inputs.note}, target_unit_id=inputs.unit_id,
        inputs={
            "unit": str(inputs.unit_id), "unit_name": unit.name, "until": inputs.until, "request": str(request.pk) if request else None,
        },
    )  # fmt: skip
    step.record(entry)
    open_assist(step, unit, inputs.note, request=request, minutes=minutes)
    return step.commit()


@whole
def assist_answer(acting: Acting, case_id: int, seq: int, inputs: FeedbackInputs) -> Case:
    """协办反馈: what the helping unit did; its own item and clock end with its own verdict."""
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    item = _own(step, "assist_answer")
    late = _below(step, item)
    used = checks.photos(acting, "assist_answer", inputs.files, "after", 0)
    entry = Entry(
        "assist_answer", step.case.state, step.case.state, files=used, secret={"text": inputs.text, "handled_by": inputs.handled_by},
        inputs={
            "handled_at": checks.handled(step, inputs.handled_at), **photo_doubts.of(step.case, used),
            **({"assist_late": late} if late else {}),
        },
        target_unit_id=acting.unit_id,
    )  # fmt: skip
    step.record(entry)
    _close(step, item)
    return step.commit()


def _below(step: Step, item: WorkItem) -> list[str]:
    """A district answers when its own units have, or over those whose time is up, as the main unit does (case-rules 15): their names.

    Raises Refusal ``assist_waits``.
    """
    return _overdue(step, _of_district(step, item))


def _of_district(step: Step, item: WorkItem) -> list[WorkItem]:
    """What the units of a helping district have open: it ends with the district's own part."""
    if item.duty != CENTRE:
        return []
    district = organizations.unit(item.unit_id or 0).platform_id
    others = [one for one in open_assists(step.items) if one is not item]
    return [one for one in others if organizations.unit(one.unit_id or 0).platform_id == district]


def _close(step: Step, item: WorkItem, *, done: bool = True) -> None:
    below = _of_district(step, item)
    step.close_item(item, done=done)
    for one in below:
        step.close_item(one, done=False)
    for one in (item, *below):
        _end_coordination(step, one)


@whole
def drop_assist(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """取消协办 of a unit by the dispatcher, with a reason; the others go on."""
    step = _begin(acting, case_id, seq, "drop_assist", "dispatch")
    item = next((one for one in open_assists(step.items) if one.unit_id == inputs.unit_id and asked_by_own_level(acting, one)), None)
    if item is None:
        raise Refusal("assists_not", status=409)
    code = checks.reason(acting, "drop_assist", inputs.reason, inputs.note, list_name="recall")
    entry = Entry(
        "drop_assist", step.case.state, step.case.state, secret={"note": inputs.note}, reason=code, target_unit_id=item.unit_id
    )  # fmt: skip
    step.record(entry)
    _close(step, item, done=False)
    return step.commit()


def _own(step: Step, action: str) -> WorkItem:
    found = [item for item in open_assists(step.items) if holders.holds(step.acting, item)]
    if not found:
        raise NotAllowed("assists_not_you", action=words.ACTIONS[action])
    return min(found, key=lambda item: item.opened_at)


@whole
def coordinate(acting: Acting, case_id: int, seq: int, inputs: CoordinateInputs) -> Case:
    """协调: what was agreed, when and where the units met; its sub-tasks follow, the case is done when all of them are (HD-3.1.3-c2)."""
    step = _begin(acting, case_id, seq, "coordinate", "dispatch")
    if not inputs.note.strip():
        raise Refusal("opinion_missing", status=422, field="note")
    request = step.new_request(
        CaseRequest(
            platform_id=step.case.platform_id, case=step.case, kind="coordination", unit_id=acting.unit_id, asked_seq=step.case.seq + 1,
            asked_at=step.at, asked_by_id=acting.appointment_id, state=CaseRequest.GRANTED,
            details={"met_at": inputs.met_at.isoformat() if inputs.met_at else "", "place": inputs.place},
        )
    )  # fmt: skip
    entry = Entry(
        "coordinate", step.case.state, step.case.state, secret={"note": inputs.note, "place": inputs.place},
        inputs={"request": str(request.pk), "met_at": inputs.met_at},
    )  # fmt: skip
    step.record(entry)
    return step.commit()


def _end_coordination(step: Step, item: WorkItem) -> None:
    """With its last sub-task the coordination has ended."""
    if item.request_id is None or any(one.request_id == item.request_id for one in open_assists(step.items)):
        return
    request = step.request(item.request_id)
    request.state, request.ended_at = CaseRequest.ENDED, step.at
    step.changed_request(request)


# --- 协办回退: one assistant's send-back does not free the others ---


def _check_assist_back(step: Step, rule: RequestRule, inputs: AskInputs, earlier: Earlier) -> dict[str, Any]:
    return {"item": str(_own(step, "ask_assist_back").pk)}


def _freed(step: Step, request: CaseRequest, inputs: DecideInputs) -> None:
    item = next((one for one in open_assists(step.items) if str(one.pk) == request.details["item"]), None)
    if item is not None:
        _close(step, item, done=False)


ASSIST_BACK = Handler(check=_check_assist_back, granted=_freed)


def may_join(acting: Acting, case: Case, items: Sequence[WorkItem]) -> bool:
    """Whether the post may ask another unit to help now: a dispatcher of the level that has the case, or of a district that helps."""
    if not acting.may("dispatch") or State(case.state) not in OPEN_TO:
        return False
    return levels.has_in_hand(acting, case) or any(holders.holds(acting, item) for item in open_assists(items))
