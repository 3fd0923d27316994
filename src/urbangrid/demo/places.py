"""Laying a plan down as places: areas, roads with grades, unit grids coded by ``grids``, house numbers, buildings, landmarks.

The middle of the city lies in open sea, so that no real place is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from django.db import connection
from shapely.geometry.base import BaseGeometry

from urbangrid.addresses import loading
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.demo.plan.values import Door, House, Mark, Plan, Shapes, Surface
from urbangrid.grids import actions as grids
from urbangrid.grids.models import UNIT_LAYER, Division
from urbangrid.grids.projection import shapes, to_degrees

EAST_M, NORTH_M, SRID = 501_800.0, 3_896_400.0, 4550
"""The middle of the plan in CGCS2000 / 3-degree Gauss-Kruger CM 123E."""
SOURCE = "演示城市，按算法生成，不对应任何真实地方"
DISTRICT_CODES = ("990101", "990102")
CITY = "青澜市"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Places:
    """The rows that units and people name; communities in the plan's order."""

    districts: list[Division]
    subdistricts: list[Division]
    communities: list[Division]


def degrees(geometries: Sequence[BaseGeometry]) -> Shapes:
    """From plan metres to degrees (EPSG:4490); corners that were shared stay shared."""
    moved = shapely.transform(shapes(list(geometries)), lambda points: points + (EAST_M, NORTH_M))  # noqa: RUF005 - adds to an array
    return to_degrees(moved, SRID)


def district_of(number: int, count: int, districts: int) -> int:
    """The district (from 0) of a sub-district: with two, the northern two thirds are the first."""
    return 0 if districts == 1 or number * 3 < count * 2 else 1


def lay_down(platform: Platform, plan: Plan, names: Sequence[str], tell: Tell) -> Places:
    """Everything of the plan for a platform, in force from now; ``names``: of its districts. Call in one transaction."""
    places = _areas(platform, plan, names)
    roads = _roads(platform, plan)
    for zone, shape in zip(plan.zones, degrees([zone.shape for zone in plan.zones]), strict=True):
        grids.create_area_grade(platform=platform, grade=zone.grade, name=zone.name, geometry=shape, source=SOURCE)
    result = grids.code_drawn_cells(
        platform=platform, layer=UNIT_LAYER, geometries=degrees([cell.shape for cell in plan.cells]).tolist(), source=SOURCE
    )
    tell(f"街道 {len(places.subdistricts)} 个，社区 {len(places.communities)} 个，单元网格 {result.written} 个，道路 {len(set(roads))} 条")
    _details(platform, plan, roads, tell)
    with connection.cursor() as cursor:  # nobody else sees these rows before the end, so nobody counts them for the planner
        cursor.execute("ANALYZE grids_division, grids_road, grids_areagrade")
    return places


def _areas(platform: Platform, plan: Plan, names: Sequence[str]) -> Places:
    create = grids.create_division
    city = create(platform=platform, level="city", code="990100", name=CITY, source=SOURCE)
    districts = [
        create(platform=platform, level="district", code=code, name=name, parent=city, source=SOURCE)
        for code, name in zip(DISTRICT_CODES, names, strict=False)
    ]
    subdistricts: list[Division] = []
    for number, (area, shape) in enumerate(zip(plan.subdistricts, degrees([one.shape for one in plan.subdistricts]), strict=True)):
        above = districts[district_of(number, len(plan.subdistricts), len(districts))]
        code = f"{above.code}{number + 1:03d}"
        made = create(platform=platform, level="subdistrict", code=code, name=area.name, parent=above, geometry=shape, source=SOURCE)
        subdistricts.append(made)
    counted = dict.fromkeys(range(len(subdistricts)), 0)
    communities: list[Division] = []
    for area, shape in zip(plan.communities, degrees([one.shape for one in plan.communities]), strict=True):
        parent = subdistricts[area.parent]
        counted[area.parent] += 1
        code = f"{parent.code}{counted[area.parent]:03d}"
        made = create(platform=platform, level="community", code=code, name=area.name, parent=parent, geometry=shape, source=SOURCE)
        communities.append(made)
    return Places(districts, subdistricts, communities)


def _roads(platform: Platform, plan: Plan) -> list[int]:
    """One road per name, its parts together; the road's id for each street of the plan."""
    parts: dict[str, list[int]] = {}
    for number, street in enumerate(plan.streets):
        parts.setdefault(street.name, []).append(number)
    lines = degrees([street.shape for street in plan.streets])
    rows = [(name, plan.streets[own[0]].grade, shapely.multilinestrings(lines[own].tolist())) for name, own in parts.items()]
    made = grids.create_roads(platform=platform, rows=rows, source=SOURCE)
    by_name = {road.name: road.pk for road in made}
    return [by_name[street.name] for street in plan.streets]


def _details(platform: Platform, plan: Plan, roads: Sequence[int], tell: Tell) -> None:
    """House numbers, buildings, landmarks, water and parks, by COPY."""
    at = clock.now()

    def told(what: str) -> loading.Progress:
        return lambda written: tell(f"{what} {written} 个")

    def there(listed: Sequence[Door] | Sequence[House] | Sequence[Mark] | Sequence[Surface]) -> list[Any]:
        placed: list[Any] = degrees([one.shape for one in listed]).tolist()
        return placed

    numbers = ((roads[door.street], str(door.number)) for door in plan.doors)
    doors = loading.write_doors(platform, numbers, there(plan.doors), at, told("门牌"))
    names = ((one.name, one.kind) for one in plan.buildings)
    buildings = loading.write_buildings(platform, names, there(plan.buildings), at, told("建筑物"))
    names = ((one.name, one.kind) for one in plan.landmarks)
    landmarks = loading.write_landmarks(platform, names, there(plan.landmarks), at, told("标志物"))
    names = ((one.name, one.kind) for one in plan.surfaces)
    surfaces = loading.write_surfaces(platform, names, there(plan.surfaces), at, told("水面绿地"))
    tell(f"门牌 {doors} 个，建筑物 {buildings} 座，标志物 {landmarks} 处，水面绿地 {surfaces} 处")
