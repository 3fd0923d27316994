"""并入, 并案, 拆回: several reports or cases of one matter become one case, and apart again (case-rules 9).

Two cases are locked in the order of their ids, so that two people who merge the same pair at one instant never wait for each other in a
circle; the second finds that the first was quicker. The merged case is final and leads to the main one; a main case is always open, so
that no merger can lead back to where it began.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from urbangrid.cases import access, clocks, store, words
from urbangrid.cases.actions import checks, intake
from urbangrid.cases.actions.inputs import JoinInputs, MergeInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, begin, find, lock, moved_on
from urbangrid.cases.files_of import ERASED
from urbangrid.cases.lifecycle import FILED_OPEN, UNDER_WAY, State
from urbangrid.cases.models import Case, CaseRelation, CaseReport, Clock, RecordFile, WorkItem
from urbangrid.cases.records import Entry, UsedFile
from urbangrid.core.errors import Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting


@whole
def join_report(acting: Acting, case_id: int, seq: int, inputs: JoinInputs) -> Case:
    """并入: a report that was not accepted yet tells of this case; its photos, words and caller come with it.

    Raises NotFound ``report_unknown``, MovedOn ``report_done`` or of the case.
    """
    step = begin(acting, case_id, seq, "join_report")
    source, item = intake.waiting(acting, inputs.report_id)
    if source.confidential or step.case.confidential:
        raise Refusal("confidential_apart", status=409)
    move = find(step, "join_report")
    used = tuple(UsedFile("before", row.file_id, row.file.sha256) for row in source.files.select_related("file").order_by("position"))
    entry = Entry(
        "join_report", move.edge.source, move.edge.target, inputs={"report": source.number, "source": source.source}, files=used,
        secret={"description": source.description, "note": inputs.note}, device_at=source.device_at,
        target_unit_id=step.case.handler_unit_id,
    )  # fmt: skip
    step.take(move, entry)
    item.case = step.case
    for row in store.rows(Clock).filter(item=item, ended_at=None):
        row.case, row.item = step.case, item
        step.clocks.append(row)
    step.close_item(item)
    source.state = "linked"
    step.batch.update(source, ["state"])
    step.batch.insert(CaseReport(case=step.case, report=source, role="duplicate"))
    return step.commit()


@whole
def merge(acting: Acting, case_id: int, seq: int, inputs: MergeInputs) -> Case:
    """并案 into another open case: reports, requests and photos go along, open work and clocks end, both records say so.

    Raises Refusal ``merge_itself``, ``main_closed``, ``confidential_apart`` or of the reason (after filing one from the list is needed).
    """
    main_id = access.case_id_of(acting, inputs.main)
    if main_id == case_id:
        raise Refusal("merge_itself", status=409, field="main")
    step, main = _both(acting, case_id, main_id, seq)
    move = find(step, "merge")
    if step.case.confidential or main.case.confidential:
        raise Refusal("confidential_apart", status=409)
    if main.case.history or main.case.state not in UNDER_WAY:
        raise Refusal("main_closed", status=409, field="main", number=_name(main.case), state=words.STATES[main.case.state])
    code = inputs.reason
    if code or step.case.state in FILED_OPEN:
        code = checks.reason(acting, "merge", inputs.reason, inputs.note)
    step.case.closed_at = step.at
    unit = step.case.handler_unit_id
    named = {"main": str(main.case.pk), "main_number": _name(main.case)}
    step.take(move, Entry(
        "merge", move.edge.source, move.edge.target, inputs=named, secret={"note": inputs.note}, reason=code, target_unit_id=unit,
    ))  # fmt: skip
    _bring(step, main)
    main.prepare()
    return step.commit()


def _name(case: Case) -> str:
    return case.number or str(case.pk)


def _both(acting: Acting, case_id: int, main_id: int, seq: int) -> tuple[Step, Step]:
    """Both cases under lock, lower id first, at one instant and with one batch. Raises MovedOn for the one that is moved."""
    locked = {number: lock(acting, number) for number in sorted((case_id, main_id))}
    step, main = locked[case_id], locked[main_id]
    if step.case.seq != seq:
        raise moved_on(step.case, acting.zone)
    step.at = main.at = max(step.at, main.at)
    main.batch = step.batch
    return step, main


def _bring(step: Step, main: Step) -> None:
    """Links of the merged case's reports and photos with the main one, its record, and the relation."""
    links = store.rows(CaseReport).filter(case_id__in=(step.case.pk, main.case.pk)).values_list("case_id", "report_id")
    there = {report for case, report in links if case == main.case.pk}
    new = sorted({report for case, report in links if case == step.case.pk} - there)
    state = main.case.state
    main.record(Entry(
        "take_in", state, state, inputs={"case": str(step.case.pk), "number": _name(step.case)}, files=_pictures(step.case),
        secret={"description": step.case.description}, target_unit_id=main.case.handler_unit_id,
    ))  # fmt: skip
    made = [CaseReport(case=main.case, report_id=report, role="duplicate") for report in new]
    ids = [link.pk for link in made]
    relation = CaseRelation(
        case=main.case, other=step.case, kind="merged", made_at=step.at, made_by_id=step.acting.appointment_id, link_ids=ids
    )
    main.batch.insert(*made, relation)


def _pictures(case: Case) -> tuple[UsedFile, ...]:
    """Photos from before stay such; what another unit showed as its work is material here, not this unit's proof."""
    rows = store.rows(RecordFile).filter(case=case).exclude(file__state__in=ERASED).select_related("file").order_by("seq", "position")
    found = {row.file_id: UsedFile("before" if row.role == "before" else "paper", row.file_id, row.file.sha256) for row in rows}
    return tuple(found.values())


@whole
def unmerge(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """拆回: back to the state from before, work open again, clocks going on as if they had stood; while the main case is open.

    Raises Refusal ``not_merged``, ``main_closed_undo`` or of the reason.
    """
    relation = store.current().merger(case_id)
    if relation is None:
        raise Refusal("not_merged", status=409)
    step, main = _both(acting, case_id, relation.case_id, seq)
    find(step, "unmerge")
    if main.case.state not in UNDER_WAY:
        raise Refusal("main_closed_undo", status=409, number=_name(main.case), state=words.STATES[main.case.state])
    code = checks.reason(acting, "unmerge", inputs.reason, inputs.note)
    was = ("unmerge", State.MERGED, relation.from_state)  # type: ignore[attr-defined]
    merged_seq: int = relation.merged_seq  # type: ignore[attr-defined]  # not the last one: comments may have followed
    move = next(one for one in step.process.moves_from(State.MERGED) if one.edge.key == was)
    step.case.state, step.case.closed_at = move.edge.target, None
    step.record(Entry(
        "unmerge", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code, inputs=_of(main.case),
        target_unit_id=step.case.handler_unit_id,
    ))  # fmt: skip
    _revive(step, merged_seq, relation.made_at)
    state = main.case.state
    main.record(Entry("let_go", state, state, inputs=_of(step.case), reason=code, target_unit_id=main.case.handler_unit_id))
    main.tell("kin", let_go=str(step.case.pk))
    for link_id in relation.link_ids:
        step.batch.delete(CaseReport, link_id)
    relation.ended_at = step.at
    step.batch.update(relation, ["ended_at"])
    main.prepare()
    return step.commit()


def _of(case: Case) -> dict[str, Any]:
    return {"case": str(case.pk), "number": _name(case)}


def _revive(step: Step, merged_seq: int, merged_at: datetime) -> None:
    """Items that the merger closed are open again, each with its clock; unit and case clocks go on. What was asked stays lapsed."""
    case = step.case
    rows = list(store.rows(Clock).filter(case=case, ended_at__isnull=False).select_related("item__request").order_by("id"))
    items = {row.item.pk: row.item for row in rows if row.item is not None and _comes_back(row.item, merged_seq)}
    for item in items.values():
        item.closed_at, item.closed_seq, item.closed_by_id, item.on_time = None, None, None, None
        item.case = case
        step.items.append(item)
    second = merged_at.replace(microsecond=0)
    for row in rows:
        if not (row.item_id in items if row.kind not in ("unit", "case") else row.ended_at == second):
            continue  # the case's clock and its units' end with a case alone
        clocks.revive(row, step.at, case.platform_id, step.acting.zone)
        row.case = case
        step.clocks.append(row)
        step.batch.update(row, ["events", "budget_seconds", "calendar_version", "due_at", "warn_at", "ended_at", "on_time"])
        own = items.get(row.item_id or 0)
        if own is not None and row.kind not in ("unit", "case"):
            own.due_at, own.warn_at = row.due_at, row.warn_at
    _light_of_disposal(step)
    for item in items.values():
        step.batch.update(item, ["closed_at", "closed_seq", "closed_by", "on_time", "due_at", "warn_at", "paused"])


def _comes_back(item: WorkItem, merged_seq: int) -> bool:
    """Work that the merger ended; what was asked lapsed with it and stays so."""
    asked = item.request is not None and item.request.decided_seq == merged_seq
    return item.closed_seq == merged_seq and item.kind not in ("decide", "recheck") and not asked


def _light_of_disposal(step: Step) -> None:
    """A disposal shows its unit's clock, as ``Step.show_unit_clock`` says; what waits to be received the nearer of two."""
    row, item = step.clock("unit"), step.item("dispose")
    if row is not None and item is not None:
        item.due_at, item.warn_at, item.paused = row.due_at, row.warn_at, row.due_at is None
    to_receive = step.item("receive")
    if to_receive is not None and not to_receive.paused:
        to_receive.due_at, to_receive.warn_at = clocks.nearer(step.stage_clock(to_receive), row)
