"""What stands around a place: named landmarks with their way, and outlines for drawings. Metres from the place, no coordinate comes out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from shapely.geometry import shape

from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids import sketch, sql

LANDMARKS_AT_MOST: Final = 12


@dataclass(frozen=True, slots=True)
class LandmarkNear:
    """A landmark, its distance and its way from the place (metres east and north)."""

    name: str
    kind: str
    distance_m: float
    way: tuple[float, float]


_HERE: Final = """
WITH here AS (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490) AS p,
           ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490), %(srid)s::integer) AS p_m
)"""
_IN_FORCE: Final = "w.platform_id = %(platform)s AND w.valid_from <= %(at)s AND (w.valid_to IS NULL OR w.valid_to > %(at)s)"
_LANDMARKS: Final = f"""{_HERE}, near AS (
    SELECT w.name, w.kind, ST_Transform(w.point, %(srid)s::integer) AS g, p_m
      FROM addresses_landmark w, here
     WHERE {_IN_FORCE} AND w.point && ST_Expand(p, %(degrees)s)
)
SELECT name, kind, ST_Distance(g, p_m)::float AS away, ST_X(g) - ST_X(p_m), ST_Y(g) - ST_Y(p_m)
  FROM near WHERE ST_Distance(g, p_m) <= %(radius)s ORDER BY away, name LIMIT %(limit)s
"""  # noqa: S608


def landmarks_near(platform: Platform, longitude: float, latitude: float, radius_m: float) -> list[LandmarkNear]:
    """Landmarks in force within ``radius_m`` of a point of degrees, the nearest first; one statement, GiST on the point."""
    values = _values(platform, longitude, latitude, radius_m) | {"limit": LANDMARKS_AT_MOST}
    with connection.cursor() as cursor:
        cursor.execute(_LANDMARKS, values)
        return [LandmarkNear(name, kind, away, (east, north)) for name, kind, away, east, north in cursor.fetchall()]


def _part(table: str, column: str, kind: str, name: str, join: str = "") -> str:
    """One kind of outline within the frame, moved so that the place is its origin."""
    return f"""
SELECT {kind}, {name}, ST_AsGeoJSON(ST_Translate(ST_Transform(w.{column}, %(srid)s::integer), -ST_X(p_m), -ST_Y(p_m)), 1, 0)
  FROM {table} w {join} CROSS JOIN here
 WHERE {_IN_FORCE} AND w.{column} && ST_Expand(p, %(degrees)s)"""  # noqa: S608


_AROUND: Final = _HERE + "\nUNION ALL".join((
    _part("addresses_surface", "geom", "w.kind", "w.name"),
    _part("addresses_building", "geom", "'building'", "w.name"),
    _part("addresses_doornumber", "point", "'door'", "w.number"),
    _part("addresses_landmark", "point", "'landmark'", "w.name"),
)) + "\n ORDER BY 1, 2, 3"  # fmt: skip


def shapes_around(platform: Platform, longitude: float, latitude: float) -> list[sketch.Shape]:
    """Water, parks, buildings, doors and landmarks within the frame of ``grids.sketch``; one statement."""
    values = _values(platform, longitude, latitude, max(sketch.HALF_WIDTH_M, sketch.HALF_HEIGHT_M))
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, values)
        return [sketch.Shape(kind, name, shape(json.loads(outline))) for kind, name, outline in cursor.fetchall()]


def _values(platform: Platform, longitude: float, latitude: float, radius_m: float) -> dict[str, Any]:
    return {
        "lon": longitude, "lat": latitude, "srid": platform.metric_srid, "platform": platform.pk, "at": clock.now(),
        "radius": radius_m, "degrees": sql.degrees(radius_m * 1.2, latitude),
    }  # fmt: skip
