"""From pieces to unit grids, communities and sub-districts: slivers join neighbours, areas grow from seeds over the blocks.

Borders are shared corner by corner, so that nothing is measured twice: two pieces are neighbours by the edges that both have.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from urbangrid.demo.plan.cutting import GRID_M, Cuts
from urbangrid.demo.plan.ground import Numbers
from urbangrid.demo.plan.values import Shapes

SLIVER_M2 = 3_500.0
ROUNDS = 12
SMALL_BANK = 0.04
"""A part of the land cut off by the river that is smaller than this share of the city belongs to the other side."""
Near = dict[int, dict[int, float]]
"""Neighbours of each, with the length of the shared border in metres."""


@dataclass(frozen=True, slots=True)
class Merged:
    """Pieces after slivers have joined: shape, block and water of each."""

    shapes: Shapes
    blocks: list[int]
    water: list[bool]


def neighbours(shapes: Shapes) -> Near:
    """Who shares an edge with whom. The shapes stand on the centimetre grid and share their corners."""
    points, owner = shapely.get_coordinates(shapely.boundary(shapes), return_index=True)
    numbers = np.round(points / GRID_M).astype(np.int64)
    inner = owner[1:] == owner[:-1]
    start, end, owner = numbers[:-1][inner], numbers[1:][inner], owner[1:][inner]
    turned = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    start[turned], end[turned] = end[turned], start[turned].copy()
    edges = np.column_stack([start, end])
    order = np.lexsort(edges.T[::-1])
    edges, owner = edges[order], owner[order]
    same = (edges[1:] == edges[:-1]).all(axis=1) & (owner[1:] != owner[:-1])
    lengths = np.hypot(*(edges[1:][same][:, :2] - edges[1:][same][:, 2:]).T) * GRID_M
    near: Near = defaultdict(dict)
    for one, other, length in zip(owner[:-1][same].tolist(), owner[1:][same].tolist(), lengths.tolist(), strict=True):
        near[one][other] = near[other][one] = near[one].get(other, 0.0) + length
    return near


def without_slivers(cuts: Cuts) -> Merged:
    """Pieces too small for a unit grid join the neighbour with the longest border, of the same block first, never land to water."""
    near = neighbours(cuts.shapes)
    areas = shapely.area(cuts.shapes).tolist()
    into = list(range(len(areas)))
    for small in sorted((number for number, area in enumerate(areas) if area < SLIVER_M2), key=lambda number: areas[number]):
        own = [other for other in near[small] if cuts.water[other] == cuts.water[small] and _root(into, other) != _root(into, small)]
        if own and areas[_root(into, small)] < SLIVER_M2:
            other = max(own, key=lambda one: (cuts.blocks[one] == cuts.blocks[small], near[small][one], -one))
            first, second = _root(into, small), _root(into, other)
            into[first] = second
            areas[second] += areas[first]
    groups: dict[int, list[int]] = defaultdict(list)
    for number in range(len(areas)):
        groups[_root(into, number)].append(number)
    shapes = np.empty(len(groups), dtype=object)
    shapes[:] = [cuts.shapes[root] if len(group) == 1 else shapely.coverage_union_all(cuts.shapes[group]) for root, group in groups.items()]
    return Merged(shapes, [cuts.blocks[root] for root in groups], [cuts.water[root] for root in groups])


def _root(into: list[int], number: int) -> int:
    while into[number] != number:
        number = into[number]
    return number


@dataclass(frozen=True, slots=True)
class Ground:
    """What areas grow over: blocks (or stretches of water) with their middle, size and neighbours on the same bank. ``around``: a row per
    block with what larger streets enclose around it, as in ``Cuts``."""

    middles: Numbers
    areas: Numbers
    near: Near
    around: Numbers


def blocks_of(merged: Merged, around: Mapping[int, tuple[int, ...]], east: Numbers) -> tuple[Ground, list[int]]:
    """The blocks as a graph, and the block (from 0) of each piece; ``east``: which pieces lie beyond the middle of the river.

    Areas do not grow across it: they end in the middle of the water.
    """
    known: dict[int, int] = {}
    owner = [known.setdefault(block, len(known)) for block in merged.blocks]
    areas = shapely.area(merged.shapes)
    total = np.bincount(owner, weights=areas)
    points = shapely.get_coordinates(shapely.centroid(merged.shapes))
    middles = np.column_stack([np.bincount(owner, weights=areas * points[:, axis]) / total for axis in (0, 1)])
    open_: Near = defaultdict(dict)
    every: Near = defaultdict(dict)
    for one, others in neighbours(merged.shapes).items():
        for other, length in others.items():
            first, second = owner[one], owner[other]
            if first != second:
                every[first][second] = every[first].get(second, 0.0) + length
                if east[one] == east[other]:
                    open_[first][second] = open_[first].get(second, 0.0) + length
    ground = Ground(middles, total, open_, np.array([around[block] for block in known]))
    _connect(ground, every)
    return ground, owner


def parts_of(ground: Ground, members: Sequence[int]) -> list[list[int]]:
    """Members that hang together, the largest group first."""
    left, found = set(members), []
    for start in members:
        if start in left:
            group, waiting = [], [start]
            left.discard(start)
            while waiting:
                one = waiting.pop()
                group.append(one)
                fresh = [other for other in ground.near[one] if other in left]
                left.difference_update(fresh)
                waiting += fresh
            found.append(sorted(group))
    return sorted(found, key=lambda group: (-float(ground.areas[group].sum()), group[0]))


def _connect(ground: Ground, every: Near) -> None:
    """Small parts beyond the river are reached over a bridge after all."""
    whole = float(ground.areas.sum())
    for group in parts_of(ground, range(len(ground.areas)))[1:]:
        if ground.areas[group].sum() < SMALL_BANK * whole:
            for one in group:
                for other, length in every[one].items():
                    ground.near[one][other] = ground.near[other][one] = length


def shares(areas: Sequence[float], count: int) -> list[int]:
    """How many of ``count`` each gets: at least one, the rest by area (largest average first)."""
    given = [1] * len(areas)
    for _more in range(count - len(areas)):
        given[max(range(len(areas)), key=lambda one: (areas[one] / (given[one] + 0.5), -one))] += 1
    return given


def grow(ground: Ground, members: Sequence[int], count: int, chance: np.random.Generator) -> list[int]:
    """The area (0 to ``count`` - 1) of each member, which hang together; every area hangs together too.

    1. Seeds: middles of areas of about one size (k-means over the blocks, weighted by area), from a start of chance.
    2. From the block nearest to each seed areas grow along borders, the shortest way first.
    """
    place = {member: number for number, member in enumerate(members)}
    points, weights = ground.middles[list(members)], ground.areas[list(members)]
    starts = _starts(points, weights, min(count, len(members)), chance)
    reached: dict[int, int] = {}
    waiting = [(0.0, members[start], number) for number, start in enumerate(starts)]
    heapq.heapify(waiting)
    while waiting:
        way, one, number = heapq.heappop(waiting)
        if one in reached:
            continue
        reached[one] = number
        for other in sorted(ground.near[one]):
            if other in place and other not in reached:
                step = float(np.hypot(*(ground.middles[one] - ground.middles[other])))
                heapq.heappush(waiting, (way + step, other, number))
    return [reached[member] for member in members]


def _starts(points: Numbers, weights: Numbers, count: int, chance: np.random.Generator) -> list[int]:
    """Numbers of ``count`` different points near the middles of ``count`` groups of about one weight."""
    seeds = points[chance.choice(len(points), count, replace=False)]
    size = np.ones(count)
    for _round in range(ROUNDS):
        away = np.hypot(points[:, None, 0] - seeds[None, :, 0], points[:, None, 1] - seeds[None, :, 1]) * size[None, :]
        own = away.argmin(axis=1)
        total = np.bincount(own, weights=weights, minlength=count)
        for axis in (0, 1):
            middle = np.bincount(own, weights=weights * points[:, axis], minlength=count) / np.maximum(total, 1e-9)
            seeds[:, axis] = np.where(total > 0, middle, seeds[:, axis])
        size *= np.clip((np.maximum(total, 1.0) / (weights.sum() / count)) ** 0.15, 0.8, 1.25)
    chosen: list[int] = []
    for seed in seeds:
        order = np.argsort(np.hypot(*(points - seed).T), kind="stable").tolist()
        chosen.append(next(number for number in order if number not in chosen))
    return chosen
