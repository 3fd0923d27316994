"""Ways through a process: what follows by itself, circles that nobody leaves, gaps in the way that every case goes. Plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from urbangrid.cases.lifecycle import EDGES, FINAL, MAIN_ACTION, Edge, State, When

if TYPE_CHECKING:
    from urbangrid.cases.process import Move, Process


def chain_of(process: Process, move: Move) -> tuple[Move, ...] | None:
    """The moves that follow ``move`` by themselves, in order; None where they never come to rest."""
    followers: list[Move] = []
    last = move
    while last.then:
        found = process.find(last.then, last.edge.target)
        if found is None:
            break
        if found in followers or found is move:
            return None
        followers.append(found)
        last = found
    return tuple(followers)


def loops_without_exit(process: Process) -> list[tuple[State, ...]]:
    """Circles that no move leaves, except by voiding: states from which every way leads back to themselves (BAD INPUT)."""
    ways: dict[State, set[State]] = {}
    for move in process.moves:
        if move.edge.source not in FINAL and move.edge.target not in (State.VOID, State.MERGED, move.edge.source):
            ways.setdefault(move.edge.source, set()).add(move.edge.target)
    beyond = {state: _beyond(ways, state) for state in ways}
    found: list[tuple[State, ...]] = []
    for state in sorted(ways):
        circle = beyond[state]
        if state in circle and all(beyond.get(other) == circle for other in circle):
            loop = tuple(sorted(circle))
            if loop not in found:
                found.append(loop)
    return found


def _beyond(ways: Mapping[State, set[State]], start: State) -> set[State]:
    """What is reached from ``start`` by one move or more."""
    reached: set[State] = set()
    frontier = set(ways.get(start, ()))
    while frontier:
        reached |= frontier
        frontier = {target for state in frontier for target in ways.get(state, ())} - reached
    return reached


def gaps(process: Process, reached: Iterable[State]) -> list[Edge]:
    """Main moves that the process lacks in the open states that its cases reach; of alternatives the first (SZ-4.1e).

    That closure can be reached somehow is not enough: from 待派遣 a case would still get there by being returned, filed anew and handed
    to the city. With every one of these moves it gets there from everywhere without that detour.
    """
    there = {move.edge.key for move in process.moves}
    used = {end for move in process.moves for end in (move.edge.source, move.edge.target)}
    missing: list[Edge] = []
    for state in sorted(set(reached) - FINAL):
        if state == State.TO_FILE and _only_proposed(process):
            continue
        for place, alternatives in enumerate(_main_ways(state)):
            wanted = not place or alternatives[0].target in used
            if wanted and not any(edge.key in there for edge in alternatives):
                missing.append(alternatives[0])
    return missing


def goes_on(process: Process, state: State) -> bool:
    """Whether the process has a main move from the state at all."""
    return any(move.edge.action == MAIN_ACTION[state] for move in process.moves_from(state)) or (
        state == State.TO_FILE and _only_proposed(process)
    )


def _only_proposed(process: Process) -> bool:
    """Whoever opens the case here prepares it, and somebody else files it (立案审批)."""
    return process.find("propose_filing", State.TO_FILE) is not None and process.find("file", State.TO_FILE) is None


def _main_ways(state: State) -> Iterator[tuple[Edge, ...]]:
    """The main move of a state for each kind of case; the first is wanted of every process, the others where it has the state they lead
    to. A plain case may be signed like a complex one, where there is no plain way (``actions.filing``)."""
    edges = [edge for edge in EDGES if edge.source == state and edge.action == MAIN_ACTION[state]]
    for when in dict.fromkeys(edge.when for edge in edges):
        fitting = (when, When.COMPLEX) if when == When.PLAIN else (when,)
        yield tuple(edge for edge in edges if edge.when in fitting)
