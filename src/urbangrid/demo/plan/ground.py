"""The lines that a city grows along: its outline, the river with its banks, ring roads, main roads. Smooth noise bends them all.

1. The outline is an oval whose radius wavers; it is scaled to the exact area.
2. The river winds from north to south; its banks lie half a width beside the middle.
3. Ring roads wind round the middle as the outline does, nearer in.
4. Main roads are a slightly turned grid of uneven spacing, bent by a field of some hundred metres that folds nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.affinity import scale as stretched

from urbangrid.demo.plan.values import CITY_M2, Street

Numbers = NDArray[Any]
STEP_M = 45.0
ASPECT = 1.22
"""East-west against north-south."""
RINGS = ((1900.0, "内环路"), (4300.0, "二环路"), (6900.0, "三环路"), (9600.0, "外环路"))
RING_SHARE, RING_LEAST_M = 0.62, 1000.0
"""A ring fits within this share of the city's radius; the first one shrinks to it where the radius is at least so long."""
SPACING_M = 1040.0
TURN = 0.12
"""The grid of main roads against the north, in radians."""
NORTH_SOUTH = (
    "文昌路", "兴学路", "钟楼路", "槐荫路", "桂香路", "南湖路", "建国路", "迎宾路", "龙泉路", "凤鸣路", "青年路", "和平路", "望海路",
)  # fmt: skip
EAST_WEST = (
    "人民路", "学府街", "东门大街", "崇文街", "书院街", "新桥大道", "工农路", "解放路", "柳林大道", "中山路", "长兴路", "北苑路", "南苑路",
)  # fmt: skip
WAVES = ((5200.0, 150.0), (2100.0, 55.0), (850.0, 15.0))
"""Length and height in metres: the sum of 2 pi height / length stays below one, so that bent lines do not cross."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Lines within the outline. ``river``: the water between the banks; ``middle``: the line in it where borders run."""

    outline: Polygon
    river: Polygon
    middle: LineString
    east: Polygon
    """What lies beyond it."""
    streets: tuple[Street, ...]
    core: Polygon
    belt: Polygon


class Field:
    """Smooth displacement of points: sums of waves in directions of chance."""

    def __init__(self, chance: np.random.Generator) -> None:
        self.waves = [
            (2 * pi / length, height, chance.uniform(0, 2 * pi, 4)) for length, height in WAVES
        ]  # fmt: skip

    def bend(self, points: Numbers) -> Numbers:
        """Points (n × 2) in metres, displaced by at most some 220 m."""
        moved = points.astype(float).copy()
        for pace, height, (one, other, first, second) in self.waves:
            across = points[:, 0] * np.cos(one) + points[:, 1] * np.sin(one)
            along = points[:, 0] * np.cos(other) + points[:, 1] * np.sin(other)
            moved[:, 0] += height * 0.7 * np.sin(pace * across + first)
            moved[:, 1] += height * 0.7 * np.sin(pace * along + second)
        return moved


def lay(scale: float, chance: np.random.Generator) -> Ground:
    """The ground of a city of ``scale`` times 40 km²."""
    radius = sqrt(CITY_M2 * scale / pi)
    field = Field(chance)
    oval = _oval(radius, chance, 0.05)
    outline = _largest_area(stretched(oval, *2 * (sqrt(CITY_M2 * scale / oval.area),), origin=(0, 0)))
    middle, river = _river(radius, scale, chance)
    beyond = Polygon([*middle.coords, (9 * radius, middle.coords[-1][1]), (9 * radius, middle.coords[0][1])]).buffer(0)
    middle, river = _largest(shapely.intersection(middle, outline)), _largest_area(shapely.intersection(river, outline))
    rings = _rings(radius, chance)
    core = Polygon(rings[0].shape.coords) if rings else _oval(radius * 0.5, chance, 0.04)
    belt = _largest_area(shapely.intersection(stretched(core, 1.6, 1.6, origin=(0, 0)), outline))
    lines = [*rings, *_banks(river, outline), *_grid(radius, field, chance)]
    streets = tuple(Street(one.name, one.grade, part) for one in lines for part in _within(one.shape, outline))
    return Ground(outline, river, middle, beyond, streets, core, belt)


def _oval(radius: float, chance: np.random.Generator, rough: float) -> Polygon:
    """A closed curve around the middle; long waves are high, short ones low."""
    count = max(64, round(2 * pi * radius / STEP_M))
    turn = np.arange(count) * 2 * pi / count
    away = np.ones(count)
    for waves in (2, 3, 4, 5, 7, 11, 17, 26):
        away += rough * 1.6 / waves * np.sin(waves * turn + chance.uniform(0, 2 * pi))
    x, y = radius * away * np.cos(turn) * sqrt(ASPECT), radius * away * np.sin(turn) / sqrt(ASPECT)
    return Polygon(np.column_stack([x, y]))


def _river(radius: float, scale: float, chance: np.random.Generator) -> tuple[LineString, Polygon]:
    """The middle of the water and the water; wider in a larger city, never wider than 80 m."""
    reach = radius * 1.3
    y = np.linspace(reach, -reach, max(40, round(2 * reach / 40)))
    east, first, second = radius * 0.34, chance.uniform(0, 2 * pi), chance.uniform(0, 2 * pi)
    x = east - y * 0.16 + radius * 0.075 * np.sin(2.6 * y / radius + first) + radius * 0.022 * np.sin(7.5 * y / radius + second)
    line = np.column_stack([x, y])
    half = (12 + 58 * min(1.0, sqrt(scale))) / 2 * (1 + 0.12 * np.sin(5 * y / radius + second))
    way = np.gradient(line, axis=0)
    side = np.column_stack([-way[:, 1], way[:, 0]]) / np.hypot(way[:, 0], way[:, 1])[:, None]
    left, right = line + side * half[:, None], line - side * half[:, None]
    return LineString(line), Polygon(np.concatenate([left, right[::-1]])).buffer(0)


def _banks(river: Polygon, outline: Polygon) -> list[Street]:
    """A road on either bank: what of the water's edge is not the city's edge."""
    edge = shapely.line_merge(shapely.difference(river.boundary, outline.boundary.buffer(0.5)))
    parts = sorted(shapely.get_parts(edge), key=lambda line: -line.length)[:2]
    parts.sort(key=lambda line: -line.centroid.x)
    return [Street(name, "secondary", line) for name, line in zip(("滨河东路", "滨河西路"), parts, strict=False)]


def _rings(radius: float, chance: np.random.Generator) -> list[Street]:
    found = []
    for number, (distance, name) in enumerate(RINGS):
        fitting = min(distance, radius * RING_SHARE) if number == 0 else distance
        if fitting <= radius * RING_SHARE + 1 and radius > RING_LEAST_M:
            found.append(Street(name, "expressway", LineString(_oval(fitting, chance, 0.035).exterior.coords)))
    return found


def _grid(radius: float, field: Field, chance: np.random.Generator) -> list[Street]:
    """Main roads of both directions, the first of each through the middle, then on either side in turn."""
    reach = radius * 1.35
    count = int(radius * 1.15 / SPACING_M)
    found = []
    for names, turned in ((NORTH_SOUTH, False), (EAST_WEST, True)):
        for number in range(2 * count + 1):
            place = ((number + 1) // 2) * (1 if number % 2 else -1)
            at = place * SPACING_M + chance.uniform(-0.13, 0.13) * SPACING_M
            along = np.linspace(-reach, reach, max(8, round(2 * reach / STEP_M)))
            across = np.full_like(along, at)
            line = np.column_stack([along, across] if turned else [across, along])
            turn = np.array([[np.cos(TURN), np.sin(TURN)], [-np.sin(TURN), np.cos(TURN)]])
            grade = "arterial" if abs(place) % 2 == 0 or radius > 1500 else "secondary"
            found.append(Street(_name(names, number), grade, LineString(field.bend(line @ turn))))
    return found


def _name(names: tuple[str, ...], number: int) -> str:
    """Beyond the list the names come again with a number, as 人民二路."""
    again, which = divmod(number, len(names))
    name = names[which]
    ending = "大道" if name.endswith("大道") else "大街" if name.endswith("大街") else name[-1]
    return f"{name.removesuffix(ending)}{'二三四五六七八九'[again - 1]}{ending}" if again else name


def _within(line: LineString, outline: Polygon) -> list[LineString]:
    """What of a line lies in the city; ends too short for a road are left out."""
    parts = shapely.get_parts(shapely.line_merge(shapely.intersection(line, outline)))
    return [part for part in parts.tolist() if part.geom_type == "LineString" and part.length > STEP_M]


def _largest(shape: Any) -> LineString:
    return max(shapely.get_parts(shape).tolist(), key=lambda part: part.length)  # type: ignore[no-any-return]


def _largest_area(shape: Any) -> Polygon:
    return max(shapely.get_parts(shape).tolist(), key=lambda part: part.area)  # type: ignore[no-any-return]
