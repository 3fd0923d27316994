"""Ways through a process: what follows by itself, circles that nobody leaves. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from urbangrid.cases.lifecycle import FINAL, State

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
