"""What stands against a move that the matrix allows to somebody: told a second time, so that a lawful move must be done.

``obstacle`` names it; an empty answer means that the platform has to take the move, and ``None`` that the telling cannot know. What it
takes from the city as given (which units can be dispatched to, which sources are verified) are tables, not rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from urbangrid.cases.lifecycle import FINAL, REMARKS, WITHDRAWABLE, State
from urbangrid.cases.proof.matrix import holds, sees
from urbangrid.cases.proof.obstacles_asked import ASKED, Situation, in_reach
from urbangrid.cases.proof.told import Told, Work

UNTOLD: Mapping[tuple[str, str], str] = {
    ("comment", "comment_to_unknown"): "whom a post may write to is read from the register of units of the sub-district",
    ("contact", "comment_to_unknown"): "the same",
}
"""Refusals of complete and rightful moves that rest on what the telling does not know."""
BLIND = 2
"""Send-backs after which nobody is tried any more."""


def obstacle(situation: Situation, action: str) -> str | None:
    """Why the move has to be refused; empty: it has to be done."""
    if action.startswith("ask_"):
        return ASKED["ask"](situation, action.removeprefix("ask_"))
    if action in ASKED:
        return ASKED[action](situation, action)
    told = OBSTACLES.get(action)
    return told(situation) if told is not None else ""


# --- before filing ---


def _file(now: Situation) -> str:
    told, world = now.told, now.world
    targets = {edge.target for edge, _row in told.law.moves}
    if now.data.get("city_owned") and State.TO_RELEASE not in targets:
        return "no city above"
    if now.data.get("complex") and not now.data.get("city_owned") and State.TO_SIGN not in targets:
        return "nobody signs"
    category = int(now.data.get("category_id") or told.row["category_id"] or 0)
    if world.confirmed(category) and "confirm_filing" not in now.who.duties:
        return "the director files this class"
    if told.secret is not None or not world.must_verify(told.law, told.row["source"], told.row["source_class"], category):
        return ""
    found = next((act.reason for act in reversed(told.acts) if act.action == "verify"), None)
    if found is None:
        return "" if told.called is not None and told.law.settings.get("call_stands_for_verification", True) else "not verified"
    return "" if found == "true" or "confirm_filing" in now.who.duties else "verified as untrue"


def _refuse_filing(now: Situation) -> str:
    return "filed before" if now.told.row["filed_at"] is not None else ""


def _call_first(now: Situation) -> str | None:
    """A unit without a desk is called as well."""
    return _refuse_filing(now) or ("" if in_reach(now, int(now.data.get("unit_id") or 0)) is not None else None)


# --- dispatch ---


def _dispatch(now: Situation) -> str:
    told, unit = now.told, int(now.data.get("unit_id") or 0)
    district = in_reach(now, unit)
    if district is None:
        return "no unit to dispatch to"
    if any(one.kind == "responsibility" and one.state == "waiting" for one in told.asked.values()):
        return "being settled"
    if district and not any(edge.target == State.AT_DISTRICT for edge, _row in told.law.named("dispatch", told.state)):
        return "no second hop"
    return _circle(now, unit) or _blind(now, unit, district) or _helpers(now, unit)


def _blind(now: Situation, unit: int, district: bool) -> str:
    """Districts that returned the case count like units that sent it back; the same again needs a reason."""
    told, level = now.told, now.who.platform_id
    if told.bound(level)[0] == unit:
        return ""
    granted = {one.unit for one in told.asked.values() if one.kind == "send_back" and one.state == "granted"}
    back = [one for one in {*granted, *told.returned()} if told.level(one) == level]
    if len(back) >= BLIND:
        return "to be settled"
    return "returned by it" if district and unit in back and not now.data.get("reason") else ""


def _return_up(now: Situation) -> str:
    centre = now.told.command
    return "designated" if now.told.bound(now.told.level(centre)) == (centre, True) else ""


def _redispatch(now: Situation) -> str:
    unit = int(now.data.get("unit_id") or 0)
    if unit == now.told.handler:
        return "the same unit"
    if in_reach(now, unit) is not False:
        return "no unit to give it to"
    if any(one.kind == "responsibility" and one.state == "waiting" for one in now.told.asked.values()):
        return "being settled"
    return _circle(now, unit) or _helpers(now, unit)


def _circle(now: Situation, unit: int) -> str:
    """Each level settles it among its own units."""
    told, level = now.told, now.who.platform_id
    bound, _firm = told.bound(level)
    if bound is not None:
        return "" if bound == unit else "settled otherwise"
    granted = [one.unit for one in told.asked.values() if one.kind == "send_back" and one.state == "granted"]
    backs = [one for one in granted if told.level(one) == level]
    if unit in backs:
        return "sent back by it"
    return "to be settled" if len(backs) >= BLIND else ""


def _helpers(now: Situation, main: int) -> str:
    """Beside the unit, or district, that gets the case."""
    for number in dict.fromkeys(int(one) for one in now.data.get("assist", ())):
        if found := _helper(now, number, (main, now.told.command)):
            return found
    return ""


def _helper(now: Situation, unit: int, main: tuple[int | None, ...], *, of_request: bool = False) -> str:
    if in_reach(now, unit) is None:
        return "cannot help"
    if of_request:
        return ""
    if unit in main:
        return "helps itself"
    return "helps already" if any(one.unit == unit and one.request is None for one in now.told.open("assist")) else ""


# --- within the unit ---


def _line(now: Situation) -> tuple[int | None, int]:
    """The place of her work in the chain of tasks, and the chain's length."""
    told = now.told
    line = [*(told.open("receive") or told.open("dispose"))[:1], *told.open("crew_task")]
    return next((place for place, one in enumerate(line) if holds(now.who, one)), None), len(line)


def _assign_down(now: Situation) -> str:
    unit, (place, length) = int(now.data.get("unit_id") or 0), _line(now)
    if unit not in now.world.below.get(now.who.unit_id, ()):
        return "not below"
    if not any(one.unit_id == unit and "dispose" in one.duties for one in now.world.people.values()):
        return "nobody there"
    return "given before" if place is not None and place + 1 < length else ""


def _unassign(now: Situation) -> str:
    place, length = _line(now)
    return "" if place is not None and place + 1 < length else "nothing given"


def _of_task(now: Situation) -> str:
    return "no task of hers" if (_line(now)[0] or 0) == 0 else ""


def _feedback(now: Situation) -> str:
    if now.told.one("fence") is not None:
        return "fence first"
    return _have_time(now, now.told.open("assist"))


def _have_time(now: Situation, works: Sequence[Work]) -> str:
    waiting = [one.watch.due() for one in works if one.watch is not None]
    return "helpers have time" if any(due is None or due > now.at for due in waiting) else ""


def _assist_answer(now: Situation) -> str:
    """A district answers when its own units have."""
    told = now.told
    own = next(one for one in told.open("assist") if holds(now.who, one))
    if own.unit not in told.facts.centres:
        return ""
    district = told.district_of(own.unit)
    return _have_time(now, [one for one in told.open("assist") if one is not own and told.district_of(one.unit) == district])


def _review(now: Situation) -> str:
    """A district that hands it to the city's review answers for its own units."""
    told, waiting = now.told, now.told.open("assist")
    target = told.law.named("review", told.state)[0][0].target
    if target == State.TO_REVIEW and now.who.parent_platform_id is not None:
        waiting = [one for one in waiting if told.facts.platform_of(one.unit) == now.who.platform_id]
    return "helpers have not answered" if waiting else ""


def _close(now: Situation) -> str:
    found = next((act.reason for act in reversed(now.told.acts) if act.action in ("check", "check_remotely")), "")
    return "" if found == "handled" else "the check disagrees"


def _rework(now: Situation) -> str:
    return "the city's own" if now.told.row["city_owned"] else ""


def _return_to_city(now: Situation) -> str:
    return "" if now.told.row["city_owned"] else "not the city's"


def _withdraw(now: Situation) -> str:
    last = next((one for one in reversed(now.told.acts) if one.action not in REMARKS and not one.chained), None)
    if last is None or State(now.told.state) not in WITHDRAWABLE.get(last.action, ()):
        return "no step to take back"
    return ""


def _correct(now: Situation) -> str | None:
    """Whether anything is new depends on limits as the catalogue has them now."""
    chosen, row = now.data.get("category_id"), now.told.row
    other = chosen is not None and (int(chosen), int(now.data.get("condition_id") or 0)) != (row["category_id"], row["condition_id"])
    return "" if other or now.data.get("place_text", row["place_text"]) != row["place_text"] else None


# --- several units, several cases ---

HELPFUL = frozenset(
    {"to_dispatch", "at_district", "to_receive", "disposing", "district_review", "to_review", "to_send_check", "checking", "to_close"}
)
"""States in which another unit may be asked to help."""


def _coordinate(now: Situation) -> str:
    return "" if now.told.state in HELPFUL else "not in this state"


def _add_assist(now: Situation) -> str:
    request = now.data.get("request")
    asked = now.told.asked.get(int(request)) if request else None
    if asked is not None and (asked.kind != "coordination" or asked.state != "granted"):
        return "the coordination has ended"
    return _coordinate(now) or _helper(
        now, int(now.data.get("unit_id") or 0), (now.told.handler, now.told.command), of_request=asked is not None
    )


def _drop_assist(now: Situation) -> str:
    unit = int(now.data.get("unit_id") or 0)
    helping = [one for one in now.told.open("assist") if one.unit == unit]
    if now.who.parent_platform_id is not None:  # its own units, not itself, whom the city asked
        helping = [one for one in helping if one.duty != "dispatch" and now.told.facts.platform_of(unit) == now.who.platform_id]
    return _coordinate(now) or ("" if helping else "helps not")


def _split(now: Situation) -> str:
    unit = now.data.get("unit_id")
    if now.told.secret is not None:
        return "apart from others"
    return "" if unit is None or in_reach(now, int(unit)) is not None else "no unit to mean"


def _other(now: Situation, name: str) -> Told | None:
    """The other case of a move, where she reads it; a confidential one is nobody's kin."""
    other = now.others.get(int(now.data.get(name) or 0))
    if other is None or other is now.told or other.secret is not None or now.told.secret is not None:
        return None
    return other if sees(other, now.who) else None


def _merge(now: Situation) -> str:
    main = _other(now, "main")
    return "" if main is not None and _under_way(main) else "no case to merge into"


def _unmerge(now: Situation) -> str:
    main = next((int(act.inputs["main"]) for act in reversed(now.told.acts) if act.action == "merge"), 0)
    return "" if main in now.others and _under_way(now.others[main]) else "the main case has ended"


def _under_way(told: Told) -> bool:
    return State(told.state) not in FINAL and told.state != State.REPORTED


def _relate(now: Situation) -> str:
    return "related already" if _related(now) else ("" if _other(now, "other") is not None else "no case to relate to")


def _unrelate(now: Situation) -> str:
    return "" if _related(now) and _other(now, "other") is not None else "not related"


def _join_report(now: Situation) -> str:
    if now.told.secret is not None:
        return "apart from others"
    return "" if int(now.data.get("report_id") or 0) in now.waiting else "no report that waits"


RELATES = ("relate", "unrelate")


def _related(now: Situation) -> bool:
    """By the last act of either case that speaks of it."""
    number = int(now.data.get("other") or 0)
    other = now.others.get(number)
    if other is None or other is now.told:
        return False
    own = next(key for key, told in now.others.items() if told is now.told)
    sides = ((now.told, number), (other, own))
    acts = [act for told, far in sides for act in told.acts if act.action in RELATES and int(act.inputs["other"]) == far]
    return bool(acts) and max(acts, key=lambda act: (act.at, act.action == "unrelate")).action == "relate"


OBSTACLES: Mapping[str, Callable[[Situation], str | None]] = {
    "join_report": _join_report, "file": _file, "refuse_filing": _refuse_filing,
    "call_first": _call_first, "dispatch": _dispatch, "redispatch": _redispatch,
    "return_up": _return_up, "assist_answer": _assist_answer,
    "assign_down": _assign_down, "unassign": _unassign,
    "hand_back": _of_task, "crew_feedback": _of_task, "feedback": _feedback, "review": _review, "close": _close,
    "rework": _rework, "return_to_city": _return_to_city, "withdraw": _withdraw, "correct": _correct, "coordinate": _coordinate,
    "add_assist": _add_assist, "drop_assist": _drop_assist, "split": _split, "merge": _merge, "unmerge": _unmerge, "relate": _relate,
    "unrelate": _unrelate,
}  # fmt: skip
