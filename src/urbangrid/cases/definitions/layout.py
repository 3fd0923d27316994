"""Where the states of a process stand in its diagram: a column per stage, states of a stage below each other, lines between.

Plain Python; lengths in pixels. ``draw`` lays a process out once for the SVG of the pages and for the shapes of the BPMN export.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from urbangrid.cases.lifecycle import FINAL, State
from urbangrid.cases.process import Move, Process
from urbangrid.cases.process_graph import chain_of
from urbangrid.core.shipped import shipped

BOX_W, BOX_H = 112, 40
COLUMN_W, ROW_H = 196, 92
LEFT, TOP = 24, 56
LANE = 9
"""Distance between lines that go around the boxes."""


@dataclass(frozen=True, slots=True)
class Box:
    """A state. ``x`` and ``y`` are its upper left corner."""

    state: State
    x: int
    y: int
    final: bool = False

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + BOX_W // 2, self.y + BOX_H // 2


@dataclass(frozen=True, slots=True)
class Line:
    """All moves from one state to another; ``actions`` in the order of the definition, without those that follow by themselves."""

    source: State
    target: State
    actions: tuple[str, ...]
    points: tuple[tuple[int, int], ...]
    back: bool

    @property
    def label_at(self) -> tuple[int, int]:
        """Middle of the longest piece."""
        pieces = list(zip(self.points, self.points[1:], strict=False))
        (x1, y1), (x2, y2) = max(pieces, key=lambda piece: abs(piece[0][0] - piece[1][0]) + abs(piece[0][1] - piece[1][1]))
        return (x1 + x2) // 2, (y1 + y2) // 2


@dataclass(frozen=True, slots=True)
class Column:
    """A stage with its name above its boxes."""

    code: str
    name: str
    x: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """The diagram of a process."""

    columns: tuple[Column, ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: int
    height: int

    def box(self, state: State) -> Box:
        return next(box for box in self.boxes if box.state == state)


def shown_moves(process: Process) -> list[tuple[Move, State]]:
    """Moves that change the state of an open case, with the state in which it comes to rest; voiding, from everywhere, is left out."""
    found = []
    for move in process.moves:
        if move.edge.target in (move.edge.source, State.VOID) or move.edge.source in FINAL:
            continue
        chain = chain_of(process, move) or ()
        found.append((move, chain[-1].edge.target if chain else move.edge.target))
    return found


def draw(process: Process) -> Drawing:
    """Lay a process out. States that nothing leads to and that nothing leaves are left out."""
    moves = shown_moves(process)
    used = {state for move, rest in moves for state in (move.edge.source, rest)}
    used = _reached(moves, used)
    columns, boxes = _boxes(process, used)
    by_state = {box.state: box for box in boxes}
    pairs: dict[tuple[State, State], list[str]] = {}
    for move, rest in moves:
        if move.edge.source in by_state and rest in by_state:
            names = pairs.setdefault((move.edge.source, rest), [])
            if move.edge.action not in names:
                names.append(move.edge.action)
    bottom = max(box.y for box in boxes) + BOX_H
    lines = tuple(_lines(pairs, by_state, bottom))
    lowest = max([bottom, *(y for line in lines for _x, y in line.points)])
    widest = max([box.x + BOX_W for box in boxes] + [x for line in lines for x, _y in line.points])
    return Drawing(columns, tuple(boxes), lines, widest + LEFT, lowest + 24)


def _reached(moves: Iterable[tuple[Move, State]], used: set[State]) -> set[State]:
    """States in which a case can come to rest: one that is always passed has nobody at work and no box."""
    reached = {State.REPORTED}
    while True:
        more = {rest for move, rest in moves if move.edge.source in reached} - reached
        if not more:
            return reached & used or used
        reached |= more


def _boxes(process: Process, used: set[State]) -> tuple[tuple[Column, ...], list[Box]]:
    """A column per stage that has a state, final states in a last column of their own."""
    columns: list[Column] = []
    boxes: list[Box] = []
    placed: set[State] = set()
    for stage in process.stages:
        states = [state for state in State if state in stage.states and state in used and state not in FINAL and state not in placed]
        if not states:
            continue
        x = LEFT + COLUMN_W * len(columns)
        columns.append(Column(stage.code, shipped(stage.name), x))
        boxes += [Box(state, x, TOP + ROW_H * row) for row, state in enumerate(states)]
        placed |= set(states)
    x = LEFT + COLUMN_W * len(columns)
    rest = [state for state in State if state in used and state not in placed]
    rest.sort(key=lambda state: state != State.CLOSED)
    boxes += [Box(state, x, TOP + ROW_H * row, state in FINAL) for row, state in enumerate(rest)]
    return (*columns, Column("", "", x)) if rest else tuple(columns), boxes


def _lines(pairs: dict[tuple[State, State], list[str]], boxes: dict[State, Box], bottom: int) -> Iterable[Line]:
    """Straight where the boxes are neighbours; else down beside its column, along a lane of its own under all boxes, and up again."""
    lanes = 0
    for (source, target), actions in pairs.items():
        one, other = boxes[source], boxes[target]
        back = (other.x, other.y) < (one.x, one.y)
        if other.x == one.x + COLUMN_W:
            points = _across(one, other)
        elif other.x == one.x and abs(other.y - one.y) == ROW_H:
            shift = -18 if back else 18  # there and back stand beside each other
            middle = one.middle[0] + shift
            points = ((middle, one.y if back else one.y + BOX_H), (middle, other.y + BOX_H if back else other.y))
        else:
            points = _around(one, other, bottom + 18 + 22 * lanes, lanes)
            lanes += 1
        yield Line(source, target, tuple(actions), points, back)


def _across(one: Box, other: Box) -> tuple[tuple[int, int], ...]:
    """From the right side of a box to the left side of one in the next column."""
    x1, y1, x2, y2 = one.x + BOX_W, one.middle[1], other.x, other.middle[1]
    if y1 == y2:
        return (x1, y1), (x2, y2)
    turn = x2 - 22 - (abs(y2 - y1) // ROW_H) * LANE % 40
    return (x1, y1 + 8), (turn, y1 + 8), (turn, y2 - 8), (x2, y2 - 8)


def _around(one: Box, other: Box, y: int, lane: int) -> tuple[tuple[int, int], ...]:
    shift = LANE * (lane % 5)
    x1, x2 = one.x + BOX_W + 12 + shift, other.x - 12 - LANE * (lane % 2)
    out, into = one.middle[1] + 12, other.middle[1] + 12
    return (one.x + BOX_W, out), (x1, out), (x1, y), (x2, y), (x2, into), (other.x, into)
