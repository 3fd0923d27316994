"""The plan of the made city: exact borders, believable parts, the same every time, as large as the number says."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from math import sqrt

import numpy as np
import pytest
import shapely
from shapely import Polygon

from urbangrid.demo.plan import making, streets
from urbangrid.demo.plan.values import CITY_M2, Plan

SMALL, LARGER, SEED = 0.05, 0.2, 3


@pytest.fixture(scope="module")
def plan() -> Plan:
    return making.make(SMALL, SEED)


def digest(made: Plan) -> str:
    """Of every name, number and corner."""
    found = hashlib.sha256(repr((made.scale, made.seed)).encode())
    for name in ("subdistricts", "communities", "cells", "streets", "doors", "buildings", "landmarks", "surfaces", "zones"):
        for one in getattr(made, name):
            words = [str(getattr(one, field)) for field in one.__slots__ if field != "shape"]
            found.update("|".join(words).encode() + shapely.to_wkb(one.shape))
    return found.hexdigest()


def test_the_same_scale_and_seed_give_the_same_city_in_another_process_too(plan: Plan) -> None:
    lines = f"from tests.demo.test_plan import digest, making; print(digest(making.make({SMALL}, {SEED})))"
    other = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    told = subprocess.run([sys.executable, "-c", lines], env=other, capture_output=True, text=True, check=True, timeout=120)
    assert told.stdout.strip() == digest(plan)
    assert digest(making.make(SMALL, SEED + 1)) != digest(plan)


def test_cells_share_their_corners_and_leave_neither_gap_nor_overlap(plan: Plan) -> None:
    cells = np.array([cell.shape for cell in plan.cells], dtype=object)
    assert shapely.coverage_is_valid(cells)
    whole = shapely.coverage_union_all(cells)
    assert isinstance(whole, Polygon) and not whole.interiors
    assert whole.area == pytest.approx(CITY_M2 * SMALL, rel=1e-5)
    assert float(shapely.area(cells).sum()) == pytest.approx(whole.area, abs=1e-3)


@pytest.mark.parametrize("areas", ["communities", "subdistricts"])
def test_areas_are_of_one_piece_and_exactly_what_their_cells_cover(plan: Plan, areas: str) -> None:
    for number, area in enumerate(getattr(plan, areas)):
        own = [cell for cell in plan.cells if number == (cell.community if areas == "communities" else _street(plan, cell.community))]
        assert area.shape.geom_type == "Polygon"
        together = shapely.union_all([cell.shape for cell in own])
        assert shapely.symmetric_difference(together, area.shape).area < 1.0
    assert shapely.coverage_is_valid([area.shape for area in getattr(plan, areas)])


def _street(plan: Plan, community: int) -> int:
    return plan.communities[community].parent


def test_unit_grids_are_about_ten_thousand_square_metres(plan: Plan) -> None:
    areas = [cell.shape.area for cell in plan.cells]
    assert np.mean(areas) == pytest.approx(10_000, rel=0.05)
    assert min(areas) > 3_500 and max(areas) < 20_000
    blocks = defaultdict(list)
    for cell in plan.cells:
        blocks[cell.block].append(cell)
    assert all(len({cell.community for cell in own}) == 1 for own in blocks.values()), "no border runs through a block"


def test_every_house_number_is_beside_its_road_within_a_block_that_the_road_bounds(plan: Plan) -> None:
    blocks: dict[int, list[int]] = defaultdict(list)
    for number, cell in enumerate(plan.cells):
        blocks[cell.block].append(number)
    shapes = {block: shapely.union_all([plan.cells[one].shape for one in own]) for block, own in blocks.items()}
    for door in plan.doors:
        street, cell = plan.streets[door.street], plan.cells[door.cell]
        away = streets.HALF_WIDTH_M[street.grade] + streets.FRONT_M
        assert door.shape.distance(street.shape) <= away + 0.1, "a bend brings it nearer, never further"
        assert cell.shape.contains(door.shape) and not cell.water
        assert shapes[cell.block].distance(street.shape) < 1.0
    named = [(plan.streets[door.street].name, door.number) for door in plan.doors]
    assert len(named) == len(set(named)) > 1_000


def test_odd_numbers_are_on_one_side_of_a_street_and_even_ones_on_the_other(plan: Plan) -> None:
    sides: dict[int, set[tuple[int, bool]]] = defaultdict(set)
    for door in plan.doors:
        line = plan.streets[door.street].shape
        at = line.project(door.shape)
        here, ahead = (np.array(line.interpolate(max(0.0, at + more)).coords[0]) for more in (-0.5, 0.5))
        way, off = ahead - here, np.array(door.shape.coords[0]) - here
        sides[door.street].add((door.number % 2, bool(way[0] * off[1] - way[1] * off[0] > 0)))
    assert sides and all(found <= {(1, True), (0, False)} for found in sides.values())


def test_buildings_stand_in_blocks_and_not_on_streets_or_water(plan: Plan) -> None:
    lines = np.array([street.shape for street in plan.streets], dtype=object)
    half = np.array([streets.HALF_WIDTH_M[street.grade] for street in plan.streets])
    shapes = np.array([house.shape for house in plan.buildings], dtype=object)
    house, street = shapely.STRtree(lines).query(shapes, predicate="dwithin", distance=float(half.max()))
    assert (shapely.distance(shapes[house], lines[street]) > half[street]).all()
    water = next(one.shape for one in plan.surfaces if one.kind == "water")
    assert not shapely.intersects(shapes, water).any()
    overlapping, other = shapely.STRtree(shapes).query(shapes, predicate="overlaps")
    assert not len(overlapping) and not len(other)


def test_streets_have_names_of_their_own_and_larger_ones_cross_in_named_places(plan: Plan) -> None:
    grades = {street.name: street.grade for street in plan.streets}
    assert {"secondary", "branch", "lane"} <= set(grades.values())
    crossings = [mark for mark in plan.landmarks if mark.kind == "crossing"]
    assert crossings
    for mark in crossings:
        first, _and, second = mark.name.removesuffix("路口").partition("与")
        near = {street.name for street in plan.streets if street.shape.distance(mark.shape) < 1.5}
        assert {first, second} <= near
    lanes = [name for name, grade in grades.items() if grade == "lane"]
    assert all(name.rstrip("支巷").rstrip("一二三四五六七八九十") in grades for name in lanes)


def test_the_demonstration_finds_its_school_market_hospital_and_station(plan: Plan) -> None:
    names = [mark.name for mark in plan.landmarks]
    assert {"实验小学", "青澜市人民医院", "青澜火车站", "文昌菜市场"} <= set(names)
    assert {"school", "hospital", "market", "station", "park", "estate"} <= {mark.kind for mark in plan.landmarks}
    others = [name for name in names if not name.endswith("路口")]
    assert len(others) == len({(mark.name, mark.shape.wkb) for mark in plan.landmarks if mark.kind != "crossing"})


def test_a_city_four_times_the_size_has_four_times_as_much_of_everything(plan: Plan) -> None:
    larger = making.make(LARGER, SEED)
    times = LARGER / SMALL
    for name in ("cells", "doors", "buildings", "streets", "landmarks"):
        assert len(getattr(larger, name)) == pytest.approx(times * len(getattr(plan, name)), rel=0.3), name
    assert len(larger.communities) == round(62 * LARGER) and len(plan.communities) == 6
    assert larger.outline.area == pytest.approx(times * plan.outline.area)
    assert sqrt(shapely.union_all([cell.shape for cell in larger.cells]).area / CITY_M2 / LARGER) == pytest.approx(1, abs=1e-4)


def test_a_scale_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match="is not within"):
        making.make(0.01, SEED)
