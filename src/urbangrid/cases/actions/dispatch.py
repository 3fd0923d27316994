"""派遣, 改派, 收回: who has to dispose of a case (model A, S3; case-rules 14; golden table: re-dispatch)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from urbangrid.cases import deadlines, levels, proposals, settlements, store, words
from urbangrid.cases.actions import checks, dispatch_grounds, fences, holders, joint
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.actions.inputs import DispatchInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.lifecycle import State, When
from urbangrid.cases.models import Case, CaseAccess, CaseRequest
from urbangrid.cases.records import Entry
from urbangrid.core.errors import Refusal
from urbangrid.core.text import labelled
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.queries import UnitInfo

BLIND_DISPATCHES = 2
"""After so many granted send-backs nobody is tried any more: 权属会商 settles it first (case-rules 14, desks.md P2)."""


@whole
def dispatch(acting: Acting, case_id: int, seq: int, inputs: DispatchInputs) -> Case:
    """派遣 to one unit: its clock starts now, or goes on where it has had the case before (捆绑时限). Another unit than the proposed one
    needs a reason, and so does a choice among several where nothing decides (CY-A2-x).

    Raises Refusal ``unit_unknown``, ``unit_without_desk``, ``other_unit_needs_reason``, ``choice_needs_reason``, ``unit_sent_back``,
    ``settlement_needed``.
    """
    step = begin(acting, case_id, seq, "dispatch")
    unit = _unit(step, inputs.unit_id)
    if unit.is_district:
        _hand_down(step, unit, inputs)
    else:
        _to_unit(step, "dispatch", inputs)
    return step.commit()


def _hand_down(step: Step, unit: UnitInfo, inputs: DispatchInputs) -> None:
    """The first of two hops (SZ-4.2b): to a district's command centre, which dispatches on. No unit has the case yet, so that no unit's
    clock runs; the district's own stage clock shows its share of the delay (SZ-2.1d).

    Raises Refusal ``unit_unknown`` where the process has no second hop.
    """
    case, move = step.case, step.process.find("dispatch", State(step.case.state), When.BY_DISTRICT)
    if move is None or move.edge.target != State.AT_DISTRICT:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    _not_being_settled(step)
    check_no_circle(case, unit, step.acting.platform_id)
    decision = proposals.decide(case, step.at, step.acting.platform_id)
    _check_not_blind(case, unit, decision, step.acting.platform_id, inputs.reason)
    reason = dispatch_grounds.reason(step.acting, "dispatch", decision, inputs)
    case.command_unit_id = unit.unit_id
    holders.let_read(step, unit.unit_id, "handler")
    entry = Entry(
        "dispatch", move.edge.source, move.edge.target, secret={"opinion": inputs.opinion}, reason=reason, target_unit_id=unit.unit_id,
        inputs=_given(unit, inputs, decision),
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.opinion)
    _ask_others(step, inputs)


def _given(unit: UnitInfo, inputs: DispatchInputs, decision: proposals.Decision) -> dict[str, Any]:
    """What the record of a dispatch keeps: to whom, beside whom, and why."""
    assist = [str(number) for number in inputs.assist]
    return {"unit": str(unit.unit_id), "unit_name": unit.name, **dispatch_grounds.grounds(decision), "assist": assist}


def _ask_others(step: Step, inputs: DispatchInputs) -> None:
    """会办: an item of its own for each unit, or district, that helps (case-rules 15, SZ-6.2)."""
    for number in dict.fromkeys(inputs.assist):
        joint.open_assist(step, joint.helper(step, number), inputs.opinion)


@whole
def return_up(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """退回市级: the district gives the case back to the city's dispatcher with a reason, before any of its units had it, or after all that
    came into question have sent it back (model D, S3b).

    Raises Refusal ``designated`` where 指定处置 named this district, of the reason.
    """
    step = begin(acting, case_id, seq, "return_up")
    check_not_designated(step.case, step.case.command_unit_id)
    code = checks.reason(acting, "return_up", inputs.reason, inputs.note)
    move = find(step, "return_up")
    centre = step.case.command_unit_id
    entry = Entry("return_up", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code, target_unit_id=centre)
    note = labelled(words.ACTIONS["return_up"], f"{checks.label(acting, 'return_up', code)} {inputs.note}".strip())
    step.take(move, entry, work_note=f"{organizations.unit(centre or 0).short_name}{note}")
    _leave_district(step)
    return step.commit()


@whole
def redispatch(acting: Acting, case_id: int, seq: int, inputs: DispatchInputs) -> Case:
    """改派 in one step: the new unit gets its full limit, the former one reads up to here. Always with a reason.

    Raises Refusal as ``dispatch`` and ``same_unit``, ``reason_missing``.
    """
    step = begin(acting, case_id, seq, "redispatch")
    if step.case.handler_unit_id == inputs.unit_id:
        raise Refusal("same_unit", status=422, field="unit_id")
    checks.reason(acting, "redispatch", inputs.reason, inputs.opinion, list_name="recall")
    former, taken = step.case.handler_unit_id, _from_district(step)
    row = step.clock("unit")
    if row is not None:
        step.change(row, lambda state: deadlines.stand(state, step.at, "elsewhere"))
    for number in (former, step.case.command_unit_id if taken else None):
        if number not in inputs.assist:
            _reads_up_to_here(step, number)
    _to_unit(step, "redispatch", inputs, taken)
    step.lapse(lambda request: request.unit_id == former)
    if taken:
        _forget_district(step)
    return step.commit()


@whole
def recall(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """收回 from a unit, for another dispatch; what it used of its limit stands, in case it gets it again (SZ-4.1c). A district takes back
    from its own unit and has the case again; the city takes it from district and unit alike."""
    step = begin(acting, case_id, seq, "recall", levels.back_to(acting))
    code = checks.reason(acting, "recall", inputs.reason, inputs.note)
    former = step.case.handler_unit_id or step.case.command_unit_id
    move = find(step, "recall", levels.back_to(acting))
    entry = Entry(
        "recall", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code, target_unit_id=former,
        inputs=_from_district(step),
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.note)
    gone(step)
    return step.commit()


def _from_district(step: Step) -> dict[str, Any]:
    """For the record, and for who is told: the district that the city takes a case from; empty where none has it, or itself takes back."""
    centre = step.case.command_unit_id
    return {} if centre is None or levels.is_district(step.acting) else {"district": str(centre)}


def _to_unit(step: Step, action: str, inputs: DispatchInputs, taken: Mapping[str, Any] | None = None) -> None:
    case = step.case
    unit = _unit(step, inputs.unit_id)
    if unit.is_district:  # first recalled, then handed down: the district decides which unit gets it
        raise Refusal("unit_unknown", status=422, field="unit_id")
    _not_being_settled(step)
    check_no_circle(case, unit, step.acting.platform_id)
    decision = proposals.decide(case, step.at, step.acting.platform_id)
    if action == "dispatch":
        _check_not_blind(case, unit, decision, step.acting.platform_id, inputs.reason)
    reason = dispatch_grounds.reason(step.acting, action, decision, inputs)
    give_to(step, unit)
    move = find(step, action, When.OWN_UNIT)
    entry = Entry(
        action, move.edge.source, move.edge.target, secret={"opinion": inputs.opinion}, reason=reason, target_unit_id=unit.unit_id,
        inputs={**_given(unit, inputs, decision), **(taken or {})},
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.opinion)
    fences.start(step, note=inputs.opinion)
    _ask_others(step, inputs)


def _not_being_settled(step: Step) -> None:
    """While 权属会商 waits for its answer nobody gets the case. Raises Refusal ``request_waits``."""
    waiting = [item.request_id or 0 for item in step.items if item.kind == "decide" and item.closed_at is None]
    if any(step.request(number).kind == "responsibility" for number in waiting):
        raise Refusal("request_waits", status=409, request=words.REQUESTS["responsibility"])


def _unit(step: Step, unit_id: int) -> UnitInfo:
    unit = organizations.dispatchable(step.acting.platform_id, unit_id)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    if not unit.has_desk:
        raise Refusal("unit_without_desk", status=422, field="unit_id", unit=unit.name)
    return unit


def check_no_circle(case: Case, unit: UnitInfo, platform_id: int) -> None:
    """A unit that sent the case back gets it again only by 指定处置; after two send-backs 权属会商 decides first (case-rules 14).

    Each level of command settles it among its own units: what a district decided does not bind the city, nor the city's choice of a
    district that district's choice of a unit.
    """
    bound = bound_unit(case, platform_id)
    if bound == unit.unit_id:
        return
    if bound is not None:
        raise Refusal("settled_otherwise", status=409, unit=organizations.unit(bound).name)
    if not case.send_backs:
        return
    rows = store.rows(CaseRequest).filter(case=case, kind="send_back", state=CaseRequest.GRANTED)
    back = [one for one in rows.values_list("unit_id", flat=True) if one is not None and levels.level_of(one) == platform_id]
    if unit.unit_id in back:
        raise Refusal("unit_sent_back", status=409, unit=unit.name)
    if len(back) >= BLIND_DISPATCHES:
        raise Refusal("settlement_needed", status=409, count=len(back))


def _check_not_blind(case: Case, unit: UnitInfo, decision: proposals.Decision, platform_id: int, reason: str) -> None:
    """A district that returned the case gets it again only with a reason; after two that gave it back, districts or units, 权属会商
    decides first (case-rules 14, model D).

    Raises Refusal ``settlement_needed``, ``district_returned``.
    """
    back = [one for one in decision.back if levels.level_of(one) == platform_id]
    if not back or bound_unit(case, platform_id) == unit.unit_id:
        return
    if len(back) >= BLIND_DISPATCHES:
        raise Refusal("settlement_needed", status=409, count=len(back))
    if unit.is_district and unit.unit_id in back and not reason:
        raise Refusal("district_returned", status=422, field="reason", unit=unit.name)


def bound_unit(case: Case, platform_id: int) -> int | None:
    """The unit that a decision binds the dispatchers of a level to; None while nothing is settled there."""
    if case.settled_unit_id is None:
        return None
    if levels.level_of(case.settled_unit_id) == platform_id:
        return case.settled_unit_id
    units = (int(row.outcome["unit"]) for row in settlements.decisions(_requests(case)))
    return next((one for one in units if levels.level_of(one) == platform_id), None)


def check_not_designated(case: Case, unit_id: int | None) -> None:
    """指定处置: the unit, or district, that the last decision named must act first. Raises Refusal ``designated``."""
    if settlements.is_designated(_requests(case), unit_id):
        raise Refusal("designated", status=409)


def _requests(case: Case) -> Iterable[CaseRequest]:
    return store.rows(CaseRequest).filter(case=case, kind__in=settlements.KINDS, state=CaseRequest.GRANTED)


def give_to(step: Step, unit: UnitInfo) -> None:
    """The unit becomes the handler: its bundled clock starts or goes on, it may read the case."""
    case = step.case
    case.handler_unit_id = unit.unit_id
    case.handler_unit = organizations.unit(unit.unit_id)
    case.dispatched_at = step.at
    earlier = step.clock("unit")
    if earlier is not None:
        step.change(earlier, lambda state: deadlines.go_on(state, step.at))
    else:
        step.start_clock(
            "unit", unit_id=unit.unit_id, calendar_code=calendar_of_limit(case, unit.calendar_code),
            limit_seconds=deadlines.budget_seconds(case.limit_value or 0, case.limit_unit),  # type: ignore[arg-type]
        )  # fmt: skip
    holders.let_read(step, unit.unit_id, "handler")


def gone(step: Step) -> None:
    """After the case has left its unit: for the dispatcher's desk of the city, which takes it from the district that it went by as well, or
    for that district's own."""
    _reads_up_to_here(step, step.case.handler_unit_id)
    step.case.handler_unit_id, step.case.handler_unit, step.case.dispatched_at = None, None, None
    if step.case.command_unit_id is not None and step.case.state != State.AT_DISTRICT:
        _leave_district(step)


STAY_ASKED = frozenset({"appeal", "assist_back"})
"""What a district's units ask for that keeps its sense without their having the case: they did it, or they still help."""


def _leave_district(step: Step) -> None:
    """The city has the case again: the district reads up to here."""
    _reads_up_to_here(step, step.case.command_unit_id)
    _forget_district(step)


def _forget_district(step: Step) -> None:
    """What the district's posts and units asked for lapses: another decides on the case now."""
    case, centre = step.case, step.case.command_unit_id
    district = levels.district_of(step.process, case, centre)
    case.command_unit_id, case.command_unit = None, None
    step.lapse(
        lambda request: request.kind not in STAY_ASKED and levels.district_of(step.process, case, request.unit_id) == district
    )  # fmt: skip


def _reads_up_to_here(step: Step, unit_id: int | None) -> None:
    """A unit without the case reads up to the record with which it left (architecture §3.1)."""
    row = store.rows(CaseAccess).filter(case=step.case, unit_id=unit_id or 0).first()
    if row is not None:
        row.until_seq = step.case.seq
        step.batch.update(row, ["until_seq"])
