"""What stands against requests and orders: told a second time, see ``proof.conditions``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from urbangrid.cases.lifecycle import FINAL, State
from urbangrid.cases.proof.acts_beside import SENT
from urbangrid.cases.proof.moves import Move
from urbangrid.cases.proof.told import Asked, Told
from urbangrid.cases.proof.watch import second_of
from urbangrid.cases.proof.world import World
from urbangrid.organizations.acting import Acting

DAY = timedelta(days=1)
ANSWERS = ("decide", "answer_order", "answer_instruction")


@dataclass(frozen=True, slots=True)
class Situation:
    """A move that is about to be made, with the city, the case as told, who makes it, the inputs as the action gets them, the instant, and
    all cases of the walk by id."""

    move: Move
    world: World
    told: Told
    who: Acting
    data: Mapping[str, Any]
    at: datetime
    others: Mapping[int, Told]
    waiting: Collection[int] = ()
    """Reports that nobody has decided on."""

    @property
    def asked(self) -> Asked | None:
        """The request that the move is about."""
        return self.told.asked.get(int(self.data.get("request") or 0))


def in_reach(now: Situation, unit: int) -> bool | None:
    """Whether a unit that she can dispatch to is a district's centre; None: she cannot."""
    return now.world.targets(now.who.platform_id).get(unit)


# --- asking ---


def _ask(now: Situation, kind: str) -> str:
    told = now.told
    rule, earlier = told.law.requests[kind], [one for one in told.asked.values() if one.kind == kind]
    if any(one.state == "waiting" for one in earlier):
        return "asked already"
    used = [one for one in earlier if one.unit == now.who.unit_id and one.state in ("granted", "refused")]
    if rule.get("most") is not None and len(used) >= rule["most"]:
        return "used up"
    if (until := now.data.get("until")) and rule.get("most_days") is not None:
        days = -((now.at - datetime.fromisoformat(until)) // DAY)
        if days > rule["most_days"]:
            return "too long"
    if kind in ("send_back", "suspension", "deferral") and told.one("fence") is not None:
        return "fence first"
    return OF_KIND[kind](now, rule) if kind in OF_KIND else ""


def _extension(now: Situation, rule: Mapping[str, Any]) -> str:
    watch = now.told.watch
    if watch is None:
        return "no limit of a unit"
    if len([one for one in watch.happened if one.kind == "extend"]) >= rule.get("most", 2):
        return "extended too often"
    return "" if watch.holds(now.at) else "too late"


def _aside(now: Situation, rule: Mapping[str, Any]) -> str:
    return "set aside already" if now.told.aside in ("suspended", "deferred") else ""


def _send_back(now: Situation, rule: Mapping[str, Any]) -> str:
    told = now.told
    if told.bound(told.level(told.handler)) == (told.handler, True):
        return "designated"
    since = next((one.at for one in told.acts if one.action == "receive" and told.dispatched and one.at >= told.dispatched), None)
    if rule.get("within_minutes") is None or since is None or told.watch is None:
        return ""
    used = told.watch.wall.counted(second_of(since), second_of(now.at))
    return "too late" if used > rule["within_minutes"] * 60 else ""


def _appeal(now: Situation, rule: Mapping[str, Any]) -> str:
    closed = now.told.row["closed_at"]
    if closed is None or rule.get("within_minutes") is None:
        return ""
    return "too late" if now.at > closed + timedelta(minutes=rule["within_minutes"]) else ""


OF_KIND: Mapping[str, Callable[[Situation, Mapping[str, Any]], str]] = {
    "extension": _extension, "suspension": _aside, "deferral": _aside, "send_back": _send_back, "appeal": _appeal,
}  # fmt: skip


# --- deciding ---


def _agree(now: Situation, _action: str) -> str:
    told, asked = now.told, now.asked
    if asked is None:
        return "no such request"
    links = told.law.chain(asked.kind, asked.again, in_district=told.decided_in(asked) is not None)
    most = links[min(asked.link, len(links) - 1)].get("days")
    if asked.link + 1 < len(links) and (most is None or asked.days > most):
        return ""
    unit = now.data.get("unit_id")
    names = asked.kind == "responsibility" or (asked.kind == "send_back" and unit is not None)
    if names and int(unit or 0) not in now.world.targets(now.who.platform_id):
        return "names no unit"
    if asked.kind == "appeal" and told.contested_by(asked) == now.who.user_id:
        return "her own act is contested"
    return ""


def _take_back(now: Situation, _action: str) -> str:
    return "" if now.asked is not None and now.asked.state == "waiting" else "decided"


# --- orders ---


def _order(now: Situation, action: str) -> str:
    """To whom: the unit that has the case, or who works on it; who reads everything may name another of the platform."""
    told, unit = now.told, now.data.get("unit_id")
    if action == "pass_on" and (now.asked is None or unit is None or int(unit) == now.asked.target):
        return "to nobody else"
    kind = now.asked.kind if action == "pass_on" and now.asked is not None else SENT[action]
    if kind not in told.law.orders or (State(told.state) in FINAL and kind != "instruction"):
        return "not any more"
    district = now.who.parent_platform_id is not None
    working = [row["unit_id"] for row in told.items if row["kind"] not in ANSWERS]
    having = [told.handler, *working] if district else [told.command, told.handler, *working]
    mates = told.mates(now.who)
    reached = [one for one in having if one is not None and (one in mates or not district)]
    if unit is None:
        return "" if reached else "nobody has it"
    if int(unit) in reached:
        return ""
    free = action == "pass_on" or "read_all" in now.who.duties
    own = now.world.owners.get(int(unit)) == now.who.platform_id or (not district and now.world.targets(now.who.platform_id).get(int(unit)))
    return "" if free and own else "not the unit that has it"


ASKED: Mapping[str, Callable[[Situation, str], str]] = {
    "ask": _ask, "agree": _agree, "take_back": _take_back, "remind": _order, "order": _order, "instruct": _order, "pass_on": _order,
}  # fmt: skip
