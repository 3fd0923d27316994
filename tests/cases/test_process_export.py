"""The BPMN export as a foreign engine reads it, and the diagram: neither can differ from the process itself."""

from __future__ import annotations

from functools import cache
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]
from SpiffWorkflow.bpmn.parser import BpmnParser  # type: ignore[import-untyped]
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow  # type: ignore[import-untyped]
from SpiffWorkflow.util.task import TaskState  # type: ignore[import-untyped]

from urbangrid.cases import process, processes
from urbangrid.cases.definitions import bpmn, layout, steps
from urbangrid.cases.lifecycle import FINAL, State

PRESETS = sorted(path.stem for path in processes.PRESETS.glob("*.toml"))
SHORT = "受理、立案、派遣、处置、核查、结案"
SIGNED = "受理、核实、立案、签发、批转、派遣、签收、处置、审核、发核查、核查、结案"
WALKS, LONGEST = 25, 40


@cache
def _process(name: str, named: str = "") -> process.Process:
    definition = processes.preset(name)
    return process.load(steps.with_steps(definition, steps.read_steps(named)[0]) if named else definition)


def _versions() -> list[Any]:
    return [pytest.param(name, named, id=f"{name}-{number}") for name in PRESETS for number, named in enumerate(("", SHORT, SIGNED))]


@cache
def _spec(name: str, named: str) -> Any:
    parser = BpmnParser()
    loaded = _process(name, named)
    parser.add_bpmn_xml(etree.fromstring(bpmn.export(loaded, {})))
    return parser.get_spec(bpmn._id(loaded.code))


def _at(engine: Any) -> list[str]:
    """Names of the tasks that wait for somebody."""
    return [task.task_spec.bpmn_id for task in engine.get_tasks(state=TaskState.READY) if task.task_spec.manual]


@pytest.mark.parametrize(("name", "named"), _versions())
def test_a_foreign_engine_driven_by_the_same_choices_does_the_same_tasks(name: str, named: str) -> None:
    """Random walks: at each state a permitted move is drawn for both; the tasks that wait agree until the end."""
    loaded = _process(name, named)

    @settings(max_examples=WALKS, deadline=None, derandomize=True, database=None)
    @given(st.lists(st.integers(0, 60), min_size=LONGEST, max_size=LONGEST))
    def walk(draws: list[int]) -> None:
        engine = BpmnWorkflow(_spec(name, named))
        engine.do_engine_steps()
        state = State.REPORTED
        for number in draws:
            assert _at(engine) == ([] if state in FINAL else [f"task_{state}"])
            if state in FINAL:
                break
            moves = [move for move in loaded.moves_from(state) if move.edge.target != state]
            move = moves[number % len(moves)]
            task = engine.get_tasks(state=TaskState.READY, manual=True)[0]
            task.data["choice"] = f"{move.edge.action}.{state}.{move.edge.target}" + (f".{move.edge.when}" if move.edge.when else "")
            task.run()
            engine.do_engine_steps()
            state = _walked(loaded, move)
        assert engine.is_completed() == (state in FINAL)

    walk()


def _walked(loaded: process.Process, move: process.Move) -> State:
    """Where the case comes to rest, by following ``then`` as an action does."""
    while move.then:
        found = loaded.find(move.then, move.edge.target)
        if found is None:
            break
        move = found
    return move.edge.target


@pytest.mark.parametrize(("name", "named"), _versions())
def test_every_element_of_the_export_has_a_shape_that_covers_no_other(name: str, named: str) -> None:
    root = ET.fromstring(bpmn.export(_process(name, named), {}))
    body = root.find(f"{{{bpmn.MODEL}}}process")
    assert body is not None
    elements = {node.get("id") for node in body if node.get("id")}
    drawn = {node.get("bpmnElement") for tag in ("BPMNShape", "BPMNEdge") for node in root.iter(f"{{{bpmn.DI}}}{tag}")}
    assert drawn == elements
    boxes = [tuple(int(bounds.get(side, "")) for side in ("x", "y", "width", "height")) for bounds in root.iter(f"{{{bpmn.DC}}}Bounds")]
    _apart(boxes)


@pytest.mark.parametrize(("name", "named"), _versions())
def test_the_diagram_shows_every_state_somebody_works_in_once_and_no_box_covers_another(name: str, named: str) -> None:
    loaded = _process(name, named)
    drawing = layout.draw(loaded)
    shown = [box.state for box in drawing.boxes]
    assert len(shown) == len(set(shown))
    assert {way.move.edge.source for way in bpmn.ways(loaded)} | {State.CLOSED} <= set(shown)
    _apart([(box.x, box.y, layout.BOX_W, layout.BOX_H) for box in drawing.boxes])
    for line in drawing.lines:
        for (x, y), state in ((line.points[0], line.source), (line.points[-1], line.target)):
            box = drawing.box(state)
            assert x in (box.x, box.x + layout.BOX_W) or y in (box.y, box.y + layout.BOX_H)
            assert box.x <= x <= box.x + layout.BOX_W and box.y <= y <= box.y + layout.BOX_H
        assert all(0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in line.points)


def _apart(boxes: list[tuple[int, ...]]) -> None:
    for number, (x, y, width, height) in enumerate(boxes):
        for left, top, wide, high in boxes[:number]:
            assert x + width <= left or left + wide <= x or y + height <= top or top + high <= y


def test_steps_that_the_table_does_not_name_are_passed_by_themselves() -> None:
    loaded = _process("model_a", SHORT)
    shown = {box.state for box in layout.draw(loaded).boxes}
    assert not shown & {State.FILED, State.TO_RECEIVE, State.TO_REVIEW, State.TO_SEND_CHECK, State.VERIFYING} - {State.VERIFYING}
    assert "/".join(steps.steps_of(steps.with_steps(processes.preset("model_a"), steps.read_steps(SIGNED)[0]))) == SIGNED.replace("、", "/")
