"""指派 to the units below, 撤销指派, 班组反馈 and 交回: within the unit, while the case stays with it (case-rules 12).

The tasks of a case are a chain: the handling unit gives one to a unit directly below it, that one may give it on to its own crew. The
unit's clock runs on over all of them; each task has a clock of its own, a share of what is left above.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import clocks, deadlines, photo_doubts, shares, store, words
from urbangrid.cases.actions import checks, crew_tasks, holders, joint
from urbangrid.cases.actions.filing import calendar_of_limit
from urbangrid.cases.actions.inputs import AssignInputs, FeedbackInputs, ReasonInputs, check_length
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.lifecycle import TASK, State, When
from urbangrid.cases.models import Case, CaseAccess, WorkItem
from urbangrid.cases.records import Entry
from urbangrid.core.errors import MovedOn, NotAllowed, Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.queries import SubUnit

GIVERS = ("receive", "dispose", TASK)
"""Kinds of item whose holder may give work to a unit below."""
NOTE_LIMIT = 300
"""What is said to a crew stands whole on its telephone, above the buttons."""


@dataclass(frozen=True, slots=True)
class Chain:
    """The open items from the handling unit downwards: ``own`` is the acting post's, ``below`` what hangs under it."""

    own: WorkItem
    above: WorkItem | None
    below: tuple[WorkItem, ...]


def chain(acting: Acting, items: Sequence[WorkItem]) -> Chain | None:
    """The acting post's place among the open items of a case; None when none of them is its own."""
    still = [item for item in items if item.closed_at is None]
    line = [item for item in still if item.kind in ("receive", "dispose")][:1] + sorted(
        (item for item in still if item.kind == TASK), key=lambda item: item.pk
    )
    for place, item in enumerate(line):
        if holders.holds(acting, item):
            return Chain(item, line[place - 1] if place else None, tuple(line[place + 1 :]))
    return None


def possible(acting: Acting, items: Sequence[WorkItem], action: str) -> bool:
    """Whether that act within the unit is open to the acting post now; its button stands only then."""
    mine = chain(acting, items)
    if mine is None:
        return False
    if action == "assign_down":
        return not mine.below and any(unit.people for unit in organizations.sub_units(acting.unit_id))
    if action == "unassign":
        return bool(mine.below)
    return mine.own.kind == TASK


@whole
def assign_down(acting: Acting, case_id: int, seq: int, inputs: AssignInputs) -> Case:
    """指派 to a unit directly below, or to a person of it; given before 签收 it is the receipt as well, with a record of its own.

    Raises Refusal ``unit_not_below``, ``unit_without_desk``, ``person_not_there``, ``input_too_long``; MovedOn
    ``task_given_before``.
    """
    check_length("note", inputs.note, NOTE_LIMIT)
    step = begin(acting, case_id, seq, "assign_down")
    unit = _chosen(acting, inputs)
    if step.case.state == State.TO_RECEIVE:
        _receive(step)
    mine = _mine(step)
    if mine.below:
        raise MovedOn("task_given_before", unit=holders.holder_name(mine.below[0]))
    move = find(step, "assign_down")
    seconds, calendar = _limit(step, mine.own, unit)
    person = next((name for number, name in unit.people if number == inputs.person), "")
    entry = Entry(
        "assign_down", move.edge.source, move.edge.target, secret={"note": inputs.note}, target_unit_id=unit.unit_id,
        inputs={
            "unit": str(unit.unit_id), "unit_name": unit.name, "person": str(inputs.person) if person else None, "person_name": person,
            "limit_seconds": seconds, "share_percent": unit.share_percent,
        },
    )  # fmt: skip
    step.take(move, entry)
    item = WorkItem(
        platform_id=step.case.platform_id, case=step.case, kind=TASK, duty="dispose", unit_id=unit.unit_id, appointment_id=inputs.person,
        urgent=step.case.urgent, opened_seq=step.case.seq, opened_at=step.at, note=inputs.note,
    )  # fmt: skip
    crew_tasks.give(step, item, limit_seconds=seconds, calendar_code=calendar)
    holders.let_read(step, unit.unit_id, "task")
    return step.commit()


def _receive(step: Step) -> None:
    move = find(step, "receive")
    step.take(move, Entry("receive", move.edge.source, move.edge.target, target_unit_id=step.case.handler_unit_id))


def _chosen(acting: Acting, inputs: AssignInputs) -> SubUnit:
    unit = next((one for one in organizations.sub_units(acting.unit_id) if one.unit_id == inputs.unit_id), None)
    if unit is None:
        raise Refusal("unit_not_below", status=422, field="unit_id", unit=inputs.unit_id)
    if not unit.people:
        raise Refusal("unit_without_desk", status=422, field="unit_id", unit=unit.name)
    if inputs.person is not None and inputs.person not in {number for number, _name in unit.people}:
        raise Refusal("person_not_there", status=422, field="person", unit=unit.name)
    return unit


def _limit(step: Step, own: WorkItem, unit: SubUnit) -> tuple[int, str]:
    """Seconds and calendar of a task below ``own``."""
    calendar = calendar_of_limit(step.case, unit.calendar_code)
    above = step.clock("unit") if own.kind != TASK else step.stage_clock(own)
    if above is None:  # imported without a limit: the least that a task gets
        return shares.LEAST_SECONDS, calendar
    zone, platform_id = step.acting.zone, step.case.platform_id
    state = clocks.state_of(above, platform_id, zone)
    until_due = None
    if above.due_at is not None and above.due_at > step.at:
        until_due = clocks.timeline(platform_id, calendar, zone).seconds(step.at, above.due_at)
    seconds = shares.task_seconds(
        limit=state.limit, remaining=deadlines.remaining(state, step.at), share_percent=unit.share_percent, until_due=until_due
    )
    return seconds, calendar


@whole
def unassign(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """撤销指派 with a reason: everything below comes back to the acting unit. Raises Refusal ``task_not_given``."""
    step = begin(acting, case_id, seq, "unassign")
    code = checks.reason(acting, "unassign", inputs.reason, inputs.note)
    mine = _mine(step)
    if not mine.below:
        raise Refusal("task_not_given", status=409)
    _side(step, "unassign", inputs.note, code, mine.below[0].unit_id)
    _leave(step, mine.below)
    return step.commit()


@whole
def hand_back(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """交回 to the unit above, with a reason that stands first on its item. Raises Refusal ``no_task_of_yours``."""
    step = begin(acting, case_id, seq, "hand_back")
    code = checks.reason(acting, "hand_back", inputs.reason, inputs.note)
    mine, above = _task(step)
    _side(step, "hand_back", inputs.note, code, above.unit_id)
    _leave(step, (mine.own, *mine.below))
    told = words.TASK_HANDED_BACK % {"unit": acting.unit_name, "reason": checks.label(acting, "hand_back", code), "note": inputs.note}
    step.note_item(above, str(told).strip())
    return step.commit()


def _side(step: Step, action: str, note: str, reason: str, unit_id: int | None) -> None:
    move = find(step, action)
    entry = Entry(action, move.edge.source, move.edge.target, secret={"note": note}, reason=reason, target_unit_id=unit_id)
    step.take(move, entry)


def _leave(step: Step, items: Sequence[WorkItem]) -> None:
    """End tasks that were not carried out; who had them reads the case up to here."""
    crew_tasks.end(step, items)
    for row in store.rows(CaseAccess).filter(case=step.case, unit_id__in=[item.unit_id for item in items], why="task"):
        row.until_seq = step.case.seq
        step.batch.update(row, ["until_seq"])


@whole
def crew_feedback(acting: Acting, case_id: int, seq: int, inputs: FeedbackInputs) -> Case:
    """班组反馈 with text and photos: to the unit above for its look (自审), or at once as the unit's 反馈 where the sub-unit may.

    Raises Refusal ``no_task_of_yours``, ``input_missing``, ``photos_missing``.
    """
    step = begin(acting, case_id, seq, "crew_feedback")
    if not inputs.text.strip():
        raise Refusal("input_missing", status=422, field="text", label=_("处置情况"))
    mine, above = _task(step)
    used = checks.photos(acting, "crew_feedback", inputs.files, "after", int(step.process.settings.get("feedback_photos", 1)))
    move = find(step, "crew_feedback")
    secret = {"text": inputs.text, "handled_by": inputs.handled_by or acting.user_name}
    entry = Entry(
        "crew_feedback", move.edge.source, move.edge.target, files=used, secret=secret, target_unit_id=above.unit_id,
        inputs={"handled_at": checks.handled(step, inputs.handled_at), **photo_doubts.of(step.case, used)},
    )  # fmt: skip
    step.take(move, entry)
    step.close_item(mine.own)
    crew_tasks.end(step, mine.below)
    _pass_on(step, inputs, secret)
    return step.commit()


def _pass_on(step: Step, inputs: FeedbackInputs, secret: dict[str, str]) -> None:
    """Upwards as long as the answering unit's word needs no look: a station's own task is answered with it, at the top it is the 反馈."""
    answering = organizations.unit(step.acting.unit_id)
    helped = bool(joint.open_assists(step.items))  # the clerk decides whether to wait for 协办
    for item in (*reversed(crew_tasks.still_open(step)), step.item("dispose")):
        if item is None:
            return
        if not answering.answers_directly or (helped and item.kind != TASK):
            step.note_item(item, str(words.TASK_ANSWERED % {"unit": answering.short_name, "text": inputs.text}))
            return
        if item.kind == TASK:
            step.close_item(item)
            answering = organizations.unit(item.unit_id or 0)
    _feed_back(step, inputs, secret)


def _feed_back(step: Step, inputs: FeedbackInputs, secret: dict[str, str]) -> None:
    """反馈 that follows the answer by itself; the photos stand in the answer's record."""
    move = step.process.find("feedback", State.DISPOSING, When.BY_DISTRICT if step.case.command_unit_id else When.OWN_UNIT)
    assert move is not None, "no definition without it: nothing else leads from there"
    step.case.disposed_at = step.at
    entry = Entry(
        "feedback", move.edge.source, move.edge.target, secret=secret, inputs={"handled_at": inputs.handled_at}, chained=True,
        target_unit_id=step.case.handler_unit_id,
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.text)
    step.case.on_time = step.kept_unit_limit()


def _mine(step: Step) -> Chain:
    """Raises NotAllowed ``not_your_item``: the case is with another unit, or with the one below."""
    found = chain(step.acting, step.items)
    if found is None:
        holder = next((holders.holder_name(item) for item in step.items if item.closed_at is None), "")
        raise NotAllowed("not_your_item", holder=holder, action=words.ACTIONS["assign_down"])
    return found


def _task(step: Step) -> tuple[Chain, WorkItem]:
    """The acting post's own task and the item that it hangs under. Raises MovedOn ``no_task_of_yours``."""
    found = chain(step.acting, step.items)
    if found is None or found.own.kind != TASK or found.above is None:
        raise MovedOn("no_task_of_yours")
    return found, found.above
