"""Cutting, against a naive reference that asks cell by cell whether a point lies in it."""

from __future__ import annotations

import math
import random

import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from urbangrid.grids.generation import Cell, Origin, aligned_origin, cut, one_cell, reading_order


@st.composite
def areas(draw: st.DrawFn) -> BaseGeometry:
    """A star-shaped area of some hundred metres, perhaps with a hole, perhaps with an island."""
    corners = draw(st.lists(st.integers(60, 420), min_size=3, max_size=14))
    turn = draw(st.floats(0, math.tau / 3))
    x, y = draw(st.integers(-1000, 1000)), draw(st.integers(-1000, 1000))
    ring = [
        (x + r * math.cos(turn + i * math.tau / len(corners)), y + r * math.sin(turn + i * math.tau / len(corners)))
        for i, r in enumerate(corners)
    ]
    area: BaseGeometry = Polygon(ring)
    if draw(st.booleans()):
        area = area.difference(Point(x, y).buffer(draw(st.integers(5, 40)), quad_segs=3))
    if draw(st.booleans()):
        area = area.union(box(x + 500, y - 30, x + 500 + draw(st.integers(1, 300)), y + draw(st.integers(1, 90))))
    assume(area.is_valid and area.geom_type in ("Polygon", "MultiPolygon"))
    return area


@settings(max_examples=150, deadline=None)
@given(area=areas(), size_m=st.sampled_from([25.0, 40.0, 100.0, 333.3]), seed=st.integers(0, 999))
def test_cells_fill_the_area_and_every_inner_point_lies_in_exactly_one(area: BaseGeometry, size_m: float, seed: int) -> None:
    origin = aligned_origin([area], size_m)
    cells = cut(area, size_m=size_m, origin=origin)
    union = shapely.union_all([cell.geometry for cell in cells])
    assert shapely.symmetric_difference(union, area).area < 1e-3
    assert sum(cell.geometry.area for cell in cells) == pytest.approx(area.area, abs=1e-3)
    chance = random.Random(seed)
    west, south, east, north = area.bounds
    for _ in range(30):
        point = Point(chance.uniform(west, east), chance.uniform(south, north))
        holding = [cell for cell in cells if cell.geometry.covers(point)]
        assert len(holding) == (1 if area.covers(point) else 0)
        _arithmetic_agrees(point, holding, cells, size_m, origin)


def _arithmetic_agrees(point: Point, holding: list[Cell], cells: list[Cell], size_m: float, origin: Origin) -> None:
    """A whole cell is found by row and column alone."""
    row, column = math.floor((origin.north_m - point.y) / size_m), math.floor((point.x - origin.west_m) / size_m)
    whole = [cell for cell in cells if cell.whole and (cell.row, cell.column) == (row, column)]
    assert whole == [] or whole == holding


@settings(max_examples=100, deadline=None)
@given(area=areas(), share=st.sampled_from([0.0, 0.1, 0.5]))
def test_a_sliver_only_remains_where_it_has_no_neighbour(area: BaseGeometry, share: float) -> None:
    cells = cut(area, size_m=50.0, origin=aligned_origin([area], 50.0), sliver_share=share)
    for cell in cells:
        if cell.geometry.area < share * 2500:
            others = [other for other in cells if other is not cell]
            assert all(_shared_edge(cell, other) < 1e-3 for other in others)


def _shared_edge(one: Cell, other: Cell) -> float:
    return float(one.geometry.boundary.intersection(other.geometry.boundary).length)


def test_a_sliver_joins_the_neighbour_with_the_longest_shared_edge() -> None:
    # the square (1, 0) holds a strip 5 m high: it shares 100 m with (0, 0) and 5 m with (1, 1)
    area = Polygon([(0, 95), (100, 95), (100, 0), (200, 0), (200, 200), (0, 200)])
    cells = cut(area, size_m=100.0, origin=Origin(0.0, 200.0))
    assert [(cell.row, cell.column, round(cell.geometry.area), cell.whole) for cell in cells] == [
        (0, 0, 10_500, True),
        (0, 1, 10_000, True),
        (1, 1, 10_000, True),
    ]


def test_parts_of_a_square_that_do_not_touch_are_cells_of_their_own() -> None:
    area = MultiPolygon([box(0, 0, 40, 100), box(60, 0, 100, 100)])
    cells = cut(area, size_m=100.0, origin=Origin(0.0, 100.0))
    assert [cell.geometry.bounds for cell in cells] == [(0, 0, 40, 100), (60, 0, 100, 100)]


def test_cells_are_read_in_rows_from_north_to_south_and_from_west_to_east() -> None:
    cells = cut(box(0, 0, 300, 200), size_m=100.0, origin=Origin(0.0, 200.0))
    assert [(cell.row, cell.column) for cell in cells] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert cells[0].geometry.bounds == (0, 100, 100, 200)


def test_drawn_cells_are_read_in_bands() -> None:
    drawn = [box(0, 0, 90, 95), box(110, 105, 200, 195), box(5, 98, 95, 205), box(100, 2, 190, 97)]
    assert reading_order(drawn) == [2, 1, 0, 3]


def test_neighbouring_areas_cut_apart_share_their_lines() -> None:
    left, right = (
        Polygon([(0, 0), (133, 0), (171, 250), (0, 250)]),
        Polygon([(133, 0), (400, 0), (400, 250), (171, 250)]),
    )
    origin = aligned_origin([left, right], 100.0)
    cells = [*cut(left, size_m=100.0, origin=origin), *cut(right, size_m=100.0, origin=aligned_origin([right], 100.0))]
    assert shapely.union_all([cell.geometry for cell in cells]).area == pytest.approx(100_000, abs=1e-6)
    assert sum(cell.geometry.area for cell in cells) == pytest.approx(100_000, abs=1e-6)


@pytest.mark.parametrize("size_m", [0.0, -5.0, math.nan, math.inf])
def test_a_size_that_is_no_size_is_refused(size_m: float) -> None:
    with pytest.raises(ValueError, match="size"):
        cut(box(0, 0, 1, 1), size_m=size_m, origin=Origin(0.0, 0.0))


def test_one_area_can_be_one_cell() -> None:
    area = box(0, 0, 731, 419)
    assert [cell.geometry for cell in one_cell(area)] == [area]
