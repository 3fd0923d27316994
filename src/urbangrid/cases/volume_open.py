"""Open cases in bulk, for measuring: they go their way through ``Step``, so that items, clocks and records are what actions write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from urbangrid.cases import clocks, deadlines, numbers
from urbangrid.cases.actions import indexing
from urbangrid.cases.actions.filing import calendar_of_limit, start_case_clock
from urbangrid.cases.actions.intake import ACCEPT_MINUTES
from urbangrid.cases.actions.step import Step, find
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseAccess, CaseReport, Clock, Report, WorkItem
from urbangrid.cases.processes import process_of
from urbangrid.cases.records import Entry
from urbangrid.cases.volume import Rows, Scene, case_of, id_source, index_literal, report_of, write
from urbangrid.core.ids import id_at
from urbangrid.core.models import OutboxEntry
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

PATH = ("file", "dispatch", "receive", "feedback", "review", "send_check", "check")
"""Moves after the acceptance; ``file`` hands on at once."""
RECORDS = 6
"""Every case carries at least so many: short ways are filled up with corrections."""
AT_ONCE = 100
"""Cases to a transaction."""
ITEM_IDS, CLOCK_IDS = 1000, 1100
"""Where the ids of a case's items and clocks begin, counted from its own id: a script can compute them."""
RECENT = timedelta(days=2)
LONGEST = timedelta(minutes=90)
"""No way takes longer than that from the report, so that nothing lies in the future."""


def write_open(scene: Scene, numbers_of: Sequence[int], count: int, now: datetime) -> None:
    """Those of ``count`` cases of the last days that ``numbers_of`` names, evenly in every state from dispatch to closing."""
    gap = RECENT / max(count, 1)

    def make(number: int) -> Step:
        serial = 10_000_000 + number
        clerk = scene.clerks[number % len(scene.clerks)]
        return walk(scene, serial, now - RECENT - LONGEST + gap * number, 1 + number % len(PATH), clerk)

    _in_batches(numbers_of, make)


def write_stream(scene: Scene, clerk: Acting, numbers_of: Sequence[int], to_receive: int, now: datetime) -> None:
    """Cases to be acted on while measuring: the first ``to_receive`` are to be received by ``clerk``, the others to be dispatched.

    Case ``n`` has the id of the first and ``n`` milliseconds more.
    """
    began = now - LONGEST

    def make(number: int) -> Step:
        steps = 2 if number < to_receive else 1
        return walk(scene, 20_000_000 + number, began + timedelta(milliseconds=number), steps, clerk)

    _in_batches(numbers_of, make)


def first_of_stream(clerk: Acting) -> int:
    """Id of the first case that waits to be received by ``clerk``."""
    found = WorkItem.objects.filter(unit_id=clerk.unit_id, kind="receive", closed_at=None).order_by("case_id")
    return int(found.values_list("case_id", flat=True)[0] or 0)


def next_id(case_id: int, places: int) -> int:
    """The case that comes ``places`` after this one in the stream."""
    return case_id + places * MILLISECOND


MILLISECOND = id_at(datetime.fromisoformat("2026-01-01T00:00:00.001+00:00")) - id_at(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))


def write_waiting(scene: Scene, count: int, now: datetime) -> None:
    """Reports on the seat agents' desk, the newest ones of the platform."""
    unit_id = organizations.unit_for_duty(scene.platform.pk, "accept", None)
    with transaction.atomic():
        for number in range(count):
            at = now - timedelta(seconds=3 * (count - number))
            new_id = id_source(at)
            source = report_of(scene, 30_000_000 + number, at, new_id())
            item, row = _to_accept(scene, source, at, new_id, unit_id)
            source.save(force_insert=True)
            item.save(force_insert=True)
            row.save(force_insert=True)


def _in_batches(numbers_of: Sequence[int], make: Callable[[int], Step]) -> None:
    for begin in range(0, len(numbers_of), AT_ONCE):
        rows = Rows()
        with transaction.atomic():
            for number in numbers_of[begin : begin + AT_ONCE]:
                rows.add(*make(number).new_rows())
            for told in rows.by_model[OutboxEntry]:
                told["delivered_at"] = told["created_at"]  # nobody listens while a database is filled
            for row in rows.by_model[Clock]:
                row["look_at"] = None  # as if every warning so far had been given
            write(rows)


def _to_accept(scene: Scene, source: Report, at: datetime, new_id: Callable[[], int], unit_id: int | None) -> tuple[WorkItem, Clock]:
    item = WorkItem(
        id=new_id(), platform_id=scene.platform.pk, report=source, kind="accept", duty="accept", unit_id=unit_id, opened_at=at,
    )  # fmt: skip
    row = Clock(
        id=new_id(), item=item, kind="stage", stage="accept", unit_id=unit_id, calendar_code=clocks.ALWAYS,
        limit_seconds=ACCEPT_MINUTES * 60,
    )  # fmt: skip
    clocks.start(row, at, scene.platform.pk, scene.platform.zone)
    item.due_at, item.warn_at = row.due_at, row.warn_at
    return item, row


def walk(scene: Scene, serial: int, at: datetime, steps: int, clerk: Acting) -> Step:
    """A new case reported at ``at`` that has taken the first ``steps`` moves of PATH; nothing is written before its ``commit``."""
    new_id = id_source(at)
    pk, source = new_id(), report_of(scene, serial, at, new_id())
    source.state = "accepted"
    item, row = _to_accept(scene, source, at, new_id, scene.seat.unit_id)
    case = case_of(scene, source, serial, pk, at + timedelta(minutes=3))
    item.case, row.case = case, case
    process = process_of(scene.definition_id)
    step = Step(case, process, scene.seat, case.opened_at, [item], [row], is_new=True)
    step.batch.insert(source, item, row, CaseReport(case=case, report=source, role="origin"))
    _take(scene, step, "accept", secret={"description": case.description})
    places = (case.community_id, case.subdistrict_id, case.district_id)
    step.accesses += [CaseAccess(case=case, division_id=number, since=step.at, why="area") for number in places]
    for action in PATH[:steps]:
        _prepare(scene, step, action, serial, clerk)
        _take(scene, step, action, target=clerk.unit_id if action == "dispatch" else None)
    while case.seq < RECORDS:
        step.record(Entry("correct", case.state, case.state, inputs={"place_text": case.place_text}, reason="other"))
    for item in step.items:
        if item.closed_at is None:
            item.opened_seq = case.seq  # as if the corrections had come before: most work is done right after the step that opened it
    _number(step)
    return step


def _take(scene: Scene, step: Step, action: str, *, secret: dict[str, str] | None = None, target: int | None = None) -> None:
    move = find(step, action)
    inputs = {"place_text": step.case.place_text, "category": str(step.case.category_id), "number": step.case.number}
    entry = Entry(action, move.edge.source, move.edge.target, inputs=inputs, secret=secret or {}, target_unit_id=target)
    person = _inspector(scene, step.case).appointment_id if action == "send_check" else None
    step.take(move, entry, person=person)


def _prepare(scene: Scene, step: Step, action: str, serial: int, clerk: Acting) -> None:
    """Who acts, when, and what the action would have set on the case before it moves."""
    case = step.case
    who = {
        "file": scene.seat, "send_check": scene.seat, "dispatch": scene.dispatcher, "review": scene.dispatcher,
        "receive": clerk, "feedback": clerk,
    }  # fmt: skip
    step.at += timedelta(minutes=4 if action != "feedback" else 45)
    step.acting = who[action] if action in who else _inspector(scene, case)
    if action == "file":
        case.number, case.filed_at = numbers.written(scene.platform, "case", step.at.date(), serial), step.at
        case.words = index_literal(indexing.text_of(case))
        start_case_clock(step)
    elif action == "dispatch":
        case.handler_unit_id, case.handler_unit, case.dispatched_at = clerk.unit_id, organizations.unit(clerk.unit_id), step.at
        seconds = deadlines.budget_seconds(case.limit_value or 0, case.limit_unit)  # type: ignore[arg-type]
        step.start_clock("unit", unit_id=clerk.unit_id, calendar_code=calendar_of_limit(case, "office"), limit_seconds=seconds)
        step.accesses.append(CaseAccess(case=case, unit_id=clerk.unit_id, since=step.at, why="handler"))
    elif action == "feedback":
        case.disposed_at = step.at
        case.on_time = step.kept_unit_limit()
    elif action == "check":
        case.check_answer, case.checked_at = "handled", step.at


def _inspector(scene: Scene, case: Case) -> Acting:
    return scene.inspectors[case.subdistrict_id or 0]


def _number(step: Step) -> None:
    """Give items and clocks their computable ids."""
    for begin, rows in ((ITEM_IDS, step.items), (CLOCK_IDS, step.clocks)):
        kept: Sequence[WorkItem | Clock] = rows
        for place, row in enumerate(kept):
            row.pk = step.case.pk + begin + place
    for row in step.clocks:
        row.item_id = row.item.pk if row.item is not None else None


def states() -> tuple[State, ...]:
    """States in which ``write_open`` leaves cases."""
    return (
        State.TO_DISPATCH, State.TO_RECEIVE, State.DISPOSING, State.TO_REVIEW, State.TO_SEND_CHECK, State.CHECKING, State.TO_CLOSE,
    )  # fmt: skip
