"""Cutting the land between main roads into blocks and unit grids: halves of halves, until a piece is about 10,000 m².

1. The ground's lines meet in nodes; what they enclose are quarters, of land or of water.
2. A quarter is halved across its longer side, nearly square to it, so that both halves hold whole unit grids; halves again, and so on.
3. While a piece is larger than a block the cut is a street, its grade by the size of what it cuts; below that it is a border inside the
   block and no street.
4. At the end all borders are joined once more, on a centimetre grid: neighbours share exactly the same corners.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import numpy as np
import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from urbangrid.demo.plan.ground import Ground, Numbers
from urbangrid.demo.plan.values import CELL_M2, Shapes

GRID_M = 0.01
GRADES = ((330_000.0, "secondary"), (90_000.0, "branch"), (30_000.0, "lane"))
"""The grade of a street that cuts a piece larger than this; what is smaller is a block."""
SKEW = 0.045
"""Radians by which a cut leaves the square, one standard deviation."""
TRIES = 2
SHORT_M = 20.0
"""A cut shorter than this is no street."""
FAR_M = 100_000.0


@dataclass(frozen=True, slots=True)
class Pieces:
    """Land or water still to be cut. ``within`` (n × 4): what encloses the piece (main roads and banks, then streets of each of ``GRADES``,
    the last are the blocks); 0 while streets of that grade still cut it."""

    shapes: Shapes
    water: Numbers
    within: Numbers

    def some(self, which: Numbers) -> Pieces:
        return Pieces(self.shapes[which], self.water[which], self.within[which])


@dataclass(frozen=True, slots=True)
class Cuts:
    """Pieces of the size of a unit grid with the block of each, and the streets that made the blocks. ``around``: what larger streets
    enclose around each block: its quarter, then by secondary and by branch streets."""

    shapes: Shapes
    blocks: list[int]
    water: list[bool]
    streets: list[tuple[str, LineString]]
    around: dict[int, tuple[int, ...]]


def cut(ground: Ground, chance: np.random.Generator) -> Cuts:
    """Everything within the outline in pieces of about ``CELL_M2``, joined exactly. Each round halves all that are too large."""
    leaves: list[Pieces] = []
    streets: list[tuple[str, LineString]] = []
    waiting = _quarters(ground)
    counted = [0] * len(GRADES)
    while len(waiting.shapes):
        grades = _grades(waiting)
        _enclose(waiting, grades, counted)
        large = np.round(shapely.area(waiting.shapes) / CELL_M2) > 1
        leaves.append(waiting.some(~large))
        halved, grades = waiting.some(large), grades[large]
        lines, waiting = _halve(halved, chance.normal(0, SKEW, len(halved.shapes)))
        for owner, line in zip(*lines, strict=True):
            if grades[owner] >= 0 and isinstance(line, LineString) and line.length > SHORT_M:
                streets.append((GRADES[grades[owner]][1], line))
    return _joined(_together(leaves), streets)


def _enclose(pieces: Pieces, grades: Numbers, counted: list[int]) -> None:
    """Number what streets of a grade do not cut any more; ``counted``: how many there are of each grade."""
    for number in range(len(GRADES)):
        fresh = ((grades < 0) | (grades > number)) & (pieces.within[:, number + 1] == 0)
        pieces.within[fresh, number + 1] = counted[number] + 1 + np.arange(fresh.sum())
        counted[number] += int(fresh.sum())


def _grades(pieces: Pieces) -> Numbers:
    """Number of the grade of a street through each piece; -1: no street goes through it any more."""
    areas = shapely.area(pieces.shapes)
    found = np.full(len(areas), -1)
    for number in range(len(GRADES) - 1, -1, -1):
        found[areas > GRADES[number][0]] = number
    found[pieces.water | (pieces.within[:, -1] > 0)] = -1
    return found


def _together(parts: list[Pieces]) -> Pieces:
    return Pieces(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("shapes", "water", "within")))


def _quarters(ground: Ground) -> Pieces:
    lines = [ground.outline.exterior, ground.river.boundary, ground.middle, *(street.shape for street in ground.streets)]
    noded = shapely.union_all(np.array(lines, dtype=object), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    within = shapely.point_on_surface(faces)
    shapely.prepare(ground.river)
    shapely.prepare(ground.outline)
    faces, within = faces[shapely.contains(ground.outline, within)], within[shapely.contains(ground.outline, within)]
    wet = shapely.contains(ground.river, within)
    enclosed = np.zeros((len(faces), 1 + len(GRADES)), dtype=int)
    enclosed[:, 0] = 1 + np.arange(len(faces))
    return Pieces(faces, wet, enclosed)


def _halve(pieces: Pieces, skew: Numbers) -> tuple[tuple[list[int], list[BaseGeometry]], Pieces]:
    """Cut each across its longer side: the cuts (number of the piece, line) and the halves of all."""
    shapes = pieces.shapes
    if not len(shapes):
        return ([], []), pieces
    areas = shapely.area(shapes)
    counts = np.round(areas / CELL_M2)
    share = (counts // 2) / counts
    angle = _longer(shapes) + skew
    along, across = np.column_stack([np.cos(angle), np.sin(angle)]), np.column_stack([-np.sin(angle), np.cos(angle)])
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    places, begins = (points * along[owner]).sum(axis=1), np.flatnonzero(np.diff(owner, prepend=-1))
    low, high = np.minimum.reduceat(places, begins), np.maximum.reduceat(places, begins)
    length, at = high - low, low + share * (high - low)
    for _attempt in range(TRIES):
        first = shapely.intersection(shapes, _side(at, along, across, -1))
        off = shapely.area(first) / areas - share
        low, high = np.where(off < 0, at, low), np.where(off > 0, at, high)
        wrong = np.abs(off) > 0.02
        at = np.where(wrong, np.clip(at - off * length, low + 0.1 * (high - low), high - 0.1 * (high - low)), at)
    first, second = (shapely.intersection(shapes, _side(at, along, across, sign)) for sign in (-1, 1))
    ends = [at[:, None] * along + away * across for away in (-FAR_M, FAR_M)]
    lines, of = shapely.get_parts(shapely.intersection(shapely.linestrings(np.stack(ends, axis=1)), shapes), return_index=True)
    halves, owner = shapely.get_parts(np.concatenate([first, second]), return_index=True)
    kept = shapely.get_type_id(halves) == shapely.GeometryType.POLYGON
    owner = owner[kept] % len(shapes)
    return (of.tolist(), lines.tolist()), Pieces(halves[kept], pieces.water[owner], pieces.within[owner])


def _longer(shapes: Shapes) -> Numbers:
    """Direction of the longer side of the smallest rectangle around each shape, in radians."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    sides = corners[:, 1:3] - corners[:, :2]
    longer = np.hypot(sides[:, 1, 0], sides[:, 1, 1]) > np.hypot(sides[:, 0, 0], sides[:, 0, 1])
    chosen = np.where(longer[:, None], sides[:, 1], sides[:, 0])
    return np.asarray(np.arctan2(chosen[:, 1], chosen[:, 0]) % pi)


def _side(at: Numbers, along: Numbers, across: Numbers, sign: int) -> Shapes:
    """Everything on one side of each cut, as very large rectangles."""
    far = at + sign * FAR_M
    corners = [(at, -FAR_M), (at, FAR_M), (far, FAR_M), (far, -FAR_M), (at, -FAR_M)]
    return np.asarray(shapely.polygons(np.stack([np.reshape(a, (-1, 1)) * along + b * across for a, b in corners], axis=1)), dtype=object)


def _joined(leaves: Pieces, streets: list[tuple[str, LineString]]) -> Cuts:
    """The leaves with corners in common, in their order; each piece of the joined ground belongs to the leaf around its middle."""
    noded = shapely.union_all(shapely.boundary(leaves.shapes), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    face, leaf = shapely.STRtree(leaves.shapes).query(shapely.point_on_surface(faces), predicate="within")
    _face, first = np.unique(face, return_index=True)
    faces, leaf = faces[face[first]], leaf[first]
    order = np.lexsort((-shapely.area(faces), leaf))
    owners = leaves.some(leaf[order])
    blocks = owners.within[:, -1].tolist()
    around = dict(zip(blocks, map(tuple, owners.within[:, :-1].tolist()), strict=True))
    return Cuts(faces[order], blocks, owners.water.tolist(), streets, around)
