"""What a plan consists of. Metres east and north of the middle of the city, on a centimetre grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from shapely import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

CITY_M2 = 40e6
"""Area at scale 1 (desks.md, The demonstration)."""
CELL_M2 = 10_000.0
"""万米单元网格 (SY-3)."""
SUBDISTRICTS, COMMUNITIES = 8, 62
"""At scale 1."""
LEAST_SUBDISTRICTS = 3
"""The organisational models need two districts, one of them with two sub-districts."""
Shapes = NDArray[Any]
"""An array of geometries."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A unit grid of the plan: its block is what streets enclose around it; ``community`` counts through the whole plan."""

    shape: Polygon
    block: int
    community: int
    water: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A community (``parent``: number of its sub-district) or a sub-district (``parent`` 0)."""

    name: str
    parent: int
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Street:
    """A street with its grade (codes of ``grids.RoadGrade``)."""

    name: str
    grade: str
    shape: LineString


@dataclass(frozen=True, slots=True)
class Door:
    """门牌: its street by number in the plan, the cell it lies in."""

    street: int
    number: int
    cell: int
    shape: Point


@dataclass(frozen=True, slots=True)
class House:
    """A building: kinds of ``addresses.BuildingKind``."""

    name: str
    kind: str
    shape: Polygon


@dataclass(frozen=True, slots=True)
class Mark:
    """A landmark or a named crossing: kinds of ``addresses.LandmarkKind``."""

    name: str
    kind: str
    shape: Point


@dataclass(frozen=True, slots=True)
class Surface:
    """Water or a park."""

    name: str
    kind: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Zone:
    """区域等级: 1 the core, 2 the belt around it, 3 the whole."""

    name: str
    grade: int
    shape: Polygon


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole city. The order of everything is fixed by scale and seed."""

    scale: float
    seed: int
    outline: Polygon
    subdistricts: tuple[Area, ...]
    communities: tuple[Area, ...]
    cells: tuple[Cell, ...]
    streets: tuple[Street, ...]
    doors: tuple[Door, ...]
    buildings: tuple[House, ...]
    landmarks: tuple[Mark, ...]
    surfaces: tuple[Surface, ...]
    zones: tuple[Zone, ...]
