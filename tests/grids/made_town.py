"""A made town: a district, an old town whose two communities have borders, and a new town without community borders."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from urbangrid.core.geometry import from_metric
from urbangrid.core.models import Platform
from urbangrid.grids import actions
from urbangrid.grids.models import Division
from urbangrid.grids.projection import shapes, to_degrees

EAST_M, NORTH_M = 450_000.0, 4_420_000.0
"""A place in the middle of EPSG:4548."""


def degrees(*corners: tuple[float, float]) -> BaseGeometry:
    """A polygon given in metres from (EAST_M, NORTH_M), in EPSG:4490."""
    metres = Polygon([(EAST_M + x, NORTH_M + y) for x, y in corners])
    moved: BaseGeometry = to_degrees(shapes([metres]), 4548)[0]
    return moved


def point(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a point given in metres from (EAST_M, NORTH_M)."""
    return from_metric(EAST_M + x, NORTH_M + y, 4548)


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    return degrees((west, south), (east, south), (east, north), (west, north))


@dataclass(frozen=True)
class Town:
    platform: Platform
    district: Division
    old_town: Division
    new_town: Division
    willow: Division
    bell: Division


def make_town(platform: Platform) -> Town:
    """Old town 1,230 × 840 m, a slanting border between 柳巷 and 钟楼; south of it the new town, 1,600 × 800 m."""
    create = actions.create_division
    city = create(platform=platform, level="city", code="990000", name="样城市")
    district = create(platform=platform, level="district", code="990101", name="样城区", parent=city)
    old_town = create(
        platform=platform,
        level="subdistrict",
        code="990101001",
        name="老城街道",
        parent=district,
        geometry=box(0, 0, 1230, 840),
    )
    new_town = create(
        platform=platform,
        level="subdistrict",
        code="990101002",
        name="新城街道",
        parent=district,
        geometry=box(0, -800, 1600, 0),
    )
    willow = create(
        platform=platform,
        level="community",
        code="990101001001",
        name="柳巷社区",
        parent=old_town,
        geometry=degrees((0, 0), (580, 0), (640, 840), (0, 840)),
    )
    bell = create(
        platform=platform,
        level="community",
        code="990101001002",
        name="钟楼社区",
        parent=old_town,
        geometry=degrees((580, 0), (1230, 0), (1230, 840), (640, 840)),
    )
    return Town(platform, district, old_town, new_town, willow, bell)
