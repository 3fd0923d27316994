"""派遣, 改派, 收回: who has to dispose of a case (model A, S3; case-rules 14; golden table: re-dispatch)."""

from __future__ import annotations

from urbangrid.cases import deadlines, proposals, words
from urbangrid.cases.actions import checks, dispatch_grounds, fences, holders, joint
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.actions.inputs import DispatchInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.lifecycle import State, When
from urbangrid.cases.models import Case, CaseAccess, CaseRequest
from urbangrid.cases.records import Entry
from urbangrid.core.errors import Refusal
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
    decision = proposals.decide(case, step.at, step.acting.platform_id)
    reason = dispatch_grounds.reason(step.acting, "dispatch", decision, inputs)
    case.command_unit_id = unit.unit_id
    holders.let_read(step, unit.unit_id, "handler")
    entry = Entry(
        "dispatch", move.edge.source, move.edge.target, secret={"opinion": inputs.opinion}, reason=reason, target_unit_id=unit.unit_id,
        inputs={"unit": str(unit.unit_id), "unit_name": unit.name, **dispatch_grounds.grounds(decision)},
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.opinion)


@whole
def return_up(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """退回市级: the district gives the case back to the city's dispatcher with a reason, before any of its units had it (model D, S3b)."""
    step = begin(acting, case_id, seq, "return_up")
    code = checks.reason(acting, "return_up", inputs.reason, inputs.note)
    move = find(step, "return_up")
    centre = step.case.command_unit_id
    entry = Entry("return_up", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code, target_unit_id=centre)
    step.case.command_unit = None
    note = f"{words.ACTIONS['return_up']}：{checks.label(acting, 'return_up', code)} {inputs.note}".strip()
    step.take(move, entry, work_note=f"{organizations.unit(centre or 0).short_name}{note}")
    _reads_up_to_here(step, centre)
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
    former = step.case.handler_unit_id
    row = step.clock("unit")
    if row is not None:
        step.change(row, lambda state: deadlines.stand(state, step.at, "elsewhere"))
    _reads_up_to_here(step, former)
    _to_unit(step, "redispatch", inputs)
    step.lapse(lambda request: request.unit_id == former)
    return step.commit()


@whole
def recall(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """收回 from a unit, for another dispatch; what it used of its limit stands, in case it gets it again (SZ-4.1c)."""
    step = begin(acting, case_id, seq, "recall")
    code = checks.reason(acting, "recall", inputs.reason, inputs.note)
    former = step.case.handler_unit_id or step.case.command_unit_id
    move = find(step, "recall")
    entry = Entry("recall", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code, target_unit_id=former)
    step.take(move, entry, work_note=inputs.note)
    gone(step)
    return step.commit()


def _to_unit(step: Step, action: str, inputs: DispatchInputs) -> None:
    case = step.case
    unit = _unit(step, inputs.unit_id)
    if unit.is_district:  # first recalled, then handed down: the district decides which unit gets it
        raise Refusal("unit_unknown", status=422, field="unit_id")
    _not_being_settled(step)
    check_no_circle(case, unit)
    decision = proposals.decide(case, step.at, step.acting.platform_id)
    reason = dispatch_grounds.reason(step.acting, action, decision, inputs)
    give_to(step, unit)
    move = find(step, action, When.OWN_UNIT)
    entry = Entry(
        action, move.edge.source, move.edge.target, secret={"opinion": inputs.opinion}, reason=reason, target_unit_id=unit.unit_id,
        inputs={"unit": str(unit.unit_id), "unit_name": unit.name, **dispatch_grounds.grounds(decision),
                "assist": [str(number) for number in inputs.assist]},
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.opinion)
    fences.start(step, note=inputs.opinion)
    for number in dict.fromkeys(inputs.assist):
        joint.open_assist(step, joint.helper(step, number), inputs.opinion)


def _not_being_settled(step: Step) -> None:
    """While 权属会商 waits for its answer nobody gets the case. Raises Refusal ``request_waits``."""
    if (waits := step.item("decide")) is not None and step.request(waits.request_id or 0).kind == "responsibility":
        raise Refusal("request_waits", status=409, request=words.REQUESTS["responsibility"])


def _unit(step: Step, unit_id: int) -> UnitInfo:
    unit = organizations.dispatchable(step.acting.platform_id, unit_id)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    if not unit.has_desk:
        raise Refusal("unit_without_desk", status=422, field="unit_id", unit=unit.name)
    return unit


def check_no_circle(case: Case, unit: UnitInfo) -> None:
    """A unit that sent the case back gets it again only by 指定处置; after two send-backs 权属会商 decides first (case-rules 14)."""
    if case.settled_unit_id == unit.unit_id:
        return
    if case.settled_unit_id is not None:
        raise Refusal("settled_otherwise", status=409, unit=organizations.unit(case.settled_unit_id).name)
    if not case.send_backs:
        return
    back = CaseRequest.objects.filter(case=case, kind="send_back", state=CaseRequest.GRANTED)
    if unit.unit_id in back.values_list("unit_id", flat=True):
        raise Refusal("unit_sent_back", status=409, unit=unit.name)
    if case.send_backs >= BLIND_DISPATCHES:
        raise Refusal("settlement_needed", status=409, count=case.send_backs)


def settlement_of(case: Case) -> CaseRequest | None:
    """The last decision that named the case's unit: of 权属会商, or with an agreed send-back."""
    kinds = ("send_back", "responsibility")
    rows = CaseRequest.objects.filter(case=case, kind__in=kinds, state=CaseRequest.GRANTED).order_by("-id")
    return next((row for row in rows if row.outcome.get("unit")), None)


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
    """After the case has left its unit, and the district that it went by, for the dispatcher's desk."""
    _reads_up_to_here(step, step.case.handler_unit_id)
    if step.case.command_unit_id is not None:
        _reads_up_to_here(step, step.case.command_unit_id)
        step.case.command_unit = None
    step.case.handler_unit_id, step.case.handler_unit, step.case.dispatched_at = None, None, None


def _reads_up_to_here(step: Step, unit_id: int | None) -> None:
    """A unit without the case reads up to the record with which it left (architecture §3.1)."""
    row = CaseAccess.objects.filter(case=step.case, unit_id=unit_id or 0).first()
    if row is not None:
        row.until_seq = step.case.seq
        step.batch.update(row, ["until_seq"])
