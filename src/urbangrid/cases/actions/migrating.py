"""Moving running cases to another version of their process: an explicit act with one record per case (architecture §3.2).

1. ``plan`` says what would happen: how many cases of which state go where, and which are refused, with the reason.
2. ``migrate_case`` moves one case through the one write path: it is locked, gets its record, and its open work follows the new version;
   a stage that stays counts from its first start under the new limit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from urbangrid.cases import calls, clocks, deadlines, processes, words
from urbangrid.cases.actions import holders
from urbangrid.cases.actions.step import Step, lock
from urbangrid.cases.lifecycle import WORK, State
from urbangrid.cases.models import Case, CaseRequest, ProcessDefinition, WorkItem
from urbangrid.cases.process import Process, Wait
from urbangrid.cases.records import Entry
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting

_S = State
PHASES: tuple[frozenset[State], ...] = (
    frozenset({_S.REPORTED, _S.TO_FILE, _S.VERIFYING, _S.TO_CONFIRM}),
    frozenset({_S.TO_SIGN, _S.FILED, _S.TO_DISPATCH}),
    frozenset({_S.TO_RELEASE, _S.WITH_CITY}),
    frozenset({_S.TO_RECEIVE, _S.DISPOSING}),
    frozenset({_S.TO_REVIEW, _S.TO_SEND_CHECK, _S.CHECKING, _S.TO_CLOSE}),
)
"""States between which a map may move a case: in each the same clocks of unit and case run or stand, so that none has to be touched."""
STATE_MISSING, ASKED, CHANGED = "state_missing", "request_waits", "moved_on"
"""Why a case stays: the new version does not know its state; a request waits whose rule is another there; it is closed or moved by now."""


@dataclass(frozen=True, slots=True)
class Stays:
    """A case that is refused, and why."""

    case_id: int
    number: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A dry run: how many cases go from which state to which, and the refused ones."""

    goes: tuple[tuple[str, str, int], ...]
    stays: tuple[Stays, ...]
    case_ids: tuple[int, ...]


def check_map(states: Mapping[str, str], target: Process) -> None:
    """Raises Refusal ``process_map_wrong`` for a pair that no map may have."""
    for source, goal in states.items():
        both = {source, goal}
        if goal not in target.waits or not any(both <= {state.value for state in phase} for phase in PHASES):
            raise Refusal("process_map_wrong", status=422, field=f"map-{source}", state=source)


def plan(platform_id: int, source_id: int, target_id: int, states: Mapping[str, str]) -> Plan:
    """What ``migrate_case`` would do with every open case of a version; three statements, nothing is written."""
    target = processes.process_of(target_id)
    check_map(states, target)
    cases = Case.objects.filter(platform_id=platform_id, process_id=source_id, closed_at=None, history=False).order_by("pk")
    rows = list(cases.values_list("pk", "number", "state"))
    waiting = CaseRequest.objects.filter(case_id__in=[pk for pk, _number, _state in rows], state=CaseRequest.WAITING)
    asked: dict[int, set[str]] = {}
    for pk, kind in waiting.values_list("case_id", "kind"):
        asked.setdefault(pk, set()).add(kind)
    old, goes, stays, ids = processes.process_of(source_id), Counter[tuple[str, str]](), [], []
    for pk, number, state in rows:
        why = _refusal(old, target, state, states, asked.get(pk, ()))
        if why:
            stays.append(Stays(pk, number or "", state, why))
        else:
            goes[state, states.get(state, state)] += 1
            ids.append(pk)
    ordered = sorted(goes.items(), key=lambda one: list(State).index(State(one[0][0])))
    return Plan(tuple((one, other, count) for (one, other), count in ordered), tuple(stays), tuple(ids))


def _refusal(old: Process, target: Process, state: str, states: Mapping[str, str], asked: Iterable[str]) -> str:
    if State(states.get(state, state)) not in target.waits:
        return STATE_MISSING
    if any(old.requests.get(kind) != target.requests.get(kind) for kind in asked):
        return ASKED
    return ""


@whole
def migrate_case(acting: Acting, case_id: int, source_id: int, target_id: int, states: Mapping[str, str]) -> Case:
    """Move one open case from one version to another, on record. Raises Refusal ``process_stays`` with ``why``, NotFound."""
    step = lock(acting, case_id)
    case, old, target = step.case, step.process, processes.process_of(target_id)
    if case.process_id != source_id or case.closed_at is not None:
        raise Refusal("process_stays", status=409, why=words.STAYS[CHANGED])
    waiting = CaseRequest.objects.filter(case_id=case_id, state=CaseRequest.WAITING).values_list("kind", flat=True)
    why = _refusal(old, target, case.state, states, waiting)
    if why:
        raise Refusal("process_stays", status=409, why=words.STAYS[why])
    source, goal = State(case.state), State(states.get(case.state, case.state))
    names = processes.names(source_id, target_id)
    case.process_id, step.process, case.state = target_id, target, goal
    step.record(Entry("migrate_process", source, goal, inputs={"from": names[source_id], "to": names[target_id]}))
    _hand_over(step, old, source, goal)
    return step.commit()


def _hand_over(step: Step, old: Process, source: State, goal: State) -> None:
    """The open work follows: the same item where the same people have it, else a new one for those who have it now."""
    item, before, after = step.item(WORK[source]), old.waits.get(source), step.process.waits[goal]
    same_people = before is not None and (source, before.duty, before.holder) == (goal, after.duty, after.holder)
    if item is None or (same_people and before == after):
        return
    if same_people and _relimit(step, item, after):
        return
    step.close_item(item, done=False)
    step.open_item(goal, note=item.note)


def _relimit(step: Step, item: WorkItem, wait: Wait) -> bool:
    """The stage of an item counts from its first start under another limit and calendar; False where there is no clock for it."""
    row = step.stage_clock(item)
    if row is None or wait.limit_minutes is None:
        return row is None and wait.limit_minutes is None
    if calls.holds(step.case, wait):
        return True  # the call's minutes stay, whatever the stage has now (先派后补)
    seconds, row.calendar_code = wait.limit_minutes * 60, holders.calendar_code(step.case, wait)
    line = clocks.timeline(step.case.platform_id, row.calendar_code, step.acting.zone)
    step.change(row, lambda state: deadlines.correct(state, step.at, seconds, timeline=line))
    item.due_at, item.warn_at, item.paused = row.due_at, row.warn_at, wait.paused
    step.show(item)
    return True


def versions_of(platform_id: int, source_id: int, target_id: int) -> tuple[ProcessDefinition, ProcessDefinition]:
    """Both versions of a migration. Raises NotFound ``process_unknown``, Refusal ``process_other``."""
    found = {row.pk: row for row in ProcessDefinition.objects.filter(platform_id=platform_id, pk__in=[source_id, target_id])}
    if source_id == target_id:
        raise Refusal("process_other", status=422)
    if len(found) != len({source_id, target_id}):
        raise NotFound("process_unknown")
    return found[source_id], found[target_id]
