"""A row of the table 类别—责任单位—步骤—时限—标准 as a definition: the steps that are named are done by somebody, the others by themselves.

Plain Python. The steps are the waiting states of the base in their order; what may be left out is left out by letting its move follow at
once (``then``). Ways back and side moves stay as the base has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from urbangrid.cases.definitions.rows import Definition, normal

STEPS: Final[Mapping[str, str]] = {
    "受理": "reported", "核实": "verifying", "立案": "to_file", "立案审批": "to_confirm", "签发": "to_sign", "批转": "filed",
    "派遣": "to_dispatch", "签收": "to_receive", "处置": "disposing", "审核": "to_review", "发核查": "to_send_check", "核查": "checking",
    "结案": "to_close",
}  # fmt: skip
"""Words of steps, as they are written in the table, and the state in which somebody does each; in the order of a case's life."""
NEEDED: Final = ("reported", "to_file", "to_dispatch", "disposing", "checking", "to_close")
FORWARD: Final[Mapping[str, str]] = {"filed": "hand_on", "to_receive": "receive", "to_review": "review", "to_send_check": "send_check"}
"""States that a class may pass by itself, and the move that passes them."""
JOINTS: Final = re.compile(r"[\s、,，;；/\-—–→>＞]+")


def read_steps(text: str) -> tuple[list[str], str]:
    """The states of the named steps; with the word at fault, or empty. The word ``order``: they do not stand in a case's order."""
    states: list[str] = []
    for word in filter(None, JOINTS.split(text.strip())):
        if word not in STEPS:
            return [], word
        states.append(STEPS[word])
    order = list(STEPS.values())
    places = [order.index(state) for state in states if state != "verifying"]
    return states, "order" if places != sorted(set(places)) else ""


def missing(states: Sequence[str]) -> list[str]:
    """Words of steps that no case goes without and that are not named."""
    return [word for word, state in STEPS.items() if state in NEEDED and state not in states]


def unknown_to(base: Mapping[str, Any], states: Sequence[str]) -> list[str]:
    """Words of named steps that the base does not have."""
    there = {row["state"] for row in base["waits"]}
    return [word for word, state in STEPS.items() if state in states and state not in there]


def with_steps(base: Mapping[str, Any], states: Sequence[str]) -> Definition:
    """The base with exactly the named steps done by somebody (CY-9).

    核实 named: every source but the inspectors' own is verified before filing, not named: none. 立案审批 named: filed by proposal alone.
    签发 named: every case is signed.
    """
    made = normal(base)
    passed = {state: action for state, action in FORWARD.items() if state not in states}
    moves = [_chained(row, passed) for row in made["moves"]]
    if "to_confirm" in states:
        moves = [row for row in moves if (row["action"], row["from"]) != ("file", "to_file")]
    if "to_sign" in states:
        moves = [row for row in moves if (row["action"], row["to"]) != ("file", "filed")]
    made["moves"] = moves
    rules = made.get("verify_before_filing", {})
    made["verify_before_filing"] = {name: rule if name == "inspector" else _rule(states) for name, rule in rules.items()}
    return made


def _rule(states: Sequence[str]) -> str:
    return "always" if "verifying" in states else "never"


def _chained(row: Definition, passed: Mapping[str, str]) -> Definition:
    """A move goes on by itself where it leads to a state that is passed, and stops where it leads to one that is named."""
    if row["to"] == row["from"] or row["to"] not in FORWARD:
        return row
    plain = {name: value for name, value in row.items() if name != "then"}
    return plain | {"then": passed[row["to"]]} if row["to"] in passed else plain


def steps_of(definition: Mapping[str, Any]) -> list[str]:
    """The steps of a definition as the table writes them: states that no move passes by itself."""
    whole = normal(definition)
    moving = [row for row in whole["moves"] if row["to"] != row["from"]]
    reached = {row["to"] for row in moving if row.get("then") != FORWARD.get(row["to"], "")} | {"reported"}
    rules = whole.get("verify_before_filing", {}).values()
    named = [state for state in STEPS.values() if state in reached and state in {row["state"] for row in whole["waits"]}]
    direct = {(row["action"], row["from"], row["to"]) for row in whole["moves"]}
    if "always" not in rules:
        named = [state for state in named if state != "verifying"]
    if ("file", "to_file", "filed") in direct or ("file", "to_file", "to_sign") in direct:
        named = [state for state in named if state != "to_confirm"]
    if any(action == "file" and to == "filed" for action, _source, to in direct):
        named = [state for state in named if state != "to_sign"]
    return [word for word, state in STEPS.items() if state in named]
