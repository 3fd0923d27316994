"""What lies beside the state of a case: requests and their approvers, orders and their answers, units that help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from urbangrid.cases.lifecycle import WORK, State
from urbangrid.cases.proof.told import ALLOWANCE, UNIT_SECONDS, Act, Asked, Contradiction, Row, Told, Work
from urbangrid.cases.proof.watch import Watch, second_of
from urbangrid.cases.requests import KINDS

ANSWER = {"order": "answer_order", "instruction": "answer_instruction"}
SENT = {"remind": "reminder", "order": "order", "instruct": "instruction"}
RECHECK_SECONDS = 3 * 8 * 3600


def stays(told: Told, act: Act) -> None:
    if act.target != act.source:
        raise Contradiction(f"{act.action} moved the case")


def case_seconds(told: Told, at: datetime) -> int:
    assert told.limit is not None
    value, unit = told.limit
    return (told.facts.case_value(told.condition, at) or value + ALLOWANCE[unit]) * UNIT_SECONDS[unit]


def unit_seconds(told: Told) -> int:
    assert told.limit is not None
    return told.limit[0] * UNIT_SECONDS[told.limit[1]]


# --- requests ---


def ask(told: Told, act: Act) -> None:
    kind = act.action.removeprefix("ask_")
    number = int(act.inputs["request"])
    again = any(one.kind == kind and one.state == "granted" for one in told.asked.values())
    if bool(act.inputs["again"]) != again:
        raise Contradiction(f"{act.action}: again {act.inputs['again']}")
    asked = told.asked[number] = Asked(kind, act.unit, act.at, act.appointment, again=again, days=int(act.inputs["days"]))
    asked.subject = str(act.inputs.get("subject", ""))
    _to_link(told, act, number, asked)
    if told.law.requests[kind].get("stands"):
        _stand(told, act, kind, True)


def _everyone(told: Told, asked: Asked) -> list[Row]:
    return told.law.everyone(asked.kind, asked.again, in_district=told.decided_in(asked) is not None)


def _to_link(told: Told, act: Act, number: int, asked: Asked) -> None:
    district = told.decided_in(asked)
    link = _everyone(told, asked)[asked.link]
    platform = district if link["of_district"] else None
    told.beside("decide", link["duty"], act, int(link.get("minutes", 120)) * 60, request=number, platform=platform)


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
    stays(told, act)
    told.close([one for one in told.open("decide") if one.request == number], act)
    return number, asked


def _agree(told: Told, act: Act) -> None:
    number, asked = _decided(told, act)
    links = told.law.chain(asked.kind, asked.again, in_district=told.decided_in(asked) is not None)
    most = links[min(asked.link, len(links) - 1)].get("days")
    last = asked.link + 1 >= len(links) or (most is not None and asked.days <= most)
    if bool(act.inputs["last"]) != last:
        raise Contradiction(f"agree: last {act.inputs['last']} for {asked.days} days at link {asked.link}")
    if not last:
        asked.link += 1
        _to_link(told, act, number, asked)
        return
    _over(told, act, asked, "granted")
    if asked.kind in ("responsibility", "send_back") and act.inputs.get("unit"):
        told.decisions.append((int(act.inputs["unit"]), bool(act.inputs["designated"])))
    GRANTED.get(asked.kind, _nothing)(told, act, asked)


def slept(told: Told, number: int, at: datetime) -> bool:
    """Whether the approver of a request has had it too long and somebody is next."""
    asked = told.asked[number]
    work = next((one for one in told.open("decide") if one.request == number), None)
    if work is None or work.watch is None or asked.link + 1 >= len(_everyone(told, asked)):
        return False
    had = work.watch.wall.counted(work.watch.happened[0].at, second_of(at))
    return 0 < told.law.sleep_seconds <= had


def _escalate(told: Told, act: Act) -> None:
    number = int(act.inputs["request"])
    if not slept(told, number, act.at):
        raise Contradiction("escalate: its approver has not slept")
    _number, asked = _decided(told, act)
    asked.link += 1
    _to_link(told, act, number, asked)


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
    if told.disposed is not None and not told.law.by_closing:
        told.on_time = watch.kept(told.disposed)


def _in_time(watch: Watch, at: datetime) -> bool:
    """Whether the limit still held when something was asked, by what had befallen it until then: a later correction is not held
    against who asked in time."""
    second = second_of(at)
    then = Watch(watch.kind, watch.limit, watch.wall, watch.unit, [one for one in watch.happened if one.at <= second])
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
    stays(told, act)
    told.end_aside(act)


def _ask_recheck(told: Told, act: Act) -> None:
    stays(told, act)
    told.beside("recheck", "dispose", act, RECHECK_SECONDS, unit=told.handler, request=int(act.inputs["request"]))


def _recheck(told: Told, act: Act) -> None:
    stays(told, act)
    told.close([told.one("recheck")], act)


# --- orders ---


def _send(told: Told, act: Act) -> None:
    stays(told, act)
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
    stays(told, act)
    number = int(act.inputs["request"])
    asked = told.asked[number]
    told.close(_of_request(told, act, tuple(ANSWER.values())), act)
    asked.state = "answered"
    seconds = int(told.law.orders[asked.kind].get("judge_minutes", 960)) * 60
    told.beside("judge_answer", "answer_order", act, seconds, unit=asked.unit, person=asked.by, request=number)


def _accept_answer(told: Told, act: Act) -> None:
    stays(told, act)
    told.close(_of_request(told, act, ("judge_answer",)), act)
    told.asked[int(act.inputs["request"])].state = "ended"


def _return_answer(told: Told, act: Act) -> None:
    stays(told, act)
    number = int(act.inputs["request"])
    told.close(_of_request(told, act, ("judge_answer",)), act)
    told.asked[number].state = "waiting"
    _to_target(told, act, number, told.asked[number], None)


# --- joint handling ---


def _add_assist(told: Told, act: Act) -> None:
    stays(told, act)
    request = act.inputs.get("request")
    assist(told, act, int(act.inputs["unit"]), int(request) if request else None, act.inputs.get("until"))


def assist(told: Told, act: Act, unit: int, request: int | None, until: str | None) -> None:
    seconds = unit_seconds(told) if told.limit else 0
    if until:
        seconds = max(int((datetime.fromisoformat(until) - act.at) / timedelta(minutes=1)), 1) * 60
    duty = "dispatch" if unit in told.facts.centres else "dispose"
    told.beside("assist", duty, act, seconds, unit=unit, request=request)
    told.readers[unit] = None


def _end_assist(told: Told, act: Act, works: list[Work]) -> None:
    """With a district's part ends what its own units still have of it."""
    centres = {told.district_of(one.unit) for one in works if one.unit in told.facts.centres}
    works = works + [one for one in told.open("assist") if one not in works and told.district_of(one.unit) in centres]
    told.close(works, act)
    for work in works:
        if work.request is not None and not any(one.request == work.request for one in told.open("assist")):
            told.asked[work.request].state = "ended"


def _assist_answer(told: Told, act: Act) -> None:
    stays(told, act)
    _end_assist(told, act, [one for one in told.open("assist") if one.unit == act.unit][:1])


def _drop_assist(told: Told, act: Act) -> None:
    stays(told, act)
    _end_assist(told, act, [one for one in told.open("assist") if one.unit == act.target_unit][:1])


def _coordinate(told: Told, act: Act) -> None:
    stays(told, act)
    told.asked[int(act.inputs["request"])] = Asked("coordination", act.unit, act.at, act.appointment, state="granted")


BESIDE: Mapping[str, Callable[[Told, Act], Any]] = {
    "escalate": _escalate,
    "agree": _agree, "disagree": _disagree, "take_back": _take_back, "wake": _wake, "ask_recheck": _ask_recheck, "recheck": _recheck,
    "remind": _send, "order": _send, "instruct": _send, "pass_on": _send, "answer_order": _answer, "accept_answer": _accept_answer,
    "return_answer": _return_answer, "add_assist": _add_assist, "assist_answer": _assist_answer, "drop_assist": _drop_assist,
    "coordinate": _coordinate,
}  # fmt: skip
