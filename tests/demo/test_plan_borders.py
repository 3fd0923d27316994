"""Borders of the made city: along large streets and nearly straight, with areas of about one size, each in one piece."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from urbangrid.demo.plan import joining, making, settling
from urbangrid.demo.plan.joining import Ground, Near
from urbangrid.demo.plan.settling import Parts
from urbangrid.demo.plan.values import Plan

BEND = 0.9
"""Radians: what turns more is a corner of the border, not a bend of its street."""


def borders(shapes: Sequence[BaseGeometry]) -> Iterator[LineString]:
    """What neighbours have in common, in lines."""
    for one, other in combinations(shapes, 2):
        common = [part for part in shapely.get_parts(shapely.intersection(one, other)) if part.geom_type == "LineString"]
        if common:
            yield from shapely.get_parts(shapely.line_merge(shapely.multilinestrings(common))).tolist()


def corners(line: LineString) -> int:
    way = np.diff(np.array(line.simplify(25).coords), axis=0)
    turns = np.diff(np.arctan2(way[:, 1], way[:, 0]))
    return int((np.abs((turns + np.pi) % (2 * np.pi) - np.pi) > BEND).sum())


@pytest.fixture(scope="module", params=[(0.25, 20261120), (0.25, 3), (0.1, 8), (0.04, 9)], ids=str)
def plan(request: pytest.FixtureRequest) -> Plan:
    made: Plan = making.make.__wrapped__(*request.param)
    return made


@pytest.mark.parametrize(("level", "longer", "turns"), [("subdistricts", 1.3, 1.1), ("communities", 1.3, 1.5)])
def test_neighbours_are_parted_by_streets_and_not_by_a_comb_of_blocks(plan: Plan, level: str, longer: float, turns: float) -> None:
    lines = list(borders([area.shape for area in getattr(plan, level)]))
    whole = sum(line.length for line in lines)
    straight = sum(shapely.Point(line.coords[0]).distance(shapely.Point(line.coords[-1])) for line in lines)
    assert whole < longer * straight
    assert sum(map(corners, lines)) < turns * whole / 1000, "corners per kilometre"


@pytest.mark.parametrize("level", ["subdistricts", "communities"])
def test_areas_are_nearly_convex_and_of_about_one_size(plan: Plan, level: str) -> None:
    shapes = [area.shape for area in getattr(plan, level)]
    assert all(shape.geom_type == "Polygon" for shape in shapes)
    assert np.mean([shape.length / shape.convex_hull.length for shape in shapes]) < 1.12
    assert max(shape.length / shape.convex_hull.length for shape in shapes) < 1.3
    sizes = np.array([shape.area for shape in shapes])
    assert sizes.min() > 0.7 * sizes.mean() and sizes.max() < 1.4 * sizes.mean()


# --- the rule, on grounds of chance ---


def _ground(chance: random.Random, wide: int, high: int) -> Parts:
    """Blocks in rows and columns of uneven width, with a cost of chance for each border."""
    number = {(x, y): y * wide + x for x in range(wide) for y in range(high)}
    near: Near = defaultdict(dict)
    costs: Near = defaultdict(dict)
    for (x, y), one in number.items():
        for beside in ((x + 1, y), (x, y + 1)):
            if beside in number:
                other, length = number[beside], chance.uniform(60, 180)
                near[one][other] = near[other][one] = length
                costs[one][other] = costs[other][one] = length * chance.choice(settling.COSTS)
    middles = np.array([(x * 110.0, y * 110.0) for y in range(high) for x in range(wide)])
    areas = np.array([chance.uniform(7_000, 20_000) for _one in number])
    return Parts([[one] for one in number.values()], Ground(middles, areas, near, np.zeros((len(number), 0), dtype=int)), costs)


def _costs(parts: Parts, numbers: Sequence[int], count: int) -> float:
    """Of all borders and of all that is too large or too small, added up one by one."""
    found = sum(
        cost for one, others in parts.costs.items() for other, cost in others.items() if one < other and numbers[one] != numbers[other]
    )
    share = sum(parts.ground.areas.tolist()) / count
    for area in range(count):
        own = sum(size for size, number in zip(parts.ground.areas.tolist(), numbers, strict=True) if number == area)
        found += settling.FAR_OFF * share**0.5 * (own / share - 1) ** 2
    return found


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(3, 9), st.integers(3, 9), st.integers(2, 4))
def test_exchanging_blocks_makes_borders_cheaper_and_tears_nothing_apart(seed: int, wide: int, high: int, count: int) -> None:
    parts = _ground(random.Random(seed), wide, high)
    before = joining.grow(parts.ground, range(wide * high), count, np.random.default_rng(seed))
    after = list(before)
    settling._shorten(parts, after, count)
    assert _costs(parts, after, count) <= _costs(parts, before, count) + 1e-6
    assert after == before or _costs(parts, after, count) < _costs(parts, before, count)
    for area in range(count):
        assert len(joining.parts_of(parts.ground, [one for one, number in enumerate(after) if number == area])) == 1
