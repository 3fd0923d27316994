"""A small schematic drawing of a place: cell, community border and roads around a point, with scale and north. Plain Python.

It stands on sheets until a map server draws pictures. Everything in it is metres from the point: no coordinate leaves with the drawing
(architecture §3.5), so that a company's sheet may carry it (desks.md G2).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import atan2, degrees
from typing import Final
from xml.sax.saxutils import escape

from shapely import box
from shapely.geometry import LineString, Point, Polygon
from shapely.geometry.base import BaseGeometry

HALF_WIDTH_M: Final = 150.0
HALF_HEIGHT_M: Final = 110.0
SCALE_BAR_M: Final = 50
FRAME: Final = box(-HALF_WIDTH_M, -HALF_HEIGHT_M, HALF_WIDTH_M, HALF_HEIGHT_M)
CENTRE: Final = Point(0, 0)
GROUND: Final = {"water": "#d5dde3", "park": "#e4ebe0", "building": "#ddd"}
"""Fills of what lies below all lines, in the order of drawing."""
LABEL_M: Final = 11.0
"""Height of a letter, in metres of the drawing: 3 mm on a picture of 85 mm."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline near the point: ``kind`` is road, cell or community of ``grids``; water, park, building, door or landmark of
    ``addresses``; metres east and north of the point.
    """

    kind: str
    name: str
    geometry: BaseGeometry
    own: bool = False
    """The point lies in it."""


def draw(shapes: Iterable[Shape], *, label: str, north: str, metres: str) -> str:
    """The drawing as an SVG element. ``label`` names what is drawn, for who cannot see it; ``north`` and ``metres`` are words on it."""
    found = list(shapes)
    parts = [_ground(one, GROUND[one.kind]) for kind in GROUND for one in found if one.kind == kind]
    parts += [_area(one) for one in found if one.kind == "cell"]
    parts += [_border(one) for one in found if one.kind == "community"]
    roads = [one for one in found if one.kind == "road"]
    parts += [_line(one, "#999", 9) for one in roads] + [_line(one, "#fff", 7) for one in roads]
    parts += [_name(one) for one in roads if one.name]
    parts += [_door(one) for one in found if one.kind == "door"]
    parts += _landmarks([one for one in found if one.kind == "landmark"])
    parts += [_here(), _scale(metres), _north(north)]
    size = f"{-HALF_WIDTH_M:.0f} {-HALF_HEIGHT_M:.0f} {2 * HALF_WIDTH_M:.0f} {2 * HALF_HEIGHT_M:.0f}"
    head = f'<svg class="sketch" xmlns="http://www.w3.org/2000/svg" viewBox="{size}" role="img" aria-label="{escape(label, _QUOTES)}">'
    return f"{head}{_rectangle()}{''.join(parts)}</svg>"


_QUOTES: Final = {'"': "&quot;"}


def _rectangle() -> str:
    x, y = -HALF_WIDTH_M, -HALF_HEIGHT_M
    return f'<rect x="{x:.0f}" y="{y:.0f}" width="{2 * HALF_WIDTH_M:.0f}" height="{2 * HALF_HEIGHT_M:.0f}" fill="#fff"/>'


def _points(corners: Iterable[Sequence[float]]) -> str:
    """Metres to picture places: north is up, so y turns round."""
    return " ".join(f"{corner[0]:.1f},{-corner[1]:.1f}" for corner in corners)


def _rings(shape: Shape) -> list[str]:
    """Outer rings of what lies in the frame."""
    seen = shape.geometry.intersection(FRAME)
    return [_points(part.exterior.coords) for part in getattr(seen, "geoms", [seen]) if isinstance(part, Polygon) and not part.is_empty]


def _ground(shape: Shape, fill: str) -> str:
    """Water, park or building: greys that stay apart on a printed sheet too."""
    edge = ' stroke="#888" stroke-width="0.6"' if shape.kind == "building" else ""
    return "".join(f'<polygon points="{ring}" fill="{fill}"{edge}/>' for ring in _rings(shape))


def _inside(shape: Shape) -> Point | None:
    """A point far enough from the frame for its sign."""
    point = shape.geometry
    seen = isinstance(point, Point) and abs(point.x) < HALF_WIDTH_M - 4 and abs(point.y) < HALF_HEIGHT_M - 4
    return point if seen and isinstance(point, Point) else None


def _door(shape: Shape) -> str:
    """The number at its door, small."""
    point = _inside(shape)
    if point is None:
        return ""
    form = f'x="{point.x:.1f}" y="{-point.y + 2:.1f}" font-size="5.5" text-anchor="middle" fill="#555"'
    return f"<text {form}>{escape(shape.name)}</text>"


def _landmarks(shapes: Sequence[Shape]) -> list[str]:
    """A small square with its name for each, the nearest first; a name that would lie upon another is left out, its square stays."""
    drawn, taken = [], [(0.0, 0.0)]
    for shape in sorted(shapes, key=lambda one: one.geometry.distance(CENTRE)):
        point = _inside(shape)
        if point is None:
            continue
        drawn.append(f'<rect x="{point.x - 3:.1f}" y="{-point.y - 3:.1f}" width="6" height="6" fill="#000"/>')
        wide = LABEL_M * len(shape.name) / 2
        fits = abs(point.x) + wide < HALF_WIDTH_M
        if fits and all(abs(point.y - y) > 1.6 * LABEL_M or abs(point.x - x) > 2 * wide for x, y in taken):
            taken.append((point.x, point.y))
            drawn.append(_text(point.x, -point.y - 6, shape.name, anchor="middle"))
    return drawn


def _area(shape: Shape) -> str:
    fill, width = ("#eef2f6", "1.6") if shape.own else ("none", "0.6")
    form = f'fill="{fill}" stroke="#666" stroke-width="{width}" stroke-dasharray="5 3"'
    return "".join(f'<polygon points="{ring}" {form}/>' for ring in _rings(shape))


def _lines(geometry: BaseGeometry) -> list[LineString]:
    seen = geometry.intersection(FRAME)
    return [part for part in getattr(seen, "geoms", [seen]) if isinstance(part, LineString) and part.length > 0]


def _border(shape: Shape) -> str:
    """The border itself, not the frame where the community goes on beyond it."""
    form = 'fill="none" stroke="#333" stroke-width="1.6" stroke-dasharray="10 3 2 3"'
    return "".join(f'<polyline points="{_points(line.coords)}" {form}/>' for line in _lines(shape.geometry.boundary))


def _line(shape: Shape, colour: str, width: int) -> str:
    form = f'fill="none" stroke="{colour}" stroke-width="{width}" stroke-linejoin="round"'
    return "".join(f'<polyline points="{_points(line.coords)}" {form}/>' for line in _lines(shape.geometry))


def _name(shape: Shape) -> str:
    """The road's name along it, read from the left; beside the middle, where the point itself lies."""
    lines = sorted(_lines(shape.geometry), key=lambda line: line.length)
    if not lines or lines[-1].length < LABEL_M * len(shape.name):
        return ""
    line = lines[-1]
    at, further = line.interpolate(0.25, normalized=True), line.interpolate(0.27, normalized=True)
    angle = degrees(atan2(-(further.y - at.y), further.x - at.x))
    angle += 180 if angle > 90 else -180 if angle < -90 else 0
    place = f'transform="translate({at.x:.1f} {-at.y:.1f}) rotate({angle:.1f})"'
    return f"<g {place}>{_text(0, LABEL_M * 0.35, shape.name, anchor='middle')}</g>"


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    """Black on a white edge, so that it can be read upon lines."""
    form = f'x="{x:.1f}" y="{y:.1f}" font-size="{LABEL_M:.0f}" text-anchor="{anchor}"'
    halo = f'<text {form} fill="none" stroke="#fff" stroke-width="3">{escape(words)}</text>'
    return f'{halo}<text {form} fill="#000">{escape(words)}</text>'


def _here() -> str:
    return '<circle r="9" fill="none" stroke="#000" stroke-width="2"/><circle r="4" fill="#000"/>'


def _scale(metres: str) -> str:
    x, y = -HALF_WIDTH_M + 10, HALF_HEIGHT_M - 10
    bar = f'<path d="M{x:.0f} {y - 5:.0f}v5h{SCALE_BAR_M}v-5" fill="none" stroke="#000" stroke-width="1.6"/>'
    return bar + _text(x + SCALE_BAR_M + 5, y, f"{SCALE_BAR_M} {metres}")


def _north(word: str) -> str:
    x, y = HALF_WIDTH_M - 16, -HALF_HEIGHT_M + 12
    arrow = f'<path d="M{x:.0f} {y - 6:.0f}l7 20-7-5-7 5z" fill="#000"/>'
    return arrow + _text(x, y + 27, word, anchor="middle")
