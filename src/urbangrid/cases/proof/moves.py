"""Random moves: what somebody does next, rightly or wrongly, written down so that it can be done again in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from urbangrid.cases.actions import ACTIONS
from urbangrid.cases.lifecycle import CHECK_ANSWERS, FINAL, REMOTE_MEANS, TASK_ACTIONS, VERIFY_ANSWERS, State
from urbangrid.cases.orders import GRADES
from urbangrid.cases.proof.acts_beside import ANSWER, SENT
from urbangrid.cases.proof.desk import Desk
from urbangrid.cases.proof.matrix import right_people
from urbangrid.cases.proof.told import Told
from urbangrid.cases.proof.world import World
from urbangrid.cases.requests import CONTESTED, KINDS
from urbangrid.organizations.acting import Acting

MINUTE, HOUR, DAY = 60, 3600, 86_400
LISTS = {
    "dispatch": "other_unit", "redispatch": "recall", "drop_assist": "recall", "return_to_city": "rework",
}  # fmt: skip
"""Actions that take their reasons from the list of another."""


@dataclass(frozen=True, slots=True)
class Move:
    """``wait`` seconds, then ``who`` does ``action`` with ``data``; requests, units and photos are named so that another run finds its
    own. ``stale``: how many records older the form is; ``how``: what kind of move it is meant to be."""

    wait: int
    who: str
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    stale: int = 0
    how: str = "right"
    key: str = ""
    case: int = 0
    """Which of the walk's cases."""

    def text(self) -> str:
        said = ", ".join(f"{name}={value}" for name, value in self.data.items() if value not in ("", None))
        more = "".join([f" [{self.how}]" if self.how != "right" else "", f" key={self.key}" if self.key else ""])
        return f"+{self.wait // 60}min case {self.case} {self.who}: {self.action}({said}){more}"


def resolved(
    move: Move, world: World, told: Told, who: Acting, now: datetime, others: Sequence[int], reports: Sequence[int] = ()
) -> dict[str, Any]:
    """The inputs as the action takes them."""
    made: dict[str, Any] = {}
    for name, value in move.data.items():
        if name == "files":
            made[name] = [world.photo(who, number) for number in range(int(value))]
        elif name in ("until", "met_at"):
            made[name] = (now + timedelta(seconds=int(value))).isoformat()
        elif name in ("main", "other"):
            made[name] = str(others[int(value) % len(others)])
        elif name == "report_id":
            made |= {name: str(reports[value % len(reports)])} if reports else {}
        elif name == "unit_id":
            made[name] = str(world.units.get(value, value))
        elif name == "assist":
            made[name] = [str(world.units[code]) for code in value]
        elif name == "request":
            known = list(told.asked)
            made[name] = str(known[value]) if isinstance(value, int) and value < len(known) else "7"
        else:
            made[name] = value
    return made


HOW = {"right": 70, "wrong_person": 9, "stale": 5, "bare": 4, "anything": 6, "repeat": 2, "day": 4}
"""Kinds of moves, and how often each is tried: the right one, somebody else's, with a form that was drawn before, with something missing,
any action at all, the same form again, days that pass."""


AT_DESK = 0.07
"""Of the moves: something happens to a report that is no case yet."""
MOST_CASES = 4
"""Side by side, with reports that wait and parts of what was split."""


class Chooser:
    """Chooses moves for one case."""

    def __init__(self, world: World, rng: Random, desk: Desk | None = None) -> None:
        self.world, self.rng, self.desk = world, rng, desk
        self.keys: list[Move] = []
        self.case, self.cases = 0, 1

    def next(self, tolds: Sequence[Told]) -> Move:
        """Of one of the cases, mostly one that is still open."""
        return self.one(tolds, self.rng.choices(list(HOW), weights=list(HOW.values()))[0])

    def one(self, tolds: Sequence[Told], kind: str) -> Move:
        """A move of a kind."""
        if self.desk is not None and kind in ("right", "wrong_person") and self.rng.random() < AT_DESK:
            return self._at_desk(kind, len(tolds))
        self.cases = len(tolds)
        alive = [number for number, one in enumerate(tolds) if State(one.state) not in FINAL]
        self.case = self.rng.choice(alive) if alive and self.rng.random() < 0.9 else self.rng.randrange(len(tolds))
        return replace(self._next(tolds[self.case], kind), case=self.case)

    def _next(self, told: Told, kind: str) -> Move:
        if kind == "repeat" and self.keys and self.keys[-1].case == self.case:
            return self.keys[-1]
        if kind == "day":
            return Move(self.wait() + self.rng.choice((0, HOUR, DAY, 20 * DAY)), "", "round", how="day")
        actions = possible(told)
        if kind == "anything" or not actions:
            action = self.rng.choice(sorted(ACTIONS))
        else:
            action = self.rng.choices(list(actions), weights=list(actions.values()))[0]
        return self._made(told, action, kind)

    def _at_desk(self, kind: str, cases: int) -> Move:
        """Something happens to a report that is no case yet."""
        assert self.desk is not None
        action, data = self.desk.data(self.rng, cases, MOST_CASES)
        right = self.desk.right(action, data)
        if action == "report" or (right and kind == "right"):
            return Move(self.wait(), self.rng.choice(right), action, data)
        return Move(self.wait(), self.rng.choice(sorted(self.world.people)), action, data, how="wrong_person")

    def wait(self) -> int:
        """Mostly minutes, sometimes hours, now and then nights and days."""
        most = self.rng.choices((20 * MINUTE, 4 * HOUR, DAY, 6 * DAY, 40 * DAY), weights=(60, 20, 12, 7, 1))[0]
        return self.rng.randrange(most)

    def _made(self, told: Told, action: str, kind: str) -> Move:
        request = self._request(told, action)
        able = right_people(self.world, told, action, request)
        who = self.rng.choice(able) if able and kind != "wrong_person" else self.rng.choice(sorted(self.world.people))
        data = self._data(told, action, who, request)
        if kind == "bare" and data:
            data.pop(self.rng.choice(sorted(data)))
        how = kind if kind != "right" or able else "anything"
        stale = self.rng.randint(1, 3) if kind == "stale" else 0
        key = f"key-{self.rng.randrange(10**9)}" if self.rng.random() < 0.05 else ""
        move = Move(self.wait(), who, action, data, stale, how, key)
        if key:
            self.keys.append(Move(60, who, action, data, 0, "repeat", key, self.case))
        return move

    def _request(self, told: Told, action: str) -> int | None:
        """Which request or order of the case the action is about, by its place among all of them."""
        wanted: Callable[[str, str], bool] | None = {
            "agree": lambda kind, state: state == "waiting" and kind in KINDS,
            "disagree": lambda kind, state: state == "waiting" and kind in KINDS,
            "take_back": lambda kind, state: state == "waiting" and kind in KINDS,
            "answer_order": lambda kind, state: state == "waiting" and kind in ANSWER,
            "pass_on": lambda kind, state: state == "waiting" and kind in ANSWER,
            "accept_answer": lambda kind, state: state == "answered",
            "return_answer": lambda kind, state: state == "answered",
            "add_assist": lambda kind, state: kind == "coordination" and state == "granted",
        }.get(action)
        if wanted is None:
            return None
        found = [place for place, one in enumerate(told.asked.values()) if wanted(one.kind, one.state)]
        if action == "add_assist" and (not found or self.rng.random() < 0.5):
            return None
        return self.rng.choice(found) if found else (0 if action != "add_assist" else None)

    def _data(self, told: Told, action: str, who: str, request: int | None) -> dict[str, Any]:
        """Inputs by the shape that the action asks for; what it does not name it does not get."""
        made: dict[str, Any] = {}
        for one in fields(ACTIONS[action].inputs):
            value = self._value(told, action, one.name, who)
            if one.name == "request":
                value = request
            if value is not None:
                made[one.name] = value
        return made

    def _value(self, told: Told, action: str, name: str, who: str) -> Any:
        rng = self.rng
        if name == "reason":
            return self._reason(action)
        if name in ("note", "text", "reply", "opinion", "basis"):
            return rng.choice(("已核对现场", "请尽快办理", "权属清楚"))
        if name == "files":
            return 1
        if name == "answer":
            listed = VERIFY_ANSWERS if action == "verify" else CHECK_ANSWERS[:3] if action == "check_remotely" else CHECK_ANSWERS
            return rng.choices(listed, weights=[6, *[1] * (len(listed) - 1)])[0]
        if name == "until":
            return self._until(action)
        if name == "unit_id":
            return self._unit(told, action, who)
        if name == "assist":
            able = self.world.dispatchable(self.world.people[who])
            return [rng.choice(able)] if able and rng.random() < 0.15 else []
        if name in ("main", "other"):
            return (self.case + rng.randrange(1, self.cases)) % self.cases if self.cases > 1 and rng.random() < 0.8 else self.case
        if name == "report_id":
            return rng.randrange(100) if self.desk is not None else None
        if name in ("category_id", "condition_id"):
            return self._class(action, name)
        chosen: Mapping[str, Callable[[], Any]] = {
            "subject": lambda: rng.choice(sorted(CONTESTED)),
            "grade": lambda: rng.choice(GRADES),
            "means": lambda: rng.choice(REMOTE_MEANS) if action == "check_remotely" else None,
            "complex": lambda: rng.random() < 0.15,
            "city_owned": lambda: rng.random() < 0.08,
            "designated": lambda: rng.random() < 0.3,
            "handled_by": lambda: "何建",
            "how": lambda: "phone",
            "person": lambda: "值班员" if action == "call_first" else None,
            "phone": lambda: "010-6500 0001",
            "outcome": lambda: "agreed",
            "place_text": lambda: f"路口{rng.randrange(100)}" if action == "correct" else None,
        }
        return chosen[name]() if name in chosen else None

    def _class(self, action: str, name: str) -> str | None:
        """Another class now and then, both halves of it alike."""
        if name == "category_id":
            keeps = action != "split" and self.rng.random() < (0.5 if action == "correct" else 0.9)
            self._chosen = None if keeps else self.rng.choice(self.world.classes)
        if self._chosen is None:
            return None
        return str(self._chosen[0 if name == "category_id" else 1])

    _chosen: tuple[int, int] | None = None

    def _reason(self, action: str) -> str:
        listed = self.world.reasons.get(LISTS.get(action, action)) or self.world.reasons.get("recall", ("other",))
        return self.rng.choice(listed)

    def _until(self, action: str) -> int | None:
        if action in ("order", "instruct", "pass_on", "add_assist") and self.rng.random() < 0.5:
            return None
        return self.rng.choice((2 * DAY, 10 * DAY, 29 * DAY, 90 * DAY))

    def _unit(self, told: Told, action: str, who: str) -> str | None:
        rng = self.rng
        if action == "assign_down":
            below = [code for code, unit in self.world.units.items() if unit in self.world.below.get(self.world.people[who].unit_id, ())]
            return rng.choice(below) if below else rng.choice(list(self.world.units))
        if action == "drop_assist":
            helping = {one.unit for one in told.open("assist")}
            return next((code for code, unit in self.world.units.items() if unit in helping), None)
        if action in ("agree", "disagree"):
            return self._few(who) if rng.random() < 0.7 else None
        if action in ("remind", "order", "instruct", "take_back") and rng.random() < 0.7:
            return None
        if action.startswith("ask_") and action != "ask_send_back":
            return None
        if action in ("recall", "void", "rework", "unassign", "hand_back", "correct", "withdraw", "wake", "comment"):
            return None
        return self._few(who) if rng.random() < 0.9 else rng.choice(list(self.world.units))

    def _few(self, who: str) -> str:
        """One of a few units, so that cases come back to one that had them."""
        able = self.world.dispatchable(self.world.people[who])
        return self.rng.choice([*able[:3], *able[-2:]]) if able else self.rng.choice(list(self.world.units))


MAIN = ("file", "sign", "hand_on", "dispatch", "receive", "feedback", "review", "send_check", "check", "close", "verify", "city_answer")
"""The way to closure."""


def possible(told: Told) -> dict[str, int]:
    """What somebody could do now by the rows of the definition, with how often it is tried: the way to closure most."""
    found: dict[str, int] = {}
    for edge, row in told.law.moves:
        if edge.source != told.state or not row.get("duty") or edge.action not in ACTIONS or edge.action == "close_informed":
            continue
        if not edge.work:
            found[edge.action] = 1
        elif told.one(edge.work) is not None:
            found[edge.action] = 40 if edge.action in MAIN else 5
    for kind in told.law.requests:
        if told.state in {str(state) for state in KINDS[kind].states}:
            found[f"ask_{kind}"] = 2
    states = {(one.kind, one.state) for one in told.asked.values()}
    if any(kind in KINDS and state == "waiting" for kind, state in states):
        found |= {"agree": 12, "disagree": 2, "take_back": 1}
    if any(kind in ANSWER and state == "waiting" for kind, state in states):
        found |= {"answer_order": 4, "pass_on": 1}
    if any(state == "answered" for _kind, state in states):
        found |= {"accept_answer": 4, "return_answer": 2}
    found |= {action: 1 for action, kind in SENT.items() if kind in told.law.orders}
    found |= _beside(told)
    return {action: weight for action, weight in found.items() if action in ACTIONS}


def _beside(told: Told) -> dict[str, int]:
    found = {"comment": 1, "contact": 1}
    if State(told.state) not in FINAL:
        found |= {"withdraw": 4, "add_assist": 1, "coordinate": 1}
    if told.one("assist"):
        found |= {"assist_answer": 6, "drop_assist": 1}
    if told.aside in ("suspended", "deferred"):
        found["wake"] = 3
    if told.one("recheck"):
        found["recheck"] = 4
    if told.one("crew_task"):
        found |= {"crew_feedback": 4, "hand_back": 2}
    elif told.state != "disposing":
        found = {action: weight for action, weight in found.items() if action not in TASK_ACTIONS}
    return found
