"""A whole plan from a scale and a seed. The same two give the same plan, byte for byte.

1. Lines of the ground (``ground``), cut into pieces of about 10,000 m² (``cutting``), slivers joined (``joining``).
2. Communities and sub-districts grow over the blocks (``areas``).
3. Streets get names, then areas after streets within them (``naming``, ``streets``).
4. Blocks get uses, cells their buildings, streets their house numbers (``uses``, ``houses``, ``streets``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from urbangrid.demo.plan import areas, cutting, ground, houses, joining, streets, uses
from urbangrid.demo.plan.areas import Division
from urbangrid.demo.plan.ground import Numbers
from urbangrid.demo.plan.joining import Merged
from urbangrid.demo.plan.naming import SUBDISTRICTS, Names
from urbangrid.demo.plan.streets import Nearest
from urbangrid.demo.plan.uses import Use
from urbangrid.demo.plan.values import Area, Cell, Mark, Plan, Shapes, Street, Surface, Zone

LEAST_SCALE, MOST_SCALE = 0.04, 12.0
"""Smaller cities have no room for three sub-districts; larger ones were not measured."""
Tell = Callable[[str], None]
MARK_KINDS = {
    "homes": "estate", "shops": "shops", "offices": "office", "works": "works", "market": "market", "school": "school",
    "kindergarten": "school", "hospital": "hospital", "railway_station": "station", "coach_station": "station", "bus_station": "station",
    "park": "park", "government": "government", "community_office": "government", "police": "police", "culture": "culture",
    "sports": "culture",
}  # fmt: skip
"""Uses and the kinds of landmark (``addresses.LandmarkKind``)."""


@dataclass(frozen=True, slots=True)
class Base:
    """Pieces and areas before anything has a name."""

    ground: ground.Ground
    merged: Merged
    division: Division
    cuts: cutting.Cuts


@lru_cache(maxsize=2)
def make(scale: float, seed: int) -> Plan:
    """The plan. Raises ValueError for a scale out of range."""
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise ValueError(f"scale {scale:g} is not within {LEAST_SCALE:g} and {MOST_SCALE:g}")
    chance = np.random.default_rng([seed, round(scale * 1_000_000)])
    laid = ground.lay(scale, chance)
    cuts = cutting.cut(laid, chance)
    merged = joining.without_slivers(cuts)
    base = Base(laid, merged, areas.divide(scale, merged, cuts, laid, chance), cuts)
    names = Names(chance)
    lines = streets.named(laid.streets, cuts.streets, names)
    parts = _areas(base, lines, names)
    used = _uses(base, parts, names, chance)
    nearest = Nearest(lines)
    dry = ~np.asarray(merged.water)
    return Plan(
        scale=scale, seed=seed, outline=laid.outline, subdistricts=tuple(parts[0]), communities=tuple(parts[1]), cells=_cells(base),
        streets=tuple(lines), doors=tuple(streets.doors(lines, merged.shapes, dry, nearest)),
        buildings=tuple(houses.build(merged.shapes, merged.blocks, used, nearest)),
        landmarks=(*_marks(base, used), *streets.crossings(lines)), surfaces=tuple(_surfaces(base, used)),
        zones=(Zone("核心区", 1, laid.core), Zone("中心城区", 2, laid.belt), Zone("外围城区", 3, laid.outline)),
    )  # fmt: skip


def _cells(base: Base) -> tuple[Cell, ...]:
    merged = base.merged
    rows = zip(merged.shapes.tolist(), merged.blocks, base.division.communities.tolist(), merged.water, strict=True)
    return tuple(Cell(shape, block, community, water) for shape, block, community, water in rows)


def _areas(base: Base, lines: Sequence[Street], names: Names) -> tuple[list[Area], list[Area]]:
    """Sub-districts and communities: their cells together; a community is called after a street near its middle."""
    shapes, division = base.merged.shapes, base.division
    streets_ = [Area(f"{names_of}街道", 0, shape) for names_of, shape in zip(
        (_subdistrict(number, names) for number in range(max(division.parents) + 1)),
        _joined(shapes, division.subdistricts), strict=True)]  # fmt: skip
    called = [line for line in lines if line.grade in ("branch", "secondary")]
    tree = shapely.STRtree([line.shape for line in called])
    communities = []
    for shape, parent in zip(_joined(shapes, division.communities), division.parents, strict=True):
        near = tree.query(shape.buffer(-30), predicate="intersects").tolist()
        near.sort(key=lambda number, middle=shape.centroid: called[number].shape.distance(middle))
        communities.append(Area(f"{names.area([called[number].name[:2] for number in near])}社区", parent, shape))
    return streets_, communities


def _subdistrict(number: int, names: Names) -> str:
    return SUBDISTRICTS[number] if number < len(SUBDISTRICTS) else names.area(())


def _joined(shapes: Shapes, owner: Numbers) -> list[BaseGeometry]:
    return [shapely.coverage_union_all(shapes[owner == number]) for number in range(int(owner.max()) + 1)]


def _uses(base: Base, parts: tuple[list[Area], list[Area]], names: Names, chance: np.random.Generator) -> list[Use | None]:
    """The use of each cell's block; None in the water."""
    merged, communities = base.merged, base.division.communities
    dry = [number for number, water in enumerate(merged.water) if not water]
    first: dict[int, int] = {}
    for number in dry:
        first.setdefault(merged.blocks[number], number)
    middles = shapely.get_coordinates(shapely.centroid(merged.shapes[list(first.values())]))
    called = ([area.name.removesuffix("社区") for area in parts[1]], [area.name.removesuffix("街道") for area in parts[0]])
    found = uses.of_blocks(
        middles, [int(communities[number]) for number in first.values()], base.division.parents, called,
        uses.radius_of(base.ground.outline.area), names, chance,
    )  # fmt: skip
    by_block = dict(zip(first, found, strict=True))
    return [None if water else by_block[block] for block, water in zip(merged.blocks, merged.water, strict=True)]


def _marks(base: Base, used: Sequence[Use | None]) -> list[Mark]:
    """One landmark per used block, in its largest cell."""
    best: dict[int, int] = {}
    areas_ = shapely.area(base.merged.shapes).tolist()
    for number, use in enumerate(used):
        block = base.merged.blocks[number]
        if use is not None and (block not in best or areas_[number] > areas_[best[block]]):
            best[block] = number
    places = shapely.point_on_surface(base.merged.shapes[list(best.values())])
    found = []
    for number, place in zip(best.values(), places.tolist(), strict=True):
        use = used[number]
        assert use is not None
        found.append(Mark(use.name, MARK_KINDS[use.kind], place))
    return found


def _surfaces(base: Base, used: Sequence[Use | None]) -> list[Surface]:
    """The river and the parks, each park as one."""
    parks: dict[int, list[int]] = {}
    for number, use in enumerate(used):
        if use is not None and use.kind == "park":
            parks.setdefault(base.merged.blocks[number], []).append(number)
    found = [Surface("青澜河", "water", base.ground.river)]
    for members in parks.values():
        use = used[members[0]]
        assert use is not None
        found.append(Surface(use.name, "park", shapely.coverage_union_all(base.merged.shapes[members])))
    return found
