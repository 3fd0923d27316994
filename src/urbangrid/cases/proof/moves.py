"""Random moves: what somebody does next, rightly or wrongly, written down so that it can be done again in the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from urbangrid.cases.actions import ACTIONS
from urbangrid.cases.lifecycle import CHECK_ANSWERS, FINAL, REMARKS, REMOTE_MEANS, TASK_ACTIONS, VERIFY_ANSWERS, State
from urbangrid.cases.orders import GRADES
from urbangrid.cases.proof.acts_beside import ANSWER, SENT
from urbangrid.cases.proof.told import Told, Work
from urbangrid.cases.proof.world import World
from urbangrid.cases.requests import CONTESTED, KINDS
from urbangrid.organizations.acting import Acting

MINUTE, HOUR, DAY = 60, 3600, 86_400
LISTS = {
    "dispatch": "other_unit", "redispatch": "recall", "drop_assist": "recall", "return_to_city": "rework", "return_up": "return_to_filing",
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


def resolved(move: Move, world: World, told: Told, who: Acting, now: datetime, others: Sequence[int]) -> dict[str, Any]:
    """The inputs as the action takes them."""
    made: dict[str, Any] = {}
    for name, value in move.data.items():
        if name == "files":
            made[name] = [world.photo(who, number) for number in range(int(value))]
        elif name in ("until", "met_at"):
            made[name] = (now + timedelta(seconds=int(value))).isoformat()
        elif name in ("main", "other"):
            made[name] = str(others[int(value) % len(others)])
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


class Chooser:
    """Chooses moves for one case."""

    def __init__(self, world: World, rng: Random) -> None:
        self.world, self.rng = world, rng
        self.keys: list[Move] = []
        self.case = 0

    def next(self, tolds: Sequence[Told]) -> Move:
        """Of one of the cases, mostly one that is still open."""
        alive = [number for number, one in enumerate(tolds) if State(one.state) not in FINAL]
        self.case = self.rng.choice(alive) if alive and self.rng.random() < 0.9 else self.rng.randrange(len(tolds))
        return replace(self._next(tolds[self.case]), case=self.case)

    def _next(self, told: Told) -> Move:
        kind = self.rng.choices(
            ("right", "wrong_person", "stale", "bare", "anything", "repeat", "day"), weights=(70, 9, 5, 4, 6, 2, 4)
        )[0]
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
            return 1 - self.case if rng.random() < 0.8 else self.case
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


def holds(who: Acting, work: Work) -> bool:
    """Whether a piece of work is hers: by name, or by unit and duty."""
    if work.person is not None:
        return who.appointment_id == work.person
    return who.unit_id == work.unit and work.duty in who.duties


def right_people(world: World, told: Told, action: str, request: int | None) -> list[str]:
    """Who may do it by the rules, told naively."""
    able = [name for name, who in world.people.items() if may(told, who, action, request)]
    return sorted(able)


WORKS = {"assist_answer": "assist", "recheck": "recheck"}
DUTIES = {"add_assist": "dispatch", "drop_assist": "dispatch", "coordinate": "dispatch"}
OF_ITEM = {
    "agree": ("decide",), "disagree": ("decide",), "answer_order": ("answer_order", "answer_instruction"),
    "pass_on": ("answer_order", "answer_instruction"), "accept_answer": ("judge_answer",), "return_answer": ("judge_answer",),
}  # fmt: skip


def may(told: Told, who: Acting, action: str, request: int | None) -> bool:
    """Whether the rules let her do it with the case as it stands. Told a second time: rows, duties, who has the work."""
    if action in REMARKS:
        return sees(told, who) and not who.duties.isdisjoint(WRITERS if action == "comment" else WRITERS[:2])
    if action.startswith("ask_"):
        return _may_ask(told, who, action.removeprefix("ask_"))
    if action in SENT:
        rule = told.law.orders.get(SENT[action])
        alive = State(told.state) not in FINAL or action == "instruct"
        busy = has_in_hand(told, who) or not told.mates(who).isdisjoint({one.unit for one in told.open()})
        return rule is not None and alive and rule["duty"] in who.duties and sees(told, who) and busy
    if action in OF_ITEM:
        number = list(told.asked)[request] if request is not None and request < len(told.asked) else None
        return any(one.request == number and holds(who, one) for kind in OF_ITEM[action] for one in told.open(kind))
    if action in WORKS:
        return any(holds(who, one) for one in told.open(WORKS[action]))
    if action in DUTIES:
        return DUTIES[action] in who.duties and (has_in_hand(told, who) or any(holds(who, one) for one in told.open("assist")))
    if action == "wake":
        return ("dispose" in who.duties and who.unit_id == told.handler) or ("approve" in who.duties and has_in_hand(told, who))
    if action == "take_back":
        asked = list(told.asked.values())[request] if request is not None and request < len(told.asked) else None
        return asked is not None and asked.unit == who.unit_id and told.law.requests.get(asked.kind, {}).get("duty") in who.duties
    if action == "withdraw":
        last = next((one for one in reversed(told.acts) if one.action not in REMARKS and not one.chained), None)
        return last is not None and last.appointment == who.appointment_id
    return _may_move(told, who, action)


def has_in_hand(told: Told, who: Acting) -> bool:
    """The city has every case in hand, a district that only commands those that were handed down to it."""
    return who.parent_platform_id is None or (told.command is not None and told.facts.platform_of(told.command) == who.platform_id)


UNIT_DUTIES = ("receive", "dispose", "lead_unit", "dispatch", "return_up")
WRITERS = ("read_all", "read_area", "receive", "dispose")


def _may_ask(told: Told, who: Acting, kind: str) -> bool:
    rule = told.law.requests.get(kind)
    if rule is None or told.state not in {str(state) for state in KINDS[kind].states} or rule["duty"] not in who.duties:
        return False
    works = KINDS[kind].work
    if works:
        return any(holds(who, one) for work in works for one in told.open(work))
    return sees(told, who) and (kind == "appeal" or has_in_hand(told, who))


def _may_move(told: Told, who: Acting, action: str) -> bool:
    for edge, row in told.law.named(action, told.state):
        if not row.get("duty") or row["duty"] not in who.duties:
            continue
        if action in TASK_ACTIONS:
            line = [*told.open("receive"), *told.open("dispose"), *told.open("crew_task")]
            if any(holds(who, one) for one in line):
                return True
            continue
        work = told.one(edge.work) if edge.work else None
        if work is None and (not has_in_hand(told, who) or (who.parent_platform_id is not None and edge.target == "to_dispatch")):
            continue
        if work is None or holds(who, work):
            return True
    return False


def sees(told: Told, who: Acting) -> bool:
    """Whether she may read the case (architecture §3.5): the centre all, an area its own, a unit what it has or had, an inspector hers."""
    if who.cases_platform_id != told.platform:
        return False
    if "read_all" in who.duties:
        return who.parent_platform_id is None or not told.readers.keys().isdisjoint(told.mates(who))
    if "read_area" in who.duties and who.division_id in told.areas:
        return True
    if not who.duties.isdisjoint(UNIT_DUTIES) and who.unit_id in told.readers:
        return True
    if who.duties.isdisjoint(("verify", "check")):
        return False
    return who.appointment_id in told.reporters or any(one.person == who.appointment_id for one in told.work)


def reads_until(told: Told, who: Acting) -> int | None:
    """How far she reads what she sees: all, or up to the record with which her unit was left; work that is open or her own shows all."""
    if "read_all" in who.duties and who.parent_platform_id is None:
        return None
    if "read_area" in who.duties and who.division_id in told.areas:
        return None
    inspects = not who.duties.isdisjoint(("verify", "check"))
    if any(one.person == who.appointment_id for one in told.work) or (inspects and who.appointment_id in told.reporters):
        return None
    units = told.mates(who) if "read_all" in who.duties else frozenset({who.unit_id})
    limits = [told.readers[unit] for unit in units if unit in told.readers]
    if not limits or None in limits or any(one.unit in units for one in told.open()):
        return None
    return max(limit for limit in limits if limit is not None)
