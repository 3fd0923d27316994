"""Who may do what and who sees what with a case as it stands: told a second time, from rows, duties and who has the work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from urbangrid.cases.lifecycle import FINAL, REMARKS, TASK_ACTIONS, State
from urbangrid.cases.proof.acts_beside import SENT
from urbangrid.cases.proof.told import Told, Work
from urbangrid.cases.proof.world import World
from urbangrid.cases.requests import KINDS
from urbangrid.organizations.acting import Acting


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
    if told.secret is not None and not told.secret.opens(who):
        return False
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
        return asked is not None and asked.unit == who.unit_id and not who.duties.isdisjoint(askers(told.law.requests.get(asked.kind, {})))
    if action == "withdraw":
        last = next((one for one in reversed(told.acts) if one.action not in REMARKS and not one.chained), None)
        return last is not None and last.appointment == who.appointment_id
    return _may_move(told, who, action)


def has_in_hand(told: Told, who: Acting) -> bool:
    """The city has every case in hand, a district that only commands those that were handed down to it."""
    return who.parent_platform_id is None or (told.command is not None and told.facts.platform_of(told.command) == who.platform_id)


UNIT_DUTIES = ("receive", "dispose", "lead_unit", "dispatch", "return_up", "answer_order")
WRITERS = ("read_all", "read_area", "receive", "dispose")


def askers(rule: Mapping[str, Any]) -> tuple[Any, ...]:
    """Duties of those who may ask."""
    return (rule.get("duty"), rule.get("centre_duty") or rule.get("duty"))


def _may_ask(told: Told, who: Acting, kind: str) -> bool:
    rule = told.law.requests.get(kind)
    if rule is None or told.state not in {str(state) for state in KINDS[kind].states} or who.duties.isdisjoint(askers(rule)):
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
    if told.secret is not None:
        return told.secret.opens(who)
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
    if told.secret is not None or ("read_all" in who.duties and who.parent_platform_id is None):
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
