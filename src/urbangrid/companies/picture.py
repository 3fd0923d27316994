"""The position picture of a task: roads around the place, a scale, north, and the same in words; no coordinate in it (desks.md G2).

Plain rules of values: metres around the place in, whole pixels and words out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, degrees, hypot

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.addresses.queries import LandmarkNear
from urbangrid.grids.surroundings import Metres, RoadNear

WIDTH, HEIGHT = 540, 320
RADIUS_M = 120
PIXELS_PER_M = WIDTH / (2 * RADIUS_M)
SCALE_M = 40
WIDTHS = {"expressway": 34, "arterial": 28, "secondary": 22, "branch": 16, "lane": 10}
"""Pixels of a road by its grade."""
ON_THE_ROAD_M = 6.0
LANDMARKS = 3
ROADS = 3
LANDMARK_M = 500
"""A landmark further away helps nobody to find the place."""
DIRECTIONS = (
    gettext_lazy("北"), gettext_lazy("东北"), gettext_lazy("东"), gettext_lazy("东南"),
    gettext_lazy("南"), gettext_lazy("西南"), gettext_lazy("西"), gettext_lazy("西北"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stroke:
    """A road as drawn: points of a polyline in pixels, its width, and where its name stands."""

    points: str
    width: int
    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A landmark as drawn: its name, its place in pixels and the line its name stands on."""

    name: str
    x: int
    y: int
    text_y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws: ``scale`` is the length of the bar in pixels for ``scale_m`` metres, ``per_mille`` about 1:n."""

    width: int
    height: int
    strokes: tuple[Stroke, ...]
    scale: int
    scale_m: int
    words: tuple[str, ...]
    marks: tuple[Mark, ...] = ()


def drawn(roads: Sequence[RoadNear], landmarks: Sequence[LandmarkNear] = ()) -> Picture:
    """The picture with the place in its middle; the words name roads, then landmarks."""
    strokes = tuple(_stroke(road, line) for road in roads for line in road.lines if len(line) > 1)
    said = (*words(roads), *(_way(one) for one in chosen(landmarks)))
    return Picture(WIDTH, HEIGHT, strokes, round(SCALE_M * PIXELS_PER_M), SCALE_M, said, _marks(landmarks))


def chosen(landmarks: Sequence[LandmarkNear]) -> list[LandmarkNear]:
    """The nearest three with different names (desks.md G2)."""
    found: dict[str, LandmarkNear] = {}
    for one in landmarks:
        found.setdefault(one.name, one)
    return list(found.values())[:LANDMARKS]


def _marks(landmarks: Sequence[LandmarkNear]) -> tuple[Mark, ...]:
    """Of the chosen ones, those within the picture; the name stands above, away from the place itself."""
    pixels = [(one.name, *_pixel(one.way)) for one in chosen(landmarks)]
    return tuple(Mark(name, x, y, y - 10 if y < HEIGHT / 2 else y + 18) for name, x, y in pixels if _in_frame(name, x, y))


def _in_frame(name: str, x: int, y: int) -> bool:
    half = 7 * len(name)
    return half < x < WIDTH - half and 24 < y < HEIGHT - 44


def _way(one: LandmarkNear) -> str:
    """青澜市人民医院东北侧 86 米: the place lies north-east of the hospital."""
    if one.distance_m < ON_THE_ROAD_M:
        return _("%(name)s处") % {"name": one.name}
    side = direction((-one.way[0], -one.way[1]))
    return _("%(name)s%(side)s侧 %(metres)s 米") % {"name": one.name, "side": side, "metres": round(one.distance_m)}


def _pixel(point: Metres) -> tuple[int, int]:
    east, north = point
    return round(WIDTH / 2 + east * PIXELS_PER_M), round(HEIGHT / 2 - north * PIXELS_PER_M)


def _stroke(road: RoadNear, line: Sequence[Metres]) -> Stroke:
    pixels = [_pixel(point) for point in line]
    inside = [(x, y) for x, y in _along(pixels) if 30 <= x <= WIDTH - 90 and 20 <= y <= HEIGHT - 40]
    x, y = max(inside, key=lambda one: hypot(one[0] - WIDTH / 2, one[1] - HEIGHT / 2), default=pixels[0])
    return Stroke(" ".join(f"{x},{y}" for x, y in pixels), WIDTHS.get(road.grade, 16), road.name, x, y + 5)


def _along(pixels: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places along a polyline, eight to a piece: where a name may stand."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(pixels):
        found += [(round(x1 + (x2 - x1) * step / 8), round(y1 + (y2 - y1) * step / 8)) for step in range(9)]
    return found


def words(roads: Sequence[RoadNear]) -> tuple[str, ...]:
    """大柳树路以南 12 米: the nearest roads, at most three, each once."""
    found: dict[str, str] = {}
    for road in roads:
        if road.name and road.name not in found and len(found) < ROADS:
            found[road.name] = _said(road)
    return tuple(found.values())


def _said(road: RoadNear) -> str:
    if road.distance_m < ON_THE_ROAD_M:
        return _("%(road)s路面上") % {"road": road.name}
    side = direction((-road.foot[0], -road.foot[1]))
    return _("%(road)s以%(side)s %(metres)s 米") % {"road": road.name, "side": side, "metres": round(road.distance_m)}


def direction(way: Metres) -> str:
    """The wind rose of eight for a way in metres east and north; north is 0 degrees, clockwise."""
    east, north = way
    return str(DIRECTIONS[round(degrees(atan2(east, north)) / 45) % 8])
