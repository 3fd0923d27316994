"""Reads of places: where a point lies, the area tree, outlines for the small map. All coordinates are EPSG:4490."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.contrib.gis.geos import Point
from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _
from shapely.geometry import shape

from urbangrid.core import clock
from urbangrid.core.geometry import STORAGE_SRID, to_metric, transformer
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.grids import area_picture, sketch, sql
from urbangrid.grids.models import UNIT_LAYER, Division, Level, ResponsibilityGrid

BORDER_M: Final = 50.0
ROAD_M: Final = 50.0
OUTLINES_AT_MOST: Final = 2_000
"""More outlines than this are no picture but a weight; the small map then shows the level above."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a point lies. Empty or None: nothing known there. ``outside``: in no area of the platform; the report is
    kept and flagged.
    """

    outside: bool
    cell_id: int | None = None
    cell_code: str = ""
    community_id: int | None = None
    community: str = ""
    subdistrict_id: int | None = None
    subdistrict: str = ""
    district_id: int | None = None
    district: str = ""
    area_grade: int | None = None
    road_id: int | None = None
    road: str = ""
    road_grade: str = ""
    road_distance_m: float | None = None
    on_border_with: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaNode:
    """A division in the area tree."""

    id: int
    level: str
    code: str
    name: str
    provisional: bool
    children: tuple[AreaNode, ...]

    def leaves(self) -> int:
        """Number of divisions below that have none below them."""
        return sum(child.leaves() for child in self.children) if self.children else 1


@dataclass(frozen=True, slots=True)
class ResponsibilityGridRef:
    """A responsibility grid and the unit that patrols it."""

    id: int
    code: str
    name: str
    unit_id: int | None


def locate(
    platform: Platform | int,
    point: Point | tuple[float, float],
    at: datetime | None = None,
    *,
    layer: str = UNIT_LAYER,
    border_m: float = BORDER_M,
    road_m: float = ROAD_M,
) -> Place:
    """The cell and divisions of a point (longitude, latitude), its area grade, nearest road and the divisions just
    across a border.

    Two queries: the cell (by arithmetic where the grid is regular, else by index), then everything around. ``at``: as
    things stood then.
    """
    longitude, latitude = (point.x, point.y) if isinstance(point, Point) else point
    whole = platform if isinstance(platform, Platform) else platform_of(platform)
    if not all(map(isfinite, to_metric(longitude, latitude, whole.metric_srid))):
        return _place(None, ())  # so far away that the projection has no place for it: outside, like any other far point
    values: dict[str, Any] = {
        "platform": whole.pk,
        "layer": layer, "at": at or clock.now(), "lon": longitude, "lat": latitude,
        "border_m": border_m, "road_m": road_m,
        "border_deg": sql.degrees(border_m, latitude), "road_deg": sql.degrees(road_m, latitude),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql.CELL_OF_POINT, values)
        cell = cursor.fetchone()
        cursor.execute(sql.AROUND_POINT, values)
        around = cursor.fetchall()
    return _place(cell, around)


def _place(cell: Sequence[Any] | None, around: Sequence[Sequence[Any]]) -> Place:
    """Put the two answers together; rows of ``around``: kind, id, name, detail, distance in metres (0: the point lies
    within).
    """
    within: dict[str, tuple[int, str]] = {}
    near: list[int] = []
    grade: int | None = None
    road: tuple[int | None, str, str, float | None] = (None, "", "", None)
    for kind, number, name, detail, distance in around:
        if kind == "grade":
            grade = int(detail)
        elif kind == "road":
            road = (number, name, detail, round(distance, 1))
        elif distance == 0 and detail not in within:
            within[detail] = (number, name)
        else:
            near.append(number)
    if cell:
        within |= {level: (cell[i], cell[i + 1]) for level, i in (("community", 2), ("subdistrict", 4), ("district", 6))}
    mine = {number for number, _name in within.values()}
    community, subdistrict, district = (within.get(level, (None, "")) for level in ("community", "subdistrict", "district"))
    return Place(
        outside=cell is None and not within,
        cell_id=cell[0] if cell else None,
        cell_code=cell[1] if cell else "",
        community_id=community[0],
        community=community[1],
        subdistrict_id=subdistrict[0],
        subdistrict=subdistrict[1],
        district_id=district[0],
        district=district[1],
        area_grade=grade,
        road_id=road[0],
        road=road[1],
        road_grade=road[2],
        road_distance_m=road[3],
        on_border_with=tuple(number for number in near if number not in mine),
    )


def area_tree(platform: Platform, at: datetime | None = None, *, provisional_communities: bool = False) -> tuple[AreaNode, ...]:
    """All divisions as a tree in the order of their codes; one query without geometry (610 communities well under 1
    s: HD-3.1.3-n).

    Provisional communities only number cells and are left out unless asked for.
    """
    with connection.cursor() as cursor:
        cursor.execute(sql.DIVISIONS, {"platform": platform.pk, "at": at or clock.now(), "provisional": provisional_communities})
        rows = cursor.fetchall()
    known = {row[0] for row in rows}
    below: dict[int | None, list[Sequence[Any]]] = {}
    for row in rows:
        below.setdefault(row[1] if row[1] in known else None, []).append(row)

    def nodes(parent: int | None) -> tuple[AreaNode, ...]:
        return tuple(
            AreaNode(number, level, code, name, provisional, nodes(number))
            for number, _parent, level, code, name, provisional in below.get(parent, ())
        )

    return nodes(None)


def walk(nodes: Iterable[AreaNode]) -> list[AreaNode]:
    """All divisions of a tree, each before those below it."""
    return [found for node in nodes for found in (node, *walk(node.children))]


def outlines(
    platform: Platform,
    bbox: tuple[float, float, float, float],
    level: str,
    *,
    layer: str = UNIT_LAYER,
    at_most: int = OUTLINES_AT_MOST,
) -> str:
    """GeoJSON text of the outlines that meet ``bbox`` (west, south, east, north), made in the database in one query.

    ``level``: a division level, "cell", "road" or "grade". Detail below a 2,000th of the box is left out. With more
    than ``at_most`` there
    are no features and ``"too_many": true``, so that the map shows the level above.
    """
    west, south, east, north = bbox
    values: dict[str, Any] = {
        "platform": platform.pk, "at": clock.now(), "level": level, "layer": layer,
        "limit": at_most + 1, "at_most": at_most,
        "west": west, "south": south, "east": east, "north": north, "detail": max(east - west, north - south) / 2000,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql.outlines(level), values)
        row = cursor.fetchone()
    assert row is not None
    return str(row[0])


def extent(platform: Platform) -> tuple[float, float, float, float] | None:
    """West, south, east, north of all divisions in force; None when no division has a border."""
    with connection.cursor() as cursor:
        cursor.execute(sql.EXTENT, {"platform": platform.pk, "at": clock.now()})
        row = cursor.fetchone()
    return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])


def subdistricts_picture(platform_id: int) -> area_picture.AreaPicture | None:
    """The sub-districts in force as a picture without coordinates, by code; None where none has a border. One statement."""
    now = clock.now()
    rows = Division.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), platform_id=platform_id, valid_from__lte=now)
    drawn = rows.filter(level=Level.SUBDISTRICT, geom__isnull=False).order_by("code", "id").annotate(outline=AsWKB("geom"))
    found = drawn.values_list("id", "name", "outline")
    return area_picture.lay_out([(number, name, shapely.from_wkb(bytes(outline))) for number, name, outline in found])


def cell_outline(cell_id: int) -> dict[str, Any] | None:
    """GeoJSON geometry of one cell, in force or not; None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql.ONE_CELL, {"cell": cell_id})
        row = cursor.fetchone()
    return None if row is None else json.loads(row[0])


def responsibility_grids_of(cell_id: int) -> list[ResponsibilityGridRef]:
    """The responsibility grids in force that a cell belongs to, by code; the package organizations finds the
    inspectors of their unit.
    """
    rows = ResponsibilityGrid.objects.filter(cells=cell_id, valid_to=None).order_by("code")
    return [ResponsibilityGridRef(*row) for row in rows.values_list("id", "code", "name", "unit_id")]


def cells_of_unit(unit_id: int) -> list[int]:
    """Ids of the cells in force that a unit patrols through its responsibility grids."""
    rows = ResponsibilityGrid.objects.filter(unit_id=unit_id, valid_to=None, cells__valid_to=None, cells__isnull=False)
    return sorted(set(rows.values_list("cells__id", flat=True)))


def sketch_of(platform: Platform, longitude: float, latitude: float, also: Sequence[sketch.Shape] = ()) -> str:
    """A schematic drawing of the surroundings as SVG, in metres from the point and without any coordinate: three queries.

    ``also``: what other packages know there (``addresses.queries.shapes_around``).
    """
    half_height = sql.degrees(sketch.HALF_HEIGHT_M, latitude)
    half_width = sql.degrees(sketch.HALF_WIDTH_M, latitude)
    box = (longitude - half_width, latitude - half_height, longitude + half_width, latitude + half_height)
    x0, y0 = to_metric(longitude, latitude, platform.metric_srid)
    change = transformer(STORAGE_SRID, platform.metric_srid)

    def metres(corners: Any) -> Any:
        eastings, northings = change.transform(corners[:, 0], corners[:, 1])
        return np.column_stack([np.asarray(eastings) - x0, np.asarray(northings) - y0])

    found = [*also]
    for kind in ("cell", "community", "road"):
        for feature in json.loads(outlines(platform, box, kind, at_most=200))["features"]:
            geometry = shapely.transform(shape(feature["geometry"]), metres)
            own = kind == "cell" and bool(geometry.covers(shapely.Point(0, 0)))
            found.append(sketch.Shape(kind, feature["properties"].get("name", ""), geometry, own))
    return sketch.draw(found, label=_("位置示意图"), north=_("北"), metres=_("米"))
