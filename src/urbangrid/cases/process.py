"""A process definition: which moves of ``cases.lifecycle`` are in force, who holds them, what they need, how long they may take.

Plain Python. ``load`` reads the JSON (or TOML) form, ``faults`` says what would be wrong with publishing it, ``mermaid`` draws it.
``cases.definitions`` compares, edits, simulates and exports definitions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from urbangrid.cases import orders, process_graph, requests
from urbangrid.cases.lifecycle import EDGES, FINAL, WORK, Edge, State, When

HOLDERS = ("desk", "handler", "district", "inspector")
"""Who gets a work item: the unit that holds the duty, the unit the case was dispatched to, the command centre of the district that it
was handed to, or the inspector of the place."""
BY_REQUEST = ""
"""Duty of a move that nobody takes by hand: a granted request takes it."""
VERIFY_RULES = ("never", "always")
JUDGED_BY = ("feedback", "closing")
"""Setting ``judged_by``: the moment at which a case is held against its unit's limit (case-rules 1)."""
LIMIT_UNITS = ("urgent_hour", "work_hour", "work_day", "day")


@dataclass(frozen=True, slots=True)
class Move:
    """An edge in force: the duty that may take it, inputs it needs beyond those of the code, and the move that follows by itself."""

    edge: Edge
    duty: str
    required: tuple[str, ...] = ()
    then: str = ""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a waiting state gives somebody to do: its duty, holder and stage limit (minutes; None: judged by the unit's limit)."""

    state: State
    work: str
    duty: str
    holder: str
    limit_minutes: int | None
    calendar: str
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the six (or seven) stages of the stage bar (HD-3.2)."""

    code: str
    name: str
    states: tuple[State, ...]

    @property
    def after_the_end(self) -> bool:
        """Whether only ended cases are in it (综合评价): it begins with a run of its own, not with the closing."""
        return all(state in FINAL for state in self.states)


@dataclass(frozen=True, slots=True)
class Route:
    """Which way is proposed for classes whose code begins so: ``territory`` (the district of the position) or ``matter`` (SZ-4.2c)."""

    category: str
    by: str


ROUTES = ("territory", "matter")


@dataclass(frozen=True, slots=True)
class Process:
    """A definition ready for use."""

    code: str
    name: str
    moves: tuple[Move, ...]
    waits: Mapping[State, Wait]
    stages: tuple[Stage, ...]
    verify_before_filing: Mapping[str, str]
    settings: Mapping[str, Any]
    requests: Mapping[str, requests.RequestRule] = field(default_factory=dict)
    orders: Mapping[str, orders.OrderRule] = field(default_factory=dict)
    limit: tuple[int, str] | None = None
    """处置时限 of its own (value, unit), before the catalogue's (CY-9: standard time)."""
    standard: str = ""
    """What "done" means here, before the catalogue's words (CY-9: result standard)."""
    routes: tuple[Route, ...] = ()

    def duties(self) -> frozenset[str]:
        """Every duty that the definition names: somebody must hold each before it is published."""
        links = (link.duty for rule in self.requests.values() for link in rule.every_link)
        named = {move.duty for move in self.moves} | {wait.duty for wait in self.waits.values()} | set(links)
        named |= {rule.duty for rule in self.orders.values()}
        return frozenset(named | {duty for rule in self.requests.values() for duty in rule.askers}) - {BY_REQUEST}

    def moves_from(self, state: State) -> tuple[Move, ...]:
        return tuple(move for move in self.moves if move.edge.source == state)

    def find(self, action: str, state: State, when: When | None = None) -> Move | None:
        """The move of that name from ``state``; ``when`` chooses where the name leads to different states."""
        found = [move for move in self.moves if move.edge.action == action and move.edge.source == state]
        if when is not None:
            found = [move for move in found if move.edge.when in (When.ALWAYS, when)]
        return found[0] if found else None

    def must_verify(self, source_class: str) -> bool:
        return self.verify_before_filing.get(source_class, "never") == "always"

    def has(self, state: State) -> bool:
        """Whether cases of this process come into that state at all: a city without it has no button for it."""
        return any(move.edge.target == state for move in self.moves)

    def route_of(self, category_code: str) -> str:
        """The first row of the table that fits; a process without one goes by matter."""
        return next((route.by for route in self.routes if category_code.startswith(route.category)), "matter")

    def stage_of(self, state: State) -> Stage | None:
        return next((stage for stage in self.stages if state in stage.states), None)


def load(definition: Mapping[str, Any]) -> Process:
    """Read a definition. Raises ValueError naming the row that this release does not know."""
    return Process(
        code=str(definition["code"]),
        name=str(definition["name"]),
        moves=tuple(move for row in definition["moves"] for move in _moves(row)),
        waits={wait.state: wait for wait in map(_wait, definition["waits"])},
        stages=tuple(
            Stage(str(row["code"]), str(row["name"]), tuple(State(state) for state in row["states"])) for row in definition["stages"]
        ),
        verify_before_filing=dict(definition.get("verify_before_filing", {})),
        settings=dict(definition.get("settings", {})),
        orders={rule.kind: rule for rule in map(orders.load_order, definition.get("orders", ()))},
        requests={rule.kind.code: rule for rule in map(requests.load_rule, definition.get("requests", ()))},
        limit=_limit(definition.get("limit") or {}),
        standard=str(definition.get("standard", "")),
        routes=tuple(map(_route, definition.get("routes", ()))),
    )


def _route(row: Mapping[str, Any]) -> Route:
    if row["by"] not in ROUTES:
        raise ValueError(f"routes: {row.get('code', row.get('category', ''))}: {row['by']} is no way of this release")
    return Route(str(row.get("category", "")), str(row["by"]))


def _limit(row: Mapping[str, Any]) -> tuple[int, str] | None:
    if not row:
        return None
    if row["unit"] not in LIMIT_UNITS or int(row["value"]) <= 0:
        raise ValueError(f"limit: {row['value']} {row['unit']} is no limit of this release")
    return int(row["value"]), str(row["unit"])


def _moves(row: Mapping[str, Any]) -> Iterable[Move]:
    """A row may name several source states; each with every edge of that name the code permits, or one target only."""
    sources = row["from"] if isinstance(row["from"], list) else [row["from"]]
    for source in sources:
        edges = [
            edge for edge in EDGES if edge.action == row["action"] and edge.source == source and row.get("to", edge.target) == edge.target
        ]
        if not edges:
            raise ValueError(f"moves: {row['action']} from {source} is not a move of this release")
        for edge in edges:
            yield Move(edge, str(row.get("duty", BY_REQUEST)), tuple(row.get("required", ())), str(row.get("then", "")))


def _wait(row: Mapping[str, Any]) -> Wait:
    state = State(row["state"])
    if row["holder"] not in HOLDERS:
        raise ValueError(f"waits: {state}: {row['holder']} is no holder of this release")
    limit = row.get("limit_minutes")
    return Wait(
        state, WORK[state], str(row["duty"]), str(row["holder"]), None if limit is None else int(limit),
        str(row.get("calendar", "always")), bool(row.get("paused", False)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a definition cannot be published: the row at fault and a code (worded by ``cases.messages``)."""

    code: str
    row: str


def faults(process: Process, held_duties: Iterable[str]) -> list[Fault]:
    """All reachable, no dead end, closure reachable, no gap in the main way, no loop without exit, every duty held, every waiting state
    limited, every chained move known and chains that end (SZ-4.1e, architecture §3.2)."""
    held = set(held_duties)
    reached = _reach(process, {State.REPORTED})
    used = {move.edge.source for move in process.moves} | {move.edge.target for move in process.moves}
    found = [Fault("unreachable_state", state) for state in sorted(used - reached)]
    for state in sorted(reached - FINAL):
        if not process.moves_from(state):
            found.append(Fault("dead_end", state))
        elif State.CLOSED not in _reach(process, {state}):
            found.append(Fault("no_way_to_closure", state))
        if state not in process.waits:
            found.append(Fault("nobody_works", state))
        elif process.waits[state].limit_minutes is None and process.waits[state].holder != "handler":
            found.append(Fault("no_limit", state))
    for edge in process_graph.gaps(process, reached):
        found.append(Fault("main_move_missing", f"{edge.action} from {edge.source} to {edge.target}"))
    found += [Fault("loop_without_exit", " ".join(loop)) for loop in process_graph.loops_without_exit(process)]
    found += [Fault("duty_not_held", f"{state}: {wait.duty}") for state, wait in process.waits.items() if wait.duty not in held]
    for move in process.moves:
        found += _faults_of_move(process, move, held)
    for code, request in process.requests.items():
        duties = [*request.askers, *(link.duty for link in request.every_link)]
        found += [Fault("duty_not_held", f"requests: {code}: {duty}") for duty in duties if duty not in held]
        effect = request.kind.effect
        if effect and not any(move.edge.action == effect for move in process.moves):
            found.append(Fault("no_effect", f"requests: {code}: {effect}"))
    found += [Fault("duty_not_held", f"orders: {kind}: {order.duty}") for kind, order in process.orders.items() if order.duty not in held]
    for source_class, rule in process.verify_before_filing.items():
        if rule not in VERIFY_RULES:
            found.append(Fault("unknown_verify_rule", source_class))
    return found


def _faults_of_move(process: Process, move: Move, held: set[str]) -> Iterator[Fault]:
    row = f"{move.edge.action} from {move.edge.source}"
    if move.duty != BY_REQUEST and move.duty not in held:
        yield Fault("duty_not_held", f"{row}: {move.duty}")
    if not move.then:
        return
    if process.find(move.then, move.edge.target) is None and move.edge.when in (When.ALWAYS, When.PLAIN):
        yield Fault("unknown_follower", f"{row}: {move.then}")
    elif process_graph.chain_of(process, move) is None:
        yield Fault("chain_without_end", f"{row}: {move.then}")


def _reach(process: Process, start: set[State]) -> set[State]:
    """Without the ways back out of what has ended (恢复办理, 拆回): an ordinary case must get on without them."""
    reached, frontier = set(start), set(start)
    while frontier:
        onward = [edge for move in process.moves if (edge := move.edge).source not in FINAL or edge.target in FINAL]
        frontier = {edge.target for edge in onward if edge.source in frontier} - reached
        reached |= frontier
    return reached


def mermaid(process: Process, labels: Mapping[str, str]) -> str:
    """The diagram as Mermaid text (docs/case-life.md); side moves are left out, they go from everywhere."""
    lines = ["stateDiagram-v2", "    direction LR"]
    states = [state for state in State if any(state in (move.edge.source, move.edge.target) for move in process.moves)]
    lines += [f'    state "{labels.get(state, state)}" as {state}' for state in states]
    lines.append(f"    [*] --> {State.REPORTED}")
    for move in process.moves:
        if move.edge.work:
            lines.append(f"    {move.edge.source} --> {move.edge.target}: {labels.get(move.edge.action, move.edge.action)}")
    lines += [f"    {state} --> [*]" for state in states if state in FINAL]
    return "\n".join(lines) + "\n"
