"""A process definition is checked before it is published; the fault names the row."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urbangrid.cases import process, processes
from urbangrid.cases.lifecycle import EDGES, FENCE, FINAL, OPEN, WORK, State
from urbangrid.cases.process import Fault, faults, load

DUTIES = process.load(processes.preset("model_a")).duties()


@pytest.fixture
def model_a() -> dict[str, Any]:
    return copy.deepcopy(processes.preset("model_a"))


def test_model_a_has_no_fault(model_a: dict[str, Any]) -> None:
    assert faults(load(model_a), DUTIES) == []
    assert [stage.name for stage in load(model_a).stages] == ["信息收集", "案卷建立", "任务派遣", "任务处理", "处理反馈", "核查结案"]


def test_a_move_this_release_does_not_know_is_refused_with_its_row(model_a: dict[str, Any]) -> None:
    model_a["moves"].append({"action": "teleport", "from": "to_file", "duty": "file"})
    with pytest.raises(ValueError, match="teleport from to_file"):
        load(model_a)


def test_a_state_that_only_voiding_leaves_is_named(model_a: dict[str, Any]) -> None:
    model_a["moves"] = [move for move in model_a["moves"] if move["from"] != "checking"]
    assert Fault("no_way_to_closure", "checking") in faults(load(model_a), DUTIES)


def test_a_duty_nobody_holds_is_named(model_a: dict[str, Any]) -> None:
    found = faults(load(model_a), DUTIES - {"sign"})
    assert any(fault.code == "duty_not_held" and "sign" in fault.row for fault in found)


def test_a_waiting_state_without_limit_is_named(model_a: dict[str, Any]) -> None:
    del next(wait for wait in model_a["waits"] if wait["state"] == "to_dispatch")["limit_minutes"]
    assert Fault("no_limit", "to_dispatch") in faults(load(model_a), DUTIES)


def test_a_state_that_is_never_reached_is_named(model_a: dict[str, Any]) -> None:
    model_a["moves"] = [move for move in model_a["moves"] if move["action"] not in ("release", "return_to_city")]
    assert Fault("unreachable_state", "with_city") in faults(load(model_a), DUTIES)


def naive_reach(moves: list[tuple[State, State]], start: State) -> set[State]:
    """Walk all ways, one by one."""
    seen: set[State] = set()
    todo = [start]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo += [target for source, target in moves if source == state]
    return seen


@given(st.sets(st.integers(0, 50), max_size=40))
def test_the_check_agrees_with_walking_every_way(left_out: set[int]) -> None:
    """Leave out any rows of model A: exactly what a walk cannot reach, leave or close is a fault."""
    definition = copy.deepcopy(processes.preset("model_a"))
    definition["moves"] = [move for number, move in enumerate(definition["moves"]) if number not in left_out]
    loaded = load(definition)
    ways = [(move.edge.source, move.edge.target) for move in loaded.moves if move.edge.source not in FINAL or move.edge.target in FINAL]
    reached = naive_reach(ways, State.REPORTED)
    found = {(fault.code, fault.row) for fault in process.faults(loaded, DUTIES)}
    dead = {state for state in reached if state not in FINAL and not any(source == state for source, _target in ways)}
    stuck = {state for state in reached - set(FINAL) - dead if State.CLOSED not in naive_reach(ways, state)}
    assert {row for code, row in found if code == "dead_end"} == set(dead)
    assert {row for code, row in found if code == "no_way_to_closure"} == set(stuck)


def test_every_open_state_gives_somebody_something_to_do() -> None:
    assert set(WORK) == set(OPEN)
    for edge in EDGES:
        assert not edge.work or edge.work in (WORK[edge.source], FENCE)
