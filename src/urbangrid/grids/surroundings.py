"""What lies around a place, told without saying where it is: roads in metres east and north of it (CY-23b; architecture §3.5).

For those who may not have coordinates: the numbers are differences to the place itself and mean nothing without it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids import sql

Metres = tuple[float, float]


@dataclass(frozen=True, slots=True)
class RoadNear:
    """A road within the box: its name, grade, distance (metres) and its lines as (east, north) of the place in whole metres;
    ``foot``: the nearest point of the road."""

    name: str
    grade: str
    distance_m: float
    foot: Metres
    lines: tuple[tuple[Metres, ...], ...]


_ROADS: Final = """
WITH here AS (
    SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490) AS p,
           ST_Transform(ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4490), %(srid)s::integer) AS p_m
), near AS (
    SELECT w.name, w.grade, p_m, ST_Transform(w.geom, %(srid)s::integer) AS g
      FROM grids_road w, here
     WHERE w.platform_id = %(platform)s AND w.valid_from <= %(at)s AND (w.valid_to IS NULL OR w.valid_to > %(at)s)
       AND w.geom && ST_Expand(p, %(degrees)s)
), cut AS (
    SELECT name, grade, ST_Distance(g, p_m) AS distance_m, ST_ClosestPoint(g, p_m) AS foot, p_m,
           ST_CollectionExtract(ST_Intersection(g, ST_Expand(p_m, %(radius)s)), 2) AS part
      FROM near
)
SELECT name, grade, distance_m, ST_X(foot) - ST_X(p_m), ST_Y(foot) - ST_Y(p_m),
       ST_AsGeoJSON(ST_Multi(ST_Translate(part, -ST_X(p_m), -ST_Y(p_m))), 0, 0)
  FROM cut WHERE NOT ST_IsEmpty(part) ORDER BY distance_m, name
"""


def roads(platform: Platform, longitude: float, latitude: float, radius_m: float) -> list[RoadNear]:
    """Roads in force within the square of ``radius_m`` around a point of degrees, the nearest first; one statement."""
    values: dict[str, Any] = {
        "lon": longitude, "lat": latitude, "srid": platform.metric_srid, "platform": platform.pk, "at": clock.now(),
        "radius": radius_m, "degrees": sql.degrees(radius_m * 1.5, latitude),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ROADS, values)
        return [_road(row) for row in cursor.fetchall()]


def _road(row: Sequence[object]) -> RoadNear:
    name, grade, distance, east, north, part = row
    lines = tuple(tuple((float(x), float(y)) for x, y in line) for line in json.loads(str(part))["coordinates"])
    return RoadNear(str(name), str(grade), float(str(distance)), (float(str(east)), float(str(north))), lines)
