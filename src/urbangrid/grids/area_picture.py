"""Areas as a small picture without coordinates: outlines fitted into a frame, a place for the name of each. Plain Python.

For figures by area on a page, on paper and in a picture (desks.md L1): places are those of the frame, so that no coordinate leaves with
it (architecture §3.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Final

from shapely.affinity import affine_transform
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import polylabel

WIDTH: Final = 900
MARGIN: Final = 12
DETAIL: Final = 1.5
"""Bends smaller than this are left out, in places of the frame."""


@dataclass(frozen=True, slots=True)
class AreaShape:
    """An area: its rings in places of the frame (y downwards), and where its name stands."""

    area_id: int
    name: str
    rings: tuple[tuple[tuple[int, int], ...], ...]
    x: int
    y: int

    @property
    def path(self) -> str:
        """As the ``d`` of an SVG path."""
        return "".join("M" + " ".join(f"{x},{y}" for x, y in ring) + "z" for ring in self.rings)


@dataclass(frozen=True, slots=True)
class AreaPicture:
    """All areas in one frame of ``width`` × ``height``."""

    width: int
    height: int
    areas: tuple[AreaShape, ...]


def lay_out(areas: Sequence[tuple[int, str, BaseGeometry]]) -> AreaPicture | None:
    """Id, name and outline (degrees) of each area → the picture, north up, as wide as ``WIDTH``; None without any outline."""
    outlined = [(number, name, geometry) for number, name, geometry in areas if geometry is not None and not geometry.is_empty]
    if not outlined:
        return None
    boxes = [geometry.bounds for _number, _name, geometry in outlined]
    west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
    east, north = max(box[2] for box in boxes), max(box[3] for box in boxes)
    narrow = max(cos(radians((south + north) / 2)), 0.1)
    scale = (WIDTH - 2 * MARGIN) / max((east - west) * narrow, 1e-9)
    fitted = (scale * narrow, 0, 0, -scale, MARGIN - west * scale * narrow, MARGIN + north * scale)
    height = round((north - south) * scale) + 2 * MARGIN
    drawn = tuple(_shape(number, name, affine_transform(geometry, fitted)) for number, name, geometry in outlined)
    return AreaPicture(WIDTH, height, drawn)


def _shape(number: int, name: str, geometry: BaseGeometry) -> AreaShape:
    simple = geometry.simplify(DETAIL)
    parts = [part for part in getattr(simple, "geoms", [simple]) if isinstance(part, Polygon) and not part.is_empty]
    rings = tuple(tuple((round(x), round(y)) for x, y in ring.coords[:-1]) for part in parts for ring in (part.exterior, *part.interiors))
    largest = max(parts, key=lambda part: part.area)
    label = polylabel(largest, tolerance=8) if largest.is_valid else largest.representative_point()
    return AreaShape(number, name, rings, round(label.x), round(label.y))
