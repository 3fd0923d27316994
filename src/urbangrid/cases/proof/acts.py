"""What each act does to the telling of a case. An act without a line here is a move of the table and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from urbangrid.cases.lifecycle import REMARKS, WORK, State
from urbangrid.cases.proof.acts_beside import BESIDE, ask, assist, case_seconds, stays, unit_seconds
from urbangrid.cases.proof.told import Act, Contradiction, Told, Work
from urbangrid.cases.proof.watch import Watch, second_of


def tell(told: Told, act: Act) -> None:
    """Let the act happen. Raises Contradiction where it could not have."""
    if act.seq != told.seq + 1:
        raise Contradiction(f"record {act.seq} after {told.seq}")
    if act.source != told.state:
        raise Contradiction(f"{act.action} from {act.source}, the case was {told.state}")
    told.seq = act.seq
    if act.action in REMARKS:
        stays(told, act)
    elif act.action.startswith("ask_") and act.action != "ask_recheck":
        ask(told, act)
    else:
        ACTS.get(act.action, Told.move)(told, act)
    if told.state != act.target:
        raise Contradiction(f"{act.action} leads to {told.state}, the record says {act.target}")
    told.follow_unit(act)
    told.acts.append(act)


# --- filing and dispatch ---


def _call_first(told: Told, act: Act) -> None:
    """The call's minutes take the place of what the stage had; a second call begins none (case-rules 11)."""
    told.move(act)
    work = told.one(WORK[State(told.state)])
    if told.called is None and work is not None and work.watch is not None:
        begun = work.watch.happened[0].at
        work.watch.add(act.at, "correct", second_of(act.at) - begun + told.call_seconds)
    told.called = told.called or act.at


def _verify(told: Told, act: Act) -> None:
    """What is there becomes a report of the inspector's own."""
    told.move(act)
    if act.reason == "true":
        told.reporters.setdefault(act.appointment, None)


def _file(told: Told, act: Act) -> None:
    if told.case is None and told.called is not None:
        told.called_kept = second_of(act.at) - second_of(told.called) <= told.call_seconds
    value, unit = str(act.inputs["limit"]).split()
    told.limit, told.condition = (int(value), unit), str(act.inputs["condition"])
    if told.case is None:
        told.case = Watch("case", case_seconds(told, act.at), told.facts.wall("always"))
        told.case.add(act.at, "start")
    else:
        _new_limit(told, act)
    told.move(act)


def _new_limit(told: Told, act: Act) -> None:
    """Golden table: recomputed from the original start with the new limit, for every unit that has had the case."""
    if told.case is not None:
        told.case.add(act.at, "correct", case_seconds(told, act.at))
    for watch in told.units.values():
        watch.add(act.at, "correct", unit_seconds(told))
    told.judge_again = told.disposed is not None and told.watch is not None and not told.law.by_closing


def _correct(told: Told, act: Act) -> None:
    new: Mapping[str, Any] = act.inputs["new"]
    told.condition = str(new.get("condition", told.condition))
    if "limit" in new:
        value, unit = str(new["limit"]).split()
        told.limit = (int(value), unit)
    _new_limit(told, act)
    told.move(act)
    _new_fence(told, act)


def _new_fence(told: Told, act: Act) -> None:
    hours, work = told.facts.fence_hours(told.condition), told.one("fence")
    if work is not None and work.watch is not None and hours:
        work.watch.add(act.at, "correct", hours * 3600)
    elif work is not None:
        told.close([work], act)
    elif told.state in ("to_receive", "disposing"):
        _start_fence(told, act)


def _give(told: Told, act: Act, unit: int) -> None:
    """A unit has the case from now on; its limit begins, or goes on where it stopped (捆绑时限)."""
    before = {"unit": unit, "readers": dict(told.readers), "had": unit in told.units, "dispatched": told.dispatched}
    told.undo[act.seq] = before
    told.handler, told.dispatched = unit, act.at
    if unit in told.units:
        told.units[unit].add(act.at, "go_on")
    else:
        watch = told.units[unit] = Watch("unit", unit_seconds(told), told.facts.wall("always"), unit)
        watch.add(act.at, "start")
    told.readers[unit] = None


def _dispatch(told: Told, act: Act) -> None:
    unit = int(act.inputs["unit"])
    if act.target == "at_district":
        told.undo[act.seq] = {"command": told.command, "readers": dict(told.readers)}
        told.command = unit
        told.readers[unit] = None
        told.move(act)
    else:
        _give(told, act, unit)
        told.move(act)
        _start_fence(told, act)
    for helper in dict.fromkeys(int(number) for number in act.inputs.get("assist", ())):
        assist(told, act, helper, None, None)


def _start_fence(told: Told, act: Act) -> None:
    """先期围护 beside the repair, in 紧急工作时 from the dispatch on, until one has been put up."""
    hours = told.facts.fence_hours(told.condition)
    if not hours or told.fenced or told.one("fence") is not None:
        return
    work = told.beside("fence", told.law.waits["disposing"]["duty"], act, hours * 3600, unit=told.handler)
    assert work.watch is not None
    work.watch.happened.clear()
    work.watch.add(told.dispatched or act.at, "start")


def _fence(told: Told, act: Act) -> None:
    told.fenced = True
    told.move(act)


def _redispatch(told: Told, act: Act) -> None:
    former = told.handler
    if told.watch is not None:
        told.watch.add(act.at, "stand")
    if former is not None and former in told.readers:
        told.readers[former] = act.seq - 1
    district = _taken(told, act)
    if told.command is not None and district is not None:
        told.readers[told.command] = act.seq - 1
        told.command = None
    _give(told, act, int(act.inputs["unit"]))
    told.move(act)
    _start_fence(told, act)
    told.lapse(act, former, district)
    for helper in dict.fromkeys(int(number) for number in act.inputs.get("assist", ())):
        assist(told, act, helper, None, None)


def _taken(told: Told, act: Act) -> int | None:
    """The district that the city takes the case from: its own posts take from their unit and keep it."""
    own = told.district_of(told.command) if told.command is not None else None
    return own if own is not None and told.facts.platform_of(act.unit) != own else None


def _recall(told: Told, act: Act) -> None:
    if (act.target == "at_district") != (told.facts.platform_of(act.unit) != told.platform):
        raise Contradiction(f"recall by {act.unit} went to {act.target}")
    _leave(told, act)


def _send_back(told: Told, act: Act) -> None:
    if (act.target == "at_district") != (told.command is not None):
        raise Contradiction(f"send_back went to {act.target}")
    _leave(told, act)


def _leave(told: Told, act: Act) -> None:
    """Recalled or sent back: nobody has it, or the district that it came through; who has left reads up to here."""
    keeps = act.target == "at_district"
    district = None if keeps or told.command is None else told.district_of(told.command)
    units = (told.handler, None if keeps else told.command)
    told.move(act)
    for unit in units:
        if unit is not None and unit in told.readers:
            told.readers[unit] = act.seq
    told.handler, told.dispatched = None, None
    if not keeps:
        told.command = None
        told.lapse(act, of_district=district)


def _return_up(told: Told, act: Act) -> None:
    centre = told.command
    told.undo[act.seq] = {"command": centre, "readers": dict(told.readers)}
    told.command = None
    told.move(act)
    if centre is not None:
        told.readers[centre] = act.seq
        told.lapse(act, of_district=told.district_of(centre))


def _feedback(told: Told, act: Act) -> None:
    judged = told.watch
    told.disposed = act.at
    by_district = "district_review" in told.law.waits and told.command is not None
    if (act.target == "district_review") != by_district:
        raise Contradiction(f"feedback went to {act.target}")
    told.move(act)
    told.on_time = judged.kept(act.at) if judged is not None and not told.law.by_closing else None


def _close(told: Told, act: Act) -> None:
    """Where closing decides, review and check counted, and the unit is judged now."""
    if told.law.by_closing:
        told.on_time = told.watch.kept(act.at, by_closing=True) if told.watch is not None else None
        if act.inputs.get("judged_by") != "closing":
            raise Contradiction("the record does not say that the case was judged by its closing")
    told.move(act)


def _reopen(told: Told, act: Act) -> None:
    told.disposed, told.on_time = None, None
    told.case = Watch("case", case_seconds(told, act.at), told.facts.wall("always"))
    told.case.add(act.at, "start")
    _leave(told, act)


# --- within a unit ---


def _assign_down(told: Told, act: Act) -> None:
    told.move(act)
    unit, person = int(act.inputs["unit"]), act.inputs.get("person")
    work = told.beside("crew_task", "dispose", act, int(act.inputs["limit_seconds"]), unit=unit, person=int(person) if person else None)
    told.readers[unit] = None
    if work.watch is not None:
        work.watch.unit = unit


def _below(told: Told, act: Act, *, own: bool) -> list[Work]:
    """Tasks under the acting unit's own item; ``own``: with its own."""
    tasks = told.open("crew_task")
    place = next((i for i, one in enumerate(tasks) if act.unit == one.unit), None)
    if place is None:
        return [] if own else tasks
    return tasks[place if own else place + 1 :]


def _unassign(told: Told, act: Act) -> None:
    left = _below(told, act, own=False)
    told.move(act)
    _leave_tasks(told, act, left)


def _hand_back(told: Told, act: Act) -> None:
    left = _below(told, act, own=True)
    told.move(act)
    _leave_tasks(told, act, left)


def _leave_tasks(told: Told, act: Act, tasks: list[Work]) -> None:
    told.close(tasks, act)
    for one in tasks:
        if one.unit is not None:
            told.readers[one.unit] = act.seq


def _crew_feedback(told: Told, act: Act) -> None:
    """The crew's own task is answered; upwards so far as the answers need no look."""
    own = _below(told, act, own=True)
    told.move(act)
    told.close(own, act)
    answering = act.unit or 0
    for task in reversed(told.open("crew_task")):
        if not told.facts.answers_directly(answering):
            return
        told.close([task], act)
        answering = task.unit or 0


# --- taking back a step ---


def _withdraw(told: Told, act: Act) -> None:
    """The step as if it had never been: what it opened ends, what it closed is open again with its limit running on."""
    seq = int(act.inputs["step"])
    told.close([one for one in told.open() if one.opened >= seq], act)
    told.state = act.target
    undo = told.undo.get(seq, {})
    told.readers = undo.get("readers", told.readers)
    if "command" in undo:
        told.command = undo["command"]
    if "unit" in undo:
        _give_back(told, undo)
    kind = WORK.get(State(told.state), "")
    again = next((one for one in told.work if one.closed == seq and one.opened < seq and one.kind == kind), None)
    if again is None:
        told.open_state(act)
        return
    again.closed = None
    if again.watch is not None:
        again.watch.happened = [one for one in again.watch.happened if one.kind != "end"]


def _give_back(told: Told, undo: dict[str, Any]) -> None:
    """The unit never had it: its limit did not begin, or stands as before."""
    unit = undo["unit"]
    if undo["had"]:
        told.units[unit].happened.pop()
    else:
        del told.units[unit]
    told.handler, told.dispatched = None, None


# --- kin ---


def _merge(told: Told, act: Act) -> None:
    limits = [*told.units.values(), *([told.case] if told.case is not None else [])]
    told.apart = {"units": dict(told.units), "case": told.case, "limits": limits, "seq": act.seq, "at": act.at}
    told.move(act)


def _join_report(told: Told, act: Act) -> None:
    told.move(act)
    told.reporters.setdefault(told.of_report(str(act.inputs["report"])), None)


def _split_off(told: Told, act: Act) -> None:
    """A part has its limits from the first filing on."""
    value, unit = str(act.inputs["limit"]).split()
    told.limit, told.condition = (int(value), unit), str(act.inputs["condition"])
    filed = datetime.fromisoformat(act.inputs["filed_at"])
    told.case = Watch("case", case_seconds(told, filed), told.facts.wall("always"))
    told.case.add(filed, "start")
    told.move(act)


def _take_in(told: Told, act: Act) -> None:
    """Reports of the other case tell of this one too: who made them reads it."""
    stays(told, act)
    for reporter in told.of_other(int(act.inputs["case"])):
        told.reporters.setdefault(reporter, int(act.inputs["case"]))


def _let_go(told: Told, act: Act) -> None:
    stays(told, act)
    told.reporters = {one: case for one, case in told.reporters.items() if case != int(act.inputs["case"])}


def _unmerge(told: Told, act: Act) -> None:
    """As before the merger; what ran stood meanwhile. What was asked has lapsed and stays so."""
    apart = told.apart
    told.state = act.target
    told.units, told.case = apart["units"], apart["case"]
    works = [one for one in told.work if one.closed == apart["seq"] and one.kind not in ("decide", "recheck")]
    for work in works:
        work.closed = None
    for watch in [*apart["limits"], *(one.watch for one in works if one.watch is not None)]:
        watch.happened = [one for one in watch.happened if one.kind != "end"]
        if not watch.stands or watch.reviewed:
            again = "review" if watch.stands else "go_on"
            watch.add(apart["at"], "stand")
            watch.add(act.at, again)


ACTS: Mapping[str, Callable[[Told, Act], Any]] = {
    **BESIDE,
    "merge": _merge, "unmerge": _unmerge, "take_in": _take_in, "let_go": _let_go, "fence": _fence, "join_report": _join_report,
    "split_off": _split_off, "call_first": _call_first,
    "verify": _verify, "file": _file, "correct": _correct, "dispatch": _dispatch, "redispatch": _redispatch, "recall": _recall,
    "send_back": _send_back,
    "return_up": _return_up, "feedback": _feedback, "close": _close, "close_informed": _close, "reopen": _reopen,
    "assign_down": _assign_down, "unassign": _unassign,
    "hand_back": _hand_back, "crew_feedback": _crew_feedback, "withdraw": _withdraw,
}  # fmt: skip
