"""Footprints of buildings: rows of rectangles along the longer side of each unit grid, as its use has them, clear of streets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from urbangrid.demo.plan.ground import Numbers
from urbangrid.demo.plan.streets import Nearest
from urbangrid.demo.plan.uses import Use
from urbangrid.demo.plan.values import House, Shapes


@dataclass(frozen=True, slots=True)
class Pattern:
    """Metres: a building's depth and length, the gaps between rows and within a row; ``kind`` of ``addresses.BuildingKind``."""

    kind: str
    depth: float
    length: float
    row_gap: float
    gap: float


PATTERNS = {
    "homes": Pattern("residence", 13, 32, 24, 10), "shops": Pattern("commerce", 34, 52, 20, 16),
    "offices": Pattern("office", 24, 40, 30, 20),
    "works": Pattern("industry", 32, 64, 20, 18), "market": Pattern("commerce", 30, 60, 18, 16),
    "school": Pattern("school", 15, 56, 36, 20),
    "kindergarten": Pattern("school", 15, 34, 40, 20), "hospital": Pattern("hospital", 20, 54, 30, 18),
    "railway_station": Pattern("station", 36, 90, 60, 30), "coach_station": Pattern("station", 28, 60, 50, 24),
    "bus_station": Pattern("station", 16, 44, 50, 24),
}  # fmt: skip
PUBLIC = Pattern("public", 20, 48, 34, 20)
"""Of offices of the city, police, culture, sport."""
MARGIN_M = 11.0
LEAST_M = 12.0
NUMBERED = ("residence",)


def build(cells: Shapes, blocks: Sequence[int], uses: Sequence[Use | None], nearest: Nearest) -> list[House]:
    """Buildings of all cells in order; ``uses``: of each cell, None in the water."""
    rectangles: list[Numbers] = []
    owners: list[int] = []
    corners = shapely.get_coordinates(shapely.oriented_envelope(cells)).reshape(-1, 5, 2)
    for number, use in enumerate(uses):
        if use is not None and use.kind != "park":
            rows = list(_rows(corners[number], PATTERNS.get(use.kind, PUBLIC)))
            rectangles += rows
            owners += [number] * len(rows)
    shapes = np.asarray(shapely.polygons(np.array(rectangles)), dtype=object)
    owner = np.array(owners)
    kept = shapely.contains_properly(cells[owner], shapes) & nearest.clear(shapes)
    return list(_named(shapes[kept], owner[kept].tolist(), blocks, uses))


def _named(shapes: Shapes, owners: list[int], blocks: Sequence[int], uses: Sequence[Use | None]) -> Iterator[House]:
    """Homes carry numbers within their block, other buildings the name of the place."""
    counted: dict[int, int] = {}
    for shape, owner in zip(shapes.tolist(), owners, strict=True):
        use = uses[owner]
        assert use is not None
        pattern = PATTERNS.get(use.kind, PUBLIC)
        number = counted[blocks[owner]] = counted.get(blocks[owner], 0) + 1
        yield House(f"{use.name}{number}号楼" if pattern.kind in NUMBERED else use.name, pattern.kind, shape)


def _rows(corners: Numbers, pattern: Pattern) -> Iterator[Numbers]:
    """Rectangles (rings of five corners) within the cell's own rectangle less its margin, as many as fit, one shrunk where none does."""
    sides = corners[1:3] - corners[:2]
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    if lengths.min() < LEAST_M:
        return
    longer = int(lengths[1] > lengths[0])
    along, across = sides[longer] / lengths[longer], sides[1 - longer] / lengths[1 - longer]
    room, depth_room = lengths[longer] - 2 * MARGIN_M, lengths[1 - longer] - 2 * MARGIN_M
    length, depth = min(pattern.length, room), min(pattern.depth, depth_room)
    if min(length, depth) < LEAST_M:
        return
    rows, columns = _count(depth_room, depth, pattern.row_gap), _count(room, length, pattern.gap)
    middle = corners[:4].mean(axis=0)
    box = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) / 2
    for row in range(rows):
        for column in range(columns):
            x = (column - (columns - 1) / 2) * (length + pattern.gap)
            y = (row - (rows - 1) / 2) * (depth + pattern.row_gap)
            yield middle + (x + box[:, :1] * length) * along + (y + box[:, 1:] * depth) * across


def _count(room: float, size: float, gap: float) -> int:
    return max(1, int((room + gap) // (size + gap)))
