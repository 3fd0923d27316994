"""The made town as geometry: a regular plan bent by a smooth field, so that borders look grown and neighbours still share them exactly.

Plain values in metres from the south-west corner of the plan; ``town`` puts them down at a place on no land. Deterministic.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from shapely import LineString, Polygon, transform
from shapely.geometry.base import BaseGeometry

COLUMNS, ROWS = 4, 3
BLOCK_M = 900.0
"""One community before bending: 900 m × 930 m."""
ROW_M = 930.0
WIDTH_M, HEIGHT_M = COLUMNS * BLOCK_M, ROWS * ROW_M
EAST_M, NORTH_M, SRID = 500_000.0, 3_895_000.0, 4550
"""South-west corner in CGCS2000 / 3-degree Gauss-Kruger CM 123E: open sea, so that no real place is shown."""
STEP_M = 45.0

VERTICAL = ("兴学路", "文昌路", "东门大街", "书院街", "滨河路")
HORIZONTAL = ("崇文街", "人民路", "学府街", "泮池巷")
BETWEEN_VERTICAL = ("青云巷", "槐荫路", "钟鼓巷", "桂香路")
BETWEEN_HORIZONTAL = ("新桥路", "和平里", "柳林路")
COMMUNITIES = (
    ("书院社区", "泮池社区", "学府社区", "崇文社区"),
    ("东门社区", "钟楼社区", "槐荫社区", "新桥社区"),
    ("滨河社区", "柳林社区", "渡口社区", "南苑社区"),
)
"""From north to south, from west to east."""
SUBDISTRICTS = ("文昌街道", "东门街道", "滨河街道")
LANDMARKS = (
    "实验小学东门",
    "文昌菜市场北门",
    "书院小区西门",
    "滨河公园入口",
    "人民医院南门",
    "公交站亭旁",
    "学府花园东门",
    "老年活动站门前",
)


def bend(x: float, y: float) -> tuple[float, float]:
    """The field: some tens of metres of smooth displacement, stronger towards the rim."""
    u, v = x / WIDTH_M, y / HEIGHT_M
    rim = 0.45 + 1.3 * max(abs(u - 0.5), abs(v - 0.5))
    dx = 74 * sin(2 * pi * (0.9 * v + 0.2 * u) + 0.6) + 31 * sin(2 * pi * (2.3 * v + 0.7 * u))
    dy = 82 * sin(2 * pi * (0.8 * u - 0.25 * v) + 1.9) + 27 * cos(2 * pi * (2.1 * u + 0.4 * v))
    return x + dx * rim, y + dy * rim


def _line(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    """A straight stretch in steps; the steps count from its lower end, so that both neighbours get the same points."""
    if (x0, y0) > (x1, y1):
        return _line(x1, y1, x0, y0)[::-1]
    steps = max(1, round(max(abs(x1 - x0), abs(y1 - y0)) / STEP_M))
    return [bend(x0 + (x1 - x0) * i / steps, y0 + (y1 - y0) * i / steps) for i in range(steps + 1)]


def _block(west: float, south: float, east: float, north: float) -> Polygon:
    ring = [*_line(west, south, east, south)[:-1], *_line(east, south, east, north)[:-1]]
    ring += [*_line(east, north, west, north)[:-1], *_line(west, north, west, south)[:-1]]
    return Polygon(ring)


@dataclass(frozen=True, slots=True)
class Community:
    name: str
    subdistrict: int
    shape: Polygon


@dataclass(frozen=True, slots=True)
class Street:
    name: str
    grade: str
    shape: LineString


def communities() -> list[Community]:
    """Twelve communities, north to south, west to east."""
    found = []
    for row in range(ROWS):
        north = HEIGHT_M - row * ROW_M
        for column in range(COLUMNS):
            west = column * BLOCK_M
            shape = _block(west, north - ROW_M, west + BLOCK_M, north)
            found.append(Community(COMMUNITIES[row][column], row, shape))
    return found


def streets() -> list[Street]:
    """Streets run along and through the blocks; grade codes of ``grids.RoadGrade``."""
    found = []
    for number, name in enumerate(VERTICAL):
        grade = "expressway" if name == "滨河路" else "arterial" if number in (1, 3) else "secondary"
        found.append(Street(name, grade, LineString(_line(number * BLOCK_M, 0, number * BLOCK_M, HEIGHT_M))))
    for number, name in enumerate(HORIZONTAL):
        y = HEIGHT_M - number * ROW_M
        found.append(Street(name, "arterial" if name == "人民路" else "secondary", LineString(_line(0, y, WIDTH_M, y))))
    for number, name in enumerate(BETWEEN_VERTICAL):
        x = (number + 0.5) * BLOCK_M
        found.append(Street(name, "branch", LineString(_line(x, 0, x, HEIGHT_M))))
    for number, name in enumerate(BETWEEN_HORIZONTAL):
        y = HEIGHT_M - (number + 0.5) * ROW_M
        found.append(Street(name, "branch", LineString(_line(0, y, WIDTH_M, y))))
    return found


def core() -> Polygon:
    """The old town: area grade 1."""
    return _block(BLOCK_M, ROW_M, 3 * BLOCK_M, HEIGHT_M)


def laid_down(shape: BaseGeometry) -> BaseGeometry:
    """From plan metres to the projected system (EPSG:4550)."""
    moved: BaseGeometry = transform(shape, lambda points: points + (EAST_M, NORTH_M))  # noqa: RUF005 - adds to an array
    return moved
