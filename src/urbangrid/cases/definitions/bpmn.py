"""BPMN 2.0 XML of a process, with shapes, for other editors and engines (OMG BPMN 2.0.2, DI included).

1. A user task per state in which somebody works, an end event per final state, a start event before the first.
2. Behind a task with several ways an exclusive gateway; each way carries the condition ``choice == "<way>"``.
3. A way leads to where the case comes to rest: what follows by itself is named on the way.

Voiding goes from every filed state to its end event. Moves that do not change the state (更正) and 恢复办理 of a closed case are no ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from urbangrid.cases.definitions.layout import BOX_H, BOX_W, Drawing, draw, shown_moves
from urbangrid.cases.lifecycle import FINAL, State
from urbangrid.cases.process import Move, Process, Wait
from urbangrid.cases.process_graph import chain_of

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DDI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
GATE, EVENT = 36, 36
MOST_WAYS = 1
"""More ways than this need a gateway."""


@dataclass(frozen=True, slots=True)
class Way:
    """A move as a sequence flow: ``name`` is the value of ``choice`` that takes it, ``rest`` where the case comes to rest."""

    name: str
    move: Move
    rest: State
    follows: tuple[str, ...]


def ways(process: Process) -> list[Way]:
    """Every way of the exported process, in the order of the definition."""
    found = []
    for move, rest in [*shown_moves(process), *((move, State.VOID) for move in process.moves if move.edge.target == State.VOID)]:
        chain = chain_of(process, move) or ()
        name = f"{move.edge.action}.{move.edge.source}.{move.edge.target}" + (f".{move.edge.when}" if move.edge.when else "")
        found.append(Way(name, move, rest, tuple(one.edge.action for one in chain)))
    return _reached(found)


def _reached(found: list[Way]) -> list[Way]:
    """Without those from states that are always passed: nobody works there."""
    reached, before = {State.REPORTED}, 0
    while len(reached) != before:
        before = len(reached)
        reached |= {way.rest for way in found if way.move.edge.source in reached}
    return [way for way in found if way.move.edge.source in reached]


def export(process: Process, labels: Mapping[str, str], note: str = "") -> bytes:
    """The document in UTF-8. ``labels``: words of states, actions and duties; ``note``: kept as documentation of the process."""
    for prefix, space in (("bpmn", MODEL), ("bpmndi", DI), ("dc", DC), ("di", DDI), ("xsi", XSI)):
        ET.register_namespace(prefix, space)
    root = ET.Element(f"{{{MODEL}}}definitions", {"id": f"definitions_{process.code}", "targetNamespace": "urn:urbangrid:process"})
    body = ET.SubElement(root, f"{{{MODEL}}}process", {"id": _id(process.code), "name": process.name, "isExecutable": "true"})
    if note:
        _text(body, "documentation", note)
    found = ways(process)
    states = [state for state in State if state == State.REPORTED or any(state in (way.move.edge.source, way.rest) for way in found)]
    flows = _flows(found)
    _start(body)
    for state in states:
        _node(body, process, state, flows, labels)
    for flow in flows:
        _flow(body, flow, labels)
    _shapes(root, process, states, flows)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow between two elements of the document; ``way`` None: from start to first task, from a task to its gateway."""

    id: str
    source: str
    target: str
    way: Way | None = None
    condition: bool = False


def _flows(found: list[Way]) -> list[Flow]:
    flows = [Flow("flow_start", "start", _of(State.REPORTED))]
    for state in dict.fromkeys(way.move.edge.source for way in found):
        mine = [way for way in found if way.move.edge.source == state]
        gated = len(mine) > MOST_WAYS
        if gated:
            flows.append(Flow(f"flow_{state}", _of(state), f"gate_{state}"))
        source = f"gate_{state}" if gated else _of(state)
        flows += [Flow(f"flow_{_id(way.name)}", source, _of(way.rest), way, gated) for way in mine]
    return flows


def _of(state: State) -> str:
    return f"end_{state}" if state in FINAL else f"task_{state}"


def _id(name: str) -> str:
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign == "_") else "_" for sign in f"_{name}")


def _text(parent: ET.Element, tag: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    ET.SubElement(parent, f"{{{MODEL}}}{tag}", dict(attributes or {})).text = text


def _start(body: ET.Element) -> None:
    start = ET.SubElement(body, f"{{{MODEL}}}startEvent", {"id": "start"})
    _text(start, "outgoing", "flow_start")


def _node(body: ET.Element, process: Process, state: State, flows: list[Flow], labels: Mapping[str, str]) -> None:
    """The task or end event of a state and its gateway, with their flows."""
    tag = "endEvent" if state in FINAL else "userTask"
    node = ET.SubElement(body, f"{{{MODEL}}}{tag}", {"id": _of(state), "name": labels.get(state, state)})
    wait = process.waits.get(state)
    if wait is not None:
        _text(node, "documentation", _about(wait, labels))
    _ends(node, _of(state), flows)
    if any(flow.target == f"gate_{state}" for flow in flows):
        gate = ET.SubElement(body, f"{{{MODEL}}}exclusiveGateway", {"id": f"gate_{state}"})
        _ends(gate, f"gate_{state}", flows)


def _about(wait: Wait, labels: Mapping[str, str]) -> str:
    limit = "" if wait.limit_minutes is None else f"; limit_minutes={wait.limit_minutes}; calendar={wait.calendar}"
    return f"{labels.get(wait.duty, wait.duty)}; duty={wait.duty}; holder={wait.holder}{limit}"


def _ends(node: ET.Element, name: str, flows: list[Flow]) -> None:
    for flow in flows:
        if flow.target == name:
            _text(node, "incoming", flow.id)
    for flow in flows:
        if flow.source == name:
            _text(node, "outgoing", flow.id)


def _flow(body: ET.Element, flow: Flow, labels: Mapping[str, str]) -> None:
    spoken = {"id": flow.id, "sourceRef": flow.source, "targetRef": flow.target}
    if flow.way is not None:
        actions = (flow.way.move.edge.action, *flow.way.follows)
        spoken["name"] = "→".join(labels.get(action, action) for action in actions)
    node = ET.SubElement(body, f"{{{MODEL}}}sequenceFlow", spoken)
    if flow.condition and flow.way is not None:
        _text(node, "conditionExpression", f'choice == "{flow.way.name}"', {f"{{{XSI}}}type": "bpmn:tFormalExpression"})


def _shapes(root: ET.Element, process: Process, states: Iterable[State], flows: list[Flow]) -> None:
    """Bounds of every element and waypoints of every flow, so that editors draw it as our page does."""
    diagram = ET.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": _id(process.code)})
    bounds = _bounds(draw(process), states, flows)
    for name, (x, y, width, height) in bounds.items():
        shape = ET.SubElement(plane, f"{{{DI}}}BPMNShape", {"id": f"shape_{name}", "bpmnElement": name})
        ET.SubElement(shape, f"{{{DC}}}Bounds", {"x": str(x), "y": str(y), "width": str(width), "height": str(height)})
    for flow in flows:
        edge = ET.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"edge_{flow.id}", "bpmnElement": flow.id})
        for x, y in _waypoints(bounds[flow.source], bounds[flow.target]):
            ET.SubElement(edge, f"{{{DDI}}}waypoint", {"x": str(x), "y": str(y)})


Bounds = tuple[int, int, int, int]


def _bounds(drawing: Drawing, states: Iterable[State], flows: list[Flow]) -> dict[str, Bounds]:
    """x, y, width, height by element; wider apart than on our page, to make room for gateways."""
    places = {box.state: (160 + box.x * 3 // 2, box.y * 3 // 2) for box in drawing.boxes}
    below = max(y for _x, y in places.values()) + BOX_H + 80
    found: dict[str, Bounds] = {}
    for state in states:
        x, y = places.get(state, (max(x for x, _y in places.values()), below))
        if state in FINAL:
            found[_of(state)] = (x + BOX_W // 2 - EVENT // 2, y, EVENT, EVENT)
            continue
        found[_of(state)] = (x, y, BOX_W, BOX_H)
        if any(flow.target == f"gate_{state}" for flow in flows):
            found[f"gate_{state}"] = (x + BOX_W + 30, y + BOX_H // 2 - GATE // 2, GATE, GATE)
    x, y, _width, height = found[_of(State.REPORTED)]
    found["start"] = (x - 90, y + height // 2 - EVENT // 2, EVENT, EVENT)
    return found


def _waypoints(one: Bounds, other: Bounds) -> list[tuple[int, int]]:
    """From the side of one shape to the near side of the other, with one bend where they do not stand level."""
    x1, y1 = one[0] + one[2], one[1] + one[3] // 2
    x2, y2 = other[0], other[1] + other[3] // 2
    if x2 < x1:  # leave below, enter from below
        low = max(one[1] + one[3], other[1] + other[3]) + 24
        middle, end = one[0] + one[2] // 2, other[0] + other[2] // 2
        return [(middle, one[1] + one[3]), (middle, low), (end, low), (end, other[1] + other[3])]
    if y1 == y2:
        return [(x1, y1), (x2, y2)]
    return [(x1, y1), (x2 - 12, y1), (x2 - 12, y2), (x2, y2)]
