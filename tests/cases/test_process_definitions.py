"""Definitions as rows: what is wrong with them, what differs between two, and what an override makes of its base."""

from __future__ import annotations

import copy
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from urbangrid.cases import process_graph, processes, words
from urbangrid.cases.definitions import checking, fault_words, rows
from urbangrid.cases.lifecycle import FINAL, MAIN_ACTION, State
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


@pytest.mark.parametrize(("name", "value"), [("judged_by", "x"), ("judged_by", True), ("check_by_another", "no"), ("check_by_another", 1)])
def test_a_setting_that_knows_few_values_takes_no_other(name: str, value: object) -> None:
    definition = _with()
    for known in ("feedback", "closing"):
        definition["settings"] |= {"judged_by": known, "check_by_another": known == "closing"}
        assert checking.check(definition, DUTIES) == []
    definition["settings"][name] = value
    (fault,) = checking.check(definition, DUTIES)
    assert (fault.code, fault.row) == ("setting_wrong", name)
    assert str(words.PROCESS_SETTINGS[name]) in fault_words.sentence(fault)


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


LAWFULLY_WITHOUT = {("file", "to_file", "filed"), ("file", "to_confirm", "filed")}
"""Where the head signs, a city may have every case signed (签发): then the plain filing leads to the signature."""


def steps_without_city(definition: dict[str, Any], state: str) -> bool:
    """Whether the definition's own main moves lead a case from the state to closure without the city: walked one by one."""
    seen, todo = set[str](), [state]
    while todo:
        here = todo.pop()
        if here not in seen and here not in ("to_release", "with_city"):
            seen.add(here)
            acts = {MAIN_ACTION[State(here)]} if State(here) in MAIN_ACTION else set()
            acts |= {"propose_filing"} if here == "to_file" else set()
            todo += [row["to"] for row in definition["moves"] if row["from"] == here and row["action"] in acts]
    return "closed" in seen


@pytest.mark.parametrize("name", PRESETS)
def test_without_any_one_of_its_main_moves_no_preset_is_published(name: str) -> None:
    """Also not by way of the city: without 派遣 or 结案 nothing gets done (the names of the states are a walk of its own)."""
    whole = rows.normal(processes.preset(name))
    assert checking.check(whole, DUTIES) == []
    states = {row["from"] for row in whole["moves"]} - {one.value for one in FINAL} - {"to_release", "with_city"}
    assert all(steps_without_city(whole, state) for state in states)
    main = [row for row in whole["moves"] if MAIN_ACTION.get(State(row["from"])) == row["action"]]
    assert len(main) >= 12
    for row in main:
        found = checking.check(whole | {"moves": [one for one in whole["moves"] if one is not row]}, DUTIES)
        signed = any(one["to"] == "to_sign" for one in whole["moves"])
        if (row["action"], row["from"], row["to"]) in LAWFULLY_WITHOUT and signed:
            assert found == []
        else:
            assert Fault("main_move_missing", f"{row['action']} from {row['from']} to {row['to']}") in found, row


@settings(max_examples=100, deadline=None)
@given(broken())
def test_what_the_check_lets_through_closes_from_everywhere_by_its_own_main_moves(definition: dict[str, Any]) -> None:
    process = load(definition)
    reached = {State.REPORTED} | {move.edge.target for move in process.moves}
    if not process_graph.gaps(process, reached):
        assert all(steps_without_city(definition, state) for state in reached - FINAL - {State.TO_RELEASE, State.WITH_CITY})


@pytest.mark.parametrize(("calendar", "faulty"), [("火星历", True), ("office", False), ("always", False), ("unit", False)])
def test_a_calendar_that_the_platform_does_not_have_is_named_with_its_row(calendar: str, faulty: bool) -> None:
    definition = _with()
    next(row for row in definition["waits"] if row["state"] == "to_dispatch")["calendar"] = calendar
    found = checking.check(definition, DUTIES, ["office"])
    assert found == ([Fault("unknown_calendar", "to_dispatch: 火星历")] if faulty else [])
    assert all("“待派遣”：“火星历”：“日历”一列" in fault_words.sentence(fault) for fault in found)


def test_an_empty_cell_is_called_empty() -> None:
    definition = _with()
    del next(row for row in definition["waits"] if row["state"] == "reported")["holder"]
    said = " ".join(fault_words.sentences(checking.check(definition, DUTIES)))
    assert "“待受理”：空着：归谁办理" in said
    assert "None" not in said
