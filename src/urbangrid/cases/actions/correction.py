"""更正, 作废, 撤回: changing a filed case on record (case-rules 6, 8)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import clocks, deadlines, places, store
from urbangrid.cases.actions import checks, fences, indexing, plan_effects
from urbangrid.cases.actions.filing import move_place, recompute_limits, set_condition
from urbangrid.cases.actions.inputs import CorrectInputs, FilingInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, begin, find, lock, moved_on
from urbangrid.cases.lifecycle import REMARKS, WITHDRAWABLE, WORK, State
from urbangrid.cases.models import Case, CaseAccess, CaseRecord, Clock, WorkItem
from urbangrid.cases.records import Entry
from urbangrid.catalog import sources
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations import names
from urbangrid.organizations.acting import Acting


@whole
def correct(acting: Acting, case_id: int, seq: int, inputs: CorrectInputs) -> Case:
    """更正 by the duty director: old and new on record, limits recomputed from the original start, the unit told.

    Raises Refusal ``nothing_changed`` or of the reason.
    """
    step = begin(acting, case_id, seq, "correct")
    code = checks.reason(acting, "correct", inputs.reason, inputs.note)
    case, old = step.case, _facts(step.case)
    if inputs.source:
        source = sources.source(acting.platform_id, inputs.source)
        if source is None:
            raise Refusal("input_wrong", status=422, field="source", label=_("来源"), value=inputs.source[:20])
        case.source, case.source_class = source.code, source.source_class
    if inputs.urgent is not None:
        step.mark_urgent(inputs.urgent)
    if inputs.place_text is not None or inputs.longitude is not None:
        move_place(step, FilingInputs(place_text=inputs.place_text, longitude=inputs.longitude, latitude=inputs.latitude))
    category_id = inputs.category_id or case.category_id
    condition_id = inputs.condition_id or (case.condition_id if category_id == case.category_id else None)
    set_condition(case, category_id, condition_id, step)
    new = _facts(case)
    if old == new:
        raise Refusal("nothing_changed", status=422)
    planned = plan_effects.note(step)
    recompute_limits(step)
    case.words = indexing.words_of(case)
    move = find(step, "correct")
    entry = Entry(
        "correct", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code, target_unit_id=case.handler_unit_id,
        inputs={**_differing(old, new), **planned},
    )  # fmt: skip
    step.take(move, entry)
    fences.corrected(step)
    return step.commit()


def _differing(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """What was and what is, of the facts that differ; of a position both degrees, for one alone says nothing."""
    names = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if names & {"longitude", "latitude"}:
        names |= {"longitude", "latitude"}
    return {side: {name: facts[name] for name in sorted(names) if name in facts} for side, facts in (("old", old), ("new", new))}


def _facts(case: Case) -> dict[str, Any]:
    return {
        "category": str(case.category_id), "condition": str(case.condition_id), "source": case.source, "urgent": case.urgent,
        "limit": f"{case.limit_value} {case.limit_unit}", **places.as_inputs(case),
    }  # fmt: skip


@whole
def void(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """作废 after filing, by the duty director with a reason code; every open item ends."""
    step = begin(acting, case_id, seq, "void")
    code = checks.reason(acting, "void", inputs.reason, inputs.note)
    move = find(step, "void")
    step.case.closed_at = step.at
    entry = Entry(
        "void",
        move.edge.source,
        move.edge.target,
        secret={"note": inputs.note},
        reason=code,
        target_unit_id=step.case.handler_unit_id,
    )
    step.take(move, entry)
    return step.commit()


@whole
def withdraw(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """撤回 the own last step, until somebody of the next post opens the case; the stage goes on as if never left.

    Raises Refusal ``withdraw_nothing``, ``withdraw_too_late``; MovedOn ``case_moved_on``.
    """
    step = lock(acting, case_id)
    if step.moved_since(seq):
        raise moved_on(step.case, acting.zone)
    record = own_last_step(acting, step.case)
    if record is None:
        raise Refusal("withdraw_nothing", status=409)
    _not_opened(step)
    code = checks.reason(acting, "withdraw", inputs.reason, inputs.note) if inputs.reason else "slip"
    _undo_dispatch(step, record)
    was = step.case.state
    step.case.state = record.from_state
    entry = Entry(
        "withdraw",
        was,
        record.from_state,
        inputs={"step": record.seq, "action": record.action},
        secret={"note": inputs.note},
        reason=code,
    )
    step.record(entry)
    for item in [item for item in step.items if item.closed_at is None and item.opened_seq >= record.seq]:
        step.close_item(item)  # what was open beside it before, an order or a request, stays
    _reopen(step, record.seq)
    return step.commit()


def own_last_step(acting: Acting, case: Case) -> CaseRecord | None:
    """The record that may be withdrawn: the last one that did not follow by itself, if the acting post made it."""
    for record in store.rows(CaseRecord).filter(case=case).exclude(action__in=REMARKS).order_by("-seq")[:3]:
        if '"chained":true' in record.body:
            continue
        mine = record.appointment_id == acting.appointment_id
        return record if mine and State(case.state) in WITHDRAWABLE.get(record.action, ()) else None
    return None


def _not_opened(step: Step) -> None:
    for item in step.items:
        if item.closed_at is None and (item.seen_at or item.claimed_by_id):
            at = item.seen_at or item.claimed_at or step.at
            name = item.claimed_by.user.name if item.claimed_by else (item.unit.short_name if item.unit else "")
            who = names.holders(step.case.platform_id, "correct")
            raise Refusal("withdraw_too_late", status=409, name=name, time=at.astimezone(step.acting.zone).strftime("%H:%M"), who=who)


def _undo_dispatch(step: Step, record: CaseRecord) -> None:
    """A withdrawn dispatch leaves the unit as it was before: without clock and sight of the case, or with those of its earlier attempt.
    A withdrawn return gives the district its case again."""
    if record.action == "return_up":
        step.case.command_unit_id = record.target_unit_id
        store.rows(CaseAccess).filter(case=step.case, unit_id=record.target_unit_id or 0).update(until_seq=None)
    if record.action != "dispatch":
        return
    if record.to_state == State.AT_DISTRICT:
        step.case.command_unit = None
    else:
        _undo_clock(step)
        step.case.handler_unit, step.case.dispatched_at = None, None
    rights = store.rows(CaseAccess).filter(case=step.case, unit__isnull=False)
    rights.filter(since=record.at).delete()
    if (until := _read_until(step.case, record)) is not None:
        rights.filter(unit_id=record.target_unit_id or 0).update(until_seq=until)


def _undo_clock(step: Step) -> None:
    row = step.clock("unit")
    if row is None:
        return
    *before, _dispatched = deadlines.events_from_json(row.events)
    if not before:
        step.clocks.remove(row)
        step.batch.delete(Clock, row.pk)
        return
    row.events = deadlines.events_to_json(before)
    clocks.refresh(row, step.case.platform_id, step.acting.zone)
    step.batch.update(row, [name for name in clocks.MOVED if name not in ("case", "item")])


GIVES, TAKES = ("dispatch", "redispatch"), ("recall", "send_back", "return_up", "reopen", "redispatch")


def _read_until(case: Case, dispatched: CaseRecord) -> int | None:
    """Up to where the unit of a dispatch read before it, by the record with which the case had left it; None for its first attempt."""
    rows = store.rows(CaseRecord).filter(case=case, seq__lt=dispatched.seq, action__in={*GIVES, *TAKES, "withdraw"}).order_by("seq")
    given, until = "", None
    for record in rows:
        if record.action in GIVES and record.target_unit_id == dispatched.target_unit_id:
            given = record.to_state
        elif given and record.action == "withdraw" and record.from_state == given:
            given = ""
        elif given and record.action in TAKES and not (given == State.AT_DISTRICT and _stays_with_district(record)):
            given, until = "", record.seq - (record.action == "redispatch")
    return until


def _stays_with_district(record: CaseRecord) -> bool:
    """Whether a step that took the case from a unit left it with the unit's district: its own 改派, 收回, or a 回退 to it."""
    return record.to_state == State.AT_DISTRICT or (record.action == "redispatch" and '"district":' not in record.body)


def _reopen(step: Step, seq: int) -> None:
    """The work item that the withdrawn step closed is open again, its stage clock running on from its first start."""
    item = store.rows(WorkItem).filter(case=step.case, closed_seq=seq, kind=WORK.get(State(step.case.state), "")).first()
    if item is None:
        step.open_item(State(step.case.state))
        return
    item.closed_at, item.closed_seq, item.closed_by_id, item.on_time = None, None, None, None
    for row in store.rows(Clock).filter(item=item, kind="stage"):
        events = [event for event in deadlines.events_from_json(row.events) if event.kind != "end"]
        row.events = deadlines.events_to_json(events)
        clocks.refresh(row, step.case.platform_id, step.acting.zone)
        row.ended_at, row.on_time = None, None
        step.batch.update(row, [name for name in clocks.MOVED if name not in ("case", "item")])
        item.due_at, item.warn_at = clocks.nearer(row, step.clock("unit") if item.kind == "receive" else None)
    step.batch.update(item, ["closed_at", "closed_seq", "closed_by", "on_time", "due_at", "warn_at"])
