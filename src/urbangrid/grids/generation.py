"""Cutting an area into unit grid cells. Pure geometry in a projected system (metres); shapely works on whole arrays.

How ``cut`` works:
1. Lay squares of ``size_m`` over the area, counted from ``origin`` (its north-west corner): rows to the south,
   columns to the east.
2. Squares that lie inside the area are cells as they are; squares across its border are clipped to it. Each part of a
   clipped square
   that falls apart is a piece of its own, for a unit grid must be walkable.
3. Corners within a micrometre of a grid line are put onto it, so that neighbours share exact lines.
4. Pieces smaller than ``sliver_share`` of a square join the neighbour in the same area with the longest shared edge,
   the smallest first;
   a piece without neighbours stays.
5. Order: rows from north to south, within a row from west to east (GB/T 30428.1-2013; system_standards.md §2).
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

SLIVER_SHARE = 0.1
"""Default: pieces below a tenth of a square are slivers."""
SNAP_M = 1e-6
DUST_M2 = 1e-6
"""Rounding leaves pieces of this size along shared borders; they are no land."""
POLYGON = 3

Geometries = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """North-west corner of row 0, column 0 (easting and northing in metres)."""

    west_m: float
    north_m: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``whole``: the full square belongs to it, so that arithmetic alone finds it; row and column are those
    of its largest square.
    """

    row: int
    column: int
    geometry: BaseGeometry
    whole: bool


def aligned_origin(areas: Sequence[BaseGeometry], size_m: float) -> Origin:
    """The north-west corner of everything, moved outward onto whole multiples of ``size_m``: runs made apart share
    their lines.
    """
    west, _south, _east, north = shapely.total_bounds(list(areas))
    return Origin(math.floor(west / size_m) * size_m, math.ceil(north / size_m) * size_m)


def cut(area: BaseGeometry, *, size_m: float, origin: Origin, sliver_share: float = SLIVER_SHARE) -> list[Cell]:
    """Cells of ``area`` (valid polygons, metres) in reading order. Raises ValueError when the size is not a positive
    number.
    """
    if not (math.isfinite(size_m) and size_m > 0):
        raise ValueError(f"cell size {size_m} m")
    if area.is_empty:
        return []
    rows, columns, squares = _squares(area, size_m, origin)
    shapely.prepare(area)
    inside = shapely.contains(area, squares)
    across = ~inside & shapely.intersects(area, squares)
    clipped = shapely.intersection(squares[across], area)
    parts, owner = shapely.get_parts(clipped, return_index=True)
    parts, owner = _polygons(parts, owner)
    parts = _snap(parts, size_m, origin)
    kept = shapely.area(parts) > DUST_M2
    parts, owner = parts[kept], owner[kept]
    pieces = np.concatenate([squares[inside], parts])
    piece_rows = np.concatenate([rows[inside], rows[across][owner]])
    piece_columns = np.concatenate([columns[inside], columns[across][owner]])
    groups = _join_slivers(pieces, sliver_share * size_m * size_m)
    number_inside = int(inside.sum())
    cells = [
        Cell(int(piece_rows[lead]), int(piece_columns[lead]), _united(pieces, members), whole=lead < number_inside)
        for lead, members in groups.items()
    ]
    return sorted(cells, key=_reading_key)


def one_cell(area: BaseGeometry) -> list[Cell]:
    """The whole area as one cell: "one community = one cell" (CY-6)."""
    return [] if area.is_empty else [Cell(0, 0, area, whole=False)]


def reading_order(geometries: Sequence[BaseGeometry]) -> list[int]:
    """Positions of drawn cells from north to south and west to east.

    Drawn cells have no rows: a row is a band as high as the median cell, counted from the northernmost point.
    """
    if not geometries:
        return []
    array = np.array(geometries, dtype=object)
    bounds = shapely.bounds(array)
    points = shapely.point_on_surface(array)
    band = float(np.median(bounds[:, 3] - bounds[:, 1])) or 1.0
    bands = np.floor((bounds[:, 3].max() - shapely.get_y(points)) / band).astype(int)
    return [int(i) for i in np.lexsort((-shapely.get_y(points), shapely.get_x(points), bands))]


def _squares(area: BaseGeometry, size_m: float, origin: Origin) -> tuple[NDArray[Any], NDArray[Any], Geometries]:
    """Rows, columns and squares over the bounds of the area. Lines are always ``origin ± n * size``, never sums, so
    they agree exactly.
    """
    west, south, east, north = area.bounds
    columns_over = np.arange(math.floor((west - origin.west_m) / size_m), math.ceil((east - origin.west_m) / size_m))
    rows_over = np.arange(math.floor((origin.north_m - north) / size_m), math.ceil((origin.north_m - south) / size_m))
    row_grid, column_grid = np.meshgrid(rows_over, columns_over, indexing="ij")
    rows, columns = row_grid.ravel(), column_grid.ravel()
    squares = shapely.box(
        origin.west_m + columns * size_m,
        origin.north_m - (rows + 1) * size_m,
        origin.west_m + (columns + 1) * size_m,
        origin.north_m - rows * size_m,
    )
    return rows, columns, squares


def _polygons(parts: Geometries, owner: NDArray[Any]) -> tuple[Geometries, NDArray[Any]]:
    """Only polygons: where a square merely touches the border, the clip also yields points and lines; collections are
    opened.
    """
    parts, index = shapely.get_parts(parts, return_index=True)
    kept = shapely.get_type_id(parts) == POLYGON
    return parts[kept], owner[index][kept]


def _snap(parts: Geometries, size_m: float, origin: Origin) -> Geometries:
    """Put corners that rounding moved off a grid line back onto it; a part that this would break keeps its corners."""

    def onto_lines(coordinates: NDArray[Any]) -> NDArray[Any]:
        start = np.array([origin.west_m, origin.north_m])
        step = np.array([size_m, -size_m])
        lines = start + np.round((coordinates - start) / step) * step
        return np.where(np.abs(coordinates - lines) < SNAP_M, lines, coordinates)

    moved = shapely.transform(parts, onto_lines)
    return np.where(shapely.is_valid(moved), moved, parts)


def _join_slivers(pieces: Geometries, limit_m2: float) -> dict[int, list[int]]:
    """Groups of pieces by their leading piece. Smallest sliver first; a joined pair that is still a sliver joins on."""
    areas = shapely.area(pieces)
    edges = _shared_edges(pieces, np.flatnonzero(areas < limit_m2))
    size = dict(enumerate(areas.tolist()))
    groups = {index: [index] for index in range(len(pieces))}
    waiting = [(size[index], index) for index in edges]
    heapq.heapify(waiting)
    while waiting:
        area, sliver = heapq.heappop(waiting)
        if sliver not in groups or area != size[sliver] or area >= limit_m2 or not edges[sliver]:
            continue
        into = max(edges[sliver], key=lambda other: (edges[sliver][other], -other))
        groups[into] += groups.pop(sliver)
        size[into] += size.pop(sliver)
        _merge_edges(edges, sliver, into)
        if size[into] < limit_m2:
            heapq.heappush(waiting, (size[into], into))
    return groups


def _merge_edges(edges: dict[int, dict[int, float]], sliver: int, into: int) -> None:
    """The neighbours of ``sliver`` become neighbours of ``into``."""
    for other, length in edges.pop(sliver).items():
        edges[other].pop(sliver, None)
        if other != into:
            edges[into][other] = edges[into].get(other, 0.0) + length
            edges[other][into] = edges[other].get(into, 0.0) + length


def _shared_edges(pieces: Geometries, slivers: NDArray[Any]) -> dict[int, dict[int, float]]:
    """Length of the shared edge (metres) of each sliver with each neighbour; pieces that only touch in a point are no
    neighbours.
    """
    edges: dict[int, dict[int, float]] = defaultdict(dict)
    if not len(slivers):
        return edges
    tree = shapely.STRtree(pieces)
    left, right = tree.query(pieces[slivers], predicate="intersects")
    left = slivers[left]
    distinct = left != right
    left, right = left[distinct], right[distinct]
    lengths = shapely.length(shapely.intersection(shapely.boundary(pieces[left]), shapely.boundary(pieces[right])))
    for sliver, other, length in zip(left.tolist(), right.tolist(), lengths.tolist(), strict=True):
        if length > SNAP_M:
            edges[sliver][other] = length
            edges[other][sliver] = length
    return edges


def _united(pieces: Geometries, members: list[int]) -> BaseGeometry:
    if len(members) == 1:
        single: BaseGeometry = pieces[members[0]]
        return single
    return shapely.union_all(pieces[members])


def _reading_key(cell: Cell) -> tuple[int, int, float, float]:
    """Row, column, then for pieces of one square: the northern first, then the western."""
    west, _south, _east, north = cell.geometry.bounds
    return cell.row, cell.column, -north, west
