"""Sub-districts and communities over the unit grids: they follow large streets and end in the middle of the river."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from urbangrid.demo.plan import joining, settling
from urbangrid.demo.plan.cutting import Cuts
from urbangrid.demo.plan.ground import Ground, Numbers
from urbangrid.demo.plan.joining import Merged
from urbangrid.demo.plan.values import COMMUNITIES, LEAST_SUBDISTRICTS, SUBDISTRICTS


@dataclass(frozen=True, slots=True)
class Division:
    """``communities``: number of each piece's community; ``parents``: number of each community's sub-district. North first."""

    communities: Numbers
    parents: list[int]

    @property
    def subdistricts(self) -> Numbers:
        return np.asarray(self.parents)[self.communities]


def divide(scale: float, merged: Merged, cuts: Cuts, ground: Ground, chance: np.random.Generator) -> Division:
    """As many as the scale asks for, each in one piece."""
    east = shapely.contains(ground.east, shapely.point_on_surface(merged.shapes))
    graph, owner = joining.blocks_of(merged, cuts.around, east)
    number = max(LEAST_SUBDISTRICTS, round(SUBDISTRICTS * scale))
    streets: list[list[int]] = []
    banks = joining.parts_of(graph, range(len(graph.areas)))
    for bank, count in zip(banks, joining.shares([graph.areas[one].sum() for one in banks], number), strict=True):
        streets += settling.settle(graph, bank, count, settling.SUBDISTRICT, chance)
    streets = _northern_first(graph, streets)
    number = max(2 * len(streets), round(COMMUNITIES * scale))
    found, parents = np.zeros(len(graph.areas), dtype=int), list[int]()
    given = joining.shares([graph.areas[one].sum() for one in streets], number)
    for parent, (street, count) in enumerate(zip(streets, given, strict=True)):
        for group in _northern_first(graph, settling.settle(graph, street, count, settling.COMMUNITY, chance)):
            found[group] = len(parents)
            parents.append(parent)
    return Division(found[np.asarray(owner)], parents)


def _northern_first(graph: joining.Ground, groups: list[list[int]]) -> list[list[int]]:
    return sorted(groups, key=lambda group: -float(np.average(graph.middles[group, 1], weights=graph.areas[group])))
