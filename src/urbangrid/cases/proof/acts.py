"""What each act does to the telling of a case. An act without a line here is a move of the table and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from urbangrid.cases.lifecycle import REMARKS, WORK, State
from urbangrid.cases.proof.told import ALLOWANCE, UNIT_SECONDS, Act, Asked, Contradiction, Told, Work
from urbangrid.cases.proof.watch import Watch, second_of
from urbangrid.cases.requests import KINDS

ANSWER = {"order": "answer_order", "instruction": "answer_instruction"}
SENT = {"remind": "reminder", "order": "order", "instruct": "instruction"}
RECHECK_SECONDS = 3 * 8 * 3600


def tell(told: Told, act: Act) -> None:
    """Let the act happen. Raises Contradiction where it could not have."""
    if act.seq != told.seq + 1:
        raise Contradiction(f"record {act.seq} after {told.seq}")
    if act.source != told.state:
        raise Contradiction(f"{act.action} from {act.source}, the case was {told.state}")
    told.seq = act.seq
    if act.action in REMARKS:
        _stays(told, act)
    elif act.action.startswith("ask_") and act.action != "ask_recheck":
        _ask(told, act)
    else:
        ACTS.get(act.action, Told.move)(told, act)
    if told.state != act.target:
        raise Contradiction(f"{act.action} leads to {told.state}, the record says {act.target}")
    told.follow_unit(act)
    told.acts.append(act)


def _stays(told: Told, act: Act) -> None:
    if act.target != act.source:
        raise Contradiction(f"{act.action} moved the case")


# --- filing and dispatch ---


def _file(told: Told, act: Act) -> None:
    value, unit = str(act.inputs["limit"]).split()
    told.limit, told.condition = (int(value), unit), str(act.inputs["condition"])
    if told.case is None:
        told.case = Watch("case", _case_seconds(told, act.at), told.facts.wall("always"))
        told.case.add(act.at, "start")
    else:
        _new_limit(told, act)
    told.move(act)


def _case_seconds(told: Told, at: datetime) -> int:
    assert told.limit is not None
    value, unit = told.limit
    return (told.facts.case_value(told.condition, at) or value + ALLOWANCE[unit]) * UNIT_SECONDS[unit]


def _unit_seconds(told: Told) -> int:
    assert told.limit is not None
    return told.limit[0] * UNIT_SECONDS[told.limit[1]]


def _new_limit(told: Told, act: Act) -> None:
    """Golden table: recomputed from the original start with the new limit, for every unit that has had the case."""
    if told.case is not None:
        told.case.add(act.at, "correct", _case_seconds(told, act.at))
    for watch in told.units.values():
        watch.add(act.at, "correct", _unit_seconds(told))
    if told.disposed is not None and told.watch is not None:
        told.on_time = told.watch.kept(told.disposed)


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
        watch = told.units[unit] = Watch("unit", _unit_seconds(told), told.facts.wall("always"), unit)
        watch.add(act.at, "start")
    told.readers[unit] = None


def _dispatch(told: Told, act: Act) -> None:
    unit = int(act.inputs["unit"])
    if act.target == "at_district":
        told.undo[act.seq] = {"command": told.command, "readers": dict(told.readers)}
        told.command = unit
        told.readers[unit] = None
        told.move(act)
        return
    _give(told, act, unit)
    told.move(act)
    _start_fence(told, act)
    for helper in dict.fromkeys(int(number) for number in act.inputs.get("assist", ())):
        _assist(told, act, helper, None, None)


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
    _give(told, act, int(act.inputs["unit"]))
    told.move(act)
    _start_fence(told, act)
    told.lapse(act, former)
    for helper in dict.fromkeys(int(number) for number in act.inputs.get("assist", ())):
        _assist(told, act, helper, None, None)


def _leave(told: Told, act: Act) -> None:
    """Recalled or sent back: nobody has it; the former unit reads up to here."""
    units = (told.handler, told.command)
    told.move(act)
    for unit in units:
        if unit is not None and unit in told.readers:
            told.readers[unit] = act.seq
    told.handler, told.command, told.dispatched = None, None, None


def _return_up(told: Told, act: Act) -> None:
    centre = told.command
    told.undo[act.seq] = {"command": centre, "readers": dict(told.readers)}
    told.command = None
    told.move(act)
    if centre is not None:
        told.readers[centre] = act.seq


def _feedback(told: Told, act: Act) -> None:
    judged = told.watch
    told.disposed = act.at
    by_district = "district_review" in told.law.waits and told.command is not None
    if (act.target == "district_review") != by_district:
        raise Contradiction(f"feedback went to {act.target}")
    told.move(act)
    told.on_time = judged.kept(act.at) if judged is not None else None


def _reopen(told: Told, act: Act) -> None:
    told.disposed, told.on_time = None, None
    told.case = Watch("case", _case_seconds(told, act.at), told.facts.wall("always"))
    told.case.add(act.at, "start")
    _leave(told, act)


# --- requests ---


def _ask(told: Told, act: Act) -> None:
    kind = act.action.removeprefix("ask_")
    number = int(act.inputs["request"])
    again = any(one.kind == kind and one.state == "granted" for one in told.asked.values())
    if bool(act.inputs["again"]) != again:
        raise Contradiction(f"{act.action}: again {act.inputs['again']}")
    asked = told.asked[number] = Asked(kind, act.unit, act.at, act.appointment, again=again, days=int(act.inputs["days"]))
    _to_link(told, act, number, asked)
    if told.law.requests[kind].get("stands"):
        _stand(told, act, kind, True)


def _to_link(told: Told, act: Act, number: int, asked: Asked) -> None:
    link = told.law.chain(asked.kind, asked.again)[asked.link]
    told.beside("decide", link["duty"], act, int(link.get("minutes", 120)) * 60, request=number)


def _stand(told: Told, act: Act, kind: str, stands: bool) -> None:
    """The asker's stage waits with the request, or goes on."""
    for work in KINDS[kind].work or (WORK.get(State(told.state), ""),):
        item = told.one(work)
        if item is not None and item.watch is not None and item.watch.stands != stands:
            item.watch.add(act.at, "stand" if stands else "go_on")


def _decided(told: Told, act: Act) -> tuple[int, Asked]:
    number = int(act.inputs["request"])
    asked = told.asked[number]
    if asked.state != "waiting":
        raise Contradiction(f"{act.action} of a request that is {asked.state}")
    _stays(told, act)
    told.close([one for one in told.open("decide") if one.request == number], act)
    return number, asked


def _agree(told: Told, act: Act) -> None:
    number, asked = _decided(told, act)
    links = told.law.chain(asked.kind, asked.again)
    most = links[asked.link].get("days")
    last = asked.link + 1 >= len(links) or (most is not None and asked.days <= most)
    if bool(act.inputs["last"]) != last:
        raise Contradiction(f"agree: last {act.inputs['last']} for {asked.days} days at link {asked.link}")
    if not last:
        asked.link += 1
        _to_link(told, act, number, asked)
        return
    _over(told, act, asked, "granted")
    GRANTED.get(asked.kind, _nothing)(told, act, asked)


def _over(told: Told, act: Act, asked: Asked, state: str) -> None:
    asked.state = state
    others = [one for one in told.asked.values() if one.state == "waiting" and told.law.requests.get(one.kind, {}).get("stands")]
    if told.law.requests[asked.kind].get("stands") and not others:
        _stand(told, act, asked.kind, False)


def _nothing(told: Told, act: Act, asked: Asked) -> None:
    return None


def _extend(told: Told, act: Act, asked: Asked) -> None:
    watch, case = told.watch, told.case
    if watch is None:
        return
    if case is not None and _in_time(case, asked.at):
        percent = round(watch.limit * 100 / max(case.limit, 1))
        case.add(second_of(asked.at), "extend", percent)
    watch.add(second_of(asked.at), "extend", 100)
    if told.disposed is not None:
        told.on_time = watch.kept(told.disposed)


def _in_time(watch: Watch, at: datetime) -> bool:
    """Whether the limit still held when something was asked, by what had befallen it until then."""
    second = second_of(at)
    then = Watch(watch.kind, watch.read().limit, watch.wall, watch.unit, [one for one in watch.happened if one.at <= second])
    told = then.read()
    if told.missed is not None:
        return second < told.missed
    return told.since is None or second < second_of(then.due() or at)


def _set_aside(told: Told, act: Act, asked: Asked) -> None:
    for watch in (told.watch, told.case):
        if watch is not None:
            watch.add(act.at, "stand")


def _free(told: Told, act: Act, asked: Asked) -> None:
    helping = [one for one in told.open("assist") if one.unit == asked.unit]
    _end_assist(told, act, helping[:1])


GRANTED: Mapping[str, Callable[[Told, Act, Asked], None]] = {
    "extension": _extend, "suspension": _set_aside, "deferral": _set_aside, "assist_back": _free,
}  # fmt: skip
"""What follows at once; a move that follows has a record of its own."""


def _disagree(told: Told, act: Act) -> None:
    _number, asked = _decided(told, act)
    _over(told, act, asked, "refused")


def _take_back(told: Told, act: Act) -> None:
    _number, asked = _decided(told, act)
    _over(told, act, asked, "withdrawn")


def _wake(told: Told, act: Act) -> None:
    _stays(told, act)
    told.end_aside(act)


def _ask_recheck(told: Told, act: Act) -> None:
    _stays(told, act)
    told.beside("recheck", "dispose", act, RECHECK_SECONDS, unit=told.handler, request=int(act.inputs["request"]))


def _recheck(told: Told, act: Act) -> None:
    _stays(told, act)
    told.close([told.one("recheck")], act)


# --- orders ---


def _send(told: Told, act: Act) -> None:
    _stays(told, act)
    number, target = int(act.inputs["request"]), int(act.inputs["unit"])
    kind = SENT.get(act.action) or told.kinds[number]
    asked = told.asked[number] = Asked(kind, act.unit, act.at, act.appointment, target=target)
    if kind == "reminder":
        asked.state = "ended"
        return
    _to_target(told, act, number, asked, act.inputs.get("until"))


def _to_target(told: Told, act: Act, number: int, asked: Asked, until: str | None) -> None:
    seconds = int(told.law.orders[asked.kind].get("minutes", 480)) * 60
    if until:
        seconds = max((second_of(datetime.fromisoformat(until)) - second_of(act.at)) // 60, 1) * 60
    told.beside(ANSWER[asked.kind], "answer_order", act, seconds, unit=asked.target, request=number)
    if asked.target is not None:
        told.readers[asked.target] = None


def _of_request(told: Told, act: Act, kinds: tuple[str, ...]) -> list[Work]:
    number = int(act.inputs["request"])
    return [one for one in told.open() if one.request == number and one.kind in kinds]


def _answer(told: Told, act: Act) -> None:
    _stays(told, act)
    number = int(act.inputs["request"])
    asked = told.asked[number]
    told.close(_of_request(told, act, tuple(ANSWER.values())), act)
    asked.state = "answered"
    seconds = int(told.law.orders[asked.kind].get("judge_minutes", 960)) * 60
    told.beside("judge_answer", "answer_order", act, seconds, unit=asked.unit, person=asked.by, request=number)


def _accept_answer(told: Told, act: Act) -> None:
    _stays(told, act)
    told.close(_of_request(told, act, ("judge_answer",)), act)
    told.asked[int(act.inputs["request"])].state = "ended"


def _return_answer(told: Told, act: Act) -> None:
    _stays(told, act)
    number = int(act.inputs["request"])
    told.close(_of_request(told, act, ("judge_answer",)), act)
    told.asked[number].state = "waiting"
    _to_target(told, act, number, told.asked[number], None)


# --- joint handling ---


def _add_assist(told: Told, act: Act) -> None:
    _stays(told, act)
    request = act.inputs.get("request")
    _assist(told, act, int(act.inputs["unit"]), int(request) if request else None, act.inputs.get("until"))


def _assist(told: Told, act: Act, unit: int, request: int | None, until: str | None) -> None:
    seconds = _unit_seconds(told) if told.limit else 0
    if until:
        seconds = max(int((datetime.fromisoformat(until) - act.at) / timedelta(minutes=1)), 1) * 60
    told.beside("assist", "dispose", act, seconds, unit=unit, request=request)
    told.readers[unit] = None


def _end_assist(told: Told, act: Act, works: list[Work]) -> None:
    told.close(works, act)
    for work in works:
        if work.request is not None and not any(one.request == work.request for one in told.open("assist")):
            told.asked[work.request].state = "ended"


def _assist_answer(told: Told, act: Act) -> None:
    _stays(told, act)
    _end_assist(told, act, [one for one in told.open("assist") if one.unit == act.unit][:1])


def _drop_assist(told: Told, act: Act) -> None:
    _stays(told, act)
    _end_assist(told, act, [one for one in told.open("assist") if one.unit == act.target_unit][:1])


def _coordinate(told: Told, act: Act) -> None:
    _stays(told, act)
    told.asked[int(act.inputs["request"])] = Asked("coordination", act.unit, act.at, act.appointment, state="granted")


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
        if not watch.stands:
            watch.add(apart["at"], "stand")
            watch.add(act.at, "go_on")


ACTS: Mapping[str, Callable[[Told, Act], Any]] = {
    "merge": _merge, "unmerge": _unmerge, "take_in": _stays, "let_go": _stays, "fence": _fence,
    "file": _file, "correct": _correct, "dispatch": _dispatch, "redispatch": _redispatch, "recall": _leave, "send_back": _leave,
    "return_up": _return_up, "feedback": _feedback, "reopen": _reopen, "agree": _agree, "disagree": _disagree, "take_back": _take_back,
    "wake": _wake, "ask_recheck": _ask_recheck, "recheck": _recheck, "remind": _send, "order": _send, "instruct": _send,
    "pass_on": _send, "answer_order": _answer, "accept_answer": _accept_answer, "return_answer": _return_answer,
    "add_assist": _add_assist, "assist_answer": _assist_answer, "drop_assist": _drop_assist, "coordinate": _coordinate,
    "assign_down": _assign_down, "unassign": _unassign, "hand_back": _hand_back, "crew_feedback": _crew_feedback, "withdraw": _withdraw,
}  # fmt: skip
