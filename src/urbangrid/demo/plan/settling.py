"""Areas whose borders are short and run along large streets: they grow over quarters of streets and then exchange these at their borders.

1. Areas grow over what secondary streets enclose (branch streets, where few of those would make an area), the shortest way first.
2. A part at a border changes sides where that shortens the common border; a metre along a main road costs less than one along a lane, and
   an area far from its share of the ground costs too. First whole parts, then those of the next smaller streets, at last single blocks.
3. No change tears an area apart or empties it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from urbangrid.demo.plan import joining
from urbangrid.demo.plan.joining import Ground, Near

COSTS = (0.35, 0.6, 0.85, 1.0)
"""Of a metre of border along a main road or a bank, a secondary street, a branch street, a lane."""
LEAST_PARTS = 9
"""An area grows over at least so many parts, so that it can be of its size."""
FAR_OFF = 7.0
"""What an area costs that is twice its share, in sides of a square of that share."""
ROUNDS = 30
SUBDISTRICT, COMMUNITY = 1, 2
"""The grade of streets that areas grow over, as a column of ``Ground.around``."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Groups of blocks with what lies between them; ``ground`` counts them from 0."""

    blocks: list[list[int]]
    ground: Ground
    costs: Near


def settle(ground: Ground, members: Sequence[int], count: int, grade: int, chance: np.random.Generator) -> list[list[int]]:
    """The blocks of each of ``count`` areas over ``members``, which hang together."""
    last = ground.around.shape[1]
    while grade < last and len(np.unique(ground.around[list(members), grade])) < LEAST_PARTS * count:
        grade += 1
    parts = _parts(ground, members, grade)
    numbers = joining.grow(parts.ground, range(len(parts.blocks)), count, chance)
    found = np.full(len(ground.areas), -1)
    for finer in range(grade, last + 1):
        parts = parts if finer == grade else _parts(ground, members, finer)
        numbers = numbers if finer == grade else [int(found[blocks[0]]) for blocks in parts.blocks]
        _shorten(parts, numbers, count)
        for blocks, number in zip(parts.blocks, numbers, strict=True):
            found[blocks] = number
    return [[member for member in members if found[member] == number] for number in range(max(numbers) + 1)]


def _parts(ground: Ground, members: Sequence[int], grade: int) -> Parts:
    """What streets of the grade enclose among the members, each in one piece; beyond the last grade the blocks themselves."""
    within: dict[int, list[int]] = defaultdict(list)
    for member in members:
        within[member if grade >= ground.around.shape[1] else int(ground.around[member, grade])].append(member)
    groups = [part for group in within.values() for part in (joining.parts_of(ground, group) if len(group) > 1 else [group])]
    owner = {member: number for number, group in enumerate(groups) for member in group}
    areas = np.array([ground.areas[group].sum() for group in groups])
    middles = np.array([np.average(ground.middles[group], axis=0, weights=ground.areas[group]) for group in groups])
    near: Near = defaultdict(dict)
    costs: Near = defaultdict(dict)
    for one, first in owner.items():
        for other, length in ground.near[one].items():
            second = owner.get(other, first)
            if second != first:
                near[first][second] = near[first].get(second, 0.0) + length
                costs[first][second] = costs[first].get(second, 0.0) + length * _cost(ground, one, other)
    return Parts(groups, Ground(middles, areas, near, np.zeros((len(groups), 0), dtype=int)), costs)


def _cost(ground: Ground, one: int, other: int) -> float:
    """Of a metre between two blocks: by the largest street that parts them."""
    for grade, cost in enumerate(COSTS[:-1]):
        if ground.around[one, grade] != ground.around[other, grade]:
            return cost
    return COSTS[-1]


def _shorten(parts: Parts, numbers: list[int], count: int) -> None:
    """Change sides until nothing gets shorter; ``numbers``: the area of each part, changed in place."""
    areas = parts.ground.areas
    totals = np.bincount(numbers, weights=areas, minlength=count)
    share = float(areas.sum()) / count
    weight = FAR_OFF * share**0.5
    held: dict[int, set[int]] = defaultdict(set)
    for part, number in enumerate(numbers):
        held[number].add(part)
    for _round in range(ROUNDS):
        changed = False
        for part in range(len(numbers)):
            own = numbers[part]
            best, most = own, 1.0
            for other in sorted({numbers[beside] for beside in parts.costs[part]} - {own}):
                saved = sum(cost * ((numbers[beside] == other) - (numbers[beside] == own)) for beside, cost in parts.costs[part].items())
                before = (totals[own] / share - 1) ** 2 + (totals[other] / share - 1) ** 2
                after = ((totals[own] - areas[part]) / share - 1) ** 2 + ((totals[other] + areas[part]) / share - 1) ** 2
                if saved + weight * (before - after) > most:
                    best, most = other, saved + weight * (before - after)
            if best != own and _holds_without(parts.ground.near, held[own], part):
                numbers[part] = best
                held[own].discard(part)
                held[best].add(part)
                totals[own] -= areas[part]
                totals[best] += areas[part]
                changed = True
        if not changed:
            return


def _holds_without(near: Near, held: set[int], part: int) -> bool:
    """Whether an area still hangs together, and still is, without one of its parts."""
    beside = [other for other in near[part] if other in held]
    if not beside:
        return False
    wanted, reached, waiting = set(beside), {beside[0]}, [beside[0]]
    while waiting and not wanted <= reached:
        one = waiting.pop()
        fresh = [other for other in near[one] if other in held and other != part and other not in reached]
        reached.update(fresh)
        waiting += fresh
    return wanted <= reached
