"""电话先派: the seat calls a unit out before the case is filed; the call is on record and the filing has its minutes (case-rules 11)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from urbangrid.cases import calls, clocks, deadlines, words
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import WORK
from urbangrid.cases.models import Case, Remark
from urbangrid.cases.records import Entry
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

NUMBER = re.compile(r"\+?[0-9](?:[ -]?[0-9]){2,19}")


@dataclass(frozen=True, slots=True)
class CallInputs:
    """电话先派: which unit, whom there, the number called, a code of ``words.CALL_OUTCOMES``, and what was said."""

    unit_id: int | None = None
    person: str = ""
    phone: str = ""
    outcome: str = "agreed"
    note: str = ""


@whole
def call_first(acting: Acting, case_id: int, seq: int, inputs: CallInputs) -> Case:
    """Keep the call of an unfiled case and let its minutes run; another call, to another unit, starts no new minutes.

    Raises Refusal ``filed_already``, ``unit_unknown``, ``input_missing``, ``input_wrong``; of ``begin``.
    """
    step = begin(acting, case_id, seq, "call_first")
    apply_call(step, inputs)
    return step.commit()


def apply_call(step: Step, inputs: CallInputs) -> None:
    """The same within another step: 受理 and the call at once."""
    move, case = find(step, "call_first"), step.case
    if case.filed_at is not None:
        raise Refusal("filed_already", status=409, number=case.number)
    unit = _checked(step, inputs)
    first = case.called_at is None
    case.called_at, case.called_unit_id, case.urgent = case.called_at or step.at, unit.unit_id, True
    entry = Entry(
        "call_first", move.edge.source, move.edge.target, target_unit_id=unit.unit_id,
        secret={"person": inputs.person.strip(), "phone": inputs.phone.strip(), "note": inputs.note},
        inputs={
            "unit": str(unit.unit_id), "unit_name": unit.short_name, "how": "phone", "outcome": inputs.outcome,
            "file_within_seconds": calls.seconds(step.process),
        },
    )  # fmt: skip
    step.take(move, entry)
    step.batch.insert(Remark(case=case, seq=case.seq, kind=Remark.CONTACT, unit_id=step.acting.unit_id, to_unit_id=unit.unit_id))
    item = step.item(WORK[step.state])
    if item is None:
        return
    if first:
        _run(step)
    at = step.at.astimezone(step.acting.zone).strftime("%H:%M")
    step.note_item(item, str(words.CALLED) % {"time": at, "unit": unit.short_name})


def _checked(step: Step, inputs: CallInputs) -> organizations.UnitInfo:
    """Who was called by which number with what outcome, all of it known; the unit is one that the case could be sent to."""
    if inputs.outcome not in words.CALL_OUTCOMES:
        raise Refusal("input_wrong", status=422, field="outcome", label=words.CONTACT_LABELS["outcome"], value=inputs.outcome[:20])
    for name, label in (("person", words.CALL_PERSON), ("phone", words.CALL_PHONE)):
        if not getattr(inputs, name).strip():
            raise Refusal("input_missing", status=422, field=name, label=label)
    if not NUMBER.fullmatch(inputs.phone.strip()):
        raise Refusal("input_wrong", status=422, field="phone", label=words.CALL_PHONE, value=inputs.phone[:30])
    unit = organizations.dispatchable(step.case.platform_id, inputs.unit_id or 0)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    return unit


def _run(step: Step) -> None:
    """From now on the call's minutes, in place of what the stage had left."""
    item = step.item(WORK[step.state])
    row = step.stage_clock(item) if item is not None else None
    if item is None or row is None:
        return
    begun = deadlines.events_from_json(row.events)[0].at
    row.calendar_code = ALWAYS
    line = clocks.timeline(step.case.platform_id, ALWAYS, step.acting.zone)
    whole_seconds = int(step.at.timestamp()) - int(begun.timestamp()) + calls.seconds(step.process)
    step.change(row, lambda state: deadlines.correct(state, step.at, whole_seconds, timeline=line))
    item.due_at, item.warn_at, item.urgent = row.due_at, row.warn_at, True
