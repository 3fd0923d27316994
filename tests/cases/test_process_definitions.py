"""Definitions as rows: what is wrong with them, what differs between two, and what an override makes of its base."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from urbangrid.cases import processes
from urbangrid.cases.definitions import checking, fault_words, rows
from urbangrid.cases.lifecycle import FINAL, State
from urbangrid.cases.process import Fault, faults, load

PRESETS = sorted(path.stem for path in processes.PRESETS.glob("*.toml"))
DUTIES = frozenset[str]().union(*(load(processes.preset(name)).duties() for name in PRESETS))


@st.composite
def broken(draw: Any) -> dict[str, Any]:
    """A preset with rows left out, duties, limits and followers changed at random."""
    definition = rows.normal(processes.preset(draw(st.sampled_from(PRESETS))))
    moves = definition["moves"]
    kept = draw(st.lists(st.sampled_from(range(len(moves))), max_size=12, unique=True))
    definition["moves"] = [move for number, move in enumerate(moves) if number not in kept]
    for move in draw(st.lists(st.sampled_from(definition["moves"]), max_size=3, unique_by=id)):
        move["then"] = draw(st.sampled_from(["", *sorted({row["action"] for row in moves})]))
    for wait in draw(st.lists(st.sampled_from(definition["waits"]), max_size=3, unique_by=id)):
        wait["duty"] = draw(st.sampled_from(["nobody_has_it", "file"]))
        wait["limit_minutes"] = draw(st.sampled_from([None, 20]))
    left = draw(st.sets(st.sampled_from([wait["state"] for wait in definition["waits"]]), max_size=2))
    definition["waits"] = [wait for wait in definition["waits"] if wait["state"] not in left]
    return definition


def closure_of(ways: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Warshall: every pair that some way joins."""
    joined = set(ways)
    names = sorted({end for way in ways for end in way})
    for middle, one, other in product(names, names, names):
        if (one, middle) in joined and (middle, other) in joined:
            joined.add((one, other))
    return joined


def naive_faults(definition: dict[str, Any]) -> set[tuple[str, str]]:
    """The same questions asked of the rows as typed, with every pair of states joined or not."""
    final = {one.value for one in FINAL}
    every = {(row["from"], row["to"]) for row in definition["moves"]}
    states = {end for way in every for end in way} | {"reported"}
    ways = {way for way in every if way[0] not in final or way[1] in final}  # 恢复办理 and 拆回 lead back, nothing depends on them
    joined = closure_of(ways)
    reached = {"reported"} | {other for one, other in joined if one == "reported"}
    waits = {row["state"]: row for row in definition["waits"]}
    found = {("unreachable_state", state) for state in states - reached}
    for state in reached - {final.value for final in FINAL}:
        if not any(one == state for one, _other in ways):
            found.add(("dead_end", state))
        elif (state, "closed") not in joined:
            found.add(("no_way_to_closure", state))
        if state not in waits:
            found.add(("nobody_works", state))
        elif waits[state].get("limit_minutes") is None and waits[state]["holder"] != "handler":
            found.add(("no_limit", state))
    leaving = closure_of({way for way in ways if way[1] not in ("void", "merged", way[0]) and way[0] not in final})
    for state in states:
        circle = {other for one, other in leaving if one == state}
        if state in circle and all((other, state) in leaving for other in circle):
            found.add(("loop_without_exit", " ".join(sorted(circle))))
    return found


@settings(max_examples=150, deadline=None)
@given(broken())
def test_faults_are_what_a_second_way_of_asking_finds(definition: dict[str, Any]) -> None:
    asked = ("unreachable_state", "dead_end", "no_way_to_closure", "nobody_works", "no_limit", "loop_without_exit")
    found = {(fault.code, str(fault.row)) for fault in faults(load(definition), DUTIES) if fault.code in asked}
    assert found == naive_faults(definition)


@settings(max_examples=100, deadline=None)
@given(broken())
def test_what_follows_by_itself_comes_to_rest_or_is_a_fault(definition: dict[str, Any]) -> None:
    """Follow every ``then`` step by step: more steps than there are moves means that it never ends."""
    process = load(definition)
    endless = set()
    for move in process.moves:
        last, steps = move, 0
        while last.then and (found := process.find(last.then, last.edge.target)) is not None and steps <= len(process.moves):
            last, steps = found, steps + 1
        if steps > len(process.moves):
            endless.add(f"{move.edge.action} from {move.edge.source}: {move.then}")
    assert {fault.row for fault in faults(process, DUTIES) if fault.code == "chain_without_end"} == endless


@settings(max_examples=150, deadline=None)
@given(broken(), broken())
def test_an_override_laid_over_its_base_gives_the_whole_again(base: dict[str, Any], whole: dict[str, Any]) -> None:
    made = rows.applied(base, rows.difference(base, whole), whole)
    assert not rows.changes(made, whole)
    assert sorted(map(str, made["moves"])) == sorted(map(str, rows.normal(whole)["moves"]))
    assert not rows.changes(whole, copy.deepcopy(whole))


def test_an_override_keeps_to_its_own_rows_when_the_base_changes() -> None:
    base = processes.preset("model_a")
    whole = rows.normal(base) | {"code": "potholes"}
    next(wait for wait in whole["waits"] if wait["state"] == "to_review")["limit_minutes"] = 240
    override = rows.difference(base, whole)
    later = rows.normal(base)
    next(wait for wait in later["waits"] if wait["state"] == "to_dispatch")["limit_minutes"] = 45
    made = rows.applied(later, override, whole)
    limits = {wait["state"]: wait.get("limit_minutes") for wait in made["waits"]}
    assert (limits["to_review"], limits["to_dispatch"], made["code"]) == (240, 45, "potholes")


def _with(**more: Any) -> dict[str, Any]:
    return rows.normal(processes.preset("model_a")) | more


@pytest.mark.parametrize(
    ("section", "row", "fault", "said"),
    [
        ("moves", {"action": "teleport", "from": "to_file", "duty": "file"}, Fault("unknown_action", "teleport from to_file"), "没有这个"),
        ("moves", {"action": "close", "from": "to_file", "duty": "file"}, Fault("unknown_move", "close from to_file"), "“结案”自“待立案”"),
        ("moves", {"action": "file", "from": "nowhere", "duty": "file"}, Fault("unknown_state", "file from nowhere: nowhere"), "没有这个"),
        ("moves", {"action": "sign", "from": "to_sign"}, Fault("duty_missing", "sign from to_sign"), "“签发”自“待签发”"),
        ("waits", {"state": "closed", "duty": "close", "holder": "desk"}, Fault("unknown_state", "closed"), "“已结案”"),
        ("waits", {"state": "filed", "duty": "hand_on", "holder": "robot"}, Fault("unknown_holder", "filed: robot"), "“待批转”"),
        ("waits", {"state": "filed", "duty": "hand_on", "holder": "desk", "limit_minutes": 0}, Fault("limit_wrong", "filed: 0"), "正整数"),
        ("stages", {"code": "x", "name": "其他", "states": ["limbo"]}, Fault("unknown_state", "x: limbo"), "没有这个状态"),
    ],
)
def test_a_row_that_this_release_does_not_know_is_named_in_chinese(section: str, row: dict[str, Any], fault: Fault, said: str) -> None:
    definition = _with()
    definition[section] = [*definition[section], row]
    found = checking.check(definition, DUTIES)
    assert fault in found
    assert said in fault_words.sentence(fault)


def test_a_circle_that_only_voiding_leaves_is_named_with_its_states() -> None:
    definition = _with()
    remote = (("check_remotely", "checking"), ("check_remotely", "to_send_check"))
    closing = (("check", "checking"), ("close_informed", "to_send_check"), *remote)
    definition["moves"] = [move for move in definition["moves"] if (move["action"], move["from"]) not in closing]
    definition["moves"].append({"action": "check", "from": "checking", "to": "to_send_check", "duty": "check"})
    fault = next(fault for fault in checking.check(definition, DUTIES) if fault.code == "loop_without_exit")
    assert fault.row == "checking to_send_check"
    assert fault_words.sentence(fault).startswith("“待核查”“待发核查”之间来回打转")


@pytest.mark.parametrize("nonsense", [[], {}, {"moves": 3}, {"moves": [1], "waits": [], "stages": []}, {"code": 5, "name": None}])
def test_a_file_that_is_no_definition_is_refused_with_a_sentence(nonsense: Any) -> None:
    assert all(fault_words.sentences(checking.check(nonsense, DUTIES)))


NAMES = ("code", "name", "moves", "waits", "stages", "settings", "action", "from", "to", "then", "state", "states", "duty", "limit")
ANYTHING = st.recursive(
    st.none() | st.integers() | st.sampled_from(["file", "to_file", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=8,
)


@given(ANYTHING)
@settings(max_examples=80, deadline=None)
def test_whatever_a_file_holds_it_is_checked_and_never_breaks_the_check(whatever: Any) -> None:
    assert checking.check(whatever, DUTIES)
    shaped = _with(**dict.fromkeys(("settings", "limit", "verify_before_filing"), whatever))
    shaped["moves"] = [*shaped["moves"], whatever if isinstance(whatever, dict) else {"action": whatever}]
    assert isinstance(checking.check(shaped, DUTIES), list)


def test_every_state_has_its_word() -> None:
    for state in State:
        assert "“" + state + "”" != fault_words.row_words(state, {})
